"""``python -m solutions``: the deep bidirectional reader from the command line."""

import subprocess
import sys

import pytest

from solutions.__main__ import main

pytestmark = pytest.mark.once  # training: nothing in it depends on the Python


def test_a_small_reader_is_trained_says_what_it_reads_and_draws_it(tmp_path, capsys):
    figure = tmp_path / "read.svg"
    small = ["--steps", "3", "--hidden", "4", "--depth", "2", "--figure", str(figure)]
    assert main(small) == 0
    said = capsys.readouterr().out
    assert "626 words of fold 0" in said
    assert "% of the letters right" in said
    assert figure.read_text().count("<image") == 18


def test_the_same_command_reads_the_same(tmp_path, capsys):
    said = []
    for name in "ab":
        main(["--steps", "3", "--hidden", "4", "--figure", str(tmp_path / f"{name}.png")])
        said.append(capsys.readouterr().out.replace(f"{name}.png", ""))
    assert said[0] == said[1]


def test_a_place_that_cannot_be_written_is_said(tmp_path, capsys):
    lost = tmp_path / "nowhere" / "read.svg"
    assert main(["--steps", "1", "--hidden", "2", "--figure", str(lost)]) == 2
    assert "Try --figure FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--steps", "0"], "not a whole number from 1 up"),
        (["--tau", "-1"], "not a number above 0"),
        (["--fold", "10"], "invalid choice"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(arguments, words):
    done = subprocess.run(
        [sys.executable, "-m", "solutions", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
