"""The reference solutions of *unrolling*: against the definition, autograd and PyTorch."""

from __future__ import annotations

import copy

import autograd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import (
    B,
    D,
    H,
    K,
    T,
    loss_by_definition,
    pytorch_lines,
    random_network,
    states_by_definition,
    torch_loss,
    torch_rnn,
)

from solutions.networks import RNN
from solutions.unrolling import (
    hidden_step,
    initial_state,
    output_step,
    parameter_count,
    recur,
    sequence_loss,
    unroll,
)

NET = random_network()


def close(actual, desired, rtol=1e-12):
    np.testing.assert_allclose(actual, desired, rtol=rtol, atol=1e-14)


def test_the_initial_state_is_a_leading_one_and_zeros():
    np.testing.assert_array_equal(initial_state(2, 3), [[1, 0, 0, 0], [1, 0, 0, 0]])


def test_states_are_those_of_the_definition():
    recurrence = NET.x, NET.W, NET.W_h, NET.h_0
    close(recur(*recurrence), states_by_definition(*recurrence))


def test_recur_is_hidden_step_repeated():
    h = recur(NET.x, NET.W, NET.W_h, NET.h_0)
    h_prev = NET.h_0
    for t in range(T):
        h_prev = hidden_step(NET.x[t], h_prev, NET.W, NET.W_h)
        close(h[t], h_prev)


def test_a_sequence_may_be_cut_anywhere_and_continued_from_its_state():
    whole = recur(NET.x, NET.W, NET.W_h, NET.h_0)
    for cut in range(T + 1):
        first = recur(NET.x[:cut], NET.W, NET.W_h, NET.h_0)
        carried = first[-1] if cut else NET.h_0
        second = recur(NET.x[cut:], NET.W, NET.W_h, carried)
        close(np.concatenate([first, second]), whole)


def test_sequences_of_a_batch_do_not_meet():
    h, scores = unroll(NET.x, NET.W, NET.W_h, NET.W_out, NET.h_0)
    for n in range(B):
        alone = unroll(NET.x[:, n : n + 1], NET.W, NET.W_h, NET.W_out, NET.h_0[n : n + 1])
        close(h[:, n : n + 1], alone[0])
        close(scores[:, n : n + 1], alone[1])


def test_a_state_knows_the_past_and_not_the_future():
    changed = NET.x.copy()
    changed[4] += 1
    before, after = (recur(x, NET.W, NET.W_h, NET.h_0) for x in (NET.x, changed))
    np.testing.assert_array_equal(before[:4], after[:4])
    assert (before[4:] != after[4:])[..., 1:].any(axis=(1, 2)).all()


def test_scores_are_those_of_every_state():
    h, scores = unroll(NET.x, NET.W, NET.W_h, NET.W_out, NET.h_0)
    close(scores, [output_step(h_t, NET.W_out) for h_t in h])
    close(scores, h[..., 1:] @ NET.W_out[:, 1:].T + NET.W_out[:, 0])


def test_the_loss_is_that_of_the_definition():
    _, scores = unroll(NET.x, NET.W, NET.W_h, NET.W_out, NET.h_0)
    loss, _ = sequence_loss(scores, NET.labels, NET.lengths)
    close(loss, loss_by_definition(list(scores), NET.labels, NET.lengths))


def test_the_gradient_of_the_loss_is_that_of_autograd():
    scores = np.random.default_rng(1).normal(size=(T, B, K))
    _, dscores = sequence_loss(scores, NET.labels, NET.lengths)
    by_autograd = autograd.grad(lambda s: loss_by_definition(s, NET.labels, NET.lengths))
    close(dscores, by_autograd(scores), rtol=1e-10)


def test_an_untrained_network_is_as_surprised_as_a_guess_among_k():
    loss, _ = sequence_loss(np.zeros((T, B, K)), NET.labels, NET.lengths)
    close(loss, np.log(K))


