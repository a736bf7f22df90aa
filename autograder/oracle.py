"""What is right: the reference solutions, asked the same questions as the student."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any
from unittest import mock

import docstring_parser
import numpy as np

from autograder import assignment, misconceptions
from autograder.assignment import Challenge, Check, Output
from autograder.compare import sketch, what_counts
from autograder.inside import Observation, observe
from autograder.misconceptions import Misconception

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"


@dataclass(frozen=True)
class Live:
    """The reference solutions as an oracle of the judge; ``seed`` draws the challenges."""

    seed: int

    def outputs(self, check: Check) -> tuple[Output, ...]:
        """Name what the function returns."""
        return outputs(check.topic, check.function)

    def challenges(self, check: Check) -> Iterator[Challenge]:
        """Draw the inputs of the calls: without end."""
        return check.challenges(self.seed)

    def right(self, check: Check, challenge: Challenge) -> Observation:
        """Ask the reference solution."""
        return what_counts(check, challenge, right(check.topic, check.function, challenge))

    def suspects(self, check: Check) -> list[Misconception]:
        """List the mistakes in what the function calls.

        What is wrong below shows in exact answers better than in draws.
        """
        below = () if check.reading else foundations(check.topic)
        within = reached(check.topic, check.function)
        return [
            mistake
            for topic in (check.topic, *below)
            for mistake in misconceptions.load(topic)
            if (topic, mistake.function) in within
        ]

    def mistaken(self, mistake: Misconception, check: Check, challenge: Challenge) -> Observation:
        """Ask the reference solution with a mistake in it."""
        return _sketched(mistake, check, challenge)


@lru_cache(maxsize=10_000)
def _sketched(mistake: Misconception, check: Check, challenge: Challenge) -> Observation:
    seen = mistaken(mistake, check.topic, check.function, challenge)
    return sketch(what_counts(check, challenge, seen))


@cache
def source(topic: str) -> str:
    """Read the reference solution of a topic."""
    return (SOLUTIONS / f"{topic}.py").read_text(encoding="utf-8")


@cache
def outputs(topic: str, function: str) -> tuple[Output, ...]:
    """Name what a function returns, from the Returns section of its docstring."""
    for node in ast.parse(source(topic)).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            doc = docstring_parser.parse(
                ast.get_docstring(node) or "", docstring_parser.DocstringStyle.NUMPYDOC
            )
            return tuple(Output(r.return_name or "", r.type_name or "") for r in doc.many_returns)
    raise LookupError(f"solutions/{topic}.py has no function {function}")


@cache
def imported(topic: str) -> Mapping[str, str]:
    """Name the topic that each function comes from which a topic's solution imports."""
    found: dict[str, str] = {}
    for node in ast.parse(source(topic)).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("solutions."):
            below = str(node.module).removeprefix("solutions.")
            found |= {name.name: below for name in node.names}
    return found


@cache
def foundations(topic: str) -> tuple[str, ...]:
    """List the topics whose functions a topic's solution imports, each after its own."""
    below = dict.fromkeys(imported(topic).values())
    return tuple(dict.fromkeys(name for each in below for name in (*foundations(each), each)))


@cache
def reached(topic: str, function: str) -> frozenset[tuple[str, str]]:
    """List the functions that a function's solution calls, itself and all below included.

    Returns pairs (topic, function). A mistake anywhere else cannot change what it returns.
    """
    tree = ast.parse(source(topic))
    bodies = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    homes = {**dict.fromkeys(bodies, topic), **imported(topic)}
    names = {node.id for node in ast.walk(bodies[function]) if isinstance(node, ast.Name)}
    called = [reached(homes[name], name) for name in names & homes.keys() - {function}]
    return frozenset({(topic, function)}).union(*called)


def touched(mistake: Misconception) -> list[Check]:
    """List the checks that a mistake may fail: those whose solution reaches its function."""
    place = mistake.topic, mistake.function
    return [c for c in assignment.checks(mistake.topic) if place in reached(c.topic, c.function)]


def right(topic: str, function: str, inputs: Mapping[str, Any]) -> Observation:
    """Ask the reference solution."""
    return _ask(topic, function, inputs, None)


def mistaken(
    mistake: Misconception, topic: str, function: str, inputs: Mapping[str, Any]
) -> Observation:
    """Ask the reference solution of a topic with a mistake in it, or in one of its foundations."""
    return _ask(topic, function, inputs, mistake)


def _ask(
    topic: str, function: str, inputs: Mapping[str, Any], mistake: Misconception | None
) -> Observation:
    """Ask a program; a challenge that comes again, as for other homework, is answered at once."""
    ask = _ask_once if isinstance(inputs, Challenge) else _ask_once.__wrapped__
    return ask(topic, function, inputs, mistake)


@lru_cache(maxsize=5000)
def _ask_once(
    topic: str, function: str, inputs: Mapping[str, Any], mistake: Misconception | None
) -> Observation:
    module = _run(topic, mistake)
    with np.errstate(all="ignore"):  # mistakes may overflow
        return observe(getattr(module, function), inputs, f"{topic}.py")


def _run(topic: str, mistake: Misconception | None) -> ModuleType:
    """Run a solution as a fresh module, on fresh foundations if the mistake is in one of them."""
    for name in foundations(topic):
        importlib.import_module(f"solutions.{name}")
    changed = mistake is not None and mistake.topic != topic
    fresh: dict[str, ModuleType] = {}
    for name in (*foundations(topic), topic) if changed else (topic,):
        program = _compiled(name, mistake if mistake and mistake.topic == name else None)
        module = fresh[f"solutions.{name}"] = ModuleType(name)
        with mock.patch.dict(sys.modules, fresh):
            exec(program, module.__dict__)
    return module


@cache
def _compiled(topic: str, mistake: Misconception | None) -> CodeType:
    program = source(topic)
    return compile(mistake.apply(program) if mistake else program, f"{topic}.py", "exec")
