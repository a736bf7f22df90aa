"""How every figure of the book looks. A chapter's first cell calls ``style.use()``.

A colour is chosen by what it stands for. The hues are those of Okabe and Ito, told apart by every
kind of eye and dark enough for thin lines on white; on a dark page the picture is turned over.
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib_inline.backend_inline import set_matplotlib_formats

INPUT = "#0072B2"  # W: input to hidden
RECURRENT = "#D55E00"  # W_h: hidden to hidden, one step later
OUTPUT = "#00805E"  # W_out: hidden to output
GOOD = INPUT  # the pair for "right or wrong", in pictures that show no weights
BAD = RECURRENT
OTHER = "#A3477F"  # one more series
SECOND = "#8A6A00"  # a second recurrence, where there are two
LAYERS = ((INPUT, RECURRENT), (OTHER, SECOND))  # of a deep network: W of each layer, and its W_h
BOTH = (
    (INPUT, RECURRENT, OUTPUT),
    (OTHER, SECOND, "#5A4FCF"),
)  # W, W_h and W_out: forward, backward
INK = "#1F2328"
MUTED = "#6B7280"  # what is there but not the point: padding, grids, axes
FAINT = "#E5E7EB"
PAPER = "#FFFFFF"

SERIES = (INPUT, RECURRENT, OUTPUT, OTHER, MUTED)
COMPARED = ((MUTED, "s"), (GOOD, "o"), (BAD, "D"), (OTHER, "^"))  # networks side by side

WIDTH = 6.8  # inches: a line of text in the book; a phone shows it at half this size


def use() -> None:
    """Draw in the book's style, as SVG that is the same to the last byte in every run."""
    mpl.rcdefaults()
    plt.rcParams.update(
        {
            "figure.figsize": (WIDTH, WIDTH / 2),
            "figure.facecolor": "none",
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "none",
            "svg.fonttype": "path",
            "svg.hashsalt": "unrolled",
            "font.family": "DejaVu Sans",
            "font.size": 12,
            "mathtext.fontset": "cm",
            "axes.titlesize": 12,
            "axes.titlelocation": "left",
            "axes.titlepad": 10,
            "axes.labelsize": 12,
            "axes.facecolor": "none",
            "axes.edgecolor": MUTED,
            "axes.labelcolor": INK,
            "axes.linewidth": 0.8,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.prop_cycle": cycler(color=SERIES),
            "grid.color": FAINT,
            "legend.frameon": False,
            "legend.fontsize": 11,
            "lines.linewidth": 2,
            "lines.solid_capstyle": "round",
            "text.color": INK,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "xtick.labelsize": 11,
            "ytick.labelsize": 11,
            "image.cmap": "Greys",
            "image.interpolation": "none",
        }
    )
    set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})
