"""The verdict: compare what a program answered with what is right, and name the mistake.

Everything here runs in the grader's own process, on arrays that the student's process sent.
No message ever contains a right answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder import misconceptions, oracle
from autograder.assignment import CHALLENGES, Check, Inputs
from autograder.inside import Observation, Other
from autograder.oracle import Output

TOLERANCE = 1e-7  # relative to the largest entry, for programs that compute in float64
TOLERANCE_32 = 1e-5  # and for those that compute in float32

Ask = Callable[[Inputs], Observation]


@dataclass(frozen=True)
class Verdict:
    """What a check found: ``status`` is passed, failed, error, timeout or skipped."""

    status: str
    message: str = ""
    misconception: str | None = None
    printed: str = ""


@dataclass(frozen=True)
class Case:
    """One challenge: its inputs, the right answer, the program's answer."""

    inputs: Inputs
    right: Observation
    seen: Observation


def judge(check: Check, ask: Ask, seed: int) -> Verdict:
    """Put a check's challenges to a program and judge the answers.

    Parameters
    ----------
    check : Check
        What to ask.
    ask : callable
        Inputs in, the program's ``Observation`` out.
    seed : int
        Draws the challenges.

    Returns
    -------
    verdict : Verdict
        Passed only when every answer to every challenge is right.
    """
    outputs = oracle.outputs(check.topic, check.function)
    judged = [i for i, o in enumerate(outputs) if not check.judges or o.name in check.judges]
    cases = []
    for inputs in itertools.islice(check.challenges(seed), CHALLENGES):
        seen = ask(inputs)
        if seen.stage != "returned":
            return no_answer(check, inputs, seen)
        cases.append(Case(inputs, oracle.right(check.topic, check.function, inputs), seen))
    if all(agrees(case.seen, case.right, judged, len(outputs)) for case in cases):
        return Verdict("passed")
    printed = cases[0].seen.printed
    mistake = recognise(check, cases, judged, len(outputs))
    if mistake:
        return Verdict("failed", mistake.says.strip(), mistake.id, printed)
    return Verdict("failed", diagnose(cases, outputs, judged), None, printed)


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
    message = f"`{topic}.py` cannot be run" + where(topic, seen)
    return Verdict("error", message, printed=seen.printed)


def no_answer(check: Check, inputs: Inputs, seen: Observation) -> Verdict:
    """Say how a call ended that returned nothing."""
    name, fault = check.function, seen.fault
    if fault and fault.type == "NotImplementedError":
        return Verdict("skipped", f"`{name}` is not written yet.")
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
    return Verdict("error", message + where(check.topic, seen), printed=seen.printed)


def where(topic: str, seen: Observation) -> str:
    """Show the student's own error: the line of their file and what Python said."""
    fault = seen.fault
    if fault is None:
        return (
            ": the program ended without an answer. It must not end Python itself, and should "
            "need no more than 4 GB of memory."
        )
    place = f" at line {fault.line} of `{topic}.py`" if fault.line else ""
    source = f"\n    {fault.source}" if fault.source else ""
    return f"{place}:{source}\n    {fault.type}: {fault.message}".rstrip(": ")


# ------------------------------------------------------------------------------ comparison


def parts(value: Any, count: int) -> list[Any] | None:
    """Split what a function returned into its outputs; None when the number is wrong."""
    if count == 1:
        return [value]
    return list(value) if isinstance(value, (tuple, list)) and len(value) == count else None


def agrees(a: Observation, b: Observation, judged: Sequence[int], count: int) -> bool:
    """Tell whether two programs did the same: values, second call, inputs left alone."""
    if a.stage != b.stage or set(a.modified) != set(b.modified):
        return False
    pairs = [(parts(a.value, count), parts(b.value, count))]
    pairs.append((parts(a.again, count), parts(b.again, count)))
    return all(
        x is not None and y is not None and all(same(x[i], y[i]) for i in judged) for x, y in pairs
    )


