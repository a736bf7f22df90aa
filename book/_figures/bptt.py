"""Figures of the chapter *Backpropagation through time*."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from matplotlib.ticker import PercentFormatter

from . import frames, graphs, style
from .frames import Frame, Frames, symbol
from .graphs import Point

Array = np.ndarray

LOW, MIDDLE, HIGH = 0.6, 1.8, 3.0  # the rows of inputs, states and outputs


def blame(letters: Array, answer: str, shares: Array) -> None:
    """Show each use of W_h in a word, and how much of the blame for the last letter it gets."""
    T = len(letters)
    _, (top, bottom) = plt.subplots(
        2, 1, figsize=(style.WIDTH, 3.6), height_ratios=(1, 2), sharex=True
    )
    for t, letter in enumerate(letters):
        top.imshow(letter, extent=(t - 0.25, t + 0.25, 0, 1), aspect="auto")
        wrong = t == T - 1
        top.text(
            t + 0.33,
            0.5,
            answer[t],
            color=style.BAD if wrong else style.INK,
            weight="bold",
            size=13,
        )
    top.set(xlim=(-0.5, T - 0.3), ylim=(0, 1), yticks=[])
    top.spines[:].set_visible(False)
    top.tick_params(length=0)
    bottom.bar(range(T), shares, 0.55, color=style.RECURRENT)
    bottom.set(
        xticks=range(T),
        xticklabels=[f"use {t}" for t in range(1, T + 1)],
        ylabel="share of the blame",
    )
    bottom.yaxis.set_major_formatter(PercentFormatter(1, 0))
    bottom.tick_params(axis="x", length=0)
    bottom.grid(axis="y")


def turned_round(T: int = 3) -> None:
    """Draw an unrolled network twice: its arrows, and the same arrows turned round."""
    axes = graphs.canvas(2 * T + 3.6, HIGH + 1.75)
    for left, title, back in ((0.45, "forward", False), (T + 2.35, "backward", True)):
        axes.text(left - 0.25, HIGH + 1.45, title, weight="bold")
        _network(axes, left, T, back)


def _network(axes: Axes, left: float, T: int, back: bool) -> None:
    """Draw states, outputs and losses over T steps, arrows forward or back."""

    def edge(start: Point, end: Point, colour: str) -> None:
        graphs.arrow(axes, *((end, start) if back else (start, end)), colour)

    graphs.box(axes, (left, MIDDLE), r"$\mathbf{h}_0$", style.MUTED, size=11)
    for t in range(1, T + 1):
        x = left + t
        graphs.box(axes, (x, LOW), rf"$\mathbf{{x}}_{t}$", size=11)
        graphs.box(axes, (x, MIDDLE), rf"$\mathbf{{h}}_{t}$", size=11)
        graphs.box(axes, (x, HIGH), rf"$\mathbf{{o}}_{t}$", size=11)
        axes.text(x, HIGH + 0.95, rf"$\ell_{t}$", ha="center", va="center", size=12)
        edge((x - 1, MIDDLE), (x, MIDDLE), style.RECURRENT)
        edge((x, LOW), (x, MIDDLE), style.INPUT)
        edge((x, MIDDLE), (x, HIGH), style.OUTPUT)
        edge((x, HIGH), (x, HIGH + 1.0), style.MUTED)


def knobs() -> None:
    """Draw what is turned for an immediate and for a total derivative: one knob, or all three."""
    axes = graphs.canvas(10.6, 3.2)
    for left, title, turned in (
        (0.45, r"immediate, $\partial h_3 / \partial w_h$: turn one knob", (3,)),
        (6.05, r"total, $\mathrm{d} h_3 / \mathrm{d} w_h$: turn the weight", (1, 2, 3)),
    ):
        axes.text(left - 0.3, 2.8, title, va="center", size=11)
        states, below = 2.05, 0.75
        for t in range(4):
            x = left + 1.3 * t
            reached = t >= turned[0]
            graphs.box(axes, (x, states), f"$h_{t}$", style.INK if reached else style.MUTED)
            if not t:
                continue
            active = t in turned
            colour = style.RECURRENT if active else style.MUTED
            carried = style.RECURRENT if t > turned[0] or active else style.FAINT
            graphs.arrow(axes, (x - 1.3, states), (x, states), carried)
            at = (x - 0.65, below)
            axes.plot([at[0], at[0]], [below + 0.3, states - 0.12], ":", color=colour, lw=1.2)
            knob(axes, at, colour, active)
            axes.text(at[0] + 0.32, below + 0.22, "$w_h$", color=colour, size=10)
        ends = left + 0.65, left + 3.25
        if len(turned) > 1:
            axes.plot(ends, (0.32, 0.32), color=style.RECURRENT, lw=3)
            for t in turned:
                x = left + 1.3 * t - 0.65
                axes.plot([x, x], [0.32, below - 0.24], color=style.RECURRENT, lw=2)
            axes.text(ends[0] - 0.35, 0.05, "one number", size=10, color=style.RECURRENT)


def knob(axes: Axes, at: Point, colour: str, turned: bool) -> None:
    """Draw a knob whose pointer stands upright, or is turned."""
    axes.add_patch(Circle(at, 0.24, fc="none", ec=colour, lw=1.8))
    tip = (at[0] + 0.17, at[1] + 0.15) if turned else (at[0], at[1] + 0.22)
    axes.plot(*zip(at, tip, strict=True), color=colour, lw=1.8)


def three_steps_back(
    h: Array, slopes: Array, deltas: Array, w_h: float, above: float, reached: int = 1
) -> None:
    """Draw the gradient's way back through one unit over three steps, every number in its place.

    ``h`` are the states h_0 to h_3, ``slopes`` and ``deltas`` belong to steps 1 to 3, and
    ``above`` is what comes down from the output. The way is drawn as far as step ``reached``, and
    for 4 not at all.
    """
    axes = graphs.canvas(7.7, 3.3)
    row, uses, pitch = 2.2, 0.75, 1.6
    places = [0.65 + pitch * t for t in range(4)]
    for t, x in enumerate(places):
        colour = style.INK if t else style.MUTED
        graphs.box(axes, (x, row), graphs.minus(h[t], ".3f"), colour, size=9)
        axes.text(x - 0.36, row + 0.36, f"$h_{t}$", ha="right", color=style.MUTED)
        if not t:
            continue
        slope = f"slope {slopes[t - 1]:.3f}"
        axes.text(x, row + 0.72, slope, ha="center", size=9, color=style.MUTED)
        axes.text(x - pitch / 2, uses - 0.45, f"use {t}", ha="center", size=9, color=style.MUTED)
        if t < reached:
            continue
        delta = graphs.minus(deltas[t - 1], ".3f")
        axes.text(x, row - 0.5, rf"$\delta_{t}$ = {delta}", ha="center", size=10)
        graphs.arrow(axes, (x, row), (places[t - 1], row), style.RECURRENT, f"×{w_h:g}")
        product = f"{delta} × {graphs.minus(h[t - 1], '.3f')}"
        number = f"= {graphs.minus(deltas[t - 1] * h[t - 1] + 0.0, '.3f')}"
        font: dict[str, Any] = {"ha": "center", "color": style.RECURRENT}
        axes.text(x - pitch / 2, uses + 0.2, product, size=9, **font)
        axes.text(x - pitch / 2, uses - 0.12, number, size=10, **font)
    end = places[3]
    graphs.arrow(axes, (end + 1.15, row), (end, row), style.OUTPUT)
    came = f"from above\n{graphs.minus(above, '.3f')}"
    axes.text(end + 0.92, row, came, va="center", size=10, color=style.OUTPUT)
    axes.plot([end + 0.2] * 2, [0.25, 1.35], color=style.FAINT)
    axes.text(end + 0.4, uses + 0.4, r"$\mathrm{d}W_h$ so far", size=11)
    for y, name, number in zip(
        (uses + 0.04, uses - 0.32), ("bias", "$w_h$"), so_far(h, deltas, reached), strict=True
    ):
        axes.text(end + 0.4, y, name, size=10, color=style.RECURRENT)
        value = graphs.minus(number, ".3f")
        axes.text(7.5, y, value, ha="right", size=10, weight="bold")


def so_far(h: Array, deltas: Array, reached: int) -> Array:
    """Add up the gradient of (bias, w_h) over the uses from the last one back to ``reached``."""
    used = slice(reached - 1, None)
    return np.array([deltas[used].sum(), deltas[used] @ h[:-1][used]]) + 0.0


def step_by_step_back(h: Array, slopes: Array, deltas: Array, w_h: float, above: float) -> Frames:
    """Walk back as ``three_steps_back`` draws it, a frame for each step."""
    T = len(deltas)
    come = graphs.minus(above, ".3f")
    three_steps_back(h, slopes, deltas, w_h, above, reached=T + 1)
    states = ", ".join(graphs.minus(state, ".3f") for state in h)
    shown = [
        Frame(
            plt.gcf(),
            f"The way forward is done, and its states are kept. From the loss {come} comes down "
            f"to {symbol('h', T)}.",
            f"The states h_0 to h_{T} in a row: {states}. An arrow from above leads to the last "
            f"one and brings {come}. Below, the sums of the bias and of w_h are still zero.",
        )
    ]
    for t in range(T, 0, -1):
        delta, slope, state, part, bias, weight = (
            graphs.minus(number, ".3f")
            for number in (
                deltas[t - 1],
                slopes[t - 1],
                h[t - 1],
                deltas[t - 1] * h[t - 1] + 0.0,
                *so_far(h, deltas, t),
            )
        )
        three_steps_back(h, slopes, deltas, w_h, above, reached=t)
        came = come if t == T else f"{graphs.minus(deltas[t], '.3f')} · {w_h:g}"
        caption = (
            f"Step {t}: {symbol('δ', t)} = {came} · {slope} = {delta}. Use {t} brings {delta} "
            f"to the bias and {delta} · {state} = {part} to {symbol('w', 'h')}. Together so far: "
            f"{bias} and {weight}."
        )
        alt = (
            f"The way back has come to step {t}: delta_{t} = {delta} below h_{t}, and an arrow, "
            f"times {w_h:g}, to h_{t - 1} = {state}. Use {t} of w_h is {part}. The sums are "
            f"{bias} for the bias and {weight} for w_h."
        )
        shown.append(Frame(plt.gcf(), caption, alt))
    return frames.show(shown, label="Walk back")


def errors(eps: Array, curves: Mapping[str, Array]) -> None:
    """Show the error of each way to estimate a gradient against the size of its step."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.6))
    looks = (
        (style.MUTED, "s", (2e-8, 5e-3)),
        (style.INPUT, "o", (2e-12, 5e-9)),
        (style.OUTPUT, "D", (2e-15, 5e-15)),
    )
    for (name, values), (colour, marker, at) in zip(curves.items(), looks, strict=True):
        axes.loglog(eps, values, marker + "-", color=colour, ms=4)
        axes.text(*at, name, color=colour, va="center")
    axes.set(
        xlabel="size of the step ε",
        ylabel="relative error of the gradient",
        xlim=(eps[-1] / 2, eps[0] * 2),
        ylim=(1e-17, 10),
    )
    axes.grid()


