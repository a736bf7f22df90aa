"""Chapters whose cells run in the reader's browser: what each page needs for that, and no more.

``book/_live/build.py`` has built scripts, Python and wheels into ``_build/live``; they are copied
beside the other static files. For every chapter the code of its cells, hidden ones too, is written
to ``_static/live/cells/CHAPTER.json``, which is loaded at the first click.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util.typing import ExtensionMetadata

LIVE = Path(__file__).parents[2] / "_build" / "live"
PYTHON = ("pyodide.", "python_stdlib", "numpy", "unrolled_live")  # beginnings of names


def check_built(app: Sphinx) -> None:
    """Look for what must have been built before; raises ConfigError when it is not there."""
    if not (LIVE / "sizes.json").exists():
        raise ConfigError("the pages' own scripts are not built yet: `make live` builds them")


def number_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Give each code cell that the page shows an id with its number in the notebook."""
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            node["ids"].append(f"cell-{node['cell_index']}")


def sizes() -> dict[str, int]:
    """Read how many bytes each file has."""
    return dict(json.loads((LIVE / "sizes.json").read_text(encoding="utf-8")))


def bytes_of(*names: str) -> int:
    """Add up Python, NumPy, and files whose names begin so."""
    return sum(size for name, size in sizes().items() if name.startswith((*PYTHON, *names)))


def add_scripts(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give a page with cells its script, and write their code where the script finds it."""
    if doctree is None or not any(
        "cell" in node["classes"] for node in doctree.findall(nodes.container)
    ):
        return
    executed = Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    codes = ["".join(cell["source"]) if cell["cell_type"] == "code" else "" for cell in cells]
    alts = [cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "") for cell in cells]
    path = Path(app.outdir, "_static", "live", "cells", f"{pagename}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"codes": codes, "alts": alts}), encoding="utf-8")
    data = " ".join(sorted(file.name for file in (LIVE / "data").iterdir()))
    settings = {
        "page": pagename,
        "bytes": bytes_of("unrolled_course"),
        "grader-bytes": bytes_of("autograder", f"{pagename}.npz"),
        "files": data,
    }
    attributes: dict[str, Any] = {f"data-{name}": str(value) for name, value in settings.items()}
    app.add_js_file("live/live.js", defer="defer", **attributes)
    app.add_css_file("live/live.css")


def copy(app: Sphinx, problem: Exception | None) -> None:
    """Copy what was built beside the book's other static files."""
    if problem is None and app.builder.format == "html":
        shutil.copytree(LIVE, Path(app.outdir, "_static", "live"), dirs_exist_ok=True)
        # A service worker serves the folder that it lies in.
        Path(app.outdir, "_static", "live", "offline.js").replace(Path(app.outdir, "offline.js"))


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("builder-inited", check_built)
    app.connect("doctree-read", number_cells)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
