"""The temporal order task: its sequences, its gradient, and the record of its trainings."""

import math

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from networks import states_by_definition

from solutions import temporal_order
from solutions.temporal_order import (
    LEARNING_RATES,
    ORDERS,
    SEEDS,
    SYMBOLS,
    THRESHOLDS,
    early_loss,
    gradient,
    initial_weights,
    load,
    sequences,
    train,
)

pytestmark = pytest.mark.once  # training: nothing in it depends on the Python

RNG = np.random.default_rng


@pytest.mark.parametrize("T", [20, 37])
def test_the_label_is_the_order_of_the_two_relevant_symbols(T):
    x, labels = sequences(T, 200, RNG(0))
    assert x.shape == (T, 200, len(SYMBOLS))
    assert (x.sum(axis=-1) == 1).all()
    for n, label in enumerate(labels):
        text = "".join(SYMBOLS[s] for s in x[:, n].argmax(axis=-1))
        first, second = (t for t, s in enumerate(text) if s in "AB")
        assert text[first] + text[second] == ORDERS[label]
        assert T // 10 <= first < 2 * T // 10
        assert 4 * T // 10 <= second < 5 * T // 10
    assert set(labels) == {0, 1, 2, 3}


def test_the_gradient_matches_autograd():
    weights = [w.astype(float) for w in initial_weights(5, 1.0, RNG(0))]
    x, labels = sequences(10, 7, RNG(1))
    h_0 = np.eye(1, 6).repeat(7, axis=0)

    def loss(weights):
        W, W_h, W_out = weights
        scores = anp.dot(states_by_definition(x, W, W_h, h_0)[-1], W_out.T)
        log_p = scores - anp.log(anp.sum(anp.exp(scores), axis=1, keepdims=True))
        return -anp.mean(log_p[np.arange(7), labels])

    ours, grads = gradient(x.astype(float), labels, tuple(weights))
    np.testing.assert_allclose(ours, loss(weights), rtol=1e-12)
    for a, b in zip(grads, autograd.grad(loss)(weights), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-13)


def test_the_first_recurrent_weights_have_the_spectral_radius_asked_for():
    _, W_h, _ = initial_weights(8, 0.7, RNG(0))
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(W_h[:, 1:])), 0.7, rtol=1e-5)


def test_clipping_makes_the_difference_at_this_learning_rate():
    with_clipping, without = train(seed=0, tau=1.0), train(seed=0, tau=math.inf)
    assert with_clipping.solved
    assert without.accuracy < 0.5
    assert with_clipping.losses[-20:].mean() < 0.1 < 1 < without.losses[-20:].mean()
    assert {w.dtype for w in with_clipping.weights} == {np.dtype(np.float32)}


def test_the_norms_are_those_before_clipping():
    assert (train(seed=0, tau=0.01, steps=30).norms > 0.01).all()


# ------------------------------------------------------------------------------ the record


def test_the_record_is_that_of_the_present_code():
    found = temporal_order.json.loads(temporal_order.SHIPPED.read_text(encoding="utf-8"))
    again = "run: python book/data/make_temporal_order.py"
    assert early_loss() == pytest.approx(found["early"], abs=2e-3), again
    assert found["seeds"] == len(SEEDS)


def test_the_record_says_what_training_again_says():
    solved = load()
    assert solved.shape == (len(LEARNING_RATES), len(THRESHOLDS))
    row = LEARNING_RATES.index(0.3)
    for tau in (1.0, math.inf):
        count = solved[row, THRESHOLDS.index(tau)]
        assert count in (0, len(SEEDS))
        assert train(SEEDS[1], tau, 0.3).solved == bool(count)


def test_a_missing_record_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="make_temporal_order"):
        load(tmp_path / "nosuch.json")


def test_a_record_of_another_program_is_refused(tmp_path):
    old = tmp_path / "temporal_order.json"
    old.write_text('{"learning_rates": [1], "thresholds": [1, null], "solved": [[5, 0]]}')
    with pytest.raises(ValueError, match="make_temporal_order"):
        load(old)
