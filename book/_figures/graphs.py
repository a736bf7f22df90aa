"""Boxes and arrows: the parts that every network graph of the book is drawn from.

An arrow's colour is its weight matrix (``style``): equal colour means the same numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from . import style

BOX = 0.58  # side of a box; neighbouring steps are 1 apart
MINUS = "\N{MINUS SIGN}"

Array = np.ndarray
Point = tuple[float, float]


def canvas(width: float, height: float) -> Axes:
    """Make axes without a frame, as wide as a line of text, with square units."""
    _, axes = plt.subplots(figsize=(style.WIDTH, style.WIDTH * height / width))
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.set_axis_off()
    return axes


def spread(values: Sequence[float], gap: float) -> Array:
    """Move the heights of labels apart until no two are closer than ``gap``, in their order."""
    order, heights = np.argsort(values), np.array(values, float)
    for _ in range(100):
        for low, high in itertools.pairwise(order):
            overlap = gap - (heights[high] - heights[low])
            if overlap > 0:
                heights[low] -= overlap / 2
                heights[high] += overlap / 2
    return heights


def minus(number: float, digits: str) -> str:
    """Write a number with a real minus sign."""
    return f"{number:{digits}}".replace("-", MINUS)


def box(axes: Axes, at: Point, text: str, colour: str = style.INK, **font: Any) -> None:
    """Draw a quantity of the network around its centre."""
    corner = at[0] - BOX / 2, at[1] - BOX / 2
    shape = FancyBboxPatch(
        corner, BOX, BOX, "round,pad=0,rounding_size=0.12", fc="none", ec=colour, lw=1.2
    )
    axes.add_patch(shape)
    axes.text(*at, text, ha="center", va="center", **font)


def arrow(axes: Axes, start: Point, end: Point, colour: str, label: str = "") -> None:
    """Draw an edge from box to box (``start`` and ``end`` are centres), its label beside it."""
    gap = BOX / 2 + 0.05
    direction = np.subtract(end, start) / np.hypot(*np.subtract(end, start))
    tail, head = start + gap * direction, end - gap * direction
    axes.add_patch(
        FancyArrowPatch(
            tail,
            head,
            arrowstyle="-|>",
            mutation_scale=11,
            lw=1.8,
            color=colour,
            shrinkA=0,
            shrinkB=0,
        )
    )
    if label:
        upwards = abs(direction[1]) > abs(direction[0])
        x, y = (tail + head) / 2 + ((0.1, 0) if upwards else (0, 0.1))
        axes.text(
            x,
            y,
            label,
            color=colour,
            ha="left" if upwards else "center",
            va="center" if upwards else "bottom",
        )


def loop(axes: Axes, at: Point, colour: str, label: str, leftwards: bool = False) -> None:
    """Draw the arrow of a state back to itself, on the right of its box or on the left."""
    side = -1 if leftwards else 1
    edge = at[0] + side * BOX / 2
    axes.add_patch(
        FancyArrowPatch(
            (edge + side * 0.02, at[1] + 0.16),
            (edge + side * 0.04, at[1] - 0.16),
            arrowstyle="-|>",
            mutation_scale=11,
            lw=1.8,
            color=colour,
            connectionstyle=f"arc3,rad={-2.2 * side}",
        )
    )
    beside = "right" if leftwards else "left"
    axes.text(edge + side * 0.52, at[1], label, color=colour, ha=beside, va="center")


def picture(axes: Axes, at: Point, pixels: np.ndarray, height: float = 0.9) -> None:
    """Set a letter's picture (16, 8) around a centre."""
    half_width, half_height = height / 4, height / 2
    x, y = at
    extent = (x - half_width, x + half_width, y - half_height, y + half_height)
    limits = axes.get_xlim(), axes.get_ylim()
    axes.imshow(pixels, extent=extent, aspect="equal")
    axes.set(xlim=limits[0], ylim=limits[1])
