"""Checks of the topic *language_models*.

Texts hold letters that the vocabulary does not know, and tokens that come again and again. What is
drawn by chance is judged twice: by a network so sure of itself that chance has no say, whose text
shows what was read and fed back; and by the statistics of many draws from one that is unsure.
"""

import numpy as np

from autograder import oracle
from autograder.assignment import Inputs, check
from autograder.checks import recurrent_weights, sizes, states, weights
from autograder.inside import Seed
from autograder.readings import looks_like, next_scores

Rng = np.random.Generator
Array = np.ndarray

LETTERS = list("ZYXabcdefghij .,")  # capitals sort before small letters, and a blank before all


def text(rng: Rng, letters: list[str], length: int) -> str:
    """Draw a text."""
    return "".join(rng.choice(letters, length))


@check(points=2)
def build_vocabulary(rng: Rng) -> Inputs:
    """the different characters"""
    return {"text": text(rng, LETTERS, 40)}


@check(points=1, function="build_vocabulary")
def build_vocabulary_of_words(rng: Rng) -> Inputs:
    """or the different words"""
    known = [text(rng, LETTERS[3:13], 3) for _ in range(6)]
    return {"text": [*rng.choice(known, 20).tolist(), "<unk>"]}


def vocabulary(rng: Rng) -> list[str]:
    """Draw a vocabulary of some of the letters, as build_vocabulary would list them."""
    return ["<unk>", *sorted(rng.choice(LETTERS, 9, replace=False).tolist())]


@check(points=2)
def encode(rng: Rng) -> Inputs:
    """a text as numbers"""
    return {"text": text(rng, [*LETTERS, "?", "!"], 40), "vocabulary": vocabulary(rng)}


@check(points=1)
def decode(rng: Rng) -> Inputs:
    """numbers as a text"""
    known = vocabulary(rng)
    return {"tokens": rng.integers(len(known), size=30), "vocabulary": known}


def tokens(rng: Rng, T: int, B: int, V: int) -> Array:
    """Draw tokens of which some come again, also in one step, and some never."""
    return rng.choice(rng.choice(V, V - 2, replace=False), (T, B))


@check(points=1)
def embed(rng: Rng) -> Inputs:
    """a vector for each token"""
    T, B, D, _, V = sizes(rng)
    return {"tokens": tokens(rng, T, B, V), "E": rng.normal(size=(V, D))}


@check(points=3)
def embed_backward(rng: Rng) -> Inputs:
    """its gradient"""
    T, B, D, _, V = sizes(rng)
    dx = rng.normal(size=(T, B, D))
    return {"tokens": tokens(rng, T, B, V), "dx": dx, "vocabulary_size": V}


@check(points=4)
def batch_streams(rng: Rng) -> Inputs:
    """streams that go on"""
    batch, steps = rng.choice(np.arange(2, 6), 2, replace=False).tolist()
    n = steps * int(rng.integers(2, 4)) + int(rng.integers(1, steps))
    left_over = int(rng.integers(1, batch))
    return {"tokens": rng.permutation(batch * n + 1 + left_over), "batch": batch, "steps": steps}


@check(points=1, function="batch_streams")
def batch_streams_without_a_rest(rng: Rng) -> Inputs:
    """where all comes out even"""
    batch, steps = rng.choice(np.arange(2, 6), 2, replace=False).tolist()
    return {"tokens": rng.permutation(batch * steps * 2 + 1), "batch": batch, "steps": steps}


def prediction(rng: Rng, scale: float) -> Inputs:
    """Draw scores and what came."""
    T, B, _, _, V = sizes(rng)
    scores = np.round(rng.normal(scale=scale, size=(T, B, V)), 2)
    return {"scores": scores, "targets": rng.integers(V, size=(T, B))}


@check(points=2)
def sequence_log_probability(rng: Rng) -> Inputs:
    """the chain rule"""
    return prediction(rng, 2.0)


@check(points=1, function="sequence_log_probability", requires=["sequence_log_probability"])
def sequence_log_probability_of_large_scores(rng: Rng) -> Inputs:
    """large scores do not overflow"""
    return prediction(rng, 2000.0)


@check(points=2)
def perplexity(rng: Rng) -> Inputs:
    """how many it hesitates between"""
    count = int(rng.integers(50, 100))
    return {"total_nll": count * rng.uniform(0.5, 2.5), "count": count}


@check(points=3)
def with_temperature(rng: Rng) -> Inputs:
    """sharper, or flatter"""
    V = int(rng.integers(5, 10))
    temperature = float(rng.choice([rng.uniform(0.3, 0.7), rng.uniform(1.5, 3)]))
    return {"scores": rng.normal(scale=2, size=V), "temperature": temperature}


