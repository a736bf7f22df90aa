r"""Which came first? A task that asks for a long memory (chapter *Clipping*).

A sequence is made of symbols. Two of them matter, an A or a B early on and an A or a B in the
middle; all others are distractors. At the end the network is asked in which order they came:
AA, AB, BA or BB. The task is number 6a of Hochreiter and Schmidhuber (1997), in the form that
Pascanu, Mikolov and Bengio (2013) gave it.

Nothing here is graded.
"""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from solutions.bptt import recur_backward
from solutions.clipping import clipped_step, global_norm
from solutions.unrolling import initial_state, output_step, recur, sequence_loss

Array = np.ndarray
Weights = tuple[Array, Array, Array]
Step = Callable[[Sequence[Array], Sequence[Array], float, float], Sequence[Array]]

RELEVANT = "AB"
DISTRACTORS = "abcd"
SYMBOLS = RELEVANT + DISTRACTORS
ORDERS = ("AA", "AB", "BA", "BB")
SOLVED = 0.99  # of fresh sequences, answered right
HIDDEN, BATCH = 50, 32

LEARNING_RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # of the record
THRESHOLDS = (0.1, 0.3, 1.0, 3.0, 10.0, math.inf)
SEEDS = range(5)
SHIPPED = Path(__file__).parents[1] / "book" / "data" / "temporal_order.json"
MAKER = "make_temporal_order.py"


class Run(NamedTuple):
    """One training.

    Attributes
    ----------
    weights : tuple of Array
        ``(W, W_h, W_out)`` at the end.
    losses : Array (steps,)
        The loss of each batch, in nats.
    norms : Array (steps,)
        The global norm of each gradient, before clipping.
    accuracy : float
        Fraction of fresh sequences that the weights at the end answer right.
    """

    weights: Weights
    losses: Array
    norms: Array
    accuracy: float

    @property
    def solved(self) -> bool:
        """Whether the network has learned the task."""
        return self.accuracy >= SOLVED


