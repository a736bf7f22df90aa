"""Figures of the chapter *Vanishing and exploding gradients*, and its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from solutions.activations import Activation

from . import graphs, style

Array = np.ndarray
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
COLOURS = (style.INPUT, style.INK, style.RECURRENT)  # of three spectral radii, ascending


def scientific(number: float) -> str:
    """Write a number with two digits and a power of ten."""
    digits, exponent = f"{number:.1e}".split("e")
    return f"{digits}\u00a0×\u00a010" + str(int(exponent)).translate(RAISED)


def back(axes: Axes, start: graphs.Point, end: graphs.Point, width: float) -> None:
    """Draw a gradient's arrow from box to box, a little below their centres."""
    gap = graphs.BOX / 2 + 0.05
    axes.add_patch(
        FancyArrowPatch(
            (start[0] - gap, start[1] - 0.15),
            (end[0] + gap, end[1] - 0.15),
            arrowstyle="-|>",
            mutation_scale=10,
            lw=width,
            color=style.OTHER,
            shrinkA=0,
            shrinkB=0,
        )
    )


def line_of_letters(letters: Array, share: Array) -> None:
    """Draw a network at the end of a long line, and the gradient of its last loss on its way back.

    ``letters`` (T, 16, 8) are the last ones, ``share`` (T,) how much of the last picture's gradient
    each of them gets, and so the thickness of the arrow that leads there.
    """
    T, low, middle, high = len(letters), 0.85, 2.05, 3.15
    axes = graphs.canvas(T + 1.3, 3.65)
    for t, letter in enumerate(letters):
        x, k = t + 1.2, T - 1 - t
        name = rf"$\mathbf{{h}}_{{T-{k}}}$" if k else r"$\mathbf{h}_T$"
        graphs.picture(axes, (x, low), letter)
        graphs.box(axes, (x, middle), "")
        axes.text(x + 0.1 * (k == 0), middle + 0.4, name, ha="center" if k else "left", size=11)
        graphs.arrow(axes, (x, low + 0.2), (x, middle), style.MUTED)
        before = (x - 1, middle + 0.15)
        graphs.arrow(axes, before, (x, middle + 0.15), style.MUTED)
        axes.text(x, 0.15, f"{share[t]:.0%}", ha="center", size=10, color=style.OTHER)
        if k:
            back(axes, (x + 1, middle), (x, middle), max(0.6, 5 * share[t]))
    graphs.box(axes, (T + 0.2, high), r"$\ell_T$", style.OTHER)
    graphs.arrow(axes, (T + 0.2, high), (T + 0.2, middle), style.OTHER)
    back(axes, (1.2, middle), (0.2, middle), max(0.6, 5 * share[0]))
    axes.text(0.25, 0.15, "…", ha="center", size=12, color=style.OTHER)


def by_hand(h: Array, factors: Array) -> None:
    """Draw the one-unit network of three steps, and what each step back multiplies by.

    ``h`` (4,) are the states from h_0 on, ``factors`` (3,) the slope and the weight of each step.
    """
    axes = graphs.canvas(7.4, 1.75)
    places = [0.8, 2.7, 4.6, 6.5]
    for t, (x, state) in enumerate(zip(places, h, strict=True)):
        graphs.box(axes, (x, 0.95), graphs.minus(state, ".3f"), style.INK, size=9)
        axes.text(x, 1.4, f"$h_{t}$", ha="center", color=style.MUTED)
        if t:
            graphs.arrow(axes, (places[t - 1], 1.1), (x, 1.1), style.RECURRENT)
            back(axes, (x, 0.95), (places[t - 1], 0.95), 1.8)
            middle = (places[t - 1] + x) / 2
            axes.text(middle, 1.22, "×0.8", ha="center", size=10, color=style.RECURRENT)
            slope = factors[t - 1] / 0.8
            axes.text(middle, 0.38, f"×0.8 × {slope:.3f}", ha="center", size=10, color=style.OTHER)
            axes.text(
                middle, 0.08, f"= {factors[t - 1]:.3f}", ha="center", size=10, color=style.OTHER
            )


def powers(
    k: Array,
    measured: Mapping[str, Mapping[float, Array]],
    bounds: Mapping[str, Mapping[float, Array]],
) -> None:
    """Show how much of a gradient is left after k steps: a panel for each activation.

    ``measured[name][rho]`` is (seeds, T+1), and ``bounds[name][rho]`` (T+1,).
    """
    figure, grid = plt.subplots(2, 2, figsize=(style.WIDTH, 5.6), sharex=True, sharey=True)
    for axes, (name, by_radius) in zip(grid.flat, measured.items(), strict=True):
        for (rho, curves), colour in zip(by_radius.items(), COLOURS, strict=True):
            axes.plot(k, rho**k, color=colour, lw=1, ls=(0, (5, 3)))
            if not np.allclose(bounds[name][rho], rho**k):
                axes.plot(k, bounds[name][rho], color=colour, lw=1.4, ls=(0, (1, 2)))
            axes.plot(k, curves.T, color=colour, lw=1.6)
        axes.axhline(1, color=style.FAINT, zorder=0)
        axes.set(title=name, yscale="log", ylim=(1e-10, 1e10), xlim=(0, k[-1]))
        axes.set_yticks([1e-8, 1e-4, 1, 1e4, 1e8], minor=False)
        axes.minorticks_off()
    for (rho, _), colour, height in zip(
        next(iter(measured.values())).items(), COLOURS, (1e-7, 3.0, 1e7), strict=True
    ):
        grid[0, 0].text(22, height, rf"$\rho$ = {rho:g}", color=colour, size=11)
    for axes in grid[1]:
        axes.set(xlabel="k, steps back in time")
    figure.supylabel("what is left of a gradient", size=12)


