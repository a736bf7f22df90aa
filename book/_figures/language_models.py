"""Figures of the chapter *Language models*."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Rectangle

from . import frames, graphs, style
from .frames import Frame, Frames

Array = np.ndarray

VISIBLE = {" ": "␣", "\n": "↵"}
RANGE = LinearSegmentedColormap.from_list("activation", ["#F2A97E", style.PAPER, "#85BFE3"])


def visible(token: str) -> str:
    """Write blanks and line ends so that they can be seen."""
    return "".join(VISIBLE.get(character, character) for character in token)


def wrapped(text: str, width: int = 66) -> str:
    """Break the lines of a text that are longer than a page is wide."""
    return "\n".join(textwrap.fill(line, width) for line in text.split("\n"))


def reading(text: str, best: Sequence[Sequence[tuple[str, float]]]) -> None:
    """Draw a network over a text, and above each state the tokens that it thinks likely next.

    ``best[t]`` are tokens with their probabilities, the most likely first; the one that really
    comes, ``text[t + 1]``, is marked.
    """
    T, low, middle = len(text) - 1, 0.5, 1.75
    rows = max(map(len, best))
    axes = graphs.canvas(T + 1.6, 3.2 + 0.55 * rows)
    graphs.box(axes, (0.6, middle), "…", style.MUTED)
    for t in range(T):
        x = t + 1.6
        graphs.box(axes, (x, low), visible(text[t]), weight="bold", size=13)
        graphs.box(axes, (x, middle), rf"$\mathbf{{h}}_{{{t + 1}}}$" if t < 9 else "", size=11)
        graphs.arrow(axes, (x, low), (x, middle), style.INPUT)
        graphs.arrow(axes, (x - 1, middle), (x, middle), style.RECURRENT)
        graphs.arrow(axes, (x, middle), (x, middle + 1.2), style.OUTPUT)
        for row, (token, p) in enumerate(best[t]):
            y = middle + 1.2 + 0.55 * (rows - 1 - row)
            comes = token == text[t + 1]
            colour, weight = (style.OUTPUT, "bold") if comes else (style.MUTED, "normal")
            font: dict[str, Any] = {"va": "center", "size": 10, "color": colour, "weight": weight}
            axes.text(x - 0.36, y, visible(token), **font)
            axes.text(x + 0.42, y, f"{100 * p:.0f}", ha="right", **font)
    axes.text(0.05, low, "reads", va="center", size=10, color=style.MUTED)
    axes.text(
        0.05,
        middle + 1.2 + 0.55 * (rows - 1) / 2,
        "next, in %",
        size=10,
        color=style.MUTED,
        rotation=90,
        va="center",
    )


def trellis(tokens: Sequence[str], table: Mapping[str, Mapping[str, float]], path: str) -> None:
    """Draw all ways through the steps of a small language model, and one of them thick.

    ``table[given][token]`` is the probability of a token after ``given``, where ``"start"`` is
    given at first; after the last of the tokens the text is over.
    """
    heights = {token: 2.9 - 1.15 * row for row, token in enumerate(tokens)}
    axes = graphs.canvas(2.3 + 1.9 * len(path), 3.75)
    places = [0.6 + 1.9 * t for t in range(len(path) + 1)]
    at = (places[0], heights[tokens[1]])
    graphs.box(axes, at, "start", size=9)
    before = {"start": at}
    for t, chosen in enumerate(path):
        x, here = places[t + 1], {token: (places[t + 1], y) for token, y in heights.items()}
        came = path[t - 1] if t else "start"
        for given, start in before.items():
            for token, end in here.items():
                thick = (given, token) == (came, chosen)
                colour = style.OUTPUT if thick else style.FAINT
                graphs.arrow(axes, start, end, colour)
        p = table[came][chosen]
        middle = np.add(before[came], here[chosen]) / 2
        axes.text(
            middle[0],
            middle[1] + 0.17,
            fraction(p),
            ha="center",
            va="bottom",
            size=12,
            color=style.OUTPUT,
            bbox={"fc": style.PAPER, "ec": "none", "pad": 1.0, "alpha": 0.85},
        )
        for token, end in here.items():
            graphs.box(axes, end, token, style.INK if token == chosen else style.MUTED, size=12)
        axes.text(x, 3.4, f"$w_{t + 1}$", ha="center", color=style.MUTED)
        before = {token: end for token, end in here.items() if token != tokens[-1]}


def fraction(p: float) -> str:
    """Write one over a power of two."""
    return f"1/{round(1 / p)}"


def cells(axes: Axes, text: str, at: tuple[float, float], colours: Sequence[object]) -> None:
    """Write a text in boxes of one unit, each on a ground of its own."""
    for n, (character, colour) in enumerate(zip(text, colours, strict=True)):
        x, y = at[0] + n, at[1]
        axes.add_patch(Rectangle((x, y), 1, 1.6, fc=colour, ec="none"))
        axes.text(
            x + 0.5,
            y + 0.75,
            VISIBLE.get(character, character),
            ha="center",
            va="center",
            size=10.5,
            family="DejaVu Sans Mono",
            color=style.INK,
        )


def cuts(rows: Mapping[str, Sequence[str]]) -> None:
    """Show one text cut into tokens in several ways, neighbours on different grounds."""
    length = max(sum(map(len, tokens)) for tokens in rows.values())
    axes = graphs.canvas(length + 0.5, 3.7 * len(rows))
    for number, (name, tokens) in enumerate(rows.items()):
        y = 3.7 * (len(rows) - 1 - number) + 0.3
        shades = [(style.FAINT, "#BFDDF0")[n % 2] for n, token in enumerate(tokens) for _ in token]
        cells(axes, "".join(tokens), (0.25, y), shades)
        axes.text(0.25, y + 2.0, f"{name}: {len(tokens)} tokens", size=11, color=style.MUTED)


def streams(text: str, batch: int, steps: int) -> None:
    """Draw a text cut into streams and pieces; between the pieces the state is carried over."""
    n = len(text) // batch
    gap = 1.3
    pieces = -(-n // steps)
    width = n + gap * (pieces - 1)
    axes = graphs.canvas(width + 9.0, 2.6 * batch + 2.2)
    for row in range(batch):
        y = 2.6 * (batch - 1 - row) + 0.3
        axes.text(0, y + 0.75, f"stream {row + 1}", va="center", size=10, color=style.MUTED)
        for piece in range(pieces):
            start = piece * steps
            part = text[row * n + start : row * n + min(start + steps, n)]
            x = 8.0 + start + gap * piece
            cells(axes, part, (x, y), [("#BFDDF0", style.FAINT)[piece % 2]] * len(part))
            if piece:
                axes.add_patch(
                    FancyArrowPatch(
                        (x - gap, y + 0.8),
                        (x + 0.05, y + 0.8),
                        arrowstyle="-|>",
                        mutation_scale=9,
                        lw=1.6,
                        color=style.RECURRENT,
                        shrinkA=0,
                        shrinkB=0,
                    )
                )
    for piece in range(pieces):
        x = 8.0 + piece * (steps + gap) + min(steps, n - piece * steps) / 2
        axes.text(
            x, 2.6 * batch + 0.6, f"piece {piece + 1}", ha="center", size=10, color=style.MUTED
        )


def learning(panels: Mapping[str, Mapping[str, Array]]) -> None:
    """Compare what was learned with what was held out, while the training went on.

    ``panels[title][text]`` is an Array (moments, 3): step, bits per character on what was learned
    from, and on what was held out.
    """
    figure, grid = plt.subplots(1, len(panels), figsize=(style.WIDTH, 3.5), sharey=True)
    looks = {"Pride and Prejudice": style.INPUT, "Alice": style.RECURRENT}
    for axes, (title, curves) in zip(grid, panels.items(), strict=True):
        for name, curve in curves.items():
            seen = curve[curve[:, 0] > 0]
            axes.plot(seen[:, 0], seen[:, 2], "o-", ms=3.5, color=looks[name])
            axes.plot(seen[:, 0], seen[:, 1], "--", lw=1.5, color=looks[name])
        axes.set(title=title, xlabel="steps", ylim=(0.9, 3.2), xlim=(0, None))
        axes.grid(axis="y")
    grid[0].set(ylabel="bits per character")
    handles = [
        *(Line2D([], [], color=colour, label=name) for name, colour in looks.items()),
        Line2D([], [], color=style.MUTED, marker="o", ms=3.5, label="held out"),
        Line2D([], [], color=style.MUTED, ls="--", lw=1.5, label="learned from"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=10)


def baselines(measured: Mapping[str, float], ours: Sequence[str]) -> None:
    """Draw bits per character as bars, the networks' in a colour."""
    names = sorted(measured, key=lambda name: -measured[name])
    _, axes = plt.subplots(figsize=(style.WIDTH, 0.34 * len(names) + 0.8))
    for row, name in enumerate(names):
        colour = style.GOOD if name in ours else style.MUTED
        axes.barh(row, measured[name], color=colour, height=0.7)
        axes.text(
            measured[name] + 0.06, row, f"{measured[name]:.2f}", va="center", size=10, color=colour
        )
    axes.set(
        yticks=range(len(names)),
        yticklabels=names,
        xlabel="bits per character of the held-out text",
        xlim=(0, 6.8),
    )
    axes.invert_yaxis()
    axes.tick_params("y", length=0)


