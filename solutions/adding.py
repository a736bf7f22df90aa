r"""The adding problem: remember two numbers among many (chapter *Clipping*).

At every step the network gets a number between 0 and 1 and a mark, which is 1 at two steps and 0
at all others. At the end it is to say the sum of the two marked numbers. The problem is number 4
of Hochreiter and Schmidhuber (1997); the network is that of Le, Jaitly and Hinton (2015), whose
hidden units are ReLUs that start out by copying themselves::

    h_t = [1, max(0, W x_t + W_h h_{t-1})]        W_h = [0, I] at the start

Nothing here is graded.
"""

from typing import NamedTuple

import numpy as np

from solutions.clipping import clip_by_global_norm
from solutions.training import adam
from solutions.unrolling import initial_state

Array = np.ndarray
Weights = tuple[Array, Array, Array]

BASELINE = 1 / 6  # the mean squared error of who always says 1
HIDDEN, BATCH = 50, 32


class Run(NamedTuple):
    """One training.

    Attributes
    ----------
    losses : Array (steps,)
        The loss of each batch.
    norms : Array (steps,)
        The global norm of each gradient, before clipping.
    error : float
        Mean squared error on fresh sequences, at the end.
    """

    losses: Array
    norms: Array
    error: float


def sequences(T: int, batch: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw numbers with two marks, one in each half.

    Parameters
    ----------
    T : int
        Number of steps.
    batch : int
        B, the number of sequences.
    rng : np.random.Generator
        Source of the random numbers.

    Returns
    -------
    x : Array (T, B, 2)
        A number in [0, 1) and a mark at every step, float32.
    sums : Array (B,)
        The sum of the two marked numbers, float32.
    """
    x = np.zeros((T, batch, 2), np.float32)
    x[:, :, 0] = rng.random((T, batch))
    everyone = np.arange(batch)
    x[rng.integers(T // 2, size=batch), everyone, 1] = 1
    x[rng.integers(T // 2, T, size=batch), everyone, 1] = 1
    return x, (x[:, :, 0] * x[:, :, 1]).sum(axis=0)


def initial_weights(hidden: int, rng: np.random.Generator) -> Weights:
    """Draw ``W (H, 2)`` and ``W_out (1, H+1)`` small; ``W_h (H, H+1)`` is the identity."""
    W = 0.1 * rng.standard_normal((hidden, 2))
    W_h = np.eye(hidden, hidden + 1, k=1)
    W_out = np.insert(0.1 * rng.standard_normal((1, hidden)), 0, 0, axis=1)
    return W.astype(np.float32), W_h.astype(np.float32), W_out.astype(np.float32)


def relu_recur(x: Array, W: Array, W_h: Array, h_0: Array) -> Array:
    """Run a hidden layer of ReLUs: as ``recur``, with max(0, z) for tanh."""
    z = x @ W.T
    h = np.ones((*z.shape[:2], len(W) + 1), z.dtype)
    for t in range(len(x)):
        before = h[t - 1] if t else h_0
        h[t, :, 1:] = np.maximum(0, z[t] + before @ W_h.T)
    return h


def gradient(x: Array, sums: Array, weights: Weights) -> tuple[float, Weights]:
    """Measure the mean squared error of the last output, and its gradient through all steps.

    Parameters
    ----------
    x : Array (T, B, 2)
        The sequences.
    sums : Array (B,)
        What is to be said at the end.
    weights : tuple of Array
        ``(W, W_h, W_out)``.

    Returns
    -------
    loss : float
        Mean squared error.
    grads : tuple of Array
        ``(dW, dW_h, dW_out)``.
    """
    W, W_h, W_out = weights
    T, B, D = x.shape
    h_0 = initial_state(B, len(W)).astype(x.dtype)
    h = relu_recur(x, W, W_h, h_0)
    error = (h[-1] @ W_out.T)[:, 0] - sums
    dscores = (2 * error / B)[:, None]
    dz = np.zeros_like(h[:, :, 1:])
    dh = dscores @ W_out[:, 1:]
    for t in reversed(range(T)):
        dz[t] = dh * (h[t, :, 1:] > 0)
        dh = dz[t] @ W_h[:, 1:]
    flat = dz.reshape(T * B, -1)
    h_prev = np.concatenate([h_0[None], h[:-1]]).reshape(T * B, -1)
    grads = flat.T @ x.reshape(T * B, D), flat.T @ h_prev, dscores.T @ h[-1]
    return float(np.mean(error**2)), grads


def train(seed: int, tau: float, learning_rate: float = 3e-3, steps: int = 400, T: int = 50) -> Run:
    """Learn to add with Adam, from 32 fresh sequences at every step.

    Parameters
    ----------
    seed : int
        Draws the first weights and all sequences.
    tau : float
        Longer gradients are clipped to this norm; ``math.inf`` never clips.
    learning_rate : float
        Adam's.
    steps : int
        How many steps to take.
    T : int
        Length of the sequences.

    Returns
    -------
    run : Run
        What happened; the error is that on 1,000 fresh sequences.
    """
    rng = np.random.default_rng(seed)
    weights = initial_weights(HIDDEN, rng)
    zeros = tuple(np.zeros_like(w) for w in weights)
    moments = zeros, zeros
    losses, norms = np.zeros(steps), np.zeros(steps)
    for n in range(steps):
        losses[n], grads = gradient(*sequences(T, BATCH, rng), weights)
        clipped, norms[n] = clip_by_global_norm(grads, tau)
        (W, W_h, W_out), moments = adam(weights, clipped, moments, n + 1, learning_rate)
        weights = W, W_h, W_out
    error, _ = gradient(*sequences(T, 1000, np.random.default_rng([seed, 1])), weights)
    return Run(losses, norms, error)
