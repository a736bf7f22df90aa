"""The judge of the page gives the verdicts of the command line, and knows no solution."""

from __future__ import annotations

import functools
import warnings
from pathlib import Path

import page_cases
import pytest
from page_cases import Case

from autograder import assignment, inside, page, record
from autograder.recorded import Recorded

TOPICS = assignment.topics()


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    record.write(folder)
    return folder


@pytest.fixture
def one_process() -> None:
    """Let programs warn, as they may in a process of their own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize("case", list(page_cases.cases()), ids=lambda case: case.id)
def test_the_page_gives_the_verdict_of_the_command_line(
    case: Case, records: Path, tmp_path: Path
) -> None:
    page_cases.hand_in(case, tmp_path)
    answer = functools.cache(inside.answer_here)
    known = known_from(records / f"{case.topic}.npz")
    expected = page_cases.on_the_command_line(case, tmp_path, answer)
    asked = answer.cache_info().misses
    assert page_cases.in_the_page(case, tmp_path, answer, known) == expected
    assert answer.cache_info().misses == asked, "the page asked something else"


@functools.cache
def known_from(path: Path) -> Recorded:
    return page.load(path)
