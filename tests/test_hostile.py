"""Programs that attack the grader: none gains a point, hangs it, or leaves anything behind."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import psutil
import pytest

from autograder import assignment, cli, oracle, sandbox

ATTACKS = sorted(path.stem for path in (Path(__file__).parent / "hostile").glob("*.py"))
DEADLINE = 2.0
COURSE = oracle.SOLUTIONS.parent

walls = {wall.name: wall for wall in sandbox.WALLS}


def processes(folder: Path) -> set[int]:
    """List processes that descend from this one, or were started around a folder."""
    found = {child.pid for child in psutil.Process().children(recursive=True)}
    for process in psutil.process_iter(["cmdline"]):
        if str(folder) in (process.info["cmdline"] or []):
            found.add(process.pid)
    return found


def course_files() -> dict[Path, int]:
    rooms = ("autograder", "solutions", "homework")
    return {p: p.stat().st_mtime_ns for room in rooms for p in (COURSE / room).rglob("*.*")}


def attacked(attack: str, folder: Path, wall: sandbox.Wall) -> None:
    before = processes(folder), course_files(), set(Path("/tmp").glob("unrolled-attack*"))
    shutil.copy(Path(__file__).parent / "hostile" / f"{attack}.py", folder / "unrolling.py")
    program = (folder / "unrolling.py").read_bytes()
    began = time.monotonic()

    box = sandbox.Sandbox(folder, DEADLINE, [wall])
    outcome = cli.grade(assignment.checks("unrolling"), folder, 1, box)

    assert time.monotonic() - began < 4 * DEADLINE + 5
    assert outcome.score == 0
    for check, verdict in outcome.results:
        assert verdict.status in ("failed", "error", "timeout"), check.id
        assert verdict.message
        assert "Traceback" not in verdict.message
        assert "\033" not in verdict.message + verdict.printed
        assert len(verdict.message) < 5000
        assert len(verdict.printed) <= 1 << 16
    while processes(folder) - before[0] and time.monotonic() - began < 6 * DEADLINE:
        time.sleep(0.05)  # the kernel takes a moment to end what was killed
    after = processes(folder), course_files(), set(Path("/tmp").glob("unrolled-attack*"))
    assert after == before
    assert (folder / "unrolling.py").read_bytes() == program
    assert os.listdir(folder) == ["unrolling.py"]  # noqa: PTH208


@pytest.fixture
def bubblewrap():
    with sandbox.Sandbox(Path(__file__).parent, walls=[walls["bubblewrap"]]) as box:
        if not box.works():
            if os.environ.get("CI"):
                pytest.fail("bubblewrap does not work on this machine")
            pytest.skip("bubblewrap does not work on this machine")
    return walls["bubblewrap"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_harmless(attack: str, tmp_path: Path, bubblewrap: sandbox.Wall) -> None:
    attacked(attack, tmp_path, bubblewrap)


def test_a_link_to_the_solution_is_refused(tmp_path: Path) -> None:
    (tmp_path / "unrolling.py").symlink_to(oracle.SOLUTIONS / "unrolling.py")
    outcome = cli.grade(assignment.checks("unrolling"), tmp_path, 1)
    assert outcome.score == 0
    assert "link" in outcome.results[0][1].message


def test_there_are_at_least_25_attacks():
    assert len(ATTACKS) >= 25
