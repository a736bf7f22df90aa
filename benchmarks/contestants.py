"""Four ways to take one training step of the same network, each handed the same weights.

A contestant is a function of a :class:`Problem` that gets everything ready and returns two
functions: ``step()`` takes one training step up to the gradient (forward, mean cross-entropy over
all steps, gradient for every weight), and is what is timed; ``read(result)`` makes of what it
returned the loss and a flat list of gradients, in the order and the shapes of our own weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from solutions.bptt import bidirectional_bptt, bptt, deep_bptt
from solutions.unrolling import initial_state

Array = np.ndarray
Chain = tuple[Array, Array]
Step = Callable[[], Any]
Read = Callable[[Any], tuple[float, list[Array]]]
ORDERS = slice(None), slice(None, None, -1)  # one chain reads from the start, one from the end


class Shape(NamedTuple):
    """How large a network is, and what it reads; there are as many labels as inputs."""

    T: int
    B: int
    D: int
    H: int
    layers: int = 1
    directions: int = 1

    def __str__(self) -> str:
        extra = {(2, 1): ", 2 layers", (1, 2): ", bidirectional"}
        return f"{self.T}, {self.B}, {self.D}, {self.H}{extra.get(self[4:], '')}"

    @property
    def flops(self) -> int:
        """Count the multiplications and additions of a step's matrix products.

        Forward each weight is used once per step. Back there are two more products of that size,
        one for the gradient of the weights and one for what they read; only, nobody asks for the
        gradient of the data. The first step has no state before it that could matter.
        """
        T, B, D, H, layers, directions = self
        lowest = 4 * T * B * D * H
        upper = 6 * T * B * directions * H * H * (layers - 1)
        through_time = 6 * (T - 1) * B * H * H * layers
        output = 6 * T * B * H * D
        return directions * (lowest + upper + through_time + output)


class Problem(NamedTuple):
    """A batch of sequences of equal length, and a network's weights."""

    x: Array
    labels: Array
    layers: list[list[Chain]]  # the lowest first; of each layer one chain, or two
    W_outs: list[Array]  # from each chain of the top layer


def draw_problem(shape: Shape, dtype: type, seed: int = 0) -> Problem:
    """Draw data and weights at random, the weights as PyTorch does: up to 1 / sqrt(H)."""
    T, B, D, H, layers, directions = shape
    rng = np.random.default_rng(seed)

    def weights(*size: int) -> Array:
        return (rng.uniform(-1, 1, size) / np.sqrt(H)).astype(dtype)

    widths = [D] + [directions * (H + 1)] * (layers - 1)
    return Problem(
        x=rng.normal(size=(T, B, D)).astype(dtype),
        labels=rng.integers(D, size=(T, B)),
        layers=[
            [(weights(H, width), weights(H, H + 1)) for _ in range(directions)] for width in widths
        ],
        W_outs=[weights(D, H + 1) for _ in range(directions)],
    )


def flat(tree: Any) -> list[Array]:
    """List the arrays of nested lists and tuples, from left to right."""
    return [tree] if isinstance(tree, np.ndarray) else [a for branch in tree for a in flat(branch)]


# ------------------------------------------------------------------------------ ours


def ours(problem: Problem) -> tuple[Step, Read]:
    """Call ``bptt``, ``deep_bptt`` or ``bidirectional_bptt`` of the course."""
    x, labels, layers, W_outs = problem
    (T, B, _), H = x.shape, len(layers[0][0][0])
    batch = x, labels, np.full(B, T)
    h_0 = initial_state(B, H).astype(x.dtype)

    def step() -> Any:
        if len(W_outs) == 2:
            return bidirectional_bptt(*batch, *layers[0], *W_outs)
        if len(layers) > 1:
            return deep_bptt(*batch, [chain for (chain,) in layers], *W_outs, [h_0] * len(layers))
        return bptt(*batch, *layers[0][0], *W_outs, h_0)

    return step, lambda result: (result[0], flat(result[1]))


# ------------------------------------------------------------------------------ PyTorch


