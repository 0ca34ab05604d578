"""Adapters rename and call: no arithmetic in them, nothing that computes imported, nothing expected in sight."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import ModuleType

import pytest

from tests.conformance import (
    adapters,
    awards,
    books,
    chunks,
    fees,
    given,
    guarantees,
    interest,
    losses,
    reconciled,
    statements,
    year_ends,
)

ADAPTER_MODULES = (adapters, awards, guarantees, interest, losses, statements)

RESTATING = (given, chunks, fees, year_ends, books, reconciled)
"""What restates an example as a close takes it; it works on inputs, and sees no answer either."""

FORBIDDEN_CALLS = {
    "sum", "round", "abs", "min", "max", "pow", "divmod", "int", "float", "mean", "cumsum", "dot", "prod", "eval", "exec",
    "open", "reduce", "accumulate",
}  # fmt: skip
ALLOWED_IMPORTS = ("__future__", "collections.abc", "datetime", "decimal", "typing", "gaapbridge", "tests.conformance")


def arithmetic(code: str) -> list[str]:
    """What computes: operators on values, calls that add, scale or round, imports of what could."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.BinOp | ast.AugAssign | ast.MatMult | ast.Lambda):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
            negative = isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)
            found += [] if negative else [ast.unparse(node)]
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += [ast.unparse(node)] if called in FORBIDDEN_CALLS else []
        elif isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or node.names[0].name
            found += [] if module.startswith(ALLOWED_IMPORTS) else [ast.unparse(node)]
    return found


def expectations(code: str) -> list[str]:
    """Mentions of the answer's keys of a vector, outside docstrings."""
    constants = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    return [text for text in constants if text in ("expected", "as_published", "tolerance")]


@pytest.mark.parametrize("module", ADAPTER_MODULES)
def test_adapters_compute_nothing(module: ModuleType) -> None:
    assert arithmetic(Path(module.__file__).read_text(encoding="utf-8")) == []


def test_adapters_never_see_the_answer() -> None:
    for module in (*ADAPTER_MODULES, *RESTATING):
        assert expectations(Path(module.__file__).read_text(encoding="utf-8")) == []
    for adapter in adapters.ADAPTERS.values():
        assert list(inspect.signature(adapter).parameters) == ["given"]


@pytest.mark.parametrize(
    "planted",
    [
        "a + b", "a['x'] * 2", "[x / 2 for x in y]", "-a", "a += 1", "sum(a)", "round(a)", "abs(a)", "a.sum()", "a.round(2)",
        "float(a)", "lambda a: a", "import numpy", "from operator import add",
    ],
)  # fmt: skip
def test_planted_arithmetic_is_seen(planted: str) -> None:
    assert arithmetic(planted) != []


@pytest.mark.parametrize("plain", ["-1", "not a", "f(a, b)['x']", "{k: f(v) for k, v in a.items()}", "a[:4]"])
def test_what_is_plain_is_let_through(plain: str) -> None:
    assert arithmetic(plain) == []


def test_a_planted_look_at_the_answer_is_seen() -> None:
    assert expectations("vector['expected']") == ["expected"]
