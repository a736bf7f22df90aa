# Your homework: replace each `raise NotImplementedError`, then see how you did with
#
#     python -m autograder language_models
#
# Keep the names and the order of the arguments; helper functions of your own are welcome.
# It builds on your own unrolling.py, bidirectional.py, deep.py, bptt.py, in this folder.

r"""Language models: a distribution over texts, one token at a time (chapter *Language models*).

The chain rule of probability, with the network's softmax for each factor::

    p(w_1 ... w_T) = p(w_1) p(w_2 | w_1) ... p(w_T | w_1 ... w_{T-1})

A text becomes whole numbers (``encode``), each number a vector (``embed``), and the network that
reads w_1 ... w_t scores every token of the vocabulary as w_{t+1}.

====== ====================================  ==============
name   what it is                            shape
====== ====================================  ==============
V      size of the vocabulary
E      embeddings, a row for each token      (V, D)
W      input to hidden                       (H, D)
W_h    hidden to hidden                      (H, H+1)
W_out  hidden to output, V labels            (V, H+1)
====== ====================================  ==============
"""

from collections.abc import Iterator, Sequence

import numpy as np

from bptt import output_weights_backward, recur_backward
from unrolling import hidden_step, initial_state, output_step, sequence_loss, unroll

Array = np.ndarray
Parameters = tuple[Array, Array, Array, Array]

UNKNOWN = "<unk>"


def build_vocabulary(text: Sequence[str]) -> list[str]:
    """List the different tokens of a text, in an order that is the same on every machine.

    Parameters
    ----------
    text : str or sequence of str
        The text: of a string the characters are the tokens, of a list of words the words.

    Returns
    -------
    vocabulary : list of str
        ``"<unk>"`` first, which will stand for all that is not in the vocabulary; then every
        different token once, sorted. An empty text has ``["<unk>"]``.
    """
    # Hint: a set knows what is different, but not in which order.
    raise NotImplementedError


def encode(text: Sequence[str], vocabulary: Sequence[str]) -> Array:
    """Write a text as numbers.

    Parameters
    ----------
    text : str or sequence of str
        The text, a sequence of N tokens.
    vocabulary : list of str
        The tokens that have a number: their place in this list.

    Returns
    -------
    tokens : Array (N,) of int
        The number of each token; 0, that of ``"<unk>"``, where the vocabulary has none.
    """
    # Hint: a dictionary from token to number finds each in one step; `get` knows what to do
    # with one that is missing.
    raise NotImplementedError


def decode(tokens: Sequence[int], vocabulary: Sequence[str]) -> str:
    """Write numbers as a text again.

    Parameters
    ----------
    tokens : sequence of int
        The number of each token.
    vocabulary : list of str
        What the numbers stand for.

    Returns
    -------
    text : str
        The tokens, joined with nothing between them.
    """
    raise NotImplementedError


def embed(tokens: Array, E: Array) -> Array:
    """Look up the vector of every token.

    Parameters
    ----------
    tokens : Array (T, B) of int
        The tokens.
    E : Array (V, D)
        The embedding of each token of the vocabulary.

    Returns
    -------
    x : Array (T, B, D)
        ``x[t, n]`` is row ``tokens[t, n]`` of ``E``: one_hot(token) E without the zeros.
    """
    raise NotImplementedError


def embed_backward(tokens: Array, dx: Array, vocabulary_size: int) -> Array:
    """Collect the gradient of the embeddings from every place where they were looked up.

    Parameters
    ----------
    tokens : Array (T, B) of int
        The tokens that were looked up.
    dx : Array (T, B, D)
        Gradient of the loss with respect to what was found.
    vocabulary_size : int
        V.

    Returns
    -------
    dE : Array (V, D)
        Gradient with respect to ``E``; the rows of tokens that do not occur are zero.
    """
    # Hint: a token that occurs twice gets the sum. `dE[tokens] += dx` keeps only one of them:
    # see np.add.at.
    raise NotImplementedError


def batch_streams(tokens: Array, batch: int, steps: int) -> Iterator[tuple[Array, Array]]:
    """Cut a long text into pieces to learn from, so that the state can be carried over.

    The text falls into ``batch`` streams of equal length, one behind the other: the first stream
    is the beginning of the text, the last its end. All are read at once, ``steps`` at a time, and
    each piece goes on where the piece before it stopped, in every stream.

    Parameters
    ----------
    tokens : Array (N,) of int
        The text.
    batch : int
        B, the number of streams.
    steps : int
        T, the number of steps in a piece; the last piece may be shorter.

    Yields
    ------
    pieces : iterator of (inputs, targets)
        Arrays (T, B) of int; ``targets`` are the tokens that follow, one step ahead of ``inputs``.
        What is left over at the end of the text, fewer than B tokens, is not used.

    Raises
    ------
    ValueError
        When the text is too short for a single step of every stream.
    """
    # Hint: every stream has n = (N - 1) // B inputs, for the last of them needs a target too.
    # Inputs are the first B n tokens, as (B, n) turned to (n, B); targets begin one token later.
    raise NotImplementedError


