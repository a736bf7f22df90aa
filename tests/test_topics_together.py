"""Topics that build on each other: what the grader says when the fault lies in another file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_grader import LOSS_IN_SUM

from autograder import assignment, cli, misconceptions, oracle, stubs
from autograder.judge import Verdict
from autograder.outcome import Outcome, waits_for

SEED = 3


def graded(folder: Path, *topics: str) -> Outcome:
    checks = [check for topic in topics for check in assignment.checks(topic)]
    return cli.grade(checks, folder, SEED)


def verdicts(folder: Path, topic: str) -> dict[str, Verdict]:
    return {check.name: verdict for check, verdict in graded(folder, topic).results}


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    """A folder with a right deep.py and what it builds on."""
    stubs.hand_in(tmp_path, "deep", oracle.source("deep"))
    return tmp_path


def make(mistake: str, folder: Path) -> None:
    """Put a known mistake into unrolling.py."""
    (known,) = (m for m in misconceptions.load("unrolling") if m.id == mistake)
    stubs.hand_in(folder, "unrolling", known.apply(oracle.source("unrolling")))


def test_homework_imports_its_neighbours_and_nothing_of_ours():
    for topic in assignment.topics():
        text = stubs.stub(topic)
        assert "solutions" not in text
        for below in set(oracle.imported(topic).values()):
            assert f"from {below} import" in text
            assert re.search(rf"your own .*\b{below}\.py", text)


@pytest.mark.parametrize("mistake", ["state-not-carried", "bias-missing-in-the-loop"])
def test_a_mistake_in_the_file_below_is_named_with_its_place(mistake: str, homework: Path) -> None:
    make(mistake, homework)
    found = verdicts(homework, "deep")["deep_recur"]
    assert found.status == "failed"
    assert found.misconception == mistake
    assert "`recur` in your `unrolling.py`" in found.message


def test_the_report_says_to_mend_the_file_below_first(homework: Path) -> None:
    make("state-not-carried", homework)
    outcome = graded(homework, "unrolling", "deep")
    waiting = {check.id: waits_for(check, outcome) for check, _ in outcome.results}
    assert waiting["deep.deep_recur"] == "unrolling.recur"


def test_a_function_below_that_is_not_written_is_told_with_its_line(homework: Path) -> None:
    stubs.write("unrolling", homework)
    found = verdicts(homework, "deep")["deep_recur"]
    assert found.status == "skipped"
    assert "`unrolling.py` that is not written yet at line" in found.message


def test_an_error_below_is_shown_with_the_file_it_is_in(homework: Path) -> None:
    program = oracle.source("unrolling").replace("h_prev = h_0\n", "h_prev = h_zero\n")
    stubs.hand_in(homework, "unrolling", program)
    found = verdicts(homework, "deep")["deep_recur"]
    assert found.status == "error"
    assert "of `unrolling.py`:\n    h_prev = h_zero" in found.message


def test_a_missing_file_below_is_asked_for(homework: Path) -> None:
    (homework / "unrolling.py").unlink()
    found = verdicts(homework, "deep")["deep_recur"]
    assert found.status == "error"
    assert "builds on your `unrolling.py`, which is not in the same folder" in found.message


def test_a_syntax_error_below_is_shown_with_the_file_it_is_in(homework: Path) -> None:
    (homework / "unrolling.py").write_text("def recur(:\n", encoding="utf-8")
    found = verdicts(homework, "deep")["deep_recur"]
    assert "line 1 of `unrolling.py`" in found.message


def test_a_program_that_stands_alone_needs_nothing_below(tmp_path: Path) -> None:
    right = Path(__file__).parent / "right" / "loops" / "deep.py"
    alone = right.read_text(encoding="utf-8")
    assert "unrolling" not in alone.partition('"""')[2].partition('"""')[2]
    (tmp_path / "deep.py").write_text(alone, encoding="utf-8")
    outcome = graded(tmp_path, "deep")
    assert outcome.score == outcome.max_score


PADDING_ADDED = """