def same(a: Any, b: Any) -> bool:
    """Compare two outputs up to rounding; NaN equals NaN."""
    if isinstance(b, (list, tuple)):
        return isinstance(a, (list, tuple)) and len(a) == len(b) and all(map(same, a, b))
    a, b = number(a), number(b)
    if a is None or b is None or a.shape != b.shape:
        return False
    if b.dtype.kind in "iu" and a.dtype.kind not in "iu":
        return False
    return bool(np.allclose(a, b, rtol=0, atol=tolerance(a, b), equal_nan=True))


def tolerance(a: np.ndarray, b: np.ndarray) -> float:
    """Scale the tolerance to the answer's largest finite entry and to its precision."""
    finite = np.abs(b[np.isfinite(b)])
    relative = TOLERANCE_32 if a.dtype in (np.float32, np.float16) else TOLERANCE
    return relative * float(finite.max(initial=0.0) or 1.0)


def number(value: Any) -> np.ndarray | None:
    """Read an array or a number; None for anything else."""
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value) if value.dtype.kind in "iuf" else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return np.asarray(value)
    return None


# ------------------------------------------------------------------------------ explanation


def recognise(
    check: Check, cases: Sequence[Case], judged: Sequence[int], count: int
) -> misconceptions.Misconception | None:
    """Find the misconception that would have answered every challenge just like this."""

    def fits(mistake: misconceptions.Misconception) -> bool:
        changed = False
        for case in cases:
            wrong = oracle.mistaken(mistake, check.function, case.inputs)
            if not agrees(wrong, case.seen, judged, count):
                return False
            changed |= not agrees(wrong, case.right, judged, count)
        return changed

    of_topic = misconceptions.load(check.topic)
    own_first = sorted(of_topic, key=lambda mistake: mistake.function != check.function)
    return next(filter(fits, own_first), None)


def diagnose(cases: Sequence[Case], outputs: Sequence[Output], judged: Sequence[int]) -> str:
    """Describe a wrong answer that no misconception explains."""
    for case in cases:
        if parts(case.seen.value, len(outputs)) is None:
            names = ", ".join(output.name for output in outputs)
            return (
                f"It should return {len(outputs)} things ({names}) and returns "
                f"{describe_type(case.seen.value)}."
            )
    for i in judged:
        answers = [
            (parts(c.seen.value, len(outputs))[i], parts(c.right.value, len(outputs))[i])  # type: ignore[index]
            for c in cases
        ]
        if all(same(a, b) for a, b in answers):
            continue
        problems = (wrong_kind(outputs[i], a, b) for a, b in answers)
        return next(filter(None, problems), None) or wrong_values(outputs[i], answers)
    for case in cases:
        if case.seen.modified:
            names = ", ".join(f"`{name}`" for name in case.seen.modified)
            return (
                f"The values are right, but the call changes its input {names} in place, and the "
                "caller still needs it. Write into an array of your own, e.g. a `.copy()`."
            )
    return (
        "The first call is right, a second call with the same inputs is not: something is kept "
        "between calls, perhaps a global variable or a default argument."
    )


def wrong_kind(output: Output, a: Any, b: Any) -> str | None:
    """Describe a wrong type, shape or an entry that is no number; None when all are fine."""
    name, right = f"`{output.name}`", np.asarray(b)
    if a is None:
        return f"{name} is None: does every path through the function end in `return`?"
    if not isinstance(b, np.ndarray):
        found = number(a)
        kind = "a whole number" if isinstance(b, int) else "a single number"
        if found is None or found.shape or (isinstance(b, int) and found.dtype.kind == "f"):
            return f"{name} should be {kind} and is {describe_type(a)}."
    elif not isinstance(a, np.ndarray):
        stack = " `np.stack` makes one array of it." if isinstance(a, (list, tuple)) else ""
        return f"{name} should be an array of shape {output.axes} and is {describe_type(a)}.{stack}"
    elif a.dtype.kind not in "iuf" or (a.dtype.kind != "f" and right.dtype.kind == "f"):
        return f"{name} has dtype {a.dtype}, which cannot hold its values: float64 can."
    elif a.shape != b.shape:
        return (
            f"{name} has shape {a.shape} and should have {output.axes} = {b.shape}."
            f"{axes_hint(a, b)}"
        )
    found = np.asarray(number(a))
    bad = ~np.isfinite(found)
    if bad.any():
        kind = "NaN" if np.isnan(found).any() else "infinite"
        place = f" (first at index {tuple(map(int, np.argwhere(bad)[0]))})" if found.shape else ""
        return (
            f"{name} is {kind} in {bad.sum()} of {bad.size} entries{place}. An overflow in `exp`, "
            "a log of 0, a division 0/0, or an array from `np.empty` that was never filled?"
        )
    return None


