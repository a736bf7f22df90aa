"""Backpropagation through time against an independent automatic differentiation."""

import copy

import autograd
import numpy as np
import pytest
from networks import (
    H,
    T,
    bidirectional_states_by_definition,
    loss_of_bidirectional_weights,
    loss_of_deep_weights,
    loss_of_weights,
    pytorch_lines,
    random_bidirectional_network,
    random_deep_network,
    random_network,
    states_by_definition,
    step_by_definition,
    torch_gradients,
    torch_loss,
    torch_read,
    torch_rnn,
)

from solutions.bidirectional import bidirectional_recur
from solutions.bptt import (
    bidirectional_bptt,
    bidirectional_recur_backward,
    bptt,
    deep_bidirectional_bptt,
    deep_bptt,
    hidden_step_backward,
    numerical_gradient,
    output_weights_backward,
    recur_backward,
)
from solutions.training import leaves
from solutions.unrolling import hidden_step, output_step, recur

NAMES = ("dW", "dW_h", "dW_out")


def close(ours, theirs):
    """Compare arrays, nested in any way."""
    for a, b in zip(leaves(ours), leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (1, 2, 3)])
def test_central_differences_are_exact_for_polynomials_of_degree_two(shape):
    rng = np.random.default_rng(0)
    w, slope, bend = (rng.normal(size=shape) for _ in range(3))
    gradient = numerical_gradient(lambda w: np.sum(bend * w**2 + slope * w), w, eps=0.5)
    np.testing.assert_allclose(gradient, 2 * bend * w + slope, rtol=1e-13)


def test_the_error_of_central_differences_shrinks_with_the_square_of_eps():
    w = np.array([0.3, -1.2])
    coarse, fine = (
        np.abs(numerical_gradient(lambda w: np.exp(w).sum(), w, eps) - np.exp(w)).max()
        for eps in (1e-2, 1e-3)
    )
    np.testing.assert_allclose(coarse / fine, 100, rtol=1e-3)


def test_bptt_matches_central_differences():
    net = random_network()
    _, grads = bptt(*net)
    for name, grad in zip(("W", "W_h", "W_out"), grads, strict=True):
        numerical = numerical_gradient(
            lambda w, name=name: bptt(*net._replace(**{name: w}))[0], getattr(net, name), 1e-5
        )
        np.testing.assert_allclose(grad, numerical, rtol=0, atol=1e-8 * np.abs(grad).max())


@pytest.mark.parametrize("seed", range(3))
def test_one_step_back_matches_autograd_for_any_gradient_of_the_state(seed):
    net = random_network(seed)
    arguments = net.x[0], net.h_0, net.W, net.W_h
    h_t = hidden_step(*arguments)
    dh_t = np.random.default_rng(seed).normal(size=h_t.shape)
    by_autograd = autograd.grad(lambda a: (dh_t * step_by_definition(*a)).sum())(arguments)
    ours = hidden_step_backward(dh_t, h_t, net.h_0, net.x[0], net.W, net.W_h)
    close(ours, by_autograd)


def test_all_steps_back_are_one_step_back_at_a_time():
    net = random_network()
    h = recur(net.x, net.W, net.W_h, net.h_0)
    dh = np.random.default_rng(1).normal(size=h.shape)
    dx, dW, dW_h, dh_0 = recur_backward(dh, h, net.h_0, net.x, net.W, net.W_h)
    carried, totals = np.zeros_like(net.h_0), [0, 0]
    for t in reversed(range(T)):
        before = h[t - 1] if t else net.h_0
        dx_t, carried, *parts = hidden_step_backward(
            dh[t] + carried, h[t], before, net.x[t], net.W, net.W_h
        )
        close(dx[t], dx_t)
        totals = [total + part for total, part in zip(totals, parts, strict=True)]
    close([dh_0, dW, dW_h], [carried, *totals])


def test_the_output_weights_collect_from_every_step_and_sequence():
    net = random_network()
    h = recur(net.x, net.W, net.W_h, net.h_0)
    dscores = np.random.default_rng(1).normal(size=output_step(h, net.W_out).shape)
    expected = sum(np.outer(dscores[t, n], h[t, n]) for t in range(T) for n in range(h.shape[1]))
    close(output_weights_backward(dscores, h), expected)


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
    close(ours, by_autograd)


