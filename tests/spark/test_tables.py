"""A table that exists only in Spark stands in the place of a tape: its rows come exact, in order, and are kept with the run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from gaapbridge.engine.spark import Spark
from gaapbridge.period_close import close
from gaapbridge.spark_session import spark_session
from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import EXPORTS, answer, one_query

TAPE = "tapes/loans-2023-12-31.csv"
QUERY = "SELECT * EXCEPT (as_of) FROM lake WHERE as_of = :instant ORDER BY contract_id; "


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A session that the caller of a close has already, as in a notebook."""
    with spark_session("local[2]") as begun:
        yield begun


def asked(plan: Path, text: str) -> Path:
    """The plan with a query to Spark in the place of the closing loans."""
    one_query(plan, text)
    stated = plan.read_text(encoding="utf-8")
    without_files = stated[: stated.index(EXPORTS)] + EXPORTS.replace("duckdb", "spark")
    plan.write_text(without_files, encoding="utf-8")
    return plan


def a_lake_of(session: Any, tape: Path) -> None:
    """The rows of a tape backwards and of another day besides, in three partitions of a view, which no file has."""
    rows = pl.read_csv(tape, infer_schema=False)
    dated = [*({**row, "as_of": day} for day in (date(2023, 12, 31), date(2022, 12, 31)) for row in rows.to_dicts())]
    names = [*rows.columns, "as_of"]
    schema = ", ".join(f"`{name}` {'date' if name == 'as_of' else 'string'}" for name in names)
    values = [tuple(row[name] for name in names) for row in reversed(dated)]
    session.createDataFrame(values, schema).repartition(3).createOrReplaceTempView("lake")


def test_a_table_of_spark_closes_to_what_its_file_closes_to(session: Any, starter_copy: Path) -> None:
    """All that is posted and measured, by the session that the query was put to; the run keeps the answer."""
    plan = starter_copy / "plan.toml"
    of_file = close(plan)
    a_lake_of(session, starter_copy / TAPE)
    of_table = close(asked(plan, QUERY), engine=Spark())
    same = ["journals.csv", "statement.json", "movements.json", "measurements/loans/part-00000.parquet"]
    assert [hashed(of_table.folder / name) for name in same] == [hashed(of_file.folder / name) for name in same]
    kept = pl.read_parquet(of_table.folder / "extracts" / "tapes.loans.closing.parquet")
    assert kept.equals(pl.read_csv(starter_copy / TAPE, infer_schema=False).sort("contract_id"))
    assert session.sql("SELECT 1").count() == 1, "the session is its owner's"


def hashed(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_values_come_exact_and_in_order(session: Any, starter_copy: Path) -> None:
    columns = "id, CAST(id AS DECIMAL(38, 2)) / 100 AS share, date_add(:closing, -CAST(id AS INT)) AS day"
    text = f"SELECT {columns} FROM range(50000) ORDER BY id DESC"
    table = answer(asked(starter_copy / "plan.toml", text))
    assert table["id"].to_pylist() == list(range(49_999, -1, -1))
    assert table["share"][49_998].as_py() == Decimal("0.01") and table["day"][49_998].as_py() == date(2023, 12, 30)


def test_no_row_is_an_answer_too(session: Any, starter_copy: Path) -> None:
    table = answer(asked(starter_copy / "plan.toml", "SELECT 1 AS contract_id, DATE '2023-01-01' AS d WHERE false"))
    assert (table.num_rows, table.column_names) == (0, ["contract_id", "d"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DROP TABLE kept", "PARSE_SYNTAX_ERROR"),
        ("SELECT 1) ; DROP TABLE kept; SELECT * FROM (SELECT 1", "PARSE_SYNTAX_ERROR"),
        ("INSERT INTO kept VALUES (2)", "PARSE_SYNTAX_ERROR"),
        ("SELECT * FROM nowhere_at_all", "TABLE_OR_VIEW_NOT_FOUND"),
        ("SELECT :other", "UNBOUND_SQL_PARAMETER"),
        ("SELECT 1 / (id - id) FROM range(3)", "DIVIDE_BY_ZERO"),
    ],
)
def test_what_is_no_select_is_refused_and_does_nothing(session: Any, starter_copy: Path, text: str, said: str) -> None:
    session.sql("SELECT 1 AS one").createOrReplaceTempView("kept")
    with pytest.raises(UnusableInput) as refused:
        answer(asked(starter_copy / "plan.toml", text))
    told = refused.value
    assert (told.file, told.key) == ("loans.sql", "tapes.loans.closing")
    assert told.rule.startswith("Spark answers the query, which is one SELECT (") and said in told.rule, told.rule
    assert "\n" not in str(told) and session.table("kept").count() == 1


def test_an_extract_is_parquet_that_others_read(session: Any, starter_copy: Path) -> None:
    a_lake_of(session, starter_copy / TAPE)
    run = close(asked(starter_copy / "plan.toml", QUERY), engine=Spark())
    assert pq.read_metadata(run.folder / "extracts" / "tapes.loans.closing.parquet").num_rows == 3