def axes_hint(a: np.ndarray, b: np.ndarray) -> str:
    """Say which order of axes would be right, if one would."""
    for order in itertools.permutations(range(b.ndim)):
        if a.ndim == b.ndim and a.transpose(order).shape == b.shape:
            values = "right values" if same(a.transpose(order), b) else "right shape"
            return f" With the axes in the order {order} it would have the {values}."
    return ""


def wrong_values(output: Output, answers: Sequence[tuple[Any, Any]]) -> str:
    """Describe how values of the right shape are wrong: the first description that always fits."""
    name = f"`{output.name}`"
    pairs = [(np.asarray(a, float), np.asarray(b, float)) for a, b in answers]
    factors = [float(np.vdot(b, a) / np.vdot(b, b)) if b.any() else 0.0 for a, b in pairs]
    if all(same(a, f * b) and f for (a, b), f in zip(pairs, factors, strict=True)):
        return f"{name} has {wrong_factor(factors)}."
    for description, pick in where_right(output):
        if all(a.ndim and pick(a).size and same(pick(a), pick(b)) for a, b in pairs):
            return f"{name} is {description}."
    if output.axes.startswith("(T") and all(same(a[1:], b[:-1]) for a, b in pairs):
        return f"{name} comes one step late: entry t holds what belongs to t-1."
    if output.axes.startswith("(T") and all(same(a[:-1], b[1:]) for a, b in pairs):
        return f"{name} comes one step early: entry t holds what belongs to t+1."
    a, b = pairs[0]
    if not a.ndim:
        return f"The value of {name} is wrong."
    wrong = int((np.abs(a - b) > tolerance(a, b)).sum())
    return f"{name} has the right shape, but {wrong} of its {a.size} values are wrong."


def wrong_factor(factors: Sequence[float]) -> str:
    """Name the factor between the answers and the right ones."""
    if not np.allclose(factors, factors[0]):
        listed = ", ".join(f"{factor:.4g}" for factor in factors)
        return f"the right values times a number that changes with the sizes ({listed})"
    if np.isclose(factors[0], -1):
        return "the right values with the wrong sign"
    return f"the right values times {factors[0]:.4g}"


def where_right(output: Output) -> Iterator[tuple[str, Callable[[np.ndarray], np.ndarray]]]:
    """List partial successes worth telling, with the part of the array that each is about."""
    if output.axes.startswith("(T"):
        yield "right except at the first step", lambda a: a[1:]
        yield "right except at the last step", lambda a: a[:-1]
        yield "right at the first step only", lambda a: a[:1]
        yield "right at the last step only", lambda a: a[-1:]
    if output.axes.endswith("H+1)"):
        yield "right except in column 0, the leading 1", lambda a: a[..., 1:]
    if "B" in output.axes:
        batch = output.axes.strip("()").split(", ").index("B")
        yield "right for the first sequence of the batch only", lambda a: a.take([0], axis=batch)


def describe_type(value: Any) -> str:
    """Name a value's type as one would say it."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, Other):
        return f"of type {value.name}"
    return "None" if value is None else f"{value!r:.40}, of type {type(value).__name__}"
