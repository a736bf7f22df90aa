r"""What was the first symbol? A task that asks for a long memory (chapter *Takeaways*).

A network reads T random symbols of four kinds, and has to name the first one when it has seen the
last. Only that answer counts, and guessing gets a quarter of them. The chapter *Vanishing* trains a
recurrent network on it; here it meets a long short-term memory and one head of attention, with
about as many parameters each.

Nothing here is graded.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from solutions.bptt import recur_backward
from solutions.gated import attend, attend_backward, lstm, lstm_backward
from solutions.networks import Network, Weights, initial_output, initial_rnn, rest
from solutions.training import Batch, train
from solutions.unrolling import initial_state, output_step, recur, sequence_loss

Array = np.ndarray

SYMBOLS = 4
BATCH, STEPS, LEARNING_RATE, TAU = 32, 600, 3e-3, 1.0
SOLVED = 0.95  # of fresh sequences, named right
KEY = 4  # A, the size of a query and of a key

LENGTHS = (20, 40, 60)  # of the record
LONGER = (40, 2400)  # T and steps of the trainings that got four times as long
SEEDS = range(5)
SHIPPED = Path(__file__).parents[1] / "book" / "data" / "first_symbol.json"
MAKER = "make_first_symbol.py"


class Walk(NamedTuple):
    """Once forward and back.

    Attributes
    ----------
    scores : Array (B, 4)
        Of the last step, before the softmax.
    loss : float
        Mean cross-entropy of the last step, in nats.
    grads : tuple
        The gradient of the loss, nested as the weights.
    dx : Array (T, B, 4)
        Its gradient with respect to the inputs.
    """

    scores: Array
    loss: float
    grads: Weights
    dx: Array


@dataclass(frozen=True)
class Kind:
    """A kind of network: first weights ``initial(rng)``, and ``walk(x, first, *weights)``."""

    name: str
    initial: Callable[[np.random.Generator], Weights]
    walk: Callable[..., Walk]


def batches(T: int, rng: np.random.Generator, batch: int = BATCH) -> Iterator[Batch]:
    """Draw batches without end: one-hot symbols (T, B, 4), the first of each (B,), and T (B,)."""
    while True:
        symbols = rng.integers(SYMBOLS, size=(T, batch))
        yield np.eye(SYMBOLS, dtype=np.float32)[symbols], symbols[0], np.full(batch, T)


def last_loss(seen: Array, first: Array, W_out: Array) -> tuple[Array, float, Array]:
    """Name the first symbol from a state (B, H+1): scores, loss, gradient of the scores."""
    scores = output_step(seen, W_out)
    loss, dscores = sequence_loss(scores[None], first[None], np.ones_like(first))
    return scores, loss, dscores[0]


def at_the_end(dlast: Array, h: Array) -> Array:
    """Build a gradient of all states that is ``dlast`` at the last step and zero before."""
    dh = np.zeros_like(h)
    dh[-1] = dlast
    return dh


# ------------------------------------------------------------------------------ three networks


def rnn(hidden: int, rho: float) -> Kind:
    """Build the course's network, from rho times a random rotation."""

    def initial(rng: np.random.Generator) -> Weights:
        W, W_h, W_out = initial_rnn(SYMBOLS, hidden, SYMBOLS, 1, rng)
        return W, W_h * np.float32(rho / 0.9), W_out

    def walk(x: Array, first: Array, W: Array, W_h: Array, W_out: Array) -> Walk:
        h_0 = rest(x, W_h)
        h = recur(x, W, W_h, h_0)
        scores, loss, dscores = last_loss(h[-1], first, W_out)
        dx, dW, dW_h, _ = recur_backward(at_the_end(dscores @ W_out, h), h, h_0, x, W, W_h)
        return Walk(scores, loss, (dW, dW_h, dscores.T @ h[-1]), dx)

    return Kind(f"RNN, ρ = {rho:g}", initial, walk)


def memory(hidden: int, forget_bias: float) -> Kind:
    """Build a long short-term memory; its forget gates start at sigma(forget_bias)."""

    def initial(rng: np.random.Generator) -> Weights:
        blocks = [initial_rnn(SYMBOLS, hidden, SYMBOLS, 1, rng)[:2] for _ in range(4)]
        W, W_h = (np.concatenate(part) for part in zip(*blocks, strict=True))
        W_h[hidden : 2 * hidden, 0] = forget_bias
        return W, W_h, initial_output(hidden, SYMBOLS, hidden, rng)

    def walk(x: Array, first: Array, W: Array, W_h: Array, W_out: Array) -> Walk:
        h_0 = initial_state(x.shape[1], hidden).astype(x.dtype)
        c_0 = np.zeros_like(h_0[:, 1:])
        h, c = lstm(x, W, W_h, h_0, c_0)
        scores, loss, dscores = last_loss(h[-1], first, W_out)
        dh = at_the_end(dscores @ W_out, h)
        dx, dW, dW_h, _, _ = lstm_backward(dh, h, c, h_0, c_0, x, W, W_h)
        return Walk(scores, loss, (dW, dW_h, dscores.T @ h[-1]), dx)

    return Kind(f"LSTM, forget bias {forget_bias:g}", initial, walk)


