"""What the grader says, as a student sees it in a terminal."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder import oracle, stubs

COLUMNS = 66  # fit into a line of the book


def verdict(topic: str, program: str) -> str:
    """Grade the reference solution with some of its functions replaced.

    Parameters
    ----------
    topic : str
        What is graded.
    program : str
        Functions that take the place of those of the same name.

    Returns
    -------
    said : str
        What ``python -m autograder TOPIC`` prints.
    """
    with tempfile.TemporaryDirectory() as folder:
        stubs.hand_in(Path(folder), topic, oracle.source(topic) + program)
        done = subprocess.run(
            [sys.executable, "-m", "autograder", topic, "--in", folder, "--seed", "1"],
            env={**os.environ, "COLUMNS": str(COLUMNS), "NO_COLOR": "1", "FORCE_COLOR": ""},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
    return done.stdout


def points(said: str) -> int:
    """Read off a verdict how many points there are."""
    return int(said.split(" points.")[0].split()[-1])
