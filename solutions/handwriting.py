"""Handwritten words: the data of the lecture's recognition example (chapter *Sequential data*).

A word is a sequence of pictures of letters. Words differ in length, networks want arrays:
``pad`` fills up the shorter ones, and ``lengths`` remembers where each really ends.

Nothing here is graded.
"""

import functools
import itertools
import math
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from solutions.networks import RNN, Network, Weights
from solutions.training import Batch, batches, train

Array = np.ndarray

SHIPPED = Path(__file__).parents[1] / "book" / "data" / "handwritten_words.npz"
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, eq=False, repr=False)
class Words:
    """N handwritten words; ``words[which]`` are those that a number, slice, list or mask selects.

    Attributes
    ----------
    text : Array (N,) of str
        What is written, without the capital first letter: ``"olcanic"``.
    images : list of N Arrays (T_n, 16, 8) of uint8
        The letters of each word: 1 is ink, 0 is paper.
    fold : Array (N,) of int
        Part of the data that each word belongs to, 0 to 9, for a fair test.
    """

    text: Array
    images: list[Array]
    fold: Array

    @property
    def lengths(self) -> Array:
        """The lecture's T_n, the number of letters of each word: Array (N,) of int."""
        return np.array([len(image) for image in self.images], int)

    @property
    def labels(self) -> list[Array]:
        """The right answers, 0 for a to 25 for z: list of N Arrays (T_n,) of int."""
        return [np.array([ALPHABET.index(letter) for letter in word], int) for word in self.text]

    def __repr__(self) -> str:
        return f"<{len(self):,} handwritten words>"

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, which: int | slice | Array | list[int]) -> "Words":
        index = np.atleast_1d(np.arange(len(self))[which])
        return Words(self.text[index], [self.images[i] for i in index], self.fold[index])


def load(path: str | Path = SHIPPED) -> Words:
    """Read the words from the file that the course ships.

    Parameters
    ----------
    path : str or Path
        A file written by ``book/data/make_handwritten_words.py``.

    Returns
    -------
    words : Words
        All 6,877 of them.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing. Fetch it from the course's repository again, or make it: "
            "python book/data/make_handwritten_words.py --write"
        )
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            text = file["types"].astype(str)[file["word"]]
            letters = np.unpackbits(file["pixels"], axis=1).reshape(-1, 16, 8)
            fold = file["fold"].astype(int)
        ends = np.cumsum(np.char.str_len(text))
        if ends[-1] != len(letters):
            raise ValueError("there are more letters than pictures, or fewer")
    except (zipfile.BadZipFile, ValueError, KeyError, IndexError, EOFError) as problem:
        raise ValueError(
            f"{path} is not the handwriting file, or is damaged. Make it again: "
            "python book/data/make_handwritten_words.py --write"
        ) from problem
    return Words(text, np.split(letters, ends[:-1]), fold)


def pad(words: Words, dtype: DTypeLike = np.float64) -> Batch:
    """Set words side by side in arrays, the shorter ones filled up with zeros at the end.

    Parameters
    ----------
    words : Words
        B words.
    dtype : dtype
        Of ``x``. Training takes float32: half the bytes, and faster.

    Returns
    -------
    x : Array (T, B, 128)
        Time first: ``x[t, n]`` is the picture of letter t of word n, row by row. T is the
        longest length.
    labels : Array (T, B) of int
        0 for a to 25 for z. Padding is 0 too: only ``lengths`` tells it from an a.
    lengths : Array (B,) of int
        T_n, the number of letters of each word.
    """
    lengths = words.lengths
    T, B = lengths.max(initial=0), len(words)
    x = np.zeros((T, B, 128), dtype)
    labels = np.zeros((T, B), int)
    for n, (image, label) in enumerate(zip(words.images, words.labels, strict=True)):
        x[: lengths[n], n] = image.reshape(-1, 128)
        labels[: lengths[n], n] = label
    return x, labels, lengths


def letters(words: Words) -> Words:
    """Take words apart: every letter becomes a word of its own, of length 1.

    Parameters
    ----------
    words : Words
        N words.

    Returns
    -------
    singles : Words
        As many one-letter words as ``words`` has letters, in the same order.
    """
    text = np.array(list("".join(words.text)))
    images = [image[None] for word in words.images for image in word]
    return Words(text, images, np.repeat(words.fold, words.lengths))


def split_by_fold(words: Words, fold: int) -> tuple[Words, Words]:
    """Keep one of the ten folds for the test.

    Every word of the test has been seen in training in somebody's hand: this asks "can the
    network read new handwriting?", and not "can it read new words?".

    Parameters
    ----------
    words : Words
        What to split.
    fold : int
        The fold to test on, 0 to 9.

    Returns
    -------
    train, test : Words
        The other folds, and this one.
    """
    test = words.fold == fold
    if not test.any():
        known = ", ".join(map(str, np.unique(words.fold)))
        raise ValueError(f"no word is in fold {fold}; these words are in folds {known}")
    return words[~test], words[test]


def split_by_word(words: Words, n: int, rng: np.random.Generator) -> tuple[Words, Words]:
    """Keep ``n`` different words for the test, with everybody's copy of each.

    No word of the test occurs in training: what was learned about the lexicon does not help.

    Parameters
    ----------
    words : Words
        What to split.
    n : int
        How many different words to keep back.
    rng : np.random.Generator
        Chooses them.

    Returns
    -------
    train, test : Words
        Without a text in common.
    """
    different = np.unique(words.text)
    if not 0 < n < len(different):
        raise ValueError(
            f"there are {len(different)} different words, so n must be 1 to "
            f"{len(different) - 1}, not {n}"
        )
    test = np.isin(words.text, rng.choice(different, n, replace=False))
    return words[~test], words[test]


def train_reader(
    words: Words,
    batch: int = 64,
    hidden: int = 128,
    steps: int = 1000,
    seed: int = 0,
    network: Network = RNN,
    depth: int = 1,
    tau: float = 5.0,
    progress: Callable[..., Iterable[Batch]] = lambda dealt, **_: dealt,
) -> Weights:
    """Teach a recurrent network to read, in a few seconds.

    Parameters
    ----------
    words : Words
        What to learn from.
    batch : int
        B, the number of words in a batch.
    hidden : int
        H, the number of hidden units (of each direction, if there are two).
    steps : int
        How many batches to learn from.
    seed : int
        Draws the first weights and the order of the words.
    network : Network
        The kind of network: RNN, DEEP or BIDIRECTIONAL.
    depth : int
        Number of hidden layers.
    tau : float
        Gradients longer than this are clipped to it.
    progress : callable
        Is handed the batches and ``total=steps`` and hands them on; ``tqdm.tqdm`` shows a bar.

    Returns
    -------
    weights : tuple
        As the kind of network wants them, in float32, for D = 128 pixels and K = 26 letters.
    """
    rng = np.random.default_rng(seed)
    epochs = math.ceil(steps / math.ceil(len(words) / batch))
    single = functools.partial(pad, dtype=np.float32)
    dealt = itertools.islice(batches(words, single, batch, rng, epochs), steps)
    start = network.initial(128, hidden, 26, depth, rng)
    watched = progress(dealt, total=steps)
    weights, _ = train(start, watched, steps, learning_rate=4e-3, tau=tau, network=network)
    return weights
