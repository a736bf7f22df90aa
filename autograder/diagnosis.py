"""How is an answer wrong, when no misconception explains it? Never says what is right."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.assignment import Challenge, Output
from autograder.compare import number, parts, same, tolerance
from autograder.inside import Observation, Other


@dataclass(frozen=True)
class Case:
    """One challenge: its inputs, the right answer, the program's answer."""

    inputs: Challenge
    right: Observation
    seen: Observation


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
        if not all(same(a, b) for a, b in answers):
            return wrong_output(outputs[i], answers)
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


Answers = Sequence[tuple[Any, Any]]  # what came back, and what is right: a pair per challenge


def wrong_output(output: Output, answers: Answers) -> str:
    """Describe how one output is wrong; in a list, how its first wrong entry is."""
    if isinstance(answers[0][1], (list, tuple)):
        return wrong_list(output, answers)
    problems = (wrong_kind(output, a, b) for a, b in answers)
    return next(filter(None, problems), None) or wrong_values(output, answers)


def wrong_list(output: Output, answers: Answers) -> str:
    """Describe a wrong list, or the first wrong entry of a right one."""
    for a, b in answers:
        wanted = f"{len(b)} {'arrays' if b and isinstance(b[0], np.ndarray) else 'entries'}"
        if not isinstance(a, (list, tuple)):
            return f"`{output.name}` should be a list of {wanted} and is {describe_type(a)}."
        if len(a) != len(b):
            return f"`{output.name}` is {describe_type(a)} and should be one of {wanted}."
    for i in range(max(len(b) for _, b in answers)):
        entries = [(a[i], b[i]) for a, b in answers if i < len(b)]
        if not all(same(a, b) for a, b in entries):
            return wrong_output(Output(f"{output.name}[{i}]", output.type), entries)
    raise AssertionError("a wrong list has a wrong entry")


def wrong_kind(output: Output, a: Any, b: Any) -> str | None:
    """Describe a wrong type, shape or an entry that is no number; None when all are fine."""
    name, right = f"`{output.name}`", np.asarray(b)
    if a is None:
        return f"{name} is None: does every path through the function end in `return`?"
    if isinstance(b, str):
        return None if isinstance(a, str) else f"{name} should be a text, not {describe_type(a)}."
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


def wrong_values(output: Output, answers: Answers) -> str:
    """Describe how values of the right shape are wrong: the first description that always fits."""
    name = f"`{output.name}`"
    if isinstance(answers[0][1], str):
        return wrong_text(name, answers)
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


def wrong_text(name: str, answers: Answers) -> str:
    """Describe how a text is wrong, without saying what it should be."""
    a, b = next((a, b) for a, b in answers if a != b)
    if len(a) != len(b):
        return f"{name} has {len(a)} characters and should have {len(b)}."
    wrong = sum(x != y for x, y in zip(a, b, strict=True))
    return f"{name} has the right length, but {wrong} of its {len(a)} characters are wrong."


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
    if isinstance(value, (Other, Mapping)):
        return f"of type {value.name if isinstance(value, Other) else 'dict'}"
    return "None" if value is None else f"{value!r:.40}, of type {type(value).__name__}"
