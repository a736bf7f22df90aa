"""The reference solutions of *truncation*: against automatic differentiation and PyTorch."""

from __future__ import annotations

import copy

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from networks import (
    B,
    H,
    T,
    loss_by_definition,
    pytorch_lines,
    random_network,
    states_by_definition,
    step_by_definition,
    torch_loss,
    torch_rnn,
)

from solutions.bptt import bptt, recur_backward
from solutions.echo import blocks, echo_error, reset_bptt, sliding_bptt, train_echo
from solutions.networks import RNN
from solutions.truncation import (
    gradient_reach,
    sliding_recur_backward,
    truncated_bptt,
    truncated_recur_backward,
)
from solutions.unrolling import initial_state, recur

NET = random_network()
STATES = recur(NET.x, NET.W, NET.W_h, NET.h_0)
HERE = STATES, NET.h_0, NET.x, NET.W, NET.W_h
BEFORE = [NET.h_0, *STATES]  # BEFORE[t]: the state before step t, as a constant
LENGTHS_OF_CHUNKS = [1, 2, 3, 4, T, T + 5]
BACKWARD = [truncated_recur_backward, sliding_recur_backward]
LOSSES = [truncated_bptt, sliding_bptt, reset_bptt]


def close(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-13)


def above(seed=0):
    return np.random.default_rng(seed).normal(size=STATES.shape)


def first_step(t, k, sliding):
    """Say from which step on the loss of step t is differentiated."""
    return max(0, t - k + 1) if sliding else t - t % k


def truncated_by_definition(k, sliding, of_states):
    """Build a loss from single steps: each sees states from constants at its own cut onwards.

    ``of_states(t, h_t, *more)`` is the loss of step t; the result is a function of
    (x, W, W_h, h_0, *more).
    """

    def loss(arguments):
        x, W, W_h, h_0, *more = arguments
        total = 0.0
        for t in range(T):
            cut = first_step(t, k, sliding)
            before = BEFORE[cut] if cut else h_0
            h_t = states_by_definition(x[cut : t + 1], W, W_h, before)[-1]
            total = total + of_states(t, h_t, *more)
        return total

    return loss


# ------------------------------------------------------------------------------ any gradient


@pytest.mark.parametrize("k", LENGTHS_OF_CHUNKS)
@pytest.mark.parametrize("backward", BACKWARD)
def test_backward_matches_autograd_with_constant_states_before_the_cut(backward, k):
    dh = above()
    sliding = backward is sliding_recur_backward
    loss = truncated_by_definition(k, sliding, lambda t, h_t: (dh[t] * h_t).sum())
    by_autograd = autograd.grad(loss)((NET.x, NET.W, NET.W_h, NET.h_0))
    close(backward(dh, *HERE, k), by_autograd)


@pytest.mark.parametrize("backward", BACKWARD)
@pytest.mark.parametrize("k", [T, T + 1, 100])
def test_with_k_not_below_the_length_nothing_is_cut(backward, k):
    close(backward(above(), *HERE, k), recur_backward(above(), *HERE))


def test_one_chunk_of_everything_is_the_full_gradient_to_the_last_bit():
    for ours, full in zip(
        truncated_recur_backward(above(), *HERE, T), recur_backward(above(), *HERE), strict=True
    ):
        np.testing.assert_array_equal(ours, full)
    assert str(truncated_bptt(*NET, T)) == str(bptt(*NET))


def test_a_window_of_one_step_and_chunks_of_one_step_are_the_same():
    close(
        truncated_recur_backward(above(), *HERE, 1),
        sliding_recur_backward(above(), *HERE, 1),
    )


@pytest.mark.parametrize("k", LENGTHS_OF_CHUNKS)
def test_a_window_is_recur_backward_on_the_k_steps_up_to_each_loss(k):
    dh = above()
    dx, dW, dW_h, dh_0 = (np.zeros_like(a) for a in (NET.x, NET.W, NET.W_h, NET.h_0))
    for t in range(T):
        window = slice(first_step(t, k, sliding=True), t + 1)
        alone = np.zeros_like(dh)
        alone[t] = dh[t]
        parts = recur_backward(
            alone[window], STATES[window], BEFORE[window.start], NET.x[window], NET.W, NET.W_h
        )
        dx[window] += parts[0]
        dW += parts[1]
        dW_h += parts[2]
        dh_0 += parts[3] * (window.start == 0)
    close(sliding_recur_backward(dh, *HERE, k), (dx, dW, dW_h, dh_0))


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("backward", BACKWARD)
def test_it_is_not_the_full_gradient_when_k_is_small(backward, k):
    for ours, full in zip(backward(above(), *HERE, k), recur_backward(above(), *HERE), strict=True):
        assert not np.allclose(ours, full, rtol=1e-3)


