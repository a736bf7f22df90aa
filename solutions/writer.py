"""A writer: a recurrent network that learns to continue a novel (chapter *Language models*).

The text is read in contiguous streams and the state carried from piece to piece; the gradient
stops at the border of a piece. Nothing here is graded.
"""

import math
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from solutions.clipping import clip_by_global_norm
from solutions.language_models import (
    Parameters,
    batch_streams,
    build_vocabulary,
    embed,
    encode,
    language_model_bptt,
    sequence_log_probability,
)
from solutions.networks import initial_layer, initial_output
from solutions.training import adam
from solutions.unrolling import hidden_step, initial_state, output_step, recur

Array = np.ndarray
Piece = tuple[Array, Array]

DATA = Path(__file__).parents[1] / "book" / "data"
SHIPPED = DATA / "writer.npz"

# The writer that ships, trained for minutes by ``make writer``; the chapter trains a smaller one.
WEIGHTS = ("E", "W", "W_h", "W_out")
EMBEDDING, HIDDEN, STEPS = 32, 192, 10_000
SMALL_HIDDEN, SMALL_STEPS = 128, 2_000
EARLY = 40  # steps of a first look, which a test repeats
MOMENTS = 20  # at which the long training was looked at
SEEDS = range(5)  # of the small one


@dataclass(frozen=True)
class Text:
    """A text as numbers, its last twentieth kept for the test.

    Attributes
    ----------
    vocabulary : list of str
        The V characters that occur in what there is to learn from, and ``"<unk>"``.
    train, held_out : Array of int
        What to learn from, and what to be tested on.
    """

    vocabulary: list[str]
    train: Array
    held_out: Array


def read(name: str) -> str:
    """Read one of the texts that ship with the course, as one string."""
    path = DATA / f"{name}.txt"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing. Fetch it from the course's repository again, or make it: "
            f"python book/data/make_{name}.py --write"
        )
    return path.read_bytes().decode("ascii")


def split(text: str) -> tuple[str, str]:
    """Keep the last twentieth of a text for the test: (train, held_out)."""
    cut = len(text) - len(text) // 20
    return text[:cut], text[cut:]


def load_text(name: str) -> Text:
    """Read a text and write it as numbers, character by character."""
    train, held_out = split(read(name))
    vocabulary = build_vocabulary(train)
    return Text(vocabulary, encode(train, vocabulary), encode(held_out, vocabulary))


def initial_writer(V: int, D: int, H: int, rng: np.random.Generator) -> Parameters:
    """Draw first weights ``(E, W, W_h, W_out)`` in float32; scores start small, so p near 1 / V."""
    E = rng.standard_normal((V, D)).astype(np.float32)
    W, W_h = initial_layer(D, H, rng)
    return E, W, W_h, initial_output(H, V, H, rng) * np.float32(0.1)


def rest(batch: int, parameters: Parameters) -> Array:
    """Build the state before the first step, in the weights' dtype."""
    return initial_state(batch, len(parameters[1])).astype(parameters[1].dtype)


def pieces(tokens: Array, batch: int, steps: int) -> Iterator[tuple[bool, Piece]]:
    """Go through the text again and again: (is it the text's beginning?, piece)."""
    while True:
        for number, piece in enumerate(batch_streams(tokens, batch, steps)):
            yield number == 0, piece


