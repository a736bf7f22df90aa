"""The trainer: it learns, repeats itself, and steps as Adam should."""

import itertools

import numpy as np
import pytest

from solutions.networks import RNN
from solutions.training import accuracy, adam, predict, train

RNG = np.random.default_rng
D, H, K = 3, 16, 3


def remember_two_steps(rng):
    """Draw batches without end: the label is the symbol seen two steps before."""
    while True:
        symbols = rng.integers(K, size=(10, 32))
        labels = np.concatenate([np.zeros((2, 32), int), symbols[:-2]])
        yield np.eye(K, dtype=np.float32)[symbols], labels, np.full(32, 10)


def test_a_network_learns_what_needs_memory():
    weights, losses = train(RNN.initial(D, H, K, 1, RNG(0)), remember_two_steps(RNG(1)), 300, 1e-2)
    x, labels, _ = next(remember_two_steps(RNG(2)))
    assert (predict(x, weights) == labels)[2:].mean() > 0.99
    assert losses[-1] < 0.1 < losses[0]
    assert {w.dtype for w in weights} == {np.dtype(np.float32)}


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


def test_adam_is_pytorch_s():
    torch = pytest.importorskip("torch", reason="PyTorch is a peer: `make peers` installs it")
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
