r"""Backpropagation through time (chapter *BPTT*).

With z_t = W x_t + W_h h_{t-1} and h_t = [1, tanh(z_t)], the gradient that reaches h_t comes
from above (this step's scores) and from the future (the next state)::

    dz_t = (dh_t + W_h^T dz_{t+1}) * (1 - tanh(z_t)^2)

and every weight collects from every step, because it was used at every step.
"""

from collections.abc import Callable, Sequence

import numpy as np

from solutions.bidirectional import deep_bidirectional_unroll, reverse_sequences
from solutions.deep import deep_unroll
from solutions.unrolling import initial_state, sequence_loss, unroll

Array = np.ndarray
Layer = tuple[Array, Array]


def numerical_gradient(f: Callable[[Array], float], w: Array, eps: float = 1e-5) -> Array:
    """Estimate a gradient without calculus: move one entry at a time and see what happens.

    Parameters
    ----------
    f : callable
        ``f(w)`` is a number, and does not change its argument.
    w : Array, any shape, float64
        Where the gradient is asked for.
    eps : float
        Half the distance between the two points at which ``f`` is measured.

    Returns
    -------
    gradient : Array, shaped as ``w``
        Central differences, (f(w + eps) - f(w - eps)) / (2 eps) for every entry of ``w``.
    """
    # Hint: np.ndindex(w.shape) visits every entry. Move a copy, not `w` itself.
    ### BEGIN SOLUTION
    gradient = np.empty_like(w)
    for index in np.ndindex(w.shape):
        step = np.zeros_like(w)
        step[index] = eps
        gradient[index] = (f(w + step) - f(w - step)) / (2 * eps)
    return gradient
    ### END SOLUTION


def hidden_step_backward(
    dh_t: Array, h_t: Array, h_prev: Array, x_t: Array, W: Array, W_h: Array
) -> tuple[Array, Array, Array, Array]:
    """Carry the gradient of one state back through one ``hidden_step``.

    Parameters
    ----------
    dh_t : Array (B, H+1)
        Gradient of the loss with respect to ``h_t``, from everywhere. Its column 0 belongs to the
        leading 1, which depends on nothing.
    h_t : Array (B, H+1)
        What ``hidden_step`` returned.
    h_prev : Array (B, H+1)
        The states at time t-1.
    x_t : Array (B, D)
        The inputs at time t.
    W : Array (H, D)
        Input-to-hidden weights.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights.

    Returns
    -------
    dx_t : Array (B, D)
        Gradient with respect to the inputs.
    dh_prev : Array (B, H+1)
        Gradient with respect to the states at time t-1, column 0 included.
    dW : Array (H, D)
        This step's part of the gradient with respect to ``W``, summed over the batch.
    dW_h : Array (H, H+1)
        This step's part of the gradient with respect to ``W_h``, summed over the batch.
    """
    # Hint: first the gradient dz_t (B, H) of the sum inside tanh; tanh' = 1 - tanh^2, and h_t
    # holds the tanh already. Every result is then one product with dz_t: let the shapes tell which.
    ### BEGIN SOLUTION
    dz_t = dh_t[:, 1:] * (1 - h_t[:, 1:] ** 2)
    dx_t = dz_t @ W
    dh_prev = dz_t @ W_h
    dW = dz_t.T @ x_t
    dW_h = dz_t.T @ h_prev
    return dx_t, dh_prev, dW, dW_h
    ### END SOLUTION


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
    # Hint: a loop from the last step to the first that calls hidden_step_backward is right; what
    # reaches h_t is dh[t] plus the dh_prev of step t+1. Faster: only dz has to wait for its turn,
    # and every other result is one product after the loop.
    ### BEGIN SOLUTION
    T, B, D = x.shape
    H = len(W)
    slope = 1 - h[:, :, 1:] ** 2
    dz = dh[:, :, 1:] * slope
    for t in reversed(range(T - 1)):
        dz[t] += (dz[t + 1] @ W_h[:, 1:]) * slope[t]
    dz = dz.reshape(T * B, H)
    h_prev = np.concatenate([h_0[None], h[:-1]]).reshape(T * B, H + 1)
    dx = (dz @ W).reshape(T, B, W.shape[1])
    dW = dz.T @ x.reshape(T * B, D)
    dW_h = dz.T @ h_prev
    dh_0 = dz[:B] @ W_h
    return dx, dW, dW_h, dh_0
    ### END SOLUTION