def compositions() -> None:
    """Draw a deep and a bidirectional network with all arrows turned round."""
    axes = graphs.canvas(11.4, 4.5)
    for left, title, draw in (
        (0.45, "deep, backward", _deep),
        (6.0, "bidirectional, backward", _bidirectional),
    ):
        axes.text(left - 0.25, 4.25, title, weight="bold")
        draw(axes, left)


ROWS = (0.45, 1.45, 2.45, 3.45)


def _deep(axes: Axes, left: float) -> None:
    """Draw two layers over three steps, backward."""
    for level in (1, 2):
        graphs.box(
            axes, (left, ROWS[level]), rf"$\mathbf{{h}}_0^{{({level})}}$", style.MUTED, size=9
        )
    for t in range(1, 4):
        x = left + 1.15 * t
        for row, name in enumerate(("x_", "h^{(1)}_", "h^{(2)}_", "o_")):
            letter, rest = name[0], name[1:]
            graphs.box(axes, (x, ROWS[row]), rf"$\mathbf{{{letter}}}{rest}{t}$", size=9)
        for level, (upwards, onwards) in enumerate(style.LAYERS, start=1):
            graphs.arrow(axes, (x, ROWS[level]), (x - 1.15, ROWS[level]), onwards)
            graphs.arrow(axes, (x, ROWS[level]), (x, ROWS[level - 1]), upwards)
        graphs.arrow(axes, (x, ROWS[3]), (x, ROWS[2]), style.OUTPUT)


