"""Every built page in a real browser: light, self-contained, and open to everybody."""

import re
from pathlib import Path

import pytest
from browser import barriers, read_to_the_end

ROOT = Path(__file__).parents[1]
CHAPTERS = re.findall(r"- file: (\w+)", (ROOT / "book" / "_toc.yml").read_text("utf-8"))
PAGES = ["index", *CHAPTERS, "search"]
HEAVIEST = 500_000  # bytes, compressed, for all that comes before the first click
PHONE = {"width": 390, "height": 844}

# What nobody reads: translations of the theme, maps for its authors, its icons as a script.
NEEDLESS = re.compile(r"/locales/|\.map$|fontawesome|-macros\.html$|/readme-")

pytestmark = [pytest.mark.book, pytest.mark.once]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nobody_else_and_is_light(page, sent, name):
    sent.clear()
    page.goto(f"{name}.html", wait_until="networkidle")
    read_to_the_end(page)  # other hosts, missing files, errors: the fixture `faults` notices
    assert len(sent) > 5
    assert sum(size for _, size in sent) < HEAVIEST, sorted(sent, key=lambda file: -file[1])[:8]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier_in_light_or_dark(axe, new_context, name):
    page = new_context(reduced_motion="reduce").new_page()
    page.goto(f"{name}.html")
    assert {theme: barriers(page, theme) for theme in ("light", "dark")} == {
        "light": [],
        "dark": [],
    }


def test_what_axe_looks_for_it_finds(axe, page):
    page.goto("index.html")
    page.evaluate("document.querySelector('article p').style.color = 'var(--pst-color-border)'")
    assert any(found.startswith("color-contrast") for found in barriers(page, "light"))


def test_on_a_phone_no_page_scrolls_sideways_and_the_keyboard_reaches_what_does(new_context):
    page = new_context(viewport=PHONE, reduced_motion="reduce").new_page()
    wide, unreachable, scrolling = [], [], 0
    for name in PAGES:
        page.goto(f"{name}.html")
        read_to_the_end(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide.append((name, width))
        boxes = page.evaluate(
            """() => [...document.querySelectorAll("body *")]
              .filter((box) => box.scrollWidth > box.clientWidth + 1 && box.checkVisibility()
                && /auto|scroll/.test(getComputedStyle(box).overflowX))
              .map((box) => [box.tabIndex >= 0 || !!box.querySelector("a, button, input, summary"),
                box.outerHTML.slice(0, 200)])"""
        )
        scrolling += len(boxes)
        unreachable += [(name, html) for reachable, html in boxes if not reachable]
    assert wide == []
    assert scrolling > 20
    assert unreachable == []


def test_without_javascript_all_text_can_be_read(new_context):
    page = new_context(java_script_enabled=False).new_page()
    hidden = []
    for name in PAGES:
        page.goto(f"{name}.html")
        hidden += page.evaluate(
            """() => [...document.querySelectorAll("article :is(p, li, td, pre, img, figcaption)")]
              .filter((element) => !element.checkVisibility()
                && (element.textContent.trim() || element.matches("img"))
                && !element.closest("details:not([open]), [hidden], .pst-js-only, #searchbox"))
              .map((element) => location.pathname + ": " + element.outerHTML.slice(0, 200))"""
        )
        assert page.locator("article button:visible").count() == 0, name
    assert hidden == []


def test_who_prefers_dark_gets_dark_and_can_change_it(new_context):
    page = new_context(color_scheme="dark").new_page()
    page.goto("unrolling.html")
    brightness = "Math.max(...getComputedStyle(document.body).backgroundColor.match(/\\d+/g))"
    assert page.evaluate(brightness) < 40
    button = page.locator(".theme-switch-button:visible").first
    for _ in range(3):
        button.click()
        if page.evaluate("document.documentElement.dataset.mode") == "light":
            break
    assert page.evaluate(brightness) > 240
    page.goto("deep.html")
    assert page.evaluate(brightness) > 240


def test_no_file_is_there_that_no_page_needs():
    files = [path.as_posix() for path in (ROOT / "_build" / "html").rglob("*") if path.is_file()]
    assert len(files) > 100
    assert [file for file in files if NEEDLESS.search(file)] == []