def pytorch(problem: Problem) -> tuple[Step, Read]:
    """Let PyTorch's own RNN, Linear and cross_entropy do it, on one thread."""
    import torch

    torch.set_num_threads(1)
    x, labels = torch.from_numpy(problem.x), torch.from_numpy(problem.labels).flatten()
    directions, (H, D) = len(problem.W_outs), problem.layers[0][0][0].shape
    bidirectional = directions == 2
    rnn = torch.nn.RNN(D, H, len(problem.layers), bidirectional=bidirectional, dtype=x.dtype)
    linear = torch.nn.Linear(directions * H, len(problem.W_outs[0]), dtype=x.dtype)
    parameters = [*rnn.parameters(), *linear.parameters()]
    places = list(places_in_pytorch(problem, rnn, linear))
    for M, weight, bias, chains in places:
        ones = np.arange(chains) * (H + 1)
        weight.data = torch.from_numpy(np.delete(M, ones, axis=1))
        bias.data = torch.from_numpy(M[:, ones].sum(axis=1))

    def step() -> Any:
        for parameter in parameters:
            parameter.grad = None
        states, _ = rnn(x)
        loss = torch.nn.functional.cross_entropy(linear(states).flatten(0, 1), labels)
        loss.backward()
        return loss

    def read(loss: Any) -> tuple[float, list[Array]]:
        grads = [
            np.insert(weight.grad.numpy(), np.arange(chains) * H, bias.grad[:, None], axis=1)
            for _, weight, bias, chains in places
        ]
        return loss.item(), [*grads[:-1], *np.split(grads[-1], directions, axis=1)]

    return step, read


def places_in_pytorch(
    problem: Problem, rnn: Any, linear: Any
) -> Iterator[tuple[Array, Any, Any, int]]:
    """Yield each matrix of ours, PyTorch's weight and bias for it, and how many chains it reads.

    For each chain that a matrix reads it has a column that meets the leading 1. These columns add
    up to PyTorch's bias.
    """
    directions = len(problem.W_outs)
    for level, chains in enumerate(problem.layers):
        for (W, W_h), end in zip(chains, ("", "_reverse"), strict=False):
            for M, name, read in ((W, "ih", directions if level else 0), (W_h, "hh", 1)):
                place = f"{name}_l{level}{end}"
                yield M, getattr(rnn, f"weight_{place}"), getattr(rnn, f"bias_{place}"), read
    yield np.concatenate(problem.W_outs, axis=1), linear.weight, linear.bias, directions


# ------------------------------------------------------------------------------ HIPS autograd


