"""Right, one token at a time, with the steps of the other files."""

import numpy as np
from bptt import recur_backward
from unrolling import hidden_step, initial_state, output_step, sequence_loss


def build_vocabulary(text):
    found = []
    for token in text:
        if token not in found and token != "<unk>":
            found.append(token)
    found.sort()
    return ["<unk>"] + found


def encode(text, vocabulary):
    tokens = np.zeros(len(text), int)
    for i, token in enumerate(text):
        if token in vocabulary:
            tokens[i] = vocabulary.index(token)
    return tokens


def decode(tokens, vocabulary):
    text = ""
    for token in tokens:
        text += vocabulary[token]
    return text


def embed(tokens, E):
    return np.stack([[E[token] for token in row] for row in tokens])


def embed_backward(tokens, dx, vocabulary_size):
    dE = np.zeros((vocabulary_size, dx.shape[2]))
    for t in range(len(tokens)):
        for n, token in enumerate(tokens[t]):
            dE[token] += dx[t, n]
    return dE


def batch_streams(tokens, batch, steps):
    n = (len(tokens) - 1) // batch
    pieces = []
    for start in range(0, n, steps):
        T = min(steps, n - start)
        inputs, targets = np.empty((T, batch), int), np.empty((T, batch), int)
        for b in range(batch):
            at = b * n + start
            inputs[:, b] = tokens[at : at + T]
            targets[:, b] = tokens[at + 1 : at + T + 1]
        pieces.append((inputs, targets))
    return pieces


def sequence_log_probability(scores, targets):
    total = np.zeros(scores.shape[1])
    for scores_t, targets_t in zip(scores, targets):
        top = scores_t.max(axis=1)
        normaliser = top + np.log(np.exp(scores_t - top[:, None]).sum(axis=1))
        total += scores_t[np.arange(len(top)), targets_t] - normaliser
    return total


def perplexity(total_nll, count):
    return np.e ** (total_nll / count)


def with_temperature(scores, temperature):
    if temperature < 0:
        raise ValueError("negative")
    p = np.zeros(len(scores))
    if temperature == 0:
        p[int(np.argmax(scores))] = 1
    else:
        exps = np.exp(np.subtract(scores, max(scores)) / temperature)
        p += exps / sum(exps)
    return p


def sample(parameters, prefix, length, temperature, rng):
    E, W, W_h, W_out = parameters
    h = initial_state(1, W.shape[0])
    tokens = list(prefix)
    for i in range(len(prefix) + length - 1):
        h = hidden_step(E[tokens[i]][None, :], h, W, W_h)
        if i >= len(prefix) - 1:
            p = with_temperature(output_step(h, W_out)[0], temperature)
            tokens.append(int(rng.choice(np.arange(len(p)), p=p)))
    return tokens[len(prefix) :]


def language_model_bptt(inputs, targets, E, W, W_h, W_out, h_0):
    x = embed(inputs, E)
    states, h_t = [], h_0
    for x_t in x:
        h_t = hidden_step(x_t, h_t, W, W_h)
        states.append(h_t)
    h = np.stack(states)
    loss, dscores = sequence_loss(h @ W_out.T, targets, np.array([len(x)] * x.shape[1]))
    dW_out = sum(d.T @ s for d, s in zip(dscores, h))
    dx, dW, dW_h, _ = recur_backward(dscores @ W_out, h, h_0, x, W, W_h)
    return loss, (embed_backward(inputs, dx, len(E)), dW, dW_h, dW_out), h_t
