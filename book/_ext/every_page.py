"""What every page must have: a description for search engines, alt text, buttons with names.

A chapter also says below its title how long it takes to read and, from ``builds_on`` in its front
matter (a list of pages in a line, ``builds_on: unrolling, deep``), what to read before.
"""

from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

SHORTEST_ALT = 20
LONGEST_DESCRIPTION = 155
WORDS_A_MINUTE = 150  # of a text with formulas and figures
ABOUT = "Unrolled, a course unit on recurrent neural networks"


def require_alt_text(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn of pictures that say nothing to someone who cannot see them."""
    alts = [(image, image.get("alt", "")) for image in doctree.findall(nodes.image)]
    for html in doctree.findall(nodes.raw):
        if "html" in html["format"].split():
            alts += [(html, alt) for alt in alts_in(html.astext())]
    for where, alt in alts:
        if len(alt) < SHORTEST_ALT:
            logger.warning(
                "picture without alt text: say in a sentence what it shows "
                "(cells: `mystnb: image: alt:`, directives: `:alt:`, frames: `Frame(alt=...)`)",
                location=where if where.line else docname,
                type="alt",
            )


def alts_in(html: str) -> list[str]:
    """List the alt texts of all pictures in a piece of HTML, empty where one has none."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "img":
                found.append(dict(attrs).get("alt") or "")

    Reader().feed(html)
    return found


def drop_repeated_ids(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Take away the id that sphinx-exercise gives to the content of every exercise alike."""
    for section in doctree.findall(nodes.section):
        section["ids"] = [
            i for i in section["ids"] if i not in ("exercise-content", "solution-content")
        ]


def say_what_it_takes(app: Sphinx, doctree: nodes.document) -> None:
    """Put reading time and prerequisites below the title of a chapter."""
    before = app.env.metadata[app.env.docname].get("builds_on")
    if before is None:
        return
    line = nodes.paragraph("", f"About {reading_time(doctree)} minutes.", classes=["takes"])
    for number, page in enumerate(filter(None, map(str.strip, before.split(",")))):
        line += nodes.Text(", " if number else " Builds on ")
        link = addnodes.pending_xref(
            "", nodes.inline("", page), refdomain="std", reftype="doc", reftarget=f"/{page}"
        )
        link["refexplicit"] = False
        line += link
    if len(line) > 1:
        line += nodes.Text(".")
    title = next(iter(doctree.findall(nodes.title)))
    title.parent.insert(title.parent.index(title) + 1, line)


def reading_time(doctree: nodes.document) -> int:
    """Estimate in minutes how long the text takes, exercises and boxes left aside."""
    paragraphs = (
        paragraph
        for paragraph in doctree.findall(nodes.paragraph)
        if not any(isinstance(above, nodes.Admonition) for above in ancestors(paragraph))
    )
    words = sum(len(paragraph.astext().split()) for paragraph in paragraphs)
    return max(1, round(words / WORDS_A_MINUTE))


def ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    """Walk up from a node."""
    while node.parent:
        node = node.parent
        yield node


def shorten(text: str) -> str:
    """Cut at a word, with an ellipsis, to what search engines show."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return text[: LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def first_plain_paragraph(doctree: nodes.document | None) -> str:
    """Find what the page says first, in words and not in formulas."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree else ()
    plain = (
        p for p in paragraphs if not any(p.findall(nodes.math)) and "takes" not in p["classes"]
    )
    return next((p.astext() for p in plain), "")


def describe(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the page a meta description, unless its front matter brings one."""
    metatags = context.get("metatags", "")
    if 'name="description"' not in metatags:
        words = shorten(first_plain_paragraph(doctree) or f"{pagename.capitalize()}: {ABOUT}")
        context["metatags"] = f'{metatags}<meta name="description" content="{escape(words)}">'


def visit_hidden_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Write the fold of a hidden cell; its visible words are its name (MyST-NB's label differs)."""
    self.body.append(
        f'<details class="admonition hide {" ".join(node["classes"])}"><summary>'
        f'<span class="collapsed admonition-title">{escape(node["prompt_show"])}</span>'
        f'<span class="expanded admonition-title">{escape(node["prompt_hide"])}</span></summary>'
    )


def visit_citation(self: HTML5Translator, node: nodes.citation) -> None:
    """Write an entry of the bibliography as an item of a list: its old role is deprecated."""
    HTML5Translator.visit_citation(self, node)
    self.body[-1] = self.body[-1].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value(
        "comments_config", {}, ""
    )  # Jupyter Book sets it, for a service we leave out
    app.connect("doctree-read", say_what_it_takes)
    app.connect("doctree-resolved", require_alt_text)
    app.connect("doctree-resolved", drop_repeated_ids)
    app.connect("html-page-context", describe)
    app.add_node(
        nodes.citation, override=True, html=(visit_citation, HTML5Translator.depart_citation)
    )
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_code, depart_HideCellInput))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
