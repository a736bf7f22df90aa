"""Right, array after array, in place on copies; overflow is no danger to this norm."""

import math

import numpy as np


def global_norm(grads):
    norm = 0.0
    for g in grads:
        norm = math.hypot(norm, *g.flat)
    return norm


def clip_by_global_norm(grads, tau):
    norm = global_norm(grads)
    clipped = []
    for g in grads:
        copy = g.copy()
        if norm > tau:
            copy *= tau
            copy /= norm
        clipped.append(copy)
    return clipped, norm


def clipped_step(weights, grads, tau, learning_rate):
    norm = global_norm(grads)
    rate = learning_rate * min(1, tau / norm) if norm else learning_rate
    new = [np.array(w) for w in weights]
    for w, g in zip(new, grads):
        w -= rate * g
    return new
