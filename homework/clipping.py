# Your homework: replace each `raise NotImplementedError`, then see how you did with
#
#     python -m autograder clipping
#
# Keep the names and the order of the arguments; helper functions of your own are welcome.

r"""Gradient clipping by the global norm (chapter *Clipping*; Pascanu, Mikolov and Bengio 2013).

With g for the gradient of *all* parameters together, one long vector::

    G = g                    if ||g|| <= tau
    G = (tau / ||g||) g      otherwise

A gradient is a list of arrays here, one for each parameter and of its shape. Results follow the
dtype of the inputs, and no input is ever modified.
"""

from collections.abc import Sequence

import numpy as np

Array = np.ndarray


def global_norm(grads: Sequence[Array]) -> float:
    """Measure the length of all gradients as one long vector.

    Parameters
    ----------
    grads : list of Array
        The gradient of every parameter, any shapes.

    Returns
    -------
    norm : float
        Square root of the sum of all squared entries of all arrays: the 2-norm. NaN when an entry
        is. Squares are added in float64, so float32 gradients of any size are measured right;
        float64 entries beyond 1e154 have squares beyond its range, and the norm is infinite.
    """
    # Hint: add up the squares over all arrays first; there is one square root, at the end.
    raise NotImplementedError


def clip_by_global_norm(grads: Sequence[Array], tau: float) -> tuple[list[Array], float]:
    """Shorten the gradient to length tau where it is longer, without turning it.

    Parameters
    ----------
    grads : list of Array
        The gradient of every parameter.
    tau : float
        The longest norm allowed, more than 0; ``math.inf`` never clips.

    Returns
    -------
    clipped : list of Array
        New arrays, shaped as ``grads``, and equal to them when the norm is at most tau.
    norm : float
        The global norm before clipping. Look at it: a gradient that is no number cannot be mended
        by shortening it. With a NaN in it, it comes back as it is; when the norm is infinite,
        finite entries become 0 and infinite ones NaN.
    """
    # Hint: one factor for all arrays, and 1 for a gradient that is short enough.
    raise NotImplementedError


def clipped_step(
    weights: Sequence[Array], grads: Sequence[Array], tau: float, learning_rate: float
) -> list[Array]:
    """Take one step of gradient descent, no longer than learning_rate times tau.

    Parameters
    ----------
    weights : list of Array
        What to move.
    grads : list of Array
        The gradient of each, not yet clipped.
    tau : float
        The longest norm of a gradient that is allowed.
    learning_rate : float
        What the gradient is multiplied by, after it was clipped.

    Returns
    -------
    moved : list of Array
        New weights, shaped as ``weights``.
    """
    # Hint: first clip, then step downhill.
    raise NotImplementedError
