"""Whatever numbers are drawn: a right program loses nothing, a mistake never gets full marks.

A few seeds run every time; ``make fairness`` runs 200. The programs answer in this process, since
only the draw of the challenges is in question here.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from unittest import mock

import pytest

from autograder import assignment, inside, misconceptions, oracle
from autograder.assignment import Check
from autograder.judge import judge

RIGHT = Path(__file__).parent / "right"
FEW, MANY = range(3), range(3, 203)

MISTAKES = [m for topic in assignment.topics() for m in misconceptions.load(topic)]
CHECKS = [check for topic in assignment.topics() for check in assignment.checks(topic)]

every_mistake = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.topic}/{m.id}")
every_check = pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.id)


def loses_nothing(check: Check, seeds: range) -> None:
    for path in RIGHT.glob(f"*/{check.topic}.py"):
        beside = [str(path.parent), *sys.path]
        with mock.patch.object(sys, "path", beside), mock.patch.dict(sys.modules):
            function = getattr(inside.load(str(path)), check.function)
        for seed in seeds:
            ask = functools.partial(inside.observe, function, path=str(path))
            verdict = judge(check, ask, oracle.Live(seed))
            assert verdict.status == "passed", (path, seed, verdict.message)


def always_loses_and_is_named(mistake: misconceptions.Misconception, seeds: range) -> None:
    checks = [c for c in assignment.checks(mistake.topic) if c.function == mistake.function]
    ask = functools.partial(oracle.mistaken, mistake, mistake.topic, mistake.function)
    for seed in seeds:
        verdicts = [judge(check, ask, oracle.Live(seed)) for check in checks]
        assert mistake.id in [v.misconception for v in verdicts if v.status != "passed"], seed


@every_check
def test_a_right_program_loses_nothing(check: Check) -> None:
    loses_nothing(check, FEW)


@every_mistake
def test_a_mistake_always_loses_and_is_named(mistake: misconceptions.Misconception) -> None:
    always_loses_and_is_named(mistake, FEW)


@pytest.mark.slow
@every_check
def test_a_right_program_loses_nothing_over_200_seeds(check: Check) -> None:
    loses_nothing(check, MANY)


@pytest.mark.slow
@every_mistake
def test_a_mistake_loses_and_is_named_over_200_seeds(
    mistake: misconceptions.Misconception,
) -> None:
    always_loses_and_is_named(mistake, MANY)