@pytest.mark.parametrize("seed", range(3))
def test_deep_bptt_matches_autograd(seed):
    net = random_deep_network(seed)
    loss, grads = deep_bptt(*net)
    definition, weights = loss_of_deep_weights(net), (net.layers, net.W_out)
    np.testing.assert_allclose(loss, definition(weights), rtol=1e-12)
    close(grads, autograd.grad(definition)(weights))


@pytest.mark.parametrize("seed", range(3))
def test_deep_bidirectional_bptt_matches_autograd(seed):
    net = random_bidirectional_network(seed)
    loss, grads = deep_bidirectional_bptt(*net)
    definition, weights = loss_of_bidirectional_weights(net), net[3:]
    np.testing.assert_allclose(loss, definition(weights), rtol=1e-12)
    close(grads, autograd.grad(definition)(weights))


@pytest.mark.parametrize("seed", range(3))
def test_bidirectional_bptt_matches_autograd(seed):
    net = random_bidirectional_network(seed, sizes=((5, 8),))
    loss, grads = bidirectional_bptt(*net[:3], *net.layers[0], net.W_out_f, net.W_out_b)
    definition, weights = loss_of_bidirectional_weights(net), net[3:]
    np.testing.assert_allclose(loss, definition(weights), rtol=1e-12)
    close(grads, autograd.grad(definition)(weights))


@pytest.mark.parametrize("seed", range(3))
def test_bidirectional_recur_backward_matches_autograd_for_any_gradient_from_above(seed):
    net = random_bidirectional_network(seed, sizes=((5, 8),))
    states = bidirectional_recur(net.x, net.lengths, *net.layers[0])
    real = np.arange(T)[:, None, None] < net.lengths[:, None]
    rng = np.random.default_rng(seed)
    above = [rng.normal(size=h.shape) * real for h in states]

    def projection(arguments):
        x, *layer = arguments
        total = 0.0
        for n, T_n in enumerate(net.lengths):
            [pair] = bidirectional_states_by_definition(x[:T_n, n : n + 1], [layer])
            for dh, h in zip(above, pair, strict=True):
                total = total + sum((dh[t, n] * h[t][0]).sum() for t in range(T_n))
        return total

    ours = bidirectional_recur_backward(*above, *states, net.x, net.lengths, *net.layers[0])
    close(ours, autograd.grad(projection)((net.x, *net.layers[0])))
    assert not (ours[0] * ~real).any()


def test_a_stack_of_one_layer_has_the_gradient_of_that_layer():
    deep = random_deep_network(sizes=(5,))
    (W, W_h), h_0 = deep.layers[0], deep.h_0[0]
    loss, ([(dW, dW_h)], dW_out) = deep_bptt(*deep)
    assert loss == bptt(*deep[:3], W, W_h, deep.W_out, h_0)[0]
    close((dW, dW_h, dW_out), bptt(*deep[:3], W, W_h, deep.W_out, h_0)[1])


@pytest.mark.parametrize(
    ("network", "gradient"),
    [
        (random_network(), bptt),
        (random_deep_network(), deep_bptt),
        (random_bidirectional_network(), deep_bidirectional_bptt),
    ],
    ids=["one layer", "deep", "bidirectional"],
)
def test_what_stands_on_padding_reaches_neither_loss_nor_gradient(network, gradient):
    padding = np.arange(T)[:, None] >= network.lengths
    garbage = network._replace(x=network.x.copy(), labels=network.labels.copy())
    garbage.x[padding], garbage.labels[padding] = 50, 0
    close(gradient(*garbage)[1], gradient(*network)[1])
    assert gradient(*garbage)[0] == gradient(*network)[0]


def test_float32_stays_float32():
    def single(tree):
        if isinstance(tree, np.ndarray):
            return tree.astype(np.float32) if tree.dtype.kind == "f" else tree
        return tuple(map(single, tree))

    deep = deep_bptt(*single(random_deep_network()))
    both = deep_bidirectional_bptt(*single(random_bidirectional_network()))
    assert {a.dtype for a in leaves((deep[1], both[1]))} == {np.dtype(np.float32)}


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


