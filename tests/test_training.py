"""The trainer: it learns, repeats itself, and steps as Adam should."""

import itertools

import numpy as np
import pytest

from solutions.networks import BIDIRECTIONAL, DEEP, RNN, count
from solutions.training import accuracy, adam, leaves, nested_as, predict, train
from solutions.unrolling import parameter_count

RNG = np.random.default_rng
D, H, K = 3, 16, 3


def remember_two_steps(rng):
    """Draw batches without end: the label is the symbol seen two steps before."""
    while True:
        symbols = rng.integers(K, size=(10, 32))
        labels = np.concatenate([np.zeros((2, 32), int), symbols[:-2]])
        yield np.eye(K, dtype=np.float32)[symbols], labels, np.full(32, 10)


def foresee_two_steps(rng):
    """Draw batches without end: the label is the symbol that comes two steps later."""
    while True:
        symbols = rng.integers(K, size=(10, 32))
        labels = np.concatenate([symbols[2:], np.zeros((2, 32), int)])
        yield np.eye(K, dtype=np.float32)[symbols], labels, np.full(32, 10)


def tell_odd_from_even(rng):
    """Draw batches without end: the label says whether an odd number of three switches is on."""
    while True:
        switches = rng.integers(2, size=(10, 32, 3))
        yield (2 * switches - 1).astype(np.float32), switches.sum(axis=-1) % 2, np.full(32, 10)


def test_a_network_learns_what_needs_memory():
    weights, losses = train(RNN.initial(D, H, K, 1, RNG(0)), remember_two_steps(RNG(1)), 300, 1e-2)
    x, labels, _ = next(remember_two_steps(RNG(2)))
    assert (predict(x, weights) == labels)[2:].mean() > 0.99
    assert losses[-1] < 0.1 < losses[0]
    assert {w.dtype for w in weights} == {np.dtype(np.float32)}


def test_two_layers_learn_what_one_layer_as_wide_has_not_learned_after_as_many_steps():
    x, labels, _ = next(tell_odd_from_even(RNG(2)))
    right = {}
    for network, depth in ((RNN, 1), (DEEP, 2)):
        start = network.initial(D, 2, 2, depth, RNG(0))
        weights, _ = train(start, tell_odd_from_even(RNG(1)), 500, 2e-2, network=network)
        right[depth] = (predict(x, weights, network=network) == labels).mean()
    assert right[1] < 0.9
    assert right[2] > 0.99


def test_a_bidirectional_network_learns_what_lies_ahead_and_a_forward_one_can_only_guess():
    x, labels, _ = next(foresee_two_steps(RNG(2)))
    right = {}
    for network in (RNN, BIDIRECTIONAL):
        start = network.initial(D, H, K, 1, RNG(0))
        weights, _ = train(start, foresee_two_steps(RNG(1)), 300, 1e-2, network=network)
        right[network] = (predict(x, weights, network=network) == labels)[:-2].mean()
    assert right[RNN] < 1 / K + 0.1
    assert right[BIDIRECTIONAL] > 0.99


@pytest.mark.parametrize("network", [DEEP, BIDIRECTIONAL], ids=["deep", "bidirectional"])
def test_training_keeps_the_nesting_the_shapes_and_the_precision_of_the_weights(network):
    start = network.initial(D, H, K, 2, RNG(0))
    trained, _ = train(start, remember_two_steps(RNG(1)), 3, 1e-2, network=network)
    assert [a.shape for a in leaves(trained)] == [a.shape for a in leaves(start)]
    assert {a.dtype for a in leaves(trained)} == {np.dtype(np.float32)}
    x, _, lengths = next(remember_two_steps(RNG(2)))
    assert network.scores(x, lengths, *trained).dtype == np.float32


