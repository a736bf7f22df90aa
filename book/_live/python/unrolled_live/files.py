"""Files of the book that load when they are first opened."""

from pathlib import Path


def serve(path: Path, address: str) -> None:
    """Let a path of this Python stand for a file at an address."""
    from page import load_when_read

    path.parent.mkdir(parents=True, exist_ok=True)
    load_when_read(str(path), address)
