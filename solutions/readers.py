"""The readers of handwriting that the chapters compare, and what was measured of them.

Training all of them with several seeds takes minutes, so ``book/data/make_readers.py`` does it
once and writes ``book/data/readers.json``. The tests train a part again and compare.

Nothing here is graded.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from solutions import handwriting
from solutions.handwriting import Words
from solutions.networks import BIDIRECTIONAL, DEEP, RNN, Network, Weights, count
from solutions.training import accuracy
from solutions.unrolling import sequence_loss

Array = np.ndarray

SHIPPED = Path(__file__).parents[1] / "book" / "data" / "readers.json"
STEPS = 1000  # batches to learn from
EARLY = 40  # and for a first look, which a test repeats
SEEDS = range(5)
NEW_WORDS = 11  # different words kept out of training, when the test is about new words
LONGEST = 14  # letters


@dataclass(frozen=True)
class Reader:
    """A kind of network and its size.

    ``hidden`` are the units of each layer, in each direction; ``alone`` says that it is given
    single letters, without their word.
    """

    name: str
    network: Network
    hidden: int
    depth: int = 1
    alone: bool = False

    @property
    def parameters(self) -> int:
        """How many numbers training has to find."""
        rng = np.random.default_rng(0)
        return count(self.network.initial(128, self.hidden, 26, self.depth, rng))

    def train(
        self, words: Words, steps: int, seed: int, progress: Callable[..., Iterable[Any]]
    ) -> Weights:
        """Teach it to read; ``progress`` as for ``handwriting.train_reader``."""
        return handwriting.train_reader(
            handwriting.letters(words) if self.alone else words,
            batch=512 if self.alone else 64,
            hidden=self.hidden,
            steps=steps,
            seed=seed,
            network=self.network,
            depth=self.depth,
            progress=progress,
        )

    def scores(self, x: Array, lengths: Array, weights: Weights) -> Array:
        """Score a padded batch: Array (T, B, 26)."""
        if not self.alone:
            return self.network.scores(x, lengths, *weights)
        T, B, D = x.shape
        singles, ones = x.reshape(1, T * B, D), np.ones(T * B, int)
        return self.network.scores(singles, ones, *weights).reshape(T, B, -1)


READERS = (
    Reader("letter by letter", RNN, 128, alone=True),
    Reader("RNN, 64", RNN, 64),
    Reader("RNN, 91", RNN, 91),
    Reader("RNN, 128", RNN, 128),
    Reader("deep, 2 × 64", DEEP, 64, 2),
    Reader("deep, 3 × 50", DEEP, 50, 3),
    Reader("bidirectional, 64", BIDIRECTIONAL, 64),
    Reader("deep bidirectional, 2 × 64", BIDIRECTIONAL, 64, 2),
    Reader("deep, 3 × 64", DEEP, 64, 3),
    Reader("deep, 2 × 128", DEEP, 128, 2),
    Reader("bidirectional, 128", BIDIRECTIONAL, 128),
)


def splits(seed: int) -> Iterator[tuple[str, Words, Words]]:
    """Divide the words into training and test: known words in new hands, then new words."""
    words = handwriting.load()
    yield "known", *handwriting.split_by_fold(words, 0)
    yield "new", *handwriting.split_by_word(words, NEW_WORDS, np.random.default_rng(seed))


def measure(
    reader: Reader,
    train: Words,
    test: Words,
    steps: int,
    seed: int,
    progress: Callable[..., Iterable[Any]] = lambda dealt, **_: dealt,
) -> dict[str, Any]:
    """Train a reader and count what it reads right.

    Parameters
    ----------
    reader : Reader
        What to train.
    train, test : Words
        What to learn from, and what to be tested on.
    steps, seed : int
        Number of batches; source of the first weights and of the order.
    progress : callable
        Shows how far the training is.

    Returns
    -------
    found : dict
        ``letters`` and ``words``: the fractions read right; ``right`` and ``asked``: how many
        letters were, at each position in the word; ``loss`` on the test, in nats.
    """
    weights = reader.train(train, steps, seed, progress)
    x, labels, lengths = handwriting.pad(test, np.float32)
    scores = reader.scores(x, lengths, weights)
    said = scores.argmax(axis=-1)
    real = np.arange(len(x))[:, None] < lengths
    right = ((said == labels) & real).sum(axis=1)
    letters, words = accuracy(said, labels, lengths)
    return {
        "letters": round(letters, 4),
        "words": round(words, 4),
        "loss": round(sequence_loss(scores.astype(float), labels, lengths)[0], 4),
        "right": right.tolist(),
        "asked": real.sum(axis=1).tolist(),
    }


def run(progress: Callable[..., Iterable[Any]]) -> dict[str, Any]:
    """Measure every reader, with every seed, on known words and on new ones."""
    early, runs = {}, []
    for reader in READERS:
        for seed in SEEDS:
            for kind, train, test in splits(seed):
                if seed == SEEDS[0] and kind == "known":
                    early[reader.name] = measure(reader, train, test, EARLY, seed)["loss"]
                found = measure(reader, train, test, STEPS, seed, progress)
                runs.append({"reader": reader.name, "words are": kind, "seed": seed, **found})
    return {"steps": STEPS, "early": early, "runs": runs}


@dataclass(frozen=True)
class Results:
    """What was measured: ``results.letters["RNN, 64", "known"]`` is an array, a value per seed.

    Attributes
    ----------
    letters, words : dict
        Fractions read right, by reader and kind of words (known or new): Array (seeds,).
    by_position : dict
        Fraction of the letters at each position that is right, over all seeds: Array (14,).
    early : dict
        Loss on the test after the first ``EARLY`` steps of a short training, by reader.
    """

    letters: dict[tuple[str, str], Array]
    words: dict[tuple[str, str], Array]
    by_position: dict[tuple[str, str], Array]
    early: dict[str, float]


def load(path: Path = SHIPPED) -> Results:
    """Read what ``make readers`` recorded."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. To measure again, in minutes: make readers")
    recorded = json.loads(path.read_text("utf-8"))
    letters, words, by_position = {}, {}, {}
    for reader in READERS:
        for kind in ("known", "new"):
            runs = [
                found
                for found in recorded["runs"]
                if (found["reader"], found["words are"]) == (reader.name, kind)
            ]
            if len(runs) != len(SEEDS) or recorded["steps"] != STEPS:
                raise ValueError(f"{path} is not what this program records. Run: make readers")
            which = reader.name, kind
            letters[which] = np.array([found["letters"] for found in runs])
            words[which] = np.array([found["words"] for found in runs])
            right, asked = (
                sum(np.pad(found[what], (0, LONGEST - len(found[what]))) for found in runs)
                for what in ("right", "asked")
            )
            by_position[which] = right / np.maximum(asked, 1)
    return Results(letters, words, by_position, recorded["early"])


def said(reader: Reader, weights: Weights, words: Words) -> list[str]:
    """Read words: what the reader takes each for, as text."""
    x, _, lengths = handwriting.pad(words, np.float32)
    labels = reader.scores(x, lengths, weights).argmax(axis=-1)
    return [
        "".join(handwriting.ALPHABET[label] for label in column[:length])
        for column, length in zip(labels.T, lengths, strict=True)
    ]
