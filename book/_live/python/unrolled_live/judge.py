"""Judges homework in the reader's browser, with the recorded oracle of one topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder import page
from autograder.recorded import Recorded
from unrolled_live import files

RECORDS = Path("/oracle")

oracle: Recorded


def load(topic: str, address: str) -> None:
    """Name the topic and where its record is."""
    global oracle
    path = RECORDS / f"{topic}.npz"
    files.serve(path, address)
    oracle = page.load(path)


def ask(check: str, replies: Sequence[bytes | None]) -> dict[str, Any]:
    """Give the next question to the reader's program, or the verdict when all is answered."""
    return page.ask(oracle, check, [None if r is None else bytes(r) for r in replies])


def summary(verdicts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Add up the points, and choose what to mend first."""
    return page.summary(oracle, verdicts)
