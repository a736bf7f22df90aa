"""Write ``homework/`` from ``solutions/``: what stands between the solution marks is left out.

Run by ``make stubs``; a test fails when homework and solutions differ. In homework the topics stand
side by side in one folder, and one imports another by its name alone.
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
BUILDS = "# It builds on your own {own}, in this folder.\n"


def stub(topic: str) -> str:
    """Turn a reference solution into the program text that a student starts from."""
    program = SOLUTION.sub(r"\1raise NotImplementedError\n", oracle.source(topic))
    return header(topic) + side_by_side(program)


def header(topic: str) -> str:
    """Say what to do, and what the file builds on."""
    own = ", ".join(f"{below}.py" for below in oracle.foundations(topic))
    return HEADER.format(topic=topic) + (BUILDS.format(own=own) if own else "") + "\n"


def side_by_side(program: str) -> str:
    """Import other topics as homework does."""
    return program.replace("from solutions.", "from ")


def hand_in(folder: Path, topic: str, program: str) -> None:
    """Write a program for a topic into a folder, and right ones for what it builds on.

    Parameters
    ----------
    folder : Path
        Where to write ``TOPIC.py``.
    topic : str
        What the program is for.
    program : str
        Its text; it may be a reference solution, or one with a mistake in it.
    """
    for name, text in files(topic, program).items():
        (folder / name).write_text(text, encoding="utf-8")


def files(topic: str, program: str) -> dict[str, str]:
    """Lay out a program for a topic, and right ones for what it builds on: texts by file name."""
    texts = {below: oracle.source(below) for below in oracle.foundations(topic)}
    return {f"{n}.py": side_by_side(text) for n, text in {**texts, topic: program}.items()}


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
