"""From a `Document` to the JSON shape in which reconciliations are published; `document_reading` is the way back."""

from __future__ import annotations

from typing import Any

from gaapbridge.statement.document import IFRS, US_GAAP, Column, Document, Roll, Row, Statement

Json = dict[str, Any]


def as_json(document: Document) -> Json:
    """The document as parsed JSON; what is not said of it, and columns of nil, are left out."""
    sums = [{"total": one.total, "parts": list(one.parts), "row": one.row} for one in document.period_sums]
    return {
        "id": document.id,
        "issuer": document.issuer,
        "currency": document.currency,
        "unit": document.unit,
        "from_gaap": document.wording.from_gaap,
        "to_gaap": document.wording.to_gaap,
        "columns": [_column(column) for column in document.columns],
        "rollforward": [_roll(document, roll) for roll in document.rolls],
        "statements": [_statement(document, statement) for statement in document.statements],
        **({"period_sums": sums} if sums else {}),
        **({"status": document.status} if document.status else {}),
    }


def _column(column: Column) -> Json:
    beside = {} if column.vat_in_lines else {"vat_in_lines": column.vat_in_lines}
    return {"id": column.id, "note": column.note, "label": column.label, **beside}


def _statement(document: Document, statement: Statement) -> Json:
    said = {"as_of": statement.as_of, "period": statement.period, "basis": statement.basis}
    if statement.wording != document.wording:
        said |= {"from_gaap": statement.wording.from_gaap, "to_gaap": statement.wording.to_gaap}
    return {
        "id": statement.id,
        "kind": statement.kind,
        **{name: text for name, text in said.items() if text},
        "complete": statement.complete,
        "rows": [_row(row) for row in statement.rows],
    }


def _row(row: Row) -> Json:
    more = {"of": [list(pair) for pair in row.of], "derived": sorted(row.derived)}
    return {
        "id": row.id,
        "label": row.label,
        "section": row.section,
        "role": row.role,
        US_GAAP: row.us_gaap,
        "adj": {column: amount for column, amount in row.adjustments.items() if amount},
        IFRS: row.ifrs,
        **{name: listed for name, listed in more.items() if listed},
    }


def _roll(document: Document, roll: Roll) -> Json:
    return {
        "open": str(roll.opening),
        "close": roll.close,
        "flow": roll.flow,
        "retained": roll.retained,
        "flow_row": roll.flow_row,
        "offset": dict(roll.offset),
        "bs_pretax_rows": {column: [] for column in document.column_ids},  # the form has it; nothing here fills or reads it
        "paths": {column: dict(named) for column, named in roll.paths.items()},
        "paths_pretax": {column: dict(named) for column, named in roll.paths_pretax.items()},
    }
