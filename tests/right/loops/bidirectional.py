"""Right, each sequence read alone and without its padding, which stays zero in the results."""

import math

import numpy as np


def reverse_sequences(x, lengths):
    turned = np.array(x)
    for n in range(len(lengths)):
        for t in range(lengths[n]):
            turned[t][n] = x[lengths[n] - 1 - t][n]
    return turned


def read(steps, W, W_h):
    h = [1.0] + [0.0] * len(W)
    states = []
    for x in steps:
        units = []
        for w, w_h in zip(W, W_h):
            z = sum(a * b for a, b in zip(w, x)) + sum(a * b for a, b in zip(w_h, h))
            units.append(math.tanh(z))
        h = [1.0] + units
        states.append(h)
    return states


def bidirectional_recur(x, lengths, forward, backward):
    T, B, _ = x.shape
    h_f = np.zeros((T, B, len(forward[0]) + 1))
    h_b = np.zeros((T, B, len(backward[0]) + 1))
    for n, length in enumerate(lengths):
        steps = [list(x[t, n]) for t in range(length)]
        for t, h in enumerate(read(steps, *forward)):
            h_f[t, n] = h
        steps.reverse()
        for back, h in enumerate(read(steps, *backward)):
            h_b[length - 1 - back, n] = h
    return h_f, h_b


def bidirectional_unroll(x, lengths, forward, backward, W_out_f, W_out_b):
    h_f, h_b = bidirectional_recur(x, lengths, forward, backward)
    scores = np.zeros((len(x), len(lengths), len(W_out_f)))
    for n, length in enumerate(lengths):
        for t in range(length):
            for k in range(len(W_out_f)):
                scores[t, n, k] = np.dot(W_out_f[k], h_f[t, n]) + np.dot(W_out_b[k], h_b[t, n])
    return h_f, h_b, scores


def deep_bidirectional_unroll(x, lengths, layers, W_out_f, W_out_b):
    hs = []
    for forward, backward in layers[:-1]:
        hs.append(list(bidirectional_recur(x, lengths, forward, backward)))
        x = np.array([[[*f, *b] for f, b in zip(*pair)] for pair in zip(*hs[-1])])
    h_f, h_b, scores = bidirectional_unroll(x, lengths, *layers[-1], W_out_f, W_out_b)
    return hs + [[h_f, h_b]], scores
