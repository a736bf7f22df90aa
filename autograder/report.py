"""Tell the outcome: a table and the next step for people, formats of other programs for those."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.assignment import Check
from autograder.outcome import Outcome, earned, entry, first_to_fix, waits_for
from autograder.sandbox import Threat, Wall, stopped

MARKS = {
    "passed": ("✓", "green", "right"),
    "failed": ("✗", "red", "not right yet"),
    "error": ("!", "red", "stopped with an error"),
    "timeout": ("…", "red", "no answer in time"),
    "skipped": ("·", "dim", "not written yet"),
}


# ------------------------------------------------------------------------------ for people


def show(outcome: Outcome, console: Console) -> None:
    """Print the table, the first thing to fix and what comes next."""
    for topic in dict.fromkeys(check.topic for check, _ in outcome.results):
        table = topic_table(topic, outcome)
        unbounded = console.options.update(width=10_000)
        narrow = console.measure(table, options=unbounded).maximum > console.width
        console.print(topic_table(topic, outcome, stacked=True) if narrow else table)
        console.print()
    console.print(f"[bold]{outcome.score} of {outcome.max_score} points.[/bold]", highlight=False)
    fix = first_to_fix(outcome)
    if fix is None:
        console.print("Every check is right. Well done!")
    elif fix[1].status == "skipped":
        check, _ = fix
        file = outcome.folder / f"{check.topic}.py"
        start = "A good place to start" if outcome.score == 0 else "Next"
        console.print(
            f"{start}: [bold]{check.function}[/bold] in {escape(str(file))}. Write it, then run "
            "this again.",
            highlight=False,
        )
    else:
        check, verdict = fix
        console.print(f"\nFirst thing to fix: [bold]{check.function}[/bold]", highlight=False)
        console.print(Padding(prose(verdict.message), (0, 0, 0, 2)))
        if verdict.printed.strip():
            printed = "\n".join(verdict.printed.strip().splitlines()[:5])
            console.print(Padding(Text(f"It printed:\n{printed}", "dim"), (0, 0, 0, 2)))
    console.print(Text(f"(seed {outcome.seed}: --seed {outcome.seed} asks the same again)", "dim"))


def topic_table(topic: str, outcome: Outcome, stacked: bool = False) -> Table:
    """Lay out one topic: a row per check; stacked, what is asked for stands below the function."""
    table = Table(title=topic, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("")
    table.add_column("function", no_wrap=True)
    if not stacked:
        table.add_column("asked for")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for check, verdict in outcome.results:
        if check.topic == topic:
            sign, style, words = MARKS[verdict.status]
            label = (verdict.misconception or words).replace("-", " ")
            if verdict.status == "failed" and (function := waits_for(check, outcome)):
                label = f"mend {function} first"
            asked = [check.function, check.title]
            table.add_row(
                Text(sign, style),
                *(["\n  ".join(asked)] if stacked else asked),
                f"{earned(check, verdict)}/{check.points}",
                Text(label, style),
            )
    return table


MARKED = re.compile(r"`([^`]*)`|\$([^$]*)\$|\*(\S[^*]*)\*")  # code, formula, emphasis
TEX = {"\\mathbf": "", "\\theta": "θ", "\\cdot": "·", "{": "", "}": ""}


def prose(message: str) -> Text:
    """Set a message, which is Markdown, for a terminal: `code`, $formulas$ and *emphasis*."""
    text, end = Text(), 0
    for found in MARKED.finditer(message):
        code, formula, emphasis = found.groups()
        text.append(message[end : found.start()])
        for written, read in TEX.items():
            formula = formula and formula.replace(written, read)
        text.append(code or formula or emphasis or "", "italic" if emphasis else "cyan")
        end = found.end()
    return text.append(message[end:])


def catalogue(checks: Sequence[Check], console: Console) -> None:
    """Print what can be asked."""
    table = Table(box=None, pad_edge=False)
    table.add_column("check", no_wrap=True)
    table.add_column("asked for")
    table.add_column("points", justify="right")
    for check in checks:
        table.add_row(check.id, check.title, str(check.points))
    console.print(table)


def isolation(tried: Sequence[tuple[Wall, bool]], console: Console) -> None:
    """Print what a student's program can and cannot do on this machine behind each wall."""
    in_use = next((wall for wall, works in tried if works), None)
    table = Table(box=None, pad_edge=False)
    table.add_column("What a program may try")
    for wall, works in tried:
        state = "in use" if wall is in_use else "works" if works else "not here"
        table.add_column(f"{wall.name}\n({state})", justify="center")
    for threat in Threat:
        marks = (
            Text("stopped", "green" if works else "dim")
            if threat in stopped(wall)
            else Text("POSSIBLE", "red" if works else "dim")
            for wall, works in tried
        )
        table.add_row(threat.value, *marks)
    console.print(table)
    if in_use is None:
        console.print("\nNo wall works here: nothing can be graded on this machine.")
    elif Threat.READING in stopped(in_use):
        console.print("\nThe first wall that works here is used.")
    else:
        console.print(
            "\nThe first wall that works here is used. Behind this one a program can find the "
            "solutions and return what they return: read programs that you do not trust, or grade "
            "them where bubblewrap works."
        )


# ------------------------------------------------------------------------------ for programs


def as_json(outcome: Outcome) -> str:
    """Lay out the outcome for ``--json``."""
    report = {
        "score": outcome.score,
        "max_score": outcome.max_score,
        "seed": outcome.seed,
        "isolation": list(outcome.isolation),
        "checks": [entry(check, verdict) for check, verdict in outcome.results],
    }
    return json.dumps(report, indent=2) + "\n"


def as_gradescope(outcome: Outcome) -> str:
    """Lay out the outcome as Gradescope's ``results.json``."""
    report = {
        "score": outcome.score,
        "execution_time": round(outcome.seconds),
        "output": f"{outcome.score} of {outcome.max_score} points (seed {outcome.seed})",
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [
            {
                "name": f"{check.function}: {check.title}",
                "number": str(number),
                "score": earned(check, verdict),
                "max_score": check.points,
                "status": "passed" if verdict.status == "passed" else "failed",
                "output": prose(verdict.message).plain,
                "output_format": "text",
                "visibility": "visible",
                "tags": [check.topic, verdict.misconception or verdict.status],
            }
            for number, (check, verdict) in enumerate(outcome.results, start=1)
        ],
    }
    return json.dumps(report, indent=2) + "\n"


def as_junit(outcome: Outcome) -> str:
    """Lay out the outcome as JUnit's XML: a suite per topic, a test case per check."""
    kinds = {"failed": "failure", "timeout": "failure", "error": "error", "skipped": "skipped"}
    suites = ElementTree.Element("testsuites", name="unrolled", time=f"{outcome.seconds:.3f}")
    for topic in dict.fromkeys(check.topic for check, _ in outcome.results):
        of_topic = [(c, v) for c, v in outcome.results if c.topic == topic]
        found = Counter(kinds.get(verdict.status, "") for _, verdict in of_topic)
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=topic,
            tests=str(len(of_topic)),
            failures=str(found["failure"]),
            errors=str(found["error"]),
            skipped=str(found["skipped"]),
        )
        for check, verdict in of_topic:
            case = ElementTree.SubElement(suite, "testcase", classname=topic, name=check.name)
            if kind := kinds.get(verdict.status):
                message = prose(verdict.message).plain
                told = ElementTree.SubElement(case, kind, message=message.partition("\n")[0])
                told.text = message
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def write(text: str, path: Path) -> None:
    """Write a report whole or not at all; raises OSError when the place cannot be written."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
