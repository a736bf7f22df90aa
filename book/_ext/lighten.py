"""Make pages light: sizes of pictures, rules of stylesheets, files that no page needs.

A picture has its width and height, so that the text does not move when it arrives, and all but the
first arrive after the page itself. Of the theme's stylesheets only those rules stay that can hold
for one of our pages (PurgeCSS tells which), and of what the theme brings along only what pages
refer to.
"""

import shutil
from pathlib import Path

import imagesize
from docutils import nodes
from node import install, node
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

HERE = Path(__file__).parent

# Not for readers: translations, maps for who debugs the theme, its icons (ours are in
# unrolled.css), its templates, the README's pictures.
NEEDLESS = (
    "locales",
    "vendor",
    "**/*.map",
    "**/*.LICENSE.txt",
    "*-macros.html",
    "scripts/fontawesome.js",
    "readme-*.png",
)


def visit_image(self: HTML5Translator, node: nodes.image) -> None:
    """Write a picture with its size; all but the first let the page come before them."""
    width, height = imagesize.get(Path(self.builder.srcdir, node["uri"]))
    HTML5Translator.visit_image(self, node)
    attributes = f'width="{width:.0f}" height="{height:.0f}"' if width > 0 else ""
    if node is not next(self.document.findall(nodes.image)):
        attributes += ' loading="lazy"'
    self.body[-1] = self.body[-1].replace("<img ", f"<img {attributes} ", 1)


def depart_image(self: HTML5Translator, node: nodes.image) -> None:
    """Write nothing more."""


def lighten(app: Sphinx, problem: Exception | None) -> None:
    """Remove files and rules."""
    if problem is not None or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    for pattern in NEEDLESS:
        for path in list(static.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    install(HERE)
    node(HERE / "purge.mjs", app.outdir)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_node(nodes.image, override=True, html=(visit_image, depart_image))
    app.connect("build-finished", lighten, priority=900)  # after everything has been copied
    return {"parallel_read_safe": True, "parallel_write_safe": True}
