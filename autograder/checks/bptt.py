"""Checks of the topic *bptt*.

Gradients from above are random, also in column 0, and so are first states; units saturate; the
states are those that the network really has, so that a program may compute them again. Layers and
chains that could change places without an error come first, different sizes second.
"""

import numpy as np

from autograder import oracle
from autograder.assignment import Inputs, check
from autograder.checks import lengths, recurrent_weights, sizes, states, unrolling, weights
from autograder.checks.bidirectional import stack, two_chains
from autograder.checks.deep import different_layers, equal_layers
from autograder.inside import Waves

Rng = np.random.Generator
Array = np.ndarray

COMPUTED = ["unrolling.recur", "unrolling.output_step", "unrolling.sequence_loss"]


@check(points=2)
def numerical_gradient(rng: Rng) -> Inputs:
    """a gradient without calculus"""
    rows, columns, *_ = sizes(rng)
    waves = Waves(rng.normal(size=(5, rows * columns)), rng.normal(size=5))
    return {"f": waves, "w": rng.normal(size=(rows, columns)), "eps": rng.uniform(0.01, 0.05)}


def upstream(rng: Rng, *shape: int) -> Array:
    """Draw the gradient that comes from above: nowhere zero, and not the same anywhere."""
    return rng.normal(size=shape)


@check(points=3)
def hidden_step_backward(rng: Rng) -> Inputs:
    """one step back in time"""
    _, B, D, H, _ = sizes(rng)
    x_t, h_prev = rng.normal(size=(B, D)), states(rng, B, H)
    W, W_h = weights(rng, H, D), weights(rng, H, H + 1)
    step = {"x_t": x_t, "h_prev": h_prev, "W": W, "W_h": W_h}
    h_t = oracle.right("unrolling", "hidden_step", step).value
    states_known = {"dh_t": upstream(rng, B, H + 1), "h_t": h_t, "h_prev": h_prev}
    return {**states_known, "x_t": x_t, "W": W, "W_h": W_h}


def chain(rng: Rng) -> Inputs:
    """Draw a chain that has run, and what comes from above."""
    T, B, D, H, _ = sizes(rng)
    x, h_0 = rng.normal(size=(T, B, D)), states(rng, B, H)
    W, W_h = weights(rng, H, D), recurrent_weights(rng, H)
    forward = {"x": x, "W": W, "W_h": W_h, "h_0": h_0}
    h = oracle.right("unrolling", "recur", forward).value
    return {"dh": upstream(rng, T, B, H + 1), "h": h, "h_0": h_0, "x": x, "W": W, "W_h": W_h}


@check(points=3, judges=["dx", "dh_0"], requires=["hidden_step_backward"])
def recur_backward(rng: Rng) -> Inputs:
    """to the inputs and the first state"""
    return chain(rng)


@check(
    points=3, function="recur_backward", judges=["dW", "dW_h"], requires=["hidden_step_backward"]
)
def recur_backward_weights(rng: Rng) -> Inputs:
    """to the weights"""
    return chain(rng)


@check(points=1)
def output_weights_backward(rng: Rng) -> Inputs:
    """the output weights"""
    T, B, _, H, K = sizes(rng)
    return {"dscores": upstream(rng, T, B, K), "h": states(rng, T, B, H)}


def labelled(rng: Rng, network: Inputs) -> Inputs:
    """Set labels and lengths behind the inputs of a network."""
    (T, B, _), K = network["x"].shape, len(network["W_out"])
    batch = {"labels": rng.integers(K, size=(T, B)), "lengths": lengths(rng, T, B)}
    return {"x": network["x"], **batch, **network}


@check(
    points=3,
    judges=["grads"],
    requires=["recur_backward", "output_weights_backward", *COMPUTED],
    derivative=["loss", "W", "W_h", "W_out"],
)
def bptt(rng: Rng) -> Inputs:
    """the whole network"""
    return labelled(rng, unrolling.unroll.draw(rng))


@check(points=1, function="bptt", judges=["loss"], requires=COMPUTED)
def bptt_loss(rng: Rng) -> Inputs:
    """its loss"""
    return bptt.draw(rng)


@check(
    points=2,
    requires=["recur_backward", "output_weights_backward", "deep.deep_unroll", *COMPUTED],
    judges=["grads"],
    derivative=["loss", "layers", "W_out"],
)
def deep_bptt(rng: Rng) -> Inputs:
    """layers on layers"""
    return labelled(rng, equal_layers(rng))


@check(
    points=2,
    function="deep_bptt",
    requires=["recur_backward", "output_weights_backward", "deep.deep_unroll", *COMPUTED],
)
def deep_bptt_of_different_sizes(rng: Rng) -> Inputs:
    """the same for different sizes"""
    return labelled(rng, different_layers(rng))


@check(
    points=3,
    requires=["recur_backward", "bidirectional.reverse_sequences", "unrolling.initial_state"],
)
def bidirectional_recur_backward(rng: Rng) -> Inputs:
    """two chains"""
    T, B, D, H, _ = sizes(rng)
    network = {
        "x": rng.normal(size=(T, B, D)),
        "lengths": lengths(rng, T, B),
        **two_chains(rng, D, H, H),
    }
    h_f, h_b = oracle.right("bidirectional", "bidirectional_recur", network).value
    real = (np.arange(T)[:, None] < network["lengths"])[..., None]
    above = {name: real * upstream(rng, T, B, H + 1) for name in ("dh_f", "dh_b")}
    return {**above, "h_f": h_f, "h_b": h_b, **network}


BOTH = [
    "bidirectional_recur_backward",
    "output_weights_backward",
    "bidirectional.deep_bidirectional_unroll",
    "unrolling.sequence_loss",
]


def both(rng: Rng, hidden: int) -> Inputs:
    """Draw a network of bidirectional layers that could change places, and its labels."""
    T, B, _, H, K = sizes(rng)
    network = stack(rng, T, B, 2 * (H + 1), [(H, H)] * hidden, K)
    return {
        "x": network.pop("x"),
        "labels": rng.integers(K, size=(T, B)),
        "lengths": network.pop("lengths"),
        **network,
    }


@check(points=3, requires=BOTH)
def deep_bidirectional_bptt(rng: Rng) -> Inputs:
    """layers of two chains"""
    return both(rng, hidden=int(rng.integers(2, 4)))


@check(points=2, requires=["deep_bidirectional_bptt", *BOTH])
def bidirectional_bptt(rng: Rng) -> Inputs:
    """one layer of two chains"""
    network = both(rng, hidden=1)
    [(forward, backward)] = network.pop("layers")
    W_out = {name: network.pop(name) for name in ("W_out_f", "W_out_b")}
    return {**network, "forward": forward, "backward": backward, **W_out}
