"""``pytest homework/`` runs the same checks, one test per check.

A file is taken when it is named as a topic and its folder, or itself, stands on the command line.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take homework files that were asked for by name."""
    from autograder import assignment

    asked = {Path(argument.split("::")[0]).resolve() for argument in parent.config.args}
    homework = file_path.suffix == ".py" and file_path.stem in assignment.topics()
    if homework and asked & {file_path, file_path.parent}:
        return Homework.from_parent(parent, path=file_path)
    return None


class Homework(pytest.File):
    """One homework file: a test for every check of its topic."""

    def collect(self) -> Iterator[pytest.Item]:
        """Make the tests; nothing is run yet."""
        from autograder import assignment

        for check in assignment.checks(self.path.stem):
            yield Question.from_parent(self, name=check.name)

    @functools.cached_property
    def verdicts(self) -> dict[str, Any]:
        """Grade the file once, when the first of its tests runs."""
        import secrets

        from autograder import assignment, cli

        checks = assignment.checks(self.path.stem)
        outcome = cli.grade(checks, self.path.parent, secrets.randbelow(10**6))
        return {check.name: verdict for check, verdict in outcome.results}


class Question(pytest.Item):
    """One check."""

    def runtest(self) -> None:
        """Fail with the grader's message."""
        assert isinstance(self.parent, Homework)
        verdict = self.parent.verdicts[self.name]
        if verdict.status != "passed":
            pytest.fail(verdict.message, pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the test in pytest's summary."""
        return self.path, 0, f"{self.path.stem}.{self.name}"
