# Your homework: replace each `raise NotImplementedError`, then see how you did with
#
#     python -m autograder unrolling
#
# Keep the names and the order of the arguments; helper functions of your own are welcome.

r"""Unrolling a recurrent neural network over a sequence (chapter *Unrolling*).

The lecture's network, with theta = tanh in the hidden layer::

    h_t = [1, tanh(W x_t + W_h h_{t-1})]        o_t = softmax(W_out h_t)

Column 0 of every state is the leading 1, so column 0 of ``W_h`` and of ``W_out`` is a bias.

====== ====================================  ==============
name   what it is                            shape
====== ====================================  ==============
x      inputs, time first                    (T, B, D)
h      states, the leading 1 in column 0     (T, B, H+1)
W      input to hidden                       (H, D)
W_h    hidden to hidden                      (H, H+1)
W_out  hidden to output                      (K, H+1)
====== ====================================  ==============

Results follow the dtype of the inputs, and no input is ever modified.
"""

import numpy as np

Array = np.ndarray


def initial_state(batch: int, hidden: int) -> Array:
    """Build the state before the first step: hidden units at zero, the leading 1 in place.

    Parameters
    ----------
    batch : int
        B, the number of sequences side by side.
    hidden : int
        H, the number of hidden units, the leading 1 not counted.

    Returns
    -------
    h_0 : Array (B, H+1)
        The lecture's h_0 as float64. An all-zero row would switch off the bias at t = 1 only.
    """
    # Hint: two assignments are enough; which column is the leading 1?
    raise NotImplementedError


def hidden_step(x_t: Array, h_prev: Array, W: Array, W_h: Array) -> Array:
    """Take one step in time: the new state from the input and the state before.

    Parameters
    ----------
    x_t : Array (B, D)
        The inputs at time t, one row per sequence.
    h_prev : Array (B, H+1)
        The states at time t-1.
    W : Array (H, D)
        Input-to-hidden weights.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights; column 0 meets the leading 1.

    Returns
    -------
    h_t : Array (B, H+1)
        [1, tanh(W x_t + W_h h_{t-1})], row by row.
    """
    # Hint: rows are sequences, so W x_t reads `x_t @ W.T`. `np.insert` can put the 1 in front.
    raise NotImplementedError


def output_step(h_t: Array, W_out: Array) -> Array:
    """Score the K labels from a state.

    Parameters
    ----------
    h_t : Array (B, H+1)
        The states at time t, the leading 1 in column 0.
    W_out : Array (K, H+1)
        Hidden-to-output weights; column 0 is the output bias.

    Returns
    -------
    scores_t : Array (B, K)
        W_out h_t, before the output's softmax.
    """
    # Hint: one matrix product. The softmax comes later, inside the loss.
    raise NotImplementedError


def recur(x: Array, W: Array, W_h: Array, h_0: Array) -> Array:
    """Run the hidden layer over all time steps, each from the state of the one before.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, time first.
    W : Array (H, D)
        Input-to-hidden weights, the same at every step.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights, the same at every step.
    h_0 : Array (B, H+1)
        The state before the first step.

    Returns
    -------
    h : Array (T, B, H+1)
        The states h_1 ... h_T; ``h[t]`` has read ``x[0]`` to ``x[t]``.
    """
    # Hint: a loop over t that calls hidden_step is right. Faster: multiply all of x by W.T
    # before the loop, for only W_h h_{t-1} has to wait for its turn.
    raise NotImplementedError


def unroll(x: Array, W: Array, W_h: Array, W_out: Array, h_0: Array) -> tuple[Array, Array]:
    """Run the whole network over a sequence: a state and K scores at every step.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, time first.
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
    h : Array (T, B, H+1)
        The states h_1 ... h_T.
    scores : Array (T, B, K)
        The scores of every step, before the softmax.
    """
    # Hint: you have already written both halves.
    raise NotImplementedError


def sequence_loss(scores: Array, labels: Array, lengths: Array) -> tuple[float, Array]:
    """Measure how surprised the network is by the right labels, and the gradient of that.

    The loss is the cross-entropy -log softmax(scores)[label], averaged over the real steps
    of all sequences together. Step t of sequence n is real when t < lengths[n]; the rest is
    padding, and has neither loss nor gradient, whatever stands there.

    Parameters
    ----------
    scores : Array (T, B, K)
        The scores of every step, before the softmax; any finite size.
    labels : Array (T, B) of int
        The right label of every real step, 0 to K-1.
    lengths : Array (B,) of int
        T_n, the length of each sequence: 1 to T.

    Returns
    -------
    loss : float
        Mean cross-entropy in nats over the real steps.
    dscores : Array (T, B, K)
        The gradient of ``loss`` with respect to ``scores``; zero on padding.
    """
    # Hint: subtract each step's largest score first: softmax does not notice, exp does.
    # The gradient of one step is softmax(scores) - one_hot(label).
    raise NotImplementedError


def parameter_count(D: int, H: int, K: int) -> int:
    """Count the numbers that training has to find.

    Parameters
    ----------
    D : int
        Size of one input.
    H : int
        Number of hidden units.
    K : int
        Number of labels.

    Returns
    -------
    count : int
        Entries of ``W``, ``W_h`` and ``W_out`` together: the same for every length T.
    """
    # Hint: read the three shapes at the top of this file; both biases are inside them.
    raise NotImplementedError
