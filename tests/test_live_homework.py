"""Homework done in the page, in a real browser: wrong, named, right, kept, taken along."""

import json
import re
import subprocess
import sys

import pytest
from browser import barriers
from playwright.sync_api import expect

from autograder import oracle, stubs

pytestmark = [pytest.mark.book, pytest.mark.once]
START = 120_000  # milliseconds for Python to load and start on a busy machine

FUNCTIONS = ("global_norm", "clip_by_global_norm", "clipped_step")
OWN_NORMS = """def clip_by_global_norm(grads, tau):
    clipped = []
    for g in grads:
        norm = np.linalg.norm(g)
        clipped.append(g * tau / norm if norm > tau else g * 1.0)
    return clipped, global_norm(grads)
"""


def solution(function, topic="clipping"):
    """Cut a function out of a reference solution, as a reader would write it."""
    program = stubs.side_by_side(oracle.source(topic))
    found = re.search(rf"^def {function}\(.*?(?=^def |\Z)", program, re.MULTILINE | re.DOTALL)
    return re.sub(r" *### (BEGIN|END) SOLUTION\n", "", found.group()).rstrip() + "\n"


class Homework:
    """The homework of a topic on its page."""

    def __init__(self, page, topic="clipping"):
        self.page, self.topic = page, topic
        self.box = page.locator(f"#homework-of-{topic}")
        self.total = self.box.locator(".homework-total")

    def part(self, function):
        return self.page.locator(f"#homework-{function}")

    def button(self, function, name):
        return self.part(function).get_by_role("button", name=re.compile(rf"^{name} "))

    def write(self, function, code):
        if self.button(function, "Write").is_visible():
            self.button(function, "Write").click()
        self.part(function).get_by_role("textbox").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def check(self, function):
        self.button(function, "Check").click()
        status = self.part(function).get_by_role("status")
        expect(status).to_have_text(re.compile(r"^\d of \d checks? right\.$"), timeout=START)
        return self.part(function).locator(".homework-verdicts").inner_text()

    def check_all(self):
        self.box.get_by_role("button", name=re.compile("^Check all")).click()
        status = self.box.locator(".homework-foot").get_by_role("status").first
        expect(status).to_have_text(re.compile(r"^\d+ of \d+ checks right\.$"), timeout=START)

    def code(self, function):
        part = self.part(function)
        editor = part.get_by_role("textbox")
        return editor.inner_text() if editor.count() else part.locator("pre").inner_text()

    def download(self, place):
        with self.page.expect_download() as waiting:
            self.box.get_by_role("button", name=re.compile("^Download")).click()
        assert waiting.value.suggested_filename == f"{self.topic}.py"
        waiting.value.save_as(place / f"{self.topic}.py")
        return (place / f"{self.topic}.py").read_text(encoding="utf-8")


@pytest.fixture
def homework(page):
    page.goto("clipping.html")
    return Homework(page)


def grade(folder, topic="clipping"):
    """Ask the command line."""
    report = folder / "report.json"
    subprocess.run(
        [sys.executable, "-m", "autograder", topic, "--in", folder, "--json", report],
        capture_output=True,
    )
    return json.loads(report.read_text(encoding="utf-8"))


