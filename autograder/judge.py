"""The verdict: compare what a program answered with what is right, and name the mistake.

Everything here runs in the grader's own process, on arrays that the student's process sent.
No message ever contains a right answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from autograder.assignment import (
    CHALLENGES,
    LECTURE,
    MORE_CHALLENGES,
    Challenge,
    Check,
    Inputs,
    Output,
)
from autograder.compare import agrees, leaves, number, parts, sketch, what_counts
from autograder.diagnosis import Case, diagnose
from autograder.inside import Observation
from autograder.misconceptions import Misconception

STEP = 1e-5  # of central differences
STEP_ERROR = 1e-5  # relative, that they may be off by

Array = np.ndarray
Ask = Callable[[Inputs], Observation]


class Oracle(Protocol):
    """What the judge must know: ``oracle.Live`` computes it, ``recorded.Recorded`` reads it.

    Answers are given as far as they count for the check, those of mistakes as sketches.
    """

    def outputs(self, check: Check) -> Sequence[Output]:
        """Name what the function returns."""

    def challenges(self, check: Check) -> Iterator[Challenge]:
        """Give the inputs of the calls: CHALLENGES, then more, of use to tell mistakes apart."""

    def right(self, check: Check, challenge: Challenge) -> Observation:
        """Answer one of the challenges."""

    def suspects(self, check: Check) -> Sequence[Misconception]:
        """List the mistakes that may show: of the topic first, then of those that it builds on."""

    def mistaken(self, mistake: Misconception, check: Check, challenge: Challenge) -> Observation:
        """Answer one of the challenges as one of the suspects would."""


@dataclass(frozen=True)
class Verdict:
    """What a check found: ``status`` is passed, failed, error, timeout or skipped."""

    status: str
    message: str = ""
    misconception: str | None = None
    printed: str = ""


def judge(check: Check, ask: Ask, oracle: Oracle) -> Verdict:
    """Put a check's challenges to a program and judge the answers.

    Parameters
    ----------
    check : Check
        What to ask.
    ask : callable
        Inputs in, the program's ``Observation`` out.
    oracle : Oracle
        Knows the challenges, the right answers and those of mistakes.

    Returns
    -------
    verdict : Verdict
        Passed only when every answer to every challenge is right.
    """
    outputs = oracle.outputs(check)
    which = judged(check, outputs)
    challenges = oracle.challenges(check)
    cases = []
    for inputs in itertools.islice(challenges, CHALLENGES):
        seen = what_counts(check, inputs, ask(inputs))
        if seen.stage != "returned":
            return no_answer(check, inputs, seen)
        cases.append(Case(inputs, oracle.right(check, inputs), seen))
    if all(agrees(case.seen, case.right, which, len(outputs)) for case in cases):
        return Verdict("passed")
    if mistake := right_for_own_forward(check, ask, oracle, cases):
        return Verdict(
            "passed", "Right for your own value, which is not: " + explanation(check, mistake)
        )
    printed = cases[0].seen.printed
    suspects = recognise(check, oracle, cases, which)
    for inputs in itertools.islice(challenges, MORE_CHALLENGES if len(suspects) > 1 else 0):
        suspects = told_apart(check, ask, oracle, suspects, inputs, which)
    if mistake := likeliest(check, oracle, cases, suspects):
        return Verdict("failed", explanation(check, mistake), mistake.id, printed)
    words = looks(cases, outputs[0]) if check.reading else diagnose(cases, outputs, which)
    return Verdict("failed", words, None, printed)


def judged(check: Check, outputs: Sequence[Output]) -> list[int]:
    """List which of the outputs count."""
    return [i for i, o in enumerate(outputs) if not check.judges or o.name in check.judges]


# ------------------------------------------------------------------------------ no answer


def unusable(topic: str, seen: Observation) -> Verdict | None:
    """Say why a whole file cannot be graded, from the attempt to run it; None when it can."""
    if seen.stage == "returned":
        return None
    if seen.stage == "timeout":
        return Verdict(
            "timeout",
            f"Running `{topic}.py` never ends, before any function of it is called: look for an "
            "endless loop at the top level of the file.",
            printed=seen.printed,
        )
    said = seen.fault.message if seen.fault else ""
    for below in LECTURE:
        if said == f"No module named '{below}'":
            return Verdict(
                "error",
                f"`{topic}.py` builds on your `{below}.py`, which is not in the same folder: put "
                "it there.",
            )
    message = f"`{topic}.py` cannot be run" + where(seen)
    return Verdict("error", message, printed=seen.printed)


def no_answer(check: Check, inputs: Inputs, seen: Observation) -> Verdict:
    """Say how a call ended that returned nothing."""
    name, fault = check.function, seen.fault
    if fault and fault.type == "NotImplementedError":
        if fault.file in ("", f"{check.topic}.py"):
            return Verdict("skipped", f"`{name}` is not written yet.")
        message = f"`{name}` needs a function of your `{fault.file}` that is not written yet"
        return Verdict("skipped", message + where(seen))
    if seen.stage == "find":
        message = f"`{check.topic}.py` has no function `{name}`: write it, or put it back."
        return Verdict("error", message)
    if seen.stage == "timeout":
        message = f"`{name}` gave no answer in time. Does it have a loop that never ends?"
        return Verdict("timeout", message, printed=seen.printed)
    if fault and fault.type == "TypeError" and not fault.line:
        arguments = ", ".join(inputs)
        message = f"`{name}` could not be called as `{name}({arguments})`"
    else:
        message = f"`{name}` stopped"
    return Verdict("error", message + where(seen), printed=seen.printed)


def where(seen: Observation) -> str:
    """Show the student's own error: the line of their file and what Python said."""
    fault = seen.fault
    if fault is None:
        return (
            ": the program ended without an answer. It must not end Python itself, and should "
            "need no more than 4 GB of memory."
        )
    place = f" at line {fault.line} of `{fault.file}`" if fault.line else ""
    source = f"\n    {fault.source}" if fault.source else ""
    return f"{place}:{source}\n    {fault.type}: {fault.message}".rstrip(": ")


