"""Runs the cells of a chapter in the reader's browser, and whatever they stand on.

The page calls ``run``; what comes out meanwhile goes back by ``emit(kind, content)``: ("status",
words), ("text", printed), ("html" | "svg" | "error", content).
"""

from __future__ import annotations

import ast
import io
import linecache
import site
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from unrolled_live import files, slices

# What a module needs beside Python, NumPy and the course, to be loaded when a cell wants it.
PACKAGES = {
    "_figures": ["matplotlib"],
    "matplotlib": ["matplotlib"],
    "_figures.verdict": ["rich", "autograder"],
    "IPython": ["markdown-it-py"],
    "tqdm": ["tqdm"],
}
LONGEST = 200_000  # characters that a cell may print

Emit = Callable[[str, str], None]

RECORDS = Path("/oracle")  # where _figures.verdict looks for them
DATA = Path(site.getsitepackages()[0], "book", "data")  # where the course looks for it

memory = slices.Memory()
namespace: dict[str, Any] = {"__name__": "__main__"}


class Printed(io.TextIOBase):
    """A stream that hands on what is written to it, a few times a second and up to a limit.

    A bar of progress, which goes back to the beginning of its line again and again, is a status.
    """

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.waiting: list[str] = []
        self.handed_on = 0
        self.last = 0.0
        self.in_bar = False

    def write(self, text: str) -> int:
        of_bar, self.in_bar = self.in_bar and text == "\n", text.startswith("\r")
        if self.in_bar:
            self.emit("status", text.strip())
        elif self.handed_on < LONGEST and not of_bar:
            self.waiting.append(text)
            if time.monotonic() - self.last > 0.1:
                self.flush()
        return len(text)

    def flush(self) -> None:
        text = "".join(self.waiting)
        self.waiting.clear()
        self.last = time.monotonic()
        if text and self.handed_on < LONGEST:
            self.handed_on += len(text)
            more = "\n… the rest is left out." if self.handed_on >= LONGEST else ""
            self.emit("text", text[:LONGEST] + more)


def serve_data(address: str, names: Sequence[str]) -> None:
    """Let the course's data load when it is first read, from a folder of the book."""
    for name in names:
        files.serve(DATA / name, address + name)


def serve_record(chapter: str, address: str) -> None:
    """Let the grader's record of a topic load when a cell of its chapter grades a program."""
    files.serve(RECORDS / f"{chapter}.npz", address)


async def run(codes: Sequence[str], names: Sequence[str], cell: int) -> bool:
    """Run a cell, after what must run of the earlier code that it needs.

    What earlier cells assert is left out: it guards the text, with the numbers of the build, and a
    training may end elsewhere here.

    Parameters
    ----------
    codes : sequence of str
        The cells of the chapter as they stand now, in order.
    names : sequence of str
        What a reader calls each of them: "cell 3".
    cell : int
        Which one to run, from 0.

    Returns
    -------
    fine : bool
        Whether it ran to its end.
    """
    from page import emit

    places = [f"<{name}>" for name in names]  # as Python calls them when it speaks of an error
    due = memory.due(slices.needed(codes, cell), cell)
    await load({package for unit, _ in due for package in packages(unit.module)}, emit)
    for number, (unit, origin) in enumerate(due):
        own, name = unit.cell == cell, names[unit.cell]
        emit("status", "Running …" if own else f"Running {name} first …")
        memory.begins(unit)
        if own:
            problem = attempt(unit, places, emit, last=number == len(due) - 1)
        else:
            problem = attempt(unit, places, quietly, asserts=False)
        if problem:
            if not own:
                what = f"This needs {name}, which stopped."
                problem = f"{what}\nIf you edited a cell above, mend or reset it.\n\n{problem}"
            emit("error", problem)
            return False
        memory.ends(unit, origin)
    return True


def packages(module: str) -> list[str]:
    """List what a module needs: what its package needs, and what itself needs more."""
    names = {module.partition(".")[0], module}
    return [package for name in names for package in PACKAGES.get(name, [])]


async def load(wanted: set[str], emit: Emit) -> None:
    """Load packages, each once."""
    import pyodide_js

    if missing := wanted - pyodide_js.loadedPackages.to_py().keys():
        emit("status", "Loading " + ", ".join(sorted(missing)) + " …")
        await pyodide_js.loadPackage(sorted(missing), messageCallback=lambda message: None)
    if "tqdm" in missing:
        from tqdm import tqdm

        tqdm.monitor_interval = 0  # a thread, which there is none of here


def quietly(kind: str, content: str) -> None:
    """Show nothing: earlier cells only prepare."""


def attempt(
    unit: slices.Unit,
    places: Sequence[str],
    emit: Emit,
    last: bool = False,
    asserts: bool = True,
) -> str:
    """Run a unit; returns what went wrong as the reader should see it, or nothing."""
    file = places[unit.cell]
    code = "\n" * (unit.line - 1) + unit.code
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    printed = Printed(emit)
    try:
        with redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*non-interactive")
            try:
                value = evaluate(code, file, asserts)
            finally:
                printed.flush()
            if last:
                show(value, emit)
            draw(emit)
    except BaseException as error:
        return readers_lines(error, places)
    return ""


def evaluate(code: str, file: str, asserts: bool) -> Any:
    """Execute statements; returns the value of the last one if it is an expression."""
    optimize = 0 if asserts else 1
    tree = ast.parse(code, file)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        del tree.body[-1]
    exec(compile(tree, file, "exec", optimize=optimize), namespace)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), file, "eval", optimize=optimize), namespace)


def show(value: Any, emit: Emit) -> None:
    """Show a value as a notebook would."""
    if value is None or type(value).__name__ == "Figure":
        return
    for method in ("_repr_markdown_", "_repr_html_"):
        if hasattr(value, method):
            content = getattr(value, method)()
            emit("html", as_html(content) if "markdown" in method else content)
            return
    emit("text", repr(value) + "\n")


def as_html(markdown: str) -> str:
    """Render Markdown with its tables."""
    from markdown_it import MarkdownIt

    return MarkdownIt().enable("table").render(markdown)


def draw(emit: Emit) -> None:
    """Show all open figures, and close them."""
    if "matplotlib.pyplot" not in sys.modules:
        return
    from matplotlib import pyplot

    for number in pyplot.get_fignums():
        drawn = io.StringIO()
        pyplot.figure(number).savefig(drawn, format="svg", bbox_inches="tight")
        emit("svg", drawn.getvalue())
    pyplot.close("all")


def readers_lines(error: BaseException, places: Sequence[str]) -> str:
    """Write an error as Python does, with no other lines than those of cells."""
    stack = traceback.TracebackException.from_exception(error, compact=True)
    seen: traceback.TracebackException | None = stack
    while seen:
        seen.stack[:] = [frame for frame in seen.stack if frame.filename in places]
        seen = seen.__cause__ or seen.__context__
    text = "".join(stack.format())
    return text if stack.stack else text.removeprefix("Traceback (most recent call last):\n")
