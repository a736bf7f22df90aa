"""Right, as the formula is thought of: one long vector, clipped, and cut into pieces again."""

import numpy as np


def flat(arrays):
    return np.concatenate([np.ravel(a, order="F") for a in arrays])


def cut(vector, like):
    borders = np.cumsum([a.size for a in like])[:-1]
    pieces = np.split(vector, borders)
    return [p.reshape(a.shape, order="F") for p, a in zip(pieces, like)]


def global_norm(grads):
    g = flat(grads)
    return np.sqrt(np.einsum("i,i->", g, g))


def clip_by_global_norm(grads, tau):
    norm = global_norm(grads)
    scale = np.where(norm <= tau, 1, tau / np.where(norm == 0, 1, norm))
    return cut(scale * flat(grads), grads), norm


def clipped_step(weights, grads, tau, learning_rate):
    clipped, _ = clip_by_global_norm(grads, tau)
    return cut(flat(weights) - learning_rate * flat(clipped), weights)
