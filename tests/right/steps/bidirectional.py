"""Right, without turning anything round: the backward chain steps from the end, and rests on
padding until its sequence begins."""

import numpy as np
from unrolling import hidden_step, initial_state, output_step


def reverse_sequences(x, lengths):
    t = np.arange(len(x)).reshape(-1, 1)
    step = np.where(t < lengths, np.subtract(lengths, t + 1), t)
    return np.take_along_axis(x, step[..., None], axis=0)


def bidirectional_recur(x, lengths, forward, backward):
    T, B, _ = x.shape
    h_f, h_b = [None] * T, [None] * T
    h = initial_state(B, len(forward[0]))
    for t in range(T):
        h = h_f[t] = hidden_step(x[t], h, *forward)
    h = rest = initial_state(B, len(backward[0]))
    for t in range(T - 1, -1, -1):
        is_real = (t < lengths)[:, None]
        h = h_b[t] = np.where(is_real, hidden_step(x[t], h, *backward), rest)
    return np.stack(h_f), np.stack(h_b)


def scored(h_f, h_b, W_out_f, W_out_b):
    return np.stack([output_step(f, W_out_f) + output_step(b, W_out_b) for f, b in zip(h_f, h_b)])


def bidirectional_unroll(x, lengths, forward, backward, W_out_f, W_out_b):
    h_f, h_b = bidirectional_recur(x, lengths, forward, backward)
    return h_f, h_b, scored(h_f, h_b, W_out_f, W_out_b)


def deep_bidirectional_unroll(x, lengths, layers, W_out_f, W_out_b):
    below, hs = x, []
    for layer in layers:
        h_f, h_b = bidirectional_recur(below, lengths, *layer)
        below = np.append(h_f, h_b, axis=2)
        hs.append((h_f, h_b))
    return hs, scored(*hs[-1], W_out_f, W_out_b)
