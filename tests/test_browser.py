"""The fixtures for tests in a real browser notice what they must: see conftest.py."""

import gzip
import urllib.error
import urllib.request

import pytest
from browser import serve

pytestmark = pytest.mark.once


def get(address, **headers):
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers, answer.read()


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "index.html").write_text("<title>in</title>" * 99)
    (inside / "picture.png").write_bytes(b"not really")
    (tmp_path / "secret.html").write_text("out")
    return inside


def test_the_server_compresses_text_for_those_who_ask(folder):
    with serve(folder, "/a/b/") as address:
        headers, plain = get(address)
        assert headers["Content-Encoding"] is None
        headers, body = get(address, **{"Accept-Encoding": "gzip"})
        assert headers["Content-Encoding"] == "gzip"
        assert len(body) < len(plain) / 5
        assert gzip.decompress(body) == plain == (folder / "index.html").read_bytes()
        headers, body = get(f"{address}picture.png", **{"Accept-Encoding": "gzip"})
        assert headers["Content-Encoding"] is None
        assert headers["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    "path", ["/", "/a/index.html", "/a/b/nowhere", "/a/b/../secret.html", "/a/b/%2e%2e/secret.html"]
)
def test_the_server_has_nothing_outside_its_folder_and_prefix(folder, path):
    with serve(folder, "/a/b/") as address:
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            get(address.removesuffix("/a/b/") + path)
        refused.value.close()


@pytest.mark.book
@pytest.mark.parametrize(
    ("provoke", "noticed"),
    [
        ("fetch('nowhere').catch(() => 0)", "404: "),
        ("fetch('/unrolling.html').catch(() => 0)", "foreign: "),
        ("fetch('https://example.org/').catch(() => 0)", "foreign: https://example.org/"),
        ("console.error('oh')", "console: oh"),
        (
            "new Promise((end) => { setTimeout(end, 9); setTimeout(() => oh()); })",
            "uncaught: oh is not",
        ),
        (
            """new Promise((end) => {
                 const lines = "fetch('https://example.org/').catch(() => postMessage(0))";
                 const worker = new Worker(URL.createObjectURL(new Blob([lines])));
                 worker.onmessage = end;
               }).then(() => 0)""",
            "foreign: https://example.org/",
        ),
    ],
)
def test_what_goes_wrong_in_the_browser_is_noticed(page, faults, provoke, noticed):
    page.goto("index.html")
    assert faults == []
    page.evaluate(provoke)
    assert any(fault.startswith(noticed) for fault in faults)
    faults.clear()
