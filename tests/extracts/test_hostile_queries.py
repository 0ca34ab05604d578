"""What a query may not do: it is one SELECT over the tables of its source, on a database that is shut."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import answer, files_below, one_query

ONE_SELECT = "a query is one statement, and that a SELECT"
NOTHING_ELSE = "a query reads the tables of its source and nothing else"

STATEMENTS = {
    "nothing": ("-- SELECT 1", "none"),
    "two statements": ("SELECT * FROM loans; SELECT 1", "SELECT, SELECT"),
    "a second that writes": ("SELECT * FROM loans; DROP VIEW loans", "SELECT, DROP"),
    "a copy": ("COPY loans TO 'tapes/out.csv'", "COPY"),
    "a copy over a tape": ("COPY (SELECT 1) TO 'tapes/loans-2023-12-31.csv'", "COPY"),
    "another database": ("ATTACH 'tapes/other.db'", "ATTACH"),
    "an extension of the network": ("INSTALL httpfs", "LOAD"),
    "an extension of this machine": ("LOAD postgres", "LOAD"),
    "a pragma": ("PRAGMA database_list", "PRAGMA"),
    "a setting": ("SET enable_external_access = true", "SET"),
    "a setting taken back": ("RESET lock_configuration", "SET"),
    "a variable": ("SET VARIABLE x = 1", "SET"),
    "a table": ("CREATE TABLE t AS SELECT * FROM loans", "CREATE"),
    "a call": ("CALL pragma_version()", "CALL"),
    "a whole database": ("EXPORT DATABASE 'tapes/all'", "EXPORT"),
    "a secret": ("CREATE SECRET (TYPE s3)", "CREATE"),
}
"""Texts, and what DuckDB reads in them."""

OUTSIDE = {
    "a file of the machine": ("SELECT * FROM read_text('/etc/passwd')", "/etc/passwd"),
    "the environment of the process": ("SELECT * FROM read_blob('/proc/self/environ')", "/proc/self/environ"),
    "a folder of the machine": ("SELECT * FROM glob('/etc/*')", "/etc/*"),
    "a file of the plan that is no table": ("SELECT * FROM 'tapes/awards.csv'", "tapes/awards.csv"),
    "a way out": ("SELECT * FROM read_csv('tapes/../../plan.csv')", "tapes/../../plan.csv"),
    "an address": ("SELECT * FROM read_csv('https://example.com/a.csv')", "https://example.com/a.csv"),
    "another database": ("SELECT * FROM read_duckdb('other.db')", "other.db"),
}
"""Texts, and what of them is named."""

UNKNOWN = {
    "the environment": ("SELECT getenv('HOME') AS contract_id", "getenv"),
    "a variable of Python": ("SELECT * FROM extracts", "extracts"),
    "a server": ("SELECT * FROM postgres_scan('host=example.com', 'public', 'loans')", "postgres_scan"),
    "a statement in a text": ("SELECT * FROM query('DROP VIEW loans')", "Expected a single SELECT statement"),
    "no SQL": ("SELEC * FROM loans", 'syntax error at or near "SELEC"'),
    "a column that is not there": ("SELECT nought FROM loans", "nought"),
}
"""Texts, and a word of what is said."""


def refused(plan: Path) -> UnusableInput:
    """What is said of a query; nothing is written beside the plan for it."""
    before = files_below(plan.parent)
    with pytest.raises(UnusableInput) as caught:
        answer(plan)
    assert files_below(plan.parent) == before
    assert (caught.value.file, caught.value.key) == ("loans.sql", "tapes.loans.closing")
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.campaign(but=6)
@pytest.mark.parametrize("name", STATEMENTS)
def test_only_one_select(name: str, starter_copy: Path) -> None:
    text, read = STATEMENTS[name]
    said = refused(one_query(starter_copy / "plan.toml", text))
    assert (said.rule, said.value) == (ONE_SELECT, read)


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_but_its_tables(name: str, starter_copy: Path) -> None:
    text, named = OUTSIDE[name]
    said = refused(one_query(starter_copy / "plan.toml", text))
    assert (said.rule, said.value) == (NOTHING_ELSE, named)
    assert said.remedy == "name the file in tables under [sources.exports], and the table in the query"


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_a_shut_database_does_not_know(name: str, starter_copy: Path) -> None:
    text, word = UNKNOWN[name]
    assert word in refused(one_query(starter_copy / "plan.toml", text)).rule


def test_no_path_of_the_process_leads_to_a_file(starter_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path from where the close runs is one that the plan does not name, even the very path of a table."""
    monkeypatch.chdir(starter_copy)
    said = refused(one_query(starter_copy / "plan.toml", "SELECT * FROM 'tapes/awards.csv'"))
    assert said.rule == NOTHING_ELSE


