r"""The lecture's table of activation functions (chapter *Vanishing and exploding gradients*).

Each has a derivative, and the derivative has a bound: the factor by which one unit can lengthen
a gradient that passes through it, and no more. ``ACTIVATIONS`` holds all eight, in the lecture's
order. Two of them have a parameter alpha: ``elu(alpha)`` and ``prelu(alpha)``.

Nothing here is graded. Results follow the dtype of the inputs.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Activation:
    """One activation function theta.

    Attributes
    ----------
    name : str
        What it is called.
    function : callable
        ``function(x)`` is theta(x), for an array of any shape.
    derivative : callable
        ``derivative(x)`` is theta'(x). Where theta has a corner, it is the slope of that branch
        of the formula to which the corner belongs.
    bound : float
        gamma, the largest absolute value of the derivative.
    formula, slope : str
        theta(x) and theta'(x) in TeX.
    """

    name: str
    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    bound: float
    formula: str
    slope: str


# ------------------------------------------------------------------------------ smooth ones


def logistic(x: Array) -> Array:
    """Compute 1 / (1 + exp(-x)), for x of any size."""
    return np.exp(-softplus(-x))


def logistic_derivative(x: Array) -> Array:
    """Compute sigma (1 - sigma), where 1 - sigma(x) is sigma(-x)."""
    return logistic(x) * logistic(-x)


def tanh_derivative(x: Array) -> Array:
    """Compute 1 - tanh(x)^2."""
    return 1 - np.tanh(x) ** 2


def softplus(x: Array) -> Array:
    """Compute ln(1 + exp(x)); exp of a large x is never taken."""
    return np.logaddexp(0, x)


def normal_density(x: Array) -> Array:
    """Compute the bell curve phi(x)."""
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def normal_probability(x: Array) -> Array:
    """Compute Phi(x), the probability that a standard normal number is at most x."""
    erf = np.vectorize(math.erf, otypes=[float])
    return ((1 + erf(x / math.sqrt(2))) / 2).astype(np.result_type(x))


def gelu(x: Array) -> Array:
    """Compute x Phi(x) (Hendrycks and Gimpel 2016)."""
    return x * normal_probability(x)


def gelu_derivative(x: Array) -> Array:
    """Compute Phi(x) + x phi(x). Its largest value is at the square root of 2."""
    return normal_probability(x) + x * normal_density(x)


# ------------------------------------------------------------------------------ with a corner at 0


def relu(x: Array) -> Array:
    """Compute max(0, x)."""
    return np.maximum(x, 0)


def relu_derivative(x: Array) -> Array:
    """Compute 1 where x > 0 and 0 elsewhere."""
    return np.where(x > 0, np.ones_like(x), 0)


def two_slopes(x: Array, below: float) -> Array:
    """Compute ``below`` times x where x < 0, and x elsewhere."""
    return x * two_slopes_derivative(x, below)


def two_slopes_derivative(x: Array, below: float) -> Array:
    """Compute ``below`` where x < 0 and 1 elsewhere."""
    return np.where(x < 0, np.full_like(x, below), 1)


def elu(alpha: float = 1.0) -> Activation:
    """Build the exponential linear unit (Clevert, Unterthiner and Hochreiter 2016).

    Parameters
    ----------
    alpha : float
        The function goes to -alpha far on the left.

    Returns
    -------
    activation : Activation
        With this alpha.
    """
    return Activation(
        "ELU",
        lambda x: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
        lambda x: np.where(x > 0, np.ones_like(x), alpha * np.exp(np.minimum(x, 0))),
        max(1.0, abs(alpha)),
        r"\begin{cases} \alpha(e^x - 1) & x \le 0 \\ x & x > 0 \end{cases}",
        r"\begin{cases} \alpha e^x & x \le 0 \\ 1 & x > 0 \end{cases}",
    )


def prelu(alpha: float = 0.25) -> Activation:
    """Build the parametric rectified linear unit (He and others 2015, who start from 0.25).

    Parameters
    ----------
    alpha : float
        The slope on the left. It is learned like a weight.

    Returns
    -------
    activation : Activation
        With this alpha.
    """
    return Activation(
        "PReLU",
        lambda x: two_slopes(x, alpha),
        lambda x: two_slopes_derivative(x, alpha),
        max(1.0, abs(alpha)),
        r"\begin{cases} \alpha x & x < 0 \\ x & x \ge 0 \end{cases}",
        r"\begin{cases} \alpha & x < 0 \\ 1 & x \ge 0 \end{cases}",
    )


# ------------------------------------------------------------------------------ the table

TANH = Activation("tanh", np.tanh, tanh_derivative, 1.0, r"\tanh(x)", r"1 - \tanh^2(x)")
RELU = Activation(
    "ReLU",
    relu,
    relu_derivative,
    1.0,
    r"\max\{0, x\}",
    r"\begin{cases} 0 & x \le 0 \\ 1 & x > 0 \end{cases}",
)
ACTIVATIONS = (
    Activation(
        "logistic",
        logistic,
        logistic_derivative,
        1 / 4,
        r"\sigma(x) = \dfrac{1}{1 + e^{-x}}",
        r"\sigma(x)\,\sigma(-x)",
    ),
    TANH,
    RELU,
    Activation(
        "GELU",
        gelu,
        gelu_derivative,
        (1 + math.erf(1)) / 2 + 1 / (math.e * math.sqrt(math.pi)),
        r"x\,\Phi(x)",
        r"\Phi(x) + x\,\varphi(x)",
    ),
    Activation("softplus", softplus, logistic, 1.0, r"\ln(1 + e^x)", r"\sigma(x)"),
    elu(),
    Activation(
        "leaky ReLU",
        lambda x: two_slopes(x, 0.01),
        lambda x: two_slopes_derivative(x, 0.01),
        1.0,
        r"\begin{cases} 0.01\,x & x < 0 \\ x & x \ge 0 \end{cases}",
        r"\begin{cases} 0.01 & x < 0 \\ 1 & x \ge 0 \end{cases}",
    ),
    prelu(),
)
LINEAR = Activation("linear", np.positive, np.ones_like, 1.0, "x", "1")
