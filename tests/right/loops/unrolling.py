"""Right, one number at a time: loops over examples and units, lists until the end."""

import math

import numpy as np


def initial_state(batch, hidden):
    return np.array([[1.0] + [0.0] * hidden for _ in range(batch)])


def hidden_step(x_t, h_prev, W, W_h):
    rows = []
    for x, h in zip(x_t, h_prev):
        row = [1.0]
        for i in range(len(W)):
            z = sum(w * v for w, v in zip(W[i], x)) + sum(w * v for w, v in zip(W_h[i], h))
            row.append(math.tanh(z))
        rows.append(row)
    return np.array(rows)


def output_step(h_t, W_out):
    return np.array([[float(np.dot(w, h)) for w in W_out] for h in h_t])


def recur(x, W, W_h, h_0):
    states = [h_0]
    for x_t in x:
        states.append(hidden_step(x_t, states[-1], W, W_h))
    return np.array(states[1:])


def unroll(x, W, W_h, W_out, h_0):
    h = recur(x, W, W_h, h_0)
    return h, np.array([output_step(h_t, W_out) for h_t in h])


def sequence_loss(scores, labels, lengths):
    total, gradient = 0.0, np.zeros_like(scores)
    for n, T_n in enumerate(lengths):
        for t in range(T_n):
            s = scores[t, n]
            top = max(s)
            exps = [math.exp(v - top) for v in s]
            total -= s[labels[t, n]] - top - math.log(sum(exps))
            for k, e in enumerate(exps):
                gradient[t, n, k] = (e / sum(exps) - (k == labels[t, n])) / sum(lengths)
    return total / sum(lengths), gradient


def parameter_count(D, H, K):
    return sum(rows * columns for rows, columns in [(H, D), (H, H + 1), (K, H + 1)])
