"""Every finding the code can make is in the catalogue, is printed as it says, and is on the page of the documentation."""

from __future__ import annotations

import ast
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gaapbridge.statement.checks import WORDS
from tests.catalogue.cases import Case, cases
from tests.catalogue.conftest import Outcome, ran
from tests.catalogue.page import PAGE, page_of
from tests.house.tree import nothing

NAMING = {"Finding", "StatementFinding", "Cause", "Unusual"}
"""What makes findings, or names those that are made elsewhere; the name is the first argument, or the one called so."""

LOOKED_UP = {"found.unusual.name", "told.name", "WORDS[self.check + self.part][0]", "name"}
"""Names that are looked up where a finding is made: in an ``Unusual``, in a ``Cause``, in ``WORDS`` (of checks)."""


def named_in(source: str) -> Iterator[str]:
    """The findings that a module names; a name that is looked up somewhere unknown is an error."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in NAMING:
            continue
        name = next((given.value for given in node.keywords if given.arg == "name"), None) or node.args[0]
        if isinstance(name, ast.Constant):
            yield name.value
        else:
            assert ast.unparse(name) in LOOKED_UP, f"line {node.lineno}: {ast.unparse(name)} is looked up nowhere known"


def test_every_finding_is_in_the_catalogue_once(root: Path) -> None:
    sources = sorted((root / "src").rglob("*.py"))
    named = {name for path in sources for name in named_in(path.read_text(encoding="utf-8"))}
    named |= {name for name, _, _ in WORDS.values()}
    shown = Counter(case.name for case in cases())
    remedy = "has no folder in tests/catalogue/findings: cause it there, then python -m tests.pages"
    nothing(
        [f"{name!r} {remedy}" for name in sorted(named - {*shown})]
        + [f"{name!r} is found by nothing in src: delete its folder" for name in {*shown} - named]
        + [f"{name!r} has {count} folders" for name, count in shown.items() if count > 1]
    )


def test_a_finding_that_nobody_names_is_seen() -> None:
    made = 'Finding("a")\nFinding(where="x", name="b")\nCause("c", None)\nOther("d")\nFinding(told.name, "x")'
    assert list(named_in(made)) == ["a", "b", "c"]
    with pytest.raises(AssertionError, match=r"some\.name"):
        list(named_in("Finding(some.name)"))


@pytest.mark.campaign(but=3)
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.folder.name)
def test_it_is_printed_as_the_catalogue_says(case: Case, outcome_of: Callable[[Case], Outcome]) -> None:
    outcome = outcome_of(case)
    assert case.printed.strip()
    assert f"\n{case.printed}" in outcome.text, f"is {case.folder.name}/printed.txt still what is printed of a changed lender?"
    assert {finding["name"] for finding in outcome.findings} == {case.name, *case.input.get("beside", ())}
    assert {finding["check"] or "" for finding in outcome.findings if finding["name"] == case.name} == {case.input["rule"]}
    assert outcome.exit_code == 1


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    "command",
    ["close plan.toml", "check plan.toml", "estimate history/plan.toml", "verify run --statutory-rate 0.25 --vat-rate 0.06"],
)
@pytest.mark.parametrize("lender", ["starter", "second_year"])
def test_nothing_is_found_where_nothing_was_changed(
    command: str, lender: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = tmp_path / "lender"
    shutil.copytree(request.getfixturevalue(lender), folder)
    outcome = ran(command, folder)
    assert (outcome.findings, outcome.exit_code) == ((), 0)


def test_the_page_is_in_step(root: Path, starter: Path, tmp_path: Path) -> None:
    assert (root / PAGE).read_text(encoding="utf-8") == page_of(starter, tmp_path), "write it again: python -m tests.catalogue"
