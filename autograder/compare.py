"""Are two answers the same? Compares what came back from a program with what should have."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignment import Check, Inputs
from autograder.inside import Observation

TOLERANCE = 1e-7  # relative to the largest entry, for programs that compute in float64
TOLERANCE_32 = 1e-5  # and for those that compute in float32
ANOTHER = "not the same in a second call"
GOLDEN = (5**0.5 - 1) / 2
DIGITS = 10  # of a sketch: three more than two answers must agree in


def parts(value: Any, count: int) -> list[Any] | None:
    """Split what a function returned into its outputs; None when the number is wrong."""
    if count == 1:
        return [value]
    return list(value) if isinstance(value, (tuple, list)) and len(value) == count else None


def leaves(value: Any) -> list[Any]:
    """List what nested lists and tuples hold, in order."""
    if isinstance(value, (list, tuple)):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


def what_counts(check: Check, inputs: Inputs, seen: Observation) -> Observation:
    """Drop the padding of an answer where it means nothing; read one that chance has a part in."""
    if check.reading and seen.stage == "returned":
        first = check.reading(inputs, seen.value)
        again = first if same(seen.value, seen.again) else ANOTHER
        return replace(seen, value=first, again=again)
    return seen if check.padding else without_padding(seen, inputs["lengths"])


def without_padding(seen: Observation, lengths: np.ndarray) -> Observation:
    """Put zeros on the padding of every array (T, B, ...) that came back: it means nothing."""

    def blank(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value)(map(blank, value))
        batched = isinstance(value, np.ndarray) and value.shape[1:2] == lengths.shape
        if not batched or value.dtype.kind not in "iufc":
            return value
        padding = np.arange(len(value))[:, None] >= lengths
        return np.where(padding.reshape(padding.shape + (1,) * (value.ndim - 2)), 0, value)

    return replace(seen, value=blank(seen.value), again=blank(seen.again))


def sketch(seen: Observation) -> Observation:
    """Cut an answer down to what it is recognised by: every array of floats to three facts.

    These are its shape (and where it is not finite), and as a row its largest size and a weighted
    mean. Answers that agree have sketches that agree, for a mean differs by no more than the
    entries do. Answers that do not have no reason to: the weights are all different, so that only
    a coincidence makes their means the same.
    """
    return replace(seen, value=_sketch(seen.value), again=_sketch(seen.again))


def _sketch(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(map(_sketch, value))
    if not isinstance(value, np.ndarray) or not value.ndim or value.dtype.kind != "f":
        return value
    entries = value.astype(np.float64, order="C").ravel()
    finite = np.isfinite(entries)
    label = str(value.shape)
    if not finite.all():
        kinds = np.stack([np.isnan(entries), np.isposinf(entries), np.isneginf(entries)])
        label += f" {zlib.crc32(kinds.tobytes())}"
        entries = np.where(finite, entries, 0)
    weights = (1 - np.arange(entries.size) * GOLDEN % 0.5) / max(entries.size, 1)
    numbers = (np.abs(entries).max(initial=0.0), weights @ entries)
    precision = np.float32 if value.dtype.itemsize < 8 else float
    return [label, [precision(f"{x:.{DIGITS - 1}e}") for x in numbers]]


def agrees(a: Observation, b: Observation, judged: Sequence[int], count: int) -> bool:
    """Tell whether two programs did the same: values, second call, inputs left alone."""
    if a.stage != b.stage or set(a.modified) != set(b.modified):
        return False
    pairs = [(parts(a.value, count), parts(b.value, count))]
    pairs.append((parts(a.again, count), parts(b.again, count)))
    return all(
        x is not None and y is not None and all(same(x[i], y[i]) for i in judged) for x, y in pairs
    )


def same(a: Any, b: Any) -> bool:
    """Compare two outputs up to rounding; NaN equals NaN, a row of numbers a list of them."""
    if isinstance(b, (list, tuple)):
        a = list(a) if isinstance(a, np.ndarray) and a.ndim == 1 else a
        if not isinstance(a, (list, tuple)) or len(a) != len(b):
            return False
        if all(type(x) is int for x in itertools.chain(a, b)):
            return list(a) == list(b)  # long lists of tokens, at once
        if all(isinstance(x, (float, np.floating)) for x in itertools.chain(a, b)):
            return same(np.array(a), np.array(b))
        return all(map(same, a, b))
    if isinstance(b, str):
        return isinstance(a, str) and a == b
    a, b = number(a), number(b)
    if a is None or b is None or a.shape != b.shape:
        return False
    if b.dtype.kind in "iu" and a.dtype.kind not in "iu":
        return False
    return bool(np.allclose(a, b, rtol=0, atol=tolerance(a, b), equal_nan=True))


def tolerance(a: np.ndarray, b: np.ndarray) -> float:
    """Scale the tolerance to the answer's largest finite entry and to its precision."""
    finite = np.abs(b[np.isfinite(b)])
    relative = TOLERANCE_32 if a.dtype in (np.float32, np.float16) else TOLERANCE
    return relative * float(finite.max(initial=0.0) or 1.0)


def number(value: Any) -> np.ndarray | None:
    """Read an array or a number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (np.ndarray, np.generic, int, float)):
        return None
    array = np.asarray(value)  # of objects, for an int that is too large for any dtype
    return array if array.dtype.kind in "iuf" else None
