"""Right programs, written in other ways than ours, get full marks."""

from pathlib import Path

import pytest

from autograder import assignment, cli, oracle, stubs

RIGHT = Path(__file__).parent / "right"
SEEDS = (0, 1, 2)

PROGRAMS = [
    pytest.param(folder, topic, id=f"{folder.name}/{topic}")
    for topic in assignment.topics()
    for folder in sorted(RIGHT.iterdir())
    if (folder / f"{topic}.py").exists()
]


@pytest.mark.parametrize("topic", assignment.topics())
def test_the_solution_gets_full_marks(topic: str, tmp_path: Path) -> None:
    stubs.hand_in(tmp_path, topic, oracle.source(topic))
    test_a_right_program_gets_full_marks(tmp_path, topic, seed=0)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("folder", "topic"), PROGRAMS)
def test_a_right_program_gets_full_marks(folder: Path, topic: str, seed: int) -> None:
    outcome = cli.grade(assignment.checks(topic), folder, seed)
    assert [(c.id, v.message) for c, v in outcome.results if v.status != "passed"] == []


@pytest.mark.parametrize("topic", assignment.topics())
def test_a_topic_has_at_least_four_right_programs_besides_ours(topic: str) -> None:
    assert len(list(RIGHT.glob(f"*/{topic}.py"))) >= 4
