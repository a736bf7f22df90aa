"""The reference solutions of *bidirectional*: against the definition and PyTorch."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import (
    B,
    H,
    K,
    T,
    bidirectional_states_by_definition,
    pytorch_lines,
    random_bidirectional_network,
    torch_read,
    torch_rnn,
)

from solutions.bidirectional import (
    bidirectional_recur,
    bidirectional_unroll,
    deep_bidirectional_unroll,
    reverse_sequences,
)
from solutions.networks import BIDIRECTIONAL
from solutions.training import leaves
from solutions.unrolling import initial_state, output_step, recur

DEEP = random_bidirectional_network()
NET = random_bidirectional_network(sizes=((5, 8),))
FORWARD, BACKWARD = NET.layers[0]
REAL = np.arange(T)[:, None] < NET.lengths

seeds = st.integers(0, 2**32 - 1)


def close(actual, desired, rtol=1e-12):
    np.testing.assert_allclose(actual, desired, rtol=rtol, atol=1e-13)


def batch(seed, *size):
    """Draw a padded batch (T, B, ...) and its lengths."""
    rng = np.random.default_rng(seed)
    T, B = rng.integers(1, 9, size=2)
    return rng.integers(100, size=(T, B, *size)), rng.integers(1, T + 1, size=B)


# ------------------------------------------------------------------------------ turning round


@given(seeds)
def test_every_sequence_is_turned_round_at_its_own_length_and_its_padding_stays(seed):
    x, lengths = batch(seed, 2)
    turned = reverse_sequences(x, lengths)
    for n, T_n in enumerate(lengths):
        np.testing.assert_array_equal(turned[:T_n, n], x[:T_n, n][::-1])
        np.testing.assert_array_equal(turned[T_n:, n], x[T_n:, n])


@given(seeds)
def test_turned_round_twice_is_as_before(seed):
    x, lengths = batch(seed, 2)
    np.testing.assert_array_equal(reverse_sequences(reverse_sequences(x, lengths), lengths), x)


@given(seeds)
def test_labels_are_turned_round_as_well(seed):
    labels, lengths = batch(seed)
    turned = reverse_sequences(labels, lengths)
    assert turned.dtype == labels.dtype
    np.testing.assert_array_equal(turned, reverse_sequences(labels[..., None], lengths)[..., 0])


@given(seeds)
def test_without_padding_the_whole_array_is_turned_round(seed):
    x, lengths = batch(seed, 2)
    np.testing.assert_array_equal(reverse_sequences(x, np.full_like(lengths, len(x))), x[::-1])


def test_a_copy_is_turned_round_even_where_nothing_moves():
    x = np.ones((1, 2, 3))
    assert not np.shares_memory(reverse_sequences(x, np.array([1, 1])), x)


# ------------------------------------------------------------------------------ one layer


@pytest.mark.parametrize("seed", range(3))
def test_states_in_a_batch_are_those_of_the_definition_for_each_sequence_alone(seed):
    net = random_bidirectional_network(seed)
    hs, scores = deep_bidirectional_unroll(net.x, net.lengths, net.layers, net.W_out_f, net.W_out_b)
    for n, T_n in enumerate(net.lengths):
        desired = bidirectional_states_by_definition(net.x[:T_n, n : n + 1], net.layers)
        for pair, desired_pair in zip(hs, desired, strict=True):
            for h, states in zip(pair, desired_pair, strict=True):
                close(h[:T_n, n], np.concatenate(states))
        h_f, h_b = (np.concatenate(states) for states in desired[-1])
        close(scores[:T_n, n], h_f @ net.W_out_f.T + h_b @ net.W_out_b.T, rtol=1e-11)


def test_the_forward_chain_is_recur_from_rest():
    h_f, _ = bidirectional_recur(NET.x, NET.lengths, FORWARD, BACKWARD)
    np.testing.assert_array_equal(h_f, recur(NET.x, *FORWARD, initial_state(B, 5)))


def test_each_chain_starts_from_rest_at_its_own_end():
    h_f, h_b = bidirectional_recur(NET.x, NET.lengths, FORWARD, BACKWARD)
    for n, T_n in enumerate(NET.lengths):
        for h, t, (W, W_h) in ((h_f, 0, FORWARD), (h_b, T_n - 1, BACKWARD)):
            close(h[t, n, 1:], np.tanh(W @ NET.x[t, n] + W_h[:, 0]))


@pytest.mark.parametrize("t", range(T))
def test_a_forward_state_knows_the_past_only_and_a_backward_state_the_future_only(t):
    changed = NET.x.copy()
    changed[t] += 1
    before, after = (
        bidirectional_recur(x, NET.lengths, FORWARD, BACKWARD) for x in (NET.x, changed)
    )
    moved_f, moved_b = ((a != b).any(axis=-1) for a, b in zip(before, after, strict=True))
    step, sequence_has_t = np.arange(T)[:, None], t < NET.lengths
    np.testing.assert_array_equal(moved_f[REAL], ((step >= t) & sequence_has_t)[REAL])
    np.testing.assert_array_equal(moved_b[REAL], ((step <= t) & sequence_has_t)[REAL])


def test_the_two_chains_change_places_when_the_sequences_are_turned_round():
    h_f, h_b = bidirectional_recur(NET.x, NET.lengths, FORWARD, BACKWARD)
    turned = reverse_sequences(NET.x, NET.lengths)
    h_b_turned, h_f_turned = bidirectional_recur(turned, NET.lengths, BACKWARD, FORWARD)
    for h, of_turned in ((h_f, h_f_turned), (h_b, h_b_turned)):
        close(reverse_sequences(of_turned, NET.lengths)[REAL], h[REAL])


def test_a_palindrome_read_with_equal_weights_gives_mirrored_states():
    palindromes = NET.x.copy()
    turned = reverse_sequences(NET.x, NET.lengths)
    palindromes += turned
    h_f, h_b = bidirectional_recur(palindromes, NET.lengths, FORWARD, FORWARD)
    close(h_b[REAL], reverse_sequences(h_f, NET.lengths)[REAL])


@pytest.mark.parametrize("garbage", [1e3, np.nan])
def test_padding_changes_no_real_step_whatever_stands_in_it(garbage):
    padded = DEEP.x.copy()
    padded[~REAL] = garbage
    rest = DEEP.lengths, DEEP.layers, DEEP.W_out_f, DEEP.W_out_b
    hs, scores = deep_bidirectional_unroll(DEEP.x, *rest)
    hs_padded, scores_padded = deep_bidirectional_unroll(padded, *rest)
    for a, b in zip(leaves((hs, scores)), leaves((hs_padded, scores_padded)), strict=True):
        np.testing.assert_array_equal(a[REAL], b[REAL])


def test_a_sequence_in_a_batch_is_read_as_if_it_were_alone_and_unpadded():
    weights = DEEP.layers, DEEP.W_out_f, DEEP.W_out_b
    together = leaves(deep_bidirectional_unroll(DEEP.x, DEEP.lengths, *weights))
    for n, T_n in enumerate(DEEP.lengths):
        one = DEEP.x[:T_n, n : n + 1]
        alone = leaves(deep_bidirectional_unroll(one, np.array([T_n]), *weights))
        for a, b in zip(together, alone, strict=True):
            close(a[:T_n, n : n + 1], b, rtol=1e-11)


def test_scores_are_the_sum_of_what_the_two_chains_say():
    h_f, h_b, scores = bidirectional_unroll(
        NET.x, NET.lengths, FORWARD, BACKWARD, NET.W_out_f, NET.W_out_b
    )
    close(scores, output_step(h_f, NET.W_out_f) + output_step(h_b, NET.W_out_b))
    joined = np.concatenate([h_f, h_b], axis=-1)
    close(scores, joined @ np.concatenate([NET.W_out_f, NET.W_out_b], axis=1).T)


# ------------------------------------------------------------------------------ many layers


def test_a_stack_of_one_layer_is_that_layer():
    arguments = NET.W_out_f, NET.W_out_b
    h_f, h_b, scores = bidirectional_unroll(NET.x, NET.lengths, FORWARD, BACKWARD, *arguments)
    [pair], of_stack = deep_bidirectional_unroll(NET.x, NET.lengths, NET.layers, *arguments)
    for a, b in zip((h_f, h_b, scores), (*pair, of_stack), strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_layer_reads_both_chains_of_the_layer_below():
    hs, scores = deep_bidirectional_unroll(
        DEEP.x, DEEP.lengths, DEEP.layers, DEEP.W_out_f, DEEP.W_out_b
    )
    x = DEEP.x
    for pair, (forward, backward) in zip(hs, DEEP.layers, strict=True):
        for h, desired in zip(
            pair, bidirectional_recur(x, DEEP.lengths, forward, backward), strict=True
        ):
            np.testing.assert_array_equal(h, desired)
        x = np.concatenate(pair, axis=-1)
    assert scores.shape == (T, B, K)


def test_from_the_second_layer_on_both_chains_know_the_whole_sequence():
    weights = DEEP.lengths, DEEP.layers, DEEP.W_out_f, DEEP.W_out_b
    before, _ = deep_bidirectional_unroll(DEEP.x, *weights)
    for t in range(T):
        changed = DEEP.x.copy()
        changed[t] += 1
        after, _ = deep_bidirectional_unroll(changed, *weights)
        for a, b in zip(before[1], after[1], strict=True):
            moved = (a != b).any(axis=-1)
            np.testing.assert_array_equal(moved[REAL], (REAL & (t < DEEP.lengths))[REAL])


def test_float32_stays_float32():
    def single(tree):
        is_array = isinstance(tree, np.ndarray)
        return tree.astype(np.float32) if is_array else tuple(map(single, tree))

    layers, W_out_f, W_out_b = single((DEEP.layers, DEEP.W_out_f, DEEP.W_out_b))
    x = single(DEEP.x)
    found = deep_bidirectional_unroll(x, DEEP.lengths, layers, W_out_f, W_out_b)
    assert {a.dtype for a in leaves(found)} == {np.dtype(np.float32)}
    assert reverse_sequences(x, DEEP.lengths).dtype == np.float32


def test_no_input_is_modified():
    before = copy.deepcopy((NET, DEEP))
    reverse_sequences(NET.x, NET.lengths)
    bidirectional_unroll(NET.x, NET.lengths, FORWARD, BACKWARD, NET.W_out_f, NET.W_out_b)
    deep_bidirectional_unroll(DEEP.x, DEEP.lengths, DEEP.layers, DEEP.W_out_f, DEEP.W_out_b)
    for a, b in zip(leaves(before), leaves((NET, DEEP)), strict=True):
        np.testing.assert_array_equal(a, b)


# ------------------------------------------------------------------------------ PyTorch


@pytest.mark.parametrize("depth", [1, 3])
def test_states_of_real_steps_are_those_that_pytorch_finds_in_packed_sequences(torch, depth):
    net = random_bidirectional_network(sizes=[(H, H)] * depth)
    states = torch_read(torch, torch_rnn(torch, net.layers), net.x, net.lengths).detach().numpy()
    hs, _ = deep_bidirectional_unroll(net.x, net.lengths, net.layers, net.W_out_f, net.W_out_b)
    units = np.concatenate([h[..., 1:] for h in hs[-1]], axis=-1)
    close(units[REAL], states[REAL], rtol=1e-10)


def test_the_pytorch_lines_of_the_chapter_run_word_for_word(torch):
    layers, *_ = BIDIRECTIONAL.initial(128, 64, 26, 1, np.random.default_rng(0))
    names = {
        "np": np,
        "forward_64": layers[0][0],
        "backward_64": layers[0][1],
        "bidirectional_recur": bidirectional_recur,
        "x": np.random.default_rng(1).normal(size=(7, 2, 128)).astype(np.float32),
        "lengths": np.array([7, 4]),
    }
    exec(pytorch_lines("bidirectional"), names)
    assert names["states"].shape == (7, 2, 128)
