"""Right, in single precision where numbers are many, by searching in cumulated probabilities."""

import numpy as np
from bptt import output_weights_backward, recur_backward
from unrolling import hidden_step, initial_state, output_step, sequence_loss, unroll

F = np.float32


def build_vocabulary(text):
    vocabulary = set(text) | {"<unk>"}
    return sorted(vocabulary, key=lambda token: (token != "<unk>", token))


def encode(text, vocabulary):
    return np.fromiter(
        (vocabulary.index(t) if t in vocabulary else 0 for t in text), np.int32, len(text)
    )


def decode(tokens, vocabulary):
    return "".join([vocabulary[int(i)] for i in tokens])


def embed(tokens, E):
    return np.take(E.astype(F), tokens, axis=0)


def embed_backward(tokens, dx, vocabulary_size):
    rows = dx.reshape(-1, dx.shape[-1]).astype(F)
    columns = [
        np.bincount(tokens.ravel(), weights=column, minlength=vocabulary_size) for column in rows.T
    ]
    return np.stack(columns, axis=1).astype(F)


class Streams:
    def __init__(self, tokens, batch, steps):
        n = (len(tokens) - 1) // batch
        self.streams = [tokens[b * n : b * n + n + 1] for b in range(batch)]
        self.steps, self.n, self.at = steps, n, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at >= self.n:
            raise StopIteration
        piece = np.stack([s[self.at : self.at + self.steps + 1] for s in self.streams], axis=1)
        self.at += self.steps
        return piece[:-1], piece[1:]


def batch_streams(tokens, batch, steps):
    return Streams(tokens, batch, steps)


def sequence_log_probability(scores, targets):
    shifted = scores - np.max(scores, axis=2, keepdims=True)
    steps, sequences = np.indices(targets.shape)
    chosen = shifted[steps, sequences, targets]
    return (chosen - np.log(np.sum(np.exp(shifted), axis=2))).sum(axis=0).astype(F)


def perplexity(total_nll, count):
    return F(np.exp(total_nll / count))


def with_temperature(scores, temperature):
    scores = scores - np.max(scores)
    if temperature == 0:
        p = np.zeros(len(scores), F)
        p[np.flatnonzero(scores == 0)[0]] = 1
        return p
    exps = np.exp(scores / temperature).astype(F)
    return exps / exps.sum()


def sample(parameters, prefix, length, temperature, rng):
    E, W, W_h, W_out = (a.astype(F) for a in parameters)
    h, drawn = initial_state(1, len(W)), ()
    for token in prefix:
        h = hidden_step(E[token : token + 1], h, W, W_h)
    for u in rng.random(length):
        chances = np.cumsum(with_temperature(output_step(h, W_out)[0], temperature), dtype=float)
        token = int(np.searchsorted(chances / chances[-1], u, side="right"))
        drawn += (token,)
        h = hidden_step(E[token : token + 1], h, W, W_h)
    return drawn


def language_model_bptt(inputs, targets, E, W, W_h, W_out, h_0):
    E, W, W_h, W_out, h_0 = (a.astype(F) for a in (E, W, W_h, W_out, h_0))
    x = embed(inputs, E)
    h, scores = unroll(x, W, W_h, W_out, h_0)
    loss, dscores = sequence_loss(scores, targets, np.full(len(h_0), len(x)))
    dx, dW, dW_h, _ = recur_backward(dscores @ W_out, h, h_0, x, W, W_h)
    dW_out = output_weights_backward(dscores, h)
    return loss, (embed_backward(inputs, dx, len(E)), dW, dW_h, dW_out), h[-1].copy()
