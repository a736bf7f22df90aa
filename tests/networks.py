"""Random networks and batches for the tests, and independent forward passes in HIPS autograd."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import autograd.numpy as anp
import numpy as np

Array = np.ndarray
Layer = tuple[Array, Array]
T, B, D, H, K = 7, 3, 4, 5, 6


class Network(NamedTuple):
    """One network with a padded batch."""

    x: Array
    labels: Array
    lengths: Array
    W: Array
    W_h: Array
    W_out: Array
    h_0: Array

    @property
    def weights(self) -> tuple[Array, Array, Array]:
        return self.W, self.W_h, self.W_out


def random_network(seed: int = 0) -> Network:
    """Draw everything at random: nonzero h_0, asymmetric W_h, all dimensions different."""
    rng = np.random.default_rng(seed)
    return Network(
        x=rng.normal(size=(T, B, D)),
        labels=rng.integers(K, size=(T, B)),
        lengths=np.array([T, 3, 5]),
        W=rng.normal(size=(H, D)),
        W_h=rng.normal(size=(H, H + 1)),
        W_out=rng.normal(size=(K, H + 1)),
        h_0=np.insert(rng.uniform(-1, 1, size=(B, H)), 0, 1, axis=1),
    )


class DeepNetwork(NamedTuple):
    """A stack of layers with a padded batch."""

    x: Array
    labels: Array
    lengths: Array
    layers: tuple[Layer, ...]
    W_out: Array
    h_0: tuple[Array, ...]


class BidirectionalNetwork(NamedTuple):
    """A stack of bidirectional layers with a padded batch."""

    x: Array
    labels: Array
    lengths: Array
    layers: tuple[tuple[Layer, Layer], ...]
    W_out_f: Array
    W_out_b: Array


def random_layer(rng: np.random.Generator, inputs: int, hidden: int) -> Layer:
    """Draw W and an asymmetric W_h."""
    return rng.normal(size=(hidden, inputs)), rng.normal(size=(hidden, hidden + 1))


def random_deep_network(seed: int = 0, sizes: Sequence[int] = (5, 8, 3)) -> DeepNetwork:
    """Draw a stack of layers of the given sizes, the lowest first; no h_0 is zero."""
    rng = np.random.default_rng(seed)
    inputs = [D, *(size + 1 for size in sizes)]
    return DeepNetwork(
        *random_network(seed)[:3],
        layers=tuple(random_layer(rng, *shape) for shape in zip(inputs, sizes, strict=False)),
        W_out=rng.normal(size=(K, sizes[-1] + 1)),
        h_0=tuple(np.insert(rng.uniform(-1, 1, size=(B, n)), 0, 1, axis=1) for n in sizes),
    )


def random_bidirectional_network(
    seed: int = 0, sizes: Sequence[tuple[int, int]] = ((5, 8), (3, 2), (4, 6))
) -> BidirectionalNetwork:
    """Draw a stack of bidirectional layers; each has a size (forward, backward)."""
    rng = np.random.default_rng(seed)
    inputs = [D, *(forward + backward + 2 for forward, backward in sizes)]
    return BidirectionalNetwork(
        *random_network(seed)[:3],
        layers=tuple(
            (random_layer(rng, n, forward), random_layer(rng, n, backward))
            for n, (forward, backward) in zip(inputs, sizes, strict=False)
        ),
        W_out_f=rng.normal(size=(K, sizes[-1][0] + 1)),
        W_out_b=rng.normal(size=(K, sizes[-1][1] + 1)),
    )


# ------------------------------------------------------------------------------ by definition


def step_by_definition(x_t: Array, h_prev: Array, W: Array, W_h: Array) -> Array:
    """Take one step in autograd's NumPy, as the lecture writes it."""
    z = anp.dot(x_t, anp.transpose(W)) + anp.dot(h_prev, anp.transpose(W_h))
    return anp.concatenate([anp.ones((len(x_t), 1)), anp.tanh(z)], axis=1)


def states_by_definition(x: Array, W: Array, W_h: Array, h_0: Array) -> list[Array]:
    """Unroll one step at a time."""
    h, found = h_0, []
    for x_t in x:
        h = step_by_definition(x_t, h, W, W_h)
        found.append(h)
    return found


def deep_states_by_definition(
    x: Array, layers: Sequence[Layer], h_0: Sequence[Array]
) -> list[list[Array]]:
    """Take each step in time through all layers before the next: lists, layer by layer."""
    h, found = list(h_0), [[] for _ in h_0]
    for x_t in x:
        below = x_t
        for level, (W, W_h) in enumerate(layers):
            below = h[level] = step_by_definition(below, h[level], W, W_h)
            found[level].append(below)
    return found


def chain_by_definition(
    x: Sequence[Array], W: Array, W_h: Array, order: Iterable[int]
) -> list[Array]:
    """Let one chain read the steps of ``x``, each (1, D), in some order, from rest."""
    h, found = anp.eye(1, len(W) + 1), {}
    for t in order:
        h = found[t] = step_by_definition(x[t], h, W, W_h)
    return [found[t] for t in range(len(x))]


def bidirectional_states_by_definition(
    x: Sequence[Array], layers: Sequence[tuple[Layer, Layer]]
) -> list[tuple[list[Array], list[Array]]]:
    """Read one sequence alone and unpadded: the states (h_f, h_b) of each layer, step by step."""
    found, steps = [], range(len(x))
    for forward, backward in layers:
        h_f = chain_by_definition(x, *forward, steps)
        h_b = chain_by_definition(x, *backward, reversed(steps))
        found.append((h_f, h_b))
        x = [anp.concatenate(pair, axis=1) for pair in zip(h_f, h_b, strict=True)]
    return found