def hips_autograd(problem: Problem) -> tuple[Step, Read]:
    """Write the forward pass in NumPy, as our ``recur`` does, and let HIPS autograd go back."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    x, labels = problem.x, problem.labels
    T, B, _ = x.shape
    one = np.ones((B, 1), x.dtype)

    def recur(x: Array, W: Array, W_h: Array) -> Array:
        z, h = anp.dot(x, W.T), [anp.concatenate([one, np.zeros((B, len(W)), x.dtype)], axis=1)]
        for t in range(T):
            h.append(anp.concatenate([one, anp.tanh(z[t] + anp.dot(h[t], W_h.T))], axis=1))
        return anp.stack(h[1:])

    def states(x: Array, chains: Sequence[Chain]) -> list[Array]:
        return [recur(x[o], *chain)[o] for chain, o in zip(chains, ORDERS, strict=False)]

    def loss(weights: tuple[list[list[Chain]], list[Array]]) -> Any:
        layers, W_outs = weights
        below = x
        for chains in layers:
            hs = states(below, chains)
            below = anp.concatenate(hs, axis=-1) if len(hs) > 1 else hs[0]
        scores = sum(anp.dot(h, W_out.T) for h, W_out in zip(hs, W_outs, strict=True))
        shifted = scores - anp.max(scores, axis=-1, keepdims=True)
        log_p = shifted - anp.log(anp.sum(anp.exp(shifted), axis=-1, keepdims=True))
        return -anp.mean(log_p[np.arange(T)[:, None], np.arange(B), labels])

    gradient = value_and_grad(loss)
    return (
        lambda: gradient((problem.layers, problem.W_outs)),
        lambda result: (float(result[0]), flat(result[1])),
    )


# ------------------------------------------------------------------------------ one by one


def one_by_one(problem: Problem) -> tuple[Step, Read]:
    """Take one sequence at a time, and do everything inside the loop over time.

    So did Karpathy's min-char-rnn (2015): easy to follow, and every product is one of a matrix and
    a vector.
    """
    x, labels, layers, W_outs = problem
    T, B, _ = x.shape

    def step() -> tuple[float, list[Array]]:
        losses, grads = zip(
            *(one_sequence(x[:, n], labels[:, n], layers, W_outs) for n in range(B)), strict=True
        )
        return sum(losses) / (T * B), [sum(parts) / (T * B) for parts in zip(*grads, strict=True)]

    return step, lambda result: result


def one_sequence(
    x: Array, labels: Array, layers: list[list[Chain]], W_outs: list[Array]
) -> tuple[float, list[Array]]:
    """Sum the loss of one sequence and its gradients."""
    read, hs = [x], []
    for chains in layers:
        both = zip(chains, ORDERS, strict=False)
        hs.append([read_alone(read[-1][order], *chain)[order] for chain, order in both])
        read.append(np.concatenate(hs[-1], axis=1))

    loss, dh, grads = score_alone(hs[-1], labels, W_outs)
    for level in reversed(range(len(layers))):
        dx, found = 0, []
        for d, (chain, order) in enumerate(zip(layers[level], ORDERS, strict=False)):
            seen = dh[d][order], hs[level][d][order], read[level][order]
            dx_d, dW, dW_h = read_alone_backward(*seen, *chain)
            dx, found = dx + dx_d[order], [*found, dW, dW_h]
        grads = found + grads
        if level:
            dh = np.split(dx, len(W_outs), axis=1)
    return loss, grads


def score_alone(
    hs: list[Array], labels: Array, W_outs: list[Array]
) -> tuple[float, list[Array], list[Array]]:
    """Sum the loss of one sequence, and its gradients for the top states and the output weights."""
    loss, dh = 0.0, [np.zeros_like(h) for h in hs]
    dW_outs = [np.zeros_like(W_out) for W_out in W_outs]
    for t, label in enumerate(labels):
        scores = sum(W_out @ h[t] for W_out, h in zip(W_outs, hs, strict=True))
        p = np.exp(scores - scores.max())
        p /= p.sum()
        loss -= np.log(p[label])
        p[label] -= 1
        for d, W_out in enumerate(W_outs):
            dW_outs[d] += np.outer(p, hs[d][t])
            dh[d][t] = W_out.T @ p
    return loss, dh, dW_outs


def read_alone(x: Array, W: Array, W_h: Array) -> Array:
    """Read one sequence (T, D): the states (T, H+1)."""
    h = np.ones((len(x), len(W) + 1), x.dtype)
    h_prev = initial_state(1, len(W))[0].astype(x.dtype)
    for t in range(len(x)):
        h[t, 1:] = np.tanh(W @ x[t] + W_h @ h_prev)
        h_prev = h[t]
    return h


def read_alone_backward(
    dh: Array, h: Array, x: Array, W: Array, W_h: Array
) -> tuple[Array, Array, Array]:
    """Carry the gradient of the states of one sequence back to dx, dW and dW_h."""
    dx, dW, dW_h = np.zeros_like(x), np.zeros_like(W), np.zeros_like(W_h)
    h_0 = initial_state(1, len(W))[0].astype(x.dtype)
    from_the_future = np.zeros_like(h_0)
    for t in reversed(range(len(x))):
        dz = (dh[t] + from_the_future)[1:] * (1 - h[t, 1:] ** 2)
        dx[t] = W.T @ dz
        dW += np.outer(dz, x[t])
        dW_h += np.outer(dz, h[t - 1] if t else h_0)
        from_the_future = W_h.T @ dz
    return dx, dW, dW_h
