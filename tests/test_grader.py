"""The grader end to end: what it says about programs that fail, and how it ends."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import io
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from autograder import assignment, cli, misconceptions, oracle, report, sandbox, stubs
from autograder.judge import Verdict, judge

SEED = 7


def handed_in(folder: Path, function: str, body: str, head: str = "") -> Path:
    """Write the reference solution with one function's body replaced; returns the folder."""
    edit = misconceptions.Misconception("test", "unrolling", function, becomes=body, says="")
    text = head + edit.apply(oracle.source("unrolling"))
    (folder / "unrolling.py").write_text(text, encoding="utf-8")
    return folder


def verdicts(folder: Path) -> dict[str, Verdict]:
    """Grade a folder; verdicts by name of check."""
    outcome = cli.grade(assignment.checks("unrolling"), folder, SEED)
    return {check.name: verdict for check, verdict in outcome.results}


def failing(found: dict[str, Verdict]) -> list[str]:
    return [name for name, verdict in found.items() if verdict.status != "passed"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the grader as a student would."""
    command = [sys.executable, "-m", "autograder", *arguments]
    wide = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=wide
    )


# ------------------------------------------------------------------------------ one wrong function

WRONG = {
    "raises": ("x_t.nosuch", "error", "AttributeError"),
    "shows the line": ("return x_t.nosuch", "error", "return x_t.nosuch"),
    "exits": ("raise SystemExit(0)", "error", "SystemExit"),
    "ends python": ("import os; os._exit(0)", "error", "ended without an answer"),
    "wants too much memory": ("return np.ones(1 << 40)", "error", "MemoryError"),
    "never ends": ("while True: pass", "timeout", "never ends"),
    "returns nothing": ("pass", "failed", "`return`"),
    "returns a list": ("return [1, 2]", "failed", "np.stack"),
    "returns text": ("return 'h'", "failed", "'h', of type str"),
    "returns an object": ("return object()", "failed", "of type object"),
    "returns objects": ("return np.array([None])", "failed", "array of dtype object"),
    "returns a number": ("return 3.5", "failed", "3.5, of type float"),
    "wrong shape": ("return np.zeros((2, 2))", "failed", "(2, 2) and should have (B, H+1)"),
    "NaN": ("return h_prev * np.nan", "failed", "`h_t` is NaN"),
    "infinite": ("return h_prev / 0.0", "failed", "infinite"),
    "transposed": (
        "return np.insert(np.tanh(x_t @ W.T + h_prev @ W_h.T), 0, 1, axis=1).T",
        "failed",
        "axes in the order (1, 0)",
    ),
    "doubled": (
        "return 2 * np.insert(np.tanh(x_t @ W.T + h_prev @ W_h.T), 0, 1, axis=1)",
        "failed",
        "times 2",
    ),
    "sign": (
        "return -np.insert(np.tanh(x_t @ W.T + h_prev @ W_h.T), 0, 1, axis=1)",
        "failed",
        "wrong sign",
    ),
    "column 0": (
        "return np.insert(np.tanh(x_t @ W.T + h_prev @ W_h.T), 0, 5, axis=1)",
        "failed",
        "leading 1",
    ),
    "rounded to integers": (
        "return np.insert(np.tanh(x_t @ W.T + h_prev @ W_h.T), 0, 1, axis=1).astype(int)",
        "failed",
        "dtype int64",
    ),
    "changes its input": (
        "h = np.insert(np.tanh(x_t @ W.T + h_prev @ W_h.T), 0, 1, axis=1)\nx_t[:] = 0\nreturn h",
        "failed",
        "`x_t` in place",
    ),
    "remembers": (
        "global n\nn = globals().get('n', 0) + 1\n"
        "return n * np.insert(np.tanh(x_t @ W.T + h_prev @ W_h.T), 0, 1, axis=1)",
        "failed",
        "second call",
    ),
    "just wrong": ("return np.sin(h_prev + 1)", "failed", "values are wrong"),
}


@pytest.mark.parametrize(("body", "status", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_function_costs_its_own_check_and_is_told_why(
    body: str, status: str, words: str, tmp_path: Path
) -> None:
    found = verdicts(handed_in(tmp_path, "hidden_step", body))
    assert failing(found) == ["hidden_step"]
    assert found["hidden_step"].status == status
    assert words in found["hidden_step"].message
    assert "autograder" not in found["hidden_step"].message


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    text = oracle.source("unrolling").replace("def hidden_step(x_t, h_prev", "def hidden_step(x_t")
    text = text.replace("def hidden_step(x_t: Array, h_prev: Array,", "def hidden_step(x_t,")
    (tmp_path / "unrolling.py").write_text(text, encoding="utf-8")
    message = verdicts(tmp_path)["hidden_step"].message
    assert "could not be called as `hidden_step(x_t, h_prev, W, W_h)`" in message


def test_the_wrong_number_of_outputs_is_told(tmp_path: Path) -> None:
    found = verdicts(handed_in(tmp_path, "unroll", "return recur(x, W, W_h, h_0)"))
    assert "2 things (h, scores)" in found["unroll"].message


def test_what_the_program_prints_is_kept(tmp_path: Path) -> None:
    found = verdicts(handed_in(tmp_path, "hidden_step", "print('here I am'); return x_t"))
    assert "here I am" in found["hidden_step"].printed


def test_printing_without_end_does_no_harm(tmp_path: Path) -> None:
    found = verdicts(handed_in(tmp_path, "hidden_step", "while True: print('x' * 10000)"))
    assert found["hidden_step"].status == "timeout"
    assert len(found["hidden_step"].printed) <= 1 << 16


def test_no_message_gives_the_answer_away(tmp_path: Path) -> None:
    check = next(c for c in assignment.checks("unrolling") if c.name == "hidden_step")
    message = verdicts(handed_in(tmp_path, "hidden_step", "return np.sin(h_prev + 1)"))[
        "hidden_step"
    ].message
    for inputs, _ in zip(check.challenges(SEED), range(3), strict=False):
        right = oracle.right("unrolling", "hidden_step", inputs).value
        assert not any(f"{value:.3g}" in message for value in right[:, 1:].flat)


# ------------------------------------------------------------------------------ a whole file


def test_a_missing_function_costs_only_its_own_check(tmp_path: Path) -> None:
    text = oracle.source("unrolling").replace("def output_step", "def renamed")
    (tmp_path / "unrolling.py").write_text(text.replace("output_step(h,", "renamed(h,"))
    found = verdicts(tmp_path)
    assert failing(found) == ["output_step"]
    assert "no function `output_step`" in found["output_step"].message


@pytest.mark.parametrize(
    ("text", "words"),
    {
        "syntax": (b"def f(:\n  pass\n", "line 1"),
        "import error": (b"import nosuchmodule\n", "nosuchmodule"),
        "not UTF-8": (b"# caf\xe9\n", "UTF-8"),
        "null byte": (b"x = 1\0", "null"),
        "exit at import": (b"import os; os._exit(0)\n", "ended without an answer"),
        "endless import": (b"while True: pass\n", "never ends"),
    }.values(),
)
def test_a_file_that_cannot_run_is_one_message_for_all_checks(
    text: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / "unrolling.py").write_bytes(text)
    began = time.monotonic()
    found = verdicts(tmp_path)
    assert len({verdict.message for verdict in found.values()}) == 1
    assert words in found["recur"].message
    assert failing(found) == list(found)
    assert time.monotonic() - began < 3 * sandbox.DEADLINE


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "unrolling.py").mkdir()
    assert "is a folder" in verdicts(tmp_path)["recur"].message


def test_a_module_of_ones_own_beside_the_homework_can_be_imported(tmp_path: Path) -> None:
    handed_in(tmp_path, "parameter_count", "from helpers import count\nreturn count(D, H, K)")
    (tmp_path / "helpers.py").write_text(
        "def count(D, H, K):\n    return H * D + H * (H + 1) + K * (H + 1)\n"
    )
    assert failing(verdicts(tmp_path)) == []


def test_a_file_named_numpy_beside_the_homework_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "unrolling.py").write_text(oracle.source("unrolling"))
    (tmp_path / "numpy.py").write_text("raise RuntimeError('not NumPy')\n")
    assert failing(verdicts(tmp_path)) == []


def test_the_same_seed_asks_the_same(tmp_path: Path) -> None:
    check = assignment.checks("unrolling")[3]
    first, second = (next(check.challenges(5)) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in first)
    other = next(check.challenges(6))
    assert other["x"].shape != first["x"].shape or (other["x"] != first["x"]).any()


# ------------------------------------------------------------------------------ the command line


def test_stubs_earn_nothing_and_are_told_where_to_start(tmp_path: Path) -> None:
    stubs.write("unrolling", tmp_path)
    done = run("unrolling", "--in", str(tmp_path))
    assert done.returncode == 1
    assert "0 of 20 points" in done.stdout
    assert "A good place to start: initial_state" in done.stdout
    assert "not right" not in done.stdout


def test_solutions_earn_full_marks() -> None:
    done = run("unrolling", "--in", "solutions")
    assert done.returncode == 0
    assert "20 of 20 points" in done.stdout


def test_a_state_that_is_not_carried_is_named(tmp_path: Path) -> None:
    mistake = next(m for m in misconceptions.load("unrolling") if m.id == "state-not-carried")
    (tmp_path / "unrolling.py").write_text(mistake.apply(oracle.source("unrolling")))
    done = run("unrolling", "--in", str(tmp_path))
    assert done.returncode == 1
    assert "state not carried" in done.stdout
    assert "First thing to fix: recur" in done.stdout
    assert "never carried" in done.stdout


def test_the_json_report_has_the_agreed_shape(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    assert run("unrolling", "--in", "solutions", "--json", str(file), "--seed", "3").returncode == 0
    report = json.loads(file.read_text())
    assert set(report) == {"score", "max_score", "seed", "isolation", "checks"}
    assert report["score"] == report["max_score"] == 20
    assert report["seed"] == 3
    keys = "id topic title function score max_score status message misconception"
    assert all(set(check) == set(keys.split()) for check in report["checks"])
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_the_list_names_every_check() -> None:
    done = run("--list")
    assert done.returncode == 0
    assert all(check.id in done.stdout for check in assignment.checks("unrolling"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nosuch"], "The topics are: unrolling"),
        (["--in", "nosuchfolder"], "does not exist"),
        (["--in", "pyproject.toml"], "is a file"),
        (["--in", "book"], "none of the files"),
        (["--seed", "-1"], "whole number"),
        (["--seed", "x"], "whole number"),
        (
            ["unrolling", "--in", "solutions", "--json", "nosuch/folder/report.json"],
            "nosuch/folder",
        ),
    ],
)
def test_what_cannot_be_graded_ends_with_2_and_a_message(arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    done = run("--in", str(tmp_path))
    assert done.returncode == 2
    assert "none of the files" in done.stderr


def test_homework_is_what_make_stubs_writes() -> None:
    for topic in assignment.topics():
        homework = (stubs.HOMEWORK / f"{topic}.py").read_text(encoding="utf-8")
        assert homework == stubs.stub(topic), "a solution has changed, or this is your own work"
        assert "SOLUTION" not in homework


def test_writing_stubs_keeps_the_work_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "unrolling.py").write_text("my work", encoding="utf-8")
    for _ in range(2):
        stubs.write("unrolling", tmp_path)
        assert (tmp_path / "unrolling.py").read_text(encoding="utf-8") == stubs.stub("unrolling")
        assert (tmp_path / "unrolling.py.before").read_text(encoding="utf-8") == "my work"


# ------------------------------------------------------------------------------ gradients


LOSS_IN_SUM = """
T, B, K = scores.shape
real = (np.arange(T)[:, None] < lengths)[..., None]
p = np.exp(scores - scores.max(-1, keepdims=True))
p /= p.sum(-1, keepdims=True)
target = labels[..., None] == np.arange(K)
return -np.log(p[target & real]).sum(), (p - target) * real
"""


def test_a_gradient_that_is_right_for_the_own_mistaken_loss_keeps_its_points(
    tmp_path: Path,
) -> None:
    found = verdicts(handed_in(tmp_path, "sequence_loss", LOSS_IN_SUM))
    assert found["sequence_loss"].misconception == "sum-instead-of-mean"
    assert found["sequence_loss_gradient"].status == "passed"
    assert "Right for your own value" in found["sequence_loss_gradient"].message


@pytest.mark.parametrize(
    "body",
    {
        "constant": "return 0.0, np.zeros_like(scores)",
        "made up": "return scores.sum(), np.ones_like(scores)",
        "wrong for both": LOSS_IN_SUM.replace("(p - target) * real", "p * real"),
    }.values(),
)
def test_a_gradient_of_a_made_up_loss_earns_nothing(body: str, tmp_path: Path) -> None:
    found = verdicts(handed_in(tmp_path, "sequence_loss", body))
    assert found["sequence_loss_gradient"].status == "failed"


# ------------------------------------------------------------------------------ narrow terminals


def test_in_a_narrow_terminal_what_is_asked_for_stands_below_the_function(tmp_path: Path) -> None:
    for topic in assignment.topics():
        stubs.write(topic, tmp_path)
    outcome = cli.grade(assignment.checks("bptt"), tmp_path, SEED)
    shown = {width: io.StringIO() for width in (66, 200)}
    for width, file in shown.items():
        report.show(outcome, Console(file=file, width=width))
    narrow, wide = (file.getvalue() for file in shown.values())
    for check, _ in outcome.results:
        row = f" {check.function} +{re.escape(check.title)} "
        assert re.search(row, wide)
        assert re.search(row.replace(" +", "[^\n]*\n +"), narrow)


# ------------------------------------------------------------------------------ two suspects


def test_misconceptions_that_agree_on_the_first_challenges_are_told_apart() -> None:
    check = next(c for c in assignment.checks("unrolling") if c.name == "parameter_count")
    mistakes = {m.id: m for m in misconceptions.load("unrolling")}

    def symmetric(rng):  # H = K: leaving out either bias is the same here
        return {"D": 3, "H": 4, "K": 4} if rng.integers(2) else {"D": 3, "H": 4, "K": 6}

    ambiguous = dataclasses.replace(check, draw=symmetric)
    for name in ("output-bias-not-counted", "hidden-bias-not-counted"):
        ask = functools.partial(oracle.mistaken, mistakes[name], "unrolling", "parameter_count")
        named = {judge(ambiguous, ask, oracle.Live(seed)).misconception for seed in range(10)}
        assert named == {name}


# ------------------------------------------------------------------------------ other reports


def wrong_homework(folder: Path) -> Path:
    mistake = next(m for m in misconceptions.load("unrolling") if m.id == "state-not-carried")
    text = mistake.apply(oracle.source("unrolling"))
    (folder / "unrolling.py").write_text(text, encoding="utf-8")
    return folder


def test_the_gradescope_report_has_the_fields_that_gradescope_reads(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    run("unrolling", "--in", str(wrong_homework(tmp_path)), "--gradescope", str(file))
    report = json.loads(file.read_text())
    assert {"score", "execution_time", "output", "stdout_visibility", "tests"} <= set(report)
    assert report["stdout_visibility"] == "hidden"
    assert report["score"] == sum(test["score"] for test in report["tests"]) == 12
    keys = "name number score max_score status output output_format visibility tags"
    for test in report["tests"]:
        assert set(test) == set(keys.split())
        assert test["status"] in ("passed", "failed")
        assert test["visibility"] in ("hidden", "after_due_date", "after_published", "visible")
        assert test["output_format"] in ("text", "html", "simple_format", "md", "ansi")
        assert all(isinstance(tag, str) for tag in test["tags"])


JUNIT = {  # of each element: attributes that must be there, further ones, elements in it
    "testsuites": ((), ("name", "time", "tests", "failures", "errors"), {"testsuite"}),
    "testsuite": (
        ("name", "tests"),
        ("failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"),
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        ("name", "classname"),
        ("time", "assertions", "status"),
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    **dict.fromkeys(("failure", "error", "skipped"), ((), ("message", "type"), set())),
}


def test_the_junit_report_counts_what_it_lists(tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    run("unrolling", "--in", str(wrong_homework(tmp_path)), "--junit", str(file))
    root = ElementTree.parse(file).getroot()
    for element in root.iter():
        needed, further, inside = JUNIT[element.tag]
        assert set(needed) <= set(element.keys()) <= {*needed, *further}
        assert {child.tag for child in element} <= inside
    (suite,) = root
    cases = list(suite)
    assert int(suite.get("tests")) == len(cases) == 9
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) == 2
    assert int(suite.get("errors")) == int(suite.get("skipped")) == 0
    assert "never carried" in suite.find("testcase[@name='recur']/failure").get("message")


def test_colours_and_progress_are_for_terminals(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    piped = run("unrolling", "--in", str(wrong_homework(tmp_path)), "--seed", "1").stdout
    assert "\033" not in piped
    assert "grading" not in piped
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "autograder", "--in", str(tmp_path), "--seed", "1"]
    terminal = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200"}
    terminal.pop("NO_COLOR", None)
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, env=terminal):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # its way of saying that nobody writes any more
            while chunk := os.read(ours, 1 << 16):
                shown += chunk
        os.close(ours)
    assert b"grading unrolling." in shown
    assert b"\033[31m" in shown


def test_watching_grades_again_soon_after_a_file_is_saved(tmp_path: Path) -> None:
    wrong_homework(tmp_path)
    command = [
        sys.executable,
        "-u",
        "-m",
        "autograder",
        "unrolling",
        "--in",
        str(tmp_path),
        "--watch",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as grader:
        too_late = threading.Timer(60, grader.kill)
        too_late.start()
        try:
            lines = iter(grader.stdout.readline, "")
            assert any("12 of 20 points" in line for line in lines)
            assert any("Waiting for you" in line for line in lines)
            (tmp_path / "unrolling.py").write_text(oracle.source("unrolling"), encoding="utf-8")
            assert any("20 of 20 points" in line for line in lines)
        finally:
            grader.kill()
            too_late.cancel()


def test_watching_keeps_the_helper_that_has_loaded_numpy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong_homework(tmp_path)
    started, scores, helpers = [], [], []

    def start(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(arguments)
        return popen(*arguments, **options)

    def saves(folder: Path, seen: dict[Path, int]) -> None:
        helpers.append(len(started))
        if len(scores) == 3:
            raise KeyboardInterrupt
        (folder / "unrolling.py").write_text(oracle.source("unrolling"), encoding="utf-8")

    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(cli, "wait_for_change", saves)
    monkeypatch.setattr(cli.report, "show", lambda outcome, _: scores.append(outcome.score))
    assert cli.main(["--in", str(tmp_path), "--watch"]) == 130
    assert scores == [12, 20, 20]
    assert helpers == [helpers[0]] * 3, "a save must not wait for Python and NumPy to start"


def test_ctrl_c_ends_watching_quietly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "wait_for_change", pressed)
    assert cli.main(["--in", str(wrong_homework(tmp_path)), "--watch"]) == 130


@pytest.mark.parametrize("forks", [True, False])
def test_the_isolation_table_says_of_every_threat_which_wall_stops_it(
    forks: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sandbox, "FORKS", forks)
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.main(["--isolation"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert all(wall.name in lines[0] for wall in sandbox.WALLS)
    rows = (line.rsplit(maxsplit=len(sandbox.WALLS)) for line in lines if line)
    table = {what.strip(): words for what, *words in rows}
    for threat in sandbox.Threat:
        said = [word == "stopped" for word in table[threat.value]]
        assert said == [threat in sandbox.stopped(wall) for wall in sandbox.WALLS]


@pytest.mark.parametrize("forks", [True, False])
def test_where_a_program_can_read_the_solutions_the_table_says_so(
    forks: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sandbox, "FORKS", forks)
    monkeypatch.setattr(sandbox, "WALLS", sandbox.WALLS[-1:])
    assert cli.main(["--isolation"]) == 0
    assert "can find the solutions" in " ".join(capsys.readouterr().out.split())
    assert (sandbox.Threat.LEFTOVERS in sandbox.stopped(sandbox.WALLS[-1])) == forks


def test_pytest_asks_the_same_questions(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        str(wrong_homework(tmp_path)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "2 failed, 7 passed" in done.stdout
    assert "never carried" in done.stdout
    assert "Traceback" not in done.stdout


# ------------------------------------------------------------------------------ without fork


def graded_without_fork(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Verdict]:
    monkeypatch.setattr(sandbox, "FORKS", False)
    checks = [c for c in assignment.checks("unrolling") if c.name in ("hidden_step", "recur")]
    with sandbox.Sandbox(folder, deadline=1.0, walls=sandbox.WALLS[-1:]) as box:
        return {c.name: v for c, v in cli.grade(checks, folder, SEED, box).results}


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("return np.insert(np.tanh(x_t @ W.T + h_prev @ W_h.T), 0, 1, axis=1)", "passed", ""),
        ("print('noise'); return np.tanh(x_t @ W.T)", "failed", "(B, H+1)"),
        ("raise ValueError('mine')", "error", "mine"),
        ("import os; os._exit(0)", "error", "without an answer"),
        ("while True: pass", "timeout", "never ends"),
    ],
)
def test_a_fresh_interpreter_per_call_gives_the_same_verdicts(
    body: str, status: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = graded_without_fork(handed_in(tmp_path, "hidden_step", body), monkeypatch)
    assert found["hidden_step"].status == status
    assert words in found["hidden_step"].message
    assert found["recur"].status == "passed"
