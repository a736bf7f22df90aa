"""Figures of the data appendix."""

from collections import Counter

import matplotlib.pyplot as plt
import numpy as np

from solutions.handwriting import ALPHABET, Words

from . import style


def wall(words: Words, columns: int = 8) -> None:
    """Hang all copies of one word on a wall; their number is a multiple of ``columns``."""
    copies = [np.pad(np.hstack(list(letters)), ((3, 3), (4, 4))) for letters in words.images]
    rows = [np.hstack(copies[n : n + columns]) for n in range(0, len(copies), columns)]
    bricks = np.vstack(rows)
    height, width = bricks.shape
    _, axes = plt.subplots(figsize=(style.WIDTH, style.WIDTH * height / width))
    axes.imshow(bricks)
    axes.set_axis_off()


def alphabet(words: Words) -> None:
    """Draw the average of all copies of each letter, and how many they are."""
    letters, labels = np.concatenate(words.images), np.concatenate(words.labels)
    _, grid = plt.subplots(2, 13, figsize=(style.WIDTH, 3.2))
    for label, axes in enumerate(grid.flat):
        copies = letters[labels == label]
        axes.imshow(copies.mean(axis=0), vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
        axes.set_title(ALPHABET[label], loc="center", pad=4)
        axes.set_xlabel(f"{len(copies):,}", fontsize=10, color=style.MUTED)
        axes.spines[:].set_visible(False)


def sounds(count: Counter[str]) -> None:
    """Draw how many letters have each label, in two rows, on one logarithmic scale."""
    labels, heights = zip(*count.most_common(), strict=True)
    half = (len(labels) + 1) // 2
    _, rows = plt.subplots(2, 1, figsize=(style.WIDTH, 4.6), sharey=True)
    for axes, part in zip(rows, (slice(half), slice(half, None)), strict=True):
        axes.bar(labels[part], heights[part], color=style.INK)
        axes.set(yscale="log", ylim=(10, 30000), xlim=(-0.6, half - 0.4), ylabel="letters")
        axes.tick_params("x", length=0, labelsize=9, rotation=90)
        axes.grid(axis="y")
