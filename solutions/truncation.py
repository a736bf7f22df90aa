r"""Truncated backpropagation through time (chapter *Truncation*).

The states are carried forward over the whole sequence; the gradient of a loss goes back over a
limited number of steps only. There are two places to stop it:

in chunks
    cut the sequence into chunks of k steps; no gradient crosses a border between two of them

in a sliding window
    the loss of every step goes back over exactly k steps, or to the start

Both are cases of one algorithm: every so many steps, go back so many (Williams and Peng 1990). The
states before the cut are constants for the gradient, and they are *used* like any others: the state
before a chunk is the last state of the chunk before it, not h_0.
"""

import numpy as np

from solutions.bptt import output_weights_backward, recur_backward
from solutions.unrolling import sequence_loss, unroll

Array = np.ndarray


def truncated_recur_backward(
    dh: Array, h: Array, h_0: Array, x: Array, W: Array, W_h: Array, k: int
) -> tuple[Array, Array, Array, Array]:
    """Carry the gradient of the states back in chunks of k steps, over no border.

    Parameters
    ----------
    dh : Array (T, B, H+1)
        Gradient of the loss with respect to each state, from above only.
    h : Array (T, B, H+1)
        The states that ``recur`` returned, carried over all T steps.
    h_0 : Array (B, H+1)
        The state before the first step.
    x : Array (T, B, D)
        The inputs.
    W : Array (H, D)
        Input-to-hidden weights.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights.
    k : int
        Steps in a chunk, 1 or more. The first chunk begins at step 0; the last one may be shorter.

    Returns
    -------
    dx : Array (T, B, D)
        Gradient with respect to the inputs, each from the losses of its own chunk.
    dW : Array (H, D)
        Gradient with respect to ``W``, summed over all chunks.
    dW_h : Array (H, H+1)
        Gradient with respect to ``W_h``, summed over all chunks.
    dh_0 : Array (B, H+1)
        Gradient with respect to the initial state, from the losses of the first chunk.
    """
    # Hint: recur_backward on one chunk after the other; its `h_0` is the state before the chunk.
    ### BEGIN SOLUTION
    before = np.concatenate([h_0[None], h[:-1]])
    chunks = [slice(start, start + k) for start in range(0, len(x), k)]
    backward = [recur_backward(dh[c], h[c], before[c][0], x[c], W, W_h) for c in chunks]
    dx, dW, dW_h, dh_0 = zip(*backward, strict=True)
    return np.concatenate(dx), np.sum(dW, axis=0), np.sum(dW_h, axis=0), dh_0[0]
    ### END SOLUTION


def truncated_bptt(
    x: Array, labels: Array, lengths: Array, W: Array, W_h: Array, W_out: Array, h_0: Array, k: int
) -> tuple[float, tuple[Array, Array, Array]]:
    """Compute the loss of a batch of sequences, and its gradient truncated in chunks of k steps.

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
    k : int
        Steps in a chunk, 1 or more.

    Returns
    -------
    loss : float
        Mean cross-entropy over all real steps, in nats: the same for every k.
    grads : tuple of Array
        ``(dW, dW_h, dW_out)``, shaped as the weights.
    """
    # Hint: only one line differs from your bptt. Which of the three gradients does it leave alone?
    ### BEGIN SOLUTION
    h, scores = unroll(x, W, W_h, W_out, h_0)
    loss, dscores = sequence_loss(scores, labels, lengths)
    dW_out = output_weights_backward(dscores, h)
    _, dW, dW_h, _ = truncated_recur_backward(dscores @ W_out, h, h_0, x, W, W_h, k)
    return loss, (dW, dW_h, dW_out)
    ### END SOLUTION


def gradient_reach(h: Array, h_0: Array, x: Array, W: Array, W_h: Array, k: int) -> Array:
    """Measure how many steps the gradient of each single loss reaches, in chunks of k steps.

    Parameters
    ----------
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
    k : int
        Steps in a chunk, 1 or more.

    Returns
    -------
    reach : Array (T,) of int
        For each step t, to how many inputs the gradient of a loss at t alone comes, ``x[t]``
        included.
    """
    # Hint: put a gradient of ones at step t, zeros elsewhere, and count the steps whose dx is not
    # zero. Measure it; do not compute it from k.
    ### BEGIN SOLUTION
    reach = np.zeros(len(x), int)
    for t in range(len(x)):
        dh = np.zeros_like(h)
        dh[t] = 1
        dx, _, _, _ = truncated_recur_backward(dh, h, h_0, x, W, W_h, k)
        reach[t] = np.count_nonzero(dx.any(axis=(1, 2)))
    return reach
    ### END SOLUTION


def sliding_recur_backward(
    dh: Array, h: Array, h_0: Array, x: Array, W: Array, W_h: Array, k: int
) -> tuple[Array, Array, Array, Array]:
    """Carry the gradient of every state back over k steps, its own included, or to the start.

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
    k : int
        Length of the window, 1 or more.

    Returns
    -------
    dx : Array (T, B, D)
        Gradient with respect to the inputs, each from the k losses that may see it.
    dW : Array (H, D)
        Gradient with respect to ``W``, summed over all windows.
    dW_h : Array (H, H+1)
        Gradient with respect to ``W_h``, summed over all windows.
    dh_0 : Array (B, H+1)
        Gradient with respect to the initial state, from the first k losses.
    """
    # Hint: a loop over t with recur_backward on the k steps up to t is right, dh at its last step
    # only. Faster: k - 1 passes, each of which takes the gradients of all t one step further back.
    ### BEGIN SOLUTION
    T, B, D = x.shape
    slope = 1 - h[:, :, 1:] ** 2
    dz = carried = dh[:, :, 1:] * slope
    for age in range(1, min(k, T)):
        carried = (carried[1:] @ W_h[:, 1:]) * slope[:-age]
        dz = dz + np.concatenate([carried, np.zeros_like(dz[-age:])])
    before = np.concatenate([h_0[None], h[:-1]])
    by_row = dz.reshape(T * B, -1).T
    dW, dW_h = by_row @ x.reshape(T * B, D), by_row @ before.reshape(T * B, -1)
    return dz @ W, dW, dW_h, dz[0] @ W_h
    ### END SOLUTION
