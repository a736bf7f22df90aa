# Your homework: replace each `raise NotImplementedError`, then see how you did with
#
#     python -m autograder bidirectional
#
# Keep the names and the order of the arguments; helper functions of your own are welcome.
# It builds on your own unrolling.py, in this folder.

r"""Bidirectional recurrent networks: the past and the future (chapter *Bidirectional networks*).

Two chains of *unrolling* read the same inputs, one from each end, and both speak at every step::

    h_t^(f) = [1, tanh(W_f^(1) x_t + W_f h_{t-1}^(f))]
    h_t^(b) = [1, tanh(W_b^(1) x_t + W_b h_{t+1}^(b))]
    o_t     = softmax(W_f^(2) h_t^(f) + W_b^(2) h_t^(b))

======== ======================================  ==============
name     what it is                              shape
======== ======================================  ==============
x        inputs, time first, padded at the end   (T, B, D)
lengths  T_n, the length of each sequence        (B,)
forward  (W, W_h) of the chain from the start    (H, D), (H, H+1)
backward (W, W_h) of the chain from the end      (H, D), (H, H+1)
W_out_f  forward states to output                (K, H+1)
W_out_b  backward states to output               (K, H+1)
======== ======================================  ==============

Both chains start at rest, and each from its own end: the backward chain reads x_{T_n} first, where
the sequence really ends. Padding changes no state and no score of a real step, whatever stands in
it; what stands on padding in the results means nothing. The two chains may differ in size.
"""

from collections.abc import Sequence

import numpy as np

from unrolling import initial_state, output_step, recur

Array = np.ndarray
Layer = tuple[Array, Array]


def reverse_sequences(x: Array, lengths: Array) -> Array:
    """Turn each sequence of a padded batch round, and leave its padding at the end.

    Parameters
    ----------
    x : Array (T, B, D)
        The sequences, time first.
    lengths : Array (B,) of int
        T_n, the length of each sequence: 1 to T.

    Returns
    -------
    x_reversed : Array (T, B, D)
        ``x_reversed[t, n] = x[lengths[n] - 1 - t, n]`` on real steps; padding stays where it is.
    """
    # Hint: compute for every step t and sequence n the step to read from; then
    # `x[step, np.arange(B)]` reads them all at once.
    raise NotImplementedError


def bidirectional_recur(
    x: Array, lengths: Array, forward: Layer, backward: Layer
) -> tuple[Array, Array]:
    """Run two chains over the sequences, one from each end, both from rest.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, time first.
    lengths : Array (B,) of int
        T_n, the length of each sequence.
    forward : (W, W_h)
        Weights of the chain that reads from the start: ``(H, D)`` and ``(H, H+1)``.
    backward : (W, W_h)
        Weights of the chain that reads from the end.

    Returns
    -------
    h_f : Array (T, B, H+1)
        Forward states: ``h_f[t]`` has read ``x[0]`` to ``x[t]``.
    h_b : Array (T, B, H+1)
        Backward states in reading order: ``h_b[t, n]`` has read ``x[lengths[n] - 1]`` down to
        ``x[t]`` of sequence n.
    """
    # Hint: reading from the end is reading the reversed sequences from the start. Then turn the
    # states round, too, so that both h[t] speak of the same input.
    raise NotImplementedError


def bidirectional_unroll(
    x: Array, lengths: Array, forward: Layer, backward: Layer, W_out_f: Array, W_out_b: Array
) -> tuple[Array, Array, Array]:
    """Run the whole network: the states of both chains, and K scores at every step.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, time first.
    lengths : Array (B,) of int
        T_n, the length of each sequence.
    forward : (W, W_h)
        Weights of the chain that reads from the start.
    backward : (W, W_h)
        Weights of the chain that reads from the end.
    W_out_f : Array (K, H+1)
        Weights from the forward states to the output.
    W_out_b : Array (K, H+1)
        Weights from the backward states to the output.

    Returns
    -------
    h_f : Array (T, B, H+1)
        Forward states.
    h_b : Array (T, B, H+1)
        Backward states, in reading order.
    scores : Array (T, B, K)
        The scores of every step, before the softmax.
    """
    # Hint: the equation adds what the two chains have to say, step by step.
    raise NotImplementedError


def deep_bidirectional_unroll(
    x: Array,
    lengths: Array,
    layers: Sequence[tuple[Layer, Layer]],
    W_out_f: Array,
    W_out_b: Array,
) -> tuple[list[tuple[Array, Array]], Array]:
    """Run a stack of bidirectional layers; from the second on, each reads both chains below.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, time first.
    lengths : Array (B,) of int
        T_n, the length of each sequence.
    layers : list of (forward, backward)
        The two pairs ``(W, W_h)`` of each layer, the lowest first. Above the lowest, both ``W``
        have a column for each entry of ``h_f`` and then of ``h_b`` of the layer below, leading 1s
        included.
    W_out_f : Array (K, H+1)
        Weights from the forward states of the top layer to the output.
    W_out_b : Array (K, H+1)
        Weights from its backward states.

    Returns
    -------
    hs : list of pairs of Array (T, B, H+1)
        ``(h_f, h_b)`` of each layer, the lowest first, all in reading order.
    scores : Array (T, B, K)
        The scores of every step, before the softmax.
    """
    # Hint: `np.concatenate([h_f, h_b], axis=-1)` is what the next layer reads.
    raise NotImplementedError
