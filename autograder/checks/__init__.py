"""The checks of every topic, and how they draw their inputs.

Wrong programs hide behind special numbers, so nothing here is special: all dimensions differ,
T and B are at least 2, states do not start at zero, ``W_h`` is not symmetric, some units saturate.
"""

import numpy as np

Array = np.ndarray


def sizes(rng: np.random.Generator, hidden: int = 1) -> list[int]:
    """Draw T, B, D, an H for each hidden layer, and K: all different, and none H+1 by accident."""
    drawn = rng.choice(np.arange(3, 8 + 2 * hidden), 4 + hidden, replace=False).tolist()
    return sizes(rng, hidden) if any(H + 1 in drawn for H in drawn[3:-1]) else drawn


def weights(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Draw a weight matrix, large enough that tanh bends and sometimes saturates."""
    return rng.normal(scale=1.2, size=(rows, columns))


def recurrent_weights(rng: np.random.Generator, H: int) -> Array:
    """Draw W_h, asymmetric, and small enough that T steps do not blow up rounding in float32."""
    return rng.normal(scale=0.5, size=(H, H + 1))


def layer(rng: np.random.Generator, inputs: int, H: int) -> tuple[Array, Array]:
    """Draw W and W_h of a layer among others: smaller still, for rounding grows layer by layer."""
    W, W_h = (rng.normal(scale=0.35, size=(H, columns)) for columns in (inputs, H + 1))
    return W, W_h


def states(rng: np.random.Generator, *shape: int) -> Array:
    """Draw states in (-1, 1) behind a leading 1: shape (..., H+1) for ``states(rng, ..., H)``."""
    return np.insert(rng.uniform(-0.95, 0.95, size=shape), 0, 1, axis=-1)


def lengths(rng: np.random.Generator, T: int, B: int) -> Array:
    """Draw T_n for every sequence: the longest is T, one is 1, the rest lie between."""
    drawn = rng.integers(1, T + 1, size=B)
    drawn[rng.permutation(B)[:2]] = T, 1
    return drawn