def sequence_log_probability(scores: Array, targets: Array) -> Array:
    """Add up the log probability of whole sequences: the chain rule of probability.

    Parameters
    ----------
    scores : Array (T, B, V)
        The scores of every step, before the softmax; any finite size.
    targets : Array (T, B) of int
        The tokens that came.

    Returns
    -------
    log_p : Array (B,)
        ln p of each sequence, the sum over its steps of ln softmax(scores)[target].
    """
    # Hint: subtract each step's largest score first, as in sequence_loss. A product of
    # probabilities would vanish; the sum of their logarithms does not.
    raise NotImplementedError


def perplexity(total_nll: float, count: int) -> float:
    """Say how many equally likely tokens would surprise as much.

    Parameters
    ----------
    total_nll : float
        Minus the log probability of a text, in nats (natural logarithm): a sum, not a mean.
    count : int
        The number of tokens that were predicted, at least 1.

    Returns
    -------
    perplexity : float
        exp(total_nll / count): 1 for a text foreseen, V for blind guessing.
    """
    raise NotImplementedError


def with_temperature(scores: Array, temperature: float) -> Array:
    """Turn scores into probabilities, sharper than the network's or flatter.

    Parameters
    ----------
    scores : Array (V,)
        The scores of the next token, before the softmax; any finite size.
    temperature : float
        1 leaves the network's own probabilities, below 1 they get sharper, above 1 flatter, and 0
        puts everything on the largest score (on the first of them, if there are several).

    Returns
    -------
    p : Array (V,)
        softmax(scores / temperature); the entries add up to 1.

    Raises
    ------
    ValueError
        When the temperature is negative.
    """
    # Hint: the limit for temperature -> 0 needs a case of its own. Subtract the largest score
    # before you divide, or small temperatures overflow.
    raise NotImplementedError


def sample(
    parameters: Parameters,
    prefix: Sequence[int],
    length: int,
    temperature: float,
    rng: np.random.Generator,
) -> list[int]:
    """Let the network continue a text: draw a token, read it, draw the next.

    Parameters
    ----------
    parameters : tuple of Array
        ``(E, W, W_h, W_out)``.
    prefix : sequence of int
        The tokens to continue, at least one. The network reads all of them before it says anything.
    length : int
        How many tokens to draw.
    temperature : float
        As for ``with_temperature``; 0 takes the most likely token each time (greedy).
    rng : np.random.Generator
        Where all chance comes from: the same generator in the same state gives the same text.

    Returns
    -------
    tokens : list of int
        The tokens drawn, without the prefix.

    Raises
    ------
    ValueError
        When the prefix is empty: the network would have read nothing that it could continue; or
        when the temperature is negative.
    """
    # Hint: `E[[token]]` is an input for one sequence, (1, D). Read the prefix with hidden_step,
    # then repeat: score the state, draw with `rng.choice(V, p=...)`, read what you have drawn.
    raise NotImplementedError


def language_model_bptt(
    inputs: Array, targets: Array, E: Array, W: Array, W_h: Array, W_out: Array, h_0: Array
) -> tuple[float, tuple[Array, Array, Array, Array], Array]:
    """Compute the loss of a piece of text, its gradient for every weight, and the state to carry.

    Parameters
    ----------
    inputs, targets : Array (T, B) of int
        A piece from ``batch_streams``: no step of it is padding.
    E : Array (V, D)
        Embeddings.
    W : Array (H, D)
        Input-to-hidden weights.
    W_h : Array (H, H+1)
        Hidden-to-hidden weights.
    W_out : Array (V, H+1)
        Hidden-to-output weights.
    h_0 : Array (B, H+1)
        The state in which the piece before ended; the gradient stops here.

    Returns
    -------
    loss : float
        Mean cross-entropy per token, in nats.
    grads : tuple of Array
        ``(dE, dW, dW_h, dW_out)``, shaped as the weights.
    h_last : Array (B, H+1)
        The state after the last step, for the next piece to start from.
    """
    # Hint: as bptt, with an embedding in front: the dx of recur_backward is what reaches it.
    raise NotImplementedError