# ------------------------------------------------------------------------------ loss and weights


@pytest.mark.parametrize("k", LENGTHS_OF_CHUNKS)
@pytest.mark.parametrize("gradient", [truncated_bptt, sliding_bptt])
def test_gradient_matches_autograd_with_constant_states_before_the_cut(gradient, k):
    steps = NET.lengths.sum()

    def of_states(t, h_t, W_out):
        scores = [anp.dot(h_t, anp.transpose(W_out))]
        there = (t < NET.lengths).astype(int)
        return loss_by_definition(scores, NET.labels[t : t + 1], there) * (there.sum() / steps)

    def or_nothing(t, h_t, W_out):
        return of_states(t, h_t, W_out) if (t < NET.lengths).any() else 0.0

    loss = truncated_by_definition(k, gradient is sliding_bptt, or_nothing)
    arguments = (NET.x, NET.W, NET.W_h, NET.h_0, NET.W_out)
    value, grads = gradient(*NET, k)
    np.testing.assert_allclose(value, loss(arguments), rtol=1e-12)
    _, dW, dW_h, _, dW_out = autograd.grad(loss)(arguments)
    close(grads, (dW, dW_h, dW_out))


@pytest.mark.parametrize("gradient", [truncated_bptt, sliding_bptt])
def test_the_loss_and_the_output_weights_do_not_depend_on_k(gradient):
    loss, (_, _, dW_out) = bptt(*NET)
    for k in LENGTHS_OF_CHUNKS:
        ours, grads = gradient(*NET, k)
        assert ours == loss
        np.testing.assert_array_equal(grads[2], dW_out)


@pytest.mark.parametrize("gradient", LOSSES)
def test_nothing_is_cut_when_k_is_not_below_the_length(gradient):
    loss, grads = gradient(*NET, T)
    np.testing.assert_allclose(loss, bptt(*NET)[0], rtol=1e-14)
    close(grads, bptt(*NET)[1])


def test_reset_chunks_are_sequences_of_their_own():
    k, total, weights = 3, 0.0, (NET.W, NET.W_h, NET.W_out)

    def definition(weights):
        W, W_h, W_out = weights
        total = 0.0
        for n, T_n in enumerate(NET.lengths):
            for t in range(T_n):
                first = t - t % k
                h_t = NET.h_0[n : n + 1]
                for s in range(first, t + 1):
                    h_t = step_by_definition(NET.x[s, n : n + 1], h_t, W, W_h)
                scores = [anp.dot(h_t, anp.transpose(W_out))]
                total = total + loss_by_definition(scores, NET.labels[t : t + 1, n : n + 1], [1])
        return total / sum(NET.lengths)

    total, grads = reset_bptt(*NET, k)
    np.testing.assert_allclose(total, definition(weights), rtol=1e-12)
    close(grads, autograd.grad(definition)(weights))


@pytest.mark.parametrize("gradient", LOSSES)
def test_what_stands_on_padding_reaches_neither_loss_nor_gradient(gradient):
    padding = np.arange(T)[:, None] >= NET.lengths
    garbage = NET._replace(x=NET.x.copy(), labels=NET.labels.copy())
    garbage.x[padding], garbage.labels[padding] = 50, 0
    np.testing.assert_allclose(gradient(*garbage, 2)[0], gradient(*NET, 2)[0], rtol=1e-14)
    close(gradient(*garbage, 2)[1], gradient(*NET, 2)[1])


# ------------------------------------------------------------------------------ reach


@pytest.mark.parametrize("k", LENGTHS_OF_CHUNKS)
def test_a_step_reaches_back_to_the_start_of_its_chunk(k):
    reach = gradient_reach(*HERE, k)
    assert reach.tolist() == [t % k + 1 for t in range(T)]
    assert reach.dtype.kind == "i"


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7])
def test_over_whole_chunks_of_n_steps_the_mean_reach_is_half_of_n_plus_1(n):
    x = np.random.default_rng(0).normal(size=(3 * n, B, NET.x.shape[-1]))
    h = recur(x, NET.W, NET.W_h, NET.h_0)
    assert gradient_reach(h, NET.h_0, x, NET.W, NET.W_h, n).mean() == (n + 1) / 2


def test_reach_is_measured_a_network_without_recurrence_reaches_one_step():
    W_h = np.zeros_like(NET.W_h)
    h = recur(NET.x, NET.W, W_h, NET.h_0)
    assert gradient_reach(h, NET.h_0, NET.x, NET.W, W_h, 4).tolist() == [1] * T


@pytest.mark.parametrize("k", LENGTHS_OF_CHUNKS)
def test_a_window_reaches_k_steps_wherever_there_are_as_many(k):
    for t in range(T):
        dh = np.zeros_like(STATES)
        dh[t] = 1
        dx, _, _, _ = sliding_recur_backward(dh, *HERE, k)
        assert np.count_nonzero(dx.any(axis=(1, 2))) == min(t + 1, k)


