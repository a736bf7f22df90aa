"""Write down what the judge must know, for places that must not hold the solutions.

``python -m autograder.record FOLDER`` writes one file per topic. It has the challenges that a seed
draws, the right answers, and of the answers that mistakes give what they are recognised by
(``compare.sketch``), but no program: no solution, and no edit that makes a mistake of one. What
is not needed is left out: mistakes that no challenge shows, and challenges that tell none apart.

A file is an npz archive: a packed message (``inside.to_bytes``) about the topic, and one per check.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from autograder import assignment
from autograder.assignment import CHALLENGES, MORE_CHALLENGES, Challenge, Check
from autograder.compare import agrees, sketch
from autograder.inside import Observation, to_bytes
from autograder.judge import judged
from autograder.misconceptions import Misconception
from autograder.oracle import Live

SEED = 1

Answers = dict[Misconception, list[Observation]]  # of mistakes, to each challenge


def write(folder: Path, seed: int = SEED, topics: Sequence[str] = ()) -> None:
    """Write a record of every topic, or of some.

    Parameters
    ----------
    folder : Path
        Where to write ``TOPIC.npz``; it is made if it is not there.
    seed : int
        Draws the challenges.
    topics : sequence of str
        What to record; everything when it is empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for topic in topics or assignment.topics():
        np.savez_compressed(folder / f"{topic}.npz", **members(topic, Live(seed)))  # type: ignore[arg-type]


def members(topic: str, oracle: Live) -> dict[str, np.ndarray]:
    """Lay out the record of a topic: a message about it, and one for each check by its name."""
    checks = assignment.checks(topic)
    mistakes: list[Misconception] = []
    messages = {check.name: of_check(check, oracle, mistakes) for check in checks}
    about = {
        "topic": topic,
        "seed": oracle.seed,
        "checks": list(map(data, checks)),
        "mistakes": [vars(replace(mistake, becomes="", was="")) for mistake in mistakes],
    }
    packed = {"about": about, **messages}
    return {name: np.frombuffer(to_bytes(m), np.uint8) for name, m in packed.items()}


def data(check: Check) -> dict[str, Any]:
    """Lay out what a check says, without how it draws."""
    said = {f.name: getattr(check, f.name) for f in fields(check) if f.name != "draw"}
    return {**said, "reading": check.reading and check.reading.__name__}


def of_check(check: Check, oracle: Live, mistakes: list[Misconception]) -> dict[str, Any]:
    """Lay out the record of a check; mistakes that are not among ``mistakes`` yet are added."""
    drawn = oracle.challenges(check)
    challenges = list(itertools.islice(drawn, CHALLENGES))
    right = [oracle.right(check, challenge) for challenge in challenges]
    shown = showing(check, oracle, challenges, right)
    given = [{mistake: answers[n] for mistake, answers in shown.items()} for n in range(CHALLENGES)]
    for challenge, answers in telling_apart(check, oracle, shown, drawn):
        challenges.append(challenge)
        given.append(answers)
    mistakes += [mistake for mistake in shown if mistake not in mistakes]
    return {
        "outputs": [[output.name, output.type] for output in oracle.outputs(check)],
        "challenges": challenges,
        "right": list(map(answer, right)),
        "suspects": [mistakes.index(mistake) for mistake in shown],
        "mistaken": [
            {str(mistakes.index(mistake)): answer(seen) for mistake, seen in answers.items()}
            for answers in given
        ],
    }


def showing(
    check: Check, oracle: Live, challenges: Sequence[Challenge], right: Sequence[Observation]
) -> Answers:
    """Collect the answers of mistakes to challenges, of those that answer all and not all right."""
    count = len(oracle.outputs(check))
    found = {}
    for mistake in oracle.suspects(check):
        seen = [oracle.mistaken(mistake, check, challenge) for challenge in challenges]
        pairs = zip(seen, map(sketch, right), strict=True)
        if all(s.stage == "returned" for s in seen) and not all(
            agrees(s, r, range(count), count) for s, r in pairs
        ):
            found[mistake] = seen
    return found


def telling_apart(
    check: Check, oracle: Live, shown: Answers, drawn: Iterator[Challenge]
) -> Iterator[tuple[Challenge, dict[Misconception, Observation]]]:
    """Give the further challenges that tell mistakes apart, with the answers of those."""
    outputs = oracle.outputs(check)

    def alike(a: Sequence[Observation], b: Sequence[Observation]) -> bool:
        which = judged(check, outputs)
        return all(agrees(x, y, which, len(outputs)) for x, y in zip(a, b, strict=True))

    def split(answers: Answers) -> list[list[Misconception]]:
        groups: list[list[Misconception]] = []
        for mistake, seen in answers.items():
            group = next((g for g in groups if alike(seen, answers[g[0]])), None)
            if group is None:
                groups.append([mistake])
            else:
                group.append(mistake)
        return [group for group in groups if len(group) > 1]

    groups = split(shown)
    for challenge in itertools.islice(drawn, MORE_CHALLENGES if groups else 0):
        given = {m: oracle.mistaken(m, check, challenge) for group in groups for m in group}
        finer = [split({m: [given[m]] for m in group}) for group in groups]
        if any(parts != [group] for parts, group in zip(finer, groups, strict=True)):
            yield challenge, given
            groups = [part for parts in finer for part in parts]


def answer(seen: Observation) -> dict[str, Any]:
    """Lay out what a call returned; a second call that did the same is left out."""
    said: dict[str, Any] = {"value": seen.value}
    if to_bytes(seen.again) != to_bytes(seen.value):
        said["again"] = seen.again
    if seen.modified:
        said["modified"] = seen.modified
    return said


def main() -> None:
    """Write the records that the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder.record", description="Record what the judge must know."
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to write TOPIC.npz")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="draws the challenges")
    options = parser.parse_args()
    write(options.folder, options.seed)


if __name__ == "__main__":
    main()
