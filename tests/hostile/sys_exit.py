"""Raises SystemExit, which no `except Exception` catches."""

import sys


def initial_state(batch, hidden):
    sys.exit(0)
