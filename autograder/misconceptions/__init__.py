"""Mistakes that learners make, as data: one TOML file per topic.

Each entry is a small edit of the reference solution and what a teaching assistant would say::

    [[misconception]]
    id = "bias-left-out"
    function = "output_step"
    was = "np.tensordot(h_t, W_out.T, 1)"
    becomes = "h_t[:, 1:] @ W_out[:, 1:].T"
    says = "Your scores miss the bias: column 0 of `W_out` meets the leading 1 of `h_t`."

Without ``was``, ``becomes`` replaces the whole body of the function. The same entry is a hint of
the grader, a test of the grader (its edit must lose points and be named), and a line in the
chapter's box of pitfalls.
"""

from __future__ import annotations

import ast
import textwrap
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


class StaleEdit(ValueError):
    """An edit does not fit the solution any more."""


@dataclass(frozen=True)
class Misconception:
    """One mistake: its explanation and, except in a record, an edit of the reference solution."""

    id: str
    topic: str
    function: str
    says: str
    becomes: str = ""
    was: str = ""

    def apply(self, source: str) -> str:
        """Make the mistake.

        Parameters
        ----------
        source : str
            The topic's reference solution.

        Returns
        -------
        mutant : str
            The same program with this mistake in it.

        Raises
        ------
        StaleEdit
            When ``was`` does not stand exactly once in the function, or nothing changes.
        """
        first, last = body_lines(source, self.function)
        lines = source.splitlines(keepends=True)
        body = "".join(lines[first - 1 : last])
        if self.was:
            if body.count(self.was) != 1:
                raise StaleEdit(
                    f"{self.topic}/{self.id}: {self.was!r} stands {body.count(self.was)} times "
                    f"in {self.function}; `was` must name one place"
                )
            edited = body.replace(self.was, self.becomes)
        else:
            edited = textwrap.indent(textwrap.dedent(self.becomes).strip("\n") + "\n", " " * 4)
        if edited == body:
            raise StaleEdit(f"{self.topic}/{self.id}: the edit changes nothing")
        return "".join([*lines[: first - 1], edited, *lines[last:]])


def body_lines(source: str, function: str) -> tuple[int, int]:
    """Find the first and last line of a function's body, its docstring left out."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            has_docstring = ast.get_docstring(node) is not None
            first = node.body[1 if has_docstring else 0].lineno
            assert node.end_lineno
            return first, node.end_lineno
    raise StaleEdit(f"the solution has no function {function}")


@cache
def load(topic: str) -> tuple[Misconception, ...]:
    """Read the misconceptions of a topic, in the order of its file; none without a file."""
    path = FOLDER / f"{topic}.toml"
    if not path.exists():
        return ()
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["misconception"]
    return tuple(Misconception(topic=topic, **entry) for entry in entries)
