r"""Backpropagation through time (chapter *BPTT*).

With z_t = W x_t + W_h h_{t-1} and h_t = [1, tanh(z_t)], the gradient that reaches h_t comes
from above (this step's scores) and from the future (the next state)::

    dz_t = (dh_t + W_h^T dz_{t+1}) * (1 - tanh(z_t)^2)

and every weight collects from every step, because it was used at every step.
"""

import numpy as np

from solutions.unrolling import sequence_loss, unroll

Array = np.ndarray


def recur_backward(
    dh: Array, h: Array, h_0: Array, x: Array, W: Array, W_h: Array
) -> tuple[Array, Array, Array, Array]:
    """Carry the gradient of the states back through all time steps of ``recur``.

    Parameters
    ----------
    dh : Array (T, B, H+1)
        Gradient of the loss with respect to each state, from above only.
    h : Array (T, B, H+1)
        The states that ``recur`` returned.
    h_0 : Array (B, H+1)
        The state before the first step.
    x : Array (T, B, D)
        The inputs.
    W : Array (H, D)
        Input-to-hidden weights.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights.

    Returns
    -------
    dx : Array (T, B, D)
        Gradient with respect to the inputs.
    dW : Array (H, D)
        Gradient with respect to ``W``, summed over all steps and sequences.
    dW_h : Array (H, H+1)
        Gradient with respect to ``W_h``, summed over all steps and sequences.
    dh_0 : Array (B, H+1)
        Gradient with respect to the initial state.
    """
    ### BEGIN SOLUTION
    T, B, D = x.shape
    H = len(W)
    dz = dh[:, :, 1:] * (1 - h[:, :, 1:] ** 2)
    for t in reversed(range(T - 1)):
        dz[t] += (dz[t + 1] @ W_h[:, 1:]) * (1 - h[t, :, 1:] ** 2)
    dz = dz.reshape(T * B, H)
    h_prev = np.concatenate([h_0[None], h[:-1]]).reshape(T * B, H + 1)
    dx = (dz @ W).reshape(T, B, D)
    dW = dz.T @ x.reshape(T * B, D)
    dW_h = dz.T @ h_prev
    dh_0 = dz[:B] @ W_h
    return dx, dW, dW_h, dh_0
    ### END SOLUTION


def bptt(
    x: Array, labels: Array, lengths: Array, W: Array, W_h: Array, W_out: Array, h_0: Array
) -> tuple[float, tuple[Array, Array, Array]]:
    """Compute the loss of a batch of sequences and its gradient for every weight.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, padded at the end.
    labels : Array (T, B) of int
        The right label of every real step.
    lengths : Array (B,) of int
        T_n, the length of each sequence.
    W : Array (H, D)
        Input-to-hidden weights.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights.
    W_out : Array (K, H+1)
        Hidden-to-output weights.
    h_0 : Array (B, H+1)
        The state before the first step.

    Returns
    -------
    loss : float
        Mean cross-entropy over the real steps, in nats.
    grads : tuple of Array
        ``(dW, dW_h, dW_out)``, shaped as the weights.
    """
    ### BEGIN SOLUTION
    h, scores = unroll(x, W, W_h, W_out, h_0)
    loss, dscores = sequence_loss(scores, labels, lengths)
    K, width = W_out.shape
    dW_out = dscores.reshape(-1, K).T @ h.reshape(-1, width)
    _, dW, dW_h, _ = recur_backward(dscores @ W_out, h, h_0, x, W, W_h)
    return loss, (dW, dW_h, dW_out)
    ### END SOLUTION
