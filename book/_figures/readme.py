"""Take the README's two pictures with an installed Chromium: a page of the book, and a verdict.

The page is the built one. The verdict is what the grader says, here and now, to the reference
program with one mistake put into it.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from autograder import misconceptions

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "_build" / "html" / "unrolling.html"
PICTURES = ROOT / "book" / "_static"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    "--virtual-time-budget=5000",  # milliseconds for fonts to arrive
]
SHARPNESS = 1.5  # pixels of the picture for each of the page

TOPIC, MISTAKE = "unrolling", "state-not-carried"
COLUMNS = 84
LETTER, LINE = 9.05, 21  # width of a letter, height of a line of the verdict: pixels of the page
VERDICT = """<!doctype html><meta charset="utf-8">
<style>
body {{ margin: 24px; }}
pre {{ font: 15px/21px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }}
{stylesheet}
</style>
<pre>{code}</pre>"""


def browser() -> str:
    """Find Chromium under one of its names."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or sys.exit(f"The pictures need Chromium: none of {', '.join(BROWSERS)} is here.")


def take(page: Path, picture: Path, width: int, height: int) -> None:
    """Take a picture of a page's top, in a palette small enough for a README."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *(browser(), *OPTIONS, f"--user-data-dir={profile}"),
                *(f"--window-size={width},{height}", f"--force-device-scale-factor={SHARPNESS}"),
                *(f"--screenshot={picture}", page.as_uri()),
            ],
            check=True,
            capture_output=True,
        )
    Image.open(picture).convert("RGB").quantize(128).save(picture, optimize=True)
    print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB")


def verdict(folder: Path) -> Text:
    """Ask the grader about a program with one mistake in it."""
    mistake = next(each for each in misconceptions.load(TOPIC) if each.id == MISTAKE)
    solution = (ROOT / "solutions" / f"{TOPIC}.py").read_text(encoding="utf-8")
    (folder / f"{TOPIC}.py").write_text(mistake.apply(solution), encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-m", "autograder", TOPIC, "--in", folder, "--seed", "1"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": str(COLUMNS), "FORCE_COLOR": "1"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    lines = said.stdout[said.stdout.index(TOPIC) :]
    return Text.from_ansi(f"$ python -m autograder {TOPIC}\n\n{lines.rstrip()}")


def main() -> None:
    """Take both."""
    if not PAGE.exists():
        sys.exit("There is no page to take a picture of yet: make book")
    take(PAGE, PICTURES / "readme-page.png", width=1200, height=1150)
    with tempfile.TemporaryDirectory() as folder:
        console = Console(record=True, width=COLUMNS, file=io.StringIO())
        console.print(verdict(Path(folder)))
        lines = console.export_text(clear=False).count("\n")
        page = Path(folder, "verdict.html")
        page.write_text(
            console.export_html(theme=DEFAULT_TERMINAL_THEME, code_format=VERDICT), encoding="utf-8"
        )
        width, height = round(COLUMNS * LETTER) + 48, LINE * lines + 56
        take(page, PICTURES / "readme-verdict.png", width, height)


if __name__ == "__main__":
    main()
