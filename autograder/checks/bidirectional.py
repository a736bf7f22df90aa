"""Checks of the topic *bidirectional*.

Sequences have different lengths, and what stands on their padding is as large as the rest. Chains
and layers that could change places without an error come first, so that a mix-up can be called by
its name; different sizes come second.
"""

import numpy as np

from autograder.assignment import Inputs, check
from autograder.checks import layer, lengths, sizes, weights

Rng = np.random.Generator


def batch(rng: Rng, T: int, B: int, D: int) -> Inputs:
    """Draw sequences of different lengths."""
    return {"x": rng.normal(size=(T, B, D)), "lengths": lengths(rng, T, B)}


def two_chains(rng: Rng, D: int, H_f: int, H_b: int) -> Inputs:
    """Draw a chain from each end."""
    return {"forward": layer(rng, D, H_f), "backward": layer(rng, D, H_b)}


def stack(rng: Rng, T: int, B: int, D: int, hidden: list[tuple[int, int]], K: int) -> Inputs:
    """Draw a network of bidirectional layers with the given sizes, the lowest first."""
    inputs = [D, *(H_f + H_b + 2 for H_f, H_b in hidden)]
    H_f, H_b = hidden[-1]
    return {
        **batch(rng, T, B, D),
        "layers": [
            (layer(rng, n, H_f), layer(rng, n, H_b))
            for n, (H_f, H_b) in zip(inputs, hidden, strict=False)
        ],
        "W_out_f": weights(rng, K, H_f + 1),
        "W_out_b": weights(rng, K, H_b + 1),
    }


@check(points=4)
def reverse_sequences(rng: Rng) -> Inputs:
    """turned round, padding left alone"""
    T, B, D, _, _ = sizes(rng)
    return batch(rng, T, B, D)


def equal_chains(rng: Rng) -> Inputs:
    """Draw a batch and two chains of one size."""
    T, B, D, H, _ = sizes(rng)
    return {**batch(rng, T, B, D), **two_chains(rng, D, H, H)}


@check(
    points=2,
    function="bidirectional_recur",
    judges=["h_f"],
    requires=["unrolling.initial_state", "unrolling.recur"],
    padding=False,
)
def bidirectional_recur_forward(rng: Rng) -> Inputs:
    """the chain from the start"""
    return equal_chains(rng)


@check(
    points=4,
    function="bidirectional_recur",
    judges=["h_b"],
    requires=["unrolling.initial_state", "unrolling.recur", "reverse_sequences"],
    padding=False,
)
def bidirectional_recur_backward(rng: Rng) -> Inputs:
    """the chain from the end"""
    return equal_chains(rng)


@check(
    points=2,
    function="bidirectional_recur",
    requires=["unrolling.initial_state", "unrolling.recur", "reverse_sequences"],
    padding=False,
)
def bidirectional_recur_of_different_sizes(rng: Rng) -> Inputs:
    """chains of different sizes"""
    T, B, D, H_f, H_b, _ = sizes(rng, hidden=2)
    return {**batch(rng, T, B, D), **two_chains(rng, D, H_f, H_b)}


@check(points=3, requires=["bidirectional_recur", "unrolling.output_step"], padding=False)
def bidirectional_unroll(rng: Rng) -> Inputs:
    """scores from both chains"""
    T, B, D, H, K = sizes(rng)
    return {
        **batch(rng, T, B, D),
        **two_chains(rng, D, H, H),
        "W_out_f": weights(rng, K, H + 1),
        "W_out_b": weights(rng, K, H + 1),
    }


@check(points=3, requires=["bidirectional_recur", "unrolling.output_step"], padding=False)
def deep_bidirectional_unroll(rng: Rng) -> Inputs:
    """layers on layers"""
    T, B, _, H, K = sizes(rng)
    return stack(rng, T, B, 2 * (H + 1), [(H, H)] * int(rng.integers(2, 4)), K)


@check(
    points=2,
    function="deep_bidirectional_unroll",
    requires=["bidirectional_recur", "unrolling.output_step"],
    padding=False,
)
def deep_bidirectional_unroll_of_different_sizes(rng: Rng) -> Inputs:
    """the same for different sizes"""
    T, B, D, *hidden, K = sizes(rng, hidden=4)
    return stack(rng, T, B, D, [(hidden[0], hidden[1]), (hidden[2], hidden[3])], K)
