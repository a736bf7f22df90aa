"""Time one training step of our programs, PyTorch, HIPS autograd and a loop over sequences.

All take turns, round after round, so that whatever else the machine does hits all of them, and
times are compared within a round only. They are processor time on one thread: on a quiet machine
that is the time that passes, on a busy one it leaves out the waiting. Before anybody is timed, all
must have found the same loss and the same gradients as ours.

    python benchmarks/recurrence.py --help
"""

from __future__ import annotations

import os

# One thread for everybody. NumPy and PyTorch read this when they are imported.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"

import argparse
import json
import platform
import time
from importlib import metadata, util
from pathlib import Path
from typing import Any

import numpy as np
from contestants import Shape, Step, draw_problem, hips_autograd, one_by_one, ours, pytorch
from tqdm import tqdm

Array = np.ndarray

SHAPES = (
    Shape(T=25, B=1, D=65, H=100),
    Shape(T=35, B=32, D=64, H=64),
    Shape(T=50, B=16, D=64, H=128),
    Shape(T=50, B=16, D=64, H=128, layers=2),
    Shape(T=50, B=16, D=64, H=128, directions=2),
    Shape(T=35, B=20, D=200, H=200),
    Shape(T=100, B=64, D=256, H=512),
)
CONTESTANTS = {
    "ours": ours,
    "PyTorch": pytorch,
    "autograd": hips_autograd,
    "one by one": one_by_one,
}
PACKAGES = {"PyTorch": "torch", "autograd": "autograd"}
TOLERANCE = {"float32": 1e-4, "float64": 1e-10}

PATIENCE = 1.0  # seconds: whoever takes longer for the first step at a shape is not timed there
PEAK = "peak"  # a product of two square matrices: as fast as this machine multiplies
PEAK_SIZES = (256, 512, 1024)


def main(arguments: list[str] | None = None) -> None:
    """Race at every shape and print one table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--float64", action="store_true", help="double precision, not single")
    options.add_argument("--rounds", type=int, default=30, help="turns of each at every shape")
    options.add_argument("--json", type=Path, metavar="FILE", help="write all quartiles there")
    given = options.parse_args(arguments)
    dtype = "float64" if given.float64 else "float32"

    rows, size = [], fastest_size(dtype)
    with tqdm(total=len(SHAPES) * given.rounds, unit="round") as bar:
        for shape in SHAPES:
            bar.set_description(str(shape))
            steps = {**enter(shape, dtype), PEAK: square_product(size, dtype)}
            rows.append(compare(shape, race(steps, given.rounds, bar), 2 * size**3))

    print(f"{machine()}\n{dtype}, {given.rounds} rounds\n")
    print(*table(rows), sep="\n")
    if given.json:
        record = {"machine": machine(), "dtype": dtype, "rounds": given.rounds, "shapes": rows}
        given.json.write_text(json.dumps(record, indent=2) + "\n")


# ------------------------------------------------------------------------------ the race


def enter(shape: Shape, dtype: str) -> dict[str, Step]:
    """Let all that are installed prove that they are right: the steps of those to be timed."""
    problem, right, steps = draw_problem(shape, dtype), None, {}
    for name, prepare in CONTESTANTS.items():
        if name in PACKAGES and not util.find_spec(PACKAGES[name]):
            continue
        step, read = prepare(problem)
        took, result = timed(step)
        loss, grads = read(result)
        right = right or [loss, *grads]  # ours come first
        errors = [difference(a, b) for a, b in zip([loss, *grads], right, strict=True)]
        if not max(errors) < TOLERANCE[dtype]:
            raise SystemExit(
                f"At {shape} {name} finds another loss or gradient than ours. The relative "
                f"differences, the loss first: {', '.join(f'{e:.0e}' for e in errors)}"
            )
        if took < PATIENCE or name == "ours":
            steps[name] = step
    return steps


def difference(a: Any, b: Any) -> float:
    """Compare two arrays, or numbers: the largest difference over the largest entry."""
    return float(np.max(np.abs(np.subtract(a, b))) / np.max(np.abs(b)))


def race(steps: dict[str, Step], rounds: int, bar: Any) -> dict[str, Array]:
    """Let all take turns: in each round one step to warm up and one that counts, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            step()
            times[name].append(timed(step)[0])
        bar.update()
    return {name: np.array(seconds) for name, seconds in times.items()}


def timed(step: Step) -> tuple[float, Any]:
    """Take one step: its processor time in seconds, and what it returned."""
    start = time.process_time()
    result = step()
    return time.process_time() - start, result


def square_product(n: int, dtype: str) -> Step:
    """Multiply two n by n matrices: 2 n^3 multiplications and additions."""
    A, B = np.random.default_rng(0).normal(size=(2, n, n)).astype(dtype)
    return lambda: A @ B


def fastest_size(dtype: str) -> int:
    """Find the size at which this machine gets most of a matrix product done in a second."""

    def seconds_per_flop(n: int) -> float:
        step = square_product(n, dtype)
        return min(timed(step)[0] for _ in range(5)) / n**3

    return min(PEAK_SIZES, key=seconds_per_flop)


# ------------------------------------------------------------------------------ the table


def compare(shape: Shape, times: dict[str, Array], peak_flops: int) -> dict[str, Any]:
    """Take quartiles of the times, of ours over each other's, and of the shares of the peak."""

    def quartiles(values: Array) -> list[float]:
        return [float(q) for q in np.quantile(values, [0.25, 0.5, 0.75])]

    peak_seconds = times[PEAK] * shape.flops / peak_flops  # for this step, if all went that fast
    racers = {name: seconds for name, seconds in times.items() if name != PEAK}
    return {
        "shape": str(shape),
        "ms": {name: quartiles(1e3 * t) for name, t in racers.items()},
        "ours over": {name: quartiles(times["ours"] / t) for name, t in racers.items()},
        "share of peak": {name: quartiles(peak_seconds / t) for name, t in racers.items()},
    }


def table(rows: list[dict[str, Any]]) -> list[str]:
    """Write the lines of a table in Markdown."""

    def cell(row: dict[str, Any], what: str, name: str, form: str) -> str:
        found = row[what].get(name)
        return form.format(*found) if found else "–"

    ratio = "**{1:.2f}** ({0:.2f}–{2:.2f})"
    columns = {
        "ours, ms": ("ms", "ours", "{1:.2f}"),
        "ours / PyTorch": ("ours over", "PyTorch", ratio),
        "ours / autograd": ("ours over", "autograd", "{1:.2f}"),
        "ours / one by one": ("ours over", "one by one", "{1:.2f}"),
        "peak, ours": ("share of peak", "ours", "{1:.0%}"),
        "peak, PyTorch": ("share of peak", "PyTorch", "{1:.0%}"),
    }
    lines = [["T, B, D, H", *columns], ["---"] * (len(columns) + 1)]
    lines += [[row["shape"], *(cell(row, *column) for column in columns.values())] for row in rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def machine() -> str:
    """Say what this ran on."""
    versions = [
        f"{name} {metadata.version(package)}"
        for name, package in {"NumPy": "numpy", **PACKAGES}.items()
        if util.find_spec(package)
    ]
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return ", ".join(
        [
            f"{processor()} ({os.cpu_count()} processors, one used)",
            f"Python {platform.python_version()}",
            *versions,
            f"{blas['name']} {blas['version']}",
        ]
    )


def processor() -> str:
    """Find the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
