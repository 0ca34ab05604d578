"""The reconciliation in exact minor units: US GAAP, one amount per column, IFRS, for every row of a layout.

Amounts come in by account, debit positive; only here do they take the sign in which a row prints them. A sub-total adds
its rows and what is carried in it unprinted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.statement.document import US_GAAP, Row
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


def exact_rows(rows: Sequence[Reconciled]) -> tuple[Row, ...]:
    """The rows of a document, in minor units."""
    return tuple(document_row(one.row, one.amounts) for one in rows)


def document_row(row: LayoutRow, amounts: Mapping[str, int]) -> Row:
    """One row of a document from the amounts of its columns, US GAAP among them; IFRS is their sum."""
    return Row(
        id=row.id,
        label=row.label,
        section=row.section,
        role=row.role,
        us_gaap=amounts[US_GAAP],
        adjustments={column: amount for column, amount in amounts.items() if column != US_GAAP and amount},
        ifrs=sum(amounts.values()),
        of=row.of,
    )
