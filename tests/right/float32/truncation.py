"""Right, in single precision: a running gradient that is set to zero at every border."""

import numpy as np

F = np.float32


def backward(dh, h, h_0, x, W, W_h, k):
    dh, h, h_0, x, W, W_h = (a.astype(F) for a in (dh, h, h_0, x, W, W_h))
    dW, dW_h, dx = np.zeros_like(W), np.zeros_like(W_h), np.zeros_like(x)
    from_the_future = np.zeros_like(h_0)
    dh_0 = None
    for t in range(len(x) - 1, -1, -1):
        if (t + 1) % k == 0:
            from_the_future = np.zeros_like(h_0)
        dz = (dh[t] + from_the_future)[:, 1:] * (1 - h[t, :, 1:] ** 2)
        dW += dz.T @ x[t]
        dW_h += dz.T @ (h[t - 1] if t > 0 else h_0)
        dx[t] = dz @ W
        from_the_future = dh_0 = dz @ W_h
    return dx, dW, dW_h, dh_0


truncated_recur_backward = backward


def sliding_recur_backward(dh, h, h_0, x, W, W_h, k):
    T = len(x)
    dx, dW, dW_h = np.zeros(x.shape, F), np.zeros(W.shape, F), np.zeros(W_h.shape, F)
    dh_0 = np.zeros(h_0.shape, F)
    for t in range(T):
        first = max(t + 1 - k, 0)
        only_t = np.zeros((t + 1 - first, *h_0.shape), F)
        only_t[-1] = dh[t]
        before = h[first - 1] if first else h_0
        here = slice(first, t + 1)
        parts = backward(only_t, h[here], before, x[here], W, W_h, T)
        dx[here] += parts[0]
        dW += parts[1]
        dW_h += parts[2]
        if first == 0:
            dh_0 += parts[3]
    return dx, dW, dW_h, dh_0


def truncated_bptt(x, labels, lengths, W, W_h, W_out, h_0, k):
    x, W, W_h, W_out, h_0 = (a.astype(F) for a in (x, W, W_h, W_out, h_0))
    h = [h_0]
    for x_t in x:
        z = x_t @ W.T + h[-1] @ W_h.T
        h.append(np.concatenate([np.ones((len(z), 1), F), np.tanh(z)], axis=1))
    h = np.stack(h[1:])
    n = F(lengths.sum())
    s = h @ W_out.T
    s -= s.max(-1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(-1, keepdims=True))
    d = np.exp(log_p)
    loss = F(0)
    for b, T_b in enumerate(lengths):
        for t in range(len(x)):
            if t < T_b:
                loss -= log_p[t, b, labels[t, b]]
                d[t, b, labels[t, b]] -= 1
            else:
                d[t, b] = 0
    d /= n
    dW_out = sum(d[t].T @ h[t] for t in range(len(x)))
    _, dW, dW_h, _ = backward(d @ W_out, h, h_0, x, W, W_h, k)
    return loss / n, (dW, dW_h, dW_out)


def gradient_reach(h, h_0, x, W, W_h, k):
    counts = np.zeros(len(x), np.int32)
    for t, one in enumerate(np.eye(len(x))):
        dh = one[:, None, None] * np.ones(h.shape)
        counts[t] = np.sum(backward(dh, h, h_0, x, W, W_h, k)[0].any((1, 2)))
    return counts