def test_a_homework_is_done_without_a_network_and_gets_full_marks_on_the_command_line(
    homework, tmp_path, faults
):
    page = homework.page
    assert "not written yet" in homework.check("global_norm")

    page.context.set_offline(True)
    page.reload()
    homework.write("global_norm", solution("global_norm"))
    assert "right (4 of 4)" in homework.check("global_norm")

    homework.write("clip_by_global_norm", OWN_NORMS)
    said = homework.check("clip_by_global_norm")
    assert "You clip each array by its own norm" in said
    assert "not right yet (0 of 4)" in said
    expect(homework.total).to_contain_text("First thing to fix: clip_by_global_norm.")

    homework.write("clip_by_global_norm", solution("clip_by_global_norm"))
    assert "not right yet" not in homework.check("clip_by_global_norm")
    homework.write("clipped_step", solution("clipped_step"))
    homework.check_all()
    expect(homework.total).to_have_text(re.compile("17 of 17 points.*Well done"))

    homework.download(tmp_path)
    report = grade(tmp_path)
    assert report["score"] == report["max_score"] == 17
    faults[:] = [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_what_was_written_and_earned_is_there_after_a_reload(homework):
    homework.write("global_norm", solution("global_norm"))
    homework.check("global_norm")
    expect(homework.total).to_have_text(re.compile("^4 of 17 points"))
    homework.page.reload()
    assert homework.code("global_norm").strip() == solution("global_norm").strip()
    expect(homework.total).to_have_text(re.compile("^4 of 17 points"))
    assert "right (4 of 4)" in homework.part("global_norm").inner_text()
    homework.write("global_norm", "def global_norm(grads):\n    return 1.0\n")
    homework.button("global_norm", "Check").focus()
    homework.page.reload()
    assert "return 1.0" in homework.code("global_norm")


def test_a_download_is_the_stub_with_what_was_typed(homework, tmp_path):
    assert homework.download(tmp_path) == stubs.stub("clipping")
    typed = "def global_norm(grads):\n    return 'ü'"
    homework.write("global_norm", typed)
    before, after = stubs.stub("clipping").split(solution_stub("global_norm"))
    assert homework.download(tmp_path) == before + typed + "\n\n\n" + after


def solution_stub(function):
    """Cut a function out of the stub, with the empty lines after it."""
    return re.search(
        rf"^def {function}\(.*?(?=^def |\Z)", stubs.stub("clipping"), re.MULTILINE | re.DOTALL
    ).group()


def test_a_file_is_brought_in_graded_and_taken_out_unchanged(homework, tmp_path):
    own = tmp_path / "mine.py"
    helper = "def square(x):  # mine\n    return x * x\n\n"
    text = "import numpy as np\n" + helper + "\n".join(map(solution, reversed(FUNCTIONS)))
    text = text.replace("Sequence[Array]", "list").replace("Array", "np.ndarray")
    own.write_text(text, encoding="utf-8")
    homework.box.locator("input[type=file]").set_input_files(own)
    expect(homework.box.locator(".homework-foot").get_by_role("status").first).to_have_text(
        "mine.py is open."
    )
    assert homework.code("clipped_step").startswith("def clipped_step")
    assert homework.download(tmp_path) == text
    homework.check_all()
    expect(homework.total).to_have_text(re.compile("^17 of 17 points"))


def test_a_file_of_something_else_is_refused_with_words(homework, tmp_path):
    other = tmp_path / "other.py"
    other.write_text("print(1)\n", encoding="utf-8")
    homework.box.locator("input[type=file]").set_input_files(other)
    expect(homework.box.locator(".homework-foot").get_by_role("status").first).to_contain_text(
        "is it the right file?"
    )
    assert "raise NotImplementedError" in homework.code("global_norm")


def test_a_function_is_reset_on_request(homework):
    homework.write("global_norm", "def global_norm(grads):\n    return 1.0\n")
    homework.page.once("dialog", lambda dialog: dialog.accept())
    homework.button("global_norm", "Reset").click()
    assert "raise NotImplementedError" in homework.code("global_norm")


def test_a_program_that_never_ends_is_told_so_and_the_grader_goes_on(homework):
    homework.write("global_norm", "def global_norm(grads):\n    while True:\n        pass\n")
    assert "Does it have a loop that never ends?" in homework.check("global_norm")
    homework.write("global_norm", solution("global_norm"))
    assert "right (4 of 4)" in homework.check("global_norm")


def test_an_error_names_the_line_of_the_file_that_the_editor_shows(homework):
    homework.write("global_norm", "def global_norm(grads):\n    return grads.shape\n")
    said = homework.check("global_norm")
    line = int(re.search(r"at line (\d+) of clipping\.py", said).group(1))
    assert "'list' object has no attribute 'shape'" in said
    numbers = homework.part("global_norm").locator(".cm-lineNumbers .cm-gutterElement")
    assert str(line) in numbers.all_inner_texts()
    assert line == stubs.stub("clipping").split("def global_norm")[0].count("\n") + 2


def test_homework_builds_on_what_was_written_in_another_chapter(homework):
    page = homework.page
    page.goto("unrolling.html")
    unrolling = Homework(page, "unrolling")
    for function in ("initial_state", "hidden_step", "output_step", "recur"):
        unrolling.write(function, solution(function, "unrolling"))
    page.goto("deep.html")
    deep = Homework(page, "deep")
    deep.write("deep_recur", solution("deep_recur", "deep"))
    assert "not right" not in deep.check("deep_recur")


def test_an_open_editor_and_a_verdict_have_no_barrier(axe, homework):
    homework.write("clip_by_global_norm", OWN_NORMS)
    homework.check("clip_by_global_norm")
    assert {theme: barriers(homework.page, theme) for theme in ("light", "dark")} == {
        "light": [],
        "dark": [],
    }


def test_on_a_phone_a_verdict_and_an_editor_fit(new_context):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto("clipping.html")
    phone = Homework(page)
    phone.write("clip_by_global_norm", OWN_NORMS)
    phone.check("clip_by_global_norm")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_javascript_the_stub_is_there_to_read(new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("clipping.html")
    assert "raise NotImplementedError" in page.locator("#homework-global_norm pre").inner_text()
    assert page.get_by_role("button", name="Check").count() == 0
