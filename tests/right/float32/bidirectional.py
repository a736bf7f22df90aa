"""Right, in single precision, with the recurrence of unrolling.py."""

import numpy as np
from unrolling import initial_state, output_step, recur

F = np.float32


def reverse_sequences(x, lengths):
    turned = x.astype(F)
    for n, T_n in enumerate(lengths):
        turned[:T_n, n] = np.flip(x[:T_n, n], axis=0)
    return turned


def bidirectional_recur(x, lengths, forward, backward):
    def read(x, weights):
        W, W_h = (w.astype(F) for w in weights)
        return recur(x.astype(F), W, W_h, initial_state(x.shape[1], len(W)))

    h_f = read(x, forward)
    h_b = read(reverse_sequences(x, lengths), backward)
    return h_f, reverse_sequences(h_b, lengths)


def bidirectional_unroll(x, lengths, forward, backward, W_out_f, W_out_b):
    [(h_f, h_b)], scores = deep_bidirectional_unroll(
        x, lengths, [(forward, backward)], W_out_f, W_out_b
    )
    return h_f, h_b, scores


def deep_bidirectional_unroll(x, lengths, layers, W_out_f, W_out_b):
    hs = ()
    for forward, backward in layers:
        hs += (bidirectional_recur(x, lengths, forward, backward),)
        x = np.dstack(hs[-1])
    h_f, h_b = hs[-1]
    return hs, output_step(h_f, W_out_f) + output_step(h_b, W_out_b)
