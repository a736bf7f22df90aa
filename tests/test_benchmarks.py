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