@check(points=1, function="with_temperature")
def with_temperature_zero(rng: Rng) -> Inputs:
    """0 takes the largest"""
    return {"scores": rng.normal(scale=2, size=int(rng.integers(5, 10))), "temperature": 0.0}


@check(points=1, function="with_temperature", requires=["with_temperature"])
def with_temperature_almost_zero(rng: Rng) -> Inputs:
    """almost 0 does not overflow"""
    scores = np.round(rng.normal(scale=2, size=int(rng.integers(5, 10))), 1)
    return {"scores": scores, "temperature": 0.001}


# ------------------------------------------------------------------------------ sampling


def language_model(rng: Rng, sureness: float) -> dict[str, Array]:
    """Draw a network whose scores lie about ``sureness`` apart."""
    _, _, D, H, _ = sizes(rng)
    V = int(rng.integers(5, 9))
    return {
        "E": rng.normal(size=(V, D)),
        "W": weights(rng, H, D),
        "W_h": recurrent_weights(rng, H),
        "W_out": sureness * weights(rng, V, H + 1),
    }


def continuation(rng: Rng, sureness: float, length: int, temperature: float) -> Inputs:
    """Draw a network, a prefix with at least two different tokens, and how to go on."""
    network = language_model(rng, sureness)
    V = len(network["E"])
    prefix = rng.permutation(V)[:3].tolist()
    return {
        "parameters": tuple(network.values()),
        "prefix": prefix,
        "length": length,
        "temperature": temperature,
        "rng": Seed(int(rng.integers(1 << 30))),
    }


@check(points=3, requires=["with_temperature", "unrolling.hidden_step"])
def sample(rng: Rng) -> Inputs:
    """reads, and reads what it said"""
    while True:
        inputs = continuation(rng, sureness=200, length=12, temperature=rng.uniform(0.8, 1.25))
        drawn = oracle.right("language_models", "sample", {**inputs, "temperature": 0.0}).value
        best = np.sort(next_scores(inputs, drawn))[:, -2:]
        if (best[:, 1] - best[:, 0]).min() > 40 and len(set(drawn)) > 2:
            return inputs


@check(points=1, function="sample", requires=["with_temperature", "unrolling.hidden_step"])
def sample_greedily(rng: Rng) -> Inputs:
    """temperature 0 has no chance in it"""
    while True:
        inputs = continuation(rng, sureness=1, length=15, temperature=0.0)
        if len(set(oracle.right("language_models", "sample", inputs).value)) > 2:
            return inputs


DRAWS = 800


@check(
    points=3,
    function="sample",
    requires=["with_temperature", "unrolling.hidden_step"],
    reading=looks_like,
)
def sample_statistics(rng: Rng) -> Inputs:
    """as often as it should"""
    temperature = float(rng.choice([rng.uniform(0.35, 0.45), rng.uniform(2.2, 3)]))
    inputs = continuation(rng, sureness=1, length=DRAWS, temperature=temperature)
    E, W, W_h, W_out = inputs["parameters"]
    spread = next_scores(inputs, rng.integers(len(E), size=100).tolist()).std(axis=1).mean()
    # At the temperature that is asked for, tokens differ in how likely they are, and none is sure.
    return {**inputs, "parameters": (E, W, W_h, 1.2 * temperature / spread * W_out)}


# ------------------------------------------------------------------------------ learning


@check(
    points=3,
    judges=["grads"],
    requires=[
        "embed",
        "embed_backward",
        "bptt.recur_backward",
        "bptt.output_weights_backward",
        "unrolling.unroll",
        "unrolling.sequence_loss",
    ],
    derivative=["loss", "E", "W", "W_h", "W_out"],
)
def language_model_bptt(rng: Rng) -> Inputs:
    """the gradient of a piece of text"""
    T, B, _, _, _ = sizes(rng)
    network = language_model(rng, sureness=1)
    V, H = len(network["E"]), len(network["W"])
    inputs, targets = tokens(rng, T, B, V), tokens(rng, T, B, V)
    return {"inputs": inputs, "targets": targets, **network, "h_0": states(rng, B, H)}


@check(
    points=2,
    function="language_model_bptt",
    judges=["loss", "h_last"],
    requires=["embed", "unrolling.unroll", "unrolling.sequence_loss"],
)
def language_model_bptt_goes_on(rng: Rng) -> Inputs:
    """its loss, and the state to carry"""
    return language_model_bptt.draw(rng)