def output_weights_backward(dscores: Array, h: Array) -> Array:
    """Collect the gradient of the output weights from all steps.

    Parameters
    ----------
    dscores : Array (T, B, K)
        Gradient of the loss with respect to the scores.
    h : Array (T, B, H+1)
        The states that were scored.

    Returns
    -------
    dW_out : Array (K, H+1)
        Gradient with respect to ``W_out``, summed over all steps and sequences.
    """
    # Hint: the weights are used at every step of every sequence, so T * B products add up. One
    # matrix product does it, once time and batch are one axis.
    ### BEGIN SOLUTION
    K, width = dscores.shape[-1], h.shape[-1]
    return dscores.reshape(-1, K).T @ h.reshape(-1, width)
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
    # Hint: four calls: forward, loss, and back the way they came. `dscores @ W_out` is what reaches
    # the states from above.
    ### BEGIN SOLUTION
    h, scores = unroll(x, W, W_h, W_out, h_0)
    loss, dscores = sequence_loss(scores, labels, lengths)
    dW_out = output_weights_backward(dscores, h)
    dh = np.tensordot(dscores, W_out, 1)  # as dscores @ W_out, in one product
    # The columns of W are for dx only: nobody asks how x should change, so none are handed over.
    _, dW, dW_h, _ = recur_backward(dh, h, h_0, x, W[:, :0], W_h)
    return loss, (dW, dW_h, dW_out)
    ### END SOLUTION


def deep_bptt(
    x: Array,
    labels: Array,
    lengths: Array,
    layers: Sequence[Layer],
    W_out: Array,
    h_0: Sequence[Array],
) -> tuple[float, tuple[list[Layer], Array]]:
    """Compute the loss of a deep network and its gradient for every weight.

    Parameters
    ----------
    x, labels, lengths : Array (T, B, D), (T, B) of int, (B,) of int
        A padded batch, as for ``bptt``.
    layers : list of (W, W_h)
        The weights of each layer, the lowest first.
    W_out : Array (K, H+1)
        Weights from the top layer to the output.
    h_0 : list of Array (B, H+1)
        The state of each layer before the first step.

    Returns
    -------
    loss : float
        Mean cross-entropy over the real steps, in nats.
    grads : tuple
        ``(dlayers, dW_out)``, shaped as ``layers`` and ``W_out``.
    """
    # Hint: from the top layer down: the dx of a layer is the dh of the layer below.
    ### BEGIN SOLUTION
    hs, scores = deep_unroll(x, layers, W_out, h_0)
    loss, dscores = sequence_loss(scores, labels, lengths)
    dh = np.tensordot(dscores, W_out, 1)
    dlayers: list[Layer] = []
    for level in reversed(range(len(layers))):
        below = hs[level - 1] if level else x
        dh, dW, dW_h, _ = recur_backward(dh, hs[level], h_0[level], below, *layers[level])
        dlayers.insert(0, (dW, dW_h))
    return loss, (dlayers, output_weights_backward(dscores, hs[-1]))
    ### END SOLUTION


def bidirectional_recur_backward(
    dh_f: Array,
    dh_b: Array,
    h_f: Array,
    h_b: Array,
    x: Array,
    lengths: Array,
    forward: Layer,
    backward: Layer,
) -> tuple[Array, Layer, Layer]:
    """Carry the gradient of both chains' states back to the inputs and the weights.

    Parameters
    ----------
    dh_f, dh_b : Array (T, B, H+1)
        Gradient of the loss with respect to each state, from above, in reading order; zero on
        padding.
    h_f, h_b : Array (T, B, H+1)
        The states that ``bidirectional_recur`` returned.
    x : Array (T, B, D)
        The inputs.
    lengths : Array (B,) of int
        T_n, the length of each sequence.
    forward, backward : (W, W_h)
        The weights of the two chains.

    Returns
    -------
    dx : Array (T, B, D)
        Gradient with respect to the inputs, from both chains.
    dforward : (dW, dW_h)
        Gradient shaped as ``forward``.
    dbackward : (dW, dW_h)
        Gradient shaped as ``backward``.
    """
    # Hint: the backward chain ran over reversed sequences, so its gradients do, too: reverse what
    # goes in, and reverse what comes out. Both chains read the same x.
    ### BEGIN SOLUTION
    rest = [initial_state(x.shape[1], len(W)).astype(x.dtype) for W, _ in (forward, backward)]
    dx_f, dW_f, dW_hf, _ = recur_backward(dh_f, h_f, rest[0], x, *forward)
    dh_b, h_b, x = (reverse_sequences(a, lengths) for a in (dh_b, h_b, x))
    dx_b, dW_b, dW_hb, _ = recur_backward(dh_b, h_b, rest[1], x, *backward)
    return dx_f + reverse_sequences(dx_b, lengths), (dW_f, dW_hf), (dW_b, dW_hb)
    ### END SOLUTION


