"""The reference solutions of *language_models*: against definitions, HIPS autograd and PyTorch."""

from __future__ import annotations

import copy
import itertools

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from networks import loss_by_definition, pytorch_lines, states_by_definition

from solutions import writer
from solutions.language_models import (
    UNKNOWN,
    batch_streams,
    build_vocabulary,
    decode,
    embed,
    embed_backward,
    encode,
    language_model_bptt,
    perplexity,
    sample,
    sequence_log_probability,
    with_temperature,
)
from solutions.unrolling import initial_state, unroll

T, B, D, H, V = 7, 3, 4, 5, 6
TEXTS = st.text(max_size=40)


def random_model(seed=0, scale=1.0, V=V):
    """Draw ``(E, W, W_h, W_out)``."""
    rng = np.random.default_rng(seed)
    shapes = (V, D), (H, D), (H, H + 1), (V, H + 1)
    E, W, W_h, W_out = (rng.normal(size=shape) for shape in shapes)
    return E, W, W_h, scale * W_out


def random_piece(seed=1):
    """Draw inputs with repeated tokens and one that never comes, targets, and a state to start."""
    rng = np.random.default_rng(seed)
    inputs, targets = rng.integers(V - 1, size=(T, B)), rng.integers(V, size=(T, B))
    return inputs, targets, np.insert(rng.uniform(-1, 1, size=(B, H)), 0, 1, axis=1)


def close(actual, desired, rtol=1e-10):
    np.testing.assert_allclose(actual, desired, rtol=rtol, atol=1e-13)


# ------------------------------------------------------------------------------ texts as numbers


@given(TEXTS)
def test_a_text_comes_back_from_its_numbers(text):
    vocabulary = build_vocabulary(text)
    numbers = encode(text, vocabulary)
    assert decode(numbers, vocabulary) == text
    assert numbers.shape == (len(text),)
    assert numbers.dtype.kind == "i"


@given(st.lists(st.sampled_from(["the", "a", UNKNOWN, "b", ""]), max_size=20))
def test_a_vocabulary_is_sorted_has_everything_once_and_unknown_first(words):
    first, *rest = build_vocabulary(words)
    assert first == UNKNOWN
    assert rest == sorted(set(words) - {UNKNOWN})


@given(TEXTS, TEXTS)
def test_what_the_vocabulary_does_not_have_is_number_zero(known, text):
    vocabulary = build_vocabulary(known)
    numbers = encode(text, vocabulary)
    assert [n == 0 for n in numbers] == [character not in known for character in text]
    assert decode(numbers, vocabulary) == "".join(c if c in known else UNKNOWN for c in text)


# ------------------------------------------------------------------------------ embeddings


def test_an_embedding_is_the_product_with_one_hot_vectors():
    inputs, _, _ = random_piece()
    E = random_model()[0]
    np.testing.assert_array_equal(embed(inputs, E), np.eye(V)[inputs] @ E)


@given(
    hnp.arrays(np.int64, (4, 3), elements=st.integers(0, V - 1)),
    hnp.arrays(float, (4, 3, 2), elements=st.floats(-9, 9)),
)
def test_repeated_tokens_add_up_and_others_have_no_gradient(tokens, dx):
    dE = embed_backward(tokens, dx, V)
    close(dE, np.einsum("tbv,tbd->vd", np.eye(V)[tokens], dx), rtol=1e-12)
    assert not dE[[v for v in range(V) if v not in tokens]].any()


def test_the_gradient_of_an_embedding_is_that_of_autograd():
    inputs, _, _ = random_piece()
    E = random_model()[0]
    dx = np.random.default_rng(2).normal(size=(T, B, D))
    desired = autograd.grad(lambda E: anp.sum(E[inputs] * dx))(E)
    close(embed_backward(inputs, dx, V), desired)


# ------------------------------------------------------------------------------ streams


