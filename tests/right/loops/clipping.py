"""Right, one number at a time, whatever the shape: by recursion into nested lists."""

import math

import numpy as np


def squares(nested):
    if isinstance(nested, list):
        return math.fsum(squares(part) for part in nested)
    return nested * nested


def scaled(nested, factor):
    if isinstance(nested, list):
        return [scaled(part, factor) for part in nested]
    return nested * factor


def moved(w, g, rate):
    if isinstance(w, list):
        return [moved(a, b, rate) for a, b in zip(w, g)]
    return w - rate * g


def global_norm(grads):
    return math.sqrt(squares([g.tolist() for g in grads]))


def clip_by_global_norm(grads, tau):
    norm = global_norm(grads)
    factor = 1.0
    if norm > tau:
        factor = tau / norm
    return [np.array(scaled(g.tolist(), factor)) for g in grads], norm


def clipped_step(weights, grads, tau, learning_rate):
    clipped, norm = clip_by_global_norm(grads, tau)
    return [np.array(moved(w.tolist(), g.tolist(), learning_rate)) for w, g in zip(weights, clipped)]
