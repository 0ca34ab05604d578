"""What a column does to equity and to deferred tax in one balance sheet, as far as it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.statement.document import IFRS, US_GAAP, Row, Statement
from gaapbridge.terms.captions import is_mezzanine
from gaapbridge.terms.sections import ASSETS, LIABILITIES
from gaapbridge.terms.statement_kinds import BALANCE_SHEET

Offsets = Mapping[str, tuple[str, str]]
"""By column: the retained earnings row and the row in which the column's other half sits."""


DEFERRED_TAX_ROWS = ("dta", "dtl")
"""The rows of deferred tax assets and of deferred tax liabilities that a close posts to."""


UNTOLD_SIGN = "total liabilities are below nil, and no total tells whether they are a debit or what is owed is written so"
"""Why deferred tax cannot be told where `liabilities_sign` is None."""


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
    stand on the missing page. Liabilities are taken with the sign that `liabilities_sign` tells.
    """
    rows = statement.deferred_tax_rows
    if {sign for sign, _ in rows} != {1, -1} and not (statement.complete and statement.kind == BALANCE_SHEET):
        return None
    if any(row.is_derived(column) for _, row in rows):
        return None
    held, owed = (sum(row.amount(column) for sign, row in rows if sign == side) for side in (1, -1))
    sign = liabilities_sign(statement) if owed else 1
    return None if sign is None else held - sign * owed


def liabilities_sign(statement: Statement) -> int | None:
    """1 where what is owed stands above nil, -1 where it stands below, as British sheets have it; None where nothing tells.

    It is asked where total liabilities are below nil under both frameworks and no close made the statement. What foots
    tells: the total of liabilities and equity, else total assets, with the sign that fits more columns, else misses by less.
    Of assets of 1,100 and equity of 380, liabilities of (720) are owed; (3) of tax refundable, equity of 2,560 and assets of
    2,557 are a debit among the liabilities.
    """
    total, equity = statement.row("tl"), statement.total_equity()
    if total is None or statement.owed_above_nil or total.us_gaap >= 0 or total.ifrs >= 0:
        return 1
    for whole in (statement.row("tle"), statement.row("ta")):
        if whole is not None and equity is not None:
            others = (*mezzanine_rows(statement), equity)
            above, below = (_misfit(whole, total, others, sign) for sign in (1, -1))
            if above != below:
                return 1 if above < below else -1
    return None


def _misfit(whole: Row, liabilities: Row, others: tuple[Row, ...], sign: int) -> tuple[int, int]:
    """How ill liabilities taken with a sign lead to a total beside others: columns that foot so, counted down from nil, and
    what all of them miss by."""
    cells = (whole, liabilities, *others)
    read = [one for one in (US_GAAP, IFRS, *liabilities.adjustments) if not any(row.is_derived(one) for row in cells)]
    asked = [one for one in read if liabilities.amount(one)]
    rests = [whole.amount(one) - sign * liabilities.amount(one) - sum(row.amount(one) for row in others) for one in asked]
    return -rests.count(0), sum(map(abs, rests))


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
