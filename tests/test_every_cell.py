"""Every cell of every chapter in the page, the last one first: ``make everycell``.

It takes half an hour or more, since trainings are slow there. Where a training ends differs
from the build, so what is compared is how much a cell shows, not the numbers.
"""

import re

import pytest
from playwright.sync_api import expect
from test_every_page import CHAPTERS

pytestmark = [pytest.mark.book, pytest.mark.once, pytest.mark.slow]
LONGEST = 1_200_000  # milliseconds for a cell with all that it needs
SHOWN = ("img", "table", "input[type=range]")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_cell_runs_in_the_page_from_the_last_to_the_first(page, name):
    page.goto(f"{name}.html")
    # Solutions of exercises are folded away.
    page.wait_for_function("document.querySelector('.dropdown:not(.toggle-hidden)') === null")
    page.evaluate(
        """for (const fold of document.querySelectorAll(".toggle-hidden"))
             fold.classList.remove("toggle-hidden");
           for (const fold of document.querySelectorAll("details")) fold.open = true;"""
    )
    cells = page.locator(".cell:has(.live-bar)")
    if not cells.count():
        pytest.skip("a page without cells to run")
    wrong = []
    for number in reversed(range(cells.count())):
        cell = cells.nth(number)
        status = cell.get_by_role("status")
        cell.get_by_role("button", name=re.compile("^Run cell")).click()
        expect(status).to_have_text(re.compile(r"after [\d.]+ s"), timeout=LONGEST)
        built, output = cell.locator(".cell_output"), cell.get_by_role("region")
        said = status.inner_text()
        if not said.startswith("Done"):
            wrong.append((number + 1, said, output.inner_text()))
            continue
        for kind in SHOWN:
            shown = output.locator(kind).count()
            if shown != built.locator(kind).count():
                wrong.append((number + 1, kind, shown))
        if bool(output.inner_text().strip()) != bool("".join(built.all_inner_texts()).strip()):
            wrong.append((number + 1, output.inner_text(), built.all_inner_texts()))
    assert not wrong
