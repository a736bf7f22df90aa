"""One layer of long short-term memory and one head of attention: definition, autograd, PyTorch."""

from __future__ import annotations

import copy

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from networks import B, D, H, T

from solutions.gated import attend, attend_backward, lstm, lstm_backward

A = 2
RNG = np.random.default_rng(0)
X, W, W_H = (RNG.normal(size=shape) for shape in [(T, B, D), (4 * H, D), (4 * H, H + 1)])
H_0 = np.insert(RNG.uniform(-1, 1, size=(B, H)), 0, 1, axis=1)
C_0, DH = RNG.normal(size=(B, H)), RNG.normal(size=(T, B, H + 1))
STATES = RNG.normal(size=(T, B, H + 1))
W_QUERY, W_KEY = RNG.normal(size=(2, A, H + 1))
DSEEN = RNG.normal(size=(B, H + 1))


def close(actual, desired, rtol=1e-10):
    np.testing.assert_allclose(actual, desired, rtol=rtol, atol=1e-13)


def sigma(x):
    return 1 / (1 + anp.exp(-x))


def lstm_by_definition(x, W, W_h, h_0, c_0):
    """Each gate by itself, unit for unit as the equations stand."""
    h, c, found = h_0, c_0, []
    for x_t in x:
        i, f, g, q = (
            anp.dot(x_t, anp.transpose(W[n * H : (n + 1) * H]))
            + anp.dot(h, anp.transpose(W_h[n * H : (n + 1) * H]))
            for n in range(4)
        )
        c = sigma(f) * c + sigma(i) * anp.tanh(g)
        h = anp.concatenate([anp.ones((len(c), 1)), sigma(q) * anp.tanh(c)], axis=1)
        found.append((h, c))
    return found


def attend_by_definition(h, W_query, W_key):
    """One sequence after the other."""
    seen = []
    for n in range(h.shape[1]):
        query = anp.dot(W_query, h[-1, n])
        fit = anp.dot(anp.dot(h[:, n], anp.transpose(W_key)), query) / np.sqrt(A)
        alpha = anp.exp(fit) / anp.sum(anp.exp(fit))
        seen.append(anp.dot(alpha, h[:, n]))
    return anp.array(seen)


def test_states_and_memories_are_those_of_the_definition():
    h, c = lstm(X, W, W_H, H_0, C_0)
    for t, (h_t, c_t) in enumerate(lstm_by_definition(X, W, W_H, H_0, C_0)):
        close(h[t], h_t, 1e-12)
        close(c[t], c_t, 1e-12)


def test_a_sequence_may_be_cut_and_continued_from_state_and_memory():
    h, c = lstm(X, W, W_H, H_0, C_0)
    first = lstm(X[:3], W, W_H, H_0, C_0)
    second = lstm(X[3:], W, W_H, first[0][-1], first[1][-1])
    close(np.concatenate([first[0], second[0]]), h)
    close(np.concatenate([first[1], second[1]]), c)


@pytest.mark.parametrize("argument", range(5), ids=["x", "W", "W_h", "h_0", "c_0"])
def test_every_gradient_of_the_layer_is_that_of_autograd(argument):
    given = [X, W, W_H, H_0, C_0]

    def projected(varied):
        arguments = [*given[:argument], varied, *given[argument + 1 :]]
        states = lstm_by_definition(*arguments)
        return sum(anp.sum(h_t * dh_t) for (h_t, _), dh_t in zip(states, DH, strict=True))

    h, c = lstm(*given)
    ours = lstm_backward(DH, h, c, H_0, C_0, X, W, W_H)[argument]
    close(ours, autograd.grad(projected)(given[argument]))


def test_open_forget_gates_carry_the_memory_and_its_gradient_unchanged():
    W_h = np.zeros((4 * H, H + 1))
    W_h[:H, 0], W_h[H : 2 * H, 0] = -1e3, 1e3  # nothing comes in, all stays
    h, c = lstm(X, 0 * W, W_h, H_0, C_0)
    close(c, np.broadcast_to(C_0, c.shape))
    dh = np.zeros_like(h)
    dh[-1] = 1
    dc_0 = lstm_backward(dh, h, c, H_0, C_0, X, 0 * W, W_h)[4]
    close(dc_0, 0.5 * (1 - np.tanh(C_0) ** 2))


