r"""How far a gradient gets (chapter *Vanishing and exploding gradients*).

With z_t = W x_t + W_h h_{t-1} and h_t = [1, theta(z_t)], one step back in time is one matrix::

    d h_t / d h_{t-1} = diag(theta'(z_t)) U        U is W_h without its bias column

and k steps are the product of k of them (Pascanu, Mikolov and Bengio 2013). The leading 1 depends
on nothing, so it is left out on both sides: the matrices are (H, H).

Nothing here is graded.
"""

from typing import Literal

import numpy as np

from solutions.activations import TANH, Activation

Array = np.ndarray
Kind = Literal["orthogonal", "Gaussian"]


def recurrence(kind: Kind, H: int, rng: np.random.Generator) -> Array:
    """Draw a recurrent matrix whose spectral radius is 1.

    Parameters
    ----------
    kind : str
        "orthogonal", a random rotation, or "Gaussian", independent normal entries.
    H : int
        Number of hidden units.
    rng : np.random.Generator
        Source of the random numbers.

    Returns
    -------
    U : Array (H, H)
        Its largest eigenvalue has absolute value 1. All its singular values are 1 if it is
        orthogonal; the largest is about 2 if it is Gaussian.
    """
    U = rng.standard_normal((H, H))
    if kind == "orthogonal":
        return np.linalg.qr(U).Q
    return U / spectral_radius(U)


def spectral_radius(U: Array) -> float:
    """Find the largest absolute value of an eigenvalue of U (H, H)."""
    return float(np.abs(np.linalg.eigvals(U)).max())


def slopes(x: Array, W: Array, W_h: Array, theta: Activation = TANH) -> Array:
    """Run a recurrent layer from rest and note how steep theta was at each step.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, time first.
    W : Array (H, D)
        Input-to-hidden weights.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights; column 0 is the bias.
    theta : Activation
        The activation function of the layer.

    Returns
    -------
    slopes : Array (T, B, H)
        theta'(z_t), for every step, sequence and unit.
    """
    bias, U = W_h[:, 0], W_h[:, 1:]
    units = np.zeros((x.shape[1], len(U)), x.dtype)
    found = []
    for x_t in x:
        z_t = x_t @ W.T + units @ U.T + bias
        units = theta.function(z_t)
        found.append(theta.derivative(z_t))
    return np.stack(found)


def stretches(slopes: Array, W_h: Array) -> Array:
    r"""Measure how much d h_T / d h_{T-k} lengthens a gradient, for every k.

    Parameters
    ----------
    slopes : Array (T, B, H)
        theta'(z_t), as from ``slopes``.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights; column 0, the bias, plays no part.

    Returns
    -------
    stretches : Array (T+1, B)
        For k = 0 to T the root mean square of the singular values of d h_T / d h_{T-k}: the
        Frobenius norm over the square root of H. It is 1 at k = 0.
    """
    T, B, H = slopes.shape
    U = W_h[:, 1:]
    J = np.broadcast_to(np.eye(H, dtype=U.dtype), (B, H, H))
    found = [np.ones(B, J.dtype)]
    for slope in slopes[::-1]:
        J = J @ (slope[:, :, None] * U)
        found.append(np.linalg.norm(J, axis=(1, 2)) / np.sqrt(H))
    return np.stack(found)


def bound(theta: Activation, W_h: Array, k: Array) -> Array:
    """Bound the length of d h_T / d h_{T-k}: (gamma times the largest singular value)^k.

    Parameters
    ----------
    theta : Activation
        gamma is the bound of its derivative.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights; column 0, the bias, plays no part.
    k : Array of int
        Numbers of steps.

    Returns
    -------
    bound : Array, shaped as ``k``
        No gradient gets longer by more than this.
    """
    return (theta.bound * np.linalg.norm(W_h[:, 1:], 2)) ** k
