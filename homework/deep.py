# Your homework: replace each `raise NotImplementedError`, then see how you did with
#
#     python -m autograder deep
#
# Keep the names and the order of the arguments; helper functions of your own are welcome.
# It builds on your own unrolling.py, in this folder.

r"""Deep recurrent networks: layers on top of layers (chapter *Deep networks*).

Each layer is the recurrence of *unrolling*. The first reads the inputs, every other one reads
the states of the layer below, leading 1 included::

    h_t^(l) = [1, tanh(W^(l) h_t^(l-1) + W_h^(l) h_{t-1}^(l))]        h_t^(0) = x_t

====== ====================================  ===================================
name   what it is                            shape
====== ====================================  ===================================
x      inputs, time first                    (T, B, D)
layers a pair (W, W_h) for each layer        the lowest W (H, D), the others
                                             (H, H+1) with the H of the layer below
h_0    a first state for each layer          (B, H+1) each
W_out  top layer to output                   (K, H+1)
====== ====================================  ===================================

Layers may differ in size.
"""

from collections.abc import Sequence

import numpy as np

from unrolling import output_step, recur

Array = np.ndarray
Layer = tuple[Array, Array]


def deep_recur(x: Array, layers: Sequence[Layer], h_0: Sequence[Array]) -> list[Array]:
    """Run a stack of hidden layers over all time steps.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, time first.
    layers : list of (W, W_h)
        The weights of each layer, the lowest first: ``W (H, D)`` for the lowest, ``(H, H+1)``
        for the others, whose columns meet the whole state below; ``W_h (H, H+1)``.
    h_0 : list of Array (B, H+1)
        The state of each layer before the first step, the lowest first.

    Returns
    -------
    hs : list of Array (T, B, H+1)
        The states of each layer, the lowest first.
    """
    # Hint: a layer does not care where its inputs come from. What `recur` returns for one layer
    # is the x of the next.
    raise NotImplementedError


def deep_unroll(
    x: Array, layers: Sequence[Layer], W_out: Array, h_0: Sequence[Array]
) -> tuple[list[Array], Array]:
    """Run the whole network: the states of every layer, and K scores at every step.

    Parameters
    ----------
    x : Array (T, B, D)
        The inputs, time first.
    layers : list of (W, W_h)
        The weights of each layer, the lowest first.
    W_out : Array (K, H+1)
        Weights from the top layer to the output.
    h_0 : list of Array (B, H+1)
        The state of each layer before the first step.

    Returns
    -------
    hs : list of Array (T, B, H+1)
        The states of each layer, the lowest first.
    scores : Array (T, B, K)
        The scores of every step, before the softmax.
    """
    # Hint: only the top layer is asked for an answer.
    raise NotImplementedError
