"""Figures of the chapter *Bidirectional networks*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from . import graphs, style

Array = np.ndarray

ASIDE = 0.31  # forward states stand to the left of their step's middle, backward ones to the right
PITCH = 1.3  # from step to step
LOW, FORWARD, BACKWARD, HIGH = 0.6, 1.9, 2.95, 4.1  # the four rows


def chains(
    axes: Axes,
    places: Sequence[float],
    forward: Sequence[str],
    backward: Sequence[str],
    factors: Sequence[Sequence[str]] = (("", "", ""), ("", "", "")),
) -> None:
    """Draw both chains over the steps at ``places``, with their arrows from inputs to outputs.

    ``forward`` begins with the first state of its chain, ``backward`` ends with that of its own;
    ``factors`` are written beside some of the arrows: W, W_h and W_out of each chain.
    """
    T, pitch = len(places), places[1] - places[0]
    for t, x in enumerate(places):
        for texts, y, side, step, (W, W_h, W_out), names in (
            (forward[1:], FORWARD, -ASIDE, -1, style.BOTH[0], factors[0]),
            (backward[:-1], BACKWARD, ASIDE, 1, style.BOTH[1], factors[1]),
        ):
            at = (x + side, y)
            before = (places[t + step] if 0 <= t + step < T else x + step * pitch) + side
            last = t == T - 1
            graphs.box(axes, at, texts[t], size=9)
            graphs.arrow(axes, (x + side / 3, LOW + 0.25), at, W)
            graphs.arrow(axes, (before, y), at, W_h, names[1] if not 0 <= t + step < T else "")
            graphs.arrow(axes, at, (x + side / 3, HIGH), W_out)
            if last and names[0]:
                beside = np.sign(side)
                for y_label, name, colour in (
                    (LOW + 0.52, names[0], W),
                    (HIGH - 0.46, names[2], W_out),
                ):
                    axes.text(
                        x + 0.42 * beside,
                        y_label,
                        name,
                        color=colour,
                        ha="right" if side < 0 else "left",
                        va="center",
                        size=10,
                    )
    start, end = (places[0] - pitch - ASIDE, FORWARD), (places[-1] + pitch + ASIDE, BACKWARD)
    graphs.box(axes, start, forward[0], style.MUTED, size=9)
    graphs.box(axes, end, backward[-1], style.MUTED, size=9)


def unrolled(letters: Array, answers: str) -> None:
    """Draw a bidirectional network unrolled over the letters of a word."""
    T = len(letters)
    places = 2.25 + PITCH * np.arange(T)
    axes = graphs.canvas(places[-1] + 2.25, HIGH + 0.6)
    names = [[rf"$\mathbf{{h}}_{t}^{{({d})}}$" for t in range(T + 2)] for d in "fb"]
    chains(axes, list(places), names[0][:-1], names[1][1:])
    for x, letter, answer in zip(places, letters, answers, strict=True):
        graphs.picture(axes, (x, LOW), letter)
        graphs.box(axes, (x, HIGH), answer, weight="bold", size=14)


def folded() -> None:
    """Draw a bidirectional network with its two loops and the name of every weight."""
    axes = graphs.canvas(9.0, HIGH + 0.6)
    x, (forward, backward) = 4.2, style.BOTH
    left, right = x - 1.15, x + 1.15
    middle = (FORWARD + BACKWARD) / 2
    graphs.box(axes, (x, LOW), r"$\mathbf{x}_t$")
    graphs.box(axes, (x, HIGH), r"$\mathbf{o}_t$")
    for at, name, (W, W_h, W_out), d in (
        ((left, middle), "f", forward, -1),
        ((right, middle), "b", backward, 1),
    ):
        graphs.box(axes, at, rf"$\mathbf{{h}}_t^{{({name})}}$", size=11)
        graphs.arrow(axes, (x, LOW), at, W)
        graphs.arrow(axes, at, (x, HIGH), W_out)
        side = "right" if d < 0 else "left"
        near = x + d * 0.95
        axes.text(near, LOW + 0.45, f"$W_{name}^{{(1)}}$", color=W, ha=side, va="center")
        axes.text(near, HIGH - 0.45, f"$W_{name}^{{(2)}}$", color=W_out, ha=side, va="center")
        graphs.loop(axes, at, W_h, f"$W_{name}$", leftwards=d < 0)
    axes.text(
        left - 1.45,
        middle,
        "hands on\nto t + 1",
        ha="right",
        va="center",
        size=10,
        color=style.MUTED,
    )
    axes.text(
        right + 1.45,
        middle,
        "hands on\nto t − 1",
        ha="left",
        va="center",
        size=10,
        color=style.MUTED,
    )


def three_steps(
    x: Array, h_f: Array, h_b: Array, scores: Array, forward: Array, backward: Array
) -> None:
    """Draw one unit in each direction over three steps with every number in its place.

    ``forward`` and ``backward`` are (w, bias, w_h, output bias, w_out) of their chain.
    """
    places = [2.2 + 1.55 * t for t in range(3)]
    axes = graphs.canvas(places[-1] + 2.2, HIGH + 0.6)
    for place, given, score in zip(places, x, scores, strict=True):
        graphs.box(axes, (place, LOW), graphs.minus(given, "g"), size=10)
        graphs.box(axes, (place, HIGH), graphs.minus(score, ".3f"), size=10)
    factors = [
        [f"×{graphs.minus(number, 'g')}" for number in (w, w_h, w_out)]
        for w, _, w_h, _, w_out in (forward, backward)
    ]
    chains(
        axes,
        places,
        ["0.000", *(graphs.minus(h, ".3f") for h in h_f)],
        [*(graphs.minus(h, ".3f") for h in h_b), "0.000"],
        factors,
    )
    for place, y, name in (
        (places[0] - 1.55 - ASIDE, FORWARD, "$h_0^{(f)}$"),
        (places[-1] + 1.55 + ASIDE, BACKWARD, "$h_4^{(b)}$"),
    ):
        axes.text(place, y + 0.42, name, ha="center", color=style.MUTED)


def padding(words: Sequence[str], turned: Mapping[str, Sequence[str]]) -> None:
    """Show a padded batch of words, and what the backward chain would read in several ways.

    ``turned[title]`` holds a text for each word, with a blank for each step of padding.
    """
    T = max(map(len, words))
    panels = {"the batch": [word.ljust(T) for word in words], **turned}
    _, grids = plt.subplots(1, len(panels), figsize=(style.WIDTH, 0.42 * len(words) + 0.9))
    for axes, (title, rows) in zip(grids, panels.items(), strict=True):
        for n, row in enumerate(rows):
            for t, letter in enumerate(row):
                blank = letter == " "
                axes.add_patch(
                    Rectangle(
                        (t + 0.05, -n - 0.95),
                        0.9,
                        0.9,
                        lw=1,
                        fc=style.FAINT if blank else "none",
                        ec=style.FAINT if blank else style.MUTED,
                    )
                )
                axes.text(t + 0.5, -n - 0.52, letter, ha="center", va="center", size=11)
        axes.set(xlim=(0, T), ylim=(-len(words), 0), aspect="equal")
        axes.set_title(title, size=10.5)
        axes.set_axis_off()


def spoken(word: str, right: Sequence[str], said: Mapping[str, Sequence[str]]) -> None:
    """Show what each network says to each letter of a word, right ones and wrong ones."""
    T, rows = len(word), len(said)
    axes = graphs.canvas(T + 3.2, 0.62 * rows + 1.5)
    top = 0.62 * rows + 1.0
    for t, letter in enumerate(word):
        axes.text(t + 3.4, top, letter, ha="center", va="center", size=15, weight="bold")
        axes.text(t + 3.4, top - 0.5, right[t], ha="center", va="center", color=style.MUTED)
    axes.text(2.7, top - 0.5, "right", ha="right", va="center", color=style.MUTED)
    for n, (name, sounds) in enumerate(said.items()):
        y = top - 1.15 - 0.62 * n
        axes.text(2.7, y, name, ha="right", va="center")
        for t, sound in enumerate(sounds):
            good = sound == right[t]
            axes.text(
                t + 3.4,
                y,
                sound,
                ha="center",
                va="center",
                color=style.GOOD if good else style.BAD,
                weight="normal" if good else "bold",
            )


def uncovered(word: str, beliefs: Mapping[str, Array], claim: str) -> None:
    """Show what a network believes of one letter while the word is uncovered from the left."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 2.9))
    seen = [word[: n + 1] + "·" * (len(word) - n - 1) for n in range(len(word))]
    looks = {0: (style.MUTED, "s--"), 1: (style.GOOD, "o-")}
    for number, (name, belief) in enumerate(beliefs.items()):
        colour, marker = looks[number]
        places = np.arange(len(word) - len(belief), len(word))
        axes.plot(places, belief, marker, color=colour)
        axes.annotate(
            name,
            (places[-1], belief[-1]),
            (8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
        )
    axes.set(
        xlim=(-0.3, len(word) + 0.6),
        ylim=(-0.03, 1.05),
        xticks=range(len(word)),
        xticklabels=seen,
        xlabel="what it has been shown",
        ylabel=claim,
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(axis="y")


def cheating(losses: Mapping[str, tuple[float, float]], guess: float) -> None:
    """Compare the surprise at the next letter with it in sight, and without."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 2.9))
    looks = {0: (style.GOOD, "o-"), 1: (style.BAD, "s-")}
    for number, (name, pair) in enumerate(losses.items()):
        colour, marker = looks[number]
        axes.plot([0, 1], pair, marker, color=colour, ms=8)
        axes.annotate(
            f"{name}: {pair[1]:.1f}",
            (1, pair[1]),
            (10, 0),
            textcoords="offset points",
            va="center",
            color=colour,
        )
    axes.axhline(guess, color=style.MUTED, lw=1, ls=":")
    axes.text(-0.35, guess, "guessing", va="bottom", size=10, color=style.MUTED)
    axes.set(
        xlim=(-0.4, 2.0),
        ylim=(0, None),
        xticks=[0, 1],
        xticklabels=["the whole word\nis there", "only the past\nis there"],
        ylabel="surprise at the next\nletter, in nats",
    )
    axes.grid(axis="y")
