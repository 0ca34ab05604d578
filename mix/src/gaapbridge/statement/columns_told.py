"""Columns between the frameworks that adjust nothing, told from their figures where the file does not state their role.

A table may print what its columns have come to so far ("after reclassification"), which is a sum of those before it, or the
number of a note, which is no amount. Either would be added to the row, and every row would fail to foot across.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from gaapbridge.statement.document import US_GAAP, Column, Document, Row
from gaapbridge.statement.not_checked import NotChecked

LEAST_ROWS = 3
"""Rows from which figures alone tell a column that its name does not; one cell misprinted makes no such column."""

_NAMED_MEMO = re.compile(r"\b(notes?|refs?|reference|page|line|per ?cent)\b|%|附注|注释|行次", re.IGNORECASE)


def with_columns_told(document: Document, given: Collection[str]) -> Document:
    """The document whose columns have the roles that their figures tell; those in `given` have theirs stated.

    The carrying amount after reclassification, 254,409, of 287,995 and adjustments of 4,329, 9 and -37,924, is a sum, where
    the table adds 1 to it and prints 254,410.
    """
    rows = [row for statement in document.statements for row in statement.rows if row.role != "memo"]
    told: list[NotChecked] = []
    for column in document.columns:
        adjusting = [one.id for one in document.columns]
        if column.id in given or column.id not in adjusting:
            continue
        of = _sum_of(rows, adjusting, column.id)
        if of is not None:
            document, rows = _as_sum(document, replace(column, role="sum", of=of))
            told.append(_said(column, f"it adds up {', '.join(of)}, so it is footed and adjusts nothing", "sum"))
        elif _is_memo(rows, column):
            document, rows = _without(document, column)
            told.append(_said(column, "every row foots without it and none with it, so its figures are not read", "memo"))
    return replace(document, left=(*document.left, *told))


def _sum_of(rows: Sequence[Row], adjusting: Sequence[str], column: str) -> tuple[str, ...] | None:
    """What a column adds up: US GAAP and the adjustments before it, or these alone; None where it is no sum.

    Three of four rows that print it must say so, at least two, and more rows must foot across without it than with it.
    """
    before = tuple(adjusting[: adjusting.index(column)])
    printed = [row for row in rows if row.amount(column)]
    if len(printed) < 2 or not before:
        return None
    without = sum(_beyond(row) == -row.amount(column) for row in printed)
    if without <= sum(_beyond(row) == 0 for row in printed):
        return None
    for of in ((US_GAAP, *before), before):
        added = sum(sum(row.amount(part) for part in of) == row.amount(column) for row in printed)
        if 4 * added >= 3 * len(printed) and (of[0] == US_GAAP or (len(before) > 1 and len(printed) >= LEAST_ROWS)):
            return of
    return None


def _is_memo(rows: Sequence[Row], column: Column) -> bool:
    """Whether every row foots across without a column, and none that prints it foots with it."""
    printed = [row for row in rows if row.amount(column.id)]
    named = _NAMED_MEMO.search(f"{column.id} {column.label}") is not None
    if not printed or (len(printed) < LEAST_ROWS and not named):
        return False
    return all(_beyond(row) == -row.amount(column.id) for row in rows)


def _beyond(row: Row) -> int:
    """What IFRS holds beyond US GAAP and all adjustments."""
    return row.ifrs - row.us_gaap - sum(row.adjustments.values())


def _as_sum(document: Document, column: Column) -> tuple[Document, list[Row]]:
    made, rows = _without(document, column)
    return replace(made, sum_columns=(*made.sum_columns, column)), rows


def _without(document: Document, column: Column) -> tuple[Document, list[Row]]:
    """The document without an adjustment; where it is a sum now, its amounts are kept beside the others."""
    statements = tuple(replace(one, rows=tuple(_row_without(row, column) for row in one.rows)) for one in document.statements)
    columns = tuple(one for one in document.columns if one.id != column.id)
    rows = [row for statement in statements for row in statement.rows if row.role != "memo"]
    return replace(document, columns=columns, statements=statements), rows


def _row_without(row: Row, column: Column) -> Row:
    if column.id not in row.adjustments:
        return row
    adjustments = {name: amount for name, amount in row.adjustments.items() if name != column.id}
    sums = {**row.sums, column.id: row.adjustments[column.id]} if column.role == "sum" else row.sums
    return replace(row, adjustments=adjustments, sums=sums)


def _said(column: Column, why: str, role: str) -> NotChecked:
    return NotChecked("column", None, None, column.id, why, f"state its role, {role} or adjustment")
