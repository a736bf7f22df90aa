"""Figures of the chapter *Deep networks*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from . import graphs, style

Array = np.ndarray


def grid(letters: Array, answers: str, sizes: Sequence[int], K: int) -> None:
    """Draw a deep network folded up and, beside it, unrolled over the letters of a word.

    ``sizes`` are the numbers of hidden units, the lowest layer first; ``answers`` is what the
    network said. Every weight has a colour of its own.
    """
    T, L, low, step = len(letters), len(sizes), 0.6, 1.25
    heights = [low + 0.1 + step * (level + 1) for level in range(L)]
    high = heights[-1] + 1.15
    axes = graphs.canvas(4.1 + T, high + 0.6)
    centre = 1.35

    graphs.box(axes, (centre, low), r"$\mathbf{x}_t$")
    graphs.box(axes, (centre, high), r"$\mathbf{o}_t$")
    for level, y in enumerate(heights, start=1):
        upwards, onwards = style.LAYERS[level - 1]
        graphs.box(axes, (centre, y), rf"$\mathbf{{h}}_t^{{({level})}}$", size=11)
        below = heights[level - 2] if level > 1 else low
        graphs.arrow(axes, (centre, below), (centre, y), upwards, f"$W^{{({level})}}$")
        graphs.loop(axes, (centre, y), onwards, f"$W_h^{{({level})}}$")
        size = f"1 + {sizes[level - 1]}\nunits"
        axes.text(0.9, y, size, ha="right", va="center", size=10, color=style.MUTED)
    top = (centre, heights[-1])
    graphs.arrow(axes, top, (centre, high), style.OUTPUT, f"$W^{{({L + 1})}}$")
    for y, size in ((low, f"{letters[0].size}\npixels"), (high, f"{K}\nscores")):
        axes.text(0.9, y, size, ha="right", va="center", size=10, color=style.MUTED)

    for level, y in enumerate(heights, start=1):
        upwards, onwards = style.LAYERS[level - 1]
        graphs.box(axes, (3.4, y), rf"$\mathbf{{h}}_0^{{({level})}}$", style.MUTED, size=10)
        for t in range(1, T + 1):
            at = 3.4 + t, y
            graphs.box(axes, at, rf"$\mathbf{{h}}_{t}^{{({level})}}$", size=10)
            graphs.arrow(axes, (at[0] - 1, y), at, onwards)
            start = heights[level - 2] if level > 1 else low + 0.2
            graphs.arrow(axes, (at[0], start), at, upwards)
    for t, (letter, answer) in enumerate(zip(letters, answers, strict=True), start=1):
        x = 3.4 + t
        graphs.picture(axes, (x, low), letter)
        graphs.box(axes, (x, high), answer, weight="bold", size=14)
        graphs.arrow(axes, (x, heights[-1]), (x, high), style.OUTPUT)


def cone(letters: Array, influence: Mapping[str, Array], marked: int) -> None:
    """Show which inputs move which answers: a map for each network.

    ``influence[name][s, t]`` is how much answer t moves when input s is changed, zero where it does
    not move at all; the column of answer ``marked`` is framed.
    """
    T = len(letters)
    figure, grids = plt.subplots(
        1, len(influence), figsize=(style.WIDTH, 3.9), squeeze=False, sharey=True
    )
    for axes, (name, moved) in zip(grids[0], influence.items(), strict=True):
        shade = np.where(moved > 0, np.log10(np.maximum(moved, 1e-12)), np.nan)
        image = axes.imshow(shade, cmap="Blues", vmin=-6, vmax=0)
        for s, t in np.argwhere(moved == 0):
            axes.text(t, s, "0", ha="center", va="center", size=10, color=style.MUTED)
        axes.add_patch(
            Rectangle((marked - 0.5, -0.5), 1, T, fill=False, ec=style.BAD, lw=2.5, clip_on=False)
        )
        axes.set(title=name, xticks=range(T), xlabel="this answer moves")
        axes.set_xticklabels([f"$o_{t + 1}$" for t in range(T)])
        axes.set(yticks=range(T))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    first = grids[0, 0]
    first.set(ylabel="when this input is changed")
    first.set_yticklabels([f"$x_{s + 1}$" for s in range(T)])
    bar = figure.colorbar(image, ax=grids[0].tolist(), shrink=0.8, ticks=[0, -2, -4, -6])
    bar.set_label("by so much")
    bar.set_ticklabels(["1", "0.01", "0.0001", "0.000001"])


def probes(offsets: Sequence[int], right: Mapping[str, Array]) -> None:
    """Compare how well the letters around t can be read off each layer's state at t."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    looks = ((style.MUTED, "s--"), (style.INPUT, "o-"), (style.OTHER, "D-"))
    heights = graphs.spread([values[-1] for values in right.values()], 0.07)
    for (name, values), (colour, marker), height in zip(right.items(), looks, heights, strict=True):
        axes.plot(offsets, values, marker, color=colour)
        axes.text(offsets[-1] + 0.15, height, name, va="center", color=colour)
    axes.axvline(0, color=style.FAINT, zorder=0)
    names = {-1: "the one\nbefore", 0: "this\nletter", 1: "the\nnext"}
    axes.set(
        ylabel="letters read off",
        xticks=offsets,
        xticklabels=[names.get(k, f"{k:+d}".replace("-", "\N{MINUS SIGN}")) for k in offsets],
        xlim=(offsets[0] - 0.2, offsets[-1] + 1.25),
        ylim=(0, 1),
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(axis="y")