@given(st.integers(0, 2**32 - 1))
def test_padding_has_neither_loss_nor_gradient(seed):
    rng = np.random.default_rng(seed)
    scores, lengths = rng.normal(size=(T, B, K)), rng.integers(1, T + 1, size=B)
    labels = rng.integers(K, size=(T, B))
    padding = np.arange(T)[:, None] >= lengths
    loss, dscores = sequence_loss(scores, labels, lengths)
    scores[padding] = rng.normal(scale=100, size=(padding.sum(), K))
    labels[padding] = -1
    close(sequence_loss(scores, labels, lengths)[0], loss)
    assert not dscores[padding].any()


@given(st.integers(0, 2**32 - 1), st.floats(-1e4, 1e4))
def test_adding_a_constant_to_the_scores_of_a_step_changes_nothing(seed, constant):
    scores = np.random.default_rng(seed).normal(size=(T, B, K))
    loss, dscores = sequence_loss(scores, NET.labels, NET.lengths)
    shifted_loss, shifted = sequence_loss(scores + constant, NET.labels, NET.lengths)
    np.testing.assert_allclose(shifted_loss, loss, rtol=1e-9)
    np.testing.assert_allclose(shifted, dscores, atol=1e-11)


def test_large_scores_do_not_overflow():
    loss, dscores = sequence_loss(NET.x[:, :, :1] * [1e5, -1e5, 0], NET.labels % 3, NET.lengths)
    assert np.isfinite(loss)
    assert np.isfinite(dscores).all()


@pytest.mark.parametrize("length", [1, 2, 30])
def test_the_parameters_are_counted_and_are_the_same_for_every_length(length):
    x = np.ones((length, B, D))
    recur(x, NET.W, NET.W_h, NET.h_0)
    assert parameter_count(D, H, K) == sum(w.size for w in NET.weights)


def test_float32_stays_float32():
    net = [a.astype(np.float32) for a in (NET.x, *NET.weights, NET.h_0)]
    h, scores = unroll(*net)
    _, dscores = sequence_loss(scores, NET.labels, NET.lengths)
    step = hidden_step(net[0][0], net[4], net[1], net[2])
    assert {a.dtype for a in (h, scores, dscores, step)} == {np.dtype(np.float32)}


def test_no_input_is_modified():
    before = copy.deepcopy(NET)
    _, scores = unroll(NET.x, NET.W, NET.W_h, NET.W_out, NET.h_0)
    kept = scores.copy()
    sequence_loss(scores, NET.labels, NET.lengths)
    hidden_step(NET.x[0], NET.h_0, NET.W, NET.W_h)
    assert all((a == b).all() for a, b in zip(before, NET, strict=True))
    np.testing.assert_array_equal(scores, kept)


# ------------------------------------------------------------------------------ PyTorch


def test_states_are_those_of_pytorch(torch):
    rnn = torch_rnn(torch, [[(NET.W, NET.W_h)]])
    states, last = rnn(torch.from_numpy(NET.x), torch.from_numpy(NET.h_0[None, :, 1:].copy()))
    h = recur(NET.x, NET.W, NET.W_h, NET.h_0)
    close(h[..., 1:], states.detach().numpy())
    close(h[-1, :, 1:], last[0].detach().numpy())


def test_loss_and_gradient_are_those_of_pytorch(torch):
    scores = np.random.default_rng(2).normal(size=(T, B, K))
    loss, dscores = sequence_loss(scores, NET.labels, NET.lengths)
    leaf = torch.from_numpy(scores).requires_grad_()
    theirs = torch_loss(torch, leaf, NET.labels, NET.lengths)
    theirs.backward()
    close(loss, theirs.item())
    close(dscores, leaf.grad.numpy())


def test_the_parameter_count_is_pytorch_s_less_its_second_bias(torch):
    rnn, linear = torch.nn.RNN(D, H), torch.nn.Linear(H, K)
    theirs = sum(p.numel() for module in (rnn, linear) for p in module.parameters())
    assert parameter_count(D, H, K) == theirs - H


def test_the_pytorch_lines_of_the_chapter_run_word_for_word(torch):
    W, W_h, _ = RNN.initial(128, 128, 26, 1, np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(7, 2, 128)).astype(np.float32)
    h = recur(x, W, W_h, initial_state(2, 128).astype(np.float32))
    names = {"W": W, "W_h": W_h, "x": x, "h": h}
    exec(pytorch_lines("unrolling"), names)
    assert names["states"].shape == (7, 2, 128)
