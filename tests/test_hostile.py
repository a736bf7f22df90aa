"""Programs that attack the grader: none gains a point, hangs it, or leaves anything behind.

Behind bubblewrap that holds for all of them. A weaker wall is held to what it says it stops. What
it does not stop is not let loose behind it, since this repository and machine would bear it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import hostile_tries
import numpy as np
import psutil
import pytest

from autograder import assignment, cli, inside, oracle, report, sandbox
from autograder.sandbox import Threat

HOSTILE = Path(__file__).parent / "hostile"
ATTACKS = sorted(path.stem for path in HOSTILE.glob("*.py"))
COURSE = oracle.SOLUTIONS.parent

WALLS = {wall.name: wall for wall in sandbox.WALLS}

# What must be stopped for an attack to be harmless, beyond what is stopped everywhere.
NEEDS = {
    "daemon": {Threat.LEFTOVERS},
    "forged_results_file": {Threat.DAMAGE, Threat.WRITING},
    "forks": {Threat.LEFTOVERS},
    "memory": {Threat.MEMORY},
    "network": {Threat.NETWORK},
    "numpy_files": {Threat.DAMAGE},
    "overwrites_grader": {Threat.DAMAGE},
    "overwrites_homework": {Threat.DAMAGE},
    "reads_proc": {Threat.READING},
    "reads_solutions": {Threat.READING},
    "recursion": {Threat.MEMORY},
    "searches_disk": {Threat.READING},
    "signals": {Threat.SIGNALS},
    "stops_parent": {Threat.SIGNALS},
}


@dataclass(frozen=True)
class Setting:
    """A wall, with or without forked calls, and how many checks it is worth asking."""

    wall: str
    forks: bool
    functions: tuple[str, ...] = ("initial_state",)
    deadline: float = 1.0

    @property
    def stops(self) -> frozenset[Threat]:
        everything = sandbox.stopped(WALLS[self.wall])
        return everything if self.forks else everything - sandbox.WITH_FORKS


EVERY_FUNCTION = tuple({check.function for check in assignment.checks("unrolling")})
SETTINGS = {
    "bubblewrap": Setting("bubblewrap", True, EVERY_FUNCTION, 2.0),
    "unprivileged user": Setting("unprivileged user", True),
    "separate process": Setting("separate process", True),
    "unprivileged user, no fork": Setting("unprivileged user", False),
    "separate process, no fork": Setting("separate process", False),
}
HARMLESS = [
    pytest.param(
        setting,
        attack,
        id=f"{name}-{attack}",
        marks=[] if name == "bubblewrap" else [pytest.mark.once],
    )
    for name, setting in SETTINGS.items()
    if name != "unprivileged user, no fork"  # root on macOS: rare, and both halves are tried
    for attack in ATTACKS
    if NEEDS.get(attack, set()) <= setting.stops
]

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

Box = Callable[[Setting], sandbox.Sandbox]


@pytest.fixture(scope="session", autouse=True)
def orphans() -> None:
    """Become the parent of whatever a program leaves behind, so that it is seen here."""
    if sys.platform == "linux":
        inside.adopt_orphans()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Make a folder that everybody may read; pytest's own are for one user."""
    with tempfile.TemporaryDirectory(prefix="unrolled-") as made:
        Path(made).chmod(0o755)
        (homework := Path(made) / "homework").mkdir()
        yield homework


@pytest.fixture(scope="session")
def everybodys_python() -> Iterator[str]:
    """Link Python and NumPy to where nobody may read them: some lie in the home of root."""
    with tempfile.TemporaryDirectory(prefix="unrolled-python-") as made:
        Path(made).chmod(0o755)
        library = f"lib/python{sys.version_info.major}.{sys.version_info.minor}"
        not_needed = shutil.ignore_patterns("site-packages", "test", "idlelib", "config-*")
        linked(Path(sys.base_prefix) / library, Path(made) / library, not_needed)
        numpy = Path(np.__file__).parent
        for package in (numpy, numpy.with_name("numpy.libs")):
            linked(package, Path(made) / library / "site-packages" / package.name)
        (python := Path(made) / "bin" / "python").parent.mkdir()
        shutil.copy(Path(sys.executable).resolve(), python)
        yield str(python)


def linked(source: Path, target: Path, ignore: Callable[..., set[str]] | None = None) -> None:
    def link(a: str, b: str) -> None:
        try:
            os.link(a, b)
        except OSError:  # another disk
            shutil.copy(a, b)

    shutil.copytree(source, target, ignore=ignore, copy_function=link)


@pytest.fixture
def box(
    folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Box]:
    """Put up a setting around the folder, or step aside where it cannot be."""
    boxes: list[sandbox.Sandbox] = []

    def put_up(setting: Setting) -> sandbox.Sandbox:
        root = sys.platform != "win32" and os.geteuid() == 0
        if setting.wall == "unprivileged user":
            if not root:
                pytest.skip("only root can become nobody")
            monkeypatch.setattr(sys, "executable", request.getfixturevalue("everybodys_python"))
        monkeypatch.setattr(sandbox, "FORKS", setting.forks)
        boxes.append(sandbox.Sandbox(folder, setting.deadline, [WALLS[setting.wall]]))
        if not boxes[0].works():
            say = pytest.fail if os.environ.get("CI") else pytest.skip
            say(f"{setting.wall} does not work on this machine")
        return boxes[0]

    yield put_up
    for put in boxes:
        put.__exit__(None, None, None)


def left_over(before: set[psutil.Process]) -> list[psutil.Process]:
    """Wait for what has been ended to be gone; lists, and ends, what stays.

    What was there before, a browser of other tests for instance, may start processes of its own.
    """
    _, alive = psutil.wait_procs(set(psutil.Process().children(recursive=True)) - before, 3)
    alive = [process for process in alive if before.isdisjoint(process.parents())]
    for process in alive:
        process.kill()
    psutil.wait_procs(alive)
    return alive


