"""Make ``alice.txt`` again from its source, and compare it with the file that ships.

    python book/data/make_alice.py            the same? exit code 0; if not, 1
    python book/data/make_alice.py --write    replace the file that ships

The source is the package brotli 1.2.1, which pip fetches from wherever pip is told to look: the
text is one of those that every program for compression is tried on. Exit code 2 says that there was
nothing to compare, and why.
"""

from pathlib import Path

import numpy as np
from source import (
    Arrays,
    Recipe,
    command_line,
    member,
    read_text,
    run,
    save_text,
    source_package,
    text_summary,
)

SHIPPED = Path(__file__).with_name("alice.txt")
TEXT = "brotli-1.2.1/tests/testdata/alice29.txt"
PACKAGE = source_package(
    "brotli",
    "1.2.1",
    sha256="02b2f7b5a83485efe448a44ddf7983def05c3bb1dcf917d4f7154070260e13de",
    size="7 MB",
)


def build(packed: bytes) -> Arrays:
    """Take the text from its title on, with the line ends of Unix, without the mark of its end."""
    text = member(packed, TEXT).decode("ascii").replace("\r\n", "\n")
    text = text[text.index("ALICE'S ADVENTURES") :].rstrip("\x1a\n ") + "\n"
    return {"lines": np.array(text.split("\n"))}


def main() -> int:
    """Read the command line and do what it says."""
    recipe = Recipe(SHIPPED, PACKAGE, build, read_text, save_text, text_summary)
    return run(recipe, command_line(SHIPPED, PACKAGE).parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
