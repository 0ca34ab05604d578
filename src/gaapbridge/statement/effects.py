"""What a column does to equity and to deferred tax in one balance sheet, as far as it is shown."""

from __future__ import annotations

from gaapbridge.statement.document import Row, Statement

BALANCE_SHEET = "balance sheet"
INCOME_STATEMENT = "income statement"

DEFERRED_TAX_ROWS = ("dta", "dtl")
"""The rows of deferred tax assets and of deferred tax liabilities."""


def equity_row(statement: Statement, retained: str | None) -> Row | None:
    """The row on which a column's effect on equity is read.

    `retained` is given for a column that moves amounts inside equity (share-based compensation): its
    effect on profit is read there. Otherwise it is total equity, else the equity of the parent's
    owners, else retained earnings.
    """
    if retained is not None:
        return statement.row(retained)
    return statement.total_equity() or statement.row("re")


def mezzanine_rows(statement: Statement) -> tuple[Row, ...]:
    """Rows between liabilities and equity (redeemable shares): those that liabilities and equity are added up with."""
    total, sides = statement.row("tle"), {"tl", "eq", "eq_parent"}
    named = [child for _, child in total.of if child not in sides] if total is not None else []
    return tuple(row for row in map(statement.row, named) if row is not None)


def deferred_tax(statement: Statement, column: str) -> int | None:
    """Deferred tax assets less liabilities in a column, or None where that cannot be told.

    A row that a complete balance sheet does not print has no adjustment; in a part of one it may
    stand on the missing page.
    """
    net = 0
    for sign, name in zip((1, -1), DEFERRED_TAX_ROWS, strict=True):
        row = statement.row(name)
        if row is None:
            if not (statement.complete and statement.kind == BALANCE_SHEET):
                return None
        elif row.is_derived(column):
            return None
        else:
            net += sign * row.amount(column)
    return net


def deferred_tax_row(statement: Statement, column: str) -> str:
    """The deferred tax row a column touches (assets first), to point a reader at."""
    for name in DEFERRED_TAX_ROWS:
        row = statement.row(name)
        if row is not None and row.amount(column):
            return name
    return "dta" if statement.row("dta") else "dtl"


def amount_shown(statement: Statement, row_id: str, column: str, kind: str) -> int | None:
    """A column's amount in a row, or None where it cannot be told.

    A row that a complete statement of that kind leaves out is nil; a derived cell is no evidence.
    """
    row = statement.row(row_id)
    if row is None:
        return 0 if statement.complete and statement.kind == kind else None
    return None if row.is_derived(column) else row.amount(column)
