"""The glossary: in order, and every word linked where the book first uses it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

BOOK = Path(__file__).parents[1] / "book"
TOC = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8"))
GLOSSARY = (BOOK / "glossary.md").read_text(encoding="utf-8")

CHAPTERS = [chapter["file"] for chapter in TOC["parts"][0]["chapters"]]
LAST = "takeaways"
TERMS = re.findall(r"^(\S.*)\n  (?=\S)", GLOSSARY, flags=re.MULTILINE)

ROLE = re.compile(r"\{term\}`(?P<shown>[^`<]+?)(?: <(?P<term>[^`>]+)>)?`")
# Links to terms, which stay, and what is no running text, which goes: of a link only the address.
NOT_PROSE = re.compile(
    r"""(?P<kept>\{term\}`[^`]*`)
      | \A---\n.*?^---$  |  ^```\{code-cell\}.*?^```$  |  ^```(?:python|text)$.*?^```$
      | ^\$\$.*?^\$\$[^\n]*$  |  ^\#[^\n]*$  |  ^:[a-z]+:[^\n]*$  |  ^\([\w-]+\)=$
      | (?:\{[a-z:]+\})?`[^`]*`  |  \$[^$]*\$  |  \]\([^)]*\)""",
    flags=re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def prose(chapter: str) -> str:
    """A chapter's words: no code, no formulas, no headings."""
    text = (BOOK / f"{chapter}.md").read_text(encoding="utf-8")
    return NOT_PROSE.sub(lambda match: match["kept"] or " ", text)


def links(text: str) -> list[tuple[str, str]]:
    """All (term, shown words) of a text, in order."""
    return [(m["term"] or m["shown"], " ".join(m["shown"].split())) for m in ROLE.finditer(text)]


PROSE = {chapter: prose(chapter) for chapter in CHAPTERS}
LINKS = {chapter: links(text) for chapter, text in PROSE.items()}


def uses(words: str) -> list[str]:
    """The chapters in which these very words stand, in the order of the book."""
    pattern = r"(?<![\w-])" + r"\s+".join(map(re.escape, words.split())) + r"(?![\w-])"
    return [chapter for chapter, text in PROSE.items() if re.search(pattern, text, re.IGNORECASE)]


def test_the_terms_are_in_alphabetical_order_and_each_stands_once():
    assert len(TERMS) > 40
    assert all(one.lower() < other.lower() for one, other in pairwise(TERMS))


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_linked_once_in_the_earliest_chapter_that_uses_its_words(term):
    places = [(n, shown) for n, found in LINKS.items() for name, shown in found if name == term]
    assert places, f"no chapter links to {term!r}"
    first, shown = places[0]
    assert uses(shown)[0] == first, f"{shown!r} is used in {uses(shown)[0]}, and linked in {first}"
    elsewhere = [chapter for chapter, _ in places[1:]]
    assert elsewhere in ([], [LAST]), f"{term!r} is linked again in {elsewhere}"


def test_chapters_link_to_terms_that_there_are():
    assert {term for found in LINKS.values() for term, _ in found} <= set(TERMS)


@pytest.mark.book
def test_the_links_lead_to_the_glossary():
    pages = [BOOK.parent / "_build" / "html" / f"{chapter}.html" for chapter in CHAPTERS]
    if not all(page.exists() for page in pages):
        pytest.skip("the book is not built: make book")
    for page, found in zip(pages, LINKS.values(), strict=True):
        assert page.read_text(encoding="utf-8").count('href="glossary.html#term-') == len(found)
