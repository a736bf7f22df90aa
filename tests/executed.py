"""Put the notebooks that the build executed, all outputs included, into a folder.

They come from the build's cache, since the copies beside the pages lack the numbers that the prose
quotes (``glue``). Use: ``python tests/executed.py FOLDER``.
"""

import sys
from pathlib import Path

import nbformat
from jupyter_cache import get_cache

BUILD = Path(__file__).parents[1] / "_build"


def notebook(chapter: str) -> nbformat.NotebookNode:
    """Match a chapter of the last build with its run in the cache, and read that."""
    cache = get_cache(BUILD / ".jupyter_cache")
    path = BUILD / "jupyter_execute" / f"{chapter}.ipynb"
    run = cache.match_cache_notebook(nbformat.read(path, nbformat.NO_CONVERT))
    return cache.get_cache_bundle(run.pk).nb


def main(folder: Path) -> None:
    """Write the run of every chapter."""
    for path in sorted((BUILD / "jupyter_execute").glob("*.ipynb")):
        nbformat.write(notebook(path.stem), folder / path.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
