"""Figures of several frames: what is written into a page, and how a reader leafs through them."""

import itertools
import re
import sys
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book"))
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from _figures import bptt, frames, language_models, style, unrolling  # noqa: E402
from _figures.clipping import angles  # noqa: E402
from _figures.frames import Frame  # noqa: E402
from every_page import alts_in  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


def drawing(height):
    """A figure with a bar in it."""
    plt.figure(figsize=(4, 3)).subplots().bar([0], [height])
    return plt.gcf()


@pytest.fixture(autouse=True)
def looks():
    """The book's style for a test, and no figure left behind."""
    with plt.rc_context():
        style.use()
        yield
    left = plt.get_fignums()
    plt.close("all")
    assert left == []


def two_frames():
    return [
        Frame(drawing(1), "<i>h</i><sub>1</sub> &lt; 2", 'One bar, "short"'),
        Frame(drawing(2), "two", "One bar, tall & blue"),
    ]


def read(shown):
    return BeautifulSoup(shown.html, "html.parser")


def picture(image):
    """The root of an SVG that an ``img`` carries."""
    kind, _, drawn = image["src"].partition(",")
    assert kind == "data:image/svg+xml"
    return ElementTree.fromstring(unquote(drawn))


# ---- what is written


def test_each_frame_is_a_figure_with_its_picture_its_alt_text_and_its_caption():
    figures = read(frames.show(two_frames(), label="Height")).select("frame-scrubber > figure")
    assert [figure.img["alt"] for figure in figures] == [
        'One bar, "short"',
        "One bar, tall & blue",
    ]
    assert [figure.figcaption.text for figure in figures] == ["h1 < 2", "two"]
    for figure in figures:
        root = picture(figure.img)
        assert (figure.img["width"], figure.img["height"]) == ("384", "288")
        assert root.get("viewBox") == "0 0 288 216"
        assert len(root.findall(f".//{SVG}path")) > 3


def test_pictures_of_different_bars_differ_and_the_same_frames_are_the_same_to_the_last_byte():
    one, again = (frames.show(two_frames(), label="Height").html for _ in range(2))
    assert one == again
    first, second = BeautifulSoup(one, "html.parser").find_all("img")
    assert first["src"] != second["src"]


@pytest.mark.parametrize("start", [0, 1])
def test_one_frame_is_marked_as_the_first_to_be_seen(start):
    figures = read(frames.show(two_frames(), label="Height", start=start)).find_all("figure")
    assert [n for n, figure in enumerate(figures) if figure.get("class") == ["now"]] == [start]


def test_the_slider_is_named_whatever_the_name():
    shown = read(frames.show(two_frames(), label='"τ" & more'))
    assert shown.select_one("frame-scrubber")["label"] == '"τ" & more'


def test_where_there_is_no_html_the_captions_can_be_read():
    assert repr(frames.show(two_frames(), label="Height")) == "h1 < 2\ntwo"


def test_coordinates_are_rounded_and_nothing_is_moved():
    at = [0.123456, 0.654321]
    plt.figure(figsize=(4, 3), layout="none").add_axes((0, 0, 1, 1)).plot(at, at)
    (line,) = [
        path.get("d")
        for path in ElementTree.fromstring(frames.svg(plt.gcf())).iter(f"{SVG}path")
        if "0072b2" in path.get("style", "")
    ]
    numbers = re.findall(r"[\d.]+", line)
    assert all(re.fullmatch(r"\d+(\.\d{1,2})?", number) for number in numbers)
    left, low, right, high = map(float, numbers)  # in points, the margin of 5% on each side
    assert (left, low) == pytest.approx((288 * 0.5 / 11, 216 * 10.5 / 11), abs=0.01)
    assert (right, high) == pytest.approx((288 * 10.5 / 11, 216 * 0.5 / 11), abs=0.01)


# ---- the build's question for alt text


@pytest.mark.parametrize(
    ("html", "alts"),
    [
        ("<p>no picture</p>", []),
        ('<img src="a.svg">', [""]),
        ('<img src="a.svg" alt>', [""]),
        ('<p><img alt="one &amp; two"><b><img alt=""/></b>', ["one & two", ""]),
        ("a < b <IMG ALT='loud'>", ["loud"]),
        ("<!-- <img> -->", []),
    ],
)
def test_pictures_in_html_are_asked_for_their_alt_text(html, alts):
    assert alts_in(html) == alts


# ---- the numbers of the frames


def numbers(text):
    """All numbers with three digits behind the point."""
    return [float(n) for n in re.findall(r"-?\d+\.\d{3}", text.replace("−", "-"))]


def test_each_step_of_unrolling_says_what_is_computed():
    x, h, scores = np.array([[1, 0, 2], [-0.25, 0.5, 0], [2, -3, 0.2]])
    shown = unrolling.step_by_step(x, h, scores, 0.5, np.array([0.1, 0.8]), np.array([0.2, 1.5]))
    _, first, second, third = shown.captions
    assert numbers(first) == [0, 0.6, -0.25, -0.25, 2]  # before, sum, state, state again, output
    assert "0.5 · 1 + 0.1" in first
    assert "1.5 · (−0.250)" in first
    assert numbers(second) == [-0.25, -0.1, 0.5, 0.5, -3]
    assert "0.8 · (−0.250)" in second
    assert numbers(third) == [0.5, 1.5, 0, 0, 0.2]
    alts = [image["alt"] for image in read(shown).find_all("img")]
    assert [numbers(alt) for alt in alts[1:]] == [[-0.25, 0, 2], [0.5, -0.25, -3], [0, 0.5, 0.2]]


