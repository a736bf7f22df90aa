"""Figures of the chapter *Clipping*."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

from . import frames, style
from .frames import Frame, Frames

Array = np.ndarray
Point = tuple[float, float]
Rule = Callable[[Array, float], Array]


def accident(without: Array, clipped: Array, worst: int) -> None:
    """Show the loss of one training at every step, without clipping and with it.

    ``worst`` is the step with the longest gradient of the training without clipping.
    """
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.2))
    axes.plot(without, color=style.BAD, lw=1.2)
    axes.plot(clipped, color=style.GOOD, lw=1.2)
    axes.axhline(math.log(4), color=style.MUTED, lw=0.8, ls=":")
    axes.text(len(without) - 1, math.log(4) + 0.08, "guessing", ha="right", color=style.MUTED)
    axes.annotate(
        "without clipping",
        (worst + 1, without[worst : worst + 2].max()),
        (14, -2),
        textcoords="offset points",
        va="top",
        color=style.BAD,
    )
    axes.annotate(
        "clipped",
        (worst // 2 + 30, clipped[worst // 2 + 30]),
        (worst // 4, 0.65),
        ha="center",
        color=style.GOOD,
        arrowprops={"arrowstyle": "-", "color": style.GOOD, "lw": 0.8},
    )
    axes.set(xlabel="step of training", ylabel="loss in nats", ylim=0, xlim=(0, len(without)))
    axes.grid(axis="y")


def straight_arrow(axes: Axes, end: Point, colour: str, width: float = 2) -> None:
    """Draw an arrow from the origin."""
    axes.add_patch(
        FancyArrowPatch(
            (0, 0),
            end,
            arrowstyle="-|>",
            mutation_scale=11,
            lw=width,
            color=colour,
            shrinkA=0,
            shrinkB=0,
        )
    )


def shortened_or_bent(gradients: Array, by_norm: Array, by_entry: Array, tau: float) -> None:
    """Draw gradients of two entries twice, to scale: shortened to tau, and cut off entry by entry.

    ``gradients``, ``by_norm`` and ``by_entry`` are (N, 2); what was cut off stays as a thin line.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(style.WIDTH, 3.1))
    circle = Circle((0, 0), tau, fill=False, ec=style.GOOD, lw=1, ls="--")
    square = Rectangle((-tau, -tau), 2 * tau, 2 * tau, fill=False, ec=style.BAD, lw=1, ls=":")
    for axes, title, bound, ends, colour in (
        (left, "shortened", circle, by_norm, style.GOOD),
        (right, "cut off entry by entry", square, by_entry, style.BAD),
    ):
        axes.set_title(title, color=colour)
        axes.set(xlim=(-3.3, 3.7), ylim=(-2.2, 3), aspect="equal")
        axes.set_axis_off()
        axes.plot([-3.2, 3.2], [0, 0], [0, 0], [-2.2, 2.6], color=style.FAINT, lw=1)
        axes.text(3.3, 0, "$w$", va="center", color=style.MUTED)
        axes.text(0, 2.7, "$w_h$", ha="center", color=style.MUTED)
        axes.add_patch(bound)
        for whole, end in zip(gradients, ends, strict=True):
            axes.plot(*zip((0, 0), whole, strict=True), color=style.MUTED, lw=1, zorder=0.5)
            straight_arrow(axes, tuple(end), colour)


def tightening(
    gradients: Array, rules: tuple[Rule, Rule], thresholds: Sequence[float], start: int
) -> Frames:
    """Draw what two rules make of gradients (N, 2), with a frame for each threshold.

    A rule takes (N, 2) and tau and returns (N, 2): shortened, and cut off entry by entry.
    """
    lengths = np.linalg.norm(gradients, axis=1)
    shown = []
    for tau in thresholds:
        by_norm, by_entry = (rule(gradients, tau) for rule in rules)
        shortened_or_bent(gradients, by_norm, by_entry, tau)
        longer = int((lengths > tau).sum())
        turned = f"{angles(gradients, by_entry).max():.0f}°"
        longest = f"{np.linalg.norm(by_entry, axis=1).max():.2f}"
        caption = f"τ = {tau:g}: no gradient is as long as that, and nothing changes."
        if longer:
            caption = (
                f"τ = {tau:g}: of {len(gradients)} gradients {longer} reach out. Shortened, they "
                "end on the circle and keep their directions. Cut off entry by entry, they turn "
                f"by up to {turned}, and the longest still has length {longest}."
            )
        alt = (
            f"{len(gradients)} gradients as arrows, twice. Left, with a circle of radius {tau:g}: "
            f"{longer} of them reached out of it and are shortened to end on it, their directions "
            f"kept. Right, with a square of half side {tau:g}: what reached out of it is cut off "
            f"entry by entry and turned by up to {turned}."
        )
        shown.append(Frame(plt.gcf(), caption, alt))
    return frames.show(shown, label="Threshold τ", start=start)