def deep_bidirectional_bptt(
    x: Array,
    labels: Array,
    lengths: Array,
    layers: Sequence[tuple[Layer, Layer]],
    W_out_f: Array,
    W_out_b: Array,
) -> tuple[float, tuple[list[tuple[Layer, Layer]], Array, Array]]:
    """Compute the loss of a stack of bidirectional layers and its gradient for every weight.

    Parameters
    ----------
    x, labels, lengths : Array (T, B, D), (T, B) of int, (B,) of int
        A padded batch, as for ``bptt``.
    layers : list of (forward, backward)
        The two pairs ``(W, W_h)`` of each layer, the lowest first.
    W_out_f, W_out_b : Array (K, H+1)
        Weights from the top layer's forward and backward states to the output.

    Returns
    -------
    loss : float
        Mean cross-entropy over the real steps, in nats.
    grads : tuple
        ``(dlayers, dW_out_f, dW_out_b)``, shaped as the weights.
    """
    # Hint: as deep_bptt; an upper layer reads [h_f, h_b] side by side, so its dx has two parts.
    ### BEGIN SOLUTION
    hs, scores = deep_bidirectional_unroll(x, lengths, layers, W_out_f, W_out_b)
    loss, dscores = sequence_loss(scores, labels, lengths)
    dW_out_f, dW_out_b = (output_weights_backward(dscores, h) for h in hs[-1])
    dh_f, dh_b = (np.tensordot(dscores, W_out, 1) for W_out in (W_out_f, W_out_b))
    dlayers: list[tuple[Layer, Layer]] = []
    for level in reversed(range(len(layers))):
        below = np.concatenate(hs[level - 1], axis=-1) if level else x
        dx, dforward, dbackward = bidirectional_recur_backward(
            dh_f, dh_b, *hs[level], below, lengths, *layers[level]
        )
        dlayers.insert(0, (dforward, dbackward))
        if level:  # the columns of dx belong to h_f and h_b of the layer below
            dh_f, dh_b = np.split(dx, [hs[level - 1][0].shape[-1]], axis=-1)
    return loss, (dlayers, dW_out_f, dW_out_b)
    ### END SOLUTION


def bidirectional_bptt(
    x: Array,
    labels: Array,
    lengths: Array,
    forward: Layer,
    backward: Layer,
    W_out_f: Array,
    W_out_b: Array,
) -> tuple[float, tuple[Layer, Layer, Array, Array]]:
    """Compute the loss of a bidirectional network and its gradient for every weight.

    Parameters
    ----------
    x, labels, lengths : Array (T, B, D), (T, B) of int, (B,) of int
        A padded batch, as for ``bptt``.
    forward, backward : (W, W_h)
        The weights of the two chains.
    W_out_f, W_out_b : Array (K, H+1)
        Weights from forward and backward states to the output.

    Returns
    -------
    loss : float
        Mean cross-entropy over the real steps, in nats.
    grads : tuple
        ``(dforward, dbackward, dW_out_f, dW_out_b)``, shaped as the weights.
    """
    # Hint: a stack of one layer.
    ### BEGIN SOLUTION
    loss, (dlayers, dW_out_f, dW_out_b) = deep_bidirectional_bptt(
        x, labels, lengths, [(forward, backward)], W_out_f, W_out_b
    )
    return loss, (*dlayers[0], dW_out_f, dW_out_b)
    ### END SOLUTION