# ------------------------------------------------------------------------------ explanation


def recognise(
    check: Check, oracle: Oracle, cases: Sequence[Case], which: Sequence[int]
) -> Sequence[Misconception]:
    """Find the misconceptions that would have answered every challenge just like this.

    The mistake may lie in a topic that this one builds on.
    """
    count = len(oracle.outputs(check))
    if all(agrees(case.seen, case.right, which, count) for case in cases):
        return []
    seen = [(case.inputs, sketch(case.seen)) for case in cases]
    return [
        mistake
        for mistake in oracle.suspects(check)
        if all(agrees(s, oracle.mistaken(mistake, check, i), which, count) for i, s in seen)
    ]


def told_apart(
    check: Check,
    ask: Ask,
    oracle: Oracle,
    suspects: Sequence[Misconception],
    challenge: Challenge,
    which: Sequence[int],
) -> Sequence[Misconception]:
    """Put one more challenge to the program, if it is one that its suspects answer differently."""
    count = len(oracle.outputs(check))
    answers = [oracle.mistaken(mistake, check, challenge) for mistake in suspects]
    if all(agrees(answer, answers[0], which, count) for answer in answers[1:]):
        return suspects
    seen = sketch(what_counts(check, challenge, ask(challenge)))
    pairs = zip(suspects, answers, strict=True)
    return [mistake for mistake, answer in pairs if agrees(seen, answer, which, count)]


def likeliest(
    check: Check, oracle: Oracle, cases: Sequence[Case], suspects: Sequence[Misconception]
) -> Misconception | None:
    """Choose among misconceptions that always answer alike.

    One that agrees in what is not judged as well, one of the asked topic and one of the asked
    function is preferred.
    """
    count = len(oracle.outputs(check))
    seen = [(case.inputs, sketch(case.seen)) for case in cases]

    def distance(mistake: Misconception) -> tuple[bool, bool, bool]:
        everything = all(
            agrees(s, oracle.mistaken(mistake, check, i), range(count), count) for i, s in seen
        )
        return not everything, mistake.topic != check.topic, mistake.function != check.function

    return min(suspects, key=distance, default=None)


def looks(cases: Sequence[Case], output: Output) -> str:
    """Say what an answer with chance in it looks like, and what it should look like."""
    for case in cases:
        if case.seen.value != case.right.value:
            found = case.seen.value or "nothing that we know"
            return (
                f"Your `{output.name}` should look like {case.right.value}, and look like {found}. "
                "Check which probabilities you draw from, and that every draw is a new one."
            )
    return (
        "Called twice with the same generator in the same state, your program gives two different "
        "answers: all chance must come from `rng`."
    )


def explanation(check: Check, mistake: Misconception) -> str:
    """Say what a mistake is, and where it is when that is in another file."""
    says = mistake.says.strip()
    if mistake.topic == check.topic:
        return says
    return f"This comes from `{mistake.function}` in your `{mistake.topic}.py`. {says}"


def right_for_own_forward(
    check: Check, ask: Ask, oracle: Oracle, cases: Sequence[Case]
) -> Misconception | None:
    """Find out whether a gradient is wrong only because the value is, in a way that we know.

    Then it agrees with central differences of the program's own value, along random directions.
    One mistake should not be paid for twice. Returns the mistake in the value, or None.
    """
    if not check.derivative:
        return None
    outputs = oracle.outputs(check)
    of, *by = check.derivative
    names = [output.name for output in outputs]
    value, gradient = names.index(of), names.index(check.judges[0])
    mistake = likeliest(check, oracle, cases, recognise(check, oracle, cases, [value]))
    if mistake is None:
        return None
    rng = np.random.default_rng(0)
    for case in cases:
        slopes = [number(leaf) for leaf in leaves(output(case.seen, gradient, len(outputs)))]
        points = [leaf for name in by for leaf in leaves(case.inputs[name])]
        if [None if a is None else a.shape for a in slopes] != [a.shape for a in points]:
            return None
        directions = [rng.normal(size=point.shape) for point in points]
        ahead, behind = (
            number(output(ask(moved(case.inputs, by, directions, step)), value, len(outputs)))
            for step in (STEP, -STEP)
        )
        if ahead is None or behind is None:
            return None
        slope = (ahead - behind) / (2 * STEP)
        expected = sum(np.vdot(g, d) for g, d in zip(slopes, directions, strict=True))
        allowed = STEP_ERROR * length(slopes) * length(directions)
        if not abs(slope - expected) <= allowed:
            return None
    return mistake


def moved(inputs: Inputs, names: Sequence[str], directions: Sequence[Array], step: float) -> Inputs:
    """Move some inputs, arrays in nested lists or tuples, along a direction for each array."""
    rest = iter(directions)

    def move(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value)([move(inner) for inner in value])
        return value + step * next(rest)

    return {**inputs, **{name: move(inputs[name]) for name in names}}


def length(arrays: Iterable[Array | None]) -> float:
    """Measure the length of arrays as one long vector."""
    return float(np.linalg.norm([np.linalg.norm(a) for a in arrays if a is not None]))


def output(seen: Observation, which: int, count: int) -> Any:
    """Pick one output of a call; None when it did not return as many as it should."""
    values = parts(seen.value, count)
    return values[which] if values else None