def files() -> dict[Path, int]:
    """Note the state of everything that an attack would like to change."""
    rooms = ("autograder", "solutions", "homework")
    course = [p for room in rooms for p in (COURSE / room).rglob("*.py")]
    return {p: p.stat().st_mtime_ns for p in (*course, *Path("/tmp").glob("unrolled-attack*"))}


@linux
@pytest.mark.parametrize(("setting", "attack"), HARMLESS)
def test_an_attack_is_harmless(setting: Setting, attack: str, folder: Path, box: Box) -> None:
    shutil.copy(HOSTILE / f"{attack}.py", folder / "unrolling.py")
    program = (folder / "unrolling.py").read_bytes()
    before, running = files(), set(psutil.Process().children(recursive=True))
    checks = [c for c in assignment.checks("unrolling") if c.function in setting.functions]

    with box(setting) as wrapped:
        began = time.monotonic()
        outcome = cli.grade(checks, folder, 1, wrapped)

    assert time.monotonic() - began < 4 * setting.deadline + 9
    assert outcome.score == 0
    for check, verdict in outcome.results:
        assert verdict.status in ("failed", "error", "timeout"), check.id
        assert verdict.message
        assert "Traceback" not in verdict.message
        assert "\033" not in verdict.message + verdict.printed
        assert len(verdict.message) < 5000
        assert len(verdict.printed) <= 1 << 16
    assert ElementTree.fromstring(report.as_junit(outcome)).tag == "testsuites"
    assert left_over(running) == []
    assert files() == before
    assert (folder / "unrolling.py").read_bytes() == program
    assert os.listdir(folder) == ["unrolling.py"]  # noqa: PTH208


@linux
@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_a_wall_stops_what_it_says_and_no_more(setting: Setting, folder: Path, box: Box) -> None:
    shutil.copy(hostile_tries.__file__, folder / "tries.py")
    around = folder.parent
    for name, mode in {"mine": 0o644, "private": 0o600, "public": 0o644}.items():
        (around / name).write_text("secret" if name == "private" else "public")
        (around / name).chmod(mode)
    (around / "shared").mkdir()
    (around / "shared").chmod(0o777)
    running = set(psutil.Process().children(recursive=True))
    with socket.create_server(("127.0.0.1", 0)) as server, box(setting) as wrapped:
        facts = {
            "signals": os.getpid(),
            "sight": os.getpid(),
            "damage": str(around / "mine"),
            "secrets": str(around / "private"),
            "reading": str(around / "public"),
            "writing": str(around / "shared"),
            "network": server.getsockname()[1],
        }
        tried = [threat for threat in Threat if hasattr(hostile_tries, threat.name.lower())]
        managed = {
            threat
            for threat in tried
            for name in [threat.name.lower()]
            for argument in [{"it": facts[name]} if name in facts else {}]
            if wrapped.call("tries.py", name, argument).value is True
        }
    if not left_over(running):
        managed.discard(Threat.LEFTOVERS)
    assert managed == set(tried) - setting.stops
    assert ((around / "mine").read_text() == "damaged") == (Threat.DAMAGE in managed)


@linux
def test_a_program_does_not_see_the_graders_environment(
    folder: Path, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNROLLED_TOKEN", "secret")
    (folder / "spy.py").write_text("import os\ndef spy(): return dict(os.environ)\n")
    with box(SETTINGS["separate process"]) as wrapped:
        seen = wrapped.call("spy.py", "spy", {}).value
    assert "secret" not in seen.values()
    assert seen["OMP_NUM_THREADS"] == "1"


@linux
def test_a_call_ends_with_the_grader_that_is_interrupted(folder: Path, box: Box) -> None:
    (folder / "slow.py").write_text("import time\ndef sleep(): time.sleep(1000)\n")
    running = set(psutil.Process().children(recursive=True))
    wrapped = box(SETTINGS["separate process"])

    def ctrl_c(*_: object) -> None:
        raise KeyboardInterrupt

    handler = signal.signal(signal.SIGALRM, ctrl_c)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt), wrapped:
            wrapped.call("slow.py", "sleep", {})
    finally:
        signal.signal(signal.SIGALRM, handler)
    assert left_over(running) == []


@linux
def test_nobody_is_not_asked_to_read_what_only_root_may(folder: Path, box: Box) -> None:
    (folder / "unrolling.py").write_text("x = 1\n")
    box(SETTINGS["unprivileged user"])
    (folder / "unrolling.py").chmod(0o600)
    with sandbox.Sandbox(folder, walls=[WALLS["unprivileged user"]]) as wrapped:
        assert not wrapped.works()


@pytest.mark.parametrize("name", ["readable", "listed"])
def test_a_reply_that_is_no_observation_is_refused(name: str) -> None:
    replies = {"readable": {"stage": "returned"}, "listed": ["returned"]}
    with pytest.raises(ValueError, match="not an observation"):
        inside.unpack(inside.to_bytes(replies[name]))


def test_a_link_to_the_solution_is_refused(tmp_path: Path) -> None:
    (tmp_path / "unrolling.py").symlink_to(oracle.SOLUTIONS / "unrolling.py")
    outcome = cli.grade(assignment.checks("unrolling"), tmp_path, 1)
    assert outcome.score == 0
    assert "link" in outcome.results[0][1].message


def test_there_are_at_least_25_attacks_and_each_need_is_one_of_theirs():
    assert len(ATTACKS) >= 25
    assert set(NEEDS) <= set(ATTACKS)