def angles(a: Array, b: Array) -> Array:
    """Measure by how many degrees the rows of two arrays (N, 2) differ in direction."""
    turned = np.arctan2(b[:, 1], b[:, 0]) - np.arctan2(a[:, 1], a[:, 0])
    return np.abs(np.degrees((turned + np.pi) % (2 * np.pi) - np.pi))


def cliff(
    wide: tuple[Array, Array, Array],
    near: tuple[Array, Array, Array],
    without: Sequence[Point],
    clipped: Sequence[Point],
) -> None:
    """Draw the loss over two weights as a landscape, and the steps of two descents from above.

    ``wide`` and ``near`` are (w, b, loss), three arrays of one shape; a descent is a list of points
    (w, b), the first two of them common to both.
    """
    figure = plt.figure(figsize=(style.WIDTH, 3.5))
    left = figure.add_subplot(1, 2, 1, projection="3d")
    left.plot_surface(
        *wide, cmap="Blues", vmin=-0.25, vmax=1.8, rcount=200, ccount=60, lw=0, antialiased=False
    )
    left.view_init(elev=34, azim=60)
    left.set(xlabel="w", ylabel="b", xticks=[0, 1, 2, 3], yticks=[-2, 0, 2], zticks=[0, 1])
    left.text2D(0.05, 0.94, "the loss", transform=left.transAxes)
    left.tick_params(labelsize=10, pad=-2)
    left.set_box_aspect((1, 1, 0.7), zoom=1.05)

    right = figure.add_subplot(1, 2, 2)
    w, b, loss = near
    right.contourf(w, b, loss, levels=16, cmap="Blues", vmin=0, vmax=2 * loss.max())
    for path, colour, marker in ((without, style.BAD, "D"), (clipped, style.INK, "o")):
        right.plot(*np.transpose(path), marker, ls="-", color=colour, ms=5, lw=1.5)
    right.set(xlim=(w.min(), w.max()), ylim=(b.min(), b.max()), xlabel="w", ylabel="b")
    right.set(xticks=[1.3, 1.4, 1.5], yticks=[-0.2, -0.1, 0])
    right.set_title("near its edge", fontsize=12)
    right.annotate("start", without[0], (7, -4), textcoords="offset points", va="top")
    right.annotate("clipped", clipped[2], (9, 0), textcoords="offset points", va="center")
    far = f"to ({without[2][0]:.0f}, {without[2][1]:.0f})"
    exit_at = leaves_at(without[1], without[2], float(b.max()))
    right.annotate(
        far, exit_at, (-10, -6), textcoords="offset points", ha="right", va="top", color=style.BAD
    )


def leaves_at(start: Point, end: Point, top: float) -> Point:
    """Find where a straight line crosses the upper edge of a picture."""
    share = (top - start[1]) / (end[1] - start[1])
    return start[0] + share * (end[0] - start[0]), top


