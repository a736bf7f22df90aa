"""The directive ``{pitfalls} TOPIC``: the mistakes that the grader knows, as a box in a chapter.

The texts are those that a student meets in a verdict, from autograder/misconceptions/TOPIC.toml:
written once, in Markdown with `code` and $formulas$.
"""

from collections import defaultdict
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from autograder import misconceptions

FOLDER = Path(misconceptions.__file__).parent
TITLE = "Mistakes that the grader knows by name"


class Pitfalls(SphinxDirective):
    """A box with one fold per function of the topic, one item per mistake."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        topic = self.arguments[0]
        table = FOLDER / f"{topic}.toml"
        if not table.exists():
            known = ", ".join(sorted(path.stem for path in FOLDER.glob("*.toml")))
            raise self.error(f"no pitfalls for {topic!r}; there are some for: {known}")
        self.env.note_dependency(str(table))

        items: dict[str, list[nodes.list_item]] = defaultdict(list)
        for mistake in misconceptions.load(topic):
            says = self.parse_text_to_nodes(mistake.says)
            item = nodes.list_item("", *says, ids=[f"pitfall-{mistake.id}"])
            items[mistake.function].append(item)

        box = nodes.admonition("", nodes.title("", TITLE), classes=["pitfalls"])
        for function, mistakes in items.items():
            box += fold(function, mistakes)
        self.set_source_info(box)
        return [box]


def fold(function: str, mistakes: list[nodes.list_item]) -> list[nodes.Node]:
    """Show the function's name and how many mistakes there are; they unfold on request."""
    count = f"{len(mistakes)} mistake{'s' * (len(mistakes) > 1)}"
    summary = f"<summary><code>{escape(function)}</code> <span>{count}</span></summary>"
    return [
        nodes.raw("", f"<details>{summary}", format="html"),
        nodes.bullet_list("", *mistakes),
        nodes.raw("", "</details>", format="html"),
    ]


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("pitfalls", Pitfalls)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
