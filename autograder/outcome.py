"""The outcome of grading as data: points, what to mend first, what waits for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.assignment import Check
from autograder.judge import Verdict


@dataclass(frozen=True)
class Outcome:
    """The verdicts of one run of the grader."""

    results: Sequence[tuple[Check, Verdict]]
    folder: Path
    seed: int
    isolation: Sequence[str]
    seconds: float

    @property
    def score(self) -> int:
        """Points earned."""
        return sum(earned(check, verdict) for check, verdict in self.results)

    @property
    def max_score(self) -> int:
        """Points there are."""
        return sum(check.points for check, _ in self.results)


def waits_for(check: Check, outcome: Outcome) -> str | None:
    """Name a function that a check builds on and that fails as well; None when there is none."""
    broken = {
        (other.topic, other.function)
        for other, verdict in outcome.results
        if verdict.status != "passed"
    }
    for name in check.requires:
        topic, _, function = name.rpartition(".")
        if (topic or check.topic, function) in broken:
            return name
    return None


def first_to_fix(outcome: Outcome) -> tuple[Check, Verdict] | None:
    """Choose what to mend first: attempts before blanks, foundations before what stands on them."""
    failing = [(check, verdict) for check, verdict in outcome.results if verdict.status != "passed"]
    return min(
        failing,
        key=lambda result: (
            result[1].status == "skipped",
            waits_for(result[0], outcome) is not None,
        ),
        default=None,
    )


def earned(check: Check, verdict: Verdict) -> int:
    """Count the points of one check."""
    return check.points if verdict.status == "passed" else 0


def entry(check: Check, verdict: Verdict) -> dict[str, Any]:
    """Lay out one verdict as it stands in the JSON report."""
    return {
        "id": check.id,
        "topic": check.topic,
        "title": check.title,
        "function": check.function,
        "score": earned(check, verdict),
        "max_score": check.points,
        "status": verdict.status,
        "message": verdict.message,
        "misconception": verdict.misconception,
    }
