"""The accountant's nouns: empty words are refused in names, and so are abbreviations no standard prints."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, Source, Tree, functions, nothing, package, planted, walked

EMPTY_WORDS = {"data", "process", "handle", "handler", "manager", "util", "utils", "helper", "helpers"}
SHORTENED = """
    acc acct adj amt avg bal calc cfg cnt col cols comp curr df dflt diff dt freq idx init inst int lst mth
    num obj orig params pct pmt prev prin prob qty res ret tmp tot txn val vals yr
"""
ABBREVIATIONS = set(SHORTENED.split())


def words(name: str) -> list[str]:
    """A name's words: snake and camel taken apart."""
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def defined(source: Source) -> Iterator[tuple[int, str]]:
    """The module's own name, and every function and class in it."""
    yield 1, Path(source.path).stem
    yield 1, Path(source.path).parent.name
    for node in walked(source.syntax):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def arguments(source: Source) -> Iterator[tuple[int, str]]:
    """Every argument of every function, and every field of every class."""
    for function in functions(source.syntax):
        taken = function.args
        for argument in [*taken.posonlyargs, *taken.args, *taken.kwonlyargs]:
            yield argument.lineno, argument.arg
    for node in walked(source.syntax):
        if isinstance(node, ast.ClassDef):
            fields = (field for field in node.body if isinstance(field, ast.AnnAssign))
            yield from ((field.lineno, field.target.id) for field in fields if isinstance(field.target, ast.Name))


def empty_names(tree: Tree) -> list[str]:
    """Names with a word that could stand for anything."""
    return [
        f"{source.path}:{line} {name}"
        for source in tree.under(PACKAGE)
        for line, name in defined(source)
        if set(words(name)) & EMPTY_WORDS
    ]


def abbreviated_names(tree: Tree) -> list[str]:
    """Names, arguments and fields with a shortened word."""
    return [
        f"{source.path}:{line} {name}"
        for source in tree.under(PACKAGE)
        for line, name in [*defined(source), *arguments(source)]
        if name not in {"__init__", "__post_init__"} and set(words(name)) & ABBREVIATIONS
    ]


def units_not_last(tree: Tree) -> list[str]:
    """Arguments and fields with `minor` inside the name: a unit stands last (`principal_minor`)."""
    return [
        f"{source.path}:{line} {name}"
        for source in tree.under(PACKAGE)
        for line, name in arguments(source)
        if "minor" in words(name)[:-1] and words(name)[-1] not in {"unit", "units", "digits"}
    ]


def heirs(tree: Tree) -> list[str]:
    """Classes that inherit from a class of the project which is no protocol, exception or pydantic base."""
    sources = list(tree.under(PACKAGE))
    own = {node.name for source in sources for node in walked(source.syntax) if isinstance(node, ast.ClassDef)}
    protocols = {
        node.name
        for source in sources
        for node in walked(source.syntax)
        if isinstance(node, ast.ClassDef)
        and {ast.unparse(base).split("[")[0].split(".")[-1] for base in node.bases} & {"Protocol", "BaseModel"}
    }
    return [
        f"{source.path}:{node.lineno} {node.name} inherits from {ast.unparse(base)}"
        for source in sources
        for node in walked(source.syntax)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if ast.unparse(base).split("[")[0].split(".")[-1] in own - protocols and not node.name.endswith(("Error", "Input"))
    ]


def raised_findings(tree: Tree) -> list[str]:
    """Findings that are raised: a finding is returned, so that all of them are."""
    return [
        f"{source.path}:{node.lineno}"
        for source in tree.under(PACKAGE)
        for node in walked(source.syntax)
        if isinstance(node, ast.Raise) and node.exc is not None and re.search(r"\bFinding\b", ast.unparse(node.exc))
    ]


RULES = [empty_names, abbreviated_names, units_not_last, heirs, raised_findings]


@pytest.mark.parametrize("rule", RULES)
def test_the_package_keeps(rule) -> None:
    nothing(rule(package()))


PLANTS = {
    "util module": (f"{PACKAGE}/loan_utils.py", "", empty_names),
    "helper folder": (f"{PACKAGE}/helpers/loan.py", "", empty_names),
    "handler class": (f"{PACKAGE}/a.py", "class TapeHandler:\n    pass\n", empty_names),
    "process function": (f"{PACKAGE}/a.py", "def process_tape():\n    pass\n", empty_names),
    "shortened argument": (f"{PACKAGE}/a.py", "def total(amt_minor):\n    pass\n", abbreviated_names),
    "shortened field": (f"{PACKAGE}/a.py", "class Loan:\n    curr_rate: float\n", abbreviated_names),
    "unit inside": (f"{PACKAGE}/a.py", "def f(minor_principal):\n    pass\n", units_not_last),
    "an heir": (f"{PACKAGE}/a.py", "class Loan:\n    pass\nclass Bullet(Loan):\n    pass\n", heirs),
    "a raised finding": (f"{PACKAGE}/a.py", "def f():\n    raise Finding('x')\n", raised_findings),
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_name_is_seen(name: str, tmp_path: Path) -> None:
    path, text, rule = PLANTS[name]
    assert len(rule(planted(tmp_path, {path: text}))) == 1


def test_a_plain_name_passes(tmp_path: Path) -> None:
    text = (
        "class Loan:\n    metadata: str\n    principal_minor: int\n    minor_digits: int\n"
        "    def __post_init__(self): ...\ndef dataclass_fields(rate_per_period): ...\n"
    )
    tree = planted(tmp_path, {f"{PACKAGE}/engine/processes.py": text})
    assert [fault for rule in RULES for fault in rule(tree)] == []
