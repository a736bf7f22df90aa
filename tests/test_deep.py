"""The reference solutions of *deep*: against the definition and PyTorch."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from networks import (
    B,
    D,
    T,
    deep_states_by_definition,
    pytorch_lines,
    random_deep_network,
    torch_read,
    torch_rnn,
)

from solutions.deep import deep_recur, deep_unroll
from solutions.networks import DEEP
from solutions.training import leaves
from solutions.unrolling import initial_state, output_step, recur

NET = random_deep_network()
ARGUMENTS = NET.x, NET.layers, NET.h_0


def close(actual, desired, rtol=1e-12):
    np.testing.assert_allclose(actual, desired, rtol=rtol, atol=1e-13)


def test_states_are_those_of_the_definition_though_it_goes_step_by_step_and_not_layer_by_layer():
    hs = deep_recur(*ARGUMENTS)
    for h, desired in zip(hs, deep_states_by_definition(*ARGUMENTS), strict=True):
        close(h, desired)


def test_a_deep_network_is_recur_on_recur():
    x = NET.x
    for h, (W, W_h), h_0 in zip(deep_recur(*ARGUMENTS), NET.layers, NET.h_0, strict=True):
        x = recur(x, W, W_h, h_0)
        np.testing.assert_array_equal(h, x)


def test_a_stack_of_one_layer_is_that_layer():
    [h] = deep_recur(NET.x, NET.layers[:1], NET.h_0[:1])
    np.testing.assert_array_equal(h, recur(NET.x, *NET.layers[0], NET.h_0[0]))


@pytest.mark.parametrize("sizes", [(5,), (3, 8), (8, 3), (2, 9, 4, 1)])
def test_layers_may_have_any_sizes(sizes):
    net = random_deep_network(sizes=sizes)
    hs = deep_recur(net.x, net.layers, net.h_0)
    assert [h.shape for h in hs] == [(T, B, size + 1) for size in sizes]


def test_the_top_of_a_stack_is_a_stack_on_the_states_below():
    hs = deep_recur(*ARGUMENTS)
    top = deep_recur(hs[0], NET.layers[1:], NET.h_0[1:])
    for h, desired in zip(hs[1:], top, strict=True):
        np.testing.assert_array_equal(h, desired)


def test_the_leading_ones_below_are_a_further_bias_above():
    (W, W_h), *_ = NET.layers[1:]
    merged = W_h + np.insert(np.zeros((len(W_h), len(W_h))), 0, W[:, 0], axis=1)
    below = deep_recur(*ARGUMENTS)[0]
    close(recur(below[..., 1:], W[:, 1:], merged, NET.h_0[1]), deep_recur(*ARGUMENTS)[1])


def test_a_sequence_may_be_cut_anywhere_and_continued_from_the_states_of_all_layers():
    whole = deep_recur(*ARGUMENTS)
    for cut in range(1, T):
        first = deep_recur(NET.x[:cut], NET.layers, NET.h_0)
        second = deep_recur(NET.x[cut:], NET.layers, [h[-1] for h in first])
        for a, b, h in zip(first, second, whole, strict=True):
            close(np.concatenate([a, b]), h)


def test_every_layer_knows_the_past_and_not_the_future():
    changed = NET.x.copy()
    changed[4] += 1
    before, after = (deep_recur(x, NET.layers, NET.h_0) for x in (NET.x, changed))
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a[:4], b[:4])
        assert (a[4:] != b[4:])[..., 1:].any(axis=(1, 2)).all()


def test_a_layer_is_started_by_its_own_state_and_never_moves_the_layers_below():
    for level, h_0 in enumerate(NET.h_0):
        other = list(NET.h_0)
        other[level] = h_0 * 0.5
        before, after = (deep_recur(NET.x, NET.layers, start) for start in (NET.h_0, other))
        moved = [(a != b).any() for a, b in zip(before, after, strict=True)]
        assert moved == [below >= level for below in range(len(NET.layers))]


def test_sequences_of_a_batch_do_not_meet():
    hs, scores = deep_unroll(NET.x, NET.layers, NET.W_out, NET.h_0)
    for n in range(B):
        one = slice(n, n + 1)
        h_0 = [h[one] for h in NET.h_0]
        alone, scores_alone = deep_unroll(NET.x[:, one], NET.layers, NET.W_out, h_0)
        close(scores[:, one], scores_alone)
        for h, h_alone in zip(hs, alone, strict=True):
            close(h[:, one], h_alone)


def test_padding_changes_no_real_step():
    garbage = NET.x.copy()
    padding = np.arange(T)[:, None] >= NET.lengths
    garbage[padding] = 1e3
    _, scores = deep_unroll(NET.x, NET.layers, NET.W_out, NET.h_0)
    _, with_garbage = deep_unroll(garbage, NET.layers, NET.W_out, NET.h_0)
    np.testing.assert_array_equal(scores[~padding], with_garbage[~padding])


def test_only_the_top_layer_is_scored():
    hs, scores = deep_unroll(NET.x, NET.layers, NET.W_out, NET.h_0)
    for h, desired in zip(hs, deep_recur(*ARGUMENTS), strict=True):
        np.testing.assert_array_equal(h, desired)
    np.testing.assert_array_equal(scores, output_step(hs[-1], NET.W_out))


def test_a_state_too_few_is_an_error_and_not_a_layer_less():
    with pytest.raises(ValueError, match="shorter"):
        deep_recur(NET.x, NET.layers, NET.h_0[:-1])


def test_float32_stays_float32():
    single = [(W.astype(np.float32), W_h.astype(np.float32)) for W, W_h in NET.layers]
    x, W_out = NET.x.astype(np.float32), NET.W_out.astype(np.float32)
    hs, scores = deep_unroll(x, single, W_out, [h.astype(np.float32) for h in NET.h_0])
    assert {a.dtype for a in (*hs, scores)} == {np.dtype(np.float32)}


def test_no_input_is_modified():
    before = copy.deepcopy(NET)
    deep_unroll(NET.x, NET.layers, NET.W_out, NET.h_0)
    for a, b in zip(leaves(before), leaves(NET), strict=True):
        np.testing.assert_array_equal(a, b)


# ------------------------------------------------------------------------------ PyTorch


def test_states_are_those_of_pytorch(torch):
    net = random_deep_network(sizes=(5, 5, 5))
    rnn = torch_rnn(torch, [(layer,) for layer in net.layers])
    states, last = rnn(
        torch.from_numpy(net.x), torch.from_numpy(np.stack([h[:, 1:] for h in net.h_0]))
    )
    hs = deep_recur(net.x, net.layers, net.h_0)
    close(hs[-1][..., 1:], states.detach().numpy(), rtol=1e-10)
    for h, theirs in zip(hs, last, strict=True):
        close(h[-1, :, 1:], theirs.detach().numpy(), rtol=1e-10)


def test_states_of_real_steps_are_those_that_pytorch_finds_in_packed_sequences(torch):
    net = random_deep_network(sizes=(5, 5, 5))
    rnn = torch_rnn(torch, [(layer,) for layer in net.layers])
    h_0 = np.stack([h[:, 1:] for h in net.h_0])
    states = torch_read(torch, rnn, net.x, net.lengths, h_0).detach().numpy()
    top = deep_recur(net.x, net.layers, net.h_0)[-1]
    real = np.arange(T)[:, None] < net.lengths
    close(top[real][:, 1:], states[real], rtol=1e-10)


def test_pytorch_has_one_more_bias_in_the_lowest_layer_and_none_in_the_others(torch):
    net = random_deep_network(sizes=(5, 5, 5))
    theirs = sum(p.numel() for p in torch.nn.RNN(D, 5, 3).parameters())
    assert sum(w.size for w in leaves(net.layers)) == theirs - 5


def test_the_pytorch_lines_of_the_chapter_run_word_for_word(torch):
    layers, _ = DEEP.initial(128, 64, 26, 2, np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(7, 1, 128)).astype(np.float32)
    rest = initial_state(1, 64).astype(np.float32)
    h_2 = deep_recur(x, layers, [rest, rest])[-1]
    names = {"layers": layers, "x": x, "h_2": h_2}
    exec(pytorch_lines("deep"), names)
    assert names["states"].shape == (7, 1, 64)
