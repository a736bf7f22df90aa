"""The recorded writer is that of the present code, and says what the chapter says it says."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from solutions import writer
from solutions.language_models import (
    build_vocabulary,
    embed,
    encode,
    sample,
    sequence_log_probability,
    with_temperature,
)
from solutions.unrolling import unroll
from solutions.writer import EARLY, SMALL_STEPS, STEPS, continue_text, nucleus, top_k

pytestmark = pytest.mark.once  # training: nothing in it depends on the Python

PROBABILITIES = hnp.arrays(float, st.integers(1, 12), elements=st.floats(1e-6, 1)).map(
    lambda weights: weights / weights.sum()
)


@pytest.fixture(scope="module")
def record():
    return writer.load()


@pytest.fixture(scope="module")
def text():
    return writer.load_text("pride_and_prejudice")


# ------------------------------------------------------------------------------ the record


def test_the_record_is_that_of_the_present_code(record):
    _, losses, _ = writer.train_and_look("pride_and_prejudice", writer.HIDDEN, EARLY, 0, [])
    assert losses == pytest.approx(record.early, abs=2e-3), "run: make writer"


def test_the_writer_that_ships_writes_as_well_as_recorded(record, text):
    learned, held_out = writer.look(record.parameters, text)
    _, *recorded = record.curves["pride_and_prejudice"][-1]
    assert (learned, held_out) == pytest.approx(recorded, abs=2e-3)
    assert held_out < 1.8


def test_the_curves_begin_blind_and_alice_is_learned_by_heart(record, text):
    for name, curve in record.curves.items():
        size = len(writer.load_text(name).vocabulary)
        assert curve[0] == pytest.approx([0, np.log2(size), np.log2(size)], abs=0.02)
        assert curve[-1, 0] == STEPS
    *_, (_, learned, held_out) = record.curves["alice"]
    assert held_out > learned + 0.8
    assert record.small.shape == (5, 2)


def test_the_small_writer_learns_as_fast_as_recorded(record):
    _, losses, _ = writer.train_and_look("pride_and_prejudice", 128, SMALL_STEPS // 10, 0, [])
    assert losses[0] == pytest.approx(np.log(76), abs=0.02)
    assert 1.6 < losses[-20:].mean() < 2.1
    assert (record.small[:, 1] < losses[-20:].mean() / np.log(2)).all()


def test_a_missing_record_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="make writer"):
        writer.load(tmp_path / "nosuch.npz")


@pytest.mark.parametrize("content", [b"", b"not a zip file", writer.SHIPPED.read_bytes()[:1000]])
def test_a_damaged_record_says_how_to_make_it_again(tmp_path, content):
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(content)
    with pytest.raises(ValueError, match="make writer"):
        writer.load(damaged)


def test_a_record_of_another_program_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "STEPS", STEPS + 1)
    with pytest.raises(ValueError, match="not what this program records"):
        writer.load()


# ------------------------------------------------------------------------------ texts


@pytest.mark.parametrize("name", ["pride_and_prejudice", "alice"])
def test_the_last_twentieth_is_held_out_and_has_no_unknown_characters(name):
    whole = writer.read(name)
    train, held_out = writer.split(whole)
    assert train + held_out == whole
    assert len(held_out) == len(whole) // 20
    text = writer.load_text(name)
    assert (text.vocabulary, len(text.train)) == (build_vocabulary(train), len(train))
    assert text.train.all()
    assert text.held_out.all()


def test_a_missing_text_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setattr(writer, "DATA", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"make_alice\.py --write"):
        writer.read("alice")


# ------------------------------------------------------------------------------ learning


def test_the_text_is_read_again_from_the_start_when_it_ends():
    dealt = list(itertools.islice(writer.pieces(np.arange(41), 4, 6), 4))
    assert [beginning for beginning, _ in dealt] == [True, False, True, False]
    np.testing.assert_array_equal(dealt[0][1][0], dealt[2][1][0])


def test_training_does_not_modify_its_start_and_repeats_itself():
    tokens = encode("to be or not to be, that is the question. " * 9, build_vocabulary("a" * 9))
    start = writer.initial_writer(2, 3, 4, np.random.default_rng(0))
    before = [w.copy() for w in start]
    one, other = (writer.train_writer(tokens, start, 12, batch=4, length=10) for _ in range(2))
    np.testing.assert_array_equal(one[1], other[1])
    for a, b, trained in zip(before, start, one[0], strict=True):
        np.testing.assert_array_equal(a, b)
        assert trained.dtype == np.float32


def test_it_learns_what_can_be_learned():
    vocabulary = build_vocabulary("abc")
    tokens = encode("abcacb" * 200, vocabulary)
    start = writer.initial_writer(4, 3, 16, np.random.default_rng(0))
    parameters, losses = writer.train_writer(tokens, start, 300, batch=4, length=12)
    assert losses[-20:].mean() < 0.05
    rng = np.random.default_rng(0)
    assert sample(parameters, tokens[:6], 6, 0.0, rng) == tokens[:6].tolist()


def test_the_surprise_is_that_of_the_chain_rule(record, text):
    E, W, W_h, W_out = record.parameters
    before, part = text.train[-30:], text.held_out[:40]
    joined = np.concatenate([before, part])
    start = writer.rest(1, record.parameters)
    _, scores = unroll(embed(joined[:-1, None], E), W, W_h, W_out, start)
    log_p = sequence_log_probability(scores[29:], part[:, None])[0]
    assert writer.total_nll(record.parameters, before, part) == pytest.approx(-log_p, rel=1e-5)
    assert writer.bits(np.log(2) * 6, 3) == pytest.approx(2)


# ------------------------------------------------------------------------------ writing


@given(PROBABILITIES, st.integers(1, 15))
def test_top_k_keeps_the_k_best_in_their_proportions(p, k):
    q = top_k(p, k)
    kept = q > 0
    assert kept.sum() == min(k, len(p))
    assert q.sum() == pytest.approx(1)
    assert p[kept].min() >= p[~kept].max(initial=0)
    np.testing.assert_allclose(q[kept], p[kept] / p[kept].sum(), rtol=1e-12)


@given(PROBABILITIES, st.floats(0.01, 0.99))
def test_a_nucleus_is_the_fewest_tokens_that_have_the_share(p, share):
    q = nucleus(p, share)
    kept = q > 0
    assert q.sum() == pytest.approx(1)
    assert p[kept].sum() >= share - 1e-9
    assert p[kept].sum() - p[kept].min() < share + 1e-9
    assert p[kept].min() >= p[~kept].max(initial=0)


def test_a_sure_model_has_a_nucleus_of_one():
    assert nucleus(np.array([0.02, 0.95, 0.03]), 0.9).tolist() == [0, 1, 0]
    np.testing.assert_allclose(nucleus(np.array([0.4, 0.2, 0.4]), 1.0), [0.4, 0.2, 0.4])


@pytest.mark.parametrize("temperature", [0, 0.7, 1])
def test_continuing_with_a_temperature_is_sampling(record, text, temperature):
    prefix = text.train[:20]
    one = sample(record.parameters, prefix, 60, temperature, np.random.default_rng(1))

    def shape(scores):
        return with_temperature(scores, temperature)

    other = continue_text(record.parameters, prefix, 60, shape, np.random.default_rng(1))
    assert one == other
