"""Figures of the chapter *Unrolling*."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import PercentFormatter

from solutions.handwriting import ALPHABET

from . import graphs, style

Array = np.ndarray


def unrolled(letters: Array, answers: str, W: Array, W_h: Array, W_out: Array) -> None:
    """Draw a network folded up and, beside it, unrolled over the letters of a word.

    Sizes are read off the weights; ``answers`` is what the network said, letter by letter.
    """
    (H, D), (K, _), T = W.shape, W_out.shape, len(letters)
    low, middle, high = 0.6, 1.95, 3.1
    axes = graphs.canvas(4.1 + T, 3.75)

    graphs.box(axes, (1.35, low), r"$\mathbf{x}_t$")
    graphs.box(axes, (1.35, middle), r"$\mathbf{h}_t$")
    graphs.box(axes, (1.35, high), r"$\mathbf{o}_t$")
    graphs.arrow(axes, (1.35, low), (1.35, middle), style.INPUT, "$W^{(1)}$")
    graphs.arrow(axes, (1.35, middle), (1.35, high), style.OUTPUT, "$W^{(2)}$")
    graphs.loop(axes, (1.35, middle), style.RECURRENT, "$W_h$")
    for y, size in ((low, f"{D}\npixels"), (middle, f"1 + {H}\nunits"), (high, f"{K}\nscores")):
        axes.text(0.9, y, size, ha="right", va="center", size=10, color=style.MUTED)

    graphs.box(axes, (3.4, middle), r"$\mathbf{h}_0$", style.MUTED)
    for t, (letter, answer) in enumerate(zip(letters, answers, strict=True), start=1):
        x = 3.4 + t
        graphs.picture(axes, (x, low), letter)
        graphs.box(axes, (x, middle), rf"$\mathbf{{h}}_{t}$")
        graphs.box(axes, (x, high), answer, weight="bold", size=14)
        graphs.arrow(axes, (x - 1, middle), (x, middle), style.RECURRENT)
        graphs.arrow(axes, (x, low + 0.2), (x, middle), style.INPUT)
        graphs.arrow(axes, (x, middle), (x, high), style.OUTPUT)


def three_steps(
    x: Array,
    hs: Sequence[Array],
    scores: Array,
    layers: Sequence[tuple[float, Array]],
    W_out: Array,
) -> None:
    """Draw a network of one unit per layer over three steps with every number in its place.

    Each layer has its states (T,) in ``hs`` and its weights in ``layers``: from below, and
    (bias, weight) from the step before; ``W_out`` is (bias, weight).
    """
    low, step = 0.45, 1.3
    high = low + step * (len(layers) + 1)
    axes = graphs.canvas(7.4, high + 0.45)
    places = [1.0, 2.6, 4.2, 5.8]
    for t, place in enumerate(places[1:]):
        graphs.box(axes, (place, low), graphs.minus(x[t], "g"), size=10)
        graphs.box(axes, (place, high), graphs.minus(scores[t], ".3f"), size=10)
        below = (place, high - step)
        graphs.arrow(axes, below, (place, high), style.OUTPUT, f"×{W_out[1]:g}")
    axes.text(6.4, low, "$x_t$", va="center", color=style.MUTED)
    axes.text(6.4, high, "$o_t$", va="center", color=style.MUTED)

    def bias(y: float, number: float, colour: str) -> None:
        text = f"bias {graphs.minus(number, 'g')}"
        axes.text(6.95, y, text, va="center", size=9, rotation=90, color=colour)

    bias(high, W_out[0], style.OUTPUT)

    for number, (h, (W, W_h)) in enumerate(zip(hs, layers, strict=True), start=1):
        y = low + step * number
        upwards, onwards = style.LAYERS[number - 1]
        layer = f"^{{({number})}}" if len(layers) > 1 else ""
        for t, state in enumerate([0.0, *h]):
            at = places[t], y
            graphs.box(
                axes, at, graphs.minus(state, ".3f"), style.INK if t else style.MUTED, size=10
            )
            axes.text(at[0] - 0.36, y + 0.36, f"$h{layer}_{t}$", ha="right", color=style.MUTED)
            if t:
                graphs.arrow(axes, (at[0], y - step), at, upwards, f"×{graphs.minus(W, 'g')}")
                before = places[t - 1], y
                graphs.arrow(axes, before, at, onwards, f"×{graphs.minus(W_h[1], 'g')}")
        axes.text(6.4, y, f"$h{layer}_t$", va="center", color=style.MUTED)
        bias(y, W_h[0], onwards)


def reading(letters: Array, word: str, h: Array, probabilities: Array) -> None:
    """Show a word being read: the pictures, some units after each, and the belief about each."""
    T, shown = len(letters), 16
    figure, (top, centre, bottom) = plt.subplots(
        3, 1, figsize=(style.WIDTH, 5.6), height_ratios=(1, 2.2, 2.2), sharex=True
    )
    for t, letter in enumerate(letters):
        top.imshow(letter, extent=(t - 0.25, t + 0.25, 0, 1), aspect="auto")
    top.set(xlim=(-0.5, T - 0.5), ylim=(0, 1), yticks=[], title="what it sees")
    top.spines[:].set_visible(False)
    top.tick_params(length=0)
    states = centre.pcolormesh(
        np.arange(T),
        np.arange(shown),
        h[:, 1 : shown + 1].T,
        cmap="PuOr",
        vmin=-1,
        vmax=1,
        edgecolors=style.PAPER,
        linewidth=1.5,
    )
    units = h.shape[1] - 1
    centre.set(yticks=[], ylabel=f"{shown} of {units} units", title="what it remembers")
    centre.spines[:].set_visible(False)
    centre.tick_params(length=0)
    figure.colorbar(states, ax=centre, pad=0.01, ticks=[-1, 0, 1])
    best = np.argsort(-probabilities, axis=1)[:, :3]
    for t in range(T):
        floor = 0.0
        for label in best[t]:
            p = probabilities[t, label]
            right = ALPHABET[label] == word[t]
            bottom.bar(t, p, 0.6, floor, color=style.GOOD if right else style.FAINT)
            if p > 0.08:
                bottom.text(
                    t,
                    floor + p / 2,
                    ALPHABET[label],
                    ha="center",
                    va="center",
                    color=style.PAPER if right else style.INK,
                    weight="bold",
                )
            floor += p
    bottom.set(
        ylim=(0, 1),
        yticks=[0, 0.5, 1],
        ylabel="probability",
        title="what it believes",
        xticks=range(T),
        xticklabels=[f"t = {t}" for t in range(1, T + 1)],
    )
    bottom.tick_params(length=0)


def memory_cut(position: Array, carried: Array, reset: Array) -> None:
    """Compare reading with and without the carried state, by position in the word."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.2))
    axes.plot(position, carried, "o-", color=style.GOOD)
    axes.plot(position, reset, "s--", color=style.BAD)
    axes.annotate(
        "state carried",
        (position[-1], carried[-1]),
        (-4, 8),
        textcoords="offset points",
        ha="right",
        va="bottom",
        color=style.GOOD,
    )
    axes.annotate(
        "state put back to $h_0$",
        (position[-1], reset[-1]),
        (-4, -10),
        textcoords="offset points",
        ha="right",
        va="top",
        color=style.BAD,
    )
    axes.set(
        xlabel="position of the letter in its word",
        ylabel="letters read right",
        xticks=position,
        ylim=(0, 1),
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(axis="y")
