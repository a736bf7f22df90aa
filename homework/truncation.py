# Your homework: replace each `raise NotImplementedError`, then see how you did with
#
#     python -m autograder truncation
#
# Keep the names and the order of the arguments; helper functions of your own are welcome.
# It builds on your own unrolling.py, bidirectional.py, deep.py, bptt.py, in this folder.

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

from bptt import output_weights_backward, recur_backward
from unrolling import sequence_loss, unroll

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
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError
