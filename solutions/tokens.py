"""Byte-pair encoding: tokens between characters and words (chapter *Language models*).

Begin with characters. Join the two neighbours that stand side by side most often to one new token,
everywhere; again; and so on (Gage 1994; Sennrich, Haddow and Birch 2016). Frequent words become one
token, rare ones a few pieces, and no word is unknown. Nothing here is graded.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

Pair = tuple[str, str]


def words(text: str) -> list[str]:
    """Cut a text where no token may reach across.

    A word goes with the blank before it, and every other character stands alone. Joined with
    nothing between, the pieces are the text again.
    """
    return re.findall(r" ?\w+|\W", text)


def join(pieces: Sequence[str], pair: Pair) -> list[str]:
    """Join a pair of neighbours wherever it stands, from left to right."""
    joined, i = [], 0
    while i < len(pieces):
        together = tuple(pieces[i : i + 2]) == pair
        joined.append("".join(pair) if together else pieces[i])
        i += 2 if together else 1
    return joined


def learn_merges(counts: Mapping[str, int], merges: int) -> list[Pair]:
    """Find the pairs to join, the most frequent first.

    Of equally frequent pairs the one that makes the shorter token goes first, then the first in the
    alphabet: the result is the same on every machine.

    Parameters
    ----------
    counts : mapping from str to int
        How often each word occurs.
    merges : int
        How many pairs to join; fewer are, when every word has become one token.

    Returns
    -------
    pairs : list of (str, str)
        In the order in which they are to be joined.
    """
    pieces = {word: list(word) for word in counts}
    frequency: Counter[Pair] = Counter()
    found_in: defaultdict[Pair, set[str]] = defaultdict(set)

    def add(word: str, times: int) -> None:
        for pair in itertools.pairwise(pieces[word]):
            frequency[pair] += times
            found_in[pair].add(word)

    def alphabetical(pair: Pair) -> tuple[int, str, Pair]:
        token = "".join(pair)
        return len(token), token, pair

    for word, times in counts.items():
        add(word, times)
    pairs: list[Pair] = []
    while len(pairs) < merges:
        most = max(frequency.values(), default=0)
        if most == 0:
            break
        best = min((pair for pair, n in frequency.items() if n == most), key=alphabetical)
        pairs.append(best)
        for word in found_in.pop(best):
            add(word, -counts[word])
            pieces[word] = join(pieces[word], best)
            add(word, counts[word])
    return pairs


def tokenize(text: str, pairs: Sequence[Pair]) -> list[str]:
    """Cut a text into tokens: its characters, joined as ``learn_merges`` has found.

    Parameters
    ----------
    text : str
        Any text.
    pairs : list of (str, str)
        What to join, the first first.

    Returns
    -------
    tokens : list of str
        Joined with nothing between, they are the text again.
    """
    order = {pair: n for n, pair in enumerate(pairs)}
    known: dict[str, list[str]] = {}
    for word in set(words(text)):
        pieces = list(word)
        while neighbours := set(itertools.pairwise(pieces)) & order.keys():
            pieces = join(pieces, min(neighbours, key=order.__getitem__))
        known[word] = pieces
    return [piece for word in words(text) for piece in known[word]]
