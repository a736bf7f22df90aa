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
        write(topic, HOMEWORK)


def write(topic: str, folder: Path) -> None:
    """Write one stub; a file that says something else is kept beside it, as ``TOPIC.py.before``."""
    path, text = folder / f"{topic}.py", stub(topic)
    if path.exists() and path.read_bytes() != text.encode():
        print(f"kept what was there: {path.replace(path.with_suffix('.py.before'))}")
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
