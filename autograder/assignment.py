"""What is asked: the topics, and the checks of each as data.

A check draws the inputs of one call from a random generator; its docstring is its title. That is
all there is to writing one (``autograder/checks/TOPIC.py``)::

    @check(points=2, requires=["initial_state"])
    def output_step(rng):
        \"\"\"scores of K labels from a state\"\"\"
        T, B, D, H, K = sizes(rng)
        return {"h_t": states(rng, B, H), "W_out": weights(rng, K, H + 1)}
"""

from __future__ import annotations

import functools
import importlib
import itertools
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

LECTURE = (
    "unrolling",
    "deep",
    "bidirectional",
    "bptt",
    "clipping",
    "truncation",
    "language_models",
)
CHALLENGES = 3
MORE_CHALLENGES = 5  # drawn when several misconceptions fit, to tell them apart

Inputs = dict[str, Any]


class Challenge(Inputs):
    """The inputs of one call as they were drawn: never changed, and known by which they are."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__


@dataclass(frozen=True)
class Output:
    """One thing that a function returns, as its docstring says: ``h : Array (T, B, H+1)``."""

    name: str
    type: str

    @property
    def axes(self) -> str:
        """The shape in letters, ``(T, B, H+1)``; empty for a number."""
        found = re.search(r"\(.*\)", self.type)
        return found.group() if found else ""


def nothing_to_draw(rng: np.random.Generator) -> Inputs:
    """Stand for the draws of a check whose challenges are recorded."""
    raise LookupError("the challenges of this check are in its record and nowhere else")


@dataclass(frozen=True)
class Check:
    """One question to a student's program.

    ``draw`` makes the inputs of one call; a check that was read from a record has no draws.
    ``judges`` names the outputs that count, where a function returns several; ``requires`` names
    functions that this one builds on, those of other topics as ``unrolling.recur``: when they fail
    as well, they are to be mended first. ``derivative`` is (value, input, ...) where the judged
    output is the gradient of that output with respect to those inputs, in their order. ``padding``
    tells whether what stands on padding counts. ``reading`` is for answers that chance has a part
    in: it says in words what an answer looks like, and that is compared; None is like nothing.
    """

    topic: str
    name: str
    title: str
    function: str
    points: int
    draw: Callable[[np.random.Generator], Inputs] = nothing_to_draw
    judges: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    derivative: tuple[str, ...] = ()
    padding: bool = True
    reading: Callable[[Inputs, Any], str | None] | None = None

    @property
    def id(self) -> str:
        """The name that reports use: ``unrolling.recur``."""
        return f"{self.topic}.{self.name}"

    def challenges(self, seed: int) -> Iterator[Challenge]:
        """Draw the inputs of the calls: without end, the same for the same seed."""
        return (drawn(self, seed, number) for number in itertools.count())


@functools.lru_cache(maxsize=1000)
def drawn(check: Check, seed: int, number: int) -> Challenge:
    """Draw one challenge of a check; drawn again soon, it is the very same."""
    source = zlib.crc32(check.id.encode())
    return Challenge(check.draw(np.random.default_rng([seed, source, number])))


def check(
    points: int,
    function: str = "",
    judges: Sequence[str] = (),
    requires: Sequence[str] = (),
    derivative: Sequence[str] = (),
    padding: bool = True,
    reading: Callable[[Inputs, Any], str | None] | None = None,
) -> Callable[[Callable[[np.random.Generator], Inputs]], Check]:
    """Make a check of a function that draws inputs.

    Parameters
    ----------
    points : int
        What a right answer to all challenges earns.
    function : str
        The student's function; by default it is named as the check.
    judges : sequence of str
        Names of the outputs that count; by default all.
    requires : sequence of str
        Functions that the asked one builds on: ``recur``, or ``unrolling.recur`` elsewhere.
    derivative : sequence of str
        The output whose gradient is asked for, and the inputs it is taken with respect to: a
        gradient that is right for the program's own, mistaken value passes.
    padding : bool
        False where steps at and beyond the input ``lengths`` mean nothing in the outputs.
    reading : callable
        ``reading(inputs, answer)`` says what a random answer looks like, to be compared instead.
    """

    def make(draw: Callable[[np.random.Generator], Inputs]) -> Check:
        return Check(
            topic=draw.__module__.rpartition(".")[2],
            name=draw.__name__,
            title=(draw.__doc__ or "").strip(),
            function=function or draw.__name__,
            points=points,
            draw=draw,
            judges=tuple(judges),
            requires=tuple(requires),
            derivative=tuple(derivative),
            padding=padding,
            reading=reading,
        )

    return make


def topics() -> list[str]:
    """List the topics that have checks, in the lecture's order."""
    folder = Path(__file__).parent / "checks"
    return [topic for topic in LECTURE if (folder / f"{topic}.py").exists()]


def checks(topic: str) -> list[Check]:
    """List the checks of a topic in the order of its file."""
    module = importlib.import_module(f"autograder.checks.{topic}")
    return [value for value in vars(module).values() if isinstance(value, Check)]
