"""Right, one sequence at a time, without its padding, and one number at a time in the step."""

import numpy as np
from bidirectional import bidirectional_recur, deep_bidirectional_unroll
from deep import deep_recur
from unrolling import output_step, sequence_loss


def numerical_gradient(f, w, eps=1e-5):
    gradient = np.zeros(w.shape)
    moved = w.copy()
    for i in np.ndindex(w.shape):
        moved[i] = w[i] + eps
        ahead = f(moved)
        moved[i] = w[i] - eps
        behind = f(moved)
        moved[i] = w[i]
        gradient[i] = (ahead - behind) / (2 * eps)
    return gradient


def hidden_step_backward(dh_t, h_t, h_prev, x_t, W, W_h):
    dx_t, dh_prev = np.zeros_like(x_t), np.zeros_like(h_prev)
    dW, dW_h = np.zeros_like(W), np.zeros_like(W_h)
    for n in range(len(x_t)):
        for i in range(len(W)):
            dz = dh_t[n, i + 1] * (1 - h_t[n, i + 1] * h_t[n, i + 1])
            for j in range(W.shape[1]):
                dx_t[n, j] += dz * W[i, j]
                dW[i, j] += dz * x_t[n, j]
            for j in range(W_h.shape[1]):
                dh_prev[n, j] += dz * W_h[i, j]
                dW_h[i, j] += dz * h_prev[n, j]
    return dx_t, dh_prev, dW, dW_h


def recur_backward(dh, h, h_0, x, W, W_h):
    T, B, _ = x.shape
    dx, dh_0 = np.zeros_like(x), np.zeros_like(h_0)
    dW, dW_h = np.zeros_like(W), np.zeros_like(W_h)
    for n in range(B):
        later = np.zeros((1, len(W) + 1))
        for t in reversed(range(T)):
            before = h[t - 1, n : n + 1] if t else h_0[n : n + 1]
            step = hidden_step_backward(
                dh[t, n : n + 1] + later, h[t, n : n + 1], before, x[t, n : n + 1], W, W_h
            )
            dx[t, n], later = step[0][0], step[1]
            dW, dW_h = dW + step[2], dW_h + step[3]
        dh_0[n] = later[0]
    return dx, dW, dW_h, dh_0


def output_weights_backward(dscores, h):
    dW_out = np.zeros((dscores.shape[2], h.shape[2]))
    for d_t, h_t in zip(dscores, h):
        for d, state in zip(d_t, h_t):
            for k in range(len(d)):
                dW_out[k] += d[k] * state
    return dW_out


def bptt(x, labels, lengths, W, W_h, W_out, h_0):
    loss, ([pair], dW_out) = deep_bptt(x, labels, lengths, [(W, W_h)], W_out, [h_0])
    return loss, (*pair, dW_out)


def deep_bptt(x, labels, lengths, layers, W_out, h_0):
    hs = deep_recur(x, layers, h_0)
    loss, dscores = sequence_loss(
        np.stack([output_step(h_t, W_out) for h_t in hs[-1]]), labels, lengths
    )
    dh = dscores @ W_out
    result = []
    for l in range(len(layers) - 1, -1, -1):
        dh, dW, dW_h, _ = recur_backward(dh, hs[l], h_0[l], hs[l - 1] if l else x, *layers[l])
        result = [[dW, dW_h]] + result
    return loss, (result, output_weights_backward(dscores, hs[-1]))


def bidirectional_recur_backward(dh_f, dh_b, h_f, h_b, x, lengths, forward, backward):
    dx = np.zeros_like(x)
    totals = []
    for dh, h, weights, way in ((dh_f, h_f, forward, 1), (dh_b, h_b, backward, -1)):
        dW, dW_h = np.zeros_like(weights[0]), np.zeros_like(weights[1])
        for n, T_n in enumerate(lengths):
            order = np.arange(T_n)[::way]
            rest = np.zeros((1, len(weights[0]) + 1))
            rest[0, 0] = 1
            one = slice(n, n + 1)
            back, dW_n, dW_h_n, _ = recur_backward(
                dh[order, one], h[order, one], rest, x[order, one], *weights
            )
            dx[order, one] += back
            dW += dW_n
            dW_h += dW_h_n
        totals.append((dW, dW_h))
    return dx, totals[0], totals[1]


def deep_bidirectional_bptt(x, labels, lengths, layers, W_out_f, W_out_b):
    hs, scores = deep_bidirectional_unroll(x, lengths, layers, W_out_f, W_out_b)
    loss, dscores = sequence_loss(scores, labels, lengths)
    dh_f, dh_b = dscores @ W_out_f, dscores @ W_out_b
    dlayers = []
    for l in range(len(layers))[::-1]:
        below = np.concatenate(hs[l - 1], axis=2) if l else x
        dx, dforward, dbackward = bidirectional_recur_backward(
            dh_f, dh_b, hs[l][0], hs[l][1], below, lengths, *layers[l]
        )
        dlayers.insert(0, [dforward, dbackward])
        half = dx.shape[2] // 2
        dh_f, dh_b = dx[:, :, :half], dx[:, :, half:]
    dW_outs = [output_weights_backward(dscores, h) for h in hs[-1]]
    return loss, (dlayers, *dW_outs)


def bidirectional_bptt(x, labels, lengths, forward, backward, W_out_f, W_out_b):
    h_f, h_b = bidirectional_recur(x, lengths, forward, backward)
    scores = np.array(
        [output_step(f, W_out_f) + output_step(b, W_out_b) for f, b in zip(h_f, h_b)]
    )
    loss, dscores = sequence_loss(scores, labels, lengths)
    _, dforward, dbackward = bidirectional_recur_backward(
        dscores @ W_out_f, dscores @ W_out_b, h_f, h_b, x, lengths, forward, backward
    )
    tops = (output_weights_backward(dscores, h_f), output_weights_backward(dscores, h_b))
    return loss, (dforward, dbackward, *tops)
