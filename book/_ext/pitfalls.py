"""The directive ``{pitfalls} TOPIC``: the mistakes that the grader knows, as a box in a chapter.

The texts are those that a student meets in a verdict, from autograder/misconceptions/TOPIC.toml:
written once, in Markdown with `code` and $formulas$.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from autograder import misconceptions

FOLDER = Path(misconceptions.__file__).parent


class Pitfalls(SphinxDirective):
    """A box with one entry per function of the topic, one item per mistake."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        topic = self.arguments[0]
        table = FOLDER / f"{topic}.toml"
        if not table.exists():
            known = ", ".join(sorted(path.stem for path in FOLDER.glob("*.toml")))
            raise self.error(f"no pitfalls for {topic!r}; there are some for: {known}")
        self.env.note_dependency(str(table))
        box = nodes.admonition(
            "",
            nodes.title("", "Mistakes that the grader knows by name"),
            nodes.definition_list("", *self.entries(topic)),
            classes=["pitfalls"],
        )
        self.set_source_info(box)
        return [box]

    def entries(self, topic: str) -> Iterator[nodes.definition_list_item]:
        mistakes = misconceptions.load(topic)
        order = list(dict.fromkeys(mistake.function for mistake in mistakes))
        by_function = sorted(mistakes, key=lambda mistake: order.index(mistake.function))
        for function, group in groupby(by_function, key=lambda mistake: mistake.function):
            items = [
                nodes.list_item(
                    "", *self.parse_text_to_nodes(mistake.says), ids=[f"pitfall-{mistake.id}"]
                )
                for mistake in group
            ]
            yield nodes.definition_list_item(
                "",
                nodes.term("", "", nodes.literal("", function)),
                nodes.definition("", nodes.bullet_list("", *items)),
            )


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("pitfalls", Pitfalls)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
