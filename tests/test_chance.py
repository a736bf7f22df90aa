"""How the grader judges answers that chance has a part in, and answers that are texts."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from autograder import assignment, inside, oracle, readings
from autograder.checks.language_models import DRAWS
from autograder.judge import judge

CHECKS = {check.name: check for check in assignment.checks("language_models")}
AS_ASKED, *OTHERWISE = readings.LOOKS


def asked(seed: int = 0) -> assignment.Inputs:
    return next(CHECKS["sample_statistics"].challenges(seed))


def drawn(inputs: assignment.Inputs, seed: int) -> list[int]:
    fresh = {**inputs, "rng": inside.Seed(seed)}
    return oracle.right("language_models", "sample", fresh).value


def test_the_statistic_of_uniform_counts_is_far_from_the_bound():
    """Ten bins that are equally likely: the bound is passed less than once in a million."""
    rng = np.random.default_rng(0)
    counts = rng.multinomial(DRAWS, np.full(readings.BINS, 1 / readings.BINS), 1_000_000)
    expected = DRAWS / readings.BINS
    statistic = ((counts - expected) ** 2).sum(axis=1) / expected
    assert statistic.max() < readings.FAR
    np.testing.assert_allclose(statistic.mean(), readings.BINS - 1, rtol=0.01)


def test_right_draws_look_right_whatever_the_seed():
    inputs = asked()
    found = {readings.looks_like(inputs, drawn(inputs, seed)) for seed in range(40)}
    assert found == {AS_ASKED}


@pytest.mark.parametrize("words", OTHERWISE)
@pytest.mark.parametrize("seed", range(5))
def test_draws_from_other_probabilities_are_told_by_what_they_are(words: str, seed: int):
    inputs = asked(seed)
    rng = np.random.default_rng(seed)
    tokens: list[int] = []
    for _ in range(inputs["length"]):
        recent = {**inputs, "prefix": [*inputs["prefix"], *tokens][-40:]}  # enough, and quick
        scores = readings.next_scores(recent, [0])
        p = readings.LOOKS[words](scores, inputs["temperature"])[0]
        tokens.append(int(rng.choice(len(p), p=p)))
    assert readings.looks_like(inputs, tokens) == words


@pytest.mark.parametrize(
    "answer",
    [None, 3, "abc", [0, 1], [[0], [1, 2]], [0.5] * DRAWS, [99] * DRAWS],
    ids=repr,
)
def test_what_is_no_list_of_tokens_is_said_to_be_none(answer: object):
    assert str(readings.looks_like(asked(), answer)).startswith("no list of")


def test_a_program_whose_draws_look_like_nothing_known_is_told_what_they_should_be():
    def ask(inputs: assignment.Inputs) -> inside.Observation:
        tokens = [min(t // 3, 1) for t in range(inputs["length"])]
        return inside.Observation("returned", tokens, tokens)

    verdict = judge(CHECKS["sample_statistics"], ask, oracle.Live(0))
    assert verdict.status == "failed"
    assert AS_ASKED in verdict.message
    assert "nothing that we know" in verdict.message


def test_draws_that_nobody_can_repeat_are_not_right():
    def ask(inputs: assignment.Inputs) -> inside.Observation:
        return inside.Observation("returned", drawn(inputs, 1), drawn(inputs, 2))

    verdict = judge(CHECKS["sample_statistics"], ask, oracle.Live(0))
    assert verdict.misconception == "a-generator-of-ones-own"


def test_every_call_gets_a_fresh_generator_from_the_same_seed():
    seen = inside.observe(lambda rng: rng.random(3), {"rng": inside.Seed(5)}, "")
    assert np.array_equal(seen.value, np.random.default_rng(5).random(3))
    assert np.array_equal(seen.value, seen.again)
    assert seen.modified == ()


def test_functions_and_seeds_travel():
    waves = inside.Waves(np.array([[1.0, 2.0]]), np.array([3.0]))
    there = inside.from_bytes(inside.to_bytes({"f": waves, "rng": inside.Seed(7)}))
    w = np.array([0.1, 0.2])
    assert there["f"](w) == waves(w) == pytest.approx(3 * np.sin(0.5))
    assert there["rng"] == inside.Seed(7)


def test_an_iterator_is_run_through_as_far_as_a_reply_may_reach():
    seen = inside.observe(lambda n: map(float, range(n)), {"n": 4}, "")
    assert seen.value == seen.again == [0, 1, 2, 3]
    endless = inside.observe(itertools.count, {}, "")
    assert len(endless.value) == inside.MEMBERS


@pytest.mark.parametrize(
    ("answer", "words"),
    {
        "longer": (lambda text: text + "!", "characters and should have"),
        "wrong": (lambda text: "?" * len(text), "of its 30 characters are wrong"),
        "a list": (list, "should be a text"),
    }.values(),
)
def test_a_wrong_text_is_described_and_never_told(answer, words):
    def ask(inputs: assignment.Inputs) -> inside.Observation:
        text = answer("".join(inputs["vocabulary"][t] for t in inputs["tokens"]))
        return inside.Observation("returned", text, text)

    def without_unknown(rng: np.random.Generator) -> assignment.Inputs:
        inputs = CHECKS["decode"].draw(rng)
        return {**inputs, "tokens": np.maximum(inputs["tokens"], 1)}

    verdict = judge(replace(CHECKS["decode"], draw=without_unknown), ask, oracle.Live(0))
    assert words in verdict.message
