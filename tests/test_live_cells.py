"""Cells run in the page: real pages of the built book, in a real browser, from a static server."""

import re

import pytest
from browser import barriers
from playwright.sync_api import expect

pytestmark = [pytest.mark.book, pytest.mark.once]
START = 120_000  # milliseconds for Python to load and start on a busy machine


class Cell:
    """A cell of the page, by words of its code."""

    def __init__(self, page, words, which=0):
        self.page = page
        self.place = page.locator(".cell:has(.live-bar)").filter(has_text=words).nth(which)
        self.status = self.place.get_by_role("status")
        self.output = self.place.get_by_role("region")
        self.built = self.place.locator(".cell_output")

    def button(self, name):
        return self.place.get_by_role("button", name=re.compile(f"^{name} cell"))

    @property
    def editor(self):
        return self.place.get_by_role("textbox")

    def run(self):
        self.button("Run").click()
        self.is_done()

    def is_done(self, how="Done"):
        expect(self.status).to_have_text(re.compile(rf"^{how} .*after [\d.]+ s"), timeout=START)

    def edit(self, code):
        self.button("Edit").click()
        self.write(code)

    def write(self, code):
        self.editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)


@pytest.fixture
def clipping(page):
    page.goto("clipping.html")
    return page


def test_nothing_is_loaded_before_the_first_click_and_the_page_says_how_much_will_be(clipping):
    clipping.wait_for_load_state("networkidle")
    loaded = clipping.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    live = [name for name in loaded if "/live/" in name]
    assert sorted(re.sub(r".*/live/|\?.*", "", name) for name in live) == ["live.css", "live.js"]
    first = clipping.locator(".live-bar").first
    expect(first).to_contain_text(re.compile(r"the first time it loads Python, 9\.\d MB"))


def test_a_cell_prints_what_it_printed_when_the_book_was_built(clipping):
    cell = Cell(clipping, "temporal_order.sequences(20, 3")
    built = cell.built.inner_text().strip()
    assert "→" in built
    cell.run()
    expect(cell.built).to_be_hidden()
    assert cell.output.inner_text().strip() == built


def test_a_cell_draws_and_its_figure_keeps_its_words(clipping):
    cell = Cell(clipping, "figures.window_of_rates")
    built = cell.built.get_by_role("img")
    words = built.get_attribute("alt")
    assert len(words) > 20
    expect(built).to_be_visible()
    cell.run()
    drawn = cell.output.get_by_role("img")
    assert drawn.get_attribute("alt") == words
    assert drawn.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def test_frames_are_drawn_again_behind_a_slider_and_with_the_same_words(clipping):
    cell = Cell(clipping, "figures.tightening")
    captions = cell.built.locator("figcaption").all_text_contents()
    cell.run()
    expect(cell.built).to_be_hidden()
    assert cell.output.locator("figcaption").all_text_contents() == captions
    slider = cell.output.get_by_role("slider", name="Threshold τ")
    slider.focus()
    clipping.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", captions[-1])
    drawn = cell.output.get_by_role("img")
    assert drawn.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def test_a_table_is_shown_and_a_figure_is_drawn_after_it(page):
    page.goto("deep.html")
    table = Cell(page, "readers.table(results, names)")
    shown = table.built.locator("td").all_text_contents()
    table.run()
    assert table.output.locator("td").all_text_contents() == shown
    figure = Cell(page, "readers.comparison(results, names)")
    figure.run()
    expect(figure.output.get_by_role("img")).to_be_visible()


def test_the_grader_says_in_the_page_what_it_said_when_the_book_was_built(clipping):
    cell = Cell(clipping, 'said = verdict("clipping", program)')
    built = cell.built.inner_text().strip()
    assert "First thing to fix: clip_by_global_norm" in built
    cell.run()
    assert cell.output.inner_text().strip() == built


def test_what_is_edited_runs_with_shift_and_enter_and_can_be_reset(clipping):
    cell = Cell(clipping, "temporal_order.sequences(20, 3")
    cell.button("Edit").click()
    code = cell.editor.inner_text()
    assert "temporal_order.sequences(20, 3" in code
    cell.write("print('edited', 6 * 7)\n6 * 8")
    clipping.keyboard.press("Shift+Enter")
    cell.is_done()
    assert cell.output.inner_text().split() == ["edited", "42", "48"]
    cell.button("Reset").click()
    assert cell.editor.inner_text() == code


