"""Closes every descriptor and opens them again as something else."""

import os


def initial_state(batch, hidden):
    os.closerange(0, 256)
    for _ in range(64):
        os.open(os.devnull, os.O_RDWR)
    return None
