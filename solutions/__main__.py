"""Everything at once: train the deep bidirectional reader of handwriting, and see what it reads.

    python -m solutions                    two layers, 64 units in each direction, 1,000 batches
    python -m solutions --depth 3 --tau 1  or others; --help lists what can be chosen

It trains on nine folds of the data with the gradients clipped, reads the tenth, says how much of
it is right, and saves a picture of words that it reads. All of it is the code of the chapters; only
here do the solutions need more than NumPy: matplotlib for the picture, tqdm for the bar.
"""

import argparse
import functools
import math
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from tqdm import tqdm

from solutions import handwriting
from solutions.networks import BIDIRECTIONAL, count
from solutions.training import accuracy, predict

Array = np.ndarray
ROWS, COLUMNS = 6, 3


def main(arguments: list[str] | None = None) -> int:
    """Train, read, say and draw; returns the exit status."""
    asked = parser().parse_args(arguments)
    train_words, test_words = handwriting.split_by_fold(handwriting.load(), fold=asked.fold)
    weights = handwriting.train_reader(
        train_words,
        hidden=asked.hidden,
        steps=asked.steps,
        seed=asked.seed,
        network=BIDIRECTIONAL,
        depth=asked.depth,
        tau=asked.tau,
        progress=functools.partial(tqdm, unit="batch", disable=None),  # on terminals only
    )
    x, labels, lengths = handwriting.pad(test_words, np.float32)
    read = predict(x, weights, lengths, BIDIRECTIONAL)
    letters, words = accuracy(read, labels, lengths)
    print(f"{count(weights):,} parameters, trained on {len(train_words):,} words.")
    print(f"Of the {len(test_words):,} words of fold {asked.fold}, known words in new handwriting,")
    print(f"it reads {letters:.1%} of the letters right, and {words:.1%} of the words as a whole.")
    try:
        draw(test_words, read, asked.figure)
    except OSError as error:
        print(f"The picture cannot be saved: {error}. Try --figure FILE.", file=sys.stderr)
        return 2
    print(f"Some of them are in {asked.figure}.")
    return 0


def parser() -> argparse.ArgumentParser:
    """Say what can be chosen."""
    result = argparse.ArgumentParser(
        prog="python -m solutions",
        description="Train the deep bidirectional reader of handwriting and draw what it reads.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    result.add_argument("--depth", type=whole, default=2, help="hidden layers")
    result.add_argument("--hidden", type=whole, default=64, help="units in each direction")
    result.add_argument("--steps", type=whole, default=1000, help="batches to learn from")
    result.add_argument("--tau", type=positive, default=5.0, help="the longest gradient allowed")
    result.add_argument("--fold", type=int, choices=range(10), default=0, help="kept for the test")
    result.add_argument("--seed", type=int, default=0, help="first weights, order of the words")
    result.add_argument("--figure", type=Path, default=Path("read.svg"), help="where to draw")
    return result


def whole(text: str) -> int:
    """Read a number of things: 1 or more."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def positive(text: str) -> float:
    """Read a number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not number > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def draw(words: handwriting.Words, read: Array, path: Path) -> None:
    """Save a picture of some words, chosen by chance: what is written, and what was read."""
    figure, grid = plt.subplots(ROWS, COLUMNS, figsize=(10, 1.2 * ROWS), layout="constrained")
    shown = np.random.default_rng(0).choice(len(words), grid.size, replace=False)
    for n, axes in zip(shown, grid.ravel(), strict=True):
        answer = [handwriting.ALPHABET[label] for label in read[: words.lengths[n], n]]
        draw_word(axes, words.images[n], answer, words.text[n])
    figure.savefig(path)
    plt.close(figure)


def draw_word(axes: Axes, letters: Array, answer: list[str], right: str) -> None:
    """Draw the letters of a word; below each what was read and, where that is wrong, what is right.

    A letter is 1 wide and 2 high, and the longest word has 14.
    """
    axes.imshow(np.hstack(list(letters)), cmap="Greys", extent=(0, len(letters), 0, 2))
    for t, (letter, wanted) in enumerate(zip(answer, right, strict=True)):
        wrong = letter != wanted
        colour, weight = ("#D55E00", "bold") if wrong else ("#0072B2", "normal")
        axes.text(t + 0.5, -0.2, letter, ha="center", va="top", color=colour, weight=weight)
        if wrong:
            axes.text(t + 0.5, -1.2, f"({wanted})", ha="center", va="top", size=8)
    axes.set(xlim=(0, 14), ylim=(-2, 2))
    axes.set_axis_off()


if __name__ == "__main__":
    sys.exit(main())
