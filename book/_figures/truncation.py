"""Figures of the chapter *Truncation*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter, ScalarFormatter

from . import graphs, style

Array = np.ndarray

PITCH, LANE = 1.3, 0.27  # between two steps, and between the ways back of two losses


def three_kinds(T: int = 6, k: int = 3) -> None:
    """Draw an unrolled network three times, and below it how far back each loss reaches.

    Put back: the way forward is cut at the borders of chunks, too. Chunks: only the way back is.
    Window: every loss reaches k steps.
    """
    chunk = [t - (t - 1) % k for t in range(1, T + 1)]
    window = [max(1, t - k + 1) for t in range(1, T + 1)]
    height = 1.3 + LANE * T
    axes = graphs.canvas(PITCH * T + 1.75, 3 * height + 0.6)
    for panel, (title, first, reset) in enumerate(
        (
            ("put back to $h_0$: both ways are cut", chunk, True),
            ("chunks: forward whole, the way back is cut", chunk, False),
            (f"window: forward whole, each loss goes back {k} steps", window, False),
        )
    ):
        top = 3 * height + 0.3 - panel * (height + 0.06)
        axes.text(0.1, top, title, weight="bold", va="center", size=11)
        y = top - 0.62
        _states(axes, y, T, k if reset else T)
        _ways_back(axes, y - 0.58, first)
        if first is chunk:
            for border in range(k, T, k):
                x = 0.5 + PITCH * (border + 0.5)
                low = y - 0.5 - LANE * T
                axes.plot([x, x], [low, y + 0.38], ":", color=style.INK, lw=1.4)


def _states(axes: Axes, y: float, T: int, k: int) -> None:
    """Draw states and the way forward, which starts again after every k steps."""
    graphs.box(axes, (0.5, y), r"$\mathbf{h}_0$", style.MUTED, size=11)
    for t in range(1, T + 1):
        x = 0.5 + PITCH * t
        graphs.box(axes, (x, y), rf"$\mathbf{{h}}_{t}$", size=11)
        if (t - 1) % k or t == 1:
            graphs.arrow(axes, (x - PITCH, y), (x, y), style.RECURRENT)
        else:
            axes.text(x - 0.36, y + 0.62, "$h_0$", size=11, color=style.MUTED, ha="center")
            axes.annotate(
                "",
                (x - 0.06, y + 0.28),
                (x - 0.28, y + 0.58),
                arrowprops={"arrowstyle": "-|>", "color": style.RECURRENT, "lw": 1.8},
            )


def _ways_back(axes: Axes, y: float, first: Sequence[int]) -> None:
    """Draw for the loss of each step a dot at every step that it reaches, and an arrow back."""
    for t, end in enumerate(first, start=1):
        lane = y - LANE * (t - 1)
        xs = [0.5 + PITCH * s for s in range(end, t + 1)]
        axes.plot(xs, [lane] * len(xs), "o", color=style.OTHER, ms=4.5)
        if len(xs) > 1:
            axes.annotate(
                "",
                (xs[0], lane),
                (xs[-1], lane),
                arrowprops={"arrowstyle": "-|>", "color": style.OTHER, "lw": 1.4, "shrinkB": 2},
            )
        axes.text(xs[-1] + 0.2, lane, rf"$\ell_{t}$", va="center", size=11, color=style.OTHER)


def echoes(errors: Mapping[str, Mapping[int, Sequence[float]]], lag: int, solved: float) -> None:
    """Show how many answers are wrong after training: a dot per seed, by k and kind of cut."""
    figure, panels = plt.subplots(1, len(errors), figsize=(style.WIDTH, 3.5), sharey=True)
    for axes, (kind, by_k) in zip(panels, errors.items(), strict=True):
        ks = list(by_k)
        enough = sum(k <= lag for k in ks) - 0.5
        axes.axvspan(enough, len(ks) - 0.5, color=style.FAINT, alpha=0.6, lw=0)
        axes.axhline(0.5, color=style.MUTED, lw=1, ls="--")
        for place, values in enumerate(by_k.values()):
            spots = place + np.linspace(-0.2, 0.2, len(values))
            for spot, value in zip(spots, values, strict=True):
                good = value < solved
                axes.plot(
                    spot,
                    value,
                    "o" if good else "D",
                    color=style.GOOD if good else style.BAD,
                    ms=5,
                    clip_on=False,
                )
        axes.set(
            title=kind,
            xticks=range(len(ks)),
            xticklabels=ks,
            xlim=(-0.5, len(ks) - 0.5),
            xlabel="k",
        )
        axes.tick_params(axis="x", length=0)
    panels[0].set(ylim=(0, 0.56), ylabel="wrong answers")
    panels[0].yaxis.set_major_formatter(PercentFormatter(1))
    panels[0].text(-0.4, 0.505, "chance", size=10, va="bottom", color=style.MUTED)


def reaches(reach: Mapping[str, Array], needed: int) -> None:
    """Show how many steps each loss of a block reaches, and which of them reach far enough."""
    _, panels = plt.subplots(
        len(reach), 1, figsize=(style.WIDTH, 1.45 * len(reach) + 0.3), sharex=True
    )
    for axes, (name, steps) in zip(panels, reach.items(), strict=True):
        far = steps >= needed
        t = np.arange(1, len(steps) + 1)
        axes.bar(t[~far], steps[~far], 0.75, color=style.MUTED, alpha=0.55)
        axes.bar(t[far], steps[far], 0.75, color=style.GOOD)
        axes.axhline(needed, color=style.INK, lw=0.9, ls=":")
        axes.set_title(f"{name}: {far.sum()} of {len(steps)} see far enough", size=11)
        axes.set(xlim=(0.3, len(steps) + 0.7), yticks=[1, needed])
        axes.tick_params(axis="x", length=0)
    panels[-1].set(xlabel="step of the loss")
    panels[len(panels) // 2].set(ylabel="steps reached")


def bias(ks: Sequence[int], cosine: Mapping[str, Array], length: Mapping[str, Array]) -> None:
    """Compare truncated gradients with the full one: their direction and their length, by k."""
    figure, panels = plt.subplots(1, 2, figsize=(style.WIDTH, 3.9))
    looks = {"chunks": (style.INPUT, "o"), "window": (style.OTHER, "D")}
    for axes, curves, title in zip(
        panels, (cosine, length), ("cosine with the full gradient", "length, full = 1"), strict=True
    ):
        axes.axhline(1, color=style.FAINT, lw=1.2, zorder=0)
        for name, values in curves.items():
            network, kind = name.split(", ")
            colour, marker = looks[kind]
            fresh = network == "fresh"
            axes.plot(
                ks,
                values,
                marker + ("--" if fresh else "-"),
                color=colour,
                ms=4.5,
                lw=1.3 if fresh else 2,
                mfc="none" if fresh else colour,
                label=name,
            )
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator([1, 2, 5, 11, 24, 48]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.set(xlabel="k", title=title)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, handlelength=2.6)
