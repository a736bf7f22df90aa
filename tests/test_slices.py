"""Which earlier cells a cell of a chapter needs, so that Run works on any of them."""

import contextlib
import io
import itertools
import sys
from pathlib import Path

import pytest
from executed import notebook

BOOK = Path(__file__).resolve().parents[1] / "book"
EXECUTED = BOOK.parent / "_build" / "jupyter_execute"
sys.path.append(str(BOOK / "_live" / "python" / "unrolled_live"))

from slices import Memory, needed, units  # noqa: E402

WORK = ("train", "_figures", "verdict")  # words of code that takes its time


def cells_needed(*codes):
    return sorted({unit.cell for unit in needed(codes, len(codes) - 1)})


def test_a_cell_alone_needs_nothing():
    assert cells_needed("x = 1", "y = 2", "print(3)") == [2]


def test_a_cell_needs_what_binds_its_names_and_what_that_needs():
    assert cells_needed("a = 1", "z = 0", "b = a + 1", "print(b)") == [0, 2, 3]


def test_only_the_last_binding_of_a_name_is_needed():
    assert cells_needed("x = 1", "x = 2", "print(x)") == [1, 2]


def test_a_binding_that_uses_the_name_itself_needs_the_one_before():
    assert cells_needed("x = 1", "x += 1", "x = x * 2", "print(x)") == [0, 1, 2, 3]


def test_what_changes_a_value_in_place_is_needed():
    assert cells_needed("x = [0]", "x[0] = 1", "x.append(2)", "x.count(2)", "print(x)") == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_a_method_whose_answer_is_kept_changes_nothing():
    assert cells_needed("x = [0]", "n = x.count(0)", "print(x)") == [0, 2]


def test_whoever_draws_from_a_generator_changes_it():
    codes = (
        "import numpy as np",
        "rng = np.random.default_rng(0)",
        "a = rng.normal()",
        "b = rng.normal()\nprint(b)",
    )
    assert cells_needed(*codes) == [0, 1, 2, 3]


def test_a_function_needs_what_its_body_reads():
    assert cells_needed("k = 3", "def f(x):\n    return k * x", "print(f(1))") == [0, 1, 2]


def test_names_inside_functions_and_comprehensions_are_their_own():
    assert cells_needed("x = 1", "f = lambda x: x", "print([x for x in range(3)], f(0))") == [1, 2]


@pytest.mark.parametrize(
    "comprehension", ["[x for x in r]", "{x for x in r}", "{x: x for x in r}", "list(x for x in r)"]
)
def test_no_comprehension_binds_or_reads_its_variable_outside(comprehension):
    assert cells_needed("r = [1]", "x = 1", f"y = {comprehension}", "print(y)") == [0, 2, 3]
    assert cells_needed("r = [1]", "x = 1", f"y = {comprehension}\nprint(x)") == [0, 1, 2]


def test_comprehensions_in_one_another_keep_apart_what_is_theirs():
    nested = "y = [[a + k for a in row] for row in {n: [n] for n in r}.values()]"
    codes = ("r = [1]", "row = 0", "a = 0", "k = 2", "n = 1", nested, "print(y)")
    assert cells_needed(*codes) == [0, 3, 5, 6]


def test_a_loop_binds_what_its_body_binds():
    assert cells_needed("y = 0", "for i in range(3):\n    y = i", "print(y, i)") == [1, 2]


def test_a_branch_binds_only_what_all_branches_bind():
    assert cells_needed("y = 0", "c = 1", "if c:\n    y = 1", "print(y)") == [0, 1, 2, 3]


def test_an_import_is_a_unit_of_its_own():
    assert [unit.module for unit in units(0, "import numpy as np\nfrom a.b import c\nx = c")] == [
        "numpy",
        "a.b",
        "",
    ]
    wanted = needed(("import numpy as np\nimport heavy\n\nheavy.use()", "print(np.pi)"), 1)
    assert [unit.code for unit in wanted] == ["import numpy as np", "print(np.pi)"]


def test_a_set_up_of_a_package_comes_with_anything_from_it():
    wanted = needed(
        ("from draw import style\nfrom draw import figures\n\nstyle.use()", "figures.show()"), 1
    )
    assert "style.use()" in [unit.code for unit in wanted]


def test_a_unit_knows_its_line_in_the_cell():
    assert [(u.line, u.code) for u in units(0, "import a\n\n@a.b\ndef f(): pass")] == [
        (1, "import a"),
        (3, "@a.b\ndef f(): pass"),
    ]


