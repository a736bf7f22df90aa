"""Pretends that somebody pressed Ctrl+C."""


def initial_state(batch, hidden):
    raise KeyboardInterrupt
