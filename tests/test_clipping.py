"""Gradient clipping by the global norm, against its definition and PyTorch."""

import contextlib
import copy
import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import pytorch_lines, random_network

from solutions.bptt import bptt
from solutions.clipping import clip_by_global_norm, clipped_step, global_norm

SHAPES = ((2, 3), (4,), (1, 1), (1,), ())


def random_grads(seed, shapes=SHAPES):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def flat(grads):
    return np.concatenate([np.ravel(g) for g in grads])


def close(ours, theirs, rtol=1e-10):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-13)


def warns_of(what):
    """Expect NumPy's warning; WebAssembly has no flags of floating point that could cause one."""
    if sys.platform == "emscripten":
        return contextlib.nullcontext()
    return pytest.warns(RuntimeWarning, match=what)


# ------------------------------------------------------------------------------ the norm


def test_the_norm_of_a_known_vector():
    assert global_norm([np.array([3.0]), np.array([[4.0]])]) == 5


@pytest.mark.parametrize("seed", range(5))
def test_the_norm_is_that_of_all_arrays_as_one_vector(seed):
    grads = random_grads(seed)
    np.testing.assert_allclose(global_norm(grads), np.linalg.norm(flat(grads)), rtol=1e-12)


def test_the_norm_does_not_depend_on_how_the_vector_is_cut():
    vector = np.random.default_rng(0).normal(size=24)
    whole = global_norm([vector])
    for pieces in ([vector.reshape(4, 6)], np.split(vector, 3), list(vector.reshape(-1, 1))):
        np.testing.assert_allclose(global_norm(pieces), whole, rtol=1e-12)


def test_the_norm_of_no_arrays_is_zero():
    assert global_norm([]) == 0
    assert clip_by_global_norm([], 1.0) == ([], 0)


def test_the_norm_is_a_number_of_python():
    grads = [g.astype(np.float32) for g in random_grads(0)]
    assert type(global_norm(grads)) is float
    assert type(clip_by_global_norm(grads, 0.1)[1]) is float


def test_float32_gradients_whose_squares_overflow_are_measured_right():
    huge = [np.full((2, 2), 1e25, np.float32), np.zeros(3, np.float32)]
    np.testing.assert_allclose(global_norm(huge), 2e25, rtol=1e-6)
    clipped, _ = clip_by_global_norm(huge, 1.0)
    np.testing.assert_allclose(clipped[0], 0.5, rtol=1e-6)


def test_float64_gradients_whose_squares_overflow_make_no_step():
    with warns_of("overflow"):
        clipped, norm = clip_by_global_norm([np.array([1e200, -1.0])], 1.0)
    assert norm == math.inf
    assert not clipped[0].any()


# ------------------------------------------------------------------------------ clipping


@given(st.integers(0, 1000), st.floats(1e-3, 1e3))
def test_clipping_shortens_to_tau_and_keeps_the_direction(seed, tau):
    grads = random_grads(seed)
    clipped, norm = clip_by_global_norm(grads, tau)
    before, after = flat(grads), flat(clipped)
    np.testing.assert_allclose(norm, np.linalg.norm(before))
    np.testing.assert_allclose(np.linalg.norm(after), min(tau, norm))
    np.testing.assert_allclose(after * norm, before * min(tau, norm))


@given(st.integers(0, 1000), st.floats(1e-3, 1e3))
def test_clipping_twice_is_clipping_once(seed, tau):
    once, _ = clip_by_global_norm(random_grads(seed), tau)
    twice, _ = clip_by_global_norm(once, tau)
    close(twice, once)


@pytest.mark.parametrize("tau", [0.5, 1.0, 3.0, 100.0])
def test_clipping_is_the_formula_of_the_lecture(tau):
    for seed in range(5):
        grads = random_grads(seed)
        g = flat(grads)
        length = np.sqrt(g @ g)
        G = g if length <= tau else (tau / length) * g
        np.testing.assert_allclose(flat(clip_by_global_norm(grads, tau)[0]), G, rtol=1e-10)


@pytest.mark.parametrize("tau", [5.0, 5.1, 1e9, math.inf])
def test_a_gradient_that_is_short_enough_comes_back_to_the_last_bit_in_new_arrays(tau):
    grads = [np.array([3.0]), np.array([[4.0]])]
    clipped, norm = clip_by_global_norm(grads, tau)
    assert norm == 5
    for g, c in zip(grads, clipped, strict=True):
        np.testing.assert_array_equal(g, c)
        assert not np.shares_memory(g, c)


def test_a_zero_gradient_stays_zero():
    clipped, norm = clip_by_global_norm([np.zeros(3), np.zeros((2, 1))], 1.0)
    assert norm == 0
    assert [c.shape for c in clipped] == [(3,), (2, 1)]
    assert not flat(clipped).any()