def _bidirectional(axes: Axes, left: float) -> None:
    """Draw two chains over three steps, backward."""
    pitch, aside = 1.3, 0.31
    for names, y, side, step, colours in (
        ("f", ROWS[1], -aside, -1, style.BOTH[0]),
        ("b", ROWS[2], aside, 1, style.BOTH[1]),
    ):
        W, W_h, W_out = colours
        end = left - 0.15 if step < 0 else left + 5.0
        first = "_0" if step < 0 else "_4"
        graphs.box(axes, (end, y), rf"$\mathbf{{h}}{first}^{{({names})}}$", style.MUTED, size=9)
        for t in range(1, 4):
            x = left - 0.2 + pitch * t
            before = x + step * pitch + side if 1 <= t + step <= 3 else end
            at = (x + side, y)
            graphs.box(axes, at, rf"$\mathbf{{h}}_{t}^{{({names})}}$", size=9)
            graphs.arrow(axes, at, (before, y), W_h)
            graphs.arrow(axes, at, (x + side / 3, ROWS[0]), W)
            graphs.arrow(axes, (x + side / 3, ROWS[3]), at, W_out)
    for t in range(1, 4):
        x = left - 0.2 + pitch * t
        graphs.box(axes, (x, ROWS[0]), rf"$\mathbf{{x}}_{t}$", size=9)
        graphs.box(axes, (x, ROWS[3]), rf"$\mathbf{{o}}_{t}$", size=9)
