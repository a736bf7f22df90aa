"""Right, in single precision; the norm as the norm of the arrays' norms."""

import numpy as np

F = np.float32


def global_norm(grads):
    norms = np.array([np.linalg.norm(g.astype(F)) for g in grads])
    return np.linalg.norm(norms)


def clip_by_global_norm(grads, tau):
    norm = global_norm(grads)
    if norm <= F(tau):
        return tuple(g.astype(F) for g in grads), norm
    return tuple(g.astype(F) / norm * F(tau) for g in grads), norm


def clipped_step(weights, grads, tau, learning_rate):
    clipped = clip_by_global_norm(grads, tau)[0]
    return tuple(w.astype(F) - F(learning_rate) * g for w, g in zip(weights, clipped))
