"""Mutants of a module: its text with one small mistake made in one place, as a hurried hand would make it.

Found in the syntax tree, made in the text: every other character stays as it was. Docstrings, annotations, decorators and
messages are left alone, because no figure depends on them.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
CALCULATED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
JOINED = {ast.And: ast.Or, ast.Or: ast.And}


@dataclass(frozen=True)
class Mutant:
    """One mistake: the file, the function and statement it stands in, and what is put between two places of the text."""

    path: str
    function: str
    statement: range
    operator: str
    start: int
    before: str
    after: str
    occurrence: int

    @property
    def name(self) -> str:
        """What tells it from every other, whatever else changes in the file."""
        again = f" ({self.occurrence})" if self.occurrence > 1 else ""
        return f"{self.path}::{self.function}: `{' '.join(self.before.split())}` -> `{self.after}`{again}"

    def made(self, text: str) -> str:
        """The text of the module with the mistake in it."""
        whole = text.encode()
        return (whole[: self.start] + self.after.encode() + whole[self.start + len(self.before.encode()) :]).decode()


@dataclass(frozen=True)
class _Place:
    """An expression or statement that may be mistaken, where it stands, and whether it decides a branch."""

    node: ast.expr | ast.stmt
    function: str
    statement: range
    is_condition: bool


def mutants(path: str, text: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text."""
    starts = list(accumulate((len(line) for line in text.encode().splitlines(keepends=True)), initial=0))
    met: Counter[tuple[str, str, str]] = Counter()
    for place in _places(ast.parse(text), "module", range(0)):
        node = place.node
        assert node.end_lineno is not None and node.end_col_offset is not None, "the tree was made from text"
        start, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
        before = text.encode()[start:end].decode()
        for operator, after in _changes(place):
            met[place.function, before, after] += 1
            occurrence = met[place.function, before, after]
            yield Mutant(path, place.function, place.statement, operator, start, before, after, occurrence)


def _changes(place: _Place) -> Iterator[tuple[str, str]]:
    for operator, change in OPERATORS.items():
        changed = change(place.node)
        if changed is not None:
            yield operator, changed
    if place.is_condition and not isinstance(place.node, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield "condition", f"(not {ast.unparse(place.node)})"


def _places(node: ast.AST, function: str, statement: range) -> Iterator[_Place]:
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or name in ("annotation", "returns", "decorator_list") or _is_talk(child):
                continue
            inside, lines = function, statement
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inside = child.name if function == "module" else f"{function}.{child.name}"
            if isinstance(child, ast.stmt):
                lines = _own_lines(child)
            if isinstance(child, ast.expr | ast.stmt):
                yield _Place(child, inside, lines, name in ("test", "ifs"))
            yield from _places(child, inside, lines)


def _own_lines(statement: ast.stmt) -> range:
    """Lines of a statement without those of the statements in it."""
    body: list[ast.stmt] = getattr(statement, "body", [])
    last = max(body[0].lineno - 1, statement.lineno) if body else statement.end_lineno or statement.lineno
    return range(statement.lineno, last + 1)


def _is_talk(node: ast.AST) -> bool:
    """Whether a node is text for readers, or an import: a docstring, a formatted string, an assertion, what an error says."""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or isinstance(node, ast.JoinedStr | ast.Assert | ast.Raise | ast.Import | ast.ImportFrom)


def _comparison(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Compare) or type(node.ops[0]) not in COMPARED:
        return None
    swapped = copy.deepcopy(node)
    swapped.ops[0] = COMPARED[type(node.ops[0])]()
    return _in_brackets(swapped)


def _arithmetic(node: ast.AST) -> str | None:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in CALCULATED:
        swapped = copy.deepcopy(node)
        swapped.op = CALCULATED[type(node.op)]()
        return ast.unparse(swapped) if isinstance(swapped, ast.AugAssign) else _in_brackets(swapped)
    return None


def _constant(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, int | float):
        return None
    return repr(not node.value) if isinstance(node.value, bool) else repr(node.value + 1)


def _connective(node: ast.AST) -> str | None:
    if not isinstance(node, ast.BoolOp):
        return None
    swapped = copy.deepcopy(node)
    swapped.op = JOINED[type(node.op)]()
    return _in_brackets(swapped)


def _branch(node: ast.AST) -> str | None:
    if isinstance(node, ast.IfExp):
        return f"({ast.unparse(node.orelse)} if {ast.unparse(node.test)} else {ast.unparse(node.body)})"
    return None


def _unary(node: ast.AST) -> str | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        return _in_brackets(node.operand)
    return None


def _statement(node: ast.AST) -> str | None:
    """A statement left out: one that adds, fills, calls, or goes on to the next."""
    dropped = isinstance(node, ast.AugAssign | ast.Continue)
    dropped |= isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    dropped |= isinstance(node, ast.Assign) and all(isinstance(target, ast.Subscript) for target in node.targets)
    return "pass" if dropped else None


def _order(node: ast.AST) -> str | None:
    """The first two arguments of a call, or the two of a pair, in the other order, where both are of one form."""
    if isinstance(node, ast.Call) and len(node.args) >= 2:
        first, second = node.args[:2]
    elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.ctx, ast.Load):
        first, second = node.elts
    else:
        return None
    if type(first) is not type(second) or isinstance(first, ast.Starred | ast.Slice) or _is_word(first):
        return None
    if ast.dump(first) == ast.dump(second):
        return None
    if isinstance(node, ast.Tuple):
        return f"({ast.unparse(second)}, {ast.unparse(first)})"
    swapped = copy.deepcopy(node)
    swapped.args[:2] = second, first
    return ast.unparse(swapped)


def _is_word(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _in_brackets(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"


OPERATORS: dict[str, Callable[[ast.AST], str | None]] = {
    "comparison": _comparison,
    "arithmetic": _arithmetic,
    "constant": _constant,
    "and, or": _connective,
    "branch": _branch,
    "sign or not": _unary,
    "statement": _statement,
    "order": _order,
}
"""The mistakes made, by name: each gives the new text of a node, or None where it does not apply."""
