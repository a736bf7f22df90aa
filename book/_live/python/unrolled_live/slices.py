"""Which earlier code does a cell stand on? So that Run works on any cell, in any order.

``needed`` lists that code, and ``Memory`` says what of it must run: what has not run yet, and what
no longer holds, because an earlier cell was edited or a later one gave a name another value.

A chapter is read as a list of units: a cell, but an import is a unit by itself, so that a cell
which only computes does not wait for the drawing library. Found by reading the code, not by running
it: a loop is taken to run at least once, and no function to change its arguments.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256

BUILTIN = frozenset(dir(builtins))
MAKERS = ("default_rng", "iter")  # of what changes whenever it is used
Names = frozenset[str]


@dataclass(frozen=True)
class Unit:
    """Statements of one cell that run together, and their names.

    Attributes
    ----------
    cell, code, line
        Which cell, what of it, and the line where that begins, from 1.
    binds : frozenset of str
        They have a new meaning afterwards, whatever they meant before.
    changes : frozenset of str
        They may have another value afterwards: ``x[0] = 1``, ``x.sort()``, bound in a branch.
    generators : frozenset of str
        They are bound to what changes whenever it is used.
    uses : frozenset of str
        They must have a value before.
    module : str
        What is imported, in full, if this is an import.
    gives : frozenset of str
        They get their value here, as its place in the chapter tells (set by ``needed``).
    """

    cell: int
    code: str
    line: int
    binds: Names = frozenset()
    changes: Names = frozenset()
    generators: Names = frozenset()
    uses: Names = frozenset()
    module: str = ""
    gives: Names = frozenset()

    @property
    def package(self) -> str:
        """The top level of the module: ``_figures`` of ``_figures.verdict``."""
        return self.module.partition(".")[0]


def needed(codes: Sequence[str], cell: int) -> list[Unit]:
    """List the units that must have run for a cell to run, and at the end its own.

    Parameters
    ----------
    codes : sequence of str
        The cells of a chapter, in order.
    cell : int
        Which one is asked for, from 0.

    Returns
    -------
    units : list of Unit
        In the order of the chapter.
    """
    chapter = [unit for n, code in enumerate(codes[: cell + 1]) for unit in units(n, code)]
    imported = {name: unit.package for unit in chapter if unit.package for name in unit.binds}
    setups = {unit.cell for unit in chapter if unit.package}
    generators = frozenset[str]().union(*(unit.generators for unit in chapter))
    wanted: set[str] = set()
    chosen: list[Unit] = []
    for unit in reversed(chapter):
        packages = {imported[name] for name in wanted & imported.keys()}
        modules = unit.changes & imported.keys()
        # A call on a module beside imports, style.use(), sets up all that comes from its package.
        sets_up = unit.cell in setups and any(imported[name] in packages for name in modules)
        gives = unit.binds | (unit.changes - modules) | (unit.uses & generators)
        if unit.cell == cell or gives & wanted or sets_up:
            chosen.append(replace(unit, gives=gives))
            wanted = (wanted - unit.binds) | unit.uses
    return chosen[::-1]


class Memory:
    """Where the present values of all names come from.

    A value is known by its origin: a digest of the code that gave it and of the origins of all that
    this code read. What has run already is good for a cell if the names have the very origins that
    they would have if the chapter had run from its beginning.
    """

    def __init__(self) -> None:
        self.origins: dict[str, str] = {}
        self.done: set[str] = set()

    def due(self, wanted: Sequence[Unit], cell: int) -> list[tuple[Unit, str]]:
        """List what must run for a cell to run, with the origin of what it gives.

        Parameters
        ----------
        wanted : sequence of Unit
            What the cell stands on and, at the end, its own: ``needed(codes, cell)``.
        cell : int
            The cell; its own units run in any case.
        """
        givers: dict[str, int] = {}
        reads: list[dict[str, int]] = []  # per unit, who gives what it reads
        origins: list[str] = []
        for number, unit in enumerate(wanted):
            read = {name: givers[name] for name in unit.uses | unit.changes if name in givers}
            from_where = sorted((name, origins[giver]) for name, giver in read.items())
            origins.append(sha256(repr((unit.code, from_where)).encode()).hexdigest())
            reads.append(read)
            givers |= dict.fromkeys(unit.gives, number)

        giving = {giver for read in reads for giver in read.values()}
        due = {
            number
            for number, unit in enumerate(wanted)
            if unit.cell == cell or (number not in giving and origins[number] not in self.done)
        }
        # Whoever would read another value than in the chapter needs whoever gives the right one.
        missing = due
        while missing:
            due |= missing
            now, missing = dict(self.origins), set()
            for number in sorted(due):
                read = reads[number]
                missing |= {n for name, n in read.items() if now.get(name) != origins[n]} - due
                now |= dict.fromkeys(wanted[number].gives, origins[number])
        return [(wanted[number], origins[number]) for number in sorted(due)]

    def begins(self, unit: Unit) -> None:
        """Take note that what it gives is unknown until it has run to its end."""
        self.origins |= dict.fromkeys(unit.gives, "")

    def ends(self, unit: Unit, origin: str) -> None:
        """Take note that a unit has run to its end."""
        self.origins |= dict.fromkeys(unit.gives, origin)
        self.done.add(origin)


@lru_cache(maxsize=1000)
def units(cell: int, code: str) -> tuple[Unit, ...]:
    """Split a cell; one that is no Python yet stays whole, for Python to say what is wrong."""
    try:
        module = ast.parse(code)
    except SyntaxError:
        return (Unit(cell, code, 1),)
    _OwnScopes().visit(module)
    return tuple(_unit(cell, code, statements) for statements in _grouped(module.body))


class _OwnScopes(ast.NodeTransformer):
    """Comprehensions read as generators: those alone have a symbol table since Python 3.12."""

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.ListComp, ast.SetComp)):
            node = ast.GeneratorExp(node.elt, node.generators)
        elif isinstance(node, ast.DictComp):
            pair = ast.Tuple([node.key, node.value], ast.Load())
            node = ast.GeneratorExp(pair, node.generators)
        return self.generic_visit(node)


def _grouped(body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Give every import by itself, and what stands between imports together."""
    rest: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if rest:
                yield rest
            yield [statement]
            rest = []
        else:
            rest.append(statement)
    if rest:
        yield rest


