"""Make ``pride_and_prejudice.txt`` again from its source, and compare it with the file that ships.

    apt-get download r-cran-janeaustenr
    python book/data/make_pride_and_prejudice.py --package r-cran-janeaustenr_1.0.0-1_all.deb

The source is a package of Debian, which pip cannot fetch. Without it this script can only say
whether the file that ships is, byte for byte, the one that was made from the package: exit code 0,
and 1 if it is not. ``--write`` replaces the file. Exit code 2 says that there was nothing to
compare, and why.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
from make_letters_to_sounds import novels
from source import (
    Arrays,
    DataError,
    Package,
    Recipe,
    command_line,
    existing,
    read_text,
    run,
    save_text,
    text_summary,
)

SHIPPED = Path(__file__).with_name("pride_and_prejudice.txt")
SHA256 = "dfc684d4f857fa938268f9ab9c5567b64bd0691251eca959644adeabe6287a4d"
TITLE = "PRIDE AND PREJUDICE"
PACKAGE = Package(
    pin="r-cran-janeaustenr=1.0.0-1",
    file="r-cran-janeaustenr_1.0.0-1_all.deb",
    sha256="df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95",
    size="2 MB",
)


def build(package: Path) -> Arrays:
    """Take the novel out of the package, from its title on."""
    for novel in novels(package):
        start = novel.find(TITLE)
        if 0 <= start < 100:  # a few bytes before it say what follows
            return {"lines": np.array([*novel[start:].split("\n"), ""])}
    raise DataError(f"{package} has no novel that begins with {TITLE}")


def compare_hash() -> int:
    """Say whether what ships is what was made from the package, when the package is not here."""
    if hashlib.sha256(existing(SHIPPED).read_bytes()).hexdigest() != SHA256:
        print(f"{SHIPPED.name} is not what was made from {PACKAGE.file}: another SHA-256")
        return 1
    print(f"the same SHA-256 as when it was made from {PACKAGE.file}")
    print("  to make it again: apt-get download r-cran-janeaustenr, then --package FILE")
    return 0


def main() -> int:
    """Read the command line and do what it says."""
    arguments = command_line(SHIPPED, PACKAGE).parse_args()
    package = arguments.package
    try:
        if package is None and not arguments.write:
            return compare_hash()
        if package is None:
            raise DataError(f"pip cannot fetch {PACKAGE.file}: add --package {PACKAGE.file}")
    except (DataError, OSError) as problem:
        print(f"make_{SHIPPED.stem}: {problem}", file=sys.stderr)
        return 2
    recipe = Recipe(SHIPPED, PACKAGE, lambda _: build(package), read_text, save_text, text_summary)
    return run(recipe, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
