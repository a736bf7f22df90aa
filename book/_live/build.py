"""Build what runs in the reader's browser: ``python book/_live/build.py FOLDER``.

Into the folder go the page's scripts, Pyodide, and wheels of our own. Their Python files are
compiled by the page's own Python, and the texts stay behind: compiled files load faster, and no
page holds solutions to read. ``sizes.json`` says how many bytes a reader loads.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import files, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BOOK = HERE.parent
COURSE = BOOK.parent
ORACLE = COURSE / "_build" / "oracle"  # written by python -m autograder.record
sys.path.append(str(BOOK / "_ext"))

from node import install, node  # noqa: E402

from autograder import assignment, stubs  # noqa: E402

CORE = ("pyodide.mjs", "python_stdlib.zip")
PACKED = ("pyodide.asm.js", "pyodide.asm.wasm")  # come packed, whatever the host does
LIBRARIES = ("markdown-it-py", "mdurl", "rich", "tqdm")  # pure Python, from this environment
DATA = (".npz", ".txt", ".tsv", ".json")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the date of every file in a wheel, so that builds are alike


class Unfit(Exception):
    """A file is not what it should be; the message says which, and what to do."""


def main() -> None:
    """Build everything anew."""
    out = Path(sys.argv[1]).resolve()
    shutil.rmtree(out, ignore_errors=True)
    (out / "pyodide").mkdir(parents=True)
    install(HERE)
    node(HERE / "bundle.mjs", out)
    lock = pyodide(HERE / "node_modules" / "pyodide", out / "pyodide")
    lock["packages"] |= wheels(
        (course(), live(), grader(), *map(library, LIBRARIES)), out / "pyodide"
    )
    (out / "pyodide" / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    copy_files(BOOK / "data", out / "data", DATA)
    homework(out)
    sizes = {file.name: file.stat().st_size for file in out.rglob("*") if file.is_file()}
    (out / "sizes.json").write_text(json.dumps(sizes, indent=1), encoding="utf-8")


def pyodide(package: Path, out: Path) -> dict[str, Any]:
    """Lay out Pyodide and its wheels; returns the list of its packages, for more to be added.

    Raises Unfit when a wheel is not the one that npm's own list of Pyodide names.
    """
    for name in CORE:
        shutil.copy(package / name, out)
    for name in PACKED:
        (out / f"{name}.gzip").write_bytes(gzip.compress((package / name).read_bytes(), mtime=0))
    lock = json.loads((package / "pyodide-lock.json").read_text(encoding="utf-8"))
    lock["packages"] = {
        name: {**entry, "depends": [d for d in entry["depends"] if kept(lock["packages"][d])]}
        for name, entry in lock["packages"].items()
        if kept(entry)
    }
    for entry in lock["packages"].values():
        file = HERE / "wheels" / entry["file_name"]
        if sha256(file) != entry["sha256"]:
            raise Unfit(f"{file} is not the one of Pyodide {lock['info']['version']}: get it again")
        shutil.copy(file, out)
    return lock


def kept(entry: dict[str, str]) -> bool:
    """Tell whether a package of Pyodide is one that we serve."""
    return (HERE / "wheels" / entry["file_name"]).exists()


def sha256(file: Path) -> str:
    """Compute a file's digest."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Package:
    """What becomes a wheel: Python files, and what else they read."""

    name: str
    version: str
    files: tuple[tuple[str, Path], ...]  # the name of each in the wheel, and where it is
    depends: tuple[str, ...] = ()


def course() -> Package:
    """Pack what the cells of the chapters import."""
    files = (*below(COURSE / "solutions", "solutions"), *below(BOOK / "_figures", "_figures"))
    return Package("unrolled-course", version("unrolled"), files, ("numpy",))


def live() -> Package:
    """Pack what runs cells, and what stands in for the notebook's libraries."""
    return Package("unrolled-live", version("unrolled"), tuple(below(HERE / "python", ".")))


def grader() -> Package:
    """Pack the grader. How checks draw, and what makes mistakes of solutions, stays behind.

    The records have all that comes of it, and it is close to solutions.
    """
    folder = COURSE / "autograder"
    modules = below(folder, "autograder")
    kept = tuple((n, f) for n, f in modules if f.suffix == ".py" and f.parent.name != "checks")
    return Package("autograder", version("unrolled"), kept, ("numpy",))


def library(name: str) -> Package:
    """Pack a library of this environment."""
    modules = [f for f in files(name) or () if f.suffix == ".py" and f.parts[0].isidentifier()]
    depends = {"markdown-it-py": ("mdurl",)}.get(name, ())
    return Package(name, version(name), tuple((str(f), Path(f.locate())) for f in modules), depends)


def below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """List all files of a folder by the names that they get."""
    for file in folder.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            yield Path(name, file.relative_to(folder)).as_posix(), file


def homework(out: Path) -> None:
    """Write what the page grades with: stubs to begin with, and a record in place of solutions."""
    (out / "homework").mkdir()
    for topic in assignment.topics():
        (out / "homework" / f"{topic}.py").write_text(stubs.stub(topic), encoding="utf-8")
    copy_files(ORACLE, out / "oracle", (".npz",))


def copy_files(folder: Path, to: Path, kinds: tuple[str, ...]) -> None:
    """Copy the files of a folder that are of some kinds."""
    to.mkdir()
    for file in folder.iterdir():
        if file.suffix in kinds:
            shutil.copy(file, to)


def wheels(packages: Sequence[Package], out: Path) -> dict[str, Any]:
    """Write wheels, their Python files compiled; returns their entries for the list of packages."""
    with tempfile.TemporaryDirectory() as place:
        for package in packages:
            for name, file in package.files:
                copy = Path(place, package.name, name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, copy)
        node(HERE / "compile.mjs", place)
        return {
            package.name: wheel(package, Path(place, package.name), out) for package in packages
        }


def wheel(package: Package, folder: Path, out: Path) -> dict[str, Any]:
    """Write one wheel from a folder; returns its entry."""
    modules = sorted(path.stem for path in folder.iterdir())
    stem = f"{package.name.replace('-', '_')}-{package.version}"
    about = folder / f"{stem}.dist-info"
    about.mkdir()
    for name, text in {
        "METADATA": f"Metadata-Version: 2.1\nName: {package.name}\nVersion: {package.version}\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: cp312-none-any\n",
        "RECORD": "",
    }.items():
        (about / name).write_text(text, encoding="utf-8")
    path = out / f"{stem}-cp312-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted(filter(Path.is_file, folder.rglob("*"))):
            member = zipfile.ZipInfo(file.relative_to(folder).as_posix(), LONG_AGO)
            packed.writestr(member, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return {
        "name": package.name,
        "version": package.version,
        "file_name": path.name,
        "install_dir": "site",
        "sha256": sha256(path),
        "package_type": "package",
        "imports": modules,
        "depends": list(package.depends),
    }


if __name__ == "__main__":
    main()