def sequences(T: int, batch: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw sequences and the order of their two relevant symbols.

    Parameters
    ----------
    T : int
        Number of steps, 10 or more.
    batch : int
        B, the number of sequences.
    rng : np.random.Generator
        Source of the random numbers.

    Returns
    -------
    x : Array (T, B, 6)
        One-hot symbols, float32. One of A and B stands in the second tenth of the sequence, one
        in the fifth; everywhere else a, b, c or d.
    labels : Array (B,) of int
        0 for AA, 1 for AB, 2 for BA, 3 for BB.
    """
    symbols = rng.integers(len(RELEVANT), len(SYMBOLS), size=(T, batch))
    early = rng.integers(T // 10, 2 * T // 10, size=batch)
    late = rng.integers(4 * T // 10, 5 * T // 10, size=batch)
    first, second = rng.integers(len(RELEVANT), size=(2, batch))
    everyone = np.arange(batch)
    symbols[early, everyone] = first
    symbols[late, everyone] = second
    return np.eye(len(SYMBOLS), dtype=np.float32)[symbols], 2 * first + second


def initial_weights(hidden: int, rho: float, rng: np.random.Generator) -> Weights:
    """Draw ``(W, W_h, W_out)`` in float32.

    Parameters
    ----------
    hidden : int
        H, the number of hidden units.
    rho : float
        Spectral radius of the hidden-to-hidden weights, which are rho times a random rotation.
    rng : np.random.Generator
        Source of the random numbers.

    Returns
    -------
    W, W_h, W_out : Array (H, 6), (H, H+1), (4, H+1)
        Both biases are zero.
    """
    rotation, _ = np.linalg.qr(rng.standard_normal((hidden, hidden)))
    W = 0.3 * rng.standard_normal((hidden, len(SYMBOLS)))
    W_h = np.insert(rho * rotation, 0, 0, axis=1)
    W_out = np.insert(0.1 * rng.standard_normal((len(ORDERS), hidden)), 0, 0, axis=1)
    return W.astype(np.float32), W_h.astype(np.float32), W_out.astype(np.float32)


def last_scores(x: Array, W: Array, W_h: Array, W_out: Array) -> tuple[Array, Array, Array]:
    """Read whole sequences and score the four orders at the last step only.

    Returns the scores (B, 4), all states, and the state before the first step.
    """
    h_0 = initial_state(x.shape[1], len(W)).astype(x.dtype)
    h = recur(x, W, W_h, h_0)
    return output_step(h[-1], W_out), h, h_0


def gradient(x: Array, labels: Array, weights: Weights) -> tuple[float, Weights]:
    """Measure the loss at the last step, and its gradient through all steps.

    Parameters
    ----------
    x : Array (T, B, 6)
        The sequences.
    labels : Array (B,) of int
        The right order of each.
    weights : tuple of Array
        ``(W, W_h, W_out)``.

    Returns
    -------
    loss : float
        Mean cross-entropy, in nats.
    grads : tuple of Array
        ``(dW, dW_h, dW_out)``.
    """
    W, W_h, W_out = weights
    scores, h, h_0 = last_scores(x, *weights)
    loss, dscores = sequence_loss(scores[None], labels[None], np.ones_like(labels))
    dh = np.zeros_like(h)
    dh[-1] = dscores[0] @ W_out
    _, dW, dW_h, _ = recur_backward(dh, h, h_0, x, W, W_h)
    return loss, (dW, dW_h, dscores[0].T @ h[-1])


def accuracy(x: Array, labels: Array, weights: Weights) -> float:
    """Answer with the largest score: the fraction of right answers."""
    scores, _, _ = last_scores(x, *weights)
    return float((scores.argmax(axis=1) == labels).mean())


def train(
    seed: int,
    tau: float,
    learning_rate: float = 0.3,
    steps: int = 600,
    T: int = 20,
    rho: float = 1.0,
    step: Step = clipped_step,
) -> Run:
    """Learn the task by stochastic gradient descent, from 32 fresh sequences at every step.

    Parameters
    ----------
    seed : int
        Draws the first weights and all sequences.
    tau : float
        Longer gradients are clipped to this norm; ``math.inf`` never clips.
    learning_rate : float
        Of every step.
    steps : int
        How many steps to take.
    T : int
        Length of the sequences.
    rho : float
        Spectral radius of the first hidden-to-hidden weights.
    step : callable
        ``step(weights, grads, tau, learning_rate) -> weights``: how to move.

    Returns
    -------
    run : Run
        What happened; the weights at the end are tested on 1,000 fresh sequences.
    """
    rng = np.random.default_rng(seed)
    weights = initial_weights(HIDDEN, rho, rng)
    losses, norms = np.zeros(steps), np.zeros(steps)
    for n in range(steps):
        losses[n], grads = gradient(*sequences(T, BATCH, rng), weights)
        norms[n] = global_norm(grads)
        W, W_h, W_out = step(weights, grads, tau, learning_rate)
        weights = W, W_h, W_out
    fresh = sequences(T, 1000, np.random.default_rng([seed, 1]))
    return Run(weights, losses, norms, accuracy(*fresh, weights))


# ------------------------------------------------------------------------------ the record


def train_all(progress: Callable[[Iterable[Any]], Iterable[Any]] = iter) -> dict[str, Any]:
    """Train for every learning rate and threshold, five times each: about two minutes.

    Parameters
    ----------
    progress : callable
        Is handed what is to be trained and hands it on.

    Returns
    -------
    record : dict
        What ``book/data/temporal_order.json`` holds: ``"solved"`` counts trainings for each
        learning rate (rows) and threshold (columns; null for no clipping), and ``"early"`` is the
        mean loss of the first steps of one training, which shows whether the record is still that
        of this program.
    """
    pairs = [(rate, tau) for rate in LEARNING_RATES for tau in THRESHOLDS]
    counts = [sum(train(seed, tau, rate).solved for seed in SEEDS) for rate, tau in progress(pairs)]
    columns = len(THRESHOLDS)
    return {
        "learning_rates": LEARNING_RATES,
        "thresholds": [tau if math.isfinite(tau) else None for tau in THRESHOLDS],
        "seeds": len(SEEDS),
        "early": early_loss(),
        "solved": [counts[i : i + columns] for i in range(0, len(counts), columns)],
    }


def early_loss() -> float:
    """Train for 20 steps: the mean loss."""
    return float(train(seed=0, tau=1.0, steps=20).losses.mean())


def load(path: str | Path = SHIPPED) -> Array:
    """Read how many trainings solved the task: Array (learning rates, thresholds) of int."""
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. Make it: python book/data/{MAKER}")
    record = json.loads(path.read_text(encoding="utf-8"))
    thresholds = [math.inf if tau is None else tau for tau in record["thresholds"]]
    if (record["learning_rates"], thresholds) != (list(LEARNING_RATES), list(THRESHOLDS)):
        raise ValueError(f"{path} is of another program. Make it again: python book/data/{MAKER}")
    return np.array(record["solved"])
