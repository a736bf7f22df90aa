"""PyTorch for the tests that want it; a kill table of mistakes, right programs and attacks."""

from collections import Counter

import pytest

ROWS = {
    "test_a_mutant_loses_points_and_is_named": "mistakes caught and named",
    "test_a_right_program_gets_full_marks": "right programs with full marks",
    "test_an_attack_is_harmless[bubblewrap-": "hostile programs without effect: bubblewrap",
    "test_an_attack_is_harmless[unprivileged user-": "as nobody, those that this must stop",
    "test_an_attack_is_harmless[separate process-": "as a process, those that this must stop",
    "test_an_attack_is_harmless[separate process, no fork-": "as a process, without fork",
}


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is a peer: `make peers` installs it")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[str, Counter[str]] = {row: Counter() for row in ROWS}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            for row in ROWS:
                if report.location[2].startswith(row):
                    counts[row][outcome] += 1
    if any(counts.values()):
        terminalreporter.section("the grader, graded")
        for row, words in ROWS.items():
            right, total = counts[row]["passed"], sum(counts[row].values())
            if total:
                terminalreporter.write_line(f"{right:4} of {total:4} {words}")
