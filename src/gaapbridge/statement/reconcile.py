"""The reconciliation in exact minor units: US GAAP, one amount per column, IFRS, for every row of a layout.

Amounts come in by account, debit positive; only here do they take the sign in which a row prints them. A sub-total adds
its rows and what is carried in it unprinted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.statement.layout import Layout, LayoutRow, StatementLayout

ByAccount = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One row in exact minor units, printed signs: every column by id, US GAAP under ``us_gaap``.

    ``unprinted`` is the part of a sub-total that no printed row shows.
    """

    row: LayoutRow
    amounts: Mapping[str, int]
    unprinted: Mapping[str, int]

    @property
    def ifrs(self) -> int:
        """US GAAP plus all columns."""
        return sum(self.amounts.values())


def reconcile(
    layout: Layout, statement: StatementLayout, accounts: Mapping[str, str], columns: Mapping[str, ByAccount]
) -> list[Reconciled]:
    """The rows of a statement from balances by account.

    ``accounts`` maps an account to the row that carries it; ``columns`` holds debit-positive balances by column id, with
    ``us_gaap`` among them, before income is closed. Retained earnings take up every account of the income statement.
    """
    own = {column: _own(layout, statement, accounts, balances) for column, balances in columns.items()}
    found: dict[str, Reconciled] = {}
    for row in statement.bottom_up():
        unprinted = {column: row.printed(own[column].get(row.id, 0)) for column in columns}
        amounts = {
            column: unprinted[column] + sum(sign * found[child].amounts[column] for sign, child in row.of) for column in columns
        }
        found[row.id] = Reconciled(row, amounts, unprinted)
    return [found[row.id] for row in statement.rows]


def _own(layout: Layout, statement: StatementLayout, accounts: Mapping[str, str], balances: ByAccount) -> dict[str, int]:
    """Balances by row of one statement; income closes into retained earnings on the balance sheet."""
    rows = {row.id for row in statement.rows}
    closes = statement is layout.balance_sheet
    sums: dict[str, int] = {}
    for account, amount in balances.items():
        row = accounts[account]
        if row not in rows:
            if not closes:
                continue
            row = layout.retained_earnings
        sums[row] = sums.get(row, 0) + amount
    return sums


def cells(rows: Sequence[Reconciled]) -> list[dict[str, object]]:
    """The rows in the shape of a filing's JSON, in minor units; columns of nil are left out of ``adj``."""
    return [filing_row(r.row, r.amounts, r.ifrs) for r in rows]


def filing_row(row: LayoutRow, amounts: Mapping[str, int], ifrs: int) -> dict[str, object]:
    """One row in the shape of a filing's JSON."""
    shown: dict[str, object] = {
        "id": row.id,
        "label": row.label,
        "section": row.section,
        "role": row.role,
        "us_gaap": amounts["us_gaap"],
        "adj": {column: amount for column, amount in amounts.items() if column != "us_gaap" and amount},
        "ifrs": ifrs,
    }
    if row.of:
        shown["of"] = [[sign, child] for sign, child in row.of]
    return shown
