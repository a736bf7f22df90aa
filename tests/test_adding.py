"""The adding problem: its sequences, its gradient, and what clipping does to its training."""

import math

import autograd
import autograd.numpy as anp
import numpy as np

from solutions.adding import BASELINE, gradient, initial_weights, relu_recur, sequences, train

RNG = np.random.default_rng


def test_the_sum_is_that_of_the_two_marked_numbers_one_in_each_half():
    x, sums = sequences(11, 100, RNG(0))
    numbers, marks = x[:, :, 0], x[:, :, 1]
    assert (marks[:5].sum(axis=0) == 1).all()
    assert (marks[5:].sum(axis=0) == 1).all()
    for n, total in enumerate(sums):
        np.testing.assert_allclose(numbers[marks[:, n] == 1, n].sum(), total, rtol=1e-6)


def test_who_always_says_one_has_the_error_of_the_baseline():
    _, sums = sequences(2, 100_000, RNG(0))
    np.testing.assert_allclose(np.mean((sums - 1) ** 2), BASELINE, rtol=0.02)


def test_units_that_hear_nothing_copy_themselves():
    _, W_h, _ = initial_weights(4, RNG(0))
    h_0 = np.array([[1.0, 0.3, 0.0, 2.0, 0.1]])
    h = relu_recur(np.zeros((6, 1, 2)), np.ones((4, 2)), W_h, h_0)
    np.testing.assert_allclose(h, np.broadcast_to(h_0, h.shape))


def test_the_gradient_matches_autograd():
    rng = RNG(0)
    weights = tuple(rng.normal(scale=0.5, size=shape) for shape in ((5, 2), (5, 6), (1, 6)))
    x, sums = (a.astype(float) for a in sequences(6, 7, RNG(1)))

    def loss(weights):
        W, W_h, W_out = weights
        ones, h = np.ones((7, 1)), np.zeros((7, 5))
        for x_t in x:
            before = anp.concatenate([ones, h], axis=1)
            h = anp.maximum(0, anp.dot(x_t, W.T) + anp.dot(before, W_h.T))
        said = anp.dot(anp.concatenate([ones, h], axis=1), W_out.T)[:, 0]
        return anp.mean((said - sums) ** 2)

    ours, grads = gradient(x, sums, weights)
    np.testing.assert_allclose(ours, loss(weights), rtol=1e-12)
    for a, b in zip(grads, autograd.grad(loss)(weights), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-13)


def test_clipping_makes_the_difference():
    assert train(0, math.inf).error > BASELINE / 2 > train(0, 1.0).error
