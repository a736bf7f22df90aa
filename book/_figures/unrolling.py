"""Figures of the chapter *Unrolling*."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from solutions.handwriting import ALPHABET

from . import frames, graphs, style
from .frames import Frame, Frames, symbol
from .graphs import Point

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
    made: int = 3,
) -> None:
    """Draw a network of one unit per layer over three steps with every number in its place.

    Each layer has its states (T,) in ``hs`` and its weights in ``layers``: from below, and
    (bias, weight) from the step before; ``W_out`` is (bias, weight). After the first ``made``
    steps the boxes are still empty.
    """
    low, step = 0.45, 1.3
    high = low + step * (len(layers) + 1)
    axes = graphs.canvas(7.4, high + 0.45)
    places = [1.0, 2.6, 4.2, 5.8]

    def number(t: int, at: Point, value: float) -> None:
        if t <= made:
            colour = style.INK if t else style.MUTED
            graphs.box(axes, at, graphs.minus(value, ".3f"), colour, size=9.5)
        else:
            graphs.box(axes, at, "", style.FAINT)

    for t, place in enumerate(places[1:], start=1):
        graphs.box(axes, (place, low), graphs.minus(x[t - 1], "g"), size=10)
        number(t, (place, high), scores[t - 1])
        if t <= made:
            below = (place, high - step)
            graphs.arrow(axes, below, (place, high), style.OUTPUT, f"×{W_out[1]:g}")
    axes.text(6.4, low, "$x_t$", va="center", color=style.MUTED)
    axes.text(6.4, high, "$o_t$", va="center", color=style.MUTED)
    bias(axes, high, W_out[0], style.OUTPUT)

    for level, (h, (W, W_h)) in enumerate(zip(hs, layers, strict=True), start=1):
        y = low + step * level
        upwards, onwards = style.LAYERS[level - 1]
        layer = f"^{{({level})}}" if len(layers) > 1 else ""
        for t, state in enumerate([0.0, *h]):
            at = places[t], y
            number(t, at, state)
            axes.text(at[0] - 0.36, y + 0.36, f"$h{layer}_{t}$", ha="right", color=style.MUTED)
            if 1 <= t <= made:
                graphs.arrow(axes, (at[0], y - step), at, upwards, f"×{graphs.minus(W, 'g')}")
                before = places[t - 1], y
                graphs.arrow(axes, before, at, onwards, f"×{graphs.minus(W_h[1], 'g')}")
        axes.text(6.4, y, f"$h{layer}_t$", va="center", color=style.MUTED)
        bias(axes, y, W_h[0], onwards)


def bias(axes: Axes, y: float, number: float, colour: str) -> None:
    """Write a bias at the end of its row."""
    text = f"bias {graphs.minus(number, 'g')}"
    axes.text(6.95, y, text, va="center", size=9, rotation=90, color=colour)


def folded(W: float, W_h: Array, W_out: Array) -> None:
    """Draw the network of ``three_steps`` with its loop, as large and with rows as high."""
    low, step = 0.45, 1.3
    axes = graphs.canvas(7.4, low + 2 * step + 0.45)
    rows = [(3.7, low + step * row) for row in range(3)]
    for at, name in zip(rows, ("$x_t$", "$h_t$", "$o_t$"), strict=True):
        graphs.box(axes, at, name)
    graphs.arrow(axes, rows[0], rows[1], style.INPUT, f"×{W:g}")
    graphs.arrow(axes, rows[1], rows[2], style.OUTPUT, f"×{W_out[1]:g}")
    graphs.loop(axes, rows[1], style.RECURRENT, f"×{W_h[1]:g}")
    for (x, y), number, colour in (
        (rows[1], W_h[0], style.RECURRENT),
        (rows[2], W_out[0], style.OUTPUT),
    ):
        axes.text(x - 0.45, y, f"bias {number:g}", ha="right", va="center", size=10, color=colour)


def step_by_step(x: Array, h: Array, scores: Array, w: float, w_h: Array, w_out: Array) -> Frames:
    """Unroll a network of one unit over three steps, a frame for each.

    ``x``, ``h`` and ``scores`` are (T,); ``w_h`` and ``w_out`` are (bias, weight).
    """
    folded(w, w_h, w_out)
    shown = [
        Frame(
            plt.gcf(),
            "Folded up: one unit, and a loop. Nothing is computed yet.",
            f"The network folded up: x_t leads to h_t, times {w:g}; h_t leads back to itself, "
            f"times {w_h[1]:g}, and up to o_t, times {w_out[1]:g}. The hidden bias is "
            f"{w_h[0]:g}, the output bias {w_out[0]:g}.",
        )
    ]
    for t, h_prev in enumerate([0.0, *h[:-1]], start=1):
        given, before, z, state, score = (
            graphs.minus(number, digits)
            for number, digits in (
                (x[t - 1], "g"),
                (h_prev, ".3f"),
                (w * x[t - 1] + w_h[0] + w_h[1] * h_prev, ".3f"),
                (h[t - 1], ".3f"),
                (scores[t - 1], ".3f"),
            )
        )
        three_steps(x, [h], scores, [(w, w_h)], w_out, made=t)
        caption = (
            f"Step {t}: {symbol('h', t)} = tanh({w:g} · {factor(given)} + {w_h[0]:g} + {w_h[1]:g} "
            f"· {factor(before)}) = tanh({z}) = {state}, and {symbol('o', t)} = {w_out[0]:g} + "
            f"{w_out[1]:g} · {factor(state)} = {score}."
        )
        rest = "All boxes are full." if t == len(x) else "The boxes of later steps are empty."
        alt = (
            f"The network unrolled as far as step {t}. To h_{t} = {state} lead x_{t} = {given}, "
            f"times {w:g}, and the state before, {before}, times {w_h[1]:g}. It leads to o_{t} = "
            f"{score}, times {w_out[1]:g}. {rest}"
        )
        shown.append(Frame(plt.gcf(), caption, alt))
    return frames.show(shown, label="Unroll")


def factor(number: str) -> str:
    """Put a negative number into brackets, to stand behind a sign."""
    return f"({number})" if number.startswith(graphs.MINUS) else number


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
