"""Right, in single precision: everything is turned into float32 at the door."""

import numpy as np
from bidirectional import deep_bidirectional_unroll, reverse_sequences
from deep import deep_unroll
from unrolling import initial_state, sequence_loss, unroll

F = np.float32


def single(value):
    if isinstance(value, np.ndarray):
        return value.astype(F) if value.dtype.kind == "f" else value
    return [single(inner) for inner in value]


def numerical_gradient(f, w, eps=1e-5):
    gradient = np.zeros_like(w)  # differences need all the digits that there are
    flat = gradient.ravel()
    for i, step in enumerate(np.identity(w.size)):
        step = eps * step.reshape(w.shape)
        flat[i] = 0.5 * (f(w + step) - f(w - step)) / eps
    return gradient


def hidden_step_backward(dh_t, h_t, h_prev, x_t, W, W_h):
    dh_t, h_t, h_prev, x_t, W, W_h = single((dh_t, h_t, h_prev, x_t, W, W_h))
    dz = dh_t[:, 1:] * (1 - h_t[:, 1:]) * (1 + h_t[:, 1:])
    return np.dot(dz, W), np.dot(dz, W_h), np.dot(dz.T, x_t), np.dot(dz.T, h_prev)


def recur_backward(dh, h, h_0, x, W, W_h):
    dh, h, h_0, x, W, W_h = single((dh, h, h_0, x, W, W_h))
    dx = np.empty_like(x)
    dW, dW_h = np.zeros_like(W), np.zeros_like(W_h)
    dh_t = dh[-1]
    t = len(x) - 1
    while True:
        before = h_0 if t == 0 else h[t - 1]
        dx[t], dh_prev, dW_t, dW_h_t = hidden_step_backward(dh_t, h[t], before, x[t], W, W_h)
        dW += dW_t
        dW_h += dW_h_t
        if t == 0:
            return dx, dW, dW_h, dh_prev
        t -= 1
        dh_t = dh[t] + dh_prev


def output_weights_backward(dscores, h):
    dscores, h = single((dscores, h))
    return np.tensordot(dscores, h, axes=((0, 1), (0, 1)))


def bptt(x, labels, lengths, W, W_h, W_out, h_0):
    x, W, W_h, W_out, h_0 = single((x, W, W_h, W_out, h_0))
    h, scores = unroll(x, W, W_h, W_out, h_0)
    loss, dscores = sequence_loss(scores, labels, lengths)
    _, dW, dW_h, _ = recur_backward(dscores @ W_out, h, h_0, x, W, W_h)
    return loss, (dW, dW_h, output_weights_backward(dscores, h))


def deep_bptt(x, labels, lengths, layers, W_out, h_0):
    x, layers, W_out, h_0 = single((x, layers, W_out, h_0))
    hs, scores = deep_unroll(x, layers, W_out, h_0)
    loss, dscores = sequence_loss(scores, labels, lengths)
    hs = [x, *hs]
    dh, dlayers = dscores @ W_out, ()
    for level in range(len(layers), 0, -1):
        dh, dW, dW_h, _ = recur_backward(
            dh, hs[level], h_0[level - 1], hs[level - 1], *layers[level - 1]
        )
        dlayers = ((dW, dW_h), *dlayers)
    return loss, (dlayers, output_weights_backward(dscores, hs[-1]))


def bidirectional_recur_backward(dh_f, dh_b, h_f, h_b, x, lengths, forward, backward):
    sides = []
    for dh, h, weights, turned in ((dh_f, h_f, forward, False), (dh_b, h_b, backward, True)):
        arrays = (dh, h, x)
        if turned:
            arrays = [reverse_sequences(a, lengths) for a in arrays]
        dh, h, read = arrays
        dx, dW, dW_h, _ = recur_backward(
            dh, h, initial_state(x.shape[1], len(weights[0])), read, *weights
        )
        sides.append((reverse_sequences(dx, lengths) if turned else dx, (dW, dW_h)))
    (dx_f, dforward), (dx_b, dbackward) = sides
    return dx_f + dx_b, dforward, dbackward


def deep_bidirectional_bptt(x, labels, lengths, layers, W_out_f, W_out_b):
    hs, scores = deep_bidirectional_unroll(x, lengths, layers, W_out_f, W_out_b)
    loss, dscores = sequence_loss(scores, labels, lengths)
    dh = dscores @ W_out_f, dscores @ W_out_b
    dlayers = []
    for level in reversed(range(len(layers))):
        below = np.concatenate(hs[level - 1], -1) if level else x
        dx, *pair = bidirectional_recur_backward(*dh, *hs[level], below, lengths, *layers[level])
        dlayers.append(tuple(pair))
        dh = np.array_split(dx, 2, axis=-1)
    dlayers.reverse()
    return loss, (dlayers, *(output_weights_backward(dscores, h) for h in hs[-1]))


def bidirectional_bptt(x, labels, lengths, forward, backward, W_out_f, W_out_b):
    loss, grads = deep_bidirectional_bptt(
        x, labels, lengths, [(forward, backward)], W_out_f, W_out_b
    )
    (dforward, dbackward), dW_out_f, dW_out_b = grads[0][0], *grads[1:]
    return loss, (dforward, dbackward, dW_out_f, dW_out_b)
