"""The book as it was built: links, pictures, formulas, and what every chapter must have.

`make book` builds it. Where it is not built these tests say so and step aside; in continuous
integration (CI=true) they fail instead.
"""

import os
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from autograder import misconceptions

ROOT = Path(__file__).parents[1]
HTML = ROOT / "_build" / "html"

TOPICS = sorted(path.stem for path in (ROOT / "homework").glob("*.py"))
CHAPTERS = ["sequences", "vanishing", *TOPICS]
CHAPTERS_IN_ORDER = re.findall(r"- file: (\w+)", (ROOT / "book" / "_toc.yml").read_text("utf-8"))

EVERY_CHAPTER = {"Exercises", "What to read next"}
EVERY_TOPIC = {"Pitfalls", "Homework", "In PyTorch"}

SLIDES = [
    "Recurrent Neural Networks",
    "Example: Handwriting Recognition",
    "Sequential Data",
    "Recurrent Neural Networks",
    "Unrolling Recurrent Neural Networks",
    "Deep Recurrent Neural Networks",
    "But why do we only pass information forward?",
    "Bidirectional Recurrent Neural Networks",
    "Unrolling Bidirectional Recurrent Neural Networks",
    "Training RNNs",
    "Training RNNs: Challenges",
    "Gradient Clipping",
    "Recall: Computing Gradients",
    "Recall: Activation Functions",
    "Truncated Backpropagation Through Time",
    "Key Takeaways",
]

pytestmark = pytest.mark.book


@pytest.fixture(scope="module")
def pages() -> dict[str, BeautifulSoup]:
    """Every built page, parsed, by its name without .html."""
    if not (HTML / "index.html").exists():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("the book is not built: make book")
    return {
        path.stem: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(HTML.glob("*.html"))
    }


def text(element: Tag) -> str:
    """What a reader sees of an element, without the theme's link sign."""
    return " ".join(element.get_text(" ", strip=True).removesuffix("#").split())


def references(page: BeautifulSoup) -> list[tuple[str, str]]:
    """All addresses in a page, each with the tag it stands in."""
    found = [
        (tag.name, tag[key]) for key in ("href", "src") for tag in page.find_all(**{key: True})
    ]
    return [(name, str(address)) for name, address in found]


def is_elsewhere(address: str) -> bool:
    return bool(urlsplit(address).netloc) or urlsplit(address).scheme in {"mailto", "data"}


# ---- every page


def test_every_local_link_leads_somewhere(pages):
    anchors = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in pages.items()}
    dead = []
    for name, page in pages.items():
        for tag, address in references(page):
            if is_elsewhere(address):
                continue
            path, fragment = (unquote(part) for part in urlsplit(address)[2::2])
            target = HTML / path if path else HTML / f"{name}.html"
            exists = target.is_file()
            if exists and fragment and target.suffix == ".html":
                exists = fragment in anchors[target.stem]
            if not exists:
                dead.append(f"{name}: <{tag}> {address}")
    assert dead == []


def test_no_page_loads_anything_from_another_host(pages):
    foreign = [
        f"{name}: <{tag}> {address}"
        for name, page in pages.items()
        for tag, address in references(page)
        if tag != "a" and urlsplit(address).netloc
    ]
    assert foreign == []


def test_stylesheets_name_only_files_that_are_there(pages):
    linked = {
        HTML / urlsplit(str(link["href"])).path
        for page in pages.values()
        for link in page.find_all("link", rel="stylesheet")
    }
    wrong = []
    for sheet in linked:
        addresses = re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8"))
        for address in addresses:
            file = sheet.parent / urlsplit(address).path
            if not address.startswith(("data:", "#")) and not file.is_file():
                wrong.append(f"{sheet.name}: {address}")
    assert len(linked) > 3
    assert wrong == []


def test_every_picture_says_what_it_shows(pages):
    pictures = [(name, img) for name, page in pages.items() for img in page.find_all("img")]
    speechless = [
        f"{name}: {img.get('src')}: {img.get('alt')!r}"
        for name, img in pictures
        if len(img.get("alt", "")) < 20 or re.search(r"\.(svg|png|jpe?g)$", img["alt"])
    ]
    assert pictures
    assert speechless == []


def test_every_formula_is_set(pages):
    formulas = [(name, math) for name, page in pages.items() for math in page.select(".math")]
    unset = [f"{name}: {text(math)}" for name, math in formulas if not math.select(".katex math")]
    assert formulas
    assert unset == []
    assert not any(page.select(".katex-error") for page in pages.values())


