"""Training: initial weights, Adam, and the loop that every chapter shares.

Nothing here is graded. A network is its tuple of weights ``(W, W_h, W_out)``.
"""

import math
from collections.abc import Iterable

import numpy as np

from solutions.bptt import bptt
from solutions.clipping import clip_by_global_norm
from solutions.unrolling import initial_state, unroll

Array = np.ndarray
Weights = tuple[Array, ...]
Batch = tuple[Array, Array, Array]


def initial_weights(D: int, H: int, K: int, rng: np.random.Generator) -> Weights:
    """Draw weights that neither drown nor silence the first signals.

    Parameters
    ----------
    D, H, K : int
        Sizes of input, hidden layer and output.
    rng : np.random.Generator
        Source of the random numbers.

    Returns
    -------
    weights : tuple of Array
        ``W (H, D)`` and ``W_out (K, H+1)`` Gaussian with variance 1 / (number of inputs);
        ``W_h (H, H+1)`` 0.9 times a random rotation; both biases zero; float32.
    """
    rotation, _ = np.linalg.qr(rng.standard_normal((H, H)))
    W = rng.standard_normal((H, D)) / np.sqrt(D)
    W_h = np.insert(0.9 * rotation, 0, 0, axis=1)
    W_out = np.insert(rng.standard_normal((K, H)) / np.sqrt(H), 0, 0, axis=1)
    return tuple(w.astype(np.float32) for w in (W, W_h, W_out))


def adam(
    weights: Weights,
    grads: Iterable[Array],
    moments: tuple[Weights, Weights],
    step: int,
    learning_rate: float,
) -> tuple[Weights, tuple[Weights, Weights]]:
    """Take one step of Adam (Kingma and Ba 2015, algorithm 1; beta 0.9 and 0.999).

    Parameters
    ----------
    weights, grads : tuple of Array
        What to move, and the gradient of each.
    moments : pair of tuples of Array
        Running means of the gradients and of their squares; zeros before the first step.
    step : int
        1 at the first step.
    learning_rate : float
        Length of a step.

    Returns
    -------
    weights : tuple of Array
        New weights.
    moments : pair of tuples of Array
        To be handed to the next step.
    """
    m = tuple(0.9 * m + 0.1 * g for m, g in zip(moments[0], grads, strict=True))
    v = tuple(0.999 * v + 0.001 * g**2 for v, g in zip(moments[1], grads, strict=True))
    moved = tuple(
        w - learning_rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        for w, m, v in zip(weights, m, v, strict=True)
    )
    return moved, (m, v)


def train(
    weights: Weights, batches: Iterable[Batch], steps: int, learning_rate: float, tau: float = 5.0
) -> tuple[Weights, Array]:
    """Fit a network to batches of labelled sequences.

    Parameters
    ----------
    weights : tuple of Array
        ``(W, W_h, W_out)`` to start from; not modified.
    batches : iterable of (x, labels, lengths)
        At least ``steps`` batches, shaped as ``bptt`` wants them.
    steps : int
        How many batches to learn from.
    learning_rate : float
        Adam's step at the start; it falls to zero along half a cosine.
    tau : float
        Gradients longer than this are clipped to it.

    Returns
    -------
    weights : tuple of Array
        The trained weights.
    losses : Array (steps,)
        The loss of each batch, in nats per real step.

    Raises
    ------
    ValueError
        When there were fewer batches than ``steps``, or the loss became NaN.
    """
    zeros = tuple(np.zeros_like(w) for w in weights)
    moments = zeros, zeros
    losses = np.full(steps, np.nan)
    for step, (x, labels, lengths) in zip(range(steps), batches, strict=False):
        W, W_h, W_out = weights
        h_0 = initial_state(x.shape[1], len(W)).astype(x.dtype)
        losses[step], grads = bptt(x, labels, lengths, W, W_h, W_out, h_0)
        clipped, _ = clip_by_global_norm(grads, tau)
        rate = learning_rate * (1 + math.cos(math.pi * step / steps)) / 2
        weights, moments = adam(weights, clipped, moments, step + 1, rate)
    if np.isnan(losses).any():
        raise ValueError(
            f"training ended before {steps} steps: the batches ran out, or the loss was no number"
        )
    return weights, losses


def predict(x: Array, weights: Weights) -> Array:
    """Read a batch of sequences: the most likely label at every step.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs.
    weights : tuple of Array
        ``(W, W_h, W_out)``.

    Returns
    -------
    labels : Array (T, B) of int
        The label with the largest score, on padding too.
    """
    W, W_h, W_out = weights
    h_0 = initial_state(x.shape[1], len(W)).astype(x.dtype)
    _, scores = unroll(x, W, W_h, W_out, h_0)
    return scores.argmax(axis=-1)


def accuracy(predicted: Array, labels: Array, lengths: Array) -> tuple[float, float]:
    """Count what was read right.

    Parameters
    ----------
    predicted, labels : Array (T, B) of int
        What was said and what is right.
    lengths : Array (B,) of int
        T_n; steps beyond are padding and do not count.

    Returns
    -------
    steps : float
        Fraction of real steps that are right.
    sequences : float
        Fraction of sequences with every real step right.
    """
    real = np.arange(len(labels))[:, None] < lengths
    right = predicted == labels
    return float(right[real].mean()), float((right | ~real).all(axis=0).mean())
