"""Every chapter can be taken along: as the notebook that was executed, as its source, as a print.

The files are written to ``takealong/`` beside the pages, and a chapter links to them below its
title. The source is the file in ``book/``. The notebook has the code and the outputs of the run
that the page shows, and its text in plain Markdown: what only MyST understands is put into words.
"""

import re
from ast import literal_eval
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from mathematics import MACROS
from nbformat import NotebookNode
from pybtex.database import parse_file
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)

FOLDER = "takealong"
GLUE = "application/papermill.record/text/plain"
HIDDEN = {"hide-input", "remove-input", "remove-cell", "hide-cell"}

FENCE = r"^(?P<ticks>`{3,})\{%s\}(?P<words>[^\n]*)\n(?P<inside>(?:.*\n)*?)(?P=ticks)[ \t]*$"
SOLUTION = re.compile(r"^(`{3,})\{solution-(start|end)\}[^\n]*\n(?::[^\n]*\n)*\1[ \t]*$", re.M)
MACRO = re.compile(rf"(?:{'|'.join(map(re.escape, MACROS))})(?![A-Za-z])")
LABEL = re.compile(r"(?P<words>.*?)\s*<(?P<label>[^<>]+)>", re.S)

ABOUT = """\
The chapter *{title}* of the course *Unrolled*, with what its cells printed and drew when the book
was built. To run them again, put this file into the folder `book/` of the course, beside `_figures`
and `data`, and choose the course's Python."""


def link(app: Sphinx, doctree: nodes.document) -> None:
    """Put the links into the line below the title that tells how long a chapter takes."""
    name = app.env.docname
    line = next((p for p in doctree.findall(nodes.paragraph) if "takes" in p["classes"]), None)
    if line is None:
        return
    line += nodes.raw(
        "",
        f' <span class="take-along">Take it along: '
        f'<a href="{FOLDER}/{name}.ipynb" download>notebook</a>, '
        f'<a href="{FOLDER}/{name}.md" download>source</a>'
        '<span class="pst-js-only">, <button type="button" class="print">print</button></span>.'
        "</span>",
        format="html",
    )


def write(app: Sphinx, problem: Exception | None) -> None:
    """Write the files of every chapter."""
    if problem is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)
    chapters = [name for name, facts in app.env.metadata.items() if "builds_on" in facts]
    titles = {name: title.astext() for name, title in app.env.titles.items()}
    for name in chapters:
        try:
            notebook = executed(Path(app.outdir).parent, name)
        except KeyError:
            logger.warning("did not run to its end: no notebook to take along", location=name)
            continue
        source = Path(app.env.doc2path(name)).read_text(encoding="utf-8")
        if app.config.hide_solutions:
            source, notebook = unsolved(source), unsolved_notebook(notebook)
        (folder / f"{name}.md").write_text(source, encoding="utf-8")
        plain = Plain(glued(notebook), titles, chapters, app.srcdir / "references.bib")
        nbformat.write(readable(notebook, plain, titles[name]), folder / f"{name}.ipynb")


# ---- the run


def executed(build: Path, name: str) -> NotebookNode:
    """Read a chapter's notebook, with all outputs of its run from the build's cache.

    Raises KeyError when the cache has no run of it.
    """
    notebook = nbformat.read(build / "jupyter_execute" / f"{name}.ipynb", nbformat.NO_CONVERT)
    runs = get_cache(build / ".jupyter_cache")
    run = runs.get_cache_bundle(runs.match_cache_notebook(notebook).pk).nb
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, ran in zip(cells, run.cells, strict=True):
        cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
    notebook.metadata.language_info = run.metadata.language_info
    return notebook


def glued(notebook: NotebookNode) -> dict[str, str | float]:
    """Collect the values that the text quotes from the run."""
    return {
        output.metadata.scrapbook.name: literal_eval(output.data[GLUE])
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if GLUE in output.get("data", ())
    }


# ---- without the exercises' solutions, for a class edition


def unsolved(text: str) -> str:
    """Take the solutions of exercises out of a source."""
    return "".join(kept for kept, hidden in solved(text) if not hidden)