def test_an_error_shows_the_readers_lines_and_no_others(clipping):
    cell = Cell(clipping, "temporal_order.sequences(20, 3")
    cell.edit("def half(x):\n    return x / 0\n\nhalf(1)")
    cell.button("Run").click()
    cell.is_done("Stopped by an error")
    said = cell.output.inner_text()
    number = re.search(r"\d+$", cell.button("Run").get_attribute("aria-label")).group()
    assert f'File "<cell {number}>", line 2, in half\n    return x / 0' in said
    assert said.strip().endswith("ZeroDivisionError: division by zero")
    assert len(re.findall("File ", said)) == 2
    assert "unrolled_live" not in said
    cell.write("print('never closed'")
    cell.button("Run").click()
    expect(cell.output).to_contain_text("SyntaxError: '(' was never closed")
    assert "unrolled_live" not in cell.output.inner_text()


def test_earlier_cells_run_again_after_an_edit_and_their_assertions_are_left_out(clipping):
    earlier = Cell(clipping, "temporal_order.sequences(20, 3")
    later = Cell(clipping, "figures.tightening")
    earlier.edit("n = 1\nassert n == 2")
    earlier.button("Run").click()
    earlier.is_done("Stopped by an error")
    later.edit("print(f'{n = }')")
    later.run()
    assert later.output.inner_text().strip() == "n = 1"
    earlier.write("n = 3")
    later.run()
    assert later.output.inner_text().strip() == "n = 3"
    earlier.write("n = 1 / 0")
    later.button("Run").click()
    later.is_done("Stopped by an error")
    expect(later.output).to_contain_text(
        "which stopped. If you edited a cell above, mend or reset it."
    )
    expect(later.output).to_contain_text("ZeroDivisionError")


def test_what_a_cell_puts_out_has_no_barrier(axe, clipping):
    cell = Cell(clipping, "temporal_order.sequences(20, 3")
    cell.edit("print('x' * 500)\n1 / 0")
    cell.button("Run").click()
    cell.is_done("Stopped by an error")
    assert {theme: barriers(clipping, theme) for theme in ("light", "dark")} == {
        "light": [],
        "dark": [],
    }


def test_an_endless_loop_is_stopped_and_the_page_says_what_was_lost(clipping):
    cell = Cell(clipping, "temporal_order.sequences(20, 3")
    cell.edit("mine = 1\nprint('begun')\nwhile True:\n    pass")
    cell.button("Run").click()
    expect(cell.status).to_have_text("Running …", timeout=START)
    clipping.wait_for_timeout(500)
    cell.button("Stop").click()
    expect(cell.status).to_contain_text("what the cells had computed is lost")
    cell.write("print('mine' in globals())")
    cell.run()
    assert cell.output.inner_text().strip() == "False"


def test_a_flood_of_words_leaves_the_page_usable(clipping):
    cell = Cell(clipping, "temporal_order.sequences(20, 3")
    cell.edit("for _ in range(10**5):\n    print('x' * 100)")
    cell.run()
    said = cell.output.inner_text()
    assert said.strip().endswith("… the rest is left out.")
    assert len(said) < 300_000


def test_a_reader_without_a_mouse_edits_runs_and_leaves_the_editor(clipping):
    cell = Cell(clipping, "temporal_order.sequences(20, 3")
    cell.button("Edit").focus()
    clipping.keyboard.press("Enter")
    expect(cell.editor).to_be_focused()
    clipping.keyboard.press("Control+a")
    clipping.keyboard.insert_text("print('by keyboard')")
    clipping.keyboard.press("Tab")
    expect(cell.editor).not_to_be_focused()
    expect(cell.button("Run")).to_be_focused()
    clipping.keyboard.press("Enter")
    cell.is_done()
    assert cell.output.inner_text().strip() == "by keyboard"


def test_what_was_loaded_once_runs_without_a_network_even_after_a_reload(clipping, faults):
    cell = Cell(clipping, "temporal_order.sequences(20, 3")
    cell.run()
    said = cell.output.inner_text()
    clipping.context.set_offline(True)
    clipping.reload()
    again = Cell(clipping, "temporal_order.sequences(20, 3")
    again.run()
    assert again.output.inner_text() == said
    faults[:] = [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_without_javascript_there_are_no_buttons_and_all_output_is_there(new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("clipping.html")
    assert page.locator(".live-bar").count() == 0
    assert "→" in page.locator(".cell_output").first.inner_text()


def test_a_page_opened_from_the_disk_says_how_to_run_its_cells(browser, tmp_path):
    from conftest import HTML

    page = browser.new_page()
    page.goto((HTML / "clipping.html").as_uri())
    expect(page.get_by_text("make serve")).to_be_visible()
    assert page.locator(".live-bar").count() == 0
    page.close()
