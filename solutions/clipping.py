"""Gradient clipping by the global norm (chapter *Clipping*; Pascanu, Mikolov and Bengio 2013)."""

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
        Square root of the sum of all squared entries.
    """
    ### BEGIN SOLUTION
    return float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    ### END SOLUTION


def clip_by_global_norm(grads: Sequence[Array], tau: float) -> tuple[list[Array], float]:
    """Shorten the gradient to length tau where it is longer, without turning it.

    Parameters
    ----------
    grads : list of Array
        The gradient of every parameter.
    tau : float
        The longest norm allowed.

    Returns
    -------
    clipped : list of Array
        New arrays; equal to ``grads`` when the norm is at most tau.
    norm : float
        The global norm before clipping.
    """
    ### BEGIN SOLUTION
    norm = global_norm(grads)
    scale = tau / norm if norm > tau else 1.0
    return [g * scale for g in grads], norm
    ### END SOLUTION
