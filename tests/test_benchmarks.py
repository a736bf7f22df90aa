"""The benchmark runs, and whoever is timed computes what we compute; how fast is not tested."""

import json
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def recurrence(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    for library in ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "VECLIB_MAXIMUM"):
        monkeypatch.setenv(f"{library}_THREADS", "1")  # as the script does, until the test ends
    import recurrence

    small = recurrence.Shape(T=4, B=3, D=5, H=6)
    shapes = small, small._replace(layers=2), small._replace(directions=2)
    monkeypatch.setattr(recurrence, "SHAPES", shapes)
    monkeypatch.setattr(recurrence, "PEAK_SIZES", (16,))
    return recurrence


@pytest.mark.parametrize("kind", range(3), ids=["one layer", "two layers", "bidirectional"])
@pytest.mark.parametrize("name", ["PyTorch", "autograd", "one by one"])
def test_a_contestant_finds_our_loss_and_gradients(recurrence, kind, name):
    if name in recurrence.PACKAGES:
        pytest.importorskip(recurrence.PACKAGES[name], reason=f"{name} is not installed")
    problem = recurrence.draw_problem(recurrence.SHAPES[kind], "float64")
    (loss, grads), (our_loss, our_grads) = (
        read(step())
        for step, read in (recurrence.CONTESTANTS[who](problem) for who in (name, "ours"))
    )
    np.testing.assert_allclose(loss, our_loss, rtol=1e-12)
    for grad, our_grad in zip(grads, our_grads, strict=True):
        np.testing.assert_allclose(grad, our_grad, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_round_makes_the_table_and_the_file(recurrence, dtype, tmp_path, capsys):
    record = tmp_path / "record.json"
    options = ["--rounds", "1", "--json", str(record)]
    recurrence.main(options + ["--float64"] * (dtype == "float64"))
    printed = capsys.readouterr().out
    assert dtype in printed
    assert "| 4, 3, 5, 6, bidirectional |" in printed
    rows = json.loads(record.read_text())["shapes"]
    assert len(rows) == len(recurrence.SHAPES)
    for row in rows:
        assert row["ours over"]["ours"] == [1, 1, 1]
        assert "one by one" in row["share of peak"]


def test_a_contestant_who_is_wrong_stops_the_race(recurrence, monkeypatch):
    def half(problem):
        step, read = recurrence.ours(problem)
        return step, lambda result: (read(result)[0], [dM / 2 for dM in read(result)[1]])

    monkeypatch.setitem(recurrence.CONTESTANTS, "one by one", half)
    with pytest.raises(SystemExit, match="one by one finds another loss or gradient"):
        recurrence.enter(recurrence.SHAPES[0], "float64")


def test_who_takes_too_long_at_first_is_not_timed(recurrence, monkeypatch):
    monkeypatch.setattr(recurrence, "PATIENCE", 0)
    assert recurrence.enter(recurrence.SHAPES[0], "float64").keys() == {"ours"}


def test_flops_are_those_of_the_products_in_a_step(recurrence):
    T, B, D, H = 4, 3, 5, 6
    one, two, both = (shape.flops for shape in recurrence.SHAPES)
    assert one == 4 * T * B * D * H + 6 * (T - 1) * B * H**2 + 6 * T * B * H * D
    assert two == one + 6 * T * B * H**2 + 6 * (T - 1) * B * H**2
    assert both == 2 * one


# ------------------------------------------------------------------------------ of pages


@pytest.fixture
def pages(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    monkeypatch.setenv("TQDM_DISABLE", "1")
    import pages

    return pages


@pytest.mark.once
def test_what_is_wrong_with_a_page_is_counted_and_shown(pages, browser, axe, tmp_path):
    (tmp_path / "bad.html").write_text(
        """<!doctype html><html lang="en"><title>Bad</title><link rel="icon" href="data:,"><main>
        <p style="color: #ccc">pale</p><img src="https://example.org/none.png" alt="a picture">
        <script src="loud.js"></script></main>"""
    )
    (tmp_path / "loud.js").write_text("console.error('oh')" + " " * 5000)
    sent = []
    with pages.serve(tmp_path, "/", sent) as address:
        row = pages.summary(pages.visit(browser, f"{address}bad.html", sent))
    assert row["foreign"] == 1
    assert row["errors"] == 2  # what was said, and the picture that did not come
    assert row["axe light"] == row["axe dark"] == 1
    assert row["requests"] == 2
    assert 0 < row["scripts"] < 0.2  # compressed
    assert row["read, kB"] == pytest.approx(row["page"] + row["scripts"])
    assert pages.missed(row) == ["foreign", "errors", "axe light", "axe dark"]
    assert pages.markdown([{"name": "bad", **row}]).splitlines()[2].startswith("| bad | 0 | 0 |")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/a/bptt.html", "page"),
        ("/_static/theme.css?v=1", "styles"),
        ("/_static/live.js?v=1", "scripts"),
        ("/_images/x.svg", "pictures"),
        ("/searchindex.json", "other"),
    ],
)
def test_kinds_of_files(pages, address, kind):
    assert pages.kind(address) == kind


def test_the_table_goes_where_the_readme_has_a_place_for_it(pages, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("# Pages\n\n<!-- pages.py --write -->\nold\n<!-- end -->\n\nMore.\n")
    for table in ("| a |\n| \\d |", "| b |"):
        pages.write(table, readme)
        assert readme.read_text() == (
            f"# Pages\n\n<!-- pages.py --write -->\n{table}\n<!-- end -->\n\nMore.\n"
        )
    readme.write_text("# Pages")
    with pytest.raises(SystemExit, match="no place"):
        pages.write("| c |", readme)
