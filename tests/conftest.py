"""PyTorch for the tests that want it; a kill table of mistakes, right programs and attacks."""

from collections import Counter

import pytest

ROWS = {
    "test_a_mutant_loses_points_and_is_named": "mistakes caught and named",
    "test_a_right_program_gets_full_marks": "right programs with full marks",
    "test_an_attack_is_harmless": "hostile programs without effect",
}


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is a peer: `make peers` installs it")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = {test: Counter() for test in ROWS}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            test = report.location[2].partition("[")[0]
            if test in counts:
                counts[test][outcome] += 1
    if any(counts.values()):
        terminalreporter.section("the grader, graded")
        for test, words in ROWS.items():
            right, total = counts[test]["passed"], sum(counts[test].values())
            terminalreporter.write_line(f"{right:4} of {total:4} {words}")
