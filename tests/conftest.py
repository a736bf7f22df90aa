"""PyTorch and a browser for the tests that want them; a kill table of mistakes and attacks."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from browser import AXE, NO_OTHER_HOST, chromium, serve
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

HTML = Path(__file__).parents[1] / "_build" / "html"
PREFIX = "/some/prefix/"  # the book must not mind where it is

ROWS = {
    "test_a_mutant_loses_points_and_is_named": "mistakes caught and named",
    "test_a_right_program_gets_full_marks": "right programs with full marks",
    "test_an_attack_is_harmless[bubblewrap-": "hostile programs without effect: bubblewrap",
    "test_an_attack_is_harmless[unprivileged user-": "as nobody, those that this must stop",
    "test_an_attack_is_harmless[separate process-": "as a process, those that this must stop",
    "test_an_attack_is_harmless[separate process, no fork-": "as a process, without fork",
}


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is a peer: `make peers` installs it")


def cannot(words: str) -> NoReturn:
    """Step aside, where that is allowed: in continuous integration nothing may be missing."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(words)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, the installed one if there is one; it reaches no host but this computer."""
    with sync_playwright() as playwright:
        try:
            # Where there is no graphics card, asking for one costs a fifth of a page's time.
            args = [*NO_OTHER_HOST, "--disable-gpu"]
            browser = playwright.chromium.launch(executable_path=chromium(), args=args)
        except Error as problem:
            if "Executable doesn't exist" not in problem.message:
                raise
            cannot("no Chromium is installed: .venv/bin/playwright install chromium")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sent() -> list[tuple[str, int]]:
    """The path and the compressed size of every file that the book's server has sent."""
    return []


@pytest.fixture(scope="session")
def book(sent: list[tuple[str, int]]) -> Iterator[str]:
    """The address of the built book on a local server, with a slash at its end."""
    if not (HTML / "index.html").exists():
        cannot("the book is not built: make book")
    with serve(HTML, PREFIX, sent) as address:
        yield address


@pytest.fixture(scope="session")
def axe() -> None:
    """Make sure that axe-core is there, for ``browser.barriers``."""
    if not AXE.exists():
        cannot("axe-core is not installed: make tests/node_modules/.installed")


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What went wrong in the browser. What a test provokes it takes out, or it fails."""
    faults: list[str] = []
    yield faults
    assert faults == []


@pytest.fixture
def new_context(
    browser: Browser, book: str, faults: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Open windows of a reader who was never here: ``new_context(color_scheme="dark")``.

    Pages are named as in the book, ``page.goto("bptt.html")``. Requests to other hosts, answers
    that are no success, errors on the console and uncaught ones become ``faults``.
    """
    contexts = []

    def open_one(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=book, **options)
        contexts.append(context)
        context.on("request", lambda r: foreign(r.url) and faults.append(f"foreign: {r.url}"))
        context.on("response", lambda r: r.ok or faults.append(f"{r.status}: {r.url}"))
        context.on("console", lambda m: m.type == "error" and faults.append(f"console: {m.text}"))
        context.on("weberror", lambda e: faults.append(f"uncaught: {e.error}"))
        return context

    def foreign(address: str) -> bool:
        return not address.startswith((book, "data:", "blob:"))

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """One empty page, in a window of its own."""
    return new_context().new_page()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[str, Counter[str]] = {row: Counter() for row in ROWS}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            for row in ROWS:
                if report.location[2].startswith(row):
                    counts[row][outcome] += 1
    if any(counts.values()):
        terminalreporter.section("the grader, graded")
        for row, words in ROWS.items():
            right, total = counts[row]["passed"], sum(counts[row].values())
            if total:
                terminalreporter.write_line(f"{right:4} of {total:4} {words}")