def shapes(rules: Mapping[str, Array], names: Sequence[str], plain: Array, shown: int = 7) -> None:
    """Draw what each rule makes of one distribution, a panel for each.

    ``rules[name]`` (V,) are probabilities, and ``plain`` (V,) those of the network itself: its
    ``shown`` most likely tokens have a bar each, and all others one together.
    """
    _, grid = plt.subplots(1, len(rules), figsize=(style.WIDTH, 2.6), sharex=True, sharey=True)
    order = np.argsort(-plain, kind="stable")
    labels = [*(visible(names[token]) for token in order[:shown]), "rest"]
    for axes, (name, p) in zip(grid, rules.items(), strict=True):
        bars = [*p[order[:shown]], p[order[shown:]].sum()]
        axes.bar(range(shown + 1), bars, color=[style.OUTPUT] * shown + [style.MUTED])
        for at, height in enumerate(bars):
            if height == 0:
                axes.text(at, 0.015, "0", ha="center", size=9, color=style.MUTED)
        axes.set(title=name, ylim=(0, 1.05), yticks=[0, 0.5, 1])
        axes.set_xticks(range(shown + 1), labels, fontsize=10)
        axes.tick_params("x", length=0)
        axes.grid(axis="y")
    grid[0].set_ylabel("probability")


