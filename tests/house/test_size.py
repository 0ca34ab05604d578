"""Functions short enough to read at once, files that hold one idea: limits, exceptions that only shrink."""

import ast
from collections.abc import Mapping
from pathlib import Path

from tests.house.tree import PACKAGE, Tree, checkout, functions, nothing, planted

FILE_LINES = 400
FUNCTION_LINES = 60

# What is longer today, by its present size. A figure here may be lowered or its line removed, never raised.
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}

FOLDERS = (PACKAGE, "tests", "benchmarks", "examples")


def file_lines(tree: Tree) -> dict[str, int]:
    """Lines of every Python file."""
    return {source.path: source.text.count("\n") for source in tree.under(*FOLDERS)}


def function_lines(tree: Tree) -> dict[str, int]:
    """Lines of every function from its def to its end, less its docstring."""
    lines = {}
    for source in tree.under(*FOLDERS):
        for function in functions(source.syntax):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            first = function.body[0]
            if ast.get_docstring(function) is not None:
                length -= (first.end_lineno or first.lineno) - first.lineno + 1
            key = f"{source.path}::{function.name}"
            lines[key] = max(length, lines.get(key, 0))
    return lines


def ratchet(found: Mapping[str, int], limit: int, exceptions: Mapping[str, int]) -> list[str]:
    """What is above its limit, and exceptions that are no longer needed."""
    grown = [
        f"{name} has {lines} lines, above {exceptions.get(name, limit)}"
        for name, lines in found.items()
        if lines > exceptions.get(name, limit)
    ]
    spare = [f"{name} needs no exception any more" for name in exceptions if found.get(name, 0) <= limit]
    return grown + spare


def test_files_stay_short() -> None:
    nothing(ratchet(file_lines(checkout()), FILE_LINES, LONG_FILES))


def test_functions_stay_short() -> None:
    nothing(ratchet(function_lines(checkout()), FUNCTION_LINES, LONG_FUNCTIONS))


def test_a_long_function_and_a_long_file_are_seen(tmp_path: Path) -> None:
    body = "    'What it is.'\n" + "    x = 1\n" * FUNCTION_LINES
    tree = planted(tmp_path, {f"{PACKAGE}/a.py": "def long():\n" + body, f"{PACKAGE}/b.py": "x = 1\n" * (FILE_LINES + 1)})
    assert function_lines(tree) == {f"{PACKAGE}/a.py::long": FUNCTION_LINES + 1}
    assert len(ratchet(function_lines(tree), FUNCTION_LINES, {})) == 1
    assert len(ratchet(file_lines(tree), FILE_LINES, {})) == 1


def test_an_exception_may_only_shrink() -> None:
    assert ratchet({"a": 70}, 60, {"a": 70}) == []
    assert ratchet({"a": 71}, 60, {"a": 70}) == ["a has 71 lines, above 70"]
    assert ratchet({"a": 60}, 60, {"a": 70}) == ["a needs no exception any more"]
    assert ratchet({}, 60, {"gone": 70}) == ["gone needs no exception any more"]