def trainings(without: Sequence[Array], clipped: Sequence[Array], window: int = 20) -> None:
    """Show the losses of many trainings, smoothed, without clipping and with it."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    for losses, colour, look in ((without, style.BAD, "--"), (clipped, style.GOOD, "-")):
        for values in losses:
            smooth = np.convolve(values, np.ones(window) / window, "valid")
            axes.semilogy(np.arange(window, len(values) + 1), smooth, look, color=colour, lw=1)
    end = len(clipped[0])
    for losses, colour, name in (
        (without, style.BAD, "without\nclipping"),
        (clipped, style.GOOD, "clipped"),
    ):
        height = np.exp(np.mean([np.log(values[-window:].mean()) for values in losses]))
        axes.text(end + 8, height, name, color=colour, va="center")
    axes.set(xlabel="step of training", ylabel="loss in nats", xlim=(0, end * 1.19))
    axes.set_yticks([0.001, 0.01, 0.1, 1, 10], ["0.001", "0.01", "0.1", "1", "10"])
    axes.set_xticks(range(0, end + 1, 100))
    axes.minorticks_off()
    axes.grid(axis="y")


def norms(measured: Array, tau: float) -> None:
    """Show the norm of every gradient of one training, and which ones were clipped."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.2))
    steps, longer = np.arange(len(measured)), measured > tau
    axes.semilogy(steps[~longer], measured[~longer], ".", color=style.GOOD, ms=4)
    axes.semilogy(steps[longer], measured[longer], "D", color=style.BAD, ms=4)
    axes.axhline(tau, color=style.INK, lw=1)
    end = len(measured) - 1
    axes.text(end, tau * 1.15, rf"$\tau$ = {tau:g}", ha="right", va="bottom")
    text = f"clipped: {longer.mean():.0%} of the steps"
    axes.text(end, measured.max() * 0.9, text, ha="right", va="top", color=style.BAD)
    axes.set(xlabel="step of training", ylabel="norm of the gradient", xlim=(-5, end + 5))
    axes.set_yticks([0.001, 0.01, 0.1, 1, 10], ["0.001", "0.01", "0.1", "1", "10"])
    axes.minorticks_off()
    axes.grid(axis="y")


def window_of_rates(
    solved: Array, rates: Sequence[float], thresholds: Sequence[float], of: int
) -> None:
    """Show how many trainings solved the task, for each learning rate and threshold."""
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.7))
    axes.pcolormesh(solved, cmap="Blues", vmin=0, vmax=1.25 * of, edgecolors=style.PAPER, lw=2)
    for (row, column), count in np.ndenumerate(solved):
        colour = style.PAPER if count > of / 2 else style.INK
        axes.text(column + 0.5, row + 0.5, count, ha="center", va="center", color=colour)
    axes.axvline(len(thresholds) - 1, color=style.INK, lw=1)
    names = [f"{tau:g}" if math.isfinite(tau) else "no\nclipping" for tau in thresholds]
    axes.set_xticks(np.arange(len(thresholds)) + 0.5, names)
    axes.set_yticks(np.arange(len(rates)) + 0.5, [f"{rate:g}" for rate in rates])
    axes.set(xlabel=r"threshold $\tau$", ylabel="learning rate")
    axes.set_title(f"solved, of {of} trainings")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def reaching_back(reach: Mapping[str, Array], early: Point, late: Point) -> None:
    """Show how much gradient arrives at every step of a sequence, for some networks.

    ``early`` and ``late`` are the first and last steps, counted from 1, where a relevant symbol
    may stand.
    """
    _, axes = plt.subplots(figsize=(style.WIDTH, 3.2))
    looks = ((style.GOOD, "o-"), (style.BAD, "D-"))
    for (name, size), (colour, look) in zip(reach.items(), looks, strict=True):
        steps = np.arange(1, len(size) + 1)
        axes.semilogy(steps, size, look, color=colour, ms=4, lw=1.5)
        middle = len(size) // 2
        axes.annotate(
            name,
            (steps[middle], size[middle]),
            (8, -10),
            textcoords="offset points",
            va="top",
            color=colour,
        )
    for (first, last), name in ((early, "A or B"), (late, "A or B")):
        axes.axvspan(first - 0.4, last + 0.4, color=style.FAINT, zorder=0, lw=0)
        axes.text((first + last) / 2, 3, name, ha="center", va="bottom", size=10)
    axes.set(xlabel="step t of the sequence", ylabel=r"gradient that reaches $\mathbf{x}_t$")
    axes.set(xticks=[1, 5, 10, 15, 20])
    exponents = range(-10, 1, 2)
    axes.set_yticks(
        [10.0**k for k in exponents], [f"$10^{{{k}}}$" if k else "1" for k in exponents]
    )
    axes.minorticks_off()
    axes.grid(axis="y")
