"""Whatever a program returns, the grader finds words for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import assignment, inside, oracle
from autograder.assignment import Check
from autograder.inside import Observation, Other
from autograder.judge import judge

CHECKS = [check for topic in assignment.topics() for check in assignment.checks(topic)]

arrays = hnp.arrays(
    dtype=st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.complex128]),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), arrays)
values = st.recursive(
    plain | st.builds(Other, st.just("Tensor")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@settings(max_examples=8, deadline=None)
@example(value=-(1 << 63) - 1)  # too large for any dtype
@example(value=[1 << 200])
@given(value=values)
def test_any_value_gets_a_verdict_in_words(check: Check, value: object) -> None:
    verdict = judge(check, lambda inputs: Observation("returned", value, value), oracle.Live(0))
    assert verdict.status == "failed"
    assert verdict.message.endswith((".", "?"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_right_answer_with_one_part_replaced_gets_a_verdict_in_words(
    check: Check, data: st.DataObject
) -> None:
    """Replace one leaf of the right answer, wherever it lies, by any other value."""
    other = data.draw(values)
    place = data.draw(st.integers(0, 9))

    def ask(inputs: assignment.Inputs) -> Observation:
        right = oracle.right(check.topic, check.function, inputs).value
        wrong = replaced(right, place, other)
        return inside.unpack(inside.pack(Observation("returned", wrong, wrong)))

    verdict = judge(check, ask, oracle.Live(0))
    assert verdict.status in ("failed", "passed")
    assert verdict.status == "passed" or verdict.message


def replaced(value: object, place: int, other: object) -> object:
    """Walk down into lists and tuples, ``place`` deciding where, and put something else there."""
    if isinstance(value, (list, tuple)) and value:
        i = place % len(value)
        parts = [*value[:i], replaced(value[i], place // len(value), other), *value[i + 1 :]]
        return type(value)(parts)
    return other


def test_a_wrong_entry_of_a_list_is_called_by_its_index() -> None:
    check = next(c for c in CHECKS if c.id == "deep.deep_recur")

    def ask(inputs: assignment.Inputs) -> Observation:
        right = oracle.right("deep", "deep_recur", inputs).value
        wrong = [right[0], 2 * right[1], *right[2:]]
        return Observation("returned", wrong, wrong)

    assert judge(check, ask, oracle.Live(0)).message == "`hs[1]` has the right values times 2."