def test_tables_are_files_beneath_the_plan(starter_copy: Path, tmp_path: Path) -> None:
    (tmp_path / "beside.csv").write_text("contract_id\n1\n", encoding="utf-8")
    (starter_copy / "tapes/linked.csv").symlink_to(tmp_path / "beside.csv")
    plan, stated = starter_copy / "plan.toml", (starter_copy / "plan.toml").read_text(encoding="utf-8")
    for path, said in (
        ("../beside.csv", "beneath the plan's folder"),
        (str(tmp_path / "beside.csv"), "beneath the plan's folder"),
        ("tapes/linked.csv", "beneath the plan's folder"),
        ("tapes/nowhere.csv", "the file exists"),
        ("tapes/nowhere-*.csv", "a pattern finds files"),
        ("plan.toml", "files of one ending"),
    ):
        plan.write_text(stated, encoding="utf-8")
        one_query(plan, "SELECT * FROM loans", tables=f'loans = "{path}"')
        with pytest.raises(UnusableInput, match=said) as caught:
            answer(plan)
        named = caught.value.file or ""
        assert Path(named).name in (Path(path).name, "plan.toml"), "the file is named"


def test_parameters_are_bound_and_known(starter_copy: Path) -> None:
    plan = one_query(starter_copy / "plan.toml", "SELECT $instant AS at, $opening AS first, $closing AS last")
    (row,) = answer(plan).to_pylist()
    assert {name: str(day) for name, day in row.items()} == {"at": "2023-12-31", "first": "2022-12-31", "last": "2023-12-31"}
    (starter_copy / "loans.sql").write_text("SELECT * FROM loans WHERE $today > '2023'", encoding="utf-8")
    said = refused(plan)
    assert (said.rule, said.value) == ("a query has the parameters instant, opening, closing here", "today")


def test_an_instant_is_that_of_a_source_which_has_one(starter_copy: Path) -> None:
    plan = one_query(starter_copy / "plan.toml", "SELECT $instant AS contract_id", line='path = "tapes/loan-events')
    with pytest.raises(UnusableInput, match="a query has the parameters opening, closing here"):
        answer(plan, "tapes.events")


def test_a_query_that_needs_more_than_its_memory(starter_copy: Path) -> None:
    plan = one_query(starter_copy / "plan.toml", "SELECT list(i) AS contract_id FROM range(100000000) AS numbers(i)")
    text = plan.read_text(encoding="utf-8").replace('\nkind = "duckdb"', '\nkind = "duckdb"\nmemory_megabytes = 64')
    plan.write_text(text, encoding="utf-8")
    said = refused(plan)
    assert said.rule.startswith("a query is answered within its memory") and "memory_megabytes" in said.remedy


def test_the_text_of_a_query_is_a_file(starter_copy: Path) -> None:
    plan = one_query(starter_copy / "plan.toml", "SELECT * FROM loans")
    (starter_copy / "loans.sql").write_bytes("SELECT '借据'".encode("GB18030"))
    assert "it is not UTF-8" in refused(plan).rule
    os.remove(starter_copy / "loans.sql")
    assert "No such file" in refused(plan).rule
