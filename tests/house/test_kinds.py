"""Kinds of contracts are declared once, policy is asked and not read past, runs are read by one reader."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.contracts.declared import refuse_clashes
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.notes import FOLDERS, NOTES
from tests.house.tree import PACKAGE, Source, Tree, nothing, package, planted, walked

MAY_NAME_KINDS = (
    "contracts/{kind}/", "reperform/{kind}/", "reperform/elections.py", "differences/", "example/", "starter/own_tapes.py",
    "starter/own_files.py", "starter/own_history.py", "starter/history_text.py", "estimation/awards.py",
    "estimation/guarantee_tables.py", "plan/history.py", "plan/history_file.py",
    "starter/known_names.py", "report/told/disclosures.py", "report/told/loan_days.py", "report/told/loan_disclosures.py",
    "report/told/provision_disclosure.py", "report/told/not_disclosed.py", "report/told/limits.py",
    "report/told/guarantee_disclosures.py", "report/told/award_disclosures.py", "report/charts_of_contracts.py",
)  # fmt: skip
"""Where a kind is at home: its own folders; notes, which name the kinds they measure; the example lender, which has all; the
starter's look at a lender's own files: the options it has, the names of the trade; histories that one kind alone has: payouts
and fees of guarantees, grants of awards; the disclosures that standards ask of loans, guarantees and awards by name, and the
pictures of what each of them is: the life of a loan, the vesting of an award.

The second calculator reads a plan by itself, so that its elections know which of them are about guarantees.
"""


def texts_in(source: Source) -> Iterator[tuple[int, str]]:
    """Line and content of every text that is no docstring."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    said = {
        id(node.body[0].value)
        for node in walked(source.syntax)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in walked(source.syntax):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def named_kinds(tree: Tree) -> list[str]:
    """Places that look up a kind of contract by its key or one of its tapes, in a text, an import or an attribute of a plan: a
    lease would have to be added there."""
    keys = {tape.key: kind.key for kind in KINDS.values() for tape in kind.tapes} | {key: key for key in KINDS}
    return [
        f"{source.path}:{line} {name}"
        for source in tree.under(PACKAGE)
        for line, name in names_in(source)
        if name in keys
        and not any(source.path.startswith(f"{PACKAGE}/{home.format(kind=keys[name])}") for home in MAY_NAME_KINDS)
    ]


def names_in(source: Source) -> Iterator[tuple[int, str]]:
    """Line and name of every word of a text without spaces, every room of an imported module, every attribute of tapes and
    curves."""
    for line, text in texts_in(source):
        if " " not in text:
            yield from ((line, word) for word in re.split(r"[./]", text))
    for node in walked(source.syntax):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gaapbridge.contracts."):
            yield node.lineno, str(node.module).split(".")[2]
        if isinstance(node, ast.Attribute) and _name_of(node.value) in ("tapes", "curves"):
            yield node.lineno, node.attr


def columns_in_kinds(tree: Tree) -> list[str]:
    """Kinds that name the column of a note: a note names what it owns, a kind knows no column."""
    columns = {note.column for note in NOTES.values()}
    return [
        f"{source.path}:{line} {text}"
        for source in tree.under(f"{PACKAGE}/contracts")
        for line, text in texts_in(source)
        if text in columns
    ]


def read_elections(tree: Tree) -> list[str]:
    """Answers read past the treatments, by attribute or by name: what a kind needs to know of an election it asks the treatment
    of the note."""
    answers = {election.name for folder in FOLDERS.values() for election in folder.elections.ELECTIONS}
    own = {component.name for kind in KINDS.values() for component in kind.components}
    rooms = [f"{PACKAGE}/{room}" for room in ("contracts", "period_close", "measure", "run")]
    return [
        f"{source.path}:{line} {name}"
        for source in tree.under(*rooms)
        for line, name in [*texts_in(source), *attributes_in(source)]
        if name in answers - own
    ]


def attributes_in(source: Source) -> Iterator[tuple[int, str]]:
    """Line and name of every attribute that is read."""
    for node in walked(source.syntax):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


def _name_of(node: ast.expr) -> str:
    """The last name of what an attribute is read from."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


RULES = {
    "a kind is looked up nowhere": named_kinds,
    "a kind knows no column": columns_in_kinds,
    "policy is asked": read_elections,
}

PLANTED = [
    ("a kind is looked up nowhere", "period_close/a.py", 'TAPES = ("loans", "other")\n'),
    ("a kind is looked up nowhere", "period_close/a.py", 'path = paths["tapes.loans.closing"]\n'),
    ("a kind is looked up nowhere", "period_close/a.py", "stated = plan.tapes.loans\n"),
    ("a kind is looked up nowhere", "checking.py", "from gaapbridge.contracts.loans.schema import LOANS\n"),
    ("a kind knows no column", "contracts/loans/a.py", 'if column == "ecl":\n    pass\n'),
    ("policy is asked", "contracts/loans/a.py", "def f(setting):\n    return setting.elections.default_timing\n"),
    ("policy is asked", "contracts/loans/a.py", "def f(asked):\n    return asked.default_timing\n"),
    ("policy is asked", "run/a.py", 'def f(plan):\n    return plan.elections["expected_credit_loss"]["default_timing"]\n'),
]


@pytest.mark.parametrize("rule", RULES)
def test_the_package_keeps(rule: str) -> None:
    nothing(RULES[rule](package()))


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_a_planted_violation_is_seen(rule: str, path: str, text: str, tmp_path: Path) -> None:
    assert len(RULES[rule](planted(tmp_path, {f"{PACKAGE}/{path}": text}))) == 1


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ({"word": "loan"}, "2 kinds of contracts have the word loan"),
        ({"place": 1}, "2 kinds of contracts have the place 1"),
        ({}, "2 tapes have the key loans"),
    ],
)
def test_what_finds_one_kind_is_taken_once(taken: dict[str, Any], said: str) -> None:
    other = replace(KINDS["loans"], **{"key": "planted", "word": "planted", "place": 99, **taken})
    with pytest.raises(ValueError, match=said):
        refuse_clashes(list(NOTES.values()), [*KINDS.values(), other])


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ({"numeral": "iv"}, "2 notes have the numeral iv"),
        ({"column": "fg"}, "2 notes have the column fg"),
        ({"balances": {"planted": ()}}, "names contracts of a kind planted; known are loans, guarantees, awards"),
    ],
)
def test_what_finds_one_note_is_taken_once(taken: dict[str, Any], said: str) -> None:
    other = replace(NOTES["effective_interest"], **{"key": "planted", "column": "pl", "numeral": "xxx", **taken})
    with pytest.raises(ValueError, match=said):
        refuse_clashes([*NOTES.values(), other], list(KINDS.values()))


def test_numerals_count() -> None:
    numerals = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xiv"]
    assert [replace(NOTES["effective_interest"], numeral=one).place for one in numerals] == [*range(1, 12), 14]
