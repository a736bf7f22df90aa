"""Right, chunk after chunk with the state carried by hand, on top of unrolling.py alone."""

import numpy as np
from unrolling import recur, sequence_loss, unroll


def chunk_backward(dh, h, h_0, x, W, W_h):
    dh = dh.copy()
    dx, dW, dW_h = np.empty(x.shape), 0, 0
    for t in range(len(x))[::-1]:
        dz = dh[t][:, 1:] * (1 + h[t][:, 1:]) * (1 - h[t][:, 1:])
        back = dz @ W_h
        if t > 0:
            dh[t - 1] += back
        dx[t] = dz @ W
        dW = dW + dz.T @ x[t]
        dW_h = dW_h + dz.T @ (h[t - 1] if t > 0 else h_0)
    return dx, dW, dW_h, back


def truncated_recur_backward(dh, h, h_0, x, W, W_h, k):
    pieces, state = [], h_0
    for dh_c, h_c, x_c in zip(*(np.split(a, range(k, len(a), k)) for a in (dh, h, x))):
        pieces.append(chunk_backward(dh_c, h_c, state, x_c, W, W_h))
        state = h_c[-1]
    dx = np.vstack([piece[0] for piece in pieces])
    return dx, sum(p[1] for p in pieces), sum(p[2] for p in pieces), pieces[0][3]


def sliding_recur_backward(dh, h, h_0, x, W, W_h, k):
    """One window after the other."""
    T = len(x)
    total = [np.zeros(x.shape), np.zeros(W.shape), np.zeros(W_h.shape), np.zeros(h_0.shape)]
    for t in range(T):
        a = max(0, t - k + 1)
        only = np.zeros_like(dh[a : t + 1])
        only[-1] = dh[t]
        start = h[a - 1] if a else h_0
        dx, dW, dW_h, dh_0 = chunk_backward(only, h[a : t + 1], start, x[a : t + 1], W, W_h)
        total[0][a : t + 1] += dx
        total[1] += dW
        total[2] += dW_h
        total[3] += dh_0 if a == 0 else 0
    return tuple(total)


def truncated_bptt(x, labels, lengths, W, W_h, W_out, h_0, k):
    _, all_scores = unroll(x, W, W_h, W_out, h_0)
    loss, dscores = sequence_loss(all_scores, labels, lengths)
    grads, state = [np.zeros(w.shape) for w in (W, W_h, W_out)], h_0
    for a in range(0, len(x), k):
        h = recur(x[a : a + k], W, W_h, state)
        ds = dscores[a : a + k]
        _, dW, dW_h, _ = chunk_backward(ds @ W_out, h, state, x[a : a + k], W, W_h)
        dW_out = np.tensordot(ds, h, ((0, 1), (0, 1)))
        grads = [g + d for g, d in zip(grads, (dW, dW_h, dW_out))]
        state = h[-1]
    return loss, grads


def gradient_reach(h, h_0, x, W, W_h, k):
    ones = np.eye(len(x))[:, :, None, None] * np.ones(h.shape)
    dxs = np.stack([truncated_recur_backward(dh, h, h_0, x, W, W_h, k)[0] for dh in ones])
    return (dxs != 0).any(axis=(2, 3)).sum(axis=1)
