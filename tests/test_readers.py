"""The recorded readers are those of the present code, and show what the chapters say they show."""

import numpy as np
import pytest

from solutions import handwriting, readers
from solutions.readers import EARLY, READERS, SEEDS, STEPS, load, measure, said, splits

pytestmark = pytest.mark.once  # training: nothing in it depends on the Python

BY_NAME = {reader.name: reader for reader in READERS}


@pytest.fixture(scope="module")
def results():
    return load()


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_the_record_is_that_of_the_present_code(reader, results):
    _, train, test = next(splits(SEEDS[0]))
    loss = measure(reader, train, test, EARLY, SEEDS[0])["loss"]
    assert loss == pytest.approx(results.early[reader.name], abs=2e-3), "run: make readers"


def test_training_again_reads_as_well_as_recorded_and_both_directions_beat_one(results):
    _, train, test = next(splits(SEEDS[0]))
    again = {}
    for name in ("RNN, 128", "bidirectional, 64"):
        again[name] = measure(BY_NAME[name], train, test, STEPS, SEEDS[0])
        recorded = results.letters[name, "known"]
        assert again[name]["letters"] == pytest.approx(recorded[0], abs=0.015)
    one, both = again["RNN, 128"], again["bidirectional, 64"]
    assert both["letters"] > one["letters"]
    assert both["words"] > one["words"]
    assert BY_NAME["bidirectional, 64"].parameters < BY_NAME["RNN, 128"].parameters


def test_training_again_on_other_words_the_order_turns_round(results):
    *_, (_, train, test) = splits(SEEDS[0])
    assert not set(train.text) & set(test.text)
    found = measure(BY_NAME["bidirectional, 64"], train, test, STEPS, SEEDS[0])
    assert found["letters"] < results.letters["letter by letter", "new"].min() - 0.1


def test_the_counts_by_position_add_up_to_the_fractions():
    few = handwriting.load()[:60]
    found = measure(BY_NAME["RNN, 64"], few, few[:20], 1, 0)
    assert sum(found["asked"]) == few[:20].lengths.sum()
    assert sum(found["right"]) / sum(found["asked"]) == pytest.approx(found["letters"], abs=1e-4)


def test_a_reader_of_single_letters_does_not_see_the_rest_of_the_word():
    reader = BY_NAME["letter by letter"]
    weights = reader.network.initial(128, reader.hidden, 26, 1, np.random.default_rng(0))
    x, _, lengths = handwriting.pad(handwriting.load()[:5])
    changed = x.copy()
    changed[1:] = 1 - changed[1:]
    one, other = (reader.scores(pictures, lengths, weights) for pictures in (x, changed))
    np.testing.assert_array_equal(one[0], other[0])
    assert one.shape == (*x.shape[:2], 26)


def test_what_was_read_has_the_length_of_what_was_written():
    words = handwriting.load()[[0, 1000, 2000]]
    reader = BY_NAME["bidirectional, 64"]
    weights = reader.network.initial(128, reader.hidden, 26, 1, np.random.default_rng(0))
    assert [len(text) for text in said(reader, weights, words)] == words.lengths.tolist()


def test_a_missing_record_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="make readers"):
        load(tmp_path / "nosuch.json")


def test_a_record_of_another_program_is_refused(tmp_path):
    old = tmp_path / "readers.json"
    old.write_text('{"steps": 7, "early": {}, "runs": []}')
    with pytest.raises(ValueError, match="make readers"):
        load(old)


def test_every_reader_was_measured_with_every_seed(results):
    for reader in readers.READERS:
        for kind in ("known", "new"):
            assert results.letters[reader.name, kind].shape == (len(SEEDS),)
            assert 0 < results.by_position[reader.name, kind][0] < 1