def train_writer(
    tokens: Array,
    start: Parameters,
    steps: int,
    batch: int = 32,
    length: int = 50,
    learning_rate: float = 4e-3,
    tau: float = 1.0,
    progress: Callable[..., Iterable[int]] = lambda steps, **_: steps,
    watch: Callable[[int, Parameters], None] = lambda step, parameters: None,
) -> tuple[Parameters, Array]:
    """Teach a network which token comes next.

    Parameters
    ----------
    tokens : Array (N,) of int
        The text to learn from.
    start : tuple of Array
        First weights ``(E, W, W_h, W_out)``; not modified.
    steps : int
        How many pieces to learn from; when the text is read through, it is read again.
    batch, length : int
        B streams, T tokens of each in a piece.
    learning_rate : float
        Adam's step at the start; it falls to zero along half a cosine.
    tau : float
        Gradients longer than this are clipped to it.
    progress : callable
        Is handed the numbers of the steps and hands them on; ``tqdm.tqdm`` shows a bar.
    watch : callable
        ``watch(step, parameters)`` is called before each step, and once after the last.

    Returns
    -------
    parameters : tuple of Array
        The trained weights.
    losses : Array (steps,)
        The loss of each piece before its step, in nats per token.
    """
    parameters, losses = start, np.empty(steps)
    moments = (tuple(map(np.zeros_like, start)),) * 2
    dealt = pieces(tokens, batch, length)
    for step in progress(range(steps)):
        watch(step, parameters)
        beginning, (inputs, targets) = next(dealt)
        if beginning:
            h = rest(batch, parameters)
        losses[step], grads, h = language_model_bptt(inputs, targets, *parameters, h)
        clipped, _ = clip_by_global_norm(grads, tau)
        rate = learning_rate * (1 + math.cos(math.pi * step / steps)) / 2
        moved, moments = adam(parameters, clipped, moments, step + 1, rate)
        parameters = cast(Parameters, moved)
    watch(steps, parameters)
    return parameters, losses


def total_nll(parameters: Parameters, before: Array, tokens: Array) -> float:
    """Measure how surprising a text is.

    Parameters
    ----------
    parameters : tuple of Array
        ``(E, W, W_h, W_out)``.
    before : Array of int
        What stood before the text, at least one token: the network reads it first.
    tokens : Array (N,) of int
        The text.

    Returns
    -------
    nll : float
        Minus the log probability of all N tokens, in nats.
    """
    E, W, W_h, W_out = parameters
    joined = np.concatenate([before, tokens])[:, None]
    h = recur(embed(joined[:-1], E), W, W_h, rest(1, parameters))[len(before) - 1 :]
    scores = (h @ W_out.T).astype(float)
    return -float(sequence_log_probability(scores, joined[len(before) :])[0])


def bits(nll: float, characters: int) -> float:
    """Turn nats for a whole text into bits per character."""
    return nll / math.log(2) / characters


# ------------------------------------------------------------------------------ writing


def top_k(p: Array, k: int) -> Array:
    """Keep the k most probable tokens, of equals the first; scale them to add up to 1 again."""
    kept = np.zeros_like(p)
    best = np.argsort(-p, kind="stable")[:k]
    kept[best] = p[best]
    return kept / kept.sum()


def nucleus(p: Array, share: float) -> Array:
    """Keep the fewest tokens that together have at least a share of the probability.

    Holtzman, Buys, Du, Forbes and Choi 2020; they call the share p.

    Parameters
    ----------
    p : Array (V,)
        Probabilities.
    share : float
        Above 0, at most 1.

    Returns
    -------
    p : Array (V,)
        What is kept, scaled so that it adds up to 1 again.
    """
    best_first = np.argsort(-p, kind="stable")
    before = np.cumsum(p[best_first]) - p[best_first]
    return top_k(p, int((before < share).sum()))


def continue_text(
    parameters: Parameters,
    prefix: Sequence[int],
    length: int,
    shape: Callable[[Array], Array],
    rng: np.random.Generator,
) -> list[int]:
    """Let the network continue a text: as ``sample``, with any rule for the next token.

    Parameters
    ----------
    parameters : tuple of Array
        ``(E, W, W_h, W_out)``.
    prefix : sequence of int
        The tokens to continue, at least one.
    length : int
        How many tokens to draw.
    shape : callable
        From scores (V,), in float64, to the probabilities to draw from.
    rng : np.random.Generator
        Where all chance comes from.

    Returns
    -------
    tokens : list of int
        The tokens drawn, without the prefix.
    """
    E, W, W_h, W_out = parameters
    read = np.asarray(prefix)[:, None]
    h_t = recur(embed(read, E), W, W_h, rest(1, parameters))[-1]
    drawn: list[int] = []
    for _ in range(length):
        p = shape(output_step(h_t, W_out)[0].astype(float))
        drawn.append(int(rng.choice(len(p), p=p)))
        h_t = hidden_step(E[drawn[-1:]], h_t, W, W_h)
    return drawn


