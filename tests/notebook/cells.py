"""A notebook run without a kernel: its code cells one after another in one namespace, each with what it would show.

What a kernel adds (its magics, its shell, displays other than of a last line) is not used by our notebooks; a cell that did
would fail here.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MIMES = ("_repr_html_", "__repr__")
"""How a notebook shows a value: as HTML where it has it, else as text."""


@dataclass(frozen=True)
class Ran:
    """A code cell, the value of its last line, and what a notebook shows of it."""

    source: str
    value: Any
    shown: str


def read(path: Path) -> dict[str, Any]:
    """A notebook as its file has it."""
    book: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return book


def ran(book: dict[str, Any]) -> Iterator[Ran]:
    """Every code cell, run in the folder that is current."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            yield Ran(source, *_run(source, f"<{cell['id']}>", names))


def _run(source: str, where: str, names: dict[str, Any]) -> tuple[Any, str]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, where, "exec"), names)
    if not isinstance(last, ast.Expr):
        return None, ""
    value = eval(compile(ast.Expression(last.value), where, "eval"), names)
    return value, next(getattr(value, mime)() for mime in MIMES if hasattr(value, mime))
