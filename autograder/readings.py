"""How answers that chance has a part in are read: in words, to be compared with other words.

A check names its reading (``assignment.check``). Everything here is needed wherever a program is
judged, also in the reader's browser, where there are no solutions to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignment import Inputs

Array = np.ndarray

BINS = 10
OURS = 1 << 60  # a seed that no program is given, whose draws ours would follow
FAR = 70.0  # chi-square with 9 degrees of freedom is larger once in 10^11


def softmax(scores: Array) -> Array:
    """Turn scores into probabilities, along the last axis."""
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# What the draws may look like, with the probabilities that it means: the first that fits is said.
LOOKS: dict[str, Callable[[Array, float], Array]] = {
    "draws from softmax(scores / temperature)": lambda s, t: softmax(s / t),
    "always the most likely token": lambda s, t: 1.0 * (s == s.max(axis=-1, keepdims=True)),
    "draws from softmax(scores), whatever the temperature": lambda s, t: softmax(s),
    "draws from all tokens alike": lambda s, t: np.full_like(s, 1 / s.shape[-1]),
}


def looks_like(inputs: Inputs, drawn: Any) -> str | None:
    """Say which probabilities a sequence of draws may come from."""
    V, length = len(inputs["parameters"][0]), inputs["length"]
    try:
        found = np.asarray(drawn).ravel()
        readable = len(found) == length and found.dtype.kind in "iu"
    except ValueError:
        readable = False
    if not readable or found.min() < 0 or found.max() >= V:
        return f"no list of {length} numbers of tokens"
    scores = next_scores(inputs, found.tolist())
    for words, probabilities in LOOKS.items():
        if chi_square(found, probabilities(scores, inputs["temperature"])) < FAR:
            return words
    p = softmax(scores / inputs["temperature"])
    upper = np.take_along_axis(p.cumsum(axis=1), found[:, None], axis=1)
    lower = upper - np.take_along_axis(p, found[:, None], axis=1)
    if lower.max() < upper.min():
        return "draws by one number from chance, used again and again"
    return None


def next_scores(inputs: Inputs, drawn: list[int]) -> Array:
    """Score each token that was drawn, and the others in its place: (length, V)."""
    E, W, W_h, W_out = inputs["parameters"]
    read = [*inputs["prefix"], *drawn[:-1]]
    h = np.ones((len(read) + 1, len(W) + 1))
    h[0, 1:] = 0
    for t, x_t in enumerate(E[read] @ W.T):
        h[t + 1, 1:] = np.tanh(x_t + W_h @ h[t])
    return h[len(inputs["prefix"]) :] @ W_out.T


def chi_square(drawn: Array, p: Array) -> float:
    """Measure how unlike draws from the probabilities p (length, V) a sequence is.

    The place of each draw among the tokens in order of their probability, between 0 and 1 and
    spread by chance within its token, is uniform if p is right: Pearson's statistic of BINS bins.
    """
    order = np.argsort(-p, axis=1, kind="stable")
    sorted_p = np.take_along_axis(p, order, axis=1)
    rank = np.argmax(order == drawn[:, None], axis=1)
    rows = np.arange(len(drawn))
    if not sorted_p[rows, rank].all():
        return np.inf
    below = sorted_p.cumsum(axis=1)[rows, rank] - sorted_p[rows, rank]
    place = below + np.random.default_rng(OURS).random(len(drawn)) * sorted_p[rows, rank]
    counts, _ = np.histogram(place, BINS, (0, 1))
    expected = len(drawn) / BINS
    return float(((counts - expected) ** 2).sum() / expected)
