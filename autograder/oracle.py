"""What is right: the reference solutions, asked the same questions as the student."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import docstring_parser
import numpy as np

from autograder.inside import Observation, observe
from autograder.misconceptions import Misconception

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"


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


def right(topic: str, function: str, inputs: Mapping[str, Any]) -> Observation:
    """Ask the reference solution."""
    return _ask(source(topic), topic, function, inputs)


def mistaken(mistake: Misconception, function: str, inputs: Mapping[str, Any]) -> Observation:
    """Ask the reference solution with a mistake in it."""
    return _ask(mistake.apply(source(mistake.topic)), mistake.topic, function, inputs)


def _ask(program: str, topic: str, function: str, inputs: Mapping[str, Any]) -> Observation:
    path = f"{topic}.py"
    module = ModuleType(topic)
    exec(_compiled(program, path), module.__dict__)
    with np.errstate(all="ignore"):  # mistakes may overflow
        return observe(getattr(module, function), inputs, path)


@cache
def _compiled(program: str, path: str) -> CodeType:
    return compile(program, path, "exec")
