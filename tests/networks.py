"""Random networks and batches for the tests, and an independent forward pass in HIPS autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import autograd.numpy as anp
import numpy as np

Array = np.ndarray
T, B, D, H, K = 7, 3, 4, 5, 6


class Network(NamedTuple):
    """One network with a padded batch."""

    x: Array
    labels: Array
    lengths: Array
    W: Array
    W_h: Array
    W_out: Array
    h_0: Array

    @property
    def weights(self) -> tuple[Array, Array, Array]:
        return self.W, self.W_h, self.W_out


def random_network(seed: int = 0) -> Network:
    """Draw everything at random: nonzero h_0, asymmetric W_h, all dimensions different."""
    rng = np.random.default_rng(seed)
    return Network(
        x=rng.normal(size=(T, B, D)),
        labels=rng.integers(K, size=(T, B)),
        lengths=np.array([T, 3, 5]),
        W=rng.normal(size=(H, D)),
        W_h=rng.normal(size=(H, H + 1)),
        W_out=rng.normal(size=(K, H + 1)),
        h_0=np.insert(rng.uniform(-1, 1, size=(B, H)), 0, 1, axis=1),
    )


def states_by_definition(x: Array, W: Array, W_h: Array, h_0: Array) -> list[Array]:
    """Unroll in autograd's NumPy, one step at a time, as the lecture writes it."""
    h, found = h_0, []
    for x_t in x:
        z = anp.dot(x_t, anp.transpose(W)) + anp.dot(h, anp.transpose(W_h))
        h = anp.concatenate([anp.ones((len(x_t), 1)), anp.tanh(z)], axis=1)
        found.append(h)
    return found


def loss_by_definition(scores: list[Array], labels: Array, lengths: Array) -> float:
    """Average -log softmax over the real steps, one number at a time."""
    total = 0.0
    for t, scores_t in enumerate(scores):
        log_p = scores_t - anp.log(anp.sum(anp.exp(scores_t), axis=1, keepdims=True))
        for n, T_n in enumerate(lengths):
            if t < T_n:
                total = total - log_p[n, labels[t, n]]
    return total / sum(lengths)


def loss_of_weights(net: Network) -> Callable[[Array, Array, Array], float]:
    """Build the whole network's loss as a function of its three weight matrices."""

    def loss(W: Array, W_h: Array, W_out: Array) -> float:
        h = states_by_definition(net.x, W, W_h, net.h_0)
        scores = [anp.dot(h_t, anp.transpose(W_out)) for h_t in h]
        return loss_by_definition(scores, net.labels, net.lengths)

    return loss
