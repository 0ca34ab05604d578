"""What a plan may state of queries and their sources, and that nothing of a connection in it is ever printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.plan import read_plan
from gaapbridge.plan.queries import Query
from gaapbridge.terms.errors import UnusableInput

SECRET = "hunter2"
CONNECTION = f"postgresql://reader:{SECRET}@db.example.com/core"
SERVER = 'kind = "postgresql"\nenvironment = "CORE"\ntimeout_seconds = 60'
SERVER_WITHOUT = 'kind = "postgresql"\ntimeout_seconds = 60'
TABLES = 'kind = "duckdb"\ntables = { loans = "tapes/loans.csv" }'

SOURCES = {
    "no kind": ('tables = { loans = "a.csv" }', "kind", "this key has no default and must be stated"),
    "another kind": ('kind = "oracle"', "kind", "must be one of duckdb, postgresql, spark, in quotes"),
    "no tables": ('kind = "duckdb"', "", 'kind = "duckdb" says what a query may read'),
    "tables of nothing": ('kind = "duckdb"\ntables = {}', "tables", "must say which files are which tables of a query"),
    "a table by a query": (
        'kind = "duckdb"\ntables = { a = { source = "b", query = "c" } }', "tables", "a table of a query is in files",
    ),
    "a server of files": (f'{TABLES}\nservice = "core"', "", 'kind = "duckdb" has no service'),
    "files of a server": (f"{SERVER}\nmemory_megabytes = 512", "", 'kind = "postgresql" has no memory_megabytes'),
    "nowhere": (SERVER_WITHOUT, "", 'kind = "postgresql" is found by one of service and environment'),
    "twice": (f'{SERVER}\nservice = "core"', "", 'kind = "postgresql" is found by one of service and environment'),
    "for ever": ('kind = "postgresql"\nservice = "core"', "", 'kind = "postgresql" says how long a query may take'),
    "too little memory": (f"{TABLES}\nmemory_megabytes = 1", "memory_megabytes", "must be at least 64"),
    "a connection": (f'{SERVER_WITHOUT}\nenvironment = "{CONNECTION}"', "environment", "must be a name in quotes"),
    "a password": (f'{SERVER}\npassword = "{SECRET}"', "password", "no such key in a plan"),
    "a table of them": (f'{SERVER}\nconnection = {{ password = "{SECRET}" }}', "connection", "no such key in a plan"),
    "a connection as a service": (f'{SERVER_WITHOUT}\nservice = "password={SECRET}"', "service", "must be a name in quotes"),
}  # fmt: skip
"""Tables of a source, the key that is named, and the rule."""

ASKED = '{ source = "core", query = "a.sql" }'
QUERIES = {
    "another key": ('{ source = "core", sql = "a.sql" }', "a query names its source and the file of its text"),
    "one key": ('{ source = "core" }', "a query names its source and the file of its text"),
    "a number": ('{ source = "core", query = 1 }', "a query names its source and the file of its text"),
    "nothing": ('{ source = "", query = "a.sql" }', "a query names its source and the file of its text"),
    "beside a file": (f'["a.csv", {ASKED}]', "must be a file, a pattern, a folder or a list of them, in quotes"),
    "twice": (f"[{ASKED}, {ASKED}]", "a tape names each of its queries once"),
}


def edited(folder: Path, closing: str, source: str) -> Path:
    plan = folder / "plan.toml"
    text = re.sub(r'(?m)^closing = "tapes/loans.*"', lambda _: f"closing = {closing}", plan.read_text(encoding="utf-8"))
    plan.write_text(f"{text}\n[sources.core]\n{source}\n", encoding="utf-8")
    return plan


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_that_is_none(name: str, starter_copy: Path) -> None:
    source, key, rule = SOURCES[name]
    with pytest.raises(UnusableInput) as refused:
        read_plan(edited(starter_copy, '{ source = "core", query = "a.sql" }', source), DECLARED)
    assert refused.value.key == ".".join(filter(None, ["sources.core", key]))
    assert refused.value.rule.startswith(rule) and refused.value.remedy
    assert SECRET not in str(refused.value) and SECRET not in repr(vars(refused.value))


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_that_is_none(name: str, starter_copy: Path) -> None:
    closing, rule = QUERIES[name]
    with pytest.raises(UnusableInput) as refused:
        read_plan(edited(starter_copy, closing, TABLES), DECLARED)
    assert (refused.value.key, refused.value.rule) == ("tapes.loans.closing", rule)


def test_a_query_is_put_to_a_source_of_the_plan(starter_copy: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        check(edited(starter_copy, '{ source = "cores", query = "a.sql" }', TABLES))
    assert (refused.value.key, refused.value.rule) == ("tapes.loans.closing", "a query is put to a source of the plan")
    assert (refused.value.value, refused.value.remedy) == ('{ source = "cores", query = "a.sql" }', "did you mean core?")


def test_several_queries_make_one_tape(starter_copy: Path) -> None:
    both = '[{ source = "core", query = "a.sql" }, { source = "core", query = "b.sql" }]'
    tables = 'kind = "duckdb"\ntables = { loans = "tapes/loans-2023-12-31.csv" }'
    for name, condition in (("a", "="), ("b", "<>")):
        (starter_copy / f"{name}.sql").write_text(f"SELECT * FROM loans WHERE contract_id {condition} 'LOAN-1'")
    plan = edited(starter_copy, both, tables)
    stated = read_plan(plan, DECLARED).tapes.at_both("loans")
    assert stated is not None and stated.closing == [Query("core", "a.sql"), Query("core", "b.sql")]
    (loans,) = [file for file in check(plan).files if file.source == "tapes.loans.closing"]
    assert (loans.path, loans.rows, loans.rejected_rows) == ("a.sql (core, 2023-12-31) and 1 more", 3, 0)