def test_a_cell_that_is_no_python_is_left_to_python():
    assert [unit.code for unit in needed(("x = 1", "print(x"), 1)] == ["print(x"]


class Reader:
    """Somebody who runs and edits the cells of a chapter as they like."""

    def __init__(self, *codes):
        self.codes = list(codes)
        self.memory = Memory()
        self.namespace = {}

    def run(self, cell):
        """Run a cell: (what it prints, all the cells that ran)."""
        ran, said = [], io.StringIO()
        for unit, origin in self.memory.due(needed(self.codes, cell), cell):
            self.memory.begins(unit)
            with contextlib.redirect_stdout(said if unit.cell == cell else io.StringIO()):
                exec(unit.code, self.namespace)
            self.memory.ends(unit, origin)
            ran.append(unit.cell)
        return said.getvalue(), ran


TANGLED = (
    "x = [1]\nrng = iter(range(100))",
    "x.append(len(x) * 10)\nk = 2",
    "y = [k * v for v in x]\nprint(y)",
    "x[0] = 7\nk = 3\nprint(x, k, next(rng))",
    "x = y + [k]\nprint(x, next(rng))",
    "y = sum(x)\nprint(y, k)",
)


def test_in_any_order_and_again_a_cell_prints_what_it_prints_in_its_chapter():
    cells = range(len(TANGLED))
    for_the_first_time = [Reader(*TANGLED).run(cell)[0] for cell in cells]
    assert for_the_first_time[2:] == ["[2, 20]\n", "[7, 10] 3 0\n", "[2, 20, 3] 1\n", "25 3\n"]
    for order in itertools.permutations(cells):
        reader = Reader(*TANGLED)
        for cell in (*order, *order[:2], *order[:2]):
            assert reader.run(cell)[0] == for_the_first_time[cell], (order, cell)


def test_what_still_holds_does_not_run_again():
    reader = Reader("a = 1", "b = a + 1", "c = 10", "print(b + c)", "print(b)")
    assert [reader.run(cell)[1] for cell in (3, 4, 3)] == [[0, 1, 2, 3], [4], [3]]


def test_an_edited_cell_and_all_that_stood_on_it_run_again():
    reader = Reader("a = 1", "b = a + 1", "c = 10", "print(b + c)")
    assert reader.run(3)[0] == "12\n"
    reader.codes[0] = "a = 5"
    assert reader.run(3) == ("16\n", [0, 1, 3])


def test_what_a_later_cell_has_bound_anew_is_bound_again():
    reader = Reader("start = 1", "print(start)", "start = 'mine'\nprint(start)")
    assert [reader.run(cell) for cell in (2, 1)] == [("mine\n", [2]), ("1\n", [0, 1])]


def test_a_set_up_runs_once():
    set_up = "from xml import dom, sax\nsax.make_parser()"
    reader = Reader(set_up, "print(dom.__name__)")
    assert [reader.run(1) for _ in range(2)] == [("xml.dom\n", [0, 0, 1]), ("xml.dom\n", [1])]


def test_what_stopped_half_way_runs_again():
    reader = Reader("a = [1]\nif broken: 1 / 0", "print(a)")
    reader.namespace["broken"] = True
    with pytest.raises(ZeroDivisionError):
        reader.run(1)
    reader.namespace["broken"] = False
    assert reader.run(1) == ("[1]\n", [0, 1])


def prints(cells, number):
    return "".join(
        output.text for output in cells[number].get("outputs", ()) if output.output_type == "stream"
    )


def quick_cells(cells):
    """List (number, units needed) of the cells that print, and stand on no training."""
    codes = [cell.source if cell.cell_type == "code" else "" for cell in cells]
    for number in range(len(cells)):
        wanted = needed(codes, number)
        if prints(cells, number) and not any(word in u.code for u in wanted for word in WORK):
            yield number, wanted


@pytest.mark.book
@pytest.mark.once
def test_a_cell_alone_prints_what_it_printed_in_its_chapter(monkeypatch):
    monkeypatch.chdir(BOOK)
    compared = 0
    for chapter in (path.stem for path in EXECUTED.glob("*.ipynb")):
        cells = notebook(chapter).cells
        for number, wanted in quick_cells(cells):
            said = io.StringIO()
            names = {"__name__": "__main__"}
            with contextlib.redirect_stdout(said):
                for unit in wanted:
                    exec(compile(unit.code, f"cell {unit.cell}", "exec"), names)
            assert said.getvalue().endswith(prints(cells, number)), (chapter, number)
            compared += 1
    assert compared > 20
