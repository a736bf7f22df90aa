"""Right, one number at a time: for every loss a walk back along every chain of units."""

import math

import numpy as np


def walk(dh, h, h_0, x, W, W_h, stop):
    """From every step t back to stop(t), with lists and loops."""
    T, B, H, D = len(x), len(h_0), len(W), len(W[0])
    dx, dW, dW_h = np.zeros(x.shape), np.zeros(W.shape), np.zeros(W_h.shape)
    dh_0 = np.zeros(h_0.shape)
    for t in range(T):
        for b in range(B):
            g = [float(dh[t, b, i + 1]) for i in range(H)]
            for s in range(t, stop(t) - 1, -1):
                before = h_0[b] if s == 0 else h[s - 1, b]
                dz = [g[i] * (1 - h[s, b, i + 1] ** 2) for i in range(H)]
                for i in range(H):
                    for d in range(D):
                        dx[s, b, d] += dz[i] * W[i, d]
                        dW[i, d] += dz[i] * x[s, b, d]
                    for j in range(H + 1):
                        dW_h[i, j] += dz[i] * before[j]
                        if s == 0:
                            dh_0[b, j] += dz[i] * W_h[i, j]
                g = [sum(dz[i] * W_h[i, j + 1] for i in range(H)) for j in range(H)]
    return dx, dW, dW_h, dh_0


def truncated_recur_backward(dh, h, h_0, x, W, W_h, k):
    return walk(dh, h, h_0, x, W, W_h, lambda t: k * (t // k))


def sliding_recur_backward(dh, h, h_0, x, W, W_h, k):
    return walk(dh, h, h_0, x, W, W_h, lambda t: max(t - k + 1, 0))


def truncated_bptt(x, labels, lengths, W, W_h, W_out, h_0, k):
    T, B = labels.shape
    h, before = [], h_0
    for t in range(T):
        rows = []
        for b in range(B):
            units = [math.tanh(W[i] @ x[t, b] + W_h[i] @ before[b]) for i in range(len(W))]
            rows.append([1.0, *units])
        before = np.array(rows)
        h.append(before)
    h = np.array(h)
    loss, steps = 0.0, int(sum(lengths))
    dh, dW_out = np.zeros(h.shape), np.zeros(W_out.shape)
    for b in range(B):
        for t in range(lengths[b]):
            s = [float(w @ h[t, b]) for w in W_out]
            total = sum(math.exp(v) for v in s)
            loss += math.log(total) - s[labels[t, b]]
            for label in range(len(s)):
                d = (math.exp(s[label]) / total - (label == labels[t, b])) / steps
                dW_out[label] += d * h[t, b]
                dh[t, b] += d * W_out[label]
    _, dW, dW_h, _ = truncated_recur_backward(dh, h, h_0, x, W, W_h, k)
    return loss / steps, (dW, dW_h, dW_out)


def gradient_reach(h, h_0, x, W, W_h, k):
    reach = []
    for t in range(len(x)):
        dh = np.zeros(h.shape)
        dh[t] = 1.0
        dx = truncated_recur_backward(dh, h, h_0, x, W, W_h, k)[0]
        reach.append(sum(1 for dx_s in dx if dx_s.any()))
    return np.array(reach)
