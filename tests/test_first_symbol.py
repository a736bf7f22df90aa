"""The task with a long memory: its sequences, the three gradients, and the record."""

import numpy as np
import pytest

from solutions import first_symbol
from solutions.bptt import numerical_gradient
from solutions.first_symbol import (
    KINDS,
    LENGTHS,
    SEEDS,
    attention,
    batches,
    early_loss,
    learn,
    left,
    load,
    memory,
    rnn,
)
from solutions.networks import count

pytestmark = pytest.mark.once  # training: nothing in it depends on the Python

RNG = np.random.default_rng
SMALL = [rnn(3, 1.0), memory(3, 1.0), attention(3, 0.9)]


def test_the_label_is_the_first_symbol():
    x, first, lengths = next(batches(7, RNG(0), batch=50))
    assert x.shape == (7, 50, 4)
    np.testing.assert_array_equal(x[0].argmax(axis=-1), first)
    np.testing.assert_array_equal(x.sum(axis=-1), np.ones((7, 50)))
    assert set(first) == {0, 1, 2, 3}
    assert (lengths == 7).all()


@pytest.mark.parametrize("kind", SMALL, ids=lambda kind: kind.name)
def test_the_gradients_are_those_by_differences(kind):
    x, first, _ = next(batches(5, RNG(1), batch=4))
    x = x.astype(float)
    weights = tuple(w.astype(float) for w in kind.initial(RNG(0)))
    walk = kind.walk(x, first, *weights)
    np.testing.assert_allclose(
        walk.dx, numerical_gradient(lambda x: kind.walk(x, first, *weights).loss, x), atol=1e-9
    )
    for n, grad in enumerate(walk.grads):

        def loss(w, n=n):
            return kind.walk(x, first, *weights[:n], w, *weights[n + 1 :]).loss

        np.testing.assert_allclose(grad, numerical_gradient(loss, weights[n]), atol=1e-9)


def test_the_networks_have_about_as_many_parameters():
    sizes = [count(kind.initial(RNG(0))) for kind in KINDS]
    assert max(sizes) < 1.05 * min(sizes)


def test_a_forget_bias_is_where_the_forget_gate_has_its_bias():
    _, W_h, _ = memory(3, 2.0).initial(RNG(0))
    np.testing.assert_array_equal(W_h[:, 0], [0] * 3 + [2] * 3 + [0] * 6)


def test_what_is_left_begins_with_all():
    for kind in SMALL:
        curve = left(kind, kind.initial(RNG(0)), 6, 0)
        assert curve.shape == (6,)
        assert curve[0] == 1


# ------------------------------------------------------------------------------ the record


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_record_is_that_of_the_present_code(kind):
    found = first_symbol.json.loads(first_symbol.SHIPPED.read_text(encoding="utf-8"))
    again = "run: python book/data/make_first_symbol.py"
    assert early_loss(kind) == pytest.approx(found["early"][kind.name], abs=2e-3), again


def test_the_record_says_what_training_again_says():
    right = load().right
    assert all(shares.shape == (len(LENGTHS), len(SEEDS)) for shares in right.values())
    kind = KINDS[-1]
    assert learn(kind, LENGTHS[0], SEEDS[1])[1] == pytest.approx(right[kind.name][0, 1], abs=0.02)


def test_a_missing_record_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="make_first_symbol"):
        load(tmp_path / "nosuch.json")


def test_a_record_of_another_program_is_refused(tmp_path):
    old = tmp_path / "first_symbol.json"
    old.write_text('{"lengths": [1], "right": {}, "longer": {}}')
    with pytest.raises(ValueError, match="make_first_symbol"):
        load(old)