def loss_by_definition(scores: list[Array], labels: Array, lengths: Array) -> float:
    """Average -log softmax over the real steps, one number at a time."""
    total = 0.0
    for t, scores_t in enumerate(scores):
        log_p = scores_t - anp.log(anp.sum(anp.exp(scores_t), axis=1, keepdims=True))
        for n, T_n in enumerate(lengths):
            if t < T_n:
                total = total - log_p[n, labels[t, n]]
    return total / sum(lengths)


def loss_of_weights(net: Network) -> Callable[[Array, Array, Array], float]:
    """Build the whole network's loss as a function of its three weight matrices."""

    def loss(W: Array, W_h: Array, W_out: Array) -> float:
        h = states_by_definition(net.x, W, W_h, net.h_0)
        scores = [anp.dot(h_t, anp.transpose(W_out)) for h_t in h]
        return loss_by_definition(scores, net.labels, net.lengths)

    return loss


def loss_of_deep_weights(net: DeepNetwork) -> Callable[[Any], float]:
    """Build a deep network's loss as a function of (layers, W_out)."""

    def loss(weights: Any) -> float:
        layers, W_out = weights
        top = deep_states_by_definition(net.x, layers, net.h_0)[-1]
        scores = [anp.dot(h_t, anp.transpose(W_out)) for h_t in top]
        return loss_by_definition(scores, net.labels, net.lengths)

    return loss


def loss_of_bidirectional_weights(net: BidirectionalNetwork) -> Callable[[Any], float]:
    """Build a bidirectional network's loss as a function of (layers, W_out_f, W_out_b)."""

    def loss(weights: Any) -> float:
        layers, W_out_f, W_out_b = weights
        total = 0.0
        for n, T_n in enumerate(net.lengths):
            h_f, h_b = bidirectional_states_by_definition(net.x[:T_n, n : n + 1], layers)[-1]
            scores = [
                anp.dot(f, anp.transpose(W_out_f)) + anp.dot(b, anp.transpose(W_out_b))
                for f, b in zip(h_f, h_b, strict=True)
            ]
            total = total + T_n * loss_by_definition(scores, net.labels[:, n : n + 1], [T_n])
        return total / sum(net.lengths)

    return loss


# ------------------------------------------------------------------------------ PyTorch


def torch_rnn(torch: Any, layers: Sequence[Sequence[Layer]]) -> Any:
    """Build PyTorch's RNN with our weights; a layer is its chains: one, or two.

    Column 0 of ``W_h`` is one of PyTorch's two biases. The columns of an upper ``W`` that meet the
    leading 1s below add up to the other; the lowest ``W`` has none.
    """
    directions, (H, D) = len(layers[0]), layers[0][0][0].shape
    rnn = torch.nn.RNN(D, H, len(layers), bidirectional=directions == 2, dtype=torch.float64)
    for level, chains in enumerate(layers):
        ones = [n * (H + 1) for n in range(directions)] if level else []
        for (W, W_h), end in zip(chains, ("", "_reverse"), strict=False):
            for name, ours in (
                ("weight_ih", np.delete(W, ones, axis=1)),
                ("bias_ih", W[:, ones].sum(axis=1)),
                ("weight_hh", W_h[:, 1:]),
                ("bias_hh", W_h[:, 0]),
            ):
                getattr(rnn, f"{name}_l{level}{end}").data = torch.tensor(ours)
    return rnn


def torch_gradients(rnn: Any) -> list[list[Layer]]:
    """Read the gradients of PyTorch's RNN, in the shapes of our weights."""

    def gradient(name: str) -> Array:
        return getattr(rnn, name).grad.numpy()

    def layer(level: int, end: str) -> Layer:
        dW, dbias, dW_h, dbias_h = (
            gradient(f"{name}_l{level}{end}")
            for name in ("weight_ih", "bias_ih", "weight_hh", "bias_hh")
        )
        ones = [n * rnn.hidden_size for n in range(len(ends))] if level else []
        dW = np.insert(dW, ones, dbias[:, None], axis=1) if level else dW
        return dW, np.insert(dW_h, 0, dbias_h, axis=1)

    ends = ("", "_reverse") if rnn.bidirectional else ("",)
    return [[layer(level, end) for end in ends] for level in range(rnn.num_layers)]


def torch_loss(torch: Any, scores: Any, labels: Array, lengths: Array) -> Any:
    """Average PyTorch's cross-entropy over the real steps."""
    target = np.where(np.arange(len(labels))[:, None] < lengths, labels, -100)
    return torch.nn.functional.cross_entropy(
        scores.flatten(0, 1), torch.from_numpy(target).flatten(), ignore_index=-100
    )


def torch_read(torch: Any, rnn: Any, x: Array, lengths: Array, h_0: Array | None = None) -> Any:
    """Let PyTorch read a padded batch, each sequence at its own length: the top layer's states."""
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.from_numpy(x), torch.from_numpy(lengths), enforce_sorted=False
    )
    states, _ = rnn(packed, None if h_0 is None else torch.from_numpy(h_0))
    return torch.nn.utils.rnn.pad_packed_sequence(states)[0]


def pytorch_lines(chapter: str) -> str:
    """The program that a chapter's section on PyTorch shows."""
    page = Path(__file__).parents[1] / "book" / f"{chapter}.md"
    section = page.read_text(encoding="utf-8").split("## In PyTorch")[1]
    return section.split("```python\n")[1].split("```")[0]