def test_training_repeats_to_the_last_bit_and_leaves_its_start_alone():
    start = RNN.initial(D, H, K, 1, RNG(0))
    kept = [w.copy() for w in start]
    first, second = (train(start, remember_two_steps(RNG(1)), 20, 1e-2)[0] for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    assert all((a == b).all() for a, b in zip(kept, start, strict=True))


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate():
    weights = (np.zeros(4),)
    moved, _ = adam(weights, (np.array([3.0, -0.2, 1e3, 1e-3]),), ((np.zeros(4),),) * 2, 1, 0.1)
    np.testing.assert_allclose(moved[0], [-0.1, 0.1, -0.1, -0.1], rtol=1e-4)


def test_adam_is_pytorch_s(torch):
    grads = RNG(0).normal(size=(5, 4))
    ours, moments = (np.ones(4),), ((np.zeros(4),), (np.zeros(4),))
    theirs = torch.ones(4, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([theirs], lr=0.01)
    for step, grad in zip(itertools.count(1), grads, strict=False):
        ours, moments = adam(ours, (grad,), moments, step, 0.01)
        theirs.grad = torch.from_numpy(grad)
        optimiser.step()
    np.testing.assert_allclose(ours[0], theirs.detach().numpy(), rtol=1e-12)


def test_fresh_recurrent_weights_neither_grow_nor_shrink_a_state_but_by_their_factor():
    _, W_h, _ = RNN.initial(D, H, K, 1, RNG(0))
    state = RNG(1).normal(size=H)
    np.testing.assert_allclose(
        np.linalg.norm(W_h[:, 1:] @ state), 0.9 * np.linalg.norm(state), rtol=1e-5
    )


def test_training_says_when_its_batches_run_out():
    few = itertools.islice(remember_two_steps(RNG(1)), 3)
    with pytest.raises(ValueError, match="before 5 steps"):
        train(RNN.initial(D, H, K, 1, RNG(0)), few, 5, 1e-2)


def test_padding_does_not_count_as_read():
    labels, lengths = np.array([[0, 1], [2, 0], [1, 0]]), np.array([3, 1])
    said = np.array([[0, 1], [2, 2], [0, 2]])
    assert accuracy(said, labels, lengths) == (3 / 4, 1 / 2)


# ------------------------------------------------------------------------------ kinds of networks


def shapes(tree):
    return tree.shape if isinstance(tree, np.ndarray) else tuple(map(shapes, tree))


def test_the_first_weights_fit_into_each_other():
    W_h, W_out = (H, H + 1), (K, H + 1)
    low, high, high_of_both = (((H, n), W_h) for n in (D, H + 1, 2 * (H + 1)))
    assert shapes(RNN.initial(D, H, K, 1, RNG(0))) == (*low, W_out)
    assert shapes(DEEP.initial(D, H, K, 3, RNG(0))) == ((low, high, high), W_out)
    assert shapes(BIDIRECTIONAL.initial(D, H, K, 3, RNG(0))) == (
        ((low, low), (high_of_both, high_of_both), (high_of_both, high_of_both)),
        W_out,
        W_out,
    )


def test_a_network_of_one_layer_refuses_a_depth():
    with pytest.raises(ValueError, match="take DEEP"):
        RNN.initial(D, H, K, 2, RNG(0))


def test_a_stack_of_one_layer_scores_as_the_network_of_one_layer():
    W, W_h, W_out = RNN.initial(D, H, K, 1, RNG(0))
    x, _, lengths = next(remember_two_steps(RNG(1)))
    deep = DEEP.scores(x, lengths, ((W, W_h),), W_out)
    np.testing.assert_array_equal(deep, RNN.scores(x, lengths, W, W_h, W_out))


def test_the_parameters_of_every_kind_are_counted():
    assert count(RNN.initial(D, H, K, 1, RNG(0))) == parameter_count(D, H, K)
    above = H * (H + 1) + H * (H + 1)
    assert count(DEEP.initial(D, H, K, 3, RNG(0))) == parameter_count(D, H, K) + 2 * above
    chains = 2 * (H * D + H * (H + 1)) + 2 * (H * 2 * (H + 1) + H * (H + 1))
    assert count(BIDIRECTIONAL.initial(D, H, K, 2, RNG(0))) == chains + 2 * K * (H + 1)


def test_nested_weights_survive_being_listed_and_put_back():
    weights = BIDIRECTIONAL.initial(D, H, K, 2, RNG(0))
    back = nested_as(weights, leaves(weights))
    assert shapes(back) == shapes(weights)
    assert all(a is b for a, b in zip(leaves(back), leaves(weights), strict=True))
