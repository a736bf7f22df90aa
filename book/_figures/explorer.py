"""The explorer of the chapter *Vanishing and exploding gradients*: a piece of HTML that computes.

Its parts stand beside this file: ``explorer.html``, ``.css`` and ``.mjs``. They go into the page
as they are, so nothing has to be fetched, and no other page carries them.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from solutions.activations import ACTIVATIONS, LINEAR
from solutions.vanishing import Kind, recurrence

KINDS: tuple[Kind, ...] = ("orthogonal", "Gaussian")


def networks(H: int = 32, T: int = 100, seed: int = 0) -> dict[str, Any]:
    """Draw what the explorer computes with, in few enough digits to be written into a page.

    ``w`` (H,) are the input weights and ``x`` (T,) the inputs; each of ``matrices`` has ``U``
    (H, H), of spectral radius 1, and its ``largest`` singular value.
    """
    rng = np.random.default_rng(seed)
    matrices = {}
    for kind in KINDS:
        U = recurrence(kind, H, rng).round(7)
        matrices[kind] = {"U": U.tolist(), "largest": float(np.linalg.norm(U, 2).round(7))}
    w, x = rng.normal(size=H).round(3), rng.normal(size=T).round(3)
    return {"w": w.tolist(), "x": x.tolist(), "matrices": matrices}


def options(names: list[str], chosen: str) -> str:
    """Write the entries of a select, one of them chosen."""
    return "".join(
        f"<option{' selected' if name == chosen else ''}>{escape(name)}</option>" for name in names
    )


def explorer() -> str:
    """Write the explorer: its controls, its networks and its program."""
    page, looks, program = (
        Path(__file__).with_suffix(suffix).read_text("utf-8")
        for suffix in (".html", ".css", ".mjs")
    )
    return Template(page).substitute(
        looks=looks,
        program=program,
        networks=json.dumps(networks(), separators=(",", ":")),
        activations=options([theta.name for theta in (LINEAR, *ACTIVATIONS)], "tanh"),
        kinds=options(list(KINDS), "orthogonal"),
    )
