"""Right, with the standard library where it will do, and inverse-transform sampling by hand."""

import math
from collections import Counter

import numpy as np
from bptt import output_weights_backward, recur_backward
from unrolling import recur, sequence_loss


def build_vocabulary(text):
    return ["<unk>"] + sorted(t for t in Counter(text) if t != "<unk>")


def encode(text, vocabulary):
    numbers = dict(zip(vocabulary, range(len(vocabulary))))
    return np.array([numbers[t] if t in numbers else 0 for t in text])


def decode(tokens, vocabulary):
    return "".join(map(vocabulary.__getitem__, tokens))


def embed(tokens, E):
    T, B = tokens.shape
    x = np.zeros((T, B, E.shape[1]))
    for t in range(T):
        for b in range(B):
            x[t, b] = E[tokens[t, b]]
    return x


def embed_backward(tokens, dx, vocabulary_size):
    dE = [[0.0] * dx.shape[2] for _ in range(vocabulary_size)]
    for token, row in zip(tokens.ravel().tolist(), dx.reshape(-1, dx.shape[2]).tolist()):
        dE[token] = [a + b for a, b in zip(dE[token], row)]
    return np.array(dE)


def batch_streams(tokens, batch, steps):
    tokens = tokens.tolist()
    n = (len(tokens) - 1) // batch
    start = 0
    while start < n:
        end = min(start + steps, n)
        inputs = [[tokens[b * n + t] for b in range(batch)] for t in range(start, end)]
        targets = [[tokens[b * n + t + 1] for b in range(batch)] for t in range(start, end)]
        yield np.array(inputs), np.array(targets)
        start = end


def sequence_log_probability(scores, targets):
    T, B, V = scores.shape
    result = []
    for b in range(B):
        log_p = 0.0
        for t in range(T):
            s = scores[t, b].tolist()
            top = max(s)
            log_p += s[targets[t, b]] - top - math.log(math.fsum(math.exp(v - top) for v in s))
        result.append(log_p)
    return np.array(result)


def perplexity(total_nll, count):
    return math.exp(total_nll / count)


def with_temperature(scores, temperature):
    scores = [float(s) for s in scores]
    best = max(scores)
    if temperature == 0:
        first = scores.index(best)
        return np.array([1.0 if i == first else 0.0 for i in range(len(scores))])
    exps = [math.exp((s - best) / temperature) for s in scores]
    return np.array([e / sum(exps) for e in exps])


def read(token, h, parameters):
    E, W, W_h, _ = parameters
    z = W @ E[token] + W_h @ h
    return np.concatenate([[1.0], np.tanh(z)])


def sample(parameters, prefix, length, temperature, rng):
    W_out = parameters[3]
    h = np.zeros(W_out.shape[1])
    h[0] = 1
    for token in prefix:
        h = read(token, h, parameters)
    result = []
    while len(result) < length:
        u, total = rng.random(), 0.0
        p = with_temperature(W_out @ h, temperature)
        for token, chance in enumerate(p):
            total += chance
            if u < total:
                break
        result.append(token)
        h = read(token, h, parameters)
    return result


def language_model_bptt(inputs, targets, E, W, W_h, W_out, h_0):
    x = embed(inputs, E)
    h = recur(x, W, W_h, h_0)
    lengths = np.array([inputs.shape[0] for _ in range(inputs.shape[1])])
    loss, dscores = sequence_loss(np.stack([h_t @ W_out.T for h_t in h]), targets, lengths)
    dx, dW, dW_h, _ = recur_backward(dscores @ W_out, h, h_0, x, W, W_h)
    dW_out = output_weights_backward(dscores, h)
    return loss, [embed_backward(inputs, dx, E.shape[0]), dW, dW_h, dW_out], h[len(h) - 1]
