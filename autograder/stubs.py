"""Write ``homework/`` from ``solutions/``: what stands between the solution marks is left out.

Run by ``make stubs``; a test fails when homework and solutions differ.
"""

from __future__ import annotations

import re
from pathlib import Path

from autograder import assignment, oracle

HOMEWORK = Path(__file__).resolve().parent.parent / "homework"
SOLUTION = re.compile(
    r"^( *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION\n", re.MULTILINE | re.DOTALL
)
HEADER = """\
# Your homework: replace each `raise NotImplementedError`, then see how you did with
#
#     python -m autograder {topic}
#
# Keep the names and the order of the arguments; helper functions of your own are welcome.

"""


def stub(topic: str) -> str:
    """Turn a reference solution into the program text that a student starts from."""
    return HEADER.format(topic=topic) + SOLUTION.sub(
        r"\1raise NotImplementedError\n", oracle.source(topic)
    )


def main() -> None:
    """Write a stub for every topic that can be graded."""
    HOMEWORK.mkdir(exist_ok=True)
    for topic in assignment.topics():
        (HOMEWORK / f"{topic}.py").write_text(stub(topic), encoding="utf-8")
        print(f"wrote homework/{topic}.py")


if __name__ == "__main__":
    main()
