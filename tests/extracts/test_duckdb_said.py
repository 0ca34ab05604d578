"""What is repeated of DuckDB's errors: the cause with its column and candidates, on one line; no row, setting or connection."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import answer, one_query

SECRET = "hunter2"
SAID = {
    "a column that is not there": (
        "SELECT contract_idd FROM loans", ['Referenced column "contract_idd" not found', 'Candidate bindings: "contract_id"'],
    ),
    "a table that is not there": ("SELECT * FROM loan", ["Table with name loan does not exist!", 'Did you mean "loans"?']),
    "a cell of another type": (
        "SELECT status::INTEGER AS status FROM loans",
        ["Could not convert string 'on_book' to INT32", "status"],
    ),
    "a column that is not grouped": (
        "SELECT status, count(*) FROM loans", ['column "status" must appear in the GROUP BY clause', "Either add it to"],
    ),
    "several lines of the query's own": ("SELECT error(E'a\\nb\\x1b[2Jc')", ["Invalid Input Error: a"]),
    "a connection in the query": (
        f"SELECT error('postgresql://reader:{SECRET}@db.example.com/core')", ["(InvalidInputException)"],
    ),
    "the parts of one": (f"SELECT error('host=db user=reader password={SECRET}')", ["(InvalidInputException)"]),
}  # fmt: skip
"""Queries, and what is said of each."""


@pytest.mark.parametrize("name", SAID)
def test_the_cause_is_named_on_one_line(name: str, starter_copy: Path) -> None:
    query, parts = SAID[name]
    with pytest.raises(UnusableInput) as refused:
        answer(one_query(starter_copy / "plan.toml", query))
    rule = refused.value.rule
    assert rule.startswith("the database answers the query (") and refused.value.remedy == "correct the query"
    assert [part for part in parts if part not in rule] == []
    assert rule.isprintable() and len(rule) < 400
    for text in ("LINE 1", "Original Line", "LOAN-1", "Possible solutions", "delimiter", SECRET):
        assert text not in rule


def test_no_line_is_longer_than_one_can_be(starter_copy: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        answer(one_query(starter_copy / "plan.toml", f"SELECT {'x' * 5_000} FROM loans"))
    assert "x" * 100 in refused.value.rule and len(refused.value.rule) < 400


def test_an_address_is_named_without_its_user(starter_copy: Path) -> None:
    query = f"SELECT * FROM read_csv('https://reader:{SECRET}@example.com/a.csv')"
    with pytest.raises(UnusableInput) as refused:
        answer(one_query(starter_copy / "plan.toml", query))
    assert refused.value.value == "https://example.com/a.csv"
    assert SECRET not in str(refused.value)
