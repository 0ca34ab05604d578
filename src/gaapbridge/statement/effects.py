"""What a column does to equity and to deferred tax in one balance sheet, as far as it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.statement.document import Row, Statement
from gaapbridge.terms.captions import is_mezzanine
from gaapbridge.terms.sections import ASSETS, LIABILITIES
from gaapbridge.terms.statement_kinds import BALANCE_SHEET

Offsets = Mapping[str, tuple[str, str]]
"""By column: the retained earnings row and the row in which the column's other half sits."""


DEFERRED_TAX_ROWS = ("dta", "dtl")
"""The rows of deferred tax assets and of deferred tax liabilities that a close posts to."""


def equity_row(statement: Statement, retained: str | None) -> Row | None:
    """The row on which a column's effect on equity is read.

    `retained` is given for a column that moves amounts inside equity (share-based compensation): its
    effect on profit is read there. Otherwise it is total equity, else the equity of the parent's
    owners, else retained earnings.
    """
    if retained is not None:
        return statement.row(retained)
    return statement.total_equity() or statement.row("re")


def deferred_tax(statement: Statement, column: str) -> int | None:
    """Deferred tax assets less liabilities in a column, however many rows they have, or None where that cannot be told.

    A row that a complete balance sheet does not print has no adjustment; in a part of one it may
    stand on the missing page.
    """
    rows = statement.deferred_tax_rows
    if {sign for sign, _ in rows} != {1, -1} and not (statement.complete and statement.kind == BALANCE_SHEET):
        return None
    if any(row.is_derived(column) for _, row in rows):
        return None
    return sum((sign if sign > 0 else -statement.liabilities_sign) * row.amount(column) for sign, row in rows)


def deferred_tax_row(statement: Statement, column: str) -> str:
    """The deferred tax row a column touches (assets first), to point a reader at."""
    rows = sorted(statement.deferred_tax_rows, key=lambda one: -one[0])
    touched = [row.id for _, row in rows if row.amount(column)]
    return [*touched, *(row.id for _, row in rows), "dta"][0]


def moves_beyond_equity(statement: Statement, column: str) -> bool:
    """Whether a column moves amounts between equity and liabilities, or assets other than deferred tax.

    Awards of 8 that were a liability and are equity now do; one cell misprinted among the liabilities moves no equity.
    """
    equity = statement.total_equity()
    if equity is None or equity.amount(column) == (deferred_tax(statement, column) or 0):
        return False
    liabilities = statement.row("tl")
    if liabilities is not None and liabilities.amount(column):
        return True
    taxes = {row.id for _, row in statement.deferred_tax_rows}
    lines = [row for row in statement.rows if row.id not in taxes and row.role == "line" and row.amount(column)]
    return any(row.of_what in (ASSETS, LIABILITIES) for row in lines)


def mezzanine_rows(statement: Statement) -> tuple[Row, ...]:
    """Rows between liabilities and equity (redeemable shares) that neither of their totals holds; none that another adds up."""
    held: set[str] = set()
    waiting = [row for row in (statement.row("tl"), statement.total_equity()) if row is not None]
    while waiting:
        for sign, child in waiting.pop().of:
            if sign > 0 and child not in held:  # equity as assets less liabilities and mezzanine holds neither
                held.add(child)
                waiting.append(statement.by_id[child])
    held.update(row.id for row in map(statement.row, ("ta", "tl", "tle", "eq", "eq_parent")) if row is not None)
    rows = [row for row in statement.rows if row.role != "memo" and row.id not in held]
    rows = [row for row in rows if is_mezzanine(row.label, id=row.id, section=row.section)]
    parts = {child for row in rows for _, child in row.of}
    return tuple(row for row in rows if row.id not in parts)


def amount_shown(statement: Statement, row_id: str, column: str, kind: str) -> int | None:
    """A column's amount in a row, or None where it cannot be told.

    A row that a complete statement of that kind leaves out is nil; a derived cell is no evidence.
    """
    row = statement.row(row_id)
    if row is None:
        return 0 if statement.complete and statement.kind == kind else None
    return None if row.is_derived(column) else row.amount(column)
