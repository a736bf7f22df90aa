"""Programs with the verdicts that the page must give on them: those of the command line.

``python tests/page_cases.py FILE`` writes them as JSON, to be put to another Python, as the one of
a browser: a list of ``{"topic", "name", "files": {file: text}, "verdicts": {check: verdict}}``.
The records (``python -m autograder.record``) must have the same seed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder import assignment, inside, misconceptions, oracle, page, record, stubs
from autograder.assignment import Check
from autograder.judge import judge, unusable
from autograder.outcome import entry
from autograder.recorded import Recorded

TESTS = Path(__file__).parent

# Hostile programs that a single process without walls survives, in a browser too.
HARMLESS = (
    "hostile_eq",
    "hostile_reduce",
    "huge_number",
    "keyboard_interrupt",
    "lying_array_protocol",
    "lying_subclass",
    "prints",
    "sys_exit",
    "terminal_codes",
)


@dataclass(frozen=True)
class Case:
    """A program, all files of its folder, and the checks that it is put to."""

    topic: str
    name: str
    files: dict[str, str]
    checks: list[Check]
    function: str = ""  # that is mistaken

    @property
    def id(self) -> str:
        return f"{self.topic}/{self.name}"

    def of_its_own_function(self) -> Case:
        """Leave out the checks of functions that only build on a mistaken one."""
        return replace(self, checks=[c for c in self.checks if self.function in ("", c.function)])


def cases() -> Iterator[Case]:
    """List every mistake with the checks that it touches, and programs that are right or worse."""
    for topic in assignment.topics():
        for mistake in misconceptions.load(topic):
            mutant = mistake.apply(oracle.source(topic))
            files = stubs.files(topic, mutant)
            yield Case(topic, mistake.id, files, oracle.touched(mistake), mistake.function)
    for topic in assignment.topics():
        checks = assignment.checks(topic)
        stub = {f"{name}.py": stubs.stub(name) for name in (*oracle.foundations(topic), topic)}
        yield Case(topic, "stub", stub, checks)
        yield Case(topic, "solution", stubs.files(topic, oracle.source(topic)), checks)
        for folder in sorted((TESTS / "right").iterdir()):
            files = {path.name: path.read_text("utf-8") for path in folder.glob("*.py")}
            yield Case(topic, f"right {folder.name}", files, checks)
    for name in HARMLESS:
        text = (TESTS / "hostile" / f"{name}.py").read_text("utf-8")
        yield Case("unrolling", name, {"unrolling.py": text}, assignment.checks("unrolling"))


def hand_in(case: Case, folder: Path) -> None:
    """Write the files of a case."""
    for name, text in case.files.items():
        (folder / name).write_text(text, encoding="utf-8")


def on_the_command_line(
    case: Case, folder: Path, answer: Callable[[bytes], bytes], seed: int = record.SEED
) -> dict[str, Any]:
    """Judge as ``cli.grade`` does; the program answers packed questions."""

    def ask(function: str, inputs: assignment.Inputs) -> inside.Observation:
        path = str(folder / f"{case.topic}.py")
        question = {"path": path, "function": function, "inputs": inputs}
        return inside.unpack(answer(inside.to_bytes(question)))

    live = oracle.Live(seed)
    problem = unusable(case.topic, ask("", {}))
    verdicts = {
        check: problem or judge(check, lambda inputs: ask(check.function, inputs), live)  # noqa: B023
        for check in case.checks
    }
    return {c.id: {**entry(c, v), "printed": v.printed} for c, v in verdicts.items()}


def in_the_page(
    case: Case, folder: Path, answer: Callable[[bytes], bytes], known: Recorded
) -> dict[str, Any]:
    """Judge as the page does."""

    def verdict(name: str) -> dict[str, Any]:
        replies: list[bytes | None] = []
        while "verdict" not in (step := page.ask(known, name, replies, folder)):
            replies.append(answer(step["question"]))
        return step["verdict"]

    return {check.id: verdict(check.id) for check in case.checks}


def write(file: Path, chosen: Iterable[Case], seed: int = record.SEED) -> None:
    """Write cases with their verdicts."""
    written = []
    for case in chosen:
        with tempfile.TemporaryDirectory() as folder:
            hand_in(case, Path(folder))
            verdicts = on_the_command_line(case, Path(folder), inside.answer_here, seed)
        facts = {"topic": case.topic, "name": case.name, "files": case.files}
        written.append({**facts, "verdicts": verdicts})
    file.write_text(json.dumps(written), encoding="utf-8")


def main() -> None:
    """Write all cases with their verdicts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=record.SEED)
    options = parser.parse_args()
    write(options.file, cases(), options.seed)


if __name__ == "__main__":
    main()
