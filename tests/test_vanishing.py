"""How far a gradient gets: products of step matrices against independent derivatives."""

import autograd
import numpy as np
import pytest
from networks import pytorch_lines, random_network, states_by_definition

from solutions.activations import ACTIVATIONS, LINEAR, TANH
from solutions.bptt import recur_backward
from solutions.networks import RNN
from solutions.unrolling import initial_state, recur
from solutions.vanishing import bound, recurrence, slopes, spectral_radius, stretches

T, H = 30, 16


def random_layer(kind, rho, seed=0, bias=0.0):
    """Draw a recurrent layer with one input, and an input sequence for it."""
    rng = np.random.default_rng(seed)
    W_h = np.insert(rho * recurrence(kind, H, rng), 0, bias, axis=1)
    return rng.normal(size=(T, 1, 1)), 0.3 * rng.normal(size=(H, 1)), W_h


@pytest.mark.parametrize("kind", ["orthogonal", "Gaussian"])
def test_a_recurrent_matrix_has_spectral_radius_one(kind):
    U = recurrence(kind, 64, np.random.default_rng(1))
    assert spectral_radius(U) == pytest.approx(1, rel=1e-12)
    largest = np.linalg.norm(U, 2)
    assert (largest == pytest.approx(1)) if kind == "orthogonal" else (1.5 < largest < 2.5)


@pytest.mark.parametrize("rho", [0.5, 1.0, 1.6])
def test_a_linear_orthogonal_layer_stretches_by_exactly_the_spectral_radius(rho):
    x, W, W_h = random_layer("orthogonal", rho)
    measured = stretches(slopes(x, W, W_h, LINEAR), W_h)[:, 0]
    np.testing.assert_allclose(measured, rho ** np.arange(T + 1.0), rtol=1e-12)


@pytest.mark.parametrize("theta", [*ACTIVATIONS, LINEAR], ids=lambda theta: theta.name)
@pytest.mark.parametrize("kind", ["orthogonal", "Gaussian"])
def test_no_stretch_exceeds_the_bound(kind, theta):
    x, W, W_h = random_layer(kind, 1.2, bias=0.1)
    measured = stretches(slopes(x, W, W_h, theta), W_h)[:, 0]
    limit = bound(theta, W_h, np.arange(T + 1))
    assert (measured <= limit * (1 + 1e-12)).all()


def test_slopes_are_those_of_recur():
    net = random_network()
    h_0 = initial_state(net.x.shape[1], len(net.W))
    h = recur(net.x, net.W, net.W_h, h_0)
    np.testing.assert_allclose(
        slopes(net.x, net.W, net.W_h, TANH), 1 - h[:, :, 1:] ** 2, rtol=1e-12, atol=1e-15
    )


def test_the_product_is_the_jacobian_that_autograd_finds():
    net = random_network()
    n, k = 1, 3
    h_0 = initial_state(1, len(net.W))
    x = net.x[:, n : n + 1]
    middle = recur(x, net.W, net.W_h, h_0)[-1 - k]
    last = autograd.jacobian(lambda h: states_by_definition(x[-k:], net.W, net.W_h, h)[-1][0, 1:])(
        middle
    )[:, 0, 1:]
    measured = stretches(slopes(net.x, net.W, net.W_h), net.W_h)[k, n]
    assert measured == pytest.approx(np.sqrt((last**2).sum() / len(last)), rel=1e-10)


def test_it_is_the_root_mean_square_over_all_gradients_that_backpropagation_could_carry():
    x, W, W_h = random_layer("Gaussian", 1.1)
    h_0 = np.repeat(initial_state(1, H), H, axis=0)
    x = np.repeat(x, H, axis=1)
    h = recur(x, W, W_h, h_0)
    dh = np.zeros_like(h)
    dh[-1, :, 1:] = np.eye(H)
    dh_0 = recur_backward(dh, h, h_0, x, W, W_h)[3][:, 1:]
    measured = stretches(slopes(x, W, W_h), W_h)[-1]
    np.testing.assert_allclose(measured, np.sqrt((dh_0**2).sum() / H), rtol=1e-10)


def test_float32_stays_float32():
    x, W, W_h = (a.astype(np.float32) for a in random_layer("Gaussian", 1.0))
    for theta in ACTIVATIONS:
        assert slopes(x, W, W_h, theta).dtype == np.float32


def test_the_pytorch_lines_of_the_chapter_run_word_for_word(torch):
    rng = np.random.default_rng(0)
    W, W_h, _ = (w.astype(float) for w in RNN.initial(128, 128, 26, 1, rng))
    W_h[:, 0] = rng.normal(size=128)
    x = rng.normal(size=(13, 2, 128))
    h = recur(x, W, W_h, initial_state(2, 128))
    J = np.eye(128)
    for h_t in reversed(h[-10:, 0]):
        J = J @ ((1 - h_t[1:, None] ** 2) * W_h[:, 1:])
    names = {"x": x, "h": h, "W": W, "W_h": W_h, "J": J}
    exec(pytorch_lines("vanishing"), names)
    assert names["J_torch"].shape == (128, 128)
    assert np.linalg.norm(J) > 1e-3