def test_each_step_back_adds_its_use():
    h, slopes, deltas = np.array([0, 1, 2, 3.0]), np.array([0.5, 0.25, 1]), np.array([1, 10, 100.0])
    shown = bptt.step_by_step_back(h, slopes, deltas, 0.8, 7.0)
    so_far = [numbers(caption)[-2:] for caption in shown.captions[1:]]
    assert so_far == [[100, 200], [110, 210], [111, 210]]
    assert [numbers(caption)[0] for caption in shown.captions] == [7, 7, 100, 10]
    alts = [image["alt"] for image in read(shown).find_all("img")]
    assert [f"h_{t}" in alt for t, alt in zip((3, 2, 1), alts[1:], strict=True)] == [True] * 3


def test_a_temperature_is_told_in_percent():
    def rule(temperature):
        return np.array([0.1, 0.6, 0.3]) if temperature == 1 else np.array([0.2, 0.5, 0.3])

    shown = language_models.warming(rule, (1, 2), ["a", " ", "c"], start=0, shown=2)
    assert shown.captions[0].startswith("Temperature 1: ␣ 60%, c 30%, rest 10%")
    assert shown.captions[1].startswith("Temperature 2: ␣ 50%, c 30%, rest 20%")


def test_an_angle_is_the_shorter_way_round():
    a = np.array([[1.0, 0.0], [-1.0, 0.1], [0.0, 2.0]])
    b = np.array([[1.0, 1.0], [-1.0, -0.1], [0.0, 0.1]])
    assert angles(a, b) == pytest.approx([45, 2 * np.degrees(np.arctan(0.1)), 0])


# ---- in the page


CHAPTERS = {"unrolling": 4, "bptt": 4, "clipping": 5, "language_models": 7}


class Scrubber:
    """The figure of a page, as a reader uses it."""

    def __init__(self, page, chapter):
        page.goto(f"{chapter}.html")
        self.page = page
        self.place = page.locator("frame-scrubber")
        self.slider = self.place.get_by_role("slider")
        self.previous = self.place.get_by_role("button", name="Previous frame")
        self.next = self.place.get_by_role("button", name="Next frame")
        self.captions = self.place.locator("figcaption").all_text_contents()

    def seen(self):
        """Which frames can be seen."""
        figures = self.place.locator("figure").all()
        return [n for n, figure in enumerate(figures) if figure.is_visible()]

    def expect_only(self, n):
        expect(self.slider).to_have_attribute("aria-valuetext", self.captions[n])
        expect(self.slider).to_have_value(str(n + 1))
        assert self.seen() == [n]
        assert self.place.get_by_role("img").count() == 1  # for a screen reader, too


@pytest.mark.book
@pytest.mark.once
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_keyboard_leafs_from_the_first_frame_to_the_last(page, chapter):
    scrubber, last = Scrubber(page, chapter), CHAPTERS[chapter] - 1
    assert len(scrubber.captions) == CHAPTERS[chapter]
    assert len(scrubber.seen()) == 1
    scrubber.slider.focus()
    page.keyboard.press("Home")
    for n in range(last + 1):
        scrubber.expect_only(n)
        page.keyboard.press("ArrowRight")
    scrubber.expect_only(last)
    page.keyboard.press("ArrowLeft")
    scrubber.expect_only(last - 1)
    expect(scrubber.slider).to_be_focused()


@pytest.mark.book
@pytest.mark.once
def test_the_buttons_leaf_say_where_one_is_and_stop_at_the_ends(page):
    scrubber = Scrubber(page, "unrolling")
    spoken = scrubber.place.locator("[aria-live=polite]")
    expect(scrubber.previous).to_have_attribute("aria-disabled", "true")
    expect(spoken).to_have_text("")
    scrubber.next.focus()
    for n in range(1, 4):
        page.keyboard.press("Enter")
        scrubber.expect_only(n)
        expect(spoken).to_have_text(scrubber.captions[n])
        expect(scrubber.place.get_by_text(f"{n + 1} of 4")).to_be_visible()
    expect(scrubber.next).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    scrubber.expect_only(3)
    expect(scrubber.next).to_be_focused()
    scrubber.previous.click()
    scrubber.expect_only(2)
    expect(scrubber.next).to_have_attribute("aria-disabled", "false")


@pytest.mark.book
@pytest.mark.once
def test_the_slider_has_a_name_and_the_controls_are_large_enough(new_context):
    page = new_context(viewport={"width": 390, "height": 800}).new_page()
    for chapter, name in zip(
        CHAPTERS, ("Unroll", "Walk back", "Threshold τ", "Temperature"), strict=True
    ):
        scrubber = Scrubber(page, chapter)
        expect(scrubber.slider).to_have_accessible_name(name)
        for control in (scrubber.slider, scrubber.previous, scrubber.next):
            box = control.bounding_box()
            assert min(box["width"], box["height"]) >= 24
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390