@given(st.integers(2, 200), st.integers(1, 9), st.integers(1, 30))
def test_streams_use_each_token_once_in_order_and_targets_are_one_ahead(N, batch, steps):
    if (N - 1) // batch < 1:
        with pytest.raises(ValueError, match="too few"):
            next(batch_streams(np.arange(N), batch, steps))
        return
    tokens = np.random.default_rng(N).permutation(N)
    pieces = list(batch_streams(tokens, batch, steps))
    inputs, targets = (np.concatenate(part) for part in zip(*pieces, strict=True))
    n = (N - 1) // batch
    assert inputs.shape == targets.shape == (n, batch)
    np.testing.assert_array_equal(inputs.T.ravel(), tokens[: batch * n])
    np.testing.assert_array_equal(targets.T.ravel(), tokens[1 : batch * n + 1])
    assert [len(piece) for piece, _ in pieces[:-1]] == [steps] * (len(pieces) - 1)
    assert 1 <= len(pieces[-1][0]) <= steps
    assert N - 1 - batch * n < batch


def test_with_the_state_carried_pieces_are_one_long_sequence():
    model = random_model()
    tokens = np.random.default_rng(3).integers(V, size=100)
    [(inputs, targets)] = batch_streams(tokens, B, 1000)
    start = random_piece()[2]
    whole, _, last = language_model_bptt(inputs, targets, *model, start)
    total, h = 0.0, start
    for part, following in batch_streams(tokens, B, T):
        loss, _, h = language_model_bptt(part, following, *model, h)
        total += loss * part.size
    close(total / inputs.size, whole)
    close(h, last)


# ------------------------------------------------------------------------------ probabilities


def test_the_probabilities_of_all_texts_of_one_length_add_up_to_one():
    E, W, W_h, W_out = random_model(V=3)
    texts = np.array(list(itertools.product(range(3), repeat=5))).T
    given_first = np.zeros((1, texts.shape[1]), int)  # what the network reads before
    inputs = np.concatenate([given_first, texts[:-1]])
    start = initial_state(texts.shape[1], H)
    _, scores = unroll(embed(inputs, E), W, W_h, W_out, start)
    log_p = sequence_log_probability(scores, texts)
    assert log_p.shape == (3**5,)
    assert np.exp(log_p).sum() == pytest.approx(1, rel=1e-12)


def test_the_log_probability_is_that_of_the_product():
    rng = np.random.default_rng(4)
    scores, targets = rng.normal(size=(T, B, V)), rng.integers(V, size=(T, B))
    p = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    for n, log_p in enumerate(sequence_log_probability(scores, targets)):
        product = np.prod([p[t, n, targets[t, n]] for t in range(T)])
        assert np.exp(log_p) == pytest.approx(product, rel=1e-12)


def test_large_scores_do_not_overflow():
    scores = np.array([[[1e4, 0, -1e4]], [[-1e4, 1e4, 1e4]]])
    log_p = sequence_log_probability(scores, np.array([[0], [1]]))
    close(log_p, [-np.log(2)])


@given(st.integers(2, 50), st.integers(1, 1000))
def test_blind_guessing_has_the_perplexity_of_the_vocabulary(size, count):
    assert perplexity(count * np.log(size), count) == pytest.approx(size)


def test_perplexity_per_token_is_two_to_the_bits():
    assert perplexity(3 * np.log(8), 3) == pytest.approx(2**3)
    assert perplexity(0.0, 5) == 1


@given(
    hnp.arrays(float, st.integers(1, 9), elements=st.floats(-30, 30)),
    st.floats(0.05, 20),
)
def test_temperature_raises_probabilities_to_a_power(scores, temperature):
    p = with_temperature(scores, temperature)
    powered = np.exp(scores - scores.max()) ** (1 / temperature)
    np.testing.assert_allclose(p, powered / powered.sum(), rtol=1e-9, atol=1e-300)
    assert p.sum() == pytest.approx(1)
    assert p.argmax() == np.argmax(p)


def test_temperature_one_is_softmax_and_zero_the_first_of_the_largest():
    scores = np.array([1.0, 3.0, 3.0, 2.0])
    close(with_temperature(scores, 1), np.exp(scores) / np.exp(scores).sum())
    assert with_temperature(scores, 0).tolist() == [0, 1, 0, 0]
    close(with_temperature(scores, 1e-3), [0, 0.5, 0.5, 0])
    close(with_temperature(scores, 1e9), np.full(4, 0.25), rtol=1e-6)


