"""The eight activations: against the lecture's formulas, HIPS autograd, and their bounds."""

import math

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from solutions.activations import ACTIVATIONS, LINEAR, elu, prelu

ALL = (*ACTIVATIONS, LINEAR, elu(0.3), elu(2.0), prelu(-0.5), prelu(3.0))

# None of these is 0, where some of the eight have a corner.
X = np.linspace(-6.03, 6.01, 500)

each = pytest.mark.parametrize("theta", ALL, ids=lambda theta: f"{theta.name}-{theta.bound:g}")
by_name = {theta.name: theta for theta in ACTIVATIONS}


def erf_by_series(x):
    """Add up erf(x) = 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (1 * 3 * ... * (2n+1))."""
    term = total = x
    for n in range(1, 120):
        term = term * 2 * x**2 / (2 * n + 1)
        total = total + term
    return 2 / math.sqrt(math.pi) * anp.exp(-(x**2)) * total


def two_slopes(below):
    return lambda x: anp.where(x < 0, below * x, x)


def exponential(alpha):
    return lambda x: anp.where(x <= 0, alpha * (anp.exp(x) - 1), x)


def by_the_lecture(theta):
    """The lecture's formula, in autograd's NumPy."""
    formulas = {
        "linear": lambda x: 1 * x,
        "logistic": lambda x: 1 / (1 + anp.exp(-x)),
        "tanh": lambda x: (anp.exp(x) - anp.exp(-x)) / (anp.exp(x) + anp.exp(-x)),
        "ReLU": two_slopes(0),
        "GELU": lambda x: x / 2 * (1 + erf_by_series(x / math.sqrt(2))),
        "softplus": lambda x: anp.log(1 + anp.exp(x)),
        "leaky ReLU": two_slopes(0.01),
    }
    parameter = float(-theta.function(np.array(-800.0)))  # alpha of ELU; 800 alpha of PReLU
    formulas |= {"ELU": exponential(parameter), "PReLU": two_slopes(parameter / 800)}
    return formulas[theta.name]


def test_the_table_is_the_lectures():
    names = ["logistic", "tanh", "ReLU", "GELU", "softplus", "ELU", "leaky ReLU", "PReLU"]
    assert [theta.name for theta in ACTIVATIONS] == names


@each
def test_the_function_is_the_lectures(theta):
    np.testing.assert_allclose(theta.function(X), by_the_lecture(theta)(X), rtol=1e-12, atol=1e-14)


@each
def test_the_derivative_is_that_of_autograd(theta):
    by_autograd = autograd.elementwise_grad(by_the_lecture(theta))(X)
    np.testing.assert_allclose(theta.derivative(X), by_autograd, rtol=1e-10, atol=1e-13)


@each
def test_the_derivative_is_the_slope_of_the_function(theta):
    eps = 1e-5
    central = (theta.function(X + eps) - theta.function(X - eps)) / (2 * eps)
    np.testing.assert_allclose(theta.derivative(X), central, rtol=0, atol=1e-9)


@each
def test_the_bound_is_reached_and_never_exceeded(theta):
    fine = np.r_[np.linspace(-50, 50, 1_000_001), 0, math.sqrt(2)]
    largest = np.abs(theta.derivative(fine)).max()
    assert largest <= theta.bound * (1 + 1e-12)
    assert largest == pytest.approx(theta.bound, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("logistic", 0.0, 0.5),
        ("logistic", math.log(3), 0.75),
        ("tanh", math.log(2), 0.6),
        ("ReLU", -2.0, 0.0),
        ("ReLU", 2.0, 2.0),
        ("GELU", 1.0, 0.8413447460685429),
        ("GELU", -1.0, -0.15865525393145705),
        ("softplus", 0.0, math.log(2)),
        ("ELU", -math.log(2), -0.5),
        ("leaky ReLU", -2.0, -0.02),
        ("PReLU", -2.0, -0.5),
        ("PReLU", 2.0, 2.0),
    ],
)
def test_known_values(name, x, y):
    assert by_name[name].function(np.array(x)) == pytest.approx(y, rel=1e-14)


@pytest.mark.parametrize(
    ("name", "bound"),
    [("logistic", 0.25), ("tanh", 1), ("ReLU", 1), ("GELU", 1.1289), ("softplus", 1), ("ELU", 1)],
)
def test_known_bounds(name, bound):
    assert by_name[name].bound == pytest.approx(bound, abs=5e-5)


@pytest.mark.parametrize("name", ["ReLU", "leaky ReLU", "PReLU", "ELU"])
def test_a_corner_belongs_to_the_branch_that_the_lecture_gives_it(name):
    slope = {"ReLU": 0, "leaky ReLU": 1, "PReLU": 1, "ELU": 1}
    assert by_name[name].derivative(np.zeros(1)) == slope[name]
    assert elu(0.3).derivative(np.zeros(1)) == 0.3


@each
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_numbers_do_not_overflow(theta, dtype):
    x = np.array([-1e4, -800, -90, 0, 90, 800, 1e4], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        values, slope = theta.function(x), theta.derivative(x)
    assert np.isfinite(values).all()
    assert np.abs(slope).max() <= theta.bound * (1 + 1e-6)
    assert values[-1] == pytest.approx(1 if theta.name in ("logistic", "tanh") else 1e4)


@each
def test_dtype_and_shape_follow_the_input_and_the_input_stays(theta):
    for dtype in (np.float32, np.float64):
        x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(dtype)
        before = x.copy()
        for result in (theta.function(x), theta.derivative(x)):
            assert result.dtype == dtype
            assert result.shape == x.shape
            assert result is not x
        np.testing.assert_array_equal(x, before)


def test_small_probabilities_of_the_logistic_are_not_lost():
    np.testing.assert_allclose(
        by_name["logistic"].function(np.array([-40.0, -700.0])), np.exp([-40.0, -700.0]), rtol=1e-12
    )


def test_those_of_pytorch(torch):
    F = torch.nn.functional
    theirs = {
        "logistic": torch.sigmoid,
        "tanh": torch.tanh,
        "ReLU": F.relu,
        "GELU": F.gelu,
        "softplus": F.softplus,
        "ELU": F.elu,
        "leaky ReLU": F.leaky_relu,
        "PReLU": lambda x: F.prelu(x, torch.tensor([0.25], dtype=x.dtype)),
    }
    for theta in ACTIVATIONS:
        x = torch.tensor(X, requires_grad=True)
        y = theirs[theta.name](x)
        y.sum().backward()
        np.testing.assert_allclose(theta.function(X), y.detach(), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(theta.derivative(X), x.grad, rtol=1e-10, atol=1e-13)