def test_no_input_of_the_compositions_is_modified():
    deep, both = random_deep_network(), random_bidirectional_network()
    before = copy.deepcopy((deep, both))
    deep_bptt(*deep)
    deep_bidirectional_bptt(*both)
    states = bidirectional_recur(both.x, both.lengths, *both.layers[0])
    above, kept = [np.ones_like(h) for h in states], [h.copy() for h in states]
    bidirectional_recur_backward(*above, *states, both.x, both.lengths, *both.layers[0])
    assert all((a == b).all() for a, b in zip(leaves(before), leaves((deep, both)), strict=True))
    assert all((a == b).all() for a, b in zip(kept, states, strict=True))
    assert all((dh == 1).all() for dh in above)


# ------------------------------------------------------------------------------ PyTorch


def output(torch, *weights):
    """Build PyTorch's output layer from our ``W_out``, one for each direction."""
    linear = torch.nn.Linear(1, 1, dtype=torch.float64)
    linear.weight.data = torch.tensor(np.concatenate([W[:, 1:] for W in weights], axis=1))
    linear.bias.data = torch.tensor(sum(W[:, 0] for W in weights))
    return linear


def test_loss_and_gradient_of_a_network_are_those_of_pytorch(torch):
    net = random_network()
    rnn, linear = torch_rnn(torch, [((net.W, net.W_h),)]), output(torch, net.W_out)
    states = torch_read(torch, rnn, net.x, net.lengths, net.h_0[None, :, 1:])
    theirs = torch_loss(torch, linear(states), net.labels, net.lengths)
    theirs.backward()

    loss, (dW, dW_h, dW_out) = bptt(*net)
    np.testing.assert_allclose(loss, theirs.item(), rtol=1e-12)
    close([[(dW, dW_h)]], torch_gradients(rnn))
    close(dW_out, np.insert(linear.weight.grad.numpy(), 0, linear.bias.grad, axis=1))


def test_loss_and_gradient_of_a_deep_network_are_those_of_pytorch(torch):
    net = random_deep_network(sizes=(H, H, H))
    rnn = torch_rnn(torch, [(layer,) for layer in net.layers])
    linear = output(torch, net.W_out)
    h_0 = np.stack([h[:, 1:] for h in net.h_0])
    states = torch_read(torch, rnn, net.x, net.lengths, h_0)
    theirs = torch_loss(torch, linear(states), net.labels, net.lengths)
    theirs.backward()

    loss, (dlayers, dW_out) = deep_bptt(*net)
    np.testing.assert_allclose(loss, theirs.item(), rtol=1e-12)
    close(dlayers, torch_gradients(rnn))
    close(dW_out, np.insert(linear.weight.grad.numpy(), 0, linear.bias.grad, axis=1))


@pytest.mark.parametrize("depth", [1, 3])
def test_loss_and_gradient_of_a_bidirectional_network_are_those_of_pytorch(torch, depth):
    net = random_bidirectional_network(sizes=[(H, H)] * depth)
    rnn = torch_rnn(torch, net.layers)
    linear = output(torch, net.W_out_f, net.W_out_b)
    states = torch_read(torch, rnn, net.x, net.lengths)
    theirs = torch_loss(torch, linear(states), net.labels, net.lengths)
    theirs.backward()

    loss, (dlayers, *dW_out) = deep_bidirectional_bptt(*net)
    np.testing.assert_allclose(loss, theirs.item(), rtol=1e-12)
    close(dlayers, torch_gradients(rnn))
    bias = linear.bias.grad  # PyTorch has one; ours, in each W_out, have the same gradient
    for ours, weight in zip(dW_out, np.split(linear.weight.grad.numpy(), 2, axis=1), strict=True):
        close(ours, np.insert(weight, 0, bias, axis=1))


def test_the_pytorch_lines_of_the_chapter_run_word_for_word(torch):
    net = random_network()._replace(lengths=np.full(3, T))
    net = net._replace(h_0=np.insert(np.zeros((3, H)), 0, 1, axis=1))
    names = {"W": net.W, "W_h": net.W_h, "W_out": net.W_out, "x": net.x, "labels": net.labels}
    exec(pytorch_lines("bptt"), names | {"grads": bptt(*net)[1]})
