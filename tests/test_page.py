"""The judge of the page gives the verdicts of the command line, and knows no solution."""

from __future__ import annotations

import functools
import inspect
import json
import os
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import page_cases
import pytest
from page_cases import Case

from autograder import (
    assignment,
    compare,
    inside,
    misconceptions,
    oracle,
    page,
    readings,
    record,
    stubs,
)
from autograder.inside import Observation
from autograder.recorded import Recorded

TOPICS = assignment.topics()
COURSE = Path(__file__).resolve().parents[1]
RECORDS = COURSE / "_build" / "oracle"  # make book writes them
sys.path += [str(COURSE / "book"), str(COURSE / "book" / "_ext")]

from node import NODE, install  # noqa: E402

CASES = list(page_cases.cases())


@functools.cache
def known(topic: str) -> Recorded:
    return page.load(RECORDS / f"{topic}.npz")


@pytest.fixture
def one_process() -> Iterator[None]:
    """Let programs warn, as they may in a process of their own."""
    with warnings.catch_warnings(action="ignore"):
        yield


# ------------------------------------------------------------------------------ the same verdicts


def says_the_same(case: Case, folder: Path) -> None:
    page_cases.hand_in(case, folder)
    answer = functools.cache(inside.answer_here)
    expected = page_cases.on_the_command_line(case, folder, answer)
    asked = answer.cache_info().misses
    assert page_cases.in_the_page(case, folder, answer, known(case.topic)) == expected
    assert answer.cache_info().misses == asked, "the page asked something else"


