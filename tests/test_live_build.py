"""What is served to run and grade in the page: checked wheels, and no solution to read."""

import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from autograder import assignment, oracle

COURSE = Path(__file__).resolve().parents[1]
SERVED = COURSE / "_build" / "html" / "_static" / "live"
sys.path.append(str(COURSE / "book" / "_live"))

import build  # noqa: E402

pytestmark = [pytest.mark.book, pytest.mark.once]
PYODIDE = build.HERE / "node_modules" / "pyodide"
OURS = ("autograder", "unrolled_course", "unrolled_live")


@pytest.fixture
def wheels(monkeypatch, tmp_path):
    """A copy of the wheels that we keep, to be spoiled."""
    shutil.copytree(build.HERE / "wheels", tmp_path / "wheels")
    monkeypatch.setattr(build, "HERE", tmp_path)
    return tmp_path / "wheels"


def test_every_wheel_that_we_keep_is_served_and_named_with_its_digest(wheels, tmp_path):
    (tmp_path / "out").mkdir()
    lock = build.pyodide(PYODIDE, tmp_path / "out")
    kept = {path.name for path in wheels.iterdir()}
    assert {entry["file_name"] for entry in lock["packages"].values()} == kept
    assert {name for entry in lock["packages"].values() for name in entry["depends"]} <= set(
        lock["packages"]
    )


def test_a_wheel_that_is_not_the_one_of_pyodide_stops_the_build(wheels, tmp_path):
    (tmp_path / "out").mkdir()
    spoiled = next(wheels.glob("numpy*"))
    spoiled.write_bytes(spoiled.read_bytes()[:-1] + b"x")
    with pytest.raises(build.Unfit, match="get it again"):
        build.pyodide(PYODIDE, tmp_path / "out")


def test_our_wheels_hold_compiled_python_only_and_the_graders_no_draws():
    served = [path for path in (SERVED / "pyodide").glob("*.whl") if path.name.startswith(OURS)]
    assert len(served) == len(OURS)
    names = [name for path in served for name in zipfile.ZipFile(path).namelist()]
    assert any(name.startswith("solutions/") for name in names)
    assert [name for name in names if name.endswith((".py", ".toml"))] == []
    assert [name for name in names if name.startswith("autograder/checks")] == []


def test_no_file_that_is_served_has_a_line_of_a_solution():
    lines = set()
    for topic in assignment.topics():
        for body in re.findall(
            r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", oracle.source(topic), re.DOTALL
        ):
            lines |= {line.strip().encode() for line in body.splitlines() if len(line.strip()) > 40}
    assert len(lines) > 50
    for path in filter(Path.is_file, SERVED.rglob("*")):
        # The code of the chapters' cells is on the page for everybody to read.
        if path.parent.name == "cells":
            continue
        members = [path.read_bytes()]
        if path.suffix in (".whl", ".npz"):
            archive = zipfile.ZipFile(path)
            members = [archive.read(name) for name in archive.namelist()]
        assert [line for line in lines if any(line in member for member in members)] == [], path


def test_sizes_are_those_of_the_files():
    sizes = json.loads((SERVED / "sizes.json").read_text(encoding="utf-8"))
    files = {path.name: path.stat().st_size for path in SERVED.rglob("*") if path.is_file()}
    assert sizes.items() - files.items() == {
        ("offline.js", sizes["offline.js"])  # it was moved: a service worker lies above its pages
    }
