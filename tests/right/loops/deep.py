"""Right, one number at a time: loops over layers, steps, sequences and units."""

import math

import numpy as np


def deep_recur(x, layers, h_0):
    below = x.tolist()
    found = []
    for (W, W_h), start in zip(layers, h_0):
        W, W_h = W.tolist(), W_h.tolist()
        before = start.tolist()
        states = []
        for inputs in below:
            now = []
            for u, h in zip(inputs, before):
                row = [1.0]
                for w, w_h in zip(W, W_h):
                    z = 0.0
                    for a, b in zip(w, u):
                        z += a * b
                    for a, b in zip(w_h, h):
                        z += a * b
                    row.append(math.tanh(z))
                now.append(row)
            states.append(now)
            before = now
        found.append(np.array(states))
        below = states
    return found


def deep_unroll(x, layers, W_out, h_0):
    hs = deep_recur(x, layers, h_0)
    scores = [[[sum(w * v for w, v in zip(k, h)) for k in W_out] for h in h_t] for h_t in hs[-1]]
    return hs, np.array(scores)
