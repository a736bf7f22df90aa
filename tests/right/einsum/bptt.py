"""Right, with einsum; the slopes come from the pre-activations, computed again from the inputs."""

import numpy as np
from bidirectional import deep_bidirectional_unroll, reverse_sequences
from deep import deep_unroll
from unrolling import sequence_loss


def numerical_gradient(f, w, eps=1e-5):
    steps = eps * np.eye(w.size).reshape(w.size, *w.shape)
    slopes = [(f(w + step) - f(w - step)) / (eps + eps) for step in steps]
    return np.asfortranarray(np.array(slopes).reshape(w.shape))


def slope(x, before, W, W_h):
    z = np.einsum("...d,hd->...h", x, W) + np.einsum("...i,hi->...h", before, W_h)
    return np.cosh(z) ** -2


def hidden_step_backward(dh_t, h_t, h_prev, x_t, W, W_h):
    dz = np.delete(dh_t, 0, axis=1) * slope(x_t, h_prev, W, W_h)
    return [
        np.einsum("bh,hd->bd", dz, W),
        np.einsum("bh,hi->bi", dz, W_h),
        np.einsum("bh,bd->hd", dz, x_t),
        np.einsum("bh,bi->hi", dz, h_prev),
    ]


def recur_backward(dh, h, h_0, x, W, W_h):
    before = np.concatenate([h_0[np.newaxis], h])[:-1]
    slopes = slope(x, before, W, W_h)
    dz = np.empty_like(slopes, order="F")
    arriving = np.zeros_like(h_0)
    for t in range(len(x))[::-1]:
        dz[t] = slopes[t] * (dh[t] + arriving)[:, 1:]
        arriving = np.einsum("bh,hi->bi", dz[t], W_h)
    dW, dW_h = (np.einsum("tbh,tbi->hi", dz, met) for met in (x, before))
    return np.einsum("tbh,hd->tbd", dz, W), dW, dW_h, arriving


def output_weights_backward(dscores, h):
    return np.einsum("tbk,tbi->ki", dscores, h)


def bptt(x, labels, lengths, W, W_h, W_out, h_0):
    loss, (((dW, dW_h),), dW_out) = deep_bptt(x, labels, lengths, [(W, W_h)], W_out, [h_0])
    return [loss, [dW, dW_h, np.asfortranarray(dW_out)]]


def deep_bptt(x, labels, lengths, layers, W_out, h_0):
    hs, scores = deep_unroll(x, layers, W_out, h_0)
    loss, dscores = sequence_loss(scores, labels, lengths)

    def back(dh, level):
        if level < 0:
            return ()
        below = hs[level - 1] if level > 0 else x
        dx, dW, dW_h, _ = recur_backward(dh, hs[level], h_0[level], below, *layers[level])
        return (*back(dx, level - 1), (dW, dW_h))

    dh = np.einsum("tbk,ki->tbi", dscores, W_out)
    return [loss, [back(dh, len(layers) - 1), output_weights_backward(dscores, hs[-1])]]


def chain_back(dh, h, x, weights):
    rest = np.eye(1, h.shape[2]).repeat(h.shape[1], axis=0)
    return recur_backward(dh, h, rest, x, *weights)[:3]


def bidirectional_recur_backward(dh_f, dh_b, h_f, h_b, x, lengths, forward, backward):
    dx_f, dW_f, dW_hf = chain_back(dh_f, h_f, x, forward)
    turned = [reverse_sequences(a, lengths) for a in (dh_b, h_b, x)]
    dx_b, dW_b, dW_hb = chain_back(*turned, backward)
    return [dx_f + reverse_sequences(dx_b, lengths), [dW_f, dW_hf], [dW_b, dW_hb]]


def deep_bidirectional_bptt(x, labels, lengths, layers, W_out_f, W_out_b):
    hs, scores = deep_bidirectional_unroll(x, lengths, layers, W_out_f, W_out_b)
    loss, dscores = sequence_loss(scores, labels, lengths)
    joined = np.concatenate([W_out_f, W_out_b], axis=1)
    dh = np.einsum("tbk,ki->tbi", dscores, joined)
    dlayers = []
    for level in range(len(layers) - 1, -1, -1):
        (h_f, h_b), below = hs[level], x if level == 0 else np.concatenate(hs[level - 1], axis=-1)
        dh_f, dh_b = dh[..., : h_f.shape[-1]], dh[..., h_f.shape[-1] :]
        dh, *both = bidirectional_recur_backward(
            dh_f, dh_b, h_f, h_b, below, lengths, *layers[level]
        )
        dlayers = [both, *dlayers]
    dW_f, dW_b = (output_weights_backward(dscores, h) for h in hs[-1])
    return loss, [dlayers, dW_f, dW_b]


def bidirectional_bptt(x, labels, lengths, forward, backward, W_out_f, W_out_b):
    loss, (dlayers, dW_f, dW_b) = deep_bidirectional_bptt(
        x, labels, lengths, ((forward, backward),), W_out_f, W_out_b
    )
    return loss, (dlayers[0][0], dlayers[0][1], dW_f, dW_b)
