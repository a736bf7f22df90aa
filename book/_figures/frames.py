"""Figures of several frames, through which the reader leafs with a slider.

A cell ends with ``show([Frame(figure, caption, alt), ...], label="Step")``. Without scripts, on
paper and in a notebook all frames stand one below the other, each with its caption; in the book
the element ``<frame-scrubber>`` (``_static/unrolled.js``) shows one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from io import StringIO
from urllib.parse import quote

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

PIXELS = 96  # to an inch, as browsers count
UNQUOTED = " !$&'()*+,/:;=?@[]"  # what may stand in a data address as it is


@dataclass(frozen=True)
class Frame:
    """One picture of several: what is drawn, what the reader is told, and what is to be seen.

    ``caption`` is HTML, for what ``symbol`` writes; ``alt`` is plain text.
    """

    figure: Figure
    caption: str
    alt: str


@dataclass(frozen=True)
class Frames:
    """A figure of several frames as a page: what a notebook displays."""

    html: str
    captions: Sequence[str]

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return "\n".join(unescape(re.sub(r"<.*?>", "", caption)) for caption in self.captions)


def symbol(letter: str, index: object) -> str:
    """Write a letter with an index for a caption."""
    return f"<i>{letter}</i><sub>{index}</sub>"


def show(frames: Sequence[Frame], label: str, start: int = 0) -> Frames:
    """Put frames behind a slider, and close their figures.

    Parameters
    ----------
    frames : sequence of Frame
        In the order of the slider. All should be of one size, so that nothing jumps.
    label : str
        Name of the slider: what changes from frame to frame.
    start : int
        Which frame is shown first.

    Returns
    -------
    Frames
        What the notebook displays when a cell ends with it.
    """
    figures = [figure(frame, now=n == start) for n, frame in enumerate(frames)]
    html = f'<frame-scrubber label="{escape(label)}">\n{"".join(figures)}</frame-scrubber>'
    return Frames(html, [frame.caption for frame in frames])


def figure(frame: Frame, now: bool) -> str:
    """Write a frame as HTML, its picture inside; ``now`` marks the one to begin with."""
    width, height = (round(PIXELS * inches) for inches in frame.figure.get_size_inches())
    mark = ' class="now"' if now else ""
    source = "data:image/svg+xml," + quote(svg(frame.figure), safe=UNQUOTED)
    return (
        f"<figure{mark}>"
        f'<img src="{source}" alt="{escape(frame.alt)}" width="{width}" height="{height}">'
        f"<figcaption>{frame.caption}</figcaption></figure>\n"
    )


def svg(figure: Figure) -> str:
    """Draw a figure as SVG, without what no browser needs, and close it.

    A compressor looks back 32 kB: frames that are shorter cost little more than the first of them.
    """
    file = StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    drawing = file.getvalue().partition("<svg")[2].replace('"', "'")
    drawing = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r"\b[dxy]='[^']*'|translate\([^)]*\)", rounded, drawing)
    return "<svg" + re.sub(r"\s+", " ", drawing).replace("> <", "><")


def rounded(places: re.Match[str]) -> str:
    """Write coordinates to a hundredth of a point."""
    return re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", places[0])
