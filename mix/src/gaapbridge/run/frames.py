"""What a run holds as Polars frames, as a notebook takes it: exact amounts int64 minor units, printed ones in printed units.

The typed objects of ``listed`` say the same one by one. docs/reference/python.md lists every column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from gaapbridge.run import folder as names
from gaapbridge.run.journals import COLUMNS
from gaapbridge.run.listed import Listed
from gaapbridge.statement.document import IFRS, US_GAAP, Document, Row, Statement
from gaapbridge.statement.evidence import NOT_STATED, STATED
from gaapbridge.statement.printing import is_printed

Schema = Mapping[str, Any]
"""The type of each column of a frame, in order."""

PLACE: Schema = {
    "statement": pl.String,
    "kind": pl.String,
    "as_of": pl.Date,
    "period": pl.String,
    "id": pl.String,
    "label": pl.String,
    "section": pl.String,
    "role": pl.String,
    "printed": pl.Boolean,
}
"""What stands before the amounts of a row of a statement."""

CHECKS: Schema = {
    "id": pl.String,
    "check": pl.String,
    "statement": pl.String,
    "row": pl.String,
    "column": pl.String,
    "expected": pl.Int64,
    "actual": pl.Int64,
    "difference": pl.Int64,
    "tolerance": pl.Int64,
    "unit": pl.String,
    "holds": pl.Boolean,
    "evidence": pl.Enum([*STATED, NOT_STATED]),
}

FINDINGS: Schema = {
    "name": pl.String,
    "where": pl.String,
    "amount_minor": pl.Int64,
    "why": pl.String,
    "remedy": pl.String,
    "check": pl.String,
    "unit": pl.String,
    "accepted": pl.String,
}

NOT_CHECKED: Schema = {
    "check": pl.String,
    "statement": pl.String,
    "row": pl.String,
    "column": pl.String,
    "why": pl.String,
    "remedy": pl.String,
}


class Written(Protocol):
    """What is listed in a run: a check, a finding, or what was not checked."""

    def as_dict(self) -> dict[str, object]: ...


def statement_frame(document: Document, exact: Document) -> pl.DataFrame:
    """Every row of every statement: its amounts as printed, and in minor units (null of a comparative, which stands as the
    prior run printed it)."""
    columns = (US_GAAP, *document.column_ids, IFRS)
    amounts = dict.fromkeys((*columns, *(f"{column}_minor" for column in columns)), pl.Int64)
    rows = [
        (*_place(statement, row), *(row.amount(one) for one in columns), *_in_minor_units(exact, statement.id, row.id, columns))
        for statement in document.statements
        for row in statement.rows
    ]
    return pl.DataFrame(rows, schema={**PLACE, **amounts}, orient="row")


def journals_frame(run: Path) -> pl.DataFrame:
    """Every line posted, as the ledger imports it."""
    frame = pl.read_parquet(run / names.JOURNALS_TABLE)
    if "flow" not in frame.columns:  # a run of before has them in the name of the entry
        parts = pl.col("entry").str.splitn("-", 3).struct
        frame = frame.with_columns(flow=parts.field("field_1"), component=parts.field("field_2").fill_null(""))
    return frame.select(COLUMNS)


def checks_frame(listed: Listed) -> pl.DataFrame:
    """Every tie-out made, its amounts in ``unit``: minor units where that is blank. Evidence sorts strongest first."""
    return _frame(listed.checks, CHECKS)


def findings_frame(listed: Listed) -> pl.DataFrame:
    """Every finding; ``amount_minor`` counts what ``unit`` names, minor units as a rule."""
    return _frame(listed.findings, FINDINGS)


def not_checked_frame(listed: Listed) -> pl.DataFrame:
    """What could not be tied out, why, and what would allow it."""
    return _frame(listed.not_checked, NOT_CHECKED)


def _frame(listed: Sequence[Written], schema: Schema) -> pl.DataFrame:
    return pl.DataFrame([one.as_dict() for one in listed], schema=schema)


def _place(statement: Statement, row: Row) -> tuple[object, ...]:
    as_of = None if statement.as_of is None else date.fromisoformat(statement.as_of)
    when = (statement.id, statement.kind, as_of, statement.period)
    return (*when, row.id, row.label, row.section, row.role, is_printed(row))


def _in_minor_units(exact: Document, statement_id: str, row_id: str, columns: Sequence[str]) -> Iterator[int | None]:
    statement = exact.statement(statement_id)
    row = None if statement is None else statement.row(row_id)
    yield from (None if row is None else row.amount(column) for column in columns)