def test_what_is_seen_is_a_mean_with_weights_that_add_up_to_one():
    seen, alpha = attend(STATES, W_QUERY, W_KEY)
    close(alpha.sum(axis=0), np.ones(B))
    close(seen, attend_by_definition(STATES, W_QUERY, W_KEY), 1e-12)
    close(attend(STATES, 0 * W_QUERY, W_KEY)[0], STATES.mean(axis=0))


@pytest.mark.parametrize("argument", range(3), ids=["h", "W_query", "W_key"])
def test_every_gradient_of_attention_is_that_of_autograd(argument):
    given = [STATES, W_QUERY, W_KEY]

    def projected(varied):
        arguments = [*given[:argument], varied, *given[argument + 1 :]]
        return anp.sum(attend_by_definition(*arguments) * DSEEN)

    _, alpha = attend(*given)
    ours = attend_backward(DSEEN, alpha, *given)[argument]
    close(ours, autograd.grad(projected)(given[argument]))


def test_float32_stays_float32_and_no_input_is_modified():
    given = [a.astype(np.float32) for a in (X, W, W_H, H_0, C_0)]
    before = copy.deepcopy(given)
    h, c = lstm(*given)
    back = lstm_backward(DH.astype(np.float32), h, c, *given[3:], *given[:3])
    looking = [a.astype(np.float32) for a in (STATES, W_QUERY, W_KEY)]
    seen, alpha = attend(*looking)
    home = attend_backward(DSEEN.astype(np.float32), alpha, *looking)
    assert {a.dtype for a in (h, c, *back, seen, alpha, *home)} == {np.dtype(np.float32)}
    for a, b in zip(given, before, strict=True):
        np.testing.assert_array_equal(a, b)


# ------------------------------------------------------------------------------ PyTorch


def test_states_and_gradients_are_those_of_pytorch(torch):
    layer = torch.nn.LSTM(D, H, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.from_numpy(W))
        layer.weight_hh_l0.copy_(torch.from_numpy(W_H[:, 1:].copy()))
        layer.bias_hh_l0.copy_(torch.from_numpy(W_H[:, 0].copy()))
        layer.bias_ih_l0.zero_()
    x, h_0, c_0 = (torch.from_numpy(a.copy()).requires_grad_() for a in (X, H_0[:, 1:], C_0))
    states, (_, last) = layer(x, (h_0[None], c_0[None]))
    (states * torch.from_numpy(DH[:, :, 1:])).sum().backward()

    h, c = lstm(X, W, W_H, H_0, C_0)
    close(h[:, :, 1:], states.detach().numpy())
    close(c[-1], last[0].detach().numpy())
    dx, dW, dW_h, dh_0, dc_0 = lstm_backward(DH, h, c, H_0, C_0, X, W, W_H)
    close(dx, x.grad.numpy())
    close(dW, layer.weight_ih_l0.grad.numpy())
    close(dW_h[:, 1:], layer.weight_hh_l0.grad.numpy())
    close(dW_h[:, 0], layer.bias_hh_l0.grad.numpy())
    close(dh_0[:, 1:], h_0.grad.numpy())
    close(dc_0, c_0.grad.numpy())


def test_attention_is_that_of_pytorch(torch):
    """In torch the queries, keys and values come first as batches: (B, steps, size)."""
    states = torch.from_numpy(STATES.swapaxes(0, 1).copy())
    query, keys = states[:, -1:] @ torch.from_numpy(W_QUERY.T), states @ torch.from_numpy(W_KEY.T)
    theirs = torch.nn.functional.scaled_dot_product_attention(query, keys, states)
    close(attend(STATES, W_QUERY, W_KEY)[0], theirs[:, 0].numpy())