def test_every_page_describes_itself(pages):
    descriptions = {
        name: tags[0]["content"]
        if len(tags := page.select('meta[name="description"]')) == 1
        else ""
        for name, page in pages.items()
    }
    assert [name for name, words in descriptions.items() if not 20 <= len(words) <= 160] == []
    assert len(set(descriptions.values())) == len(pages)


def test_no_id_is_given_twice(pages):
    twice = {
        name: [
            i
            for i, times in Counter(tag["id"] for tag in page.find_all(id=True)).items()
            if times > 1
        ]
        for name, page in pages.items()
    }
    assert {name: ids for name, ids in twice.items() if ids} == {}


def test_everything_to_press_has_a_name(pages):
    nameless = [
        f"{name}: {str(control)[:100]}"
        for name, page in pages.items()
        for control in page.select("button, summary, a[href]")
        if not (text(control) or control.get("aria-label") or control.get("title"))
        and not control.select("img[alt]")
    ]
    assert nameless == []


def test_no_page_knows_where_it_was_made(pages):
    assert [name for name, page in pages.items() if str(ROOT) in str(page)] == []


# ---- the lecture map


@pytest.fixture(scope="module")
def lecture_map(pages) -> list[tuple[str, Tag]]:
    """The rows of the map: a slide's title, and the cell that says where it is."""
    rows = [row.find_all("td") for row in pages["lecture_map"].select("article tbody tr")]
    return [(text(slide), where) for slide, where in rows]


def test_the_lecture_map_names_every_slide_in_order(lecture_map):
    named = [title for title, _ in lecture_map]
    assert len(named) == len(SLIDES)
    assert [title[: len(slide)] for title, slide in zip(named, SLIDES, strict=True)] == SLIDES


def test_the_lecture_map_leads_to_every_chapter_that_exists(pages, lecture_map):
    lost = [
        title for title, where in lecture_map if not where.a and "preparation" not in text(where)
    ]
    assert lost == []
    existing = {text(page.h1) for page in pages.values() if page.h1}
    missing = {text(name) for _, where in lecture_map for name in where.find_all("em")}
    assert missing & existing == set()
    linked = {urlsplit(a["href"]).path for _, where in lecture_map for a in where.select("a[href]")}
    assert {f"{chapter}.html" for chapter in CHAPTERS} <= linked


# ---- every chapter


@pytest.fixture(params=CHAPTERS)
def chapter(request, pages) -> Tag:
    return pages[request.param].article


@pytest.fixture(params=TOPICS)
def topic(request, pages) -> tuple[str, Tag]:
    return request.param, pages[request.param].article


def sections(article: Tag) -> set[str]:
    return {text(heading) for heading in article.find_all("h2")}


def test_a_chapter_has_exercises_and_reading(chapter):
    assert sections(chapter) >= EVERY_CHAPTER
    assert chapter.select(".bibtex-citation a[href]")


def test_a_chapter_opens_with_a_question(chapter):
    opening = [text(paragraph) for paragraph in chapter.section.find_all("p", recursive=False)]
    assert any("?" in paragraph for paragraph in opening)


def test_a_chapter_says_how_long_it_takes_and_what_to_read_before(chapter, request):
    (line,) = chapter.select("p.takes")
    assert re.match(r"About \d+ minutes\.", text(line))
    earlier = CHAPTERS_IN_ORDER[: CHAPTERS_IN_ORDER.index(request.node.callspec.params["chapter"])]
    before = {a["href"].removesuffix(".html") for a in line.select("a:not(.take-along a)")}
    assert before <= set(earlier)
    assert before or not earlier


def test_a_chapter_shows_pictures_and_measured_numbers(chapter):
    assert len(chapter.select(".cell_output img")) >= 2
    assert len(chapter.select(".pasted-text")) >= 3


def test_a_chapter_has_six_exercises_each_with_its_solution(chapter):
    exercises = {f"#{box['id']}" for box in chapter.select("div.exercise")}
    solved = {
        box.select_one(".admonition-title a")["href"] for box in chapter.select("div.solution")
    }
    assert len(exercises) >= 6
    assert solved == exercises


def test_a_topic_has_its_sections_and_its_equation(topic):
    _, article = topic
    assert sections(article) >= EVERY_TOPIC
    assert article.select(".eqno")


def test_a_topic_shows_every_mistake_that_its_grader_knows(topic):
    name, article = topic
    shown = {item["id"] for item in article.select(".pitfalls li")}
    assert shown == {f"pitfall-{mistake.id}" for mistake in misconceptions.load(name)}
