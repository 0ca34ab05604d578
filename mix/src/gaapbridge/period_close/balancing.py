"""The US GAAP balances, and where there is no trial balance: what the sub-ledgers give, and one figure that balances it.

The figure has a row of its own in equity, so that rows add up and nobody takes it for equity of the lender; every statement
without a trial balance says so in one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gaapbridge.book.trial_balance import UNLISTED
from gaapbridge.contracts.measured import Measured, over_all
from gaapbridge.period_close.inputs import Records
from gaapbridge.plan import Plan
from gaapbridge.run.prior_run import closing_ledger
from gaapbridge.statement.layout import NORMALS, Layout, LayoutRow, StatementLayout
from gaapbridge.statement.printing import BALANCING

ROW = LayoutRow(BALANCING, "Balancing figure, held by no sub-ledger", "equity", "line", (), "credit")


def us_gaap_balances(plan: Plan, records: Records, measured: Sequence[Measured]) -> dict[str, dict[str, int]]:
    """US GAAP balances by state and account, of the opening too where there is one."""
    states = ("closing",) if plan.opening.source == "none" else ("closing", "opening")
    return {state: _balances(plan, records, measured, state) for state in states}


def _balances(plan: Plan, records: Records, measured: Sequence[Measured], state: str) -> dict[str, int]:
    """US GAAP balances by account: the ledger's, or without one the sub-ledger's with all else as one net amount."""
    if state in records.ledgers:
        return dict(records.ledgers[state].balances)
    if state == "opening" and records.prior_run is not None:
        return dict(closing_ledger(records.prior_run))
    known = over_all(measured, "us", state)
    if state == "closing" and plan.opening.source != "none":
        known |= over_all(measured, "us", "income")
    balances: dict[str, int] = {}
    for role, amount in known.items():
        account = plan.account_of(role)
        balances[account] = balances.get(account, 0) + amount
    balances[UNLISTED] = -sum(balances.values())
    return balances


def row_of_unlisted(layout: Layout) -> str:
    """The row that carries the balancing figure: its own, or retained earnings where no sub-total holds these."""
    return ROW.id if layout.is_balance_sheet_row(ROW.id) else layout.retained_earnings


def with_balancing_row(layout: Layout) -> Layout:
    """The layout with the balancing figure's row after retained earnings, in the sub-total that adds these up."""
    sheet, retained = layout.balance_sheet, layout.retained_earnings
    above = next((row for row in sheet.rows if any(child == retained for _, child in row.of)), None)
    if above is None or layout.is_balance_sheet_row(ROW.id):
        return layout
    added = replace(above, of=(*above.of, (NORMALS[above.normal] * NORMALS[ROW.normal], ROW.id)))
    rows = [added if row is above else row for row in sheet.rows]
    place = next(place for place, row in enumerate(rows, start=1) if row.id == retained)
    longer = StatementLayout(sheet.kind, (*rows[:place], ROW, *rows[place:]))
    return replace(layout, statements=tuple(longer if one is sheet else one for one in layout.statements))
