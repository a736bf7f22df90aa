"""The solutions on the NumPy that a reader's browser gets: their tests, run there."""

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

COURSE = Path(__file__).resolve().parents[1]
sys.path.append(str(COURSE / "book" / "_ext"))

from node import NODE, install  # noqa: E402

TOPICS = [
    *("unrolling", "deep", "bidirectional", "bptt", "clipping", "truncation", "language_models"),
    *("activations", "gated", "ngrams", "tokens", "training", "vanishing"),
]


@pytest.mark.once
def test_the_tests_of_the_solutions_pass_on_the_numpy_of_the_page():
    install(COURSE / "book" / "_live")
    done = subprocess.run(
        [
            *(NODE, COURSE / "tests" / "on_pyodide.mjs", COURSE, sysconfig.get_path("purelib")),
            *(f"tests/test_{topic}.py" for topic in TOPICS),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=600,
    )
    said = done.stdout + done.stderr
    assert "on emscripten" in said, said
    assert done.returncode == 0, said[-4000:]
    assert int(re.search(r"(\d+) passed", said).group(1)) > 20 * len(TOPICS), said[-4000:]
