"""The echo task (chapter *Truncation*): say at every step what was heard L steps before.

The inputs are a stream of +1 and -1 without end or pattern. The label at step t is the input at
t - L, so nothing but a memory of L steps helps, and without it half of the answers are wrong.

Streams are read block by block, and the state is carried from block to block. What is compared is
how a block's gradient is cut: ``truncated_bptt``, and two others that stand here.

Nothing here is graded.
"""

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from solutions.bptt import bptt, output_weights_backward
from solutions.clipping import clip_by_global_norm
from solutions.networks import RNN
from solutions.training import adam
from solutions.truncation import sliding_recur_backward, truncated_bptt
from solutions.unrolling import initial_state, recur, sequence_loss, unroll

Array = np.ndarray
Arrays = tuple[Array, ...]
Gradient = Callable[..., tuple[float, Arrays]]


def sliding_bptt(
    x: Array, labels: Array, lengths: Array, W: Array, W_h: Array, W_out: Array, h_0: Array, k: int
) -> tuple[float, Arrays]:
    """Compute loss and gradient as ``truncated_bptt`` does, cut by a sliding window of k steps."""
    h, scores = unroll(x, W, W_h, W_out, h_0)
    loss, dscores = sequence_loss(scores, labels, lengths)
    dW_out = output_weights_backward(dscores, h)
    _, dW, dW_h, _ = sliding_recur_backward(dscores @ W_out, h, h_0, x, W, W_h, k)
    return loss, (dW, dW_h, dW_out)


def reset_bptt(
    x: Array, labels: Array, lengths: Array, W: Array, W_h: Array, W_out: Array, h_0: Array, k: int
) -> tuple[float, Arrays]:
    """Compute loss and gradient of chunks that know nothing of each other.

    Every chunk of k steps starts from h_0 again, as if it were a sequence of its own: the way
    forward is cut at the borders, too. Arguments and results are those of ``truncated_bptt``.
    """
    total, steps = 0.0, int(lengths.sum())
    grads: Arrays = tuple(np.zeros_like(w) for w in (W, W_h, W_out))
    for start in range(0, int(lengths.max()), k):
        chunk = slice(start, start + k)
        here = np.clip(lengths - start, 0, k)  # the real steps of each sequence in this chunk
        loss, parts = bptt(x[chunk], labels[chunk], here, W, W_h, W_out, h_0)
        share = float(here.sum()) / steps
        total += share * loss
        grads = tuple(g + share * part for g, part in zip(grads, parts, strict=True))
    return total, grads


# ------------------------------------------------------------------------------ the task


def blocks(
    lag: int, batch: int, steps: int, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Read ``batch`` endless random streams, a block of ``steps`` steps at a time.

    Parameters
    ----------
    lag : int
        L: how long ago the wanted input was.
    batch : int
        B, the number of streams side by side.
    steps : int
        T, the number of steps in a block; the next one goes on where it ended.
    rng : np.random.Generator
        Source of the streams.

    Yields
    ------
    x : Array (T, B, 1) of float32
        The inputs, +1 or -1.
    labels : Array (T, B) of int
        1 where the input ``lag`` steps before was +1, else 0.
    """
    heard = rng.integers(2, size=(lag, batch))
    while True:
        heard = np.concatenate([heard, rng.integers(2, size=(steps, batch))])
        yield (2 * heard[lag:, :, None] - 1).astype(np.float32), heard[:steps]
        heard = heard[steps:]


def train_echo(
    k: int,
    gradient: Gradient = truncated_bptt,
    lag: int = 10,
    seed: int = 0,
    *,
    hidden: int = 32,
    batch: int = 32,
    block: int = 48,
    updates: int = 300,
    learning_rate: float = 4e-3,
    tau: float = 1.0,
) -> Arrays:
    """Teach a network the echo, with a truncated gradient.

    Every update reads the next block of all streams, so the data and the number of updates are the
    same for every k and every way to cut.

    Parameters
    ----------
    k : int
        Steps in a chunk, or in the window.
    gradient : callable
        ``truncated_bptt``, ``sliding_bptt`` or ``reset_bptt``.
    lag : int
        L: how long ago the wanted input was.
    seed : int
        Of the first weights and of the streams.
    hidden, batch, block, updates : int
        H, B, T, and how many blocks to learn from.
    learning_rate : float
        Of Adam.
    tau : float
        Gradients longer than this are clipped to it.

    Returns
    -------
    weights : tuple of Array
        ``(W, W_h, W_out)``; W_h began as 0.9 times a rotation.
    """
    rng = np.random.default_rng(seed)
    weights: Arrays = RNN.initial(1, hidden, 2, 1, rng)
    zeros = tuple(np.zeros_like(w) for w in weights)
    moments, lengths = (zeros, zeros), np.full(batch, block)
    h_0 = initial_state(batch, hidden).astype(np.float32)
    stream = itertools.islice(blocks(lag, batch, block, rng), updates)
    for step, (x, labels) in enumerate(stream, start=1):
        _, grads = gradient(x, labels, lengths, *weights, h_0, k)
        if gradient is not reset_bptt:
            W, W_h, _ = weights
            h_0 = recur(x, W, W_h, h_0)[-1]
        clipped, _ = clip_by_global_norm(grads, tau)
        weights, moments = adam(weights, clipped, moments, step, learning_rate)
    return weights


def echo_error(weights: Arrays, lag: int = 10, steps: int = 500, seed: int = 99) -> float:
    """Count the wrong answers on new streams, the state carried all the way.

    Parameters
    ----------
    weights : tuple of Array
        ``(W, W_h, W_out)``.
    lag : int
        L: how long ago the wanted input was.
    steps, seed : int
        How many steps of 32 streams to read, and which; the first L steps do not count.

    Returns
    -------
    error : float
        Fraction of wrong answers; one half is chance.
    """
    x, labels = next(blocks(lag, 32, steps, np.random.default_rng(seed)))
    said = RNN.scores(x, np.full(32, steps), *weights).argmax(axis=-1)
    return float((said != labels)[lag:].mean())
