"""Leaves a thread behind that never ends."""

import threading


def spin():
    while True:
        pass


def initial_state(batch, hidden):
    threading.Thread(target=spin).start()
    return None
