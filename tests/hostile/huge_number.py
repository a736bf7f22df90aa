"""Returns a number too long to be written down."""


def initial_state(batch, hidden):
    return 10**1_000_000
