"""N-grams: a language model that only counts (chapter *Language models*).

How often did each token follow the n-1 tokens before it? Long contexts say more, and have been seen
less often, so each order falls back on the next shorter one, in proportion to how often its context
was followed by something new (Witten and Bell 1991)::

    p(w | c) = (count(c w) + kinds(c) p(w | c')) / (count(c) + kinds(c))

where c' is c without its first token and kinds(c) how many different tokens followed c; below the
single token stands the blind guess, 1 / V. Nothing here is graded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Counts:
    """What was counted of the n-grams of one order; an n-gram is written as one whole number.

    Attributes
    ----------
    grams, times : Array of int
        The different n-grams, sorted, and how often each occurs.
    contexts, followed, kinds : Array of int
        Their different first n-1 tokens, sorted; how often each was followed by a token, and by how
        many different ones.
    """

    grams: Array
    times: Array
    contexts: Array
    followed: Array
    kinds: Array


@dataclass(frozen=True, eq=False)
class NGrams:
    """A model: the counts of orders 1, 2, ... n over a vocabulary of V tokens."""

    vocabulary_size: int
    orders: tuple[Counts, ...]


def numbers(windows: Array, vocabulary_size: int) -> Array:
    """Write each row of tokens (N, n) as one whole number (N,), with the tokens as its digits."""
    digits = vocabulary_size ** np.arange(windows.shape[1], dtype=np.int64)[::-1]
    return windows @ digits


def windows(tokens: Array, n: int) -> Array:
    """List all n tokens in a row: Array (N-n+1, n)."""
    return np.lib.stride_tricks.sliding_window_view(tokens, n)


def count(tokens: Array, vocabulary_size: int, order: int) -> NGrams:
    """Count a text's n-grams of all orders up to one.

    Parameters
    ----------
    tokens : Array (N,) of int
        The text, at least ``order`` tokens.
    vocabulary_size : int
        V; every token is below it, and V to the power of ``order`` below 2^63.
    order : int
        The longest n.

    Returns
    -------
    model : NGrams
        What was counted.
    """
    if vocabulary_size**order >= 2**63:
        raise ValueError(f"too many possible {order}-grams of {vocabulary_size} tokens")
    found = []
    for n in range(1, order + 1):
        codes = numbers(windows(tokens, n), vocabulary_size)
        grams, times = np.unique(codes, return_counts=True)
        contexts, first, kinds = np.unique(
            grams // vocabulary_size, return_index=True, return_counts=True
        )
        found.append(Counts(grams, times, contexts, np.add.reduceat(times, first), kinds))
    return NGrams(vocabulary_size, tuple(found))


def look_up(keys: Array, values: Sequence[Array], wanted: Array) -> list[Array]:
    """Find for each wanted number its entry in each of ``values``; 0 where it is not a key."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    there = keys[place] == wanted
    return [np.where(there, value[place], 0) for value in values]


def probabilities(model: NGrams, given: Array) -> Array:
    """Say how probable tokens are after what stands before them.

    Parameters
    ----------
    model : NGrams
        What was counted, up to order n.
    given : Array (N, n) of int
        In each row n-1 tokens of context, and the token in question.

    Returns
    -------
    p : Array (N,)
        p(last token | the tokens before it). Over all last tokens they add up to 1.
    """
    V = model.vocabulary_size
    p = np.full(len(given), 1 / V)
    for n, order in enumerate(model.orders, start=1):
        gram = numbers(given[:, -n:], V)
        (times,) = look_up(order.grams, [order.times], gram)
        followed, kinds = look_up(order.contexts, [order.followed, order.kinds], gram // V)
        known = followed > 0
        p = np.where(known, (times + kinds * p) / np.where(known, followed + kinds, 1), p)
    return p


def total_nll(model: NGrams, before: Array, tokens: Array) -> float:
    """Measure how surprising a text is.

    Parameters
    ----------
    model : NGrams
        What was counted, up to order n.
    before : Array of int
        What stood before the text: at least n-1 tokens.
    tokens : Array (N,) of int
        The text.

    Returns
    -------
    nll : float
        Minus the log probability of all N tokens, in nats.
    """
    n = len(model.orders)
    joined = np.concatenate([before[len(before) - (n - 1) :], tokens])
    return float(-np.log(probabilities(model, windows(joined, n))).sum())
