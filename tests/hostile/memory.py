"""Asks for 50 GB and touches them."""

import numpy as np


def initial_state(batch, hidden):
    return np.ones(50 << 27)
