"""Asks the world for help."""

import socket


def initial_state(batch, hidden):
    with socket.create_connection(("127.0.0.1", 9), timeout=1) as line:
        line.sendall(b"h_0?")
        return line.recv(1 << 16)
