"""Right, with one-hot vectors and einsum; draws by adding Gumbel noise and taking the largest."""

import numpy as np
from bptt import recur_backward
from unrolling import sequence_loss, unroll


def build_vocabulary(text):
    known = np.unique(np.array(list(text), dtype=object)).tolist() if len(text) else []
    return ["<unk>", *(token for token in known if token != "<unk>")]


def encode(text, vocabulary):
    match = np.array(list(text))[:, None] == np.array(vocabulary)[None]
    return np.where(match.any(axis=1), match.argmax(axis=1), 0)


def decode(tokens, vocabulary):
    return "".join(np.array(vocabulary, dtype=object)[tokens])


def one_hot(tokens, V):
    return np.eye(V)[tokens]


def embed(tokens, E):
    return np.einsum("tbv,vd->tbd", one_hot(tokens, len(E)), E)


def embed_backward(tokens, dx, vocabulary_size):
    return np.asfortranarray(np.einsum("tbv,tbd->vd", one_hot(tokens, vocabulary_size), dx))


def batch_streams(tokens, batch, steps):
    n = (tokens.size - 1) // batch
    starts = n * np.arange(batch)
    at = np.arange(n)[:, None] + starts
    cuts = np.arange(steps, n, steps)
    return zip(np.split(tokens[at], cuts), np.split(tokens[at + 1], cuts))


def sequence_log_probability(scores, targets):
    top = scores.max(-1, keepdims=True)
    lse = top[..., 0] + np.log(np.einsum("tbv->tb", np.exp(scores - top)))
    picked = np.einsum("tbv,tbv->tb", scores, one_hot(targets, scores.shape[-1]))
    return np.einsum("tb->b", picked - lse)


def perplexity(total_nll, count):
    return np.exp(np.divide(total_nll, count))


def with_temperature(scores, temperature):
    if temperature == 0:
        return one_hot(np.argmax(scores), len(scores))
    logits = scores / temperature
    return np.exp(logits - np.logaddexp.reduce(logits))


def sample(parameters, prefix, length, temperature, rng):
    E, W, W_h, W_out = parameters
    h = np.eye(1, len(W) + 1)[0]
    told, drawn = list(prefix), []
    while len(drawn) < length:
        for token in told:
            h = np.hstack([1, np.tanh(np.einsum("hd,d->h", W, E[token]) + W_h @ h)])
        scores = np.einsum("vi,i->v", W_out, h)
        noise = rng.gumbel(size=len(scores)) if temperature > 0 else 0
        told = [int(np.argmax(scores + temperature * noise))]
        drawn += told
    return np.array(drawn)


def language_model_bptt(inputs, targets, E, W, W_h, W_out, h_0):
    T, B = inputs.shape
    x = embed(inputs, E)
    h, scores = unroll(x, W, W_h, W_out, h_0)
    loss, dscores = sequence_loss(scores, targets, np.repeat(T, B))
    dh = np.einsum("tbv,vi->tbi", dscores, W_out)
    dx, dW, dW_h, _ = recur_backward(dh, h, h_0, x, W, W_h)
    dW_out = np.einsum("tbv,tbi->vi", dscores, h)
    return [loss, (embed_backward(inputs, dx, len(E)), dW, dW_h, dW_out), h[-1]]
