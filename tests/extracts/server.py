"""The example lender on a PostgreSQL server, and plans that ask it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import answer, files_below

VARIABLE = "LENDER_DATABASE"
DECLARED = f'\n[sources.core]\nkind = "postgresql"\nenvironment = "{VARIABLE}"\ntimeout_seconds = 60\n'
TYPES = {"text": "text", "date": "date", "flag": "boolean", "number": "numeric", "count": "integer", "minor": "bigint"}
OF_COLUMN = {
    column.name: TYPES[column.kind]
    for kind in KINDS.values()
    for schema in [*(tape.schema for tape in kind.tapes), *(table.schema for table in kind.tables)]
    for column in schema.columns
} | {"as_of": "date", "account": "text", "name": "text", "debit_minor": "numeric(20,2)", "credit_minor": "numeric"}
"""PostgreSQL's types of our columns; ledgers in decimals, as a system keeps them."""

AT_AN_INSTANT = re.compile(r"-\d{4}-12-31$")
OF_A_YEAR = re.compile(r"-\d{4}$")


def table_of(file: str) -> str:
    """The table for a file of the example lender: one for all instants, or years.

    >>> table_of("tapes/guarantee-fees-2022-12-31.parquet"), table_of("tapes/events-2022.parquet")
    ('tapes_guarantee_fees', 'tapes_events')
    """
    name = OF_A_YEAR.sub("", AT_AN_INSTANT.sub("", file.rpartition(".")[0]))
    return re.sub(r"\W", "_", name)


def query_of(folder: Path, file: str) -> str:
    """One query for both instants, another for what falls into a period, and the whole of any other table."""
    name, columns = table_of(file), frame_of(folder / file).columns
    if AT_AN_INSTANT.search(file.rpartition(".")[0]):
        return f"SELECT {', '.join(map(quoted, columns))} FROM {name} WHERE as_of = %(instant)s"
    if OF_A_YEAR.search(file.rpartition(".")[0]):
        day = quoted("event_date" if "event_date" in columns else "date")
        return f"SELECT * FROM {name} WHERE {day} > %(opening)s AND {day} <= %(closing)s"
    return f"SELECT * FROM {name} -- 100% of it"


def quoted(column: str) -> str:
    return f'"{column}"'


def frame_of(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)


def load(uri: str, folder: Path, files: Iterable[str]) -> None:
    """Put tapes, curves and ledgers of a lender into tables, those of several instants or years into one."""
    import psycopg

    with psycopg.connect(uri) as connection:
        for file in files:
            frame, name = frame_of(folder / file), table_of(file)
            if (instant := AT_AN_INSTANT.search(file.rpartition(".")[0])) is not None:
                frame = frame.with_columns(as_of=pl.lit(instant[0][1:]))
            typed = ", ".join(f"{quoted(one)} {OF_COLUMN[one]}" for one in frame.columns)
            connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({typed})")
            named = ", ".join(map(quoted, frame.columns))
            with connection.cursor().copy(f"COPY {name} ({named}) FROM STDIN (FORMAT csv)") as copying:
                copying.write(frame.write_csv(include_header=False))


def as_reader(server: Any, password: str) -> str:
    return f"host={server.get_postmaster_info().socket_dir} user=reader dbname=postgres password='{password}'"


def asking(folder: Path, text: str, line: str = "closing") -> Path:
    """The starter's plan with one query in the place of a loan tape."""
    plan = folder / "plan.toml"
    (folder / "loans.sql").write_text(text, encoding="utf-8")
    stated = plan.read_text(encoding="utf-8")
    asked = re.sub(rf'(?m)^{line} = "tapes/loans.*"', f'{line} = {{ source = "core", query = "loans.sql" }}', stated)
    assert asked != stated
    plan.write_text(asked + DECLARED, encoding="utf-8")
    return plan


def refused(plan: Path) -> UnusableInput:
    before = files_below(plan.parent)
    with pytest.raises(UnusableInput) as caught:
        answer(plan)
    assert files_below(plan.parent) == before and "\n" not in str(caught.value)
    for word in ("correct horse", "reader", "pg_hba", "socket", ".s.PGSQL"):
        assert word not in str(caught.value)
    return caught.value