def attention(hidden: int, rho: float) -> Kind:
    """Build the course's network with one head of attention in front of the output."""
    below = rnn(hidden, rho)

    def initial(rng: np.random.Generator) -> Weights:
        W, W_h, W_out = below.initial(rng)
        W_query, W_key = (initial_output(hidden, KEY, hidden, rng) for _ in range(2))
        return W, W_h, W_query, W_key, W_out

    def walk(
        x: Array, first: Array, W: Array, W_h: Array, W_query: Array, W_key: Array, W_out: Array
    ) -> Walk:
        h_0 = rest(x, W_h)
        h = recur(x, W, W_h, h_0)
        seen, alpha = attend(h, W_query, W_key)
        scores, loss, dscores = last_loss(seen, first, W_out)
        dh, dW_query, dW_key = attend_backward(dscores @ W_out, alpha, h, W_query, W_key)
        dx, dW, dW_h, _ = recur_backward(dh, h, h_0, x, W, W_h)
        return Walk(scores, loss, (dW, dW_h, dW_query, dW_key, dscores.T @ seen), dx)

    return Kind("RNN with attention", initial, walk)


# ------------------------------------------------------------------------------ the experiment


def learn(kind: Kind, T: int, seed: int, steps: int = STEPS) -> tuple[Weights, float]:
    """Train a network on sequences of T symbols.

    Parameters
    ----------
    kind : Kind
        The kind of network.
    T : int
        Length of the sequences.
    seed : int
        Draws the first weights and all sequences.
    steps : int
        How many batches to learn from.

    Returns
    -------
    weights : tuple
        At the end.
    right : float
        Share of 500 fresh sequences whose first symbol it then names.
    """
    rng = np.random.default_rng(seed)

    def gradient(x: Array, first: Array, _: Array, *weights: Array) -> tuple[float, Weights]:
        walk = kind.walk(x, first, *weights)
        return walk.loss, walk.grads

    network = Network(lambda *_: kind.initial(rng), lambda *_: np.empty(0), gradient)
    weights, _ = train(
        kind.initial(rng), batches(T, rng), steps, LEARNING_RATE, TAU, network=network
    )
    x, first, _ = next(batches(T, rng, batch=500))
    return weights, float((kind.walk(x, first, *weights).scores.argmax(axis=1) == first).mean())


def left(kind: Kind, weights: Weights, T: int, seed: int) -> Array:
    """Measure how much of the last loss's gradient gets to the inputs before.

    Parameters
    ----------
    kind : Kind
        The kind of network.
    weights : tuple
        Its weights.
    T : int
        Length of the sequences, of which there are 100.
    seed : int
        Draws them.

    Returns
    -------
    left : Array (T,)
        For k = 0 to T-1 the median length of the gradient at the input k steps back, in shares of
        that at the last input.
    """
    x, first, _ = next(batches(T, np.random.default_rng(seed), batch=100))
    double = [w.astype(float) for w in weights]  # float32 ends at 1e-45
    length = np.linalg.norm(kind.walk(x.astype(float), first, *double).dx, axis=-1)[::-1]
    return np.median(length / length[0], axis=1)


# ------------------------------------------------------------------------------ the record

KINDS = (
    rnn(32, 0.9),
    rnn(32, 1.0),
    memory(15, 1.0),
    memory(15, 3.0),
    attention(28, 0.9),
)
PATIENT = (KINDS[1], KINDS[2])  # those that are also trained for longer


def train_all(progress: Callable[[Iterable[Any]], Iterable[Any]] = iter) -> dict[str, Any]:
    """Train every kind of network for every length, five times each: about three minutes.

    Parameters
    ----------
    progress : callable
        Is handed what is to be trained and hands it on.

    Returns
    -------
    record : dict
        What ``book/data/first_symbol.json`` holds: ``"right"`` has, for each kind and each length,
        the share named right of each training; ``"longer"`` likewise for the longer trainings of
        ``PATIENT``; ``"early"`` is the loss of each kind early on, which shows whether the record
        is still that of this program.
    """
    usual = [(kind, T, STEPS) for kind in KINDS for T in LENGTHS]
    longer = [(kind, *LONGER) for kind in PATIENT]
    runs = [
        [round(learn(kind, T, seed, steps)[1], 3) for seed in SEEDS]
        for kind, T, steps in progress([*usual, *longer])
    ]
    names = [kind.name for kind in KINDS]
    return {
        "lengths": LENGTHS,
        "steps": STEPS,
        "early": {kind.name: early_loss(kind) for kind in KINDS},
        "right": {
            name: runs[n * len(LENGTHS) : (n + 1) * len(LENGTHS)] for n, name in enumerate(names)
        },
        "longer": {
            kind.name: shares for kind, shares in zip(PATIENT, runs[len(usual) :], strict=True)
        },
    }


def early_loss(kind: Kind) -> float:
    """Train for 60 steps on sequences of 5 symbols: the loss of a fresh batch then."""
    weights, _ = learn(kind, 5, 0, steps=60)
    x, first, _ = next(batches(5, np.random.default_rng(1), batch=500))
    return round(kind.walk(x, first, *weights).loss, 4)


@dataclass(frozen=True)
class Record:
    """What was named right: ``right[name]`` (lengths, seeds) and ``longer[name]`` (seeds,)."""

    right: dict[str, Array]
    longer: dict[str, Array]


def load(path: str | Path = SHIPPED) -> Record:
    """Read the record."""
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. Make it: python book/data/{MAKER}")
    found = json.loads(path.read_text(encoding="utf-8"))
    if (found["lengths"], list(found["right"])) != (list(LENGTHS), [k.name for k in KINDS]):
        raise ValueError(f"{path} is of another program. Make it again: python book/data/{MAKER}")
    right, longer = (
        {name: np.array(shares) for name, shares in found[part].items()}
        for part in ("right", "longer")
    )
    return Record(right, longer)
