"""An oracle without solutions: what ``record`` wrote down about one topic, for one seed.

It needs the standard library and NumPy only, and runs in a reader's browser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder import readings
from autograder.assignment import Challenge, Check, Output
from autograder.inside import Observation, from_bytes
from autograder.misconceptions import Misconception

NOT_ASKED = Observation("died")  # nothing agrees with it


@dataclass(frozen=True)
class Record:
    """What is recorded of one check, a list for each challenge; right answers to the first ones."""

    outputs: list[Output]
    challenges: list[Challenge]
    right: list[Observation]
    suspects: list[Misconception]
    mistaken: list[dict[Misconception, Observation]]


class Recorded:
    """A record as an oracle of the judge.

    Parameters
    ----------
    path : Path
        A file that ``record.write`` wrote.

    Attributes
    ----------
    topic : str
        What it is about.
    seed : int
        What its challenges were drawn with.
    checks : tuple of Check
        The checks of the topic, which cannot draw.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as members:
            self._packed = {name: members[name].tobytes() for name in members.files}
        about = from_bytes(self._packed.pop("about"))
        self.topic: str = about["topic"]
        self.seed: int = about["seed"]
        self.checks = tuple(map(_check, about["checks"]))
        self._mistakes = [Misconception(**fields) for fields in about["mistakes"]]
        self._records: dict[str, Record] = {}

    def outputs(self, check: Check) -> list[Output]:
        """Name what the function returns."""
        return self._of(check).outputs

    def challenges(self, check: Check) -> Iterator[Challenge]:
        """Give the inputs of the calls."""
        return iter(self._of(check).challenges)

    def right(self, check: Check, challenge: Challenge) -> Observation:
        """Look up the right answer to a challenge."""
        record = self._of(check)
        return record.right[_place(record, challenge)]

    def suspects(self, check: Check) -> list[Misconception]:
        """List the mistakes that show in one of the challenges."""
        return self._of(check).suspects

    def mistaken(self, mistake: Misconception, check: Check, challenge: Challenge) -> Observation:
        """Look up a mistake's answer to a challenge."""
        record = self._of(check)
        return record.mistaken[_place(record, challenge)].get(mistake, NOT_ASKED)

    def _of(self, check: Check) -> Record:
        if check.name not in self._records:
            fields = from_bytes(self._packed[check.name])
            self._records[check.name] = Record(
                outputs=[Output(*output) for output in fields["outputs"]],
                challenges=list(map(Challenge, fields["challenges"])),
                right=list(map(_observation, fields["right"])),
                suspects=[self._mistakes[number] for number in fields["suspects"]],
                mistaken=[
                    {self._mistakes[int(n)]: _observation(answer) for n, answer in given.items()}
                    for given in fields["mistaken"]
                ],
            )
        return self._records[check.name]


def _check(fields: Mapping[str, Any]) -> Check:
    reading = fields["reading"] and getattr(readings, fields["reading"])
    return Check(**{**fields, "reading": reading})


def _observation(fields: Mapping[str, Any]) -> Observation:
    again = fields.get("again", fields["value"])
    return Observation("returned", fields["value"], again, fields.get("modified", ()))


def _place(record: Record, challenge: Challenge) -> int:
    return next(n for n, known in enumerate(record.challenges) if known is challenge)