def bidirectional_unroll(x, lengths, forward, backward, W_out_f, W_out_b):
    h_f, h_b = bidirectional_recur(x, lengths, forward, backward)
    padding = np.arange(len(x))[:, None] >= lengths
    scores = output_step(h_f, W_out_f) + output_step(h_b, W_out_b)
    {edit}
    return h_f, h_b, scores
"""


@pytest.mark.parametrize(
    ("edit", "status"),
    [
        ("scores[padding] = np.nan", "passed"),
        ("scores[padding] = 0; h_b[padding] = 7", "passed"),
        ("scores[0] += 1e-3", "failed"),
    ],
)
def test_what_stands_on_padding_does_not_count(edit: str, status: str, tmp_path: Path) -> None:
    program = oracle.source("bidirectional") + PADDING_ADDED.format(edit=edit)
    stubs.hand_in(tmp_path, "bidirectional", program)
    assert verdicts(tmp_path, "bidirectional")["bidirectional_unroll"].status == status


@pytest.mark.parametrize(
    "mistake",
    [
        "states-in-the-wrong-places",
        "weights-of-the-chains-swapped",
        "states-turned-round-at-the-wrong-time",
    ],
)
def test_what_is_not_judged_tells_like_mistakes_apart(mistake: str, tmp_path: Path) -> None:
    (known,) = (m for m in misconceptions.load("bidirectional") if m.id == mistake)
    stubs.hand_in(tmp_path, "bidirectional", known.apply(oracle.source("bidirectional")))
    found = verdicts(tmp_path, "bidirectional")
    assert found["bidirectional_recur_backward"].misconception == mistake


# ------------------------------------------------------------------------------ whole networks


def with_loss_in_sum(folder: Path, edit: str = "") -> dict[str, Verdict]:
    """Hand in a bptt.py, right or with a known mistake, on an unrolling.py that adds losses up."""
    program = oracle.source("bptt")
    for mistake in misconceptions.load("bptt"):
        program = mistake.apply(program) if mistake.id == edit else program
    stubs.hand_in(folder, "bptt", program)
    below = misconceptions.Misconception("test", "unrolling", "sequence_loss", "", LOSS_IN_SUM)
    program = stubs.side_by_side(below.apply(oracle.source("unrolling")))
    (folder / "unrolling.py").write_text(program, encoding="utf-8")
    return verdicts(folder, "bptt")


def test_a_network_whose_gradient_is_right_for_its_own_mistaken_loss_keeps_its_points(
    tmp_path: Path,
) -> None:
    found = with_loss_in_sum(tmp_path)
    assert found["bptt_loss"].misconception == "sum-instead-of-mean"
    assert "`sequence_loss` in your `unrolling.py`" in found["bptt_loss"].message
    for name in ("bptt", "deep_bptt"):
        assert found[name].status == "passed"
        assert "Right for your own value" in found[name].message


@pytest.mark.parametrize("mistake", ["future-ignored", "uphill", "output-weights-first"])
def test_a_mistaken_loss_excuses_no_mistake_on_the_way_back(mistake: str, tmp_path: Path) -> None:
    assert with_loss_in_sum(tmp_path, mistake)["bptt"].status == "failed"


@pytest.mark.parametrize(
    ("body", "words"),
    {
        "its argument": ("return f", "of type Waves"),
        "one number": ("return f(w)", "should be an array of shape"),
        "too few": ("return np.array([f(w[:1])])", "ValueError"),
    }.values(),
)
def test_a_function_that_is_handed_over_can_be_called_and_misused(
    body: str, words: str, tmp_path: Path
) -> None:
    wrong = misconceptions.Misconception("test", "bptt", "numerical_gradient", "", body)
    stubs.hand_in(tmp_path, "bptt", wrong.apply(oracle.source("bptt")))
    found = verdicts(tmp_path, "bptt")["numerical_gradient"]
    assert found.status != "passed"
    assert words in found.message