def _unit(cell: int, code: str, statements: Sequence[ast.stmt]) -> Unit:
    first, last = _first_line(statements[0]), statements[-1].end_lineno
    binds, uses = _flow(statements)
    may_bind, _ = _names(ast.Module(list(statements), []))
    return Unit(
        cell=cell,
        code="\n".join(code.splitlines()[first - 1 : last]),
        line=first,
        binds=binds,
        changes=_changes(statements) | (may_bind - binds),
        generators=_generators(statements),
        uses=uses,
        module=_module(statements[0]),
    )


def _first_line(statement: ast.stmt) -> int:
    return min(node.lineno for node in (statement, *getattr(statement, "decorator_list", [])))


def _module(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return (statement.module or "") if isinstance(statement, ast.ImportFrom) else ""


def _flow(statements: Iterable[ast.stmt]) -> tuple[Names, Names]:
    """Follow statements in their order: the names they bind, and those they need from before."""
    bound: set[str] = set()
    uses: set[str] = set()
    for statement in statements:
        binds, needs = _step(statement)
        uses |= needs - bound
        bound |= binds
    return frozenset(bound), frozenset(uses)


def _step(statement: ast.stmt) -> tuple[Names, Names]:
    if isinstance(statement, ast.For):
        target, _ = _names(ast.Assign([statement.target], ast.Constant(0), lineno=1))
        binds, needs = _flow(statement.body)
        _, iterated = _names(ast.Expr(statement.iter))
        return target | binds, iterated | (needs - target)
    if isinstance(statement, ast.If):
        binds, needs = _flow(statement.body)
        others, more = _flow(statement.orelse)
        _, asked = _names(ast.Expr(statement.test))
        return binds & others, asked | needs | more
    return _names(statement)


def _names(statement: ast.stmt | ast.Module) -> tuple[Names, Names]:
    """List what a statement binds at the top level, and what it reads from there at any depth."""
    table = symtable.symtable(ast.unparse(statement), "cell", "exec")
    symbols = table.get_symbols()
    binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    uses = {s.get_name() for s in symbols if s.is_referenced()}
    if isinstance(statement, ast.AugAssign):
        uses |= binds
    inner = list(table.get_children())
    while inner:
        scope = inner.pop()
        inner += scope.get_children()
        uses |= {s.get_name() for s in scope.get_symbols() if s.is_global()}
    return frozenset(binds), frozenset(uses - BUILTIN)


def _changes(statements: Sequence[ast.stmt]) -> Names:
    """List the names that are assigned into, or have a method called for nothing but its effect."""
    found: set[str] = set()
    for node in (inner for statement in statements for inner in ast.walk(statement)):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            found |= _root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found |= _root(node.value.func) - {getattr(node.value.func, "id", "")}
    return frozenset(found - BUILTIN)


def _root(node: ast.AST) -> set[str]:
    """Name what an expression is a part of: x for ``x[0]``, ``x.grads``."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _generators(statements: Sequence[ast.stmt]) -> Names:
    """List the names that are bound to a random generator or an iterator."""
    return frozenset(
        target.id
        for statement in statements
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
        if ast.unparse(statement.value.func).rpartition(".")[2] in MAKERS
        for target in statement.targets
        if isinstance(target, ast.Name)
    )
