"""Training: batches, Adam, and the loop that every chapter shares.

Nothing here is graded. What is trained is a kind of network (``networks``) with its weights.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from solutions.clipping import clip_by_global_norm
from solutions.networks import RNN, Network, Weights

Array = np.ndarray
Arrays = tuple[Array, ...]
Batch = tuple[Array, Array, Array]


def batches(
    examples: Any,
    pad: Callable[[Any], Batch],
    size: int,
    rng: np.random.Generator,
    epochs: int = 1,
) -> Iterator[Batch]:
    """Deal sequences into padded batches, in a new random order in every epoch.

    Sequences of like length go together, so that little is padding; which of them meet, and the
    order of the batches, is left to chance.

    Parameters
    ----------
    examples : sequence
        What to learn from: it has ``lengths``, and ``examples[indices]`` are those it names.
    pad : callable
        Sets examples side by side in arrays.
    size : int
        B, the number of sequences in a batch; the last ones of an epoch may be fewer.
    rng : np.random.Generator
        Source of the random order.
    epochs : int
        How often every sequence is to come.

    Yields
    ------
    x, labels, lengths : Array (T, B, D), (T, B), (B,)
        As from ``pad``; T is the longest length in this batch.
    """
    if size < 1:
        raise ValueError(
            f"a batch needs at least one sequence, so size must be 1 or more, not {size}"
        )
    lengths = examples.lengths
    for _ in range(epochs):
        shuffled = rng.permutation(len(examples))
        by_length = shuffled[np.argsort(lengths[shuffled], kind="stable")]
        starts = rng.permutation(np.arange(0, len(examples), size))
        for start in starts:
            yield pad(examples[by_length[start : start + size]])


def leaves(tree: Any) -> tuple[Array, ...]:
    """List the arrays of nested tuples or lists, in order."""
    if isinstance(tree, np.ndarray):
        return (tree,)
    return tuple(array for branch in tree for array in leaves(branch))


def nested_as(tree: Any, arrays: Iterable[Array]) -> Any:
    """Put arrays into tuples nested as those of ``tree``: the inverse of ``leaves``."""
    rest = iter(arrays)

    def fill(branch: Any) -> Any:
        return next(rest) if isinstance(branch, np.ndarray) else tuple(map(fill, branch))

    return fill(tree)


def adam(
    weights: Arrays,
    grads: Iterable[Array],
    moments: tuple[Arrays, Arrays],
    step: int,
    learning_rate: float,
) -> tuple[Arrays, tuple[Arrays, Arrays]]:
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
    weights: Weights,
    batches: Iterable[Batch],
    steps: int,
    learning_rate: float,
    tau: float = 5.0,
    network: Network = RNN,
) -> tuple[Weights, Array]:
    """Fit a network to batches of labelled sequences.

    Parameters
    ----------
    weights : tuple
        Arrays, nested as ``network`` wants them, to start from; not modified.
    batches : iterable of (x, labels, lengths)
        At least ``steps`` batches, shaped as ``bptt`` wants them.
    steps : int
        How many batches to learn from.
    learning_rate : float
        Adam's step at the start; it falls to zero along half a cosine.
    tau : float
        Gradients longer than this are clipped to it.
    network : Network
        The kind of network.

    Returns
    -------
    weights : tuple
        The trained weights.
    losses : Array (steps,)
        The loss of each batch, in nats per real step.

    Raises
    ------
    ValueError
        When there were fewer batches than ``steps``, or the loss became NaN.
    """
    flat = leaves(weights)
    zeros = tuple(np.zeros_like(w) for w in flat)
    moments = zeros, zeros
    losses = np.full(steps, np.nan)
    for step, (x, labels, lengths) in zip(range(steps), batches, strict=False):
        losses[step], grads = network.gradient(x, labels, lengths, *nested_as(weights, flat))
        clipped, _ = clip_by_global_norm(leaves(grads), tau)
        rate = learning_rate * (1 + math.cos(math.pi * step / steps)) / 2
        flat, moments = adam(flat, clipped, moments, step + 1, rate)
    if np.isnan(losses).any():
        raise ValueError(
            f"training ended before {steps} steps: the batches ran out, or the loss was no number"
        )
    return nested_as(weights, flat), losses


def predict(
    x: Array, weights: Weights, lengths: Array | None = None, network: Network = RNN
) -> Array:
    """Read a batch of sequences: the most likely label at every step.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs.
    weights : tuple
        As ``network`` wants them.
    lengths : Array (B,) of int, optional
        T_n, which a network that reads from the end must know; by default T for every sequence.
    network : Network
        The kind of network.

    Returns
    -------
    labels : Array (T, B) of int
        The label with the largest score; meaningless on padding.
    """
    if lengths is None:
        lengths = np.full(x.shape[1], len(x))
    return network.scores(x, lengths, *weights).argmax(axis=-1)


def probabilities(scores: Array) -> Array:
    """Take the softmax over the last axis, whatever the size of the scores."""
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def influence(score: Callable[[Array], Array], x: Array) -> Array:
    """Measure which inputs move which answers of a network that reads pictures.

    Parameters
    ----------
    score : callable
        ``score(x) -> scores (T, B, K)``: the network.
    x : Array (T, B, D)
        The pictures, 0 is paper and 1 is ink.

    Returns
    -------
    moved : Array (T, T)
        ``moved[s, t]``: the largest change of a probability at step t when picture s is turned to
        its negative; exactly 0 where answer t does not depend on input s.
    """
    before = probabilities(score(x))
    moved = np.zeros((len(x), len(x)))
    for s in range(len(x)):
        changed = x.copy()
        changed[s] = 1 - changed[s]
        moved[s] = np.abs(probabilities(score(changed)) - before).max(axis=(1, 2))
    return moved


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
