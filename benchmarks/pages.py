"""Measure every page of the built book as a reader meets it, before the first click.

What is transferred is what the server sends, compressed as hosts do it, to a browser that was never
there. Barriers are what axe-core finds against WCAG 2.2 A and AA with everything unfolded.
Lighthouse looks as from a desktop computer; of several runs the medians count.

    python benchmarks/pages.py --help
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from socket import socket
from statistics import median
from typing import Any, NamedTuple

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

HERE = Path(__file__).resolve().parent
COURSE = HERE.parent
HTML = COURSE / "_build" / "html"
sys.path += [str(COURSE / "tests"), str(COURSE / "book" / "_ext")]

from browser import NO_OTHER_HOST, barriers, chromium, read_to_the_end, serve  # noqa: E402
from node import NODE, install  # noqa: E402

LIGHTHOUSE = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
SCORES = ("performance", "accessibility", "best-practices", "seo")

KINDS = {  # by the end of a file's name; what is none of these is "other"
    "page": (".html", "/"),
    "styles": (".css",),
    "scripts": (".js", ".mjs"),
    "fonts": (".woff2",),
    "pictures": (".svg", ".png"),
}
AIMS = {"read, kB": 500, "foreign": 0, "errors": 0, "axe light": 0, "axe dark": 0}
AIMS_AT_LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}

Row = dict[str, Any]


class Visit(NamedTuple):
    """What one visit to a page brought, by the time it is open, and read to its end."""

    opened: list[tuple[str, int]]  # path and bytes of every file
    read: list[tuple[str, int]]
    foreign: list[str]
    errors: list[str]
    barriers: dict[str, list[str]]


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print one table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("pages", nargs="*", help="their names without .html; all if none is given")
    options.add_argument("--runs", type=int, default=3, help="of Lighthouse on every page; 0: none")
    options.add_argument("--json", type=Path, metavar="FILE", help="write everything there")
    options.add_argument("--write", action="store_true", help="put the table into README.md here")
    given = options.parse_args(arguments)
    if not (HTML / "index.html").exists():
        raise SystemExit("The book is not built: make book")
    for folder in (HERE, COURSE / "tests"):
        install(folder)

    names = given.pages or sorted(page.stem for page in HTML.glob("*.html"))
    rows = measure(names, given.runs)
    show(rows)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    if given.write:
        write(markdown(rows), HERE / "README.md")


# ------------------------------------------------------------------------------ measuring


def measure(names: list[str], runs: int) -> list[Row]:
    """Visit every page, then let Lighthouse look at each."""
    sent: list[tuple[str, int]] = []
    rows = []
    with (
        serve(HTML, "/", sent) as address,
        sync_playwright() as playwright,
        tqdm(total=len(names) * (1 + runs), unit="visit") as bar,
    ):
        port = free_port()
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=[*NO_OTHER_HOST, f"--remote-debugging-port={port}"]
        )
        for name in names:
            bar.set_description(name)
            found = visit(browser, f"{address}{name}.html", sent)
            bar.update()
            rows.append({"name": name, **summary(found), "visit": found._asdict()})
        for row in rows:
            bar.set_description(row["name"])
            scores = []
            for _ in range(runs):
                scores.append(lighthouse(f"{address}{row['name']}.html", port))
                bar.update()
            row["lighthouse"] = scores
            row |= {name: median(s[name] for s in scores) for name in SCORES if scores}
        browser.close()
    return rows


def free_port() -> int:
    """Find a port at which Lighthouse can reach the browser."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def visit(browser: Browser, address: str, sent: list[tuple[str, int]]) -> Visit:
    """Open a page for the first time, read it to its end, and look for barriers."""
    sent.clear()
    foreign: list[str] = []
    errors: list[str] = []
    ours = address.rsplit("/", 1)[0]
    context = browser.new_context(
        viewport={"width": 1350, "height": 940}, reduced_motion="reduce", color_scheme="light"
    )
    context.on(
        "request", lambda r: r.url.startswith((ours, "data:", "blob:")) or foreign.append(r.url)
    )
    context.on("console", lambda m: m.type == "error" and errors.append(m.text))
    context.on("weberror", lambda e: errors.append(str(e.error)))
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    opened = list(sent)
    read_to_the_end(page)
    read = list(sent)
    found = {theme: barriers(page, theme) for theme in ("light", "dark")}
    context.close()
    return Visit(opened, read, foreign, errors, found)


