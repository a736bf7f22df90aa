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
    ### BEGIN SOLUTION
    h_0 = np.zeros((batch, hidden + 1))
    h_0[:, 0] = 1
    return h_0
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    z_t = x_t @ W.T + h_prev @ W_h.T
    return np.insert(np.tanh(z_t), 0, 1, axis=1)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    # h_t @ W_out.T, and one product even for all steps together, where @ makes one for each.
    return np.tensordot(h_t, W_out.T, 1)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    T, B, D = x.shape
    H = len(W)
    z = (x.reshape(T * B, D) @ W.T).reshape(T, B, H)
    h = np.ones((T, B, H + 1), np.result_type(z, W_h, h_0))
    h_prev = h_0
    for t in range(T):
        h[t, :, 1:] = np.tanh(z[t] + h_prev @ W_h.T)
        h_prev = h[t]
    return h
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    h = recur(x, W, W_h, h_0)
    scores = output_step(h, W_out)
    return h, scores
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    T, B, K = scores.shape
    real = np.arange(T)[:, None] < lengths
    steps = int(real.sum())
    right = (*np.nonzero(real), labels[real])  # where the scores of the right labels stand
    shifted = scores - scores.max(axis=-1, keepdims=True)
    p = np.exp(shifted)
    total = p.sum(axis=-1, keepdims=True)
    loss = np.sum(np.log(total[real, 0]) - shifted[right]) / steps
    dscores = p / total
    dscores[right] -= 1
    dscores[~real] = 0
    return float(loss), dscores / steps
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    return H * D + H * (H + 1) + K * (H + 1)
    ### END SOLUTION
