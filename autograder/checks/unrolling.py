"""Checks of the topic *unrolling*."""

import numpy as np

from autograder.assignment import Inputs, check
from autograder.checks import lengths, recurrent_weights, sizes, states, weights

Rng = np.random.Generator


@check(points=1)
def initial_state(rng: Rng) -> Inputs:
    """the state before the first step"""
    _, B, _, H, _ = sizes(rng)
    return {"batch": B, "hidden": H}


@check(points=3)
def hidden_step(rng: Rng) -> Inputs:
    """one step in time"""
    _, B, D, H, _ = sizes(rng)
    return {
        "x_t": rng.normal(size=(B, D)),
        "h_prev": states(rng, B, H),
        "W": weights(rng, H, D),
        "W_h": weights(rng, H, H + 1),
    }


@check(points=1)
def output_step(rng: Rng) -> Inputs:
    """scores from a state"""
    _, B, _, H, K = sizes(rng)
    return {"h_t": states(rng, B, H), "W_out": weights(rng, K, H + 1)}


@check(points=5, requires=["hidden_step"])
def recur(rng: Rng) -> Inputs:
    """all steps in time"""
    T, B, D, H, _ = sizes(rng)
    return {
        "x": rng.normal(size=(T, B, D)),
        "W": weights(rng, H, D),
        "W_h": recurrent_weights(rng, H),
        "h_0": states(rng, B, H),
    }


@check(points=3, requires=["recur", "output_step"])
def unroll(rng: Rng) -> Inputs:
    """states and scores of all steps"""
    T, B, D, H, K = sizes(rng)
    return {
        "x": rng.normal(size=(T, B, D)),
        "W": weights(rng, H, D),
        "W_h": recurrent_weights(rng, H),
        "W_out": weights(rng, K, H + 1),
        "h_0": states(rng, B, H),
    }


def padded_scores(rng: Rng) -> Inputs:
    """Draw scores and labels of sequences of different lengths."""
    T, B, _, _, K = sizes(rng)
    return {
        "scores": rng.normal(scale=2, size=(T, B, K)),
        "labels": rng.integers(K, size=(T, B)),
        "lengths": lengths(rng, T, B),
    }


@check(points=2, judges=["loss"])
def sequence_loss(rng: Rng) -> Inputs:
    """mean surprise over real steps"""
    return padded_scores(rng)


@check(
    points=3,
    function="sequence_loss",
    judges=["dscores"],
    derivative=("loss", "scores"),
)
def sequence_loss_gradient(rng: Rng) -> Inputs:
    """its gradient, zero on padding"""
    return padded_scores(rng)


@check(points=1, function="sequence_loss", requires=["sequence_loss"])
def sequence_loss_of_large_scores(rng: Rng) -> Inputs:
    """large scores do not overflow"""
    inputs = padded_scores(rng)
    return {**inputs, "scores": np.round(2000 * inputs["scores"])}  # exact in float32 too


@check(points=1)
def parameter_count(rng: Rng) -> Inputs:
    """the same for every length"""
    _, _, D, H, K = sizes(rng)
    return {"D": D, "H": H, "K": K}
