"""Make ``names.txt`` again from its source, and compare it with the file that ships.

    python book/data/make_names.py            the same? exit code 0; if not, 1
    python book/data/make_names.py --write    replace the file that ships

The source is the package names 0.3.0, which pip fetches from wherever pip is told to look: first
names of the census of the United States of 1990, with how frequent they were. Exit code 2 says that
there was nothing to compare, and why.
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

SHIPPED = Path(__file__).with_name("names.txt")
LISTS = ("names-0.3.0/names/dist.female.first", "names-0.3.0/names/dist.male.first")
PACKAGE = source_package(
    "names",
    "0.3.0",
    sha256="726e46254f2ed03f1ffb5d941dae3bc67c35123941c29becd02d48d0caa2a671",
    size="1 MB",
)


def build(packed: bytes) -> Arrays:
    """List every first name once, in small letters, in alphabetical order."""
    rows = [row for name in LISTS for row in member(packed, name).decode("ascii").splitlines()]
    return {"lines": np.array([*sorted({row.split()[0].lower() for row in rows}), ""])}


def main() -> int:
    """Read the command line and do what it says."""
    recipe = Recipe(SHIPPED, PACKAGE, build, read_text, save_text, text_summary)
    return run(recipe, command_line(SHIPPED, PACKAGE).parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
