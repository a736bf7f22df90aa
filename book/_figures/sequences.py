"""Figures of the chapter *Sequential data*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from solutions.handwriting import Words

from . import graphs, style

Array = np.ndarray


def letter(pixels: Array) -> None:
    """Show one letter, large and alone."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 2.4))
    axes.imshow(pixels)
    axes.set_axis_off()


def word(letters: Array, marked: int) -> None:
    """Show a word with one of its letters in a frame."""
    strip = np.hstack([np.pad(pixels, ((1, 1), (1, 1))) for pixels in letters])
    _, axes = plt.subplots(figsize=(style.WIDTH, 2.2))
    axes.imshow(strip)
    axes.add_patch(
        Rectangle(
            (10 * marked - 0.5, -0.5), 10, 18, fill=False, ec=style.BAD, lw=2.5, clip_on=False
        )
    )
    axes.set_axis_off()


def slide(words: Words, texts: Sequence[str], columns: int) -> None:
    """Show each text as the first ``columns`` writers of it wrote it, a row each."""
    _, grid = plt.subplots(len(texts), columns, figsize=(style.WIDTH, 1.9))
    for row, text in zip(grid, texts, strict=True):
        for axes, letters in zip(row, words[words.text == text].images, strict=False):
            axes.imshow(np.hstack([np.pad(pixels, ((0, 0), (1, 1))) for pixels in letters]))
            axes.set_axis_off()


def padded(x: Array, lengths: Array, text: Sequence[str]) -> None:
    """Show a padded batch as the array it is: a row per sequence, a column per step."""
    T, B, _ = x.shape
    axes = graphs.canvas(T + 2.6, 1.25 * B + 0.75)
    for n in range(B):
        y = 1.25 * (B - n) - 0.55
        axes.text(1.6, y, rf"$T_{n + 1} = {lengths[n]}$", ha="right", va="center")
        for t in range(T):
            real = t < lengths[n]
            cell = Rectangle(
                (t + 1.9, y - 0.55),
                0.9,
                1.1,
                lw=1,
                fc="none" if real else style.FAINT,
                ec=style.MUTED if real else style.FAINT,
            )
            axes.add_patch(cell)
            if real:
                graphs.picture(axes, (t + 2.35, y), x[t, n].reshape(16, 8))
    for t in range(T):
        axes.text(t + 2.35, 1.25 * B + 0.3, f"$t={t + 1}$", ha="center", size=10, color=style.MUTED)


def kinds() -> None:
    """Draw the three shapes that tasks on sequences have."""
    axes = graphs.canvas(13.2, 4.1)
    low, middle, high = 1.0, 2.2, 3.4
    shapes = [
        ("one to many", "a picture → its caption", 0.7, [0], [0, 1, 2]),
        ("many to one", "a review → stars", 5.2, [0, 1, 2], [2]),
        ("many to many", "pictures → letters", 9.7, [0, 1, 2], [0, 1, 2]),
    ]
    for name, example, left, inputs, outputs in shapes:
        for t in range(3):
            x = left + 1.05 * t
            graphs.box(axes, (x, middle), "")
            if t:
                graphs.arrow(axes, (x - 1.05, middle), (x, middle), style.RECURRENT)
            if t in inputs:
                graphs.box(axes, (x, low), "", style.INPUT)
                graphs.arrow(axes, (x, low), (x, middle), style.INPUT)
            if t in outputs:
                graphs.box(axes, (x, high), "", style.OUTPUT)
                graphs.arrow(axes, (x, middle), (x, high), style.OUTPUT)
        centre = left + 1.05
        axes.text(centre, 3.9, name, ha="center", weight="bold", size=11)
        axes.text(centre, 0.35, example, ha="center", size=10, color=style.MUTED)


def seen_and_new(right: Mapping[str, tuple[Array, Array]]) -> None:
    """Compare readers on words that training knew and on words that it did not.

    ``right[name]`` holds two arrays of fractions of letters read right: the known words, the new
    ones; one entry for each split or seed.
    """
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    heights = graphs.spread([np.mean(known) for known, _ in right.values()], 0.045)
    for (name, (known, new)), (colour, marker), height in zip(
        right.items(), style.COMPARED, heights, strict=False
    ):
        axes.plot([0, 1], [np.mean(known), np.mean(new)], color=colour, lw=1.5)
        for place, values in ((0, np.atleast_1d(known)), (1, np.atleast_1d(new))):
            axes.plot(np.full(len(values), place), values, marker, color=colour, ms=8, mew=0)
        axes.text(-0.07, height, name, ha="right", va="center", color=colour)
    axes.set(
        xlim=(-0.2 - 0.045 * max(map(len, right)), 1.3),
        ylim=(0.4, 1),
        ylabel="letters read right",
        xticks=[0, 1],
        xticklabels=[
            "words known from training,\nnew handwriting",
            "words never seen\nin training",
        ],
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(axis="y")
