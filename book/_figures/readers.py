"""Figures and tables that compare the readers of handwriting (chapters *Deep*, *Bidirectional*)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator, PercentFormatter

from solutions.handwriting import Words
from solutions.readers import READERS, Results

from . import graphs, style

Array = np.ndarray
PARAMETERS = {reader.name: reader.parameters for reader in READERS}


def table(results: Results, names: Sequence[str]) -> str:
    """Write the means over the seeds as a table in Markdown."""
    rows = [
        "| reader | parameters | letters | whole words | letters of new words |",
        "|---|--:|--:|--:|--:|",
    ]
    for name in names:
        measured = (
            results.letters[name, "known"],
            results.words[name, "known"],
            results.letters[name, "new"],
        )
        cells = " | ".join(f"{values.mean():.1%}" for values in measured)
        whole = name.replace(" × ", "\u00a0×\u00a0")
        rows.append(f"| {whole} | {PARAMETERS[name]:,} | {cells} |")
    return "\n".join(rows)


def comparison(results: Results, names: Sequence[str]) -> None:
    """Show letters and words read right: a row per reader, a dot per seed, a line at the mean."""
    figure, grid = plt.subplots(
        1, 2, figsize=(style.WIDTH, 0.5 * len(names) + 1.1), sharey=True, width_ratios=(1, 1)
    )
    for axes, values, title in (
        (grid[0], results.letters, "letters read right"),
        (grid[1], results.words, "whole words right"),
    ):
        for row, name in enumerate(names):
            seeds = values[name, "known"]
            axes.plot(seeds, np.full(len(seeds), row), "o", color=style.GOOD, ms=6, alpha=0.5)
            axes.plot([seeds.mean()] * 2, [row - 0.28, row + 0.28], color=style.INK, lw=2)
        axes.set_title(title, size=11)
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 4, 5, 10]))
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0)
    labels = [name.replace(", ", ",\n") if len(name) > 14 else name for name in names]
    grid[0].set_yticks(range(len(names)), labels)
    grid[0].set(ylim=(len(names) - 0.5, -0.5))
    figure.align_xlabels()


def by_position(results: Results, names: Sequence[str], longest: int = 9) -> None:
    """Show letters read right by their position in the word."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    position = np.arange(1, longest + 1)
    lines = [results.by_position[name, "known"][:longest] for name in names]
    heights = graphs.spread([line[-1] for line in lines], 0.02)
    for name, line, (colour, marker), height in zip(
        names, lines, style.COMPARED, heights, strict=False
    ):
        axes.plot(position, line, f"{marker}-", color=colour)
        axes.text(longest + 0.25, height, name, va="center", color=colour, size=10.5)
    axes.set(
        xlabel="position of the letter in its word",
        ylabel="letters read right",
        xlim=(0.7, longest + 3.3),
        xticks=position,
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(axis="y")


def read_words(words: Words, said: Mapping[str, Sequence[str]]) -> None:
    """Show real words and, under each letter, what each reader took it for, right or wrong."""
    T, lines = int(words.lengths.max()), len(said)
    height = 1.05 + 0.5 * lines + 0.35
    axes = graphs.canvas(T + 4.2, height * len(words))
    for n, images in enumerate(words.images):
        top = height * (len(words) - n)
        for t, image in enumerate(images):
            graphs.picture(axes, (t + 4.5, top - 0.55), image, height=0.95)
        for line, (name, texts) in enumerate(said.items()):
            y = top - 1.35 - 0.5 * line
            axes.text(3.8, y, name, ha="right", va="center", size=10, color=style.MUTED)
            for t, (letter, right) in enumerate(zip(texts[n], words.text[n], strict=True)):
                good = letter == right
                axes.text(
                    t + 4.5,
                    y,
                    letter,
                    ha="center",
                    va="center",
                    color=style.INK if good else style.BAD,
                    weight="normal" if good else "bold",
                    size=12 if good else 14,
                )
