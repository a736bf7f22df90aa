"""The judge in a reader's browser: asks by messages, of a program that runs in another worker.

The judge cannot wait there for an answer. So it starts again with every reply, answers from the
replies so far, and stops at the first question that has none yet::

    step = ask(oracle, "unrolling.recur", [])               # {"question": bytes}
    step = ask(oracle, "unrolling.recur", [reply])          # the next one
    step = ask(oracle, "unrolling.recur", [reply, reply])   # ... {"verdict": {...}}

A question is for ``inside.answer_here``, which gives the reply. A recorded oracle has all that the
judge must know, so everything here needs the standard library and NumPy only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.assignment import Check, Inputs
from autograder.inside import Observation, to_bytes, unpack
from autograder.judge import Verdict, judge, unusable
from autograder.outcome import Outcome, entry, first_to_fix, waits_for
from autograder.recorded import Recorded

HOMEWORK = Path("/homework")  # where the program's worker has the files


class Unanswered(Exception):
    """The judge has a question that no reply is there for."""

    def __init__(self, question: bytes) -> None:
        self.question = question


def load(path: Path) -> Recorded:
    """Read the record of a topic."""
    return Recorded(path)


def ask(
    oracle: Recorded, name: str, replies: Sequence[bytes | None], folder: Path = HOMEWORK
) -> dict[str, Any]:
    """Give the next question to a program, or the verdict when it has answered enough.

    Parameters
    ----------
    oracle : Recorded
        The record of the topic.
    name : str
        The ``id`` of one of its checks.
    replies : sequence of bytes or None
        The replies to the questions so far; None where the deadline passed, nothing (``b""``) where
        the program ended without a reply.
    folder : Path
        Where the program runs.

    Returns
    -------
    step : dict
        ``{"question": bytes}`` or ``{"verdict": dict}``: an entry of the JSON report, and what the
        program ``printed``.

    Raises
    ------
    LookupError
        When the topic has no such check.
    """
    check = _check(oracle, name)
    path = str(folder / f"{check.topic}.py")
    rest = iter(replies)

    def put(function: str, inputs: Inputs) -> Observation:
        for reply in rest:
            return _heard(reply)
        raise Unanswered(to_bytes({"path": path, "function": function, "inputs": inputs}))

    try:
        verdict = unusable(check.topic, put("", {})) or judge(
            check, lambda inputs: put(check.function, inputs), oracle
        )
    except Unanswered as waiting:
        return {"question": waiting.question}
    return {"verdict": {**entry(check, verdict), "printed": verdict.printed}}


def summary(oracle: Recorded, verdicts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Add up the points, and choose what to mend first.

    Parameters
    ----------
    oracle : Recorded
        The record of the topic.
    verdicts : mapping
        Verdicts so far, as ``ask`` gave them, by the ``id`` of their check.

    Returns
    -------
    summary : dict
        ``score`` and ``max_score`` of these checks; ``first``, the id of the check to mend first,
        or None; ``waits_for``, by the id of each failed check that builds on a function which
        fails as well, the name of that function.
    """
    judged = [
        (check, _verdict(verdicts[check.id])) for check in oracle.checks if check.id in verdicts
    ]
    outcome = Outcome(judged, Path(), oracle.seed, (), 0.0)
    fix = first_to_fix(outcome)
    waiting = {c.id: waits_for(c, outcome) for c, verdict in judged if verdict.status == "failed"}
    return {
        "score": outcome.score,
        "max_score": outcome.max_score,
        "first": fix[0].id if fix else None,
        "waits_for": {name: function for name, function in waiting.items() if function},
    }


@lru_cache(maxsize=16)  # all replies come again with the next one
def _heard(reply: bytes | None) -> Observation:
    """Read a reply, trusting nothing."""
    try:
        return Observation("timeout") if reply is None else unpack(reply)
    except ValueError:
        return Observation("died")


def _check(oracle: Recorded, name: str) -> Check:
    for check in oracle.checks:
        if check.id == name:
            return check
    raise LookupError(f"the record of {oracle.topic} has no check {name!r}")


def _verdict(said: Mapping[str, Any]) -> Verdict:
    return Verdict(said["status"], said["message"], said["misconception"], said.get("printed", ""))
