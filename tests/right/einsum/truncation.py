"""Right, with einsum and without the other topics; both kinds of cut are one rule: may t hear s?"""

import numpy as np


def recur(x, W, W_h, h_0):
    h = [h_0]
    for x_t in x:
        z = np.einsum("bd,hd->bh", x_t, W) + np.einsum("bi,hi->bh", h[-1], W_h)
        h.append(np.hstack([np.ones((len(z), 1)), np.tanh(z)]))
    return np.asfortranarray(h[1:])


def weights_of(dz, h, h_0, x, W, W_h):
    before = np.vstack([h_0[None], h[:-1]])
    return (
        np.einsum("tbh,hd->tbd", dz, W),
        np.einsum("tbh,tbd->hd", dz, x),
        np.einsum("tbh,tbi->hi", dz, before),
        np.einsum("bh,hi->bi", dz[0], W_h),
    )


def cut(dh, h, h_0, x, W, W_h, goes_on):
    """The loss of t comes back to s as long as goes_on(t, s)."""
    T, H = len(x), len(W)
    slope = 1 - np.square(h[..., 1:])
    dz = np.zeros(slope.shape)
    for t in range(T):
        g = dh[t, :, 1:] * slope[t]
        for s in range(t, -1, -1):
            if not goes_on(t, s):
                break
            dz[s] += g
            if s:
                g = np.einsum("bh,hi->bi", g, W_h[:, 1:]) * slope[s - 1]
    return weights_of(dz, h, h_0, x, W, W_h)


def truncated_recur_backward(dh, h, h_0, x, W, W_h, k):
    return cut(dh, h, h_0, x, W, W_h, lambda t, s: t // k == s // k)


def sliding_recur_backward(dh, h, h_0, x, W, W_h, k):
    return cut(dh, h, h_0, x, W, W_h, lambda t, s: t - s < k)


def truncated_bptt(x, labels, lengths, W, W_h, W_out, h_0, k):
    h = recur(x, W, W_h, h_0)
    scores = np.einsum("tbi,ki->tbk", h, W_out)
    real = np.arange(len(x))[:, None] < lengths
    p = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    right = np.take_along_axis(p, labels[..., None], -1)[..., 0]
    loss = -np.log(right)[real].mean()
    ds = (p - np.eye(len(W_out))[labels]) * real[..., None] / real.sum()
    dh = np.einsum("tbk,ki->tbi", ds, W_out)
    _, dW, dW_h, _ = truncated_recur_backward(dh, h, h_0, x, W, W_h, k)
    return [loss, [dW, dW_h, np.einsum("tbk,tbi->ki", ds, h)]]


def gradient_reach(h, h_0, x, W, W_h, k):
    T = len(x)
    found = []
    for t in range(T):
        one = np.zeros(h.shape)
        one[t] = 1
        dx = truncated_recur_backward(one, h, h_0, x, W, W_h, k)[0]
        found.append(int((np.abs(dx).max(axis=(1, 2)) > 0).sum()))
    return np.array(found)