def transient(k: Array, norms: Array, radius: float) -> None:
    """Compare the length of the powers of a matrix with the powers of its spectral radius."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 2.9))
    axes.semilogy(k, norms, "o-", color=style.RECURRENT, ms=5)
    axes.semilogy(k, radius**k, "s--", color=style.MUTED, ms=4, lw=1.2)
    axes.axhline(1, color=style.FAINT, zorder=0)
    axes.text(k[-1] + 0.2, norms[-1], r"$\|U^k\|_2$", va="center", color=style.RECURRENT)
    axes.text(k[-1] + 0.2, radius ** k[-1], r"$\rho^k$", va="center", color=style.MUTED)
    axes.set(xlabel="k", xticks=k[::2], xlim=(-0.2, k[-1] + 1.7))
    axes.minorticks_off()


def slope_histogram(slopes: Mapping[str, Array]) -> None:
    """Show how often a unit's slope is how large: before training, and after it."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 2.9))
    bins = np.linspace(0, 1, 21)
    places = ((style.MUTED, 0.93, "right"), (style.OTHER, 0.06, "left"))
    for (name, values), (colour, x, side) in zip(slopes.items(), places, strict=True):
        counts, _ = np.histogram(values, bins)
        share = counts / counts.sum()
        axes.stairs(share, bins, color=colour, lw=2)
        axes.text(x, share.max(), name, ha=side, va="top", color=colour)
    axes.set(
        xlabel=r"slope of tanh, $1 - h^2$", ylabel="share of all units\nand steps", xlim=(0, 1)
    )


def reach(lengths: Mapping[str, Array]) -> None:
    """Show how much of the gradient of the last loss gets k steps back: median and quartiles.

    ``lengths[name]`` is (K+1, lines), relative to k = 0: before training, and after it.
    """
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    for (name, values), colour in zip(lengths.items(), (style.MUTED, style.OTHER), strict=True):
        k = np.arange(len(values))
        low, middle, high = np.quantile(values, (0.25, 0.5, 0.75), axis=1)
        axes.fill_between(k, low, high, color=colour, alpha=0.2, lw=0)
        axes.plot(k, middle, color=colour)
        axes.text(k[-1] + 1, middle[-1], name, va="center", color=colour)
    axes.set(yscale="log", xlabel="k, letters back", ylabel="gradient at the picture", xlim=(0, 79))
    axes.set(xticks=range(0, 61, 10), ylim=(1e-9, 2), yticks=[1, 1e-2, 1e-4, 1e-6, 1e-8])
    axes.minorticks_off()


def spreads(k: Array, singular_values: Mapping[str, Array]) -> None:
    """Show the singular values of the product of k steps, (K, H): a panel for each start."""
    figure, grid = plt.subplots(1, 2, figsize=(style.WIDTH, 3.2), sharey=True)
    for axes, (name, values), colour in zip(
        grid, singular_values.items(), (style.INPUT, style.RECURRENT), strict=True
    ):
        axes.plot(k, values, color=colour, lw=0.5, alpha=0.6)
        axes.plot(k, np.sqrt((values**2).mean(axis=1)), color=style.INK, lw=2)
        axes.set(title=name, yscale="log", ylim=(1e-8, 1e2), xlabel="k, steps back in time")
        axes.axhline(1, color=style.FAINT, zorder=0)
        axes.set_yticks([1e-8, 1e-6, 1e-4, 1e-2, 1, 1e2])
        axes.minorticks_off()
    grid[0].set(ylabel="singular values")


# ------------------------------------------------------------------------------ activations


def gallery(activations: Sequence[Activation]) -> None:
    """Draw every activation function, its derivative, and the bound of the derivative."""
    _, grid = plt.subplots(2, 4, figsize=(style.WIDTH, 4.3), sharex=True, sharey=True)
    x = np.linspace(-3, 3, 601)
    for axes, theta in zip(grid.flat, activations, strict=True):
        axes.axhline(theta.bound, color=style.OTHER, lw=1, ls=(0, (1, 2)))
        axes.axhline(0, color=style.FAINT, zorder=0)
        axes.axvline(0, color=style.FAINT, zorder=0)
        slope = theta.derivative(x)
        slope[np.flatnonzero(np.abs(np.diff(slope)) > 0.1)] = np.nan  # no line where it jumps
        axes.plot(x, theta.function(x), color=style.INK)
        axes.plot(x, slope, color=style.OTHER)
        axes.set(ylim=(-1.3, 2.2), xlim=(-3, 3), xticks=(-2, 0, 2), yticks=(-1, 0, 1, 2))
        axes.set_title(theta.name, pad=4)
    grid[0, 0].text(-2.8, 1.7, r"$\theta(x)$", color=style.INK)
    grid[0, 0].text(-2.8, 1.15, r"$\theta'(x)$", color=style.OTHER)


def activation_table(activations: Sequence[Activation]) -> str:
    """Write formulas, derivatives and bounds as a table in Markdown."""
    rows = [
        "| name | function $\\theta(x)$ | derivative $\\theta'(x)$ | bound $\\gamma$ |",
        "|---|---|---|--:|",
    ]
    for theta in activations:
        name = theta.name.replace(" ", "\u00a0")
        rows.append(f"| {name} | ${theta.formula}$ | ${theta.slope}$ | {theta.bound:.4g} |")
    return "\n".join(rows)
