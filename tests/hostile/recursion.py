"""Digs without end."""

import sys

sys.setrecursionlimit(10**9)


def initial_state(batch, hidden):
    return initial_state(batch, hidden)
