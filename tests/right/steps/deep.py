"""Right, each step taken through all layers before the next, with the steps of unrolling.py."""

import numpy as np
from unrolling import hidden_step, output_step


def deep_recur(x, layers, h_0):
    now = list(h_0)
    history = []
    for x_t in x:
        for level, (W, W_h) in enumerate(layers):
            x_t = now[level] = hidden_step(x_t, now[level], W, W_h)
        history.append(tuple(now))
    return [np.stack(h) for h in zip(*history)]


def deep_unroll(x, layers, W_out, h_0):
    hs = deep_recur(x, layers, h_0)
    return hs, np.stack([output_step(h_t, W_out) for h_t in hs[-1]])
