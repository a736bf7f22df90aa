"""Right, in single precision from input to output."""

import numpy as np

F = np.float32


def initial_state(batch, hidden):
    return np.concatenate([np.ones((batch, 1), F), np.zeros((batch, hidden), F)], axis=1)


def hidden_step(x_t, h_prev, W, W_h):
    joined = np.concatenate([x_t, h_prev], axis=1).astype(F)
    z = joined @ np.concatenate([W, W_h], axis=1).astype(F).T
    return np.concatenate([np.ones((len(z), 1), F), np.tanh(z)], axis=1)


def output_step(h_t, W_out):
    return h_t.astype(F) @ W_out.astype(F).T


def recur(x, W, W_h, h_0):
    h = [h_0.astype(F)]
    for x_t in x:
        h.append(hidden_step(x_t, h[-1], W, W_h))
    return np.stack(h[1:])


def unroll(x, W, W_h, W_out, h_0):
    h = recur(x, W, W_h, h_0)
    return h, output_step(h, W_out)


def sequence_loss(scores, labels, lengths):
    T, B, K = scores.shape
    s = scores.astype(F) - scores.astype(F).max(-1, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(-1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(-1, keepdims=True))
    n = F(np.sum(lengths))
    loss, gradient = F(0), p.copy()
    for b in range(B):
        for t in range(T):
            if t < lengths[b]:
                loss -= log_p[t, b, labels[t, b]] / n
                gradient[t, b, labels[t, b]] -= 1
            else:
                gradient[t, b] = 0
    return loss, gradient / n


def parameter_count(D, H, K):
    sizes = np.array([H * D, H * (H + 1), K * (H + 1)])
    return sizes.sum()