# ------------------------------------------------------------------------------ manners


@pytest.mark.parametrize("gradient", LOSSES)
def test_float32_stays_float32(gradient):
    single = [a.astype(np.float32) if a.dtype.kind == "f" else a for a in NET]
    assert {g.dtype for g in gradient(*single, 3)[1]} == {np.dtype(np.float32)}


@pytest.mark.parametrize("backward", BACKWARD)
def test_the_way_back_of_float32_stays_float32(backward):
    single = [a.astype(np.float32) for a in (above(), *HERE)]
    assert {g.dtype for g in backward(*single, 3)} == {np.dtype(np.float32)}


def test_no_input_is_modified():
    dh = above()
    before = copy.deepcopy((dh, *HERE, *NET))
    for backward in BACKWARD:
        backward(dh, *HERE, 3)
    for gradient in LOSSES:
        gradient(*NET, 3)
    gradient_reach(*HERE, 3)
    for a, b in zip(before, (dh, *HERE, *NET), strict=True):
        np.testing.assert_array_equal(a, b)


# ------------------------------------------------------------------------------ echo


def test_the_label_is_the_input_of_lag_steps_before_over_the_borders_of_blocks_too():
    stream = blocks(lag=5, batch=3, steps=4, rng=np.random.default_rng(0))
    x, labels = (np.concatenate(a) for a in zip(*(next(stream) for _ in range(6)), strict=True))
    np.testing.assert_array_equal(labels[5:], (x[:-5, :, 0] + 1) / 2)
    assert set(np.unique(x)) == {-1, 1}
    assert x.shape == (24, 3, 1)
    assert abs(x.mean()) < 0.3


def test_a_short_echo_is_learned_by_chunks_that_hold_it_and_training_repeats_itself():
    first, second = (train_echo(4, lag=2, updates=150) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == np.float32
    assert echo_error(first, lag=2) == 0


def test_an_untrained_network_answers_by_chance():
    fresh = RNN.initial(1, 32, 2, 1, np.random.default_rng(0))
    assert 0.4 < echo_error(fresh) < 0.6


# ------------------------------------------------------------------------------ PyTorch


@pytest.mark.parametrize("k", LENGTHS_OF_CHUNKS)
def test_loss_and_gradient_are_those_of_pytorch_with_detached_states(torch, k):
    net = random_network(seed=k)
    rnn = torch_rnn(torch, [((net.W, net.W_h),)])
    linear = torch.nn.Linear(H, len(net.W_out), dtype=torch.float64)
    linear.weight.data = torch.tensor(net.W_out[:, 1:])
    linear.bias.data = torch.tensor(net.W_out[:, 0])

    h, scores = torch.tensor(net.h_0[None, :, 1:].copy()), []
    for start in range(0, T, k):
        states, h = rnn(torch.from_numpy(net.x[start : start + k]), h)
        h = h.detach()  # carried on as a number, without its history
        scores.append(linear(states))
    theirs = torch_loss(torch, torch.cat(scores), net.labels, net.lengths)
    theirs.backward()

    loss, (dW, dW_h, dW_out) = truncated_bptt(*net, k)
    np.testing.assert_allclose(loss, theirs.item(), rtol=1e-12)
    close(
        (dW, dW_h[:, 1:], dW_h[:, 0], dW_out[:, 1:], dW_out[:, 0]),
        [
            parameter.grad.numpy()
            for parameter in (
                rnn.weight_ih_l0,
                rnn.weight_hh_l0,
                rnn.bias_hh_l0,
                linear.weight,
                linear.bias,
            )
        ],
    )


def lines_of_the_chapter(edit=("import torch", "import torch")):
    """Run the chapter's lines on PyTorch, with a text in them replaced by another."""
    x, labels = next(blocks(10, 32, 48, np.random.default_rng(1)))
    names = {
        "x": x,
        "labels": labels,
        "lengths": np.full(32, 48),
        "h_0": initial_state(32, 32).astype(np.float32),
        "weights": RNN.initial(1, 32, 2, 1, np.random.default_rng(0)),
        "truncated_bptt": truncated_bptt,
    }
    exec(pytorch_lines("truncation").replace(*edit), names)
    return names


def test_the_pytorch_lines_of_the_chapter_run_word_for_word(torch):
    names = lines_of_the_chapter()
    assert names["loss"] == pytest.approx(names["ours"], rel=1e-5)


def test_pytorch_refuses_to_go_back_over_a_border_twice(torch):
    forgotten = ("h = h.detach()", "")
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        lines_of_the_chapter(forgotten)
