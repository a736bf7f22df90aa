"""Returns a list in a list in a list, a hundred thousand deep."""


def initial_state(batch, hidden):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