@pytest.mark.book
@pytest.mark.once
@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_page_gives_the_verdict_of_the_command_line(case: Case, tmp_path: Path) -> None:
    says_the_same(case.of_its_own_function(), tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_page_gives_the_verdict_of_the_command_line_on_all_that_a_mistake_touches(
    case: Case, tmp_path: Path
) -> None:
    says_the_same(case, tmp_path)


@pytest.mark.book
@pytest.mark.once
@pytest.mark.usefixtures("one_process")
def test_the_python_of_the_page_gives_the_verdicts_of_this_one(tmp_path: Path) -> None:
    """Other NumPy, other Python, 32 bits: every 15th program there is, and those in float32."""
    install(COURSE / "book" / "_live")
    chosen = [*CASES[::15], *(case for case in CASES if case.name == "right float32")]
    page_cases.write(tmp_path / "cases.json", chosen)
    done = subprocess.run(
        [NODE, COURSE / "tests" / "verdicts_on_pyodide.mjs", COURSE, tmp_path / "cases.json"],
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "on emscripten" in said, said
    assert f"{sum(len(case.checks) for case in chosen)} verdicts, 0 differ" in said, said
    assert done.returncode == 0


@pytest.mark.book
@pytest.mark.once
def test_a_program_in_a_process_of_its_own_gets_the_same_verdicts(tmp_path: Path) -> None:
    """The grader's own way, from file to report, for one wrong program."""
    (case,) = (c for c in CASES if c.id == "unrolling/state-not-carried")
    page_cases.hand_in(case, tmp_path)
    arguments = ["unrolling", "--in", tmp_path, "--seed", "1", "--json", tmp_path / "said.json"]
    subprocess.run([sys.executable, "-m", "autograder", *arguments], check=False, timeout=120)
    everything = Case(case.topic, case.name, case.files, assignment.checks("unrolling"))
    found = page_cases.in_the_page(everything, tmp_path, inside.answer_here, known("unrolling"))
    assert (
        list(map(without_printed, found.values()))
        == json.loads((tmp_path / "said.json").read_text())["checks"]
    )


def without_printed(verdict: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in verdict.items() if key != "printed"}


# ------------------------------------------------------------------------------ what is recorded


@pytest.fixture(scope="module")
def clipping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    record.write(folder, topics=["clipping"])
    return folder / "clipping.npz"


def test_a_record_is_the_same_every_time(clipping: Path, tmp_path: Path) -> None:
    record.write(tmp_path, topics=["clipping"])
    assert (tmp_path / "clipping.npz").read_bytes() == clipping.read_bytes()


def test_a_record_asks_what_the_seed_asks(clipping: Path) -> None:
    recorded = page.load(clipping)
    for check, live in zip(recorded.checks, assignment.checks("clipping"), strict=True):
        assert record.data(check) == record.data(live)
        for inputs, drawn in zip(recorded.challenges(check), live.challenges(1), strict=False):
            assert inside.to_bytes(inputs) == inside.to_bytes(drawn)


def test_a_check_that_was_read_from_a_record_has_nothing_to_draw(clipping: Path) -> None:
    with pytest.raises(LookupError, match="in its record"):
        next(page.load(clipping).checks[0].challenges(0))


@pytest.mark.book
@pytest.mark.parametrize("topic", TOPICS)
def test_a_record_holds_no_program(topic: str) -> None:
    with np.load(RECORDS / f"{topic}.npz", allow_pickle=False) as members:
        texts = "".join(
            inside.from_bytes(members[name].tobytes()).__repr__() for name in members.files
        )
    said = [mistake.says for t in TOPICS for mistake in misconceptions.load(t)]
    assert any(repr(s)[1:-1] in texts for s in said), "explanations are there"
    for words in (*said, *readings.LOOKS):
        texts = texts.replace(repr(words)[1:-1], "")
    edits = [
        line.strip()
        for path in misconceptions.FOLDER.glob("*.toml")
        for entry in tomllib.loads(path.read_text("utf-8"))["misconception"]
        for line in (entry.get("was", "") + "\n" + entry["becomes"]).splitlines()
    ]
    lines = [line.strip() for t in TOPICS for line in oracle.source(t).splitlines()]
    programs = [line for line in edits + lines if len(line) > 12 and not line.isidentifier()]
    assert [line for line in programs if repr(line)[1:-1] in texts] == []


@pytest.mark.book
def test_the_records_are_small() -> None:
    sizes = {topic: (RECORDS / f"{topic}.npz").stat().st_size for topic in TOPICS}
    assert max(sizes.values()) < 450_000, sizes
    assert sum(sizes.values()) < 1_500_000, sizes


def test_the_page_needs_python_and_numpy_only(clipping: Path) -> None:
    program = f"""
import sys
from pathlib import Path
barred = ("solutions", "rich", "docstring_parser", "_ctypes", "resource", "autograder.oracle")
sys.modules |= dict.fromkeys(barred)
from autograder import page
oracle = page.load(Path({str(clipping)!r}))
for check in oracle.checks:
    replies = []
    while "verdict" not in (step := page.ask(oracle, check.id, replies)):
        replies.append(None)
    assert step["verdict"]["status"] == "timeout"
assert not any(name.startswith("autograder.checks") for name in sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=COURSE, timeout=60)


# ------------------------------------------------------------------------------ sketches


@pytest.mark.parametrize("shape", [(3,), (4, 5), (2, 3, 4), (0, 3)])
def test_answers_that_agree_have_sketches_that_agree(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        a = rng.normal(size=shape) * 10 ** rng.uniform(-6, 6)
        a[rng.random(shape) < 0.1] = rng.choice([np.nan, np.inf, -np.inf])
        finite = np.abs(a[np.isfinite(a)]).max(initial=0)
        b = a + 0.99 * compare.TOLERANCE * finite * rng.choice([-1, 1], size=shape)
        x, y = (compare.sketch(Observation("returned", v, v)) for v in (a, b))
        assert compare.agrees(Observation("returned", b, b), Observation("returned", a, a), [0], 1)
        assert compare.agrees(y, x, [0], 1)


CHANGES = {
    "one entry": lambda a: a + 1e-4 * (np.arange(a.size).reshape(a.shape) == 7),
    "two entries swapped": lambda a: a[[1, 0, 2, 3]],
    "a step late": lambda a: np.roll(a, 1, axis=0),
    "reversed": lambda a: a[::-1],
    "sign": lambda a: -a,
    "factor": lambda a: a * 1.001,
    "another shape": lambda a: a.reshape(5, 4),
    "not finite": lambda a: np.where(np.arange(a.size).reshape(a.shape) == 7, np.nan, a),
    "elsewhere not finite": lambda a: np.where(np.isnan(a[::-1]), np.nan, a),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_answers_that_differ_have_sketches_that_differ(change) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        a = rng.normal(size=(4, 5))
        if "isnan" in inspect.getsource(change):
            a[0, 0] = np.nan
        x, y = (compare.sketch(Observation("returned", v, v)) for v in (a, change(a)))
        assert not compare.agrees(y, x, [0], 1)


# ------------------------------------------------------------------------------ one long process


def answered(folder: Path, program: str, function: str = "f") -> Observation:
    (folder / "unrolling.py").write_text(program, encoding="utf-8")
    question = {"path": str(folder / "unrolling.py"), "function": function, "inputs": {}}
    return inside.unpack(inside.answer_here(inside.to_bytes(question)))


def test_what_a_program_keeps_and_sets_is_gone_at_the_next_question(tmp_path: Path) -> None:
    (tmp_path / "helper_of_mine.py").write_text("seen = []\n")
    program = """
import sys, warnings
import numpy as np
import helper_of_mine
np.seterr(all="raise")
warnings.simplefilter("error")
sys.path.insert(0, "nowhere")
def f():
    helper_of_mine.seen.append(1)
    return len(helper_of_mine.seen)
"""
    path, settings, filters = list(sys.path), np.geterr(), list(warnings.filters)
    for _ in range(2):
        assert answered(tmp_path, program).value == 1
    assert (sys.path, np.geterr(), warnings.filters) == (path, settings, filters)
    assert "helper_of_mine" not in sys.modules


def test_what_a_program_prints_is_kept_up_to_a_limit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = answered(tmp_path, "def f():\n    print('here I am' + 'x' * 10**6)\n    return 1")
    assert seen.printed.startswith("here I am")
    assert len(seen.printed) == inside.PRINTED
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("body", "stage"),
    {
        "exits": ("raise SystemExit(0)", "call"),
        "interrupts": ("raise KeyboardInterrupt", "call"),
        "reads": ("return input()", "call"),
        "never stops calling": ("return f()", "call"),
        "closes what it prints to": ("import sys; sys.stdout.close(); print(1)", "call"),
        "returns what cannot be packed": ("return 10**1_000_000", "died"),
    }.values(),
)
def test_a_program_that_fails_leaves_the_process_going(
    body: str, stage: str, tmp_path: Path
) -> None:
    assert answered(tmp_path, f"def f():\n    {body}").stage == stage
    assert answered(tmp_path, "def f(): return 1").value == 1


# ------------------------------------------------------------------------------ asking by messages


def test_replies_are_not_trusted(clipping: Path) -> None:
    recorded = page.load(clipping)
    check = recorded.checks[0].id
    ran = inside.pack(Observation("returned"))
    for reply, status in ((None, "timeout"), (b"", "error"), (b"PK nonsense", "error")):
        for replies in ([reply], [ran, reply]):
            verdict = page.ask(recorded, check, replies)["verdict"]
            assert (verdict["status"], verdict["score"]) == (status, 0)


def test_an_unknown_check_is_an_error_of_the_page(clipping: Path) -> None:
    with pytest.raises(LookupError, match="no check 'unrolling"):
        page.ask(page.load(clipping), "unrolling.recur", [])


def test_the_summary_says_what_to_mend_first_and_what_waits_for_it(clipping: Path) -> None:
    recorded = page.load(clipping)
    blank = {"status": "skipped", "message": "", "misconception": None, "printed": ""}
    verdicts = {check.id: {**blank, "status": "failed"} for check in recorded.checks[:2]}
    verdicts[recorded.checks[2].id] = {**blank, "status": "passed"}
    said = page.summary(recorded, verdicts)
    first, second, third = recorded.checks[:3]
    assert said["first"] == first.id == "clipping.global_norm"
    assert said["waits_for"] == {second.id: "global_norm"}
    assert (said["score"], said["max_score"]) == (
        third.points,
        sum(check.points for check in (first, second, third)),
    )


# ------------------------------------------------------------------------------ in a chapter


WRONG = """

def global_norm(grads):
    return sum(float(np.linalg.norm(g)) for g in grads)
"""


def test_a_chapter_shows_what_the_command_line_prints(clipping: Path, tmp_path: Path) -> None:
    from _figures import verdict

    stubs.hand_in(tmp_path, "clipping", oracle.source("clipping") + WRONG)
    printed = subprocess.run(
        [sys.executable, "-m", "autograder", "clipping", "--in", tmp_path, "--seed", "1"],
        env={**os.environ, "COLUMNS": str(verdict.COLUMNS), "NO_COLOR": "1", "FORCE_COLOR": ""},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=120,
        check=False,
    ).stdout
    recorded = page.load(clipping)
    assert "sum of norms" in printed
    assert verdict.verdict("clipping", WRONG) == printed
    assert verdict.graded("clipping", WRONG, recorded, recorded.checks) == printed
