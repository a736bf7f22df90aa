"""Figures of the chapter *Unrolling*."""

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


def three_steps(x: Array, h: Array, scores: Array, W: Array, W_h: Array, W_out: Array) -> None:
    """Draw the one-unit network over three steps with every number in its place."""
    low, middle, high = 0.45, 1.75, 3.05
    axes = graphs.canvas(7.4, 3.5)

    def minus(number: float, digits: str) -> str:
        return f"{number:{digits}}".replace("-", "\N{MINUS SIGN}")

    places = [1.0, 2.6, 4.2, 5.8]
    states = [0.0, *h]
    for t, (place, state) in enumerate(zip(places, states, strict=True)):
        colour = style.INK if t else style.MUTED
        graphs.box(axes, (place, middle), minus(state, ".3f"), colour, size=10)
        axes.text(place - 0.36, middle + 0.36, f"$h_{t}$", ha="right", color=style.MUTED)
        if t:
            graphs.box(axes, (place, low), minus(x[t - 1], "g"), size=10)
            graphs.box(axes, (place, high), minus(scores[t - 1], ".3f"), size=10)
            graphs.arrow(axes, (place, low), (place, middle), style.INPUT, f"×{W:g}")
            graphs.arrow(axes, (place, middle), (place, high), style.OUTPUT, f"×{W_out[1]:g}")
            graphs.arrow(
                axes, (places[t - 1], middle), (place, middle), style.RECURRENT, f"×{W_h[1]:g}"
            )
    for y, name in ((low, "$x_t$"), (middle, "$h_t$"), (high, "$o_t$")):
        axes.text(6.4, y, name, va="center", color=style.MUTED)
    axes.text(
        6.85, middle, f"bias {W_h[0]:g}", va="center", size=9, color=style.RECURRENT, rotation=90
    )
    axes.text(
        6.85, high, f"bias {W_out[0]:g}", va="center", size=9, color=style.OUTPUT, rotation=90
    )


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
