"""What nobody can reach is not kept: every definition of the package serves a verb, a command, a benchmark or an example."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, Source, Tree, checkout, nothing, planted, walked

PUBLIC = (f"{PACKAGE}/__main__.py", f"{PACKAGE}/cli/", "benchmarks/", "examples/")
"""Files all of whose code is use: the command line, and what runs the package as its users do."""

FOUND_BY_NAME = re.compile(
    r"gaapbridge\.(differences|contracts)\..+|gaapbridge\.reperform\.\w+\.book|gaapbridge\.(drawing\.engine|report\.apart)"
)
"""Modules that are found by their folder, or loaded by a process beside, and passed about as values: an attribute of anything
may be a function of theirs."""

NOT_REACHED_YET = {
    f"{PACKAGE}/starter/elections_page.py::_INTRODUCTION",
    f"{PACKAGE}/starter/elections_page.py::_election",
    f"{PACKAGE}/starter/elections_page.py::_note",
    f"{PACKAGE}/starter/elections_page.py::elections_page",
}
"""What only tests use today: the page of elections. A name may leave this list, never join it."""


@dataclass
class Definition:
    """A function, class, method or constant, and the syntax that is run or read once it is reached.

    ``called_unseen`` marks methods that Python, a notebook or pydantic calls: they come with their class.
    """

    path: str
    name: str
    uses: list[ast.AST]
    called_unseen: bool = False


@dataclass
class Module:
    """One file: what its names were imported as, what it defines, and statements that run when it is imported."""

    name: str
    imports: dict[str, str] = field(default_factory=dict)
    own: dict[str, Definition] = field(default_factory=dict)
    loose: list[ast.AST] = field(default_factory=list)


def unreached(tree: Tree) -> list[str]:
    """Definitions that no verb, command, benchmark or example leads to, by file."""
    modules = {module.name: module for module in map(_read, tree.under("src", "benchmarks", "examples"))}
    reached = _Reached(modules)
    return sorted(f"{one.path}::{one.name}" for module in modules.values() for one in module.own.values() if one not in reached)


def _read(source: Source) -> Module:
    module = Module(source.path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    for node in walked(source.syntax):
        if isinstance(node, ast.ImportFrom) and node.module:
            module.imports |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in source.syntax.body:
        defined = [] if source.path.startswith(PUBLIC) else list(_definitions(source.path, node))
        module.own |= {one.name: one for one in defined}
        if not defined and not isinstance(node, ast.Import | ast.ImportFrom):
            module.loose.append(node)
    return module


def _definitions(path: str, node: ast.stmt) -> Iterator[Definition]:
    """What a statement of a module defines, a class and each of its methods apart; dunders of a module are Python's."""
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
        yield Definition(path, node.name, [node])
    elif isinstance(node, ast.ClassDef):
        methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        yield Definition(
            path, node.name, [*node.bases, *node.decorator_list, *(one for one in node.body if one not in methods)]
        )
        protocol = any("Protocol" in ast.unparse(base) for base in node.bases)
        for method in methods:
            decorated = " ".join(map(ast.unparse, method.decorator_list))
            unseen = protocol or method.name.startswith("__") or method.name == "_repr_html_" or "validator" in decorated
            yield Definition(path, f"{node.name}.{method.name}", [method], unseen)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
        if all(isinstance(target, ast.Name | ast.Tuple) for target in targets):
            yield from (Definition(path, name, [node]) for name in names if not name.startswith("__"))


