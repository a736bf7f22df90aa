"""Right, one step back at a time, collecting with +=; networks are walked back chain by chain."""

import numpy as np
from bidirectional import deep_bidirectional_unroll, reverse_sequences
from deep import deep_unroll
from unrolling import initial_state, sequence_loss, unroll


def numerical_gradient(f, w, eps=1e-5):
    slopes = []
    for i in range(w.size):
        ahead, behind = w.flatten(), w.flatten()
        ahead[i] += eps
        behind[i] -= eps
        slopes.append((f(ahead.reshape(w.shape)) - f(behind.reshape(w.shape))) / 2 / eps)
    return np.reshape(slopes, w.shape)


def hidden_step_backward(dh_t, h_t, h_prev, x_t, W, W_h):
    slope = 1 - np.square(h_t[:, 1:])
    dz = dh_t[:, 1:] * slope
    return dz @ W, dz @ W_h, dz.T @ x_t, dz.T @ h_prev


def recur_backward(dh, h, h_0, x, W, W_h):
    dx, dW, dW_h = np.zeros_like(x), np.zeros_like(W), np.zeros_like(W_h)
    carried = np.zeros_like(h_0)
    for t in range(len(x) - 1, -1, -1):
        before = h[t - 1] if t > 0 else h_0
        dx[t], carried, dW_t, dW_h_t = hidden_step_backward(
            dh[t] + carried, h[t], before, x[t], W, W_h
        )
        dW += dW_t
        dW_h += dW_h_t
    return dx, dW, dW_h, carried


def output_weights_backward(dscores, h):
    return sum(d.T @ h_t for d, h_t in zip(dscores, h))


def bptt(x, labels, lengths, W, W_h, W_out, h_0):
    loss, ([(dW, dW_h)], dW_out) = deep_bptt(x, labels, lengths, [(W, W_h)], W_out, [h_0])
    return loss, (dW, dW_h, dW_out)


def deep_bptt(x, labels, lengths, layers, W_out, h_0):
    hs, scores = deep_unroll(x, layers, W_out, h_0)
    loss, dscores = sequence_loss(scores, labels, lengths)
    inputs = [x, *hs[:-1]]
    grads = []
    dh = np.stack([d @ W_out for d in dscores])
    for layer, h, start, below in list(zip(layers, hs, h_0, inputs))[::-1]:
        dh, dW, dW_h, _ = recur_backward(dh, h, start, below, *layer)
        grads.append((dW, dW_h))
    return loss, (grads[::-1], output_weights_backward(dscores, hs[-1]))


def bidirectional_recur_backward(dh_f, dh_b, h_f, h_b, x, lengths, forward, backward):
    def turn(a):
        return reverse_sequences(a, lengths)

    B = x.shape[1]
    dx_f, *dforward, _ = recur_backward(
        dh_f, h_f, initial_state(B, len(forward[0])), x, *forward
    )
    dx_b, *dbackward, _ = recur_backward(
        turn(dh_b), turn(h_b), initial_state(B, len(backward[0])), turn(x), *backward
    )
    return dx_f + turn(dx_b), dforward, dbackward


def deep_bidirectional_bptt(x, labels, lengths, layers, W_out_f, W_out_b):
    hs, scores = deep_bidirectional_unroll(x, lengths, layers, W_out_f, W_out_b)
    loss, dscores = sequence_loss(scores, labels, lengths)
    dh_f, dh_b = dscores @ W_out_f, dscores @ W_out_b
    dlayers = [None] * len(layers)
    for i in range(len(layers) - 1, -1, -1):
        below = np.dstack(hs[i - 1]) if i else x
        dx, *dlayers[i] = bidirectional_recur_backward(
            dh_f, dh_b, *hs[i], below, lengths, *layers[i]
        )
        if i:
            width = hs[i - 1][0].shape[2]
            dh_f, dh_b = dx[..., :width], dx[..., width:]
    h_f, h_b = hs[-1]
    tops = output_weights_backward(dscores, h_f), output_weights_backward(dscores, h_b)
    return loss, (dlayers, *tops)


def bidirectional_bptt(x, labels, lengths, forward, backward, W_out_f, W_out_b):
    loss, ([pair], dW_out_f, dW_out_b) = deep_bidirectional_bptt(
        x, labels, lengths, [(forward, backward)], W_out_f, W_out_b
    )
    return loss, [*pair, dW_out_f, dW_out_b]
