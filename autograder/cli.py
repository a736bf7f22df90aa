"""The command line: ``python -m autograder [TOPIC ...]``.

Exit status 0: everything right; 1: something is not; 2: the grader could not run.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import itertools
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from autograder import assignment, report, sandbox
from autograder.assignment import Check
from autograder.judge import Verdict, judge, unusable
from autograder.oracle import Live
from autograder.outcome import Outcome

HOMEWORK = Path("homework")


class Unusable(Exception):
    """The grader cannot run; the message says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade homework and print the report.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command-line arguments; those of this process by default.

    Returns
    -------
    status : int
        0 all right, 1 something is not right yet, 2 the grader could not run.
    """
    options = parser().parse_args(arguments)
    console = Console(highlight=False)
    try:
        topics = known(options.topics)
        checks = [check for topic in topics for check in assignment.checks(topic)]
        if options.isolation:
            report.isolation(sandbox.survey(), console)
            return 0
        if options.list:
            report.catalogue(checks, console)
            return 0
        folder = readable(options.folder, topics)
        with sandbox.Sandbox(folder) as box:
            while True:
                seen = saved(folder)
                status = grade_and_tell(checks, box, options, console)
                if not options.watch:
                    return status
                console.print("\nWaiting for you to save a file. Ctrl+C ends.", style="dim")
                wait_for_change(folder, seen)
    except OSError as problem:
        print(f"autograder: {problem.filename}: {problem.strerror}", file=sys.stderr)
        return 2
    except Unusable as problem:
        print(f"autograder: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def grade_and_tell(
    checks: Sequence[Check], box: sandbox.Sandbox, options: argparse.Namespace, console: Console
) -> int:
    """Grade once, print and write the reports that were asked for; returns the exit status."""
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    progress = Console(force_terminal=sys.stdout.isatty())  # whatever FORCE_COLOR says
    with progress.status("grading …") as line:

        def tell(check: Check) -> None:
            line.update(f"grading {check.id} …")

        outcome = grade(checks, options.folder, seed, box, tell)
    report.show(outcome, console)
    for path, lay_out in (
        (options.json, report.as_json),
        (options.junit, report.as_junit),
        (options.gradescope, report.as_gradescope),
    ):
        if path:
            report.write(lay_out(outcome), path)
    return 0 if outcome.score == outcome.max_score else 1


def saved(folder: Path) -> dict[Path, int]:
    """Note when each Python file of a folder was last saved."""
    times = {}
    for path in folder.glob("*.py"):
        with contextlib.suppress(FileNotFoundError):  # an editor is just replacing it
            times[path] = path.stat().st_mtime_ns
    return times


def wait_for_change(folder: Path, seen: dict[Path, int]) -> None:
    """Return as soon as the Python files of a folder are not as they were seen."""
    while saved(folder) == seen:
        time.sleep(0.1)


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    made = argparse.ArgumentParser(
        prog="python -m autograder",
        description="Grade homework: points, the first thing to fix, and what comes next.",
    )
    made.add_argument("topics", nargs="*", metavar="TOPIC", help="what to grade (default: all)")
    made.add_argument(
        "--in",
        dest="folder",
        type=Path,
        default=HOMEWORK,
        metavar="DIR",
        help="where the programs are (default: homework)",
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="write the report to FILE too")
    made.add_argument("--junit", type=Path, metavar="FILE", help="the same as JUnit's XML")
    made.add_argument(
        "--gradescope", type=Path, metavar="FILE", help="as Gradescope's results.json"
    )
    made.add_argument("--watch", action="store_true", help="grade again whenever a file is saved")
    made.add_argument("--seed", type=natural, metavar="N", help="draw the same challenges again")
    made.add_argument("--list", action="store_true", help="show the checks and their points")
    made.add_argument(
        "--isolation",
        action="store_true",
        help="show what keeps a student's program from the verdict on this machine",
    )
    return made


def natural(text: str) -> int:
    """Read a seed."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def known(wanted: Sequence[str]) -> list[str]:
    """Check the topics asked for; all of them when none is named."""
    there_are = assignment.topics()
    for topic in wanted:
        if topic not in there_are:
            raise Unusable(f"there is no topic {topic!r}. The topics are: {', '.join(there_are)}")
    return [topic for topic in there_are if topic in wanted] or there_are


def readable(folder: Path, topics: Sequence[str]) -> Path:
    """Check that a folder can be graded at all."""
    if not folder.is_dir():
        kind = "is a file, not a folder" if folder.exists() else "does not exist"
        raise Unusable(f"{folder} {kind}. Name the folder with your programs: --in DIR")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise Unusable(f"{folder} cannot be read: its permissions do not allow it")
    if not any((folder / f"{topic}.py").exists() for topic in topics):
        files = ", ".join(f"{topic}.py" for topic in topics)
        raise Unusable(f"{folder} has none of the files to grade ({files})")
    return folder


def grade(
    checks: Sequence[Check],
    folder: Path,
    seed: int,
    box: sandbox.Sandbox | None = None,
    tell: Callable[[Check], None] = lambda check: None,
) -> Outcome:
    """Judge every check; a file that cannot be run is tried only once.

    Parameters
    ----------
    checks : sequence of Check
        What to ask, topic by topic.
    folder : Path
        Where the programs are.
    seed : int
        Draws the challenges.
    box : Sandbox, optional
        Where to run the programs, left open; by default the strongest that works here, for this
        once.
    tell : callable, optional
        Called with each check before it is judged.

    Returns
    -------
    outcome : Outcome
        A verdict for every check.
    """
    began = time.monotonic()
    oracle = Live(seed)
    results = []
    with contextlib.nullcontext(box) if box else sandbox.Sandbox(folder) as box:
        for topic, of_topic in itertools.groupby(checks, key=lambda check: check.topic):
            file = f"{topic}.py"
            problem = unreadable(folder / file) or unusable(topic, box.run(file))
            for check in of_topic:
                tell(check)
                ask = functools.partial(box.call, file, check.function)
                results.append((check, problem or judge(check, ask, oracle)))
        return Outcome(results, folder, seed, box.layers, time.monotonic() - began)


def unreadable(path: Path) -> Verdict | None:
    """Say why a homework file is no program text; None when it is."""
    try:
        path.resolve().relative_to(path.parent.resolve())
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text (see byte {error.start}): save it as UTF-8"
    except ValueError:
        problem = "is a link to a place outside of its folder: hand in the file itself"
    except FileNotFoundError:
        problem = "is missing. `make stubs` writes a fresh one"
    except IsADirectoryError:
        problem = "is a folder; the grader needs a file of that name"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    else:
        return None
    return Verdict("error", f"`{path}` {problem}.")