def warming(
    rule: Callable[[float], Array],
    temperatures: Sequence[float],
    names: Sequence[str],
    start: int,
    shown: int = 8,
) -> Frames:
    """Draw one distribution at several temperatures, with a frame for each.

    ``rule`` takes a temperature and returns probabilities (V,). The ``shown`` tokens that are most
    likely at temperature 1 have a bar each, in that order; a line marks their height there.
    """
    plain = rule(1)
    order = np.argsort(-plain, kind="stable")[:shown]
    labels = [*(visible(names[token]) for token in order), "rest"]
    pictures = []
    for temperature in temperatures:
        p = rule(temperature)
        bars, lines = (np.append(q[order], 1 - q[order].sum()) for q in (p, plain))
        bar_for_each(labels, bars, lines)
        percent = [f"{100 * share:.0f}%" for share in bars]
        first = ", ".join(f"{labels[n]} {percent[n]}" for n in range(3))
        caption = (
            f"Temperature {temperature:g}: {first}, all others together "
            f"{100 * bars[3:].sum():.0f}%. {in_words(temperature)}"
        )
        alt = (
            f"Bars of the probabilities of the next character at temperature {temperature:g}: "
            + ", ".join(f"{label} {share}" for label, share in zip(labels, percent, strict=True))
            + ". A line across each bar marks its height at temperature 1."
        )
        pictures.append(Frame(plt.gcf(), caption, alt))
    return frames.show(pictures, label="Temperature", start=start)


def bar_for_each(labels: Sequence[str], bars: Array, lines: Array) -> None:
    """Draw shares as bars, the last one muted, with a line across each at another height."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 2.9))
    places = np.arange(len(bars))
    colours = [style.OUTPUT] * (len(bars) - 1) + [style.MUTED]
    axes.bar(places, bars, 0.72, color=colours)
    ends = places - 0.45, places + 0.45
    axes.hlines(lines, *ends, color=style.INK, lw=1.5, label="at temperature 1")
    axes.legend(loc="upper right")
    for at, height, line in zip(places, bars, lines, strict=True):
        top = max(height, line) + 0.03
        axes.text(float(at), top, f"{100 * height:.0f}%", ha="center", size=10)
    axes.set(xlim=(-0.6, len(bars) - 0.4), ylim=(0, 1.12), yticks=[0, 0.5, 1])
    axes.set(ylabel="probability", xticks=places)
    axes.set_xticklabels(labels)
    axes.tick_params("x", length=0)
    axes.grid(axis="y")


def in_words(temperature: float) -> str:
    """Say what a temperature does."""
    if temperature == 0:
        return "That is greedy: all for the first."
    if temperature == 1:
        return "That is the network’s own distribution."
    return "The probable gets more probable." if temperature < 1 else "Everything gets more alike."


def coloured(text: str, activation: Array, width: int = 62) -> None:
    """Write a text, each character on a ground that shows what a unit did after reading it.

    ``activation`` (N,) has a number from -1 to 1 for each character; lines that are longer than
    ``width`` go on below, where a word begins.
    """
    lines = re.findall(rf".{{0,{width - 1}}}(?:[ \n]|$)", text)
    figure, axes = plt.subplots(
        figsize=(style.WIDTH, style.WIDTH * 1.9 * len(lines) / width + 0.75)
    )
    axes.set(xlim=(0, width), ylim=(-1.9 * len(lines) + 1.6, 1.7), aspect="equal")
    axes.set_axis_off()
    grounds = list(RANGE((activation + 1) / 2))
    for row, line in enumerate(lines):
        cells(axes, line, (0, -1.9 * row), grounds[: len(line)])
        del grounds[: len(line)]
    scale = ScalarMappable(Normalize(-1, 1), RANGE)
    bar = figure.colorbar(scale, ax=axes, orientation="horizontal", shrink=0.4, aspect=25, pad=0.02)
    bar.set_ticks([-1, 0, 1], labels=["−1", "0", "1"])
