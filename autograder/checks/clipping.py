"""Checks of the topic *clipping*.

A threshold of 1 hides who scales to length 1, a huge one hides nearly every mistake: each gradient
is drawn together with its threshold. In a long one the largest entry of one matrix exceeds it, and
no other array does as a whole, so that clipping by entry, by array and by all of them differ.
"""

import numpy as np

from autograder.assignment import Inputs, check

Rng = np.random.Generator
Array = np.ndarray


def norm_of(grads: list[Array]) -> float:
    """Measure all arrays as one vector."""
    return float(np.linalg.norm(np.concatenate([g.ravel() for g in grads])))


def long_gradient(rng: Rng) -> Inputs:
    """Draw a loud matrix among quiet arrays, also vectors and single entries; tau is in between."""
    m, n = rng.choice(np.arange(2, 7), 2, replace=False)
    loud = rng.normal(scale=4, size=(m, n))
    tau = float(rng.uniform(0.5, 0.9) * np.abs(loud).max())
    shapes = [(n, m + 1), (m,), (1, 1), (n + 1,)]
    rng.shuffle(shapes)
    quiet = [rng.normal(size=shape) for shape in shapes[: rng.integers(3, 5)]]
    grads = [g * (rng.uniform(0.3, 0.9) * tau / norm_of([g])) for g in quiet]
    grads.insert(int(rng.integers(len(grads) + 1)), loud)
    return {"grads": grads, "tau": tau}


def gradient_of_norm(rng: Rng, norm: float) -> list[Array]:
    """Draw a gradient and bring it to a length."""
    grads = long_gradient(rng)["grads"]
    return [g * (norm / norm_of(grads)) for g in grads]


def short_gradient(rng: Rng) -> Inputs:
    """Draw a gradient shorter than tau, and than 1: its square is shorter still."""
    norm = float(rng.uniform(0.3, 0.9))
    return {"grads": gradient_of_norm(rng, norm), "tau": norm * float(rng.uniform(1.2, 3))}


def gradient_of_any_size(rng: Rng) -> Inputs:
    """Draw tau between the norm and its square: above the norm if that is large, or else below."""
    large = rng.random() < 0.5
    norm = float(rng.uniform(4, 9) if large else rng.uniform(0.1, 0.25))
    return {"grads": gradient_of_norm(rng, norm), "tau": norm ** float(rng.uniform(1.3, 1.7))}


def step(rng: Rng, inputs: Inputs) -> Inputs:
    """Add weights, and a learning rate at which the step is too long as well if the gradient is.

    Weights and steps have the same sign, so that nothing cancels: float32 stays exact enough.
    """
    grads, tau = inputs["grads"], inputs["tau"]
    rate = float(rng.uniform(1.2, 1.8) * tau / norm_of(grads))
    weights = [-np.sign(g) * rng.uniform(0.5, 2, size=g.shape) for g in grads]
    return {"weights": weights, "grads": grads, "tau": tau, "learning_rate": rate}


@check(points=4)
def global_norm(rng: Rng) -> Inputs:
    """the length of all gradients together"""
    return {"grads": long_gradient(rng)["grads"]}


@check(points=4, requires=["global_norm"])
def clip_by_global_norm(rng: Rng) -> Inputs:
    """a long gradient is shortened"""
    return long_gradient(rng)


@check(points=2, function="clip_by_global_norm", requires=["global_norm"])
def clip_by_global_norm_of_a_short_gradient(rng: Rng) -> Inputs:
    """a short one stays as it is"""
    return short_gradient(rng)


@check(points=2, function="clip_by_global_norm", requires=["global_norm"])
def clip_by_global_norm_of_any_size(rng: Rng) -> Inputs:
    """large numbers and small ones"""
    return gradient_of_any_size(rng)


@check(points=1, function="clip_by_global_norm", requires=["global_norm"])
def clip_by_global_norm_of_a_zero_gradient(rng: Rng) -> Inputs:
    """a gradient of zeros"""
    inputs = long_gradient(rng)
    return {**inputs, "grads": [0 * g for g in inputs["grads"]]}


@check(points=3, requires=["clip_by_global_norm"])
def clipped_step(rng: Rng) -> Inputs:
    """a step with a long gradient"""
    return step(rng, long_gradient(rng))


@check(points=1, function="clipped_step", requires=["clip_by_global_norm"])
def clipped_step_with_a_short_gradient(rng: Rng) -> Inputs:
    """a step with a short one"""
    return step(rng, short_gradient(rng))