def test_a_gradient_with_nan_comes_back_as_it_is():
    grads = [np.array([math.nan, 100.0])]
    clipped, norm = clip_by_global_norm(grads, 1.0)
    assert math.isnan(norm)
    np.testing.assert_array_equal(clipped[0], grads[0])


def test_an_infinite_entry_becomes_nan_and_finite_ones_zero():
    with warns_of("invalid"):
        clipped, norm = clip_by_global_norm([np.array([math.inf, 2.0])], 1.0)
    assert norm == math.inf
    np.testing.assert_array_equal(clipped[0], [math.nan, 0])


@pytest.mark.parametrize("tau", [0.1, 100.0])
def test_float32_stays_float32(tau):
    grads = [g.astype(np.float32) for g in random_grads(0, SHAPES[:-1])]
    clipped, _ = clip_by_global_norm(grads, tau)
    assert {c.dtype for c in (*clipped, *clipped_step(grads, grads, tau, 0.1))} == {np.dtype("f4")}


def test_no_input_is_modified():
    grads, weights = random_grads(0), random_grads(1)
    before = copy.deepcopy((grads, weights))
    clip_by_global_norm(grads, 0.1)
    clipped_step(weights, grads, 0.1, 0.5)
    close((*grads, *weights), (*before[0], *before[1]), rtol=0)


def test_the_gradient_of_a_real_network_keeps_its_direction():
    net = random_network()
    _, grads = bptt(*net)
    tau = global_norm(grads) / 3
    clipped, norm = clip_by_global_norm(grads, tau)
    a, b = flat(grads), flat(clipped)
    np.testing.assert_allclose(a @ b, np.linalg.norm(a) * np.linalg.norm(b), rtol=1e-12)
    np.testing.assert_allclose(global_norm(clipped), norm / 3, rtol=1e-12)


# ------------------------------------------------------------------------------ the step


@given(st.integers(0, 1000), st.floats(1e-2, 1e2), st.floats(1e-3, 1.0))
def test_a_step_goes_downhill_and_no_further_than_learning_rate_times_tau(seed, tau, rate):
    weights, grads = random_grads(seed), random_grads(seed + 1)
    moved = flat(clipped_step(weights, grads, tau, rate)) - flat(weights)
    norm = global_norm(grads)
    np.testing.assert_allclose(np.linalg.norm(moved), rate * min(tau, norm), rtol=1e-6)
    np.testing.assert_allclose(moved, -rate * min(1, tau / norm) * flat(grads), atol=1e-12)


def test_a_gradient_too_few_is_an_error_and_not_a_weight_left_where_it_is():
    weights = random_grads(0)
    with pytest.raises(ValueError, match="shorter"):
        clipped_step(weights, weights[:-1], 1.0, 0.1)


# ------------------------------------------------------------------------------ PyTorch


def torch_parameters(torch, values, grads):
    parameters = [torch.nn.Parameter(torch.tensor(v)) for v in values]
    for p, g in zip(parameters, grads, strict=True):
        p.grad = torch.tensor(g)
    return parameters


@pytest.mark.parametrize("tau", [0.5, 1.0, 3.0, 100.0])
@pytest.mark.parametrize("seed", range(3))
def test_clipping_is_pytorch_s_up_to_the_millionth_that_it_adds_to_the_norm(torch, seed, tau):
    grads = random_grads(seed)
    parameters = torch_parameters(torch, grads, grads)
    their_norm = torch.nn.utils.clip_grad_norm_(parameters, tau)
    clipped, norm = clip_by_global_norm(grads, tau)
    np.testing.assert_allclose(norm, their_norm.item(), rtol=1e-10)
    close(clipped, [p.grad.numpy() for p in parameters], rtol=2e-6 / min(norm, 1))
    theirs = [g * min(1, tau / (norm + 1e-6)) for g in grads]
    close(theirs, [p.grad.numpy() for p in parameters])


def test_a_step_is_that_of_pytorch_s_sgd(torch):
    weights, grads = random_grads(0), random_grads(1)
    parameters = torch_parameters(torch, weights, grads)
    torch.nn.utils.clip_grad_norm_(parameters, 0.7)
    torch.optim.SGD(parameters, lr=0.3).step()
    moved = clipped_step(weights, grads, 0.7, 0.3)
    close(moved, [p.detach().numpy() for p in parameters], rtol=1e-5)


def test_the_pytorch_lines_of_the_chapter_run_word_for_word(torch):
    grads = [20 * g for g in random_grads(0, ((5, 3), (5, 6), (2, 6)))]
    names = {"grads": grads, "clip_by_global_norm": clip_by_global_norm}
    exec(pytorch_lines("clipping"), names)
    assert names["norm"].item() > 1
