"""Chapters to take along: what is in the files, and how the page offers and prints them."""

import re
from pathlib import Path

import executed
import nbformat
import pytest

ROOT = Path(__file__).parents[1]
FILES = ROOT / "_build" / "html" / "takealong"
CHAPTERS = [
    path.stem
    for path in sorted((ROOT / "book").glob("*.md"))
    if re.search(r"^builds_on:", path.read_text("utf-8"), re.MULTILINE)
]
GLUE = "application/papermill.record/text/plain"

pytestmark = [pytest.mark.book, pytest.mark.once]


def notebook(chapter):
    return nbformat.read(FILES / f"{chapter}.ipynb", nbformat.NO_CONVERT)


@pytest.fixture(autouse=True)
def _the_book_is_built(book):
    assert len(CHAPTERS) > 8


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_notebook_has_the_code_and_the_outputs_of_the_run(chapter):
    taken = notebook(chapter)
    nbformat.validate(taken)
    cells = [cell for cell in taken.cells if cell.cell_type == "code"]
    run = executed.notebook(chapter).cells
    assert [cell.source for cell in cells] == [cell.source for cell in run]
    shown = [[o for o in cell.outputs if GLUE not in o.get("data", {})] for cell in run]
    assert [cell.outputs for cell in cells] == shown
    assert sum(map(len, shown)) > 5
    assert any("image/svg+xml" in o.get("data", {}) for cell in cells for o in cell.outputs)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_notebooks_text_needs_no_extension(chapter):
    text = "\n".join(c.source for c in notebook(chapter).cells if c.cell_type == "markdown")
    assert len(text) > 5000
    assert re.findall(r"\{[\w:]+\}`|^`{3,}\{.*|^\([\w-]+\)=|\\v[xyzho]\b", text, re.M) == []
    linked = re.findall(r"\]\(([^):#]+)\)", text)
    assert [name for name in linked if not (FILES / name).is_file()] == []


def test_the_text_quotes_the_numbers_of_the_run():
    values = [
        output.data[GLUE].strip("'")
        for cell in executed.notebook("unrolling").cells
        for output in cell.outputs
        if GLUE in output.get("data", {})
    ]
    text = "\n".join(c.source for c in notebook("unrolling").cells if c.cell_type == "markdown")
    assert len(values) > 5
    assert sum(value in text for value in values) > len(values) / 2


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_source_is_the_authors(chapter):
    if "hide_solutions: true" not in re.sub("#.*", "", (ROOT / "_config.yml").read_text("utf-8")):
        source = (ROOT / "book" / f"{chapter}.md").read_bytes()
        assert (FILES / f"{chapter}.md").read_bytes() == source


def test_a_class_edition_has_no_solutions(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    import takealong

    source = (ROOT / "book" / "clipping.md").read_text("utf-8")
    kept = takealong.unsolved(source)
    assert "solution-" in source
    assert "solution-" not in kept
    assert kept.count("{exercise-start}") == source.count("{exercise-start}")
    build = ROOT / "_build"
    without = takealong.unsolved_notebook(takealong.executed(build, "clipping"))
    everything = takealong.executed(build, "clipping")
    assert "".join(c.source for c in without.cells).count("solution-") == 0
    codes = [c.source for c in without.cells if c.cell_type == "code"]
    assert all(code in kept for code in codes)
    assert len(codes) < sum(c.cell_type == "code" for c in everything.cells)
    assert kept.count("```{code-cell}") == len(codes)


def test_no_file_names_a_place_on_the_machine_that_built_it():
    for path in FILES.iterdir():
        text = path.read_text("utf-8")
        assert str(ROOT) not in text, path.name
        assert str(Path.home()) + "/" not in text, path.name
        assert "ipykernel_" not in text, path.name


def test_a_page_links_to_its_files_and_prints(page):
    page.add_init_script("window.print = () => { window.printed = true; }")
    page.goto("clipping.html")
    for words, name in (("notebook", "clipping.ipynb"), ("source", "clipping.md")):
        page.get_by_role("link", name=words, exact=True).focus()
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert Path(download.value.path()).read_bytes() == (FILES / name).read_bytes()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("window.printed")


def test_without_javascript_the_links_stay_and_the_button_goes(new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("clipping.html")
    assert page.locator(".take-along a:visible").count() == 2
    assert not page.locator(".take-along button").is_visible()


def test_on_paper_there_is_the_text_alone_on_a_light_page(new_context):
    page = new_context(color_scheme="dark").new_page()
    page.goto("clipping.html")
    page.wait_for_function("[...document.images].every((image) => image.naturalWidth > 0)")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("button:visible, nav:visible, footer:visible, input:visible").count() == 0
    assert page.locator("article details.hide:visible").count() == 0
    assert page.locator("article :is(.solution.toggle-hidden):visible").count() == 0
    assert page.locator("article img:visible").count() > 5
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
