"""What a part of a report says that it cannot do without is what the code that writes it imports: read from the code itself."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from gaapbridge import drawing
from gaapbridge.report import parts
from gaapbridge.report.parts import PARTS, begin

ROOT = Path(__file__).parents[2]
REPORT = "gaapbridge.report"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ALWAYS = {re.split(r"[^a-z0-9_-]", one.lower())[0].replace("-", "_") for one in PROJECT["dependencies"]}
"""What is installed with the package, and needs no saying."""

DRAWN_BESIDE = ast.parse((ROOT / "src" / "gaapbridge" / "drawing" / "engine.py").read_text(encoding="utf-8"))
"""What draws pictures in a process of its own."""

Place = tuple[str, str]
"""A module, and a name at its top."""


@cache
def module(name: str) -> ast.Module | None:
    """A module of the report by its name; None where there is none."""
    path = ROOT / "src" / Path(*name.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8")) if file.is_file() and name.startswith(REPORT) else None


def imports(syntax: ast.AST) -> dict[str, Place]:
    """Every name that is imported from a module of the report somewhere below, and what it is there."""
    found = [node for node in ast.walk(syntax) if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(REPORT)]
    return {alias.asname or alias.name: (str(node.module), alias.name) for node in found for alias in node.names}


@cache
def at_top(name: str) -> dict[str, ast.AST]:
    """Functions, classes and constants at the top of a module."""
    found: dict[str, ast.AST] = {}
    for node in (module(name) or ast.Module([], [])).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id: node for one in targets if isinstance(one, ast.Name)}
    return found


def used(place: Place) -> Iterator[Place]:
    """What a function, class or constant uses of the report: a name of its module, one imported, an attribute of a module."""
    name, top = place
    node = at_top(name)[top]
    known = imports(module(name) or node) | imports(node)
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield known.get(one.id, (name, one.id))
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in known:
            yield ".".join(known[one.value.id]), one.attr


def libraries(place: Place) -> set[str]:
    """The libraries that are imported where something of the report is used, however far below."""
    seen, todo, found = set[Place](), [place], set[str]()
    while todo:
        here = todo.pop()
        if here not in seen and here[1] in at_top(here[0]):
            seen.add(here)
            todo += used(here)
            found |= set(foreign(at_top(here[0])[here[1]]))
            found |= set(foreign(DRAWN_BESIDE)) if draws(at_top(here[0])[here[1]], here[0]) else set()
    return found


def draws(node: ast.AST, name: str) -> bool:
    """Whether something of a module has a picture drawn: by a process beside, which imports what it needs there."""
    syntax = module(name) or node
    froms = [one for one in ast.walk(syntax) if isinstance(one, ast.ImportFrom) and one.module == "gaapbridge.drawing"]
    drawing = {alias.asname or alias.name for one in froms for alias in one.names}
    return any(isinstance(one, ast.Name) and one.id in drawing for one in ast.walk(node))


def foreign(node: ast.AST) -> Iterator[str]:
    """The libraries that are imported somewhere below, but for those that are always there."""
    for one in ast.walk(node):
        names = [alias.name for alias in one.names] if isinstance(one, ast.Import) else []
        names += [one.module] if isinstance(one, ast.ImportFrom) and one.module else []
        tops = {name.partition(".")[0] for name in names}
        yield from tops - ALWAYS - set(sys.stdlib_module_names) - {"gaapbridge"}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_names_the_libraries_that_it_imports(name: str) -> None:
    part = PARTS[name]
    assert set(part.libraries) == libraries((f"{REPORT}.parts", part.write.__name__))


def test_a_library_is_seen_through_a_class_and_a_module_in_between() -> None:
    """The pictures of contracts: what draws them is called by a class of theirs, in another module than the exhibit's."""
    assert libraries((f"{REPORT}.charts_of_contracts", "ContractPictures")) == {"vl_convert"}
    assert libraries((f"{REPORT}.told.cover", "told_facts")) == set()


def test_a_library_of_a_part_is_imported_when_it_writes_and_not_before() -> None:
    files = (ROOT / "src" / Path(*REPORT.split("."))).rglob("*.py")
    tops = [node for file in files for node in ast.parse(file.read_text(encoding="utf-8")).body]
    eager = {name for node in tops if isinstance(node, ast.Import | ast.ImportFrom) for name in foreign(node)}
    assert eager & {name for part in PARTS.values() for name in part.libraries} == set()


@pytest.mark.parametrize(
    ("only", "drawn", "apart"),
    [
        (None, True, True), ("workbook,pack", True, True), ("pack,pdf", True, False), ("pdf", True, False),
        ("filing, workbook", False, True), ("workbook", False, False), ("filing", False, False),
    ],
)  # fmt: skip
def test_what_draws_and_what_writes_apart_are_begun_for_the_parts_that_want_them(
    only: str | None, drawn: bool, apart: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(drawing, "begin", lambda: begun.append("drawing"))
    monkeypatch.setattr(parts, "APART", SimpleNamespace(begin=lambda: begun.append("apart")))
    begin(only)
    assert begun == ["drawing"] * drawn + ["apart"] * apart
