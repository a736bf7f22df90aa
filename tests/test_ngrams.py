"""N-grams: the numbers against counting by hand, and that they are probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solutions import writer
from solutions.ngrams import count, probabilities, total_nll, windows

V = 4
TEXTS = st.lists(st.integers(0, V - 1), min_size=5, max_size=60).map(np.array)


def by_definition(tokens, context, token):
    """Witten and Bell's formula with lists."""
    if context is None:
        return 1 / V
    n = len(context)
    after = [tokens[i + n] for i in range(len(tokens) - n) if tokens[i : i + n].tolist() == context]
    shorter = by_definition(tokens, context[1:] if context else None, token)
    if not after:
        return shorter
    kinds = len(set(after))
    return (after.count(token) + kinds * shorter) / (len(after) + kinds)


@given(TEXTS, st.integers(1, 4), st.data())
def test_probabilities_are_those_of_the_definition(tokens, order, data):
    given_ = np.array([data.draw(st.lists(st.integers(0, V - 1), min_size=order, max_size=order))])
    [p] = probabilities(count(tokens, V, order), given_)
    *context, token = given_[0].tolist()
    assert p == pytest.approx(by_definition(tokens, context, token), rel=1e-12)


@given(TEXTS, st.integers(1, 5), st.integers(0, 99))
def test_probabilities_add_up_to_one_and_nothing_is_impossible(tokens, order, seed):
    context = np.random.default_rng(seed).integers(V, size=order - 1)
    given_ = np.array([[*context, token] for token in range(V)])
    p = probabilities(count(tokens, V, order), given_)
    assert p.sum() == pytest.approx(1, rel=1e-12)
    assert p.min() > 0


def test_on_the_novel_they_add_up_to_one_as_well():
    text = writer.load_text("pride_and_prejudice")
    size = len(text.vocabulary)
    model = count(text.train, size, 5)
    for context in windows(text.held_out, 4)[::5000]:
        given_ = np.array([[*context, token] for token in range(size)])
        assert probabilities(model, given_).sum() == pytest.approx(1, rel=1e-12)


@given(TEXTS, TEXTS)
def test_the_surprise_of_a_text_is_the_sum_over_its_tokens(known, text):
    model, joined = count(known, V, 3), np.concatenate([known, text])
    surprise = 0.0
    for n in range(len(known), len(joined)):
        [p] = probabilities(model, joined[None, n - 2 : n + 1])
        surprise -= np.log(p)
    assert total_nll(model, known, text) == pytest.approx(surprise, rel=1e-12)


def test_counting_more_than_fits_into_a_number_is_an_error():
    with pytest.raises(ValueError, match="too many possible 40-grams"):
        count(np.zeros(50, int), V, 40)
