"""Checks of the topic *truncation*.

A sequence is never a whole number of chunks, and has never k of them, so that the borders of a
wrong program fall elsewhere. Weights are small: what is cut off must still be there to be missed.
"""

import numpy as np

from autograder.assignment import Inputs, check
from autograder.checks import layer, lengths, sizes, states, weights

Rng = np.random.Generator

LONG = [(T, k) for k in (2, 3, 4) for T in range(10, 15) if T % k and -(-T // k) != k]


def read(rng: Rng, T: int) -> Inputs:
    """Draw a network, a batch of T steps, and the states that go with them."""
    _, B, D, H, _ = sizes(rng)
    W, W_h = layer(rng, D, H)
    x, h_0 = rng.normal(size=(T, B, D)), states(rng, B, H)
    h = [h_0]
    for x_t in x:
        h.append(np.insert(np.tanh(x_t @ W.T + h[-1] @ W_h.T), 0, 1, axis=1))
    return {"h": np.stack(h[1:]), "h_0": h_0, "x": x, "W": W, "W_h": W_h}


def from_above(rng: Rng, T: int, k: int) -> Inputs:
    """Add a gradient of the states, and k."""
    inputs = read(rng, T)
    return {"dh": rng.normal(size=inputs["h"].shape), **inputs, "k": k}


def several_chunks(rng: Rng) -> tuple[int, int]:
    """Draw T and a k that does not divide it."""
    T, k = rng.choice(LONG)
    return int(T), int(k)


def one_step_or_everything(rng: Rng) -> tuple[int, int]:
    """Draw T and a k of 1, of T, or beyond."""
    T = int(rng.integers(10, 15))
    return T, int(rng.choice([1, T, T + 2]))


@check(points=4, requires=["bptt.recur_backward"])
def truncated_recur_backward(rng: Rng) -> Inputs:
    """back in chunks of k steps"""
    return from_above(rng, *several_chunks(rng))


@check(points=1, function="truncated_recur_backward", requires=["bptt.recur_backward"])
def truncated_recur_backward_at_the_ends(rng: Rng) -> Inputs:
    """k = 1, and k of T or more"""
    return from_above(rng, *one_step_or_everything(rng))


@check(
    points=3,
    requires=[
        "truncated_recur_backward",
        "unrolling.sequence_loss",
        "bptt.output_weights_backward",
    ],
)
def truncated_bptt(rng: Rng) -> Inputs:
    """loss and truncated gradient"""
    T, k = several_chunks(rng)
    _, B, D, H, K = sizes(rng)
    W, W_h = layer(rng, D, H)
    return {
        "x": rng.normal(size=(T, B, D)),
        "labels": rng.integers(K, size=(T, B)),
        "lengths": lengths(rng, T, B),
        "W": W,
        "W_h": W_h,
        "W_out": weights(rng, K, H + 1),
        "h_0": states(rng, B, H),
        "k": k,
    }


@check(points=2, requires=["truncated_recur_backward"])
def gradient_reach(rng: Rng) -> Inputs:
    """how far back each loss is heard"""
    T, k = several_chunks(rng)
    return {**read(rng, T), "k": k}


@check(points=3, requires=["bptt.recur_backward"])
def sliding_recur_backward(rng: Rng) -> Inputs:
    """back over k steps from everywhere"""
    return from_above(rng, *several_chunks(rng))


@check(points=1, function="sliding_recur_backward", requires=["bptt.recur_backward"])
def sliding_recur_backward_at_the_ends(rng: Rng) -> Inputs:
    """windows of 1, and of T or more"""
    return from_above(rng, *one_step_or_everything(rng))