def summary(visit: Visit) -> Row:
    """Add up what a visit brought, in kB of 1000 bytes."""

    def total(files: Iterable[tuple[str, int]]) -> float:
        return sum(size for _, size in files) / 1000

    sizes: Counter[str] = Counter()
    for path, size in visit.read:
        sizes[kind(path)] += size
    return {
        "opened, kB": total(visit.opened),
        "read, kB": total(visit.read),
        **{name: sizes[name] / 1000 for name in (*KINDS, "other")},
        "requests": len(visit.read),
        "foreign": len(visit.foreign),
        "errors": len(visit.errors),
        **{f"axe {theme}": len(found) for theme, found in visit.barriers.items()},
    }


def kind(path: str) -> str:
    """Tell what kind of file an address names."""
    path = path.split("?")[0]
    return next((kind for kind, ends in KINDS.items() if path.endswith(ends)), "other")


def lighthouse(address: str, port: int) -> dict[str, int]:
    """Run Lighthouse once, in the browser at that port: its scores, of 100.

    Raises SystemExit, with what Lighthouse said, when it gives no scores.
    """
    done = subprocess.run(
        [
            *(NODE, LIGHTHOUSE, address, "--quiet", "--preset=desktop", "--output=json"),
            f"--only-categories={','.join(SCORES)}",
            f"--port={port}",
        ],
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise SystemExit(f"Lighthouse failed at {address}:\n{done.stderr}")
    report = json.loads(done.stdout)
    return {name: round(100 * report["categories"][name]["score"]) for name in SCORES}


# ------------------------------------------------------------------------------ the table


def missed(row: Row) -> list[str]:
    """Name the columns in which a page is not what it should be."""
    return [
        *(name for name, aim in AIMS.items() if row[name] > aim),
        *(name for name, aim in AIMS_AT_LEAST.items() if row.get(name, aim) < aim),
    ]


def columns(rows: list[Row]) -> list[str]:
    """List what there is to tell of every page."""
    return [name for name in rows[0] if not isinstance(rows[0][name], list | dict | str)]


def show(rows: list[Row]) -> None:
    """Print a table, what misses its aim in red, and why it does."""
    console = Console()
    table = Table("page", *columns(rows), box=None)
    for row in rows:
        wrong = missed(row)
        cells = [
            f"[red]{row[name]:.0f}[/]" if name in wrong else f"{row[name]:.0f}"
            for name in columns(rows)
        ]
        table.add_row(row["name"], *cells)
    console.print(table)
    for row in rows:
        found = row["visit"]
        barriers = {what for theme in found["barriers"].values() for what in theme}
        for what in (*found["foreign"], *found["errors"], *sorted(barriers)):
            console.print(f"{row['name']}: {what}", markup=False)


def markdown(rows: list[Row]) -> str:
    """Write the table for a README."""
    names = columns(rows)
    lines = [["page", *names], ["---"] * (len(names) + 1)]
    lines += [[row["name"], *(f"{row[name]:.0f}" for name in names)] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(table: str, readme: Path) -> None:
    """Put the table between its two marks in a README."""
    text = readme.read_text(encoding="utf-8")
    marks = r"(<!-- pages.py --write -->\n).*?(\n<!-- end -->)"
    text, count = re.subn(marks, lambda found: f"{found[1]}{table}{found[2]}", text, flags=re.S)
    if count != 1:
        raise SystemExit(f"{readme} has no place for the table of pages")
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
