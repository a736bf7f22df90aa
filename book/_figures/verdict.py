"""What the grader says, as a student sees it in a terminal: also in a page, without a terminal."""

import importlib.util
import io
import sys
import types
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from autograder import inside, report
from autograder.assignment import Check
from autograder.judge import Oracle, judge
from autograder.outcome import Outcome

COLUMNS = 66  # fit into a line of the book
SEED = 1
RECORDS = Path("/oracle")  # in a page


def verdict(topic: str, program: str) -> str:
    """Grade the reference solution with some of its functions replaced.

    Parameters
    ----------
    topic : str
        What is graded.
    program : str
        Functions that take the place of those of the same name.

    Returns
    -------
    said : str
        What ``python -m autograder TOPIC`` prints.
    """
    return graded(topic, program, *knowing(topic))


def knowing(topic: str) -> tuple[Oracle, Sequence[Check]]:
    """Choose who knows what is right: the solutions, or in a page, without their text, a record."""
    if sys.platform == "emscripten":
        from autograder.recorded import Recorded

        record = Recorded(RECORDS / f"{topic}.npz")
        return record, record.checks
    from autograder import assignment, oracle

    return oracle.Live(SEED), assignment.checks(topic)


def graded(topic: str, program: str, oracle: Oracle, checks: Sequence[Check]) -> str:
    """Run the program in this process, judge it and lay out the report."""
    codes = solution(topic), compile(program, f"{topic}.py", "exec")

    def ask(function: str, inputs: dict[str, Any]) -> inside.Observation:
        module = types.ModuleType(topic)
        for code in codes:
            exec(code, module.__dict__)
        return inside.observe(getattr(module, function), inputs, f"{topic}.py")

    with warnings.catch_warnings(action="ignore"):
        verdicts = [judge(c, lambda inputs: ask(c.function, inputs), oracle) for c in checks]  # noqa: B023
    outcome = Outcome(list(zip(checks, verdicts, strict=True)), Path("homework"), SEED, (), 0.0)
    page = io.StringIO()
    plain = Console(
        file=page, width=COLUMNS, force_terminal=False, force_jupyter=False, highlight=False
    )
    report.show(outcome, plain)
    return page.getvalue()


def solution(topic: str) -> types.CodeType:
    """Find the reference solution as Python compiled it: a page has nothing else of it."""
    name = f"solutions.{topic}"
    loader: Any = getattr(importlib.util.find_spec(name), "loader", None)
    code: types.CodeType = loader.get_code(name)
    return code


def points(said: str) -> int:
    """Read off a verdict how many points there are."""
    return int(said.split(" points.")[0].split()[-1])
