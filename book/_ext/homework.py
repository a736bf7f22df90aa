"""The directive ``{homework} TOPIC``: a topic's homework, function by function, in its chapter.

The page shows the stub. With JavaScript each function becomes an editor with a button that has it
graded (``book/_live/src/homework.js``); what that needs to know stands in the page as JSON.
"""

from __future__ import annotations

import json
import re
from html import escape
from itertools import pairwise

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from autograder import assignment, oracle, stubs

DEFINITION = re.compile(r"^def (\w+)\(", re.MULTILINE)
INVITATION = (
    "Or write it here. *Check* asks the same grader, in your browser. What you write is kept in "
    "this browser and nowhere else: *Download* takes the file along, to be graded on new numbers."
)


class Homework(SphinxDirective):
    """The stub of a topic in parts: what stands above the functions, then each function."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        topic = self.arguments[0]
        if topic not in assignment.topics():
            known = ", ".join(assignment.topics())
            raise self.error(f"no homework for {topic!r}; there is some for: {known}")
        invitation = nodes.container("", *self.parse_text_to_nodes(INVITATION))
        invitation["classes"] = ["pst-js-only"]
        box = nodes.container("", about(topic), classes=["homework"], ids=[f"homework-of-{topic}"])
        for name, text in parts(stubs.stub(topic)):
            code = nodes.literal_block("", text.rstrip("\n"), language="python")
            part = nodes.container("", label(topic, name), code, classes=["homework-part"])
            part["ids"] = [f"homework-{name or 'top'}"]
            box += part
        self.set_source_info(box)
        return [invitation, box]


def parts(program: str) -> list[tuple[str, str]]:
    """Split a program before each function at its top level: (name, text), the first unnamed."""
    starts = [0, *(found.start() for found in DEFINITION.finditer(program)), len(program)]
    names = ["", *DEFINITION.findall(program)]
    return [(name, program[a:b]) for name, (a, b) in zip(names, pairwise(starts), strict=True)]


def about(topic: str) -> nodes.Node:
    """Write what the page's script needs to know: the checks, and the topics below."""
    checks = [
        {"id": c.id, "title": c.title, "function": c.function, "points": c.points}
        for c in assignment.checks(topic)
    ]
    facts = {"topic": topic, "checks": checks, "foundations": oracle.foundations(topic)}
    text = json.dumps(facts).replace("<", "\\u003c")
    return nodes.raw("", f'<script type="application/json">{text}</script>', format="html")


def label(topic: str, name: str) -> nodes.Node:
    """Say which part it is and what it is worth."""
    if name:
        points = sum(c.points for c in assignment.checks(topic) if c.function == name)
        words = f"<code>{escape(name)}</code> <span>{points} point{'s' * (points > 1)}</span>"
    else:
        words = f"the top of <code>{escape(topic)}.py</code>"
    return nodes.raw("", f'<p class="homework-name">{words}</p>', format="html")


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("homework", Homework)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
