r"""One layer of long short-term memory, and one head of attention (chapter *Takeaways*).

The memory c_t is carried on by adding. Three gates between 0 and 1 say what comes in, what stays
and what is shown (Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and
Cummins 2000)::

    i_t, f_t, q_t = sigma(W x_t + W_h h_{t-1})      gates: input, forget, output
    g_t           =  tanh(W x_t + W_h h_{t-1})      what is offered
    c_t           = f_t * c_{t-1} + i_t * g_t
    h_t           = [1, q_t * tanh(c_t)]

each with rows of W and W_h of its own. The output gate is q, for o is the lecture's output.

====== =========================================  ==============
name   what it is                                 shape
====== =========================================  ==============
x      inputs, time first                         (T, B, D)
h      states, the leading 1 in column 0          (T, B, H+1)
c      memories                                   (T, B, H)
W      input to i, f, g, q, one below the other   (4H, D)
W_h    hidden to i, f, g, q; column 0 is biases   (4H, H+1)
====== =========================================  ==============

Nothing here is graded. Results follow the dtype of the inputs, and no input is ever modified.
"""

import numpy as np

from solutions.training import probabilities

Array = np.ndarray


def gates(z: Array) -> tuple[Array, Array, Array, Array]:
    """Turn sums (..., 4H) into i, f, g and q (..., H each): three gates, and what is offered."""
    H = z.shape[-1] // 4
    sigma = (1 + np.tanh(z / 2)) / 2  # the logistic function: in one go for all, g does not use it
    i, f, q = (sigma[..., n * H : (n + 1) * H] for n in (0, 1, 3))
    return i, f, np.tanh(z[..., 2 * H : 3 * H]), q


def lstm(x: Array, W: Array, W_h: Array, h_0: Array, c_0: Array) -> tuple[Array, Array]:
    """Run the layer over whole sequences.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, time first.
    W : Array (4H, D)
        Input weights.
    W_h : Array (4H, H+1)
        Hidden weights; column 0 holds the biases.
    h_0 : Array (B, H+1)
        The states before the first step.
    c_0 : Array (B, H)
        The memories before the first step.

    Returns
    -------
    h : Array (T, B, H+1)
        The states h_1 ... h_T.
    c : Array (T, B, H)
        The memories c_1 ... c_T.
    """
    z = x @ W.T
    c = np.empty((*x.shape[:2], c_0.shape[1]), np.result_type(z, W_h, h_0, c_0))
    h = np.ones((*x.shape[:2], h_0.shape[1]), c.dtype)
    h_prev, c_prev = h_0, c_0
    for t in range(len(x)):
        i, f, g, q = gates(z[t] + h_prev @ W_h.T)
        c[t] = f * c_prev + i * g
        h[t, :, 1:] = q * np.tanh(c[t])
        h_prev, c_prev = h[t], c[t]
    return h, c


def lstm_backward(
    dh: Array, h: Array, c: Array, h_0: Array, c_0: Array, x: Array, W: Array, W_h: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Carry the gradient of the states back through all time steps of ``lstm``.

    Parameters
    ----------
    dh : Array (T, B, H+1)
        Gradient of the loss with respect to each state, from above only.
    h, c : Array (T, B, H+1), (T, B, H)
        What ``lstm`` returned.
    h_0, c_0, x, W, W_h : Array
        What ``lstm`` was given.

    Returns
    -------
    dx : Array (T, B, D)
        Gradient with respect to the inputs.
    dW : Array (4H, D)
        Gradient with respect to ``W``, summed over all steps and sequences.
    dW_h : Array (4H, H+1)
        Gradient with respect to ``W_h``, summed over all steps and sequences.
    dh_0 : Array (B, H+1)
        Gradient with respect to the initial states.
    dc_0 : Array (B, H)
        Gradient with respect to the initial memories.
    """
    T, B, H = c.shape
    h_prev = np.concatenate([h_0[None], h[:-1]])
    c_prev = np.concatenate([c_0[None], c[:-1]])
    i, f, g, q = gates(x @ W.T + h_prev @ W_h.T)
    shown = np.tanh(c)
    down = q * (1 - shown**2)  # from the state to the memory
    slopes = np.stack(  # of i, f, g with respect to the memory, of q with respect to the state
        [g * i * (1 - i), c_prev * f * (1 - f), i * (1 - g**2), shown * q * (1 - q)], axis=2
    )
    dz = np.empty((T, B, 4, H), slopes.dtype)
    dh_next, dc = np.zeros_like(h_0), np.zeros_like(c_0)
    for t in reversed(range(T)):
        dh_t = dh[t, :, 1:] + dh_next[:, 1:]
        dc = dc + dh_t * down[t]
        dz[t, :, :3] = dc[:, None] * slopes[t, :, :3]
        dz[t, :, 3] = dh_t * slopes[t, :, 3]
        dh_next, dc = dz[t].reshape(B, 4 * H) @ W_h, dc * f[t]
    flat = dz.reshape(T * B, 4 * H)
    dx = (flat @ W).reshape(x.shape)
    dW, dW_h = flat.T @ x.reshape(T * B, -1), flat.T @ h_prev.reshape(T * B, -1)
    return dx, dW, dW_h, dh_next, dc


def attend(h: Array, W_query: Array, W_key: Array) -> tuple[Array, Array]:
    """Let the last state look at all states: one head of attention.

    Parameters
    ----------
    h : Array (T, B, H+1)
        The states of a layer.
    W_query : Array (A, H+1)
        What the last state asks for.
    W_key : Array (A, H+1)
        What each state answers to.

    Returns
    -------
    seen : Array (B, H+1)
        The mean of all states, each weighted by how well its key fits the query.
    alpha : Array (T, B)
        The weights: a softmax over time of (query . key) / sqrt(A).
    """
    query, keys = h[-1] @ W_query.T, h @ W_key.T
    fit = (keys * query).sum(axis=-1) / np.sqrt(len(W_key), dtype=h.dtype)
    alpha = probabilities(fit.T).T
    return (alpha[..., None] * h).sum(axis=0), alpha


def attend_backward(
    dseen: Array, alpha: Array, h: Array, W_query: Array, W_key: Array
) -> tuple[Array, Array, Array]:
    """Carry the gradient of what was seen back to all states, in one step each.

    Parameters
    ----------
    dseen : Array (B, H+1)
        Gradient of the loss with respect to ``seen``.
    alpha : Array (T, B)
        As from ``attend``.
    h, W_query, W_key : Array
        What ``attend`` was given.

    Returns
    -------
    dh : Array (T, B, H+1)
        Gradient with respect to the states.
    dW_query, dW_key : Array (A, H+1)
        Gradients with respect to the weights.
    """
    query, keys = h[-1] @ W_query.T, h @ W_key.T
    dalpha = (dseen * h).sum(axis=-1)
    dfit = alpha * (dalpha - (alpha * dalpha).sum(axis=0))
    dfit = dfit / np.sqrt(len(W_key), dtype=h.dtype)
    dquery, dkeys = (dfit[..., None] * keys).sum(axis=0), dfit[..., None] * query
    dh = alpha[..., None] * dseen + dkeys @ W_key
    dh[-1] += dquery @ W_query
    dW_key = dkeys.reshape(-1, len(W_key)).T @ h.reshape(-1, h.shape[-1])
    return dh, dquery.T @ h[-1], dW_key