def test_a_lower_temperature_is_never_less_sure():
    scores = np.random.default_rng(5).normal(size=V)
    largest = [with_temperature(scores, t).max() for t in (0, 0.1, 0.5, 1, 2, 10)]
    assert largest == sorted(largest, reverse=True)


def test_a_negative_temperature_is_an_error():
    with pytest.raises(ValueError, match="0 or more"):
        with_temperature(np.zeros(3), -0.1)
    with pytest.raises(ValueError, match="0 or more"):
        sample(random_model(), [0], 1, -1.0, np.random.default_rng(0))


# ------------------------------------------------------------------------------ sampling


def scores_after(model, tokens):
    """Score what follows a text, from the start."""
    E, W, W_h, W_out = model
    return unroll(E[tokens][:, None], W, W_h, W_out, initial_state(1, H))[1][-1, 0]


def test_greedy_takes_the_best_token_of_all_that_was_read_and_said():
    model, read = random_model(scale=3), [1, 4, 2]
    drawn = sample(model, read, 20, 0.0, np.random.default_rng(0))
    for n, token in enumerate(drawn):
        assert token == scores_after(model, read + drawn[:n]).argmax()
    assert len(set(drawn)) > 1


def test_the_same_chance_draws_the_same_text_and_all_chance_comes_from_the_generator():
    arguments = random_model(), [0, 3], 50, 1.0
    one, again, other = (sample(*arguments, np.random.default_rng(s)) for s in (1, 1, 2))
    assert one == again != other
    assert all(type(token) is int and 0 <= token < V for token in one)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_are_drawn_as_often_as_they_should(temperature):
    model, rng, draws = random_model(scale=0.3), np.random.default_rng(6), 3000
    p = with_temperature(scores_after(model, [2, 5]), temperature)
    first = [sample(model, [2, 5], 1, temperature, rng)[0] for _ in range(draws)]
    expected = draws * p
    assert expected.min() > 5
    counts = np.bincount(first, minlength=V)
    # chi-square with 5 degrees of freedom is above 40 once in 6 million
    assert ((counts - expected) ** 2 / expected).sum() < 40


def test_the_second_token_depends_on_the_first():
    model, rng = random_model(scale=0.3), np.random.default_rng(7)
    pairs = np.array([sample(model, [2], 2, 1.0, rng) for _ in range(4000)])
    first = np.bincount(pairs[:, 0], minlength=V).argmax()
    seconds = pairs[pairs[:, 0] == first, 1]
    expected = len(seconds) * with_temperature(scores_after(model, [2, first]), 1.0)
    rare = expected < 5
    assert not rare.all()
    counts = np.bincount(seconds, minlength=V)[~rare]
    assert ((counts - expected[~rare]) ** 2 / expected[~rare]).sum() < 40


def test_an_empty_prefix_is_an_error_and_no_length_is_none():
    with pytest.raises(ValueError, match="empty"):
        sample(random_model(), [], 3, 1.0, np.random.default_rng(0))
    assert sample(random_model(), [1], 0, 1.0, np.random.default_rng(0)) == []


# ------------------------------------------------------------------------------ learning


def test_loss_and_gradients_are_those_of_autograd():
    model = random_model()
    inputs, targets, h_0 = random_piece()

    def loss(weights):
        E, W, W_h, W_out = weights
        h = states_by_definition([E[w] for w in inputs], W, W_h, h_0)
        scores = [anp.dot(h_t, anp.transpose(W_out)) for h_t in h]
        return loss_by_definition(scores, targets, [T] * B)

    found, grads, h_last = language_model_bptt(inputs, targets, *model, h_0)
    close(found, loss(model))
    for ours, desired in zip(grads, autograd.grad(loss)(model), strict=True):
        close(ours, desired)
    E, W, W_h, _ = model
    close(h_last, states_by_definition(E[inputs], W, W_h, h_0)[-1])


