"""The built book on a local server, as any static host would serve it; Chromium; axe-core."""

import gzip
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")  # WCAG 2.2, levels A and AA

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_OTHER_HOST = [  # whatever is asked of another host than ours fails at once
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# By the end of its name: what a file is, and whether hosts compress it on the way.
KINDS = {
    ".css": ("text/css", True),
    ".html": ("text/html; charset=utf-8", True),
    ".ipynb": ("application/x-ipynb+json", True),
    ".js": ("text/javascript", True),
    ".json": ("application/json", True),
    ".md": ("text/markdown; charset=utf-8", True),
    ".mjs": ("text/javascript", True),
    ".png": ("image/png", False),
    ".svg": ("image/svg+xml", True),
    ".tsv": ("text/tab-separated-values; charset=utf-8", True),
    ".txt": ("text/plain; charset=utf-8", True),
    ".wasm": ("application/wasm", True),
    ".woff2": ("font/woff2", False),
}
UNKNOWN = ("application/octet-stream", False)


def chromium() -> str | None:
    """Find an installed Chromium under one of its names."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def read_to_the_end(page: Page) -> None:
    """Scroll down screen by screen, so that everything arrives that waits to be seen."""
    page.evaluate(
        """async () => {
          const pause = () => new Promise((resolve) => setTimeout(resolve, 40));
          for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
            scrollTo({ top: y, behavior: "instant" });
            await pause();
          }
        }"""
    )
    page.wait_for_load_state("networkidle")


def barriers(page: Page, theme: str, rules: Sequence[str] = WCAG) -> list[str]:
    """List what axe-core finds against WCAG 2.2 A and AA, once all that is folded is open.

    Parameters
    ----------
    page : Page
    theme : "light" or "dark"
        How the page is to look.
    rules : sequence of str
        Names or tags of axe-core's rules; all of WCAG 2.2 A and AA if none are given.

    Returns
    -------
    list of str
        For each violation its rule, what it asks, and up to three of the elements.
    """
    page.evaluate(
        """(theme) => {
          document.documentElement.dataset.theme = theme;
          for (const fold of document.querySelectorAll("details")) fold.open = true;
          for (const fold of document.querySelectorAll("button.toggle-button-hidden")) fold.click();
        }""",
        theme,
    )
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": list(rules), "resultTypes": ["violations"], "selectors": False}
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {[node['html'] for node in rule['nodes'][:3]]}"
        for rule in found
    ]


@contextmanager
def serve(
    folder: Path, prefix: str = "/", sent: list[tuple[str, int]] | None = None
) -> Iterator[str]:
    """Serve a folder on this computer.

    Parameters
    ----------
    folder : Path
    prefix : str
        The path below which the folder is seen; every other path is answered with 404.
    sent : list of (path, bytes), optional
        Gets an entry for every file that is sent, with its size as sent.

    Yields
    ------
    str
        The address of the folder, with a slash at its end. The port is a free one.
    """
    with Server(folder, prefix, [] if sent is None else sent) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{prefix}"
        finally:
            server.shutdown()


class Server(ThreadingHTTPServer):
    """One folder, below one prefix."""

    def __init__(self, folder: Path, prefix: str, sent: list[tuple[str, int]]) -> None:
        self.folder, self.prefix, self.sent = folder.resolve(), prefix, sent
        super().__init__(("127.0.0.1", 0), Answer)

    def find(self, address: str) -> Path | None:
        """Find the file that an address names, if it is there and ours."""
        path = unquote(urlsplit(address).path)
        if not path.startswith(self.prefix):
            return None
        file = (self.folder / path.removeprefix(self.prefix)).resolve()
        if file.is_dir() and path.endswith("/"):
            file /= "index.html"
        return file if file.is_file() and file.is_relative_to(self.folder) else None

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Keep quiet when a browser closes a page before all of it has arrived."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Answer(BaseHTTPRequestHandler):
    """The answer to one request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Send a file, compressed where hosts do that."""
        file = self.server.find(self.path)
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        kind, compressible = KINDS.get(file.suffix, UNKNOWN)
        compress = compressible and "gzip" in self.headers.get("Accept-Encoding", "")
        changed = file.stat().st_mtime
        body = compressed(file, changed) if compress else file.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", self.date_time_string(changed))
        if compress:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.server.sent.append((self.path, len(body)))
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Say nothing: whoever asks sees the answer."""


@cache
def compressed(file: Path, changed: float) -> bytes:
    """Compress a file once, until it changes."""
    return gzip.compress(file.read_bytes(), mtime=0)
