"""Every misconception, handed in as homework, loses points and is called by its name."""

from pathlib import Path

import pytest

from autograder import assignment, cli, misconceptions, oracle, stubs
from autograder.misconceptions import Misconception

SEED = 20

EVERY = [m for topic in assignment.topics() for m in misconceptions.load(topic)]


@pytest.mark.once  # test_fairness puts them to the grader on every Python
@pytest.mark.parametrize("mistake", EVERY, ids=lambda m: f"{m.topic}/{m.id}")
def test_a_mutant_loses_points_and_is_named(mistake: Misconception, tmp_path: Path) -> None:
    stubs.hand_in(tmp_path, mistake.topic, mistake.apply(oracle.source(mistake.topic)))

    outcome = cli.grade(oracle.touched(mistake), tmp_path, SEED)

    of_function = [
        verdict for check, verdict in outcome.results if check.function == mistake.function
    ]
    assert any(verdict.status != "passed" for verdict in of_function)
    assert mistake.id in [verdict.misconception for verdict in of_function]


@pytest.mark.parametrize("topic", assignment.topics())
def test_a_topic_knows_at_least_twelve_mistakes_by_different_names(topic: str) -> None:
    ids = [mistake.id for mistake in misconceptions.load(topic)]
    assert len(ids) == len(set(ids)) >= 12


def test_an_edit_that_fits_nowhere_is_refused() -> None:
    stale = Misconception("id", "unrolling", "recur", becomes="x", says="", was="no such line")
    with pytest.raises(misconceptions.StaleEdit, match="0 times"):
        stale.apply(oracle.source("unrolling"))


def test_an_edit_that_changes_nothing_is_refused() -> None:
    idle = Misconception("id", "unrolling", "recur", becomes="range(T)", says="", was="range(T)")
    with pytest.raises(misconceptions.StaleEdit, match="changes nothing"):
        idle.apply(oracle.source("unrolling"))


def test_an_edit_of_an_unknown_function_is_refused() -> None:
    lost = Misconception("id", "unrolling", "rekur", becomes="x", says="", was="y")
    with pytest.raises(misconceptions.StaleEdit, match="rekur"):
        lost.apply(oracle.source("unrolling"))
