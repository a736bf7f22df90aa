"""Backpropagation through time against an independent automatic differentiation."""

import copy

import autograd
import numpy as np
import pytest
from networks import loss_of_weights, random_network, states_by_definition

from solutions.bptt import bptt, recur_backward
from solutions.unrolling import recur

NAMES = ("dW", "dW_h", "dW_out")


@pytest.mark.parametrize("seed", range(3))
def test_bptt_matches_autograd(seed):
    net = random_network(seed)
    loss, grads = bptt(*net)
    definition = loss_of_weights(net)
    np.testing.assert_allclose(loss, definition(*net.weights), rtol=1e-12)
    by_autograd = autograd.grad(lambda weights: definition(*weights))(net.weights)
    for name, ours, theirs in zip(NAMES, grads, by_autograd, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("seed", range(3))
def test_recur_backward_matches_autograd_for_any_gradient_from_above(seed):
    net = random_network(seed)
    h = recur(net.x, net.W, net.W_h, net.h_0)
    dh = np.random.default_rng(seed).normal(size=h.shape)

    def projection(arguments):
        x, W, W_h, h_0 = arguments
        states = states_by_definition(x, W, W_h, h_0)
        return sum((d * h_t).sum() for d, h_t in zip(dh, states, strict=True))

    by_autograd = autograd.grad(projection)((net.x, net.W, net.W_h, net.h_0))
    ours = recur_backward(dh, h, net.h_0, net.x, net.W, net.W_h)
    for a, b in zip(ours, by_autograd, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-13)


def test_no_input_is_modified():
    net = random_network()
    before = copy.deepcopy(net)
    h = recur(net.x, net.W, net.W_h, net.h_0)
    dh, kept = np.ones_like(h), h.copy()
    recur_backward(dh, h, net.h_0, net.x, net.W, net.W_h)
    bptt(*net)
    assert all((a == b).all() for a, b in zip(before, net, strict=True))
    assert (dh == 1).all()
    assert (h == kept).all()
