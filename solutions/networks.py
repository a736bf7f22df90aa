"""The kinds of networks that the chapters train, each starting from rest.

Nothing here is graded. A network's weights are arrays in nested tuples; a kind of network is three
functions of them, and nothing else has to know which kind it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from solutions.bidirectional import deep_bidirectional_unroll
from solutions.bptt import bptt, deep_bidirectional_bptt, deep_bptt
from solutions.deep import deep_unroll
from solutions.unrolling import initial_state, unroll

Array = np.ndarray
Layer = tuple[Array, Array]
Weights = tuple[Any, ...]


@dataclass(frozen=True)
class Network:
    """A kind of network.

    Attributes
    ----------
    initial : callable
        ``initial(D, H, K, depth, rng) -> weights``: first weights, in float32, of ``depth``
        hidden layers with H units (in each direction, where there are two).
    scores : callable
        ``scores(x, lengths, *weights) -> scores (T, B, K)``.
    gradient : callable
        ``gradient(x, labels, lengths, *weights) -> loss, grads``: the mean cross-entropy over real
        steps, and its gradient, nested as the weights.
    """

    initial: Callable[[int, int, int, int, np.random.Generator], Weights]
    scores: Callable[..., Array]
    gradient: Callable[..., tuple[float, Weights]]


def count(weights: Any) -> int:
    """Count the numbers in arrays nested in tuples: a network's parameters."""
    return weights.size if isinstance(weights, np.ndarray) else sum(map(count, weights))


def rest(x: Array, W_h: Array) -> Array:
    """Build the state of a layer before the first step, for a batch x (T, B, D)."""
    return initial_state(x.shape[1], len(W_h)).astype(x.dtype)


# ------------------------------------------------------------------------------ first weights


def initial_layer(D: int, H: int, rng: np.random.Generator) -> Layer:
    """Draw weights that neither drown nor silence the first signals.

    Parameters
    ----------
    D : int
        Number of inputs.
    H : int
        Number of hidden units.
    rng : np.random.Generator
        Source of the random numbers.

    Returns
    -------
    W : Array (H, D)
        Gaussian with variance 1 / D, float32.
    W_h : Array (H, H+1)
        The bias, zero, and 0.9 times a random rotation, float32.
    """
    rotation, _ = np.linalg.qr(rng.standard_normal((H, H)))
    W = rng.standard_normal((H, D)) / np.sqrt(D)
    W_h = np.insert(0.9 * rotation, 0, 0, axis=1)
    return W.astype(np.float32), W_h.astype(np.float32)


def initial_output(H: int, K: int, inputs: int, rng: np.random.Generator) -> Array:
    """Draw output weights ``W_out (K, H+1)``: variance 1 / ``inputs``, no bias, float32."""
    W_out = rng.standard_normal((K, H)) / np.sqrt(inputs)
    return np.insert(W_out, 0, 0, axis=1).astype(np.float32)


def initial_rnn(D: int, H: int, K: int, depth: int, rng: np.random.Generator) -> Weights:
    """Draw ``(W, W_h, W_out)``; the depth is 1."""
    if depth != 1:
        raise ValueError(f"this kind of network has one layer, not {depth}: take DEEP")
    W, W_h = initial_layer(D, H, rng)
    return W, W_h, initial_output(H, K, H, rng)


def initial_deep(D: int, H: int, K: int, depth: int, rng: np.random.Generator) -> Weights:
    """Draw ``(layers, W_out)``."""
    inputs = [D] + [H + 1] * (depth - 1)
    layers = tuple(initial_layer(n, H, rng) for n in inputs)
    return layers, initial_output(H, K, H, rng)


def initial_bidirectional(D: int, H: int, K: int, depth: int, rng: np.random.Generator) -> Weights:
    """Draw ``(layers, W_out_f, W_out_b)``: each layer is a pair (forward, backward)."""
    inputs = [D] + [2 * (H + 1)] * (depth - 1)
    layers = tuple((initial_layer(n, H, rng), initial_layer(n, H, rng)) for n in inputs)
    return layers, initial_output(H, K, 2 * H, rng), initial_output(H, K, 2 * H, rng)


# ------------------------------------------------------------------------------ one direction


def rnn_scores(x: Array, lengths: Array, W: Array, W_h: Array, W_out: Array) -> Array:
    """Score a batch with one hidden layer."""
    return unroll(x, W, W_h, W_out, rest(x, W_h))[1]


def rnn_gradient(
    x: Array, labels: Array, lengths: Array, W: Array, W_h: Array, W_out: Array
) -> tuple[float, Weights]:
    """Measure loss and gradient with one hidden layer."""
    return bptt(x, labels, lengths, W, W_h, W_out, rest(x, W_h))


def deep_scores(x: Array, lengths: Array, layers: Sequence[Layer], W_out: Array) -> Array:
    """Score a batch with a stack of hidden layers."""
    return deep_unroll(x, layers, W_out, [rest(x, W_h) for _, W_h in layers])[1]


def deep_gradient(
    x: Array, labels: Array, lengths: Array, layers: Sequence[Layer], W_out: Array
) -> tuple[float, Weights]:
    """Measure loss and gradient with a stack of hidden layers."""
    return deep_bptt(x, labels, lengths, layers, W_out, [rest(x, W_h) for _, W_h in layers])


# ------------------------------------------------------------------------------ both directions


def bidirectional_scores(
    x: Array,
    lengths: Array,
    layers: Sequence[tuple[Layer, Layer]],
    W_out_f: Array,
    W_out_b: Array,
) -> Array:
    """Score a batch with bidirectional layers."""
    return deep_bidirectional_unroll(x, lengths, layers, W_out_f, W_out_b)[1]


RNN = Network(initial_rnn, rnn_scores, rnn_gradient)
DEEP = Network(initial_deep, deep_scores, deep_gradient)
BIDIRECTIONAL = Network(initial_bidirectional, bidirectional_scores, deep_bidirectional_bptt)