@pytest.mark.book
@pytest.mark.once
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_without_javascript_every_frame_can_be_read(new_context, chapter):
    page = new_context(java_script_enabled=False).new_page()
    scrubber = Scrubber(page, chapter)
    assert scrubber.seen() == list(range(CHAPTERS[chapter]))
    assert scrubber.place.locator("input, button").count() == 0
    assert_one_below_the_other(scrubber)


@pytest.mark.book
@pytest.mark.once
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_on_paper_every_frame_can_be_read_and_there_is_nothing_to_press(page, chapter):
    scrubber = Scrubber(page, chapter)
    assert len(scrubber.seen()) == 1
    page.emulate_media(media="print")
    assert scrubber.seen() == list(range(CHAPTERS[chapter]))
    expect(scrubber.previous).to_be_hidden()
    expect(scrubber.slider).to_be_hidden()
    assert_one_below_the_other(scrubber)


def assert_one_below_the_other(scrubber):
    boxes = [figure.bounding_box() for figure in scrubber.place.locator("figure").all()]
    for above, below in itertools.pairwise(boxes):
        assert above["height"] > 100
        assert above["y"] + above["height"] <= below["y"]


@pytest.mark.book
@pytest.mark.once
@pytest.mark.parametrize("width", [1300, 390])
def test_nothing_moves_from_frame_to_frame(new_context, width):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    for chapter, count in CHAPTERS.items():
        scrubber = Scrubber(page, chapter)
        page.evaluate("document.fonts.ready")
        scrubber.slider.focus()
        page.keyboard.press("Home")
        boxes = []
        for n in range(count):
            scrubber.expect_only(n)
            picture = scrubber.place.locator("figure.now img").bounding_box()
            boxes.append((scrubber.place.bounding_box(), picture))
            page.keyboard.press("ArrowRight")
        assert boxes == [boxes[0]] * count


# Notes the height of the figure as soon as something stands behind it.
WATCH = """
new MutationObserver((changes, watcher) => {
  const place = document.querySelector("frame-scrubber");
  if (!place || document.readyState !== "loading") return;
  const behind = document.createRange();
  behind.setStartAfter(place);
  behind.setEndAfter(document.body.lastChild);
  if (behind.toString().trim() === "") return;
  watcher.disconnect();
  window.early = place.getBoundingClientRect().height;
}).observe(document, { childList: true, subtree: true });
"""


@pytest.mark.book
@pytest.mark.once
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_nothing_moves_when_the_page_is_read_to_its_end(page, chapter):
    page.add_init_script(WATCH)
    scrubber = Scrubber(page, chapter)
    page.evaluate("document.fonts.ready")
    early, late = page.evaluate("window.early"), scrubber.place.bounding_box()["height"]
    assert early == pytest.approx(late, abs=60)  # captions may be set in another font at first


@pytest.mark.book
@pytest.mark.once
def test_a_script_that_does_not_arrive_hides_nothing(page, faults):
    page.route("**/unrolled.js*", lambda route: route.abort())
    scrubber = Scrubber(page, "bptt")
    assert scrubber.seen() == [0, 1, 2, 3]
    assert any("ERR_FAILED" in fault for fault in faults)
    faults.clear()


@pytest.mark.book
@pytest.mark.once
def test_a_figure_that_comes_later_works_as_well(page):
    scrubber = Scrubber(page, "bptt")
    page.evaluate(
        """() => {
             const box = document.createElement("div");
             box.id = "later";
             box.innerHTML = `<frame-scrubber label="Later">
               <figure><figcaption>one</figcaption></figure>
               <figure class="now"><figcaption>two</figcaption></figure>
             </frame-scrubber>`;
             document.querySelector("article").prepend(box);
           }"""
    )
    scrubber = page.locator("#later")
    slider = scrubber.get_by_role("slider", name="Later")
    expect(slider).to_have_attribute("aria-valuetext", "two")
    scrubber.get_by_role("button", name="Previous frame").click()
    expect(slider).to_have_attribute("aria-valuetext", "one")
    page.evaluate("document.querySelector('article').append(document.querySelector('#later'))")
    expect(slider).to_have_count(1)
    expect(slider).to_have_value("1")


@pytest.mark.book
@pytest.mark.once
def test_on_a_dark_page_the_pictures_are_turned_over_and_stand_on_its_ground(new_context):
    page = new_context(color_scheme="dark").new_page()
    scrubber = Scrubber(page, "clipping")
    image = scrubber.place.get_by_role("img")
    assert "invert" in image.evaluate("img => getComputedStyle(img).filter")
    ground = "element => getComputedStyle(element).backgroundColor"
    clear = "rgba(0, 0, 0, 0)"
    assert [image.evaluate(ground), image.locator("..").evaluate(ground)] == [clear, clear]
    assert scrubber.place.locator("..").evaluate(ground) == clear
