"""Byte-pair encoding: by definition, on any text, and as SentencePiece does it."""

import io
import itertools
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solutions import writer
from solutions.tokens import join, learn_merges, tokenize, words

FEW_LETTERS = st.text("ab c\n", max_size=60)


@pytest.fixture(scope="module")
def novel():
    train, held_out = writer.split(writer.read("pride_and_prejudice"))
    return train, held_out, learn_merges(Counter(words(train)), 1000)


@given(st.text())
def test_words_are_the_text_in_pieces(text):
    assert "".join(words(text)) == text


def test_a_blank_goes_with_the_word_behind_it():
    assert words('"My  dear,\nsir') == ['"', "My", " ", " dear", ",", "\n", "sir"]


@given(st.text(), FEW_LETTERS, st.integers(0, 30))
def test_any_text_comes_back_from_its_tokens(text, learned, merges):
    pairs = learn_merges(Counter(words(learned)), merges)
    for any_text in (text, learned):
        assert "".join(tokenize(any_text, pairs)) == any_text


@given(st.lists(st.sampled_from("ab"), max_size=12))
def test_pairs_are_joined_from_left_to_right(pieces):
    joined = join(pieces, ("a", "a"))
    assert "".join(joined) == "".join(pieces)
    assert joined == re.findall("aa|a|b", "".join(pieces))


@given(st.dictionaries(st.text("abc", min_size=1, max_size=8), st.integers(1, 5), max_size=8))
def test_every_join_is_the_most_frequent_pair_counted_anew(counts):
    pieces = {word: list(word) for word in counts}
    for pair in learn_merges(counts, 20):
        found = Counter()
        for word, parts in pieces.items():
            for neighbours in itertools.pairwise(parts):
                found[neighbours] += counts[word]
        ties = [p for p, n in found.items() if n == max(found.values())]
        assert pair == min(ties, key=lambda p: (len("".join(p)), "".join(p), p))
        pieces = {word: join(parts, pair) for word, parts in pieces.items()}


def test_learning_ends_when_every_word_is_one_token():
    assert learn_merges({"ab": 3, "c": 1}, 10) == [("a", "b")]
    assert learn_merges({}, 10) == []


@given(FEW_LETTERS)
def test_what_was_learned_from_is_cut_as_it_was_when_learning_ended(text):
    counts = Counter(words(text))
    pairs = learn_merges(counts, 15)
    for word in counts:
        pieces = list(word)
        for pair in pairs:
            pieces = join(pieces, pair)
        assert tokenize(word, pairs) == pieces


def test_the_order_in_which_words_come_does_not_matter():
    text = writer.read("alice")[:20_000]
    counts = Counter(words(text))
    turned = dict(reversed(counts.items()))
    assert learn_merges(counts, 200) == learn_merges(turned, 200)


def test_joins_make_the_novel_three_times_shorter_and_nothing_is_unknown(novel):
    train, held_out, pairs = novel
    tokens = tokenize(held_out, pairs)
    assert 2.7 < len(held_out) / len(tokens) < 3.2
    assert set(tokens) <= set(tokenize(train, pairs))


# ------------------------------------------------------------------------------ SentencePiece


def sentencepiece_of(lines, size):
    """Train SentencePiece's own byte-pair encoding."""
    trainer = pytest.importorskip("sentencepiece")
    model = io.BytesIO()
    trainer.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        vocab_size=size,
        model_type="bpe",
        character_coverage=1.0,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        max_sentencepiece_length=64,
        max_sentence_length=100_000,
        minloglevel=2,
    )
    return trainer.SentencePieceProcessor(model_proto=model.getvalue())


def test_sentencepiece_finds_the_same_joins_in_the_same_order(novel):
    found = re.findall("[A-Za-z]+", novel[0])
    lines = [" ".join(found[n : n + 200]) for n in range(0, len(found), 200)]
    theirs = sentencepiece_of(lines, 1000)
    pieces = [theirs.id_to_piece(n) for n in range(theirs.get_piece_size())]
    joined = [piece for piece in pieces if len(piece) > 1 and not piece.startswith("<")]
    ours = learn_merges(Counter(f"▁{word}" for word in found), len(joined))
    assert len(joined) > 900
    assert ["".join(pair) for pair in ours] == joined


def test_sentencepiece_needs_as_many_tokens_and_round_trips_as_well(novel):
    train, held_out, pairs = novel
    lines = [line for line in train.split("\n") if line]
    theirs = sentencepiece_of(lines, len(pairs) + len(set(train)))
    new = [line for line in held_out.split("\n") if line]
    cut = theirs.encode(new)
    assert theirs.decode(cut) == new
    ours = sum(len(tokenize(line, pairs)) for line in new)
    assert ours == pytest.approx(sum(map(len, cut)), rel=0.05)