def test_the_loss_is_the_mean_surprise_of_the_chain_rule():
    inputs, targets, h_0 = random_piece()
    E, W, W_h, W_out = random_model()
    loss, _, _ = language_model_bptt(inputs, targets, E, W, W_h, W_out, h_0)
    _, scores = unroll(embed(inputs, E), W, W_h, W_out, h_0)
    close(-sequence_log_probability(scores, targets).sum() / targets.size, loss)


def test_a_network_that_knows_nothing_loses_the_logarithm_of_the_vocabulary():
    E, W, W_h, W_out = random_model()
    loss, _, _ = language_model_bptt(*random_piece()[:2], E, W, W_h, 0 * W_out, random_piece()[2])
    assert loss == pytest.approx(np.log(V), rel=1e-12)


def test_float32_stays_float32_and_no_input_is_modified():
    inputs, targets, h_0 = random_piece()
    single = [w.astype(np.float32) for w in (*random_model(), h_0)]
    before = copy.deepcopy((inputs, targets, *single))
    _, grads, h_last = language_model_bptt(inputs, targets, *single)
    assert {a.dtype for a in (*grads, h_last)} == {np.dtype(np.float32)}
    assert with_temperature(single[0][0], 0.5).dtype == np.float32
    for a, b in zip(before, (inputs, targets, *single), strict=True):
        np.testing.assert_array_equal(a, b)


# ------------------------------------------------------------------------------ PyTorch


def test_loss_and_gradients_are_those_of_pytorch(torch):
    E, W, W_h, W_out = random_model()
    inputs, targets, h_0 = random_piece()
    embedding = torch.nn.Embedding.from_pretrained(torch.from_numpy(E.copy()), freeze=False)
    rnn = torch.nn.RNN(D, H, dtype=torch.float64)
    linear = torch.nn.Linear(H, V, dtype=torch.float64)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(torch.from_numpy(W))
        rnn.bias_ih_l0.zero_()
        rnn.weight_hh_l0.copy_(torch.from_numpy(W_h[:, 1:].copy()))
        rnn.bias_hh_l0.copy_(torch.from_numpy(W_h[:, 0].copy()))
        linear.weight.copy_(torch.from_numpy(W_out[:, 1:].copy()))
        linear.bias.copy_(torch.from_numpy(W_out[:, 0].copy()))
    states, last = rnn(
        embedding(torch.from_numpy(inputs)), torch.from_numpy(h_0[None, :, 1:].copy())
    )
    theirs = torch.nn.functional.cross_entropy(
        linear(states).reshape(-1, V), torch.from_numpy(targets.reshape(-1))
    )
    theirs.backward()

    loss, grads, h_last = language_model_bptt(inputs, targets, E, W, W_h, W_out, h_0)
    close(loss, theirs.item())
    close(h_last[:, 1:], last[0].detach().numpy())
    recurrent = np.insert(rnn.weight_hh_l0.grad.numpy(), 0, rnn.bias_hh_l0.grad, axis=1)
    output = np.insert(linear.weight.grad.numpy(), 0, linear.bias.grad, axis=1)
    desired = embedding.weight.grad.numpy(), rnn.weight_ih_l0.grad.numpy(), recurrent, output
    for ours, grad in zip(grads, desired, strict=True):
        close(ours, grad)


def test_the_pytorch_lines_of_the_chapter_run_word_for_word(torch):
    E, W, W_h, W_out = writer.load().parameters
    text = writer.load_text("pride_and_prejudice")
    inputs, targets = next(batch_streams(text.train, 4, 30))
    start = writer.rest(4, (E, W, W_h, W_out))
    loss, (dE, *_), h_last = language_model_bptt(inputs, targets, E, W, W_h, W_out, start)
    names = {"E": E, "W": W, "W_h": W_h, "W_out": W_out}
    names |= {"inputs": inputs, "targets": targets, "dE": dE}
    exec(pytorch_lines("language_models"), names)
    assert names["loss"].item() == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(names["carried"][0].numpy(), h_last[:, 1:], atol=1e-5)