def unsolved_notebook(notebook: NotebookNode) -> NotebookNode:
    """Take the solutions of exercises out of a notebook; they may reach over several cells."""
    hidden = False
    for cell in list(notebook.cells):
        if cell.cell_type == "markdown":
            parts = list(solved(cell.source, hidden))
            cell.source = "".join(kept for kept, hide in parts if not hide)
            hidden = parts[-1][1]
        elif hidden:
            notebook.cells.remove(cell)
    return notebook


def solved(text: str, hidden: bool = False) -> Iterator[tuple[str, bool]]:
    """Split a text where solutions begin and end: (part, whether it belongs to a solution)."""
    position = 0
    for found in SOLUTION.finditer(text):
        yield text[position : found.start()], hidden
        position, hidden = found.end(), found[2] == "start"
    yield text[position:], hidden


# ---- in plain Markdown


class Plain:
    """What MyST's roles and directives say, in plain Markdown."""

    def __init__(
        self,
        values: dict[str, str | float],
        titles: dict[str, str],
        chapters: list[str],
        literature: Path,
    ) -> None:
        self.values, self.titles, self.chapters = values, titles, chapters
        self.literature = literature
        self.roles: dict[str, Callable[[str], str]] = {
            "glue:text": self.value,
            "term": words,
            "ref": words,
            "numref": lambda _: "the figure",
            "eq": lambda _: "above",
            "doc": lambda text: self.titles[text],
            "cite:t": lambda text: "{} ({})".format(*authors(self.literature, text)),
            "cite": lambda text: "({}, {})".format(*authors(self.literature, text)),
        }

    def __call__(self, text: str) -> str:
        """Translate the text of a cell."""
        text = re.sub(FENCE % r"(?:exercise|solution)-end", "", text, flags=re.M)
        for name in ("exercise", "solution"):
            text = re.sub(FENCE % f"{name}-start", f"**{name.capitalize()}**\n", text, flags=re.M)
        for name in ("pitfalls", "homework"):
            text = re.sub(FENCE % name, f"*(Here the page has the {name}.)*", text, flags=re.M)
        text = re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.M)
        text = re.sub(r"^\$\$ \([\w-]+\)$", "$$", text, flags=re.M)
        text = re.sub(r"\{([\w:]+)\}`([^`]+)`", lambda m: self.roles[m[1]](m[2]), text)
        text = re.sub(r"\[([^][]*)\]\(([\w-]+)(\.md)?(#[\w-]+)?\)", self.link, text)
        text = MACRO.sub(lambda found: MACROS[found[0]], text)
        return re.sub(r"\n{3,}", "\n\n", text).strip()

    def value(self, text: str) -> str:
        """Write a value of the run: ``name``, or ``name:format``."""
        name, _, form = text.partition(":")
        return format(self.values[name], form)

    def link(self, found: re.Match[str]) -> str:
        """Lead to the other notebook; what has none, and places in a page, are named only."""
        text = found[1] or self.titles[found[2]]
        return f"[{text}]({found[2]}.ipynb)" if found[2] in self.chapters else text


def words(text: str) -> str:
    """Take the visible words of a role that may name its target, too."""
    found = LABEL.fullmatch(text)
    return found["words"] if found else text


@cache
def authors(literature: Path, key: str) -> tuple[str, str]:
    """Name who wrote an entry of the bibliography, and when."""
    entry = parse_file(str(literature)).entries[key]
    people = entry.persons.get("author") or entry.persons["editor"]
    names = [" ".join(map(str, p.rich_prelast_names + p.rich_last_names)) for p in people]
    said = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return said, entry.fields["year"]


def readable(notebook: NotebookNode, plain: Plain, title: str) -> NotebookNode:
    """Make a notebook that Jupyter shows well: text in plain Markdown, code folded as in the page.

    The values that the text quotes (``glue``) leave no output of their own: they stand in the text.
    """
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source)
            continue
        cell.outputs = [output for output in cell.outputs if GLUE not in output.get("data", ())]
        if HIDDEN & set(cell.metadata.get("tags", ())):
            cell.metadata.jupyter = {"source_hidden": True}
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    about = nbformat.v4.new_markdown_cell(ABOUT.format(title=title), id="about")
    notebook.cells.insert(1, about)
    for name in ("source_map", "builds_on", "jupytext"):
        notebook.metadata.pop(name, None)
    nbformat.validate(notebook)
    return notebook


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("doctree-read", link, priority=600)  # after every_page.py has written the line
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
