"""Figures of the chapter *Takeaways*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from . import graphs, style

Array = np.ndarray
COLOURS = (style.MUTED, style.BAD, style.SECOND, style.GOOD, style.OTHER)


def named_right(right: Mapping[str, Array], lengths: Sequence[int], guessing: float) -> None:
    """Show what share of first symbols each network names: a panel for each length, a dot a seed.

    ``right[name]`` is (lengths, seeds).
    """
    _, panels = plt.subplots(1, len(lengths), figsize=(style.WIDTH, 3.1), sharey=True)
    rows = np.arange(len(right))[::-1]
    for n, (axes, T) in enumerate(zip(panels, lengths, strict=True)):
        axes.axvline(guessing, color=style.MUTED, lw=0.8, ls=":")
        for row, shares, colour in zip(rows, right.values(), COLOURS, strict=True):
            heights = row + np.linspace(0.22, -0.22, shares.shape[1])
            axes.plot(shares[n], heights, "o", ms=5, color=colour, alpha=0.85, clip_on=False)
        axes.set(title=f"T = {T}", xlim=(0, 1), ylim=(-0.6, len(right) - 0.4))
        axes.set_xticks([0, 0.5, 1], ["0", "50%", "100%"])
        axes.tick_params(axis="y", length=0)
        axes.set_yticks(rows, right)
    panels[0].text(guessing + 0.03, -0.55, "guessing", size=10, color=style.MUTED, va="bottom")


def gradient_left(left: Mapping[str, Array]) -> None:
    """Show how much of the last loss's gradient gets k steps back, before training.

    ``left[name]`` is (starts, T), in shares of what the last input gets.
    """
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.7))
    k = np.arange(next(iter(left.values())).shape[1])
    ends = [float(np.log10(curves[:, -10:]).mean()) for curves in left.values()]
    heights = 10 ** graphs.spread(ends, 0.75)
    for (name, curves), colour, height in zip(left.items(), COLOURS, heights, strict=True):
        axes.plot(k, curves.T, color=colour, lw=1.3)
        axes.text(k[-1] + 1, height, name, color=colour, va="center", size=11)
    axes.axhline(1, color=style.FAINT, zorder=0)
    axes.set(yscale="log", ylim=(1e-9, 3), yticks=[1, 1e-2, 1e-4, 1e-6, 1e-8])
    axes.set(xlabel="k, steps back in time", ylabel="gradient at the input")
    axes.set(xlim=(0, k[-1] + 27), xticks=range(0, len(k) + 1, 10))
    axes.minorticks_off()