class _Reached:
    """The definitions that use leads to: names by what they were imported as, attributes by name alone."""

    def __init__(self, modules: dict[str, Module]) -> None:
        self.modules = modules
        self.found: set[int] = set()
        self.opened: set[str] = set()
        self.attributes: set[str] = set()
        for module in modules.values():
            if not module.name.startswith("gaapbridge") or module.name.startswith("gaapbridge.cli"):
                self.open(module)
        for name, place in self.homes().items():
            self.reach(f"{place}.{name}")
            noun = self.modules[place].own
            for member in noun:
                if member.startswith(f"{name}.") and not member.startswith(f"{name}._"):
                    self.take(self.modules[place], noun[member])
        self.settle()

    def __contains__(self, one: Definition) -> bool:
        return id(one) in self.found

    def homes(self) -> dict[str, str]:
        """The public verbs and nouns, and their modules, as the package states them."""
        package = self.modules["gaapbridge"]
        self.take(package, package.own["_HOMES"])
        (stated,) = package.own["_HOMES"].uses
        assert isinstance(stated, ast.Assign)
        found: dict[str, str] = ast.literal_eval(stated.value)
        return found

    def settle(self) -> None:
        """Until nothing more comes: attributes reach members of classes that are reached, and functions of found folders."""
        before = -1
        while before != len(self.found):
            before = len(self.found)
            for module in self.modules.values():
                for one in module.own.values():
                    holder, _, member = one.name.rpartition(".")
                    if holder:
                        if module.own[holder] in self and (one.called_unseen or member in self.attributes):
                            self.take(module, one)
                    elif FOUND_BY_NAME.fullmatch(module.name) and one.name in self.attributes:
                        self.take(module, one)

    def open(self, module: Module) -> None:
        """What a module runs when it is imported."""
        if module.name not in self.opened:
            self.opened.add(module.name)
            for node in module.loose:
                self.follow(module, node)

    def take(self, module: Module, one: Definition) -> None:
        """A definition and what it uses; of an enumeration written as one statement, all names."""
        if id(one) in self.found:
            return
        self.found.add(id(one))
        self.open(module)
        for other in module.own.values():
            if one.uses and other.uses[:1] == one.uses[:1]:
                self.take(module, other)
        for node in one.uses:
            self.follow(module, node)

    def reach(self, path: str) -> None:
        """The definition at a dotted path, through re-exports."""
        place, _, name = path.rpartition(".")
        module = self.modules.get(place)
        if module is not None and name in module.own:
            self.take(module, module.own[name])
        elif module is not None and name in module.imports:
            self.reach(module.imports[name])

    def follow(self, module: Module, tree: ast.AST) -> None:
        """Every name and attribute that some code reads."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                if node.id in module.own:
                    self.take(module, module.own[node.id])
                self.reach(module.imports.get(node.id, ""))
            elif isinstance(node, ast.Attribute):
                base = module.imports.get(node.value.id, "") if isinstance(node.value, ast.Name) else ""
                if base in self.modules:
                    self.reach(f"{base}.{node.attr}")
                if base not in self.modules or FOUND_BY_NAME.fullmatch(base):  # a note's other side has the same functions
                    self.attributes.add(node.attr)


def test_every_definition_is_reached() -> None:
    found = set(unreached(checkout()))
    remedy = "reached by no verb, command, benchmark or example (a note's Treatment is reached where a setting is typed by it)"
    nothing(f"{one}: {remedy}" for one in sorted(found - NOT_REACHED_YET))
    assert sorted(NOT_REACHED_YET - found) == [], "reached or gone: take it off the list"


PARTS = f"{PACKAGE}/parts"
WHOLE = {
    f"{PACKAGE}/__init__.py": (
        '_HOMES = {"close": "gaapbridge.closing", "Run": "gaapbridge.closing"}\n'
        "def __getattr__(name): ...\n"
    ),
    f"{PACKAGE}/closing.py": (
        "from gaapbridge.parts import Loan, half\nRATE = 2\n"
        "def close(plan):\n    return half(RATE), Loan().worth\nclass Run:\n    def notes(self): ...\n"
    ),
    f"{PARTS}/__init__.py": (
        "from gaapbridge.parts.more import half\n__all__ = ['Loan', 'half']\n"
        "class Loan:\n    @property\n    def worth(self): return self._worth()\n    def _worth(self): return 1\n"
    ),
    f"{PARTS}/more.py": "LOW, HIGH = range(2)\ndef half(x): return x + LOW\n",
}  # fmt: skip
"""A package of which everything is reached."""

PLANTS = {
    "a function": ({f"{PARTS}/odd.py": "def spare(): ...\n"}, ["odd.py::spare"]),
    "a function handed on only": (
        {
            f"{PARTS}/odd.py": "def spare(): ...\n",
            f"{PARTS}/on.py": "from gaapbridge.parts.odd import spare\n__all__ = ['spare']\n",
        },
        ["odd.py::spare"],
    ),
    "a call of itself": ({f"{PARTS}/odd.py": "def spare(n): return spare(n - 1)\n"}, ["odd.py::spare"]),
    "a use that is not reached": (
        {f"{PARTS}/odd.py": "def spare(): ...\ndef other(): spare()\n"},
        ["odd.py::other", "odd.py::spare"],
    ),
    "a constant": ({f"{PARTS}/odd.py": "LIMIT = 3\n"}, ["odd.py::LIMIT"]),
    "a class and its method": (
        {f"{PARTS}/odd.py": "class Kind:\n    def name(self): ...\n"},
        ["odd.py::Kind", "odd.py::Kind.name"],
    ),
    "a method": (
        {f"{PARTS}/__init__.py": WHOLE[f"{PARTS}/__init__.py"] + "    def spare(self): ...\n"},
        ["__init__.py::Loan.spare"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_definition_is_seen(name: str, tmp_path: Path) -> None:
    files, expected = PLANTS[name]
    assert unreached(planted(tmp_path, WHOLE | files)) == [f"{PARTS}/{one}" for one in expected]


def test_what_a_verb_or_an_example_leads_to_passes(tmp_path: Path) -> None:
    assert unreached(planted(tmp_path, WHOLE)) == []
    odd = {f"{PARTS}/odd.py": "def spare(): ...\n", "examples/one.py": "from gaapbridge.parts import odd\nodd.spare()\n"}
    assert unreached(planted(tmp_path / "example", WHOLE | odd)) == []
