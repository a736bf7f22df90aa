"""Files of the book that load when they are first read."""

from pathlib import Path


def load_when_read(path: Path, address: str) -> None:
    """Let a path of this Python stand for a file at an address."""
    from pyodide_js import FS

    path.parent.mkdir(parents=True, exist_ok=True)
    FS.createLazyFile(str(path.parent), path.name, address, True, False)
