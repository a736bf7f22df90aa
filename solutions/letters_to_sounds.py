"""Letters and sounds: the data for reading English aloud, one sound for each letter.

A word is a sequence of letters, and each letter has a label: the sound that it makes, two of them
(the x of ``box``), or none. The first network that learned this was NETtalk.

Nothing here is graded.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

Array = np.ndarray
Batch = tuple[Array, Array, Array]

SHIPPED = Path(__file__).parents[1] / "book" / "data" / "letters_to_sounds.tsv"
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
SILENT = "_"
# fmt: off
SOUNDS = (
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "G+Z",
    "HH", "IH", "IY", "JH", "K", "K+S", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T",
    "TH", "UH", "UW", "V", "W", "Y", "Y+AH", "Y+UH", "Y+UW", "Z", "ZH", SILENT,
)
# fmt: on


@dataclass(frozen=True, eq=False, repr=False)
class Pronunciations:
    """N words and their sounds; ``words[which]`` are those that a number, slice or mask selects.

    Attributes
    ----------
    text : Array (N,) of str
        How each word is written: ``"knight"``.
    sounds : list of N tuples of T_n str
        The label of each letter, one of ``SOUNDS``: ``("_", "N", "AY", "_", "_", "T")``.
    """

    text: Array
    sounds: list[tuple[str, ...]]

    @property
    def lengths(self) -> Array:
        """The lecture's T_n, the number of letters of each word: Array (N,) of int."""
        return np.array([len(word) for word in self.text], int)

    @cached_property
    def labels(self) -> list[Array]:
        """The right answers, as indices into ``SOUNDS``: list of N Arrays (T_n,) of int."""
        index = {sound: k for k, sound in enumerate(SOUNDS)}
        return [np.array([index[sound] for sound in word], int) for word in self.sounds]

    def __repr__(self) -> str:
        return f"<{len(self):,} spoken words>"

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, which: int | slice | Array | list[int]) -> "Pronunciations":
        index = np.atleast_1d(np.arange(len(self))[which])
        return Pronunciations(self.text[index], [self.sounds[i] for i in index])


def load(path: str | Path = SHIPPED) -> Pronunciations:
    """Read the words from the file that the course ships.

    Parameters
    ----------
    path : str or Path
        A file written by ``book/data/make_letters_to_sounds.py``.

    Returns
    -------
    words : Pronunciations
        All of them, in alphabetical order.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing. Fetch it from the course's repository again, or make it: "
            "python book/data/make_letters_to_sounds.py --write --novels FILE"
        )
    try:
        rows = [line.split("\t") for line in path.read_text("ascii").splitlines()]
        text, labels = zip(*rows, strict=True)
        sounds = [tuple(label.split(" ")) for label in labels]
        if [len(word) for word in text] != [len(word) for word in sounds]:
            raise ValueError("a word has more letters than labels, or fewer")
        if not set("".join(text)) <= set(ALPHABET) or not set().union(*sounds) <= set(SOUNDS):
            raise ValueError("there are unknown letters or labels")
    except ValueError as problem:
        raise ValueError(
            f"{path} is not the file of letters and sounds, or is damaged. Fetch it from the "
            "course's repository again, or make it: "
            "python book/data/make_letters_to_sounds.py --write --novels FILE"
        ) from problem
    return Pronunciations(np.array(text), sounds)


def spell(text: str, dtype: DTypeLike = np.float64) -> Array:
    """Turn a word into what a network reads.

    Parameters
    ----------
    text : str
        Any word of the letters a to z, known or invented; capitals count as small letters.
    dtype : dtype
        Of ``x``.

    Returns
    -------
    x : Array (T, 1, 26)
        Each letter is one 1 among zeros: ``x[t, 0, 0]`` is 1 if letter t is an a. A batch of
        one word.
    """
    strange = sorted(set(text.lower()) - set(ALPHABET))
    if strange or not text:
        what = f"{text!r} has " + ", ".join(map(repr, strange)) if strange else "there is nothing"
        raise ValueError(f"a word is spelled with the letters a to z, and {what}")
    return np.eye(26, dtype=dtype)[_numbers(text.lower())][:, None]


def _numbers(text: str) -> Array:
    """0 for a to 25 for z: Array (T_n,) of int."""
    return np.frombuffer(text.encode("ascii"), np.uint8) - ord("a")


def pad(words: Pronunciations, dtype: DTypeLike = np.float64) -> Batch:
    """Set words side by side in arrays, the shorter ones filled up with zeros at the end.

    Parameters
    ----------
    words : Pronunciations
        B words.
    dtype : dtype
        Of ``x``. Training takes float32: half the bytes, and faster.

    Returns
    -------
    x : Array (T, B, 26)
        Time first: ``x[t, n]`` is letter t of word n, as from ``spell``. T is the longest length.
    labels : Array (T, B) of int
        Indices into ``SOUNDS``. Padding is 0: only ``lengths`` tells it from a real label 0.
    lengths : Array (B,) of int
        T_n, the number of letters of each word.
    """
    lengths = words.lengths
    T, B = lengths.max(initial=0), len(words)
    x = np.zeros((T, B, 26), dtype)
    labels = np.zeros((T, B), int)
    for n, (text, label) in enumerate(zip(words.text, words.labels, strict=True)):
        x[np.arange(lengths[n]), n, _numbers(text)] = 1
        labels[: lengths[n], n] = label
    return x, labels, lengths


def split(
    words: Pronunciations, share: float, rng: np.random.Generator
) -> tuple[Pronunciations, Pronunciations]:
    """Keep a share of the words for the test: these are new words, never seen in training.

    Parameters
    ----------
    words : Pronunciations
        What to split, each word once.
    share : float
        The part to keep back, between 0 and 1.
    rng : np.random.Generator
        Chooses them.

    Returns
    -------
    train, test : Pronunciations
        Without a word in common, each in the order of ``words``.
    """
    n = round(share * len(words))
    if not 0 < n < len(words):
        raise ValueError(
            f"share must leave some of the {len(words):,} words on both sides, and {share} does not"
        )
    test = np.zeros(len(words), bool)
    test[rng.choice(len(words), n, replace=False)] = True
    return words[~test], words[test]
