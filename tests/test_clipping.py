"""Gradient clipping by the global norm."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from solutions.clipping import clip_by_global_norm, global_norm


def random_grads(seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in ((2, 3), (4,), (1, 1))]


def test_the_norm_of_a_known_vector():
    assert global_norm([np.array([3.0]), np.array([[4.0]])]) == 5


@given(st.integers(0, 1000), st.floats(1e-3, 1e3))
def test_clipping_shortens_to_tau_and_keeps_the_direction(seed, tau):
    grads = random_grads(seed)
    clipped, norm = clip_by_global_norm(grads, tau)
    flat, short = (np.concatenate([g.ravel() for g in gs]) for gs in (grads, clipped))
    np.testing.assert_allclose(norm, np.linalg.norm(flat))
    np.testing.assert_allclose(np.linalg.norm(short), min(tau, norm))
    np.testing.assert_allclose(short * norm, flat * min(tau, norm))


def test_a_zero_gradient_stays_zero():
    clipped, norm = clip_by_global_norm([np.zeros(3)], 1.0)
    assert norm == 0
    assert not clipped[0].any()