# ------------------------------------------------------------------------------ the record


def look(parameters: Parameters, text: Text) -> tuple[float, float]:
    """Measure bits per character on the end of what was learned from, and on what was held out.

    Both parts are equally long.
    """
    n = len(text.held_out)
    learned = total_nll(parameters, text.train[-2 * n : -n], text.train[-n:])
    held_out = total_nll(parameters, text.train[-n:], text.held_out)
    return bits(learned, n), bits(held_out, n)


def train_and_look(
    name: str, hidden: int, steps: int, seed: int, moments: Iterable[int], **options: Any
) -> tuple[Parameters, Array, Array]:
    """Train a writer and look at it now and then.

    Parameters
    ----------
    name : str
        The text.
    hidden, steps, seed : int
        Size and length of the training; source of the first weights.
    moments : iterable of int
        Steps before which to look.
    **options
        For ``train_writer``.

    Returns
    -------
    parameters : tuple of Array
        The trained weights.
    losses : Array (steps,)
        The loss of each piece, in nats.
    curve : Array (moments, 3)
        Step, bits per character on what was learned from, and on what was held out.
    """
    text, wanted, curve = load_text(name), set(moments), []

    def watch(step: int, parameters: Parameters) -> None:
        if step in wanted:
            curve.append((step, *look(parameters, text)))

    rng = np.random.default_rng(seed)
    start = initial_writer(len(text.vocabulary), EMBEDDING, hidden, rng)
    parameters, losses = train_writer(text.train, start, steps, watch=watch, **options)
    return parameters, losses, np.array(curve)


def run(progress: Callable[..., Iterable[int]]) -> dict[str, Array]:
    """Train everything that is recorded; ``progress`` as for ``train_writer``."""
    moments = range(0, STEPS + 1, STEPS // MOMENTS)
    _, early, _ = train_and_look("pride_and_prejudice", HIDDEN, EARLY, 0, [])
    parameters, _, curve = train_and_look(
        "pride_and_prejudice", HIDDEN, STEPS, 0, moments, progress=progress
    )
    _, _, alice = train_and_look("alice", HIDDEN, STEPS, 0, moments, progress=progress)
    small = [
        train_and_look(
            "pride_and_prejudice", SMALL_HIDDEN, SMALL_STEPS, seed, [SMALL_STEPS], progress=progress
        )[2][0, 1:]
        for seed in SEEDS
    ]
    return {
        **{name: w.astype(np.float16) for name, w in zip(WEIGHTS, parameters, strict=True)},
        "early": early,
        "pride_and_prejudice": curve,
        "alice": alice,
        "small": np.array(small),
    }


@dataclass(frozen=True)
class Record:
    """What ``make writer`` recorded.

    Attributes
    ----------
    parameters : tuple of Array
        ``(E, W, W_h, W_out)`` of the trained writer, rounded to 16 bits and kept as float32.
    early : Array (40,)
        The losses of a very short training of it, in nats.
    curves : dict
        For each text an Array (moments, 3): step, bits per character on the end of what was learned
        from, and on what was held out.
    small : Array (seeds, 2)
        The same two of the small writer that the chapter trains, from each seed.
    """

    parameters: Parameters
    early: Array
    curves: dict[str, Array]
    small: Array


def load(path: Path = SHIPPED) -> Record:
    """Read what ``make writer`` recorded."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. To train again, in minutes: make writer")
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            E, W, W_h, W_out = (
                file[name].astype(np.float32) for name in ("E", "W", "W_h", "W_out")
            )
            curves = {name: file[name] for name in ("pride_and_prejudice", "alice")}
            early, small = file["early"], file["small"]
    except (zipfile.BadZipFile, ValueError, KeyError, EOFError) as problem:
        raise ValueError(
            f"{path} is no record of a writer, or is damaged. Run: make writer"
        ) from problem
    if W_h.shape != (HIDDEN, HIDDEN + 1) or curves["alice"][-1, 0] != STEPS:
        raise ValueError(f"{path} is not what this program records. Run: make writer")
    return Record((E, W, W_h, W_out), early, curves, small)
