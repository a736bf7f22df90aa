"""Checks of the topic *deep*.

Layers that could change places without an error come first, so that a mix-up can be called by its
name; layers of different sizes come second.
"""

import numpy as np

from autograder.assignment import Inputs, check
from autograder.checks import layer, sizes, states, weights

Rng = np.random.Generator


def equal_layers(rng: Rng) -> Inputs:
    """Draw layers that all have the same shapes: the inputs are as wide as a state."""
    T, B, _, H, K = sizes(rng)
    hidden = [H] * int(rng.integers(2, 4))
    return network(rng, T, B, H + 1, hidden, K)


def different_layers(rng: Rng) -> Inputs:
    """Draw layers that all differ in size."""
    T, B, D, *hidden, K = sizes(rng, hidden=int(rng.integers(2, 4)))
    return network(rng, T, B, D, hidden, K)


def network(rng: Rng, T: int, B: int, D: int, hidden: list[int], K: int) -> Inputs:
    """Draw a network with hidden layers of the given sizes, the lowest first."""
    inputs = [D, *(H + 1 for H in hidden)]
    return {
        "x": rng.normal(size=(T, B, D)),
        "layers": [layer(rng, n, H) for n, H in zip(inputs, hidden, strict=False)],
        "W_out": weights(rng, K, hidden[-1] + 1),
        "h_0": [states(rng, B, H) for H in hidden],
    }


def hidden_part(inputs: Inputs) -> Inputs:
    """Leave out the output weights."""
    return {name: value for name, value in inputs.items() if name != "W_out"}


@check(points=3, requires=["unrolling.recur"])
def deep_recur(rng: Rng) -> Inputs:
    """layers on layers"""
    return hidden_part(equal_layers(rng))


@check(points=3, function="deep_recur", requires=["unrolling.recur"])
def deep_recur_of_different_sizes(rng: Rng) -> Inputs:
    """layers of different sizes"""
    return hidden_part(different_layers(rng))


@check(points=2, requires=["deep_recur", "unrolling.output_step"])
def deep_unroll(rng: Rng) -> Inputs:
    """states of all layers, and scores"""
    return equal_layers(rng)


@check(points=2, function="deep_unroll", requires=["deep_recur", "unrolling.output_step"])
def deep_unroll_of_different_sizes(rng: Rng) -> Inputs:
    """the same for different sizes"""
    return different_layers(rng)
