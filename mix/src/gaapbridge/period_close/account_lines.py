"""Accounts in a row of the other statement than the one that their names are of: income as a balance, or the reverse.

A statement foots whatever row an account is in: income on a row of assets or liabilities is no profit, and what is owed is some
on a row of income. Equity holds the profit of the period in many a ledger, and nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gaapbridge.period_close.inputs import Records, taken
from gaapbridge.plan import Plan
from gaapbridge.statement.layout import Layout
from gaapbridge.tapes.account_sides import of_balances_alone, of_profit_alone
from gaapbridge.terms.finding import NAMED_CONTRACTS, Finding, named

_REMEDY = (
    "correct its line in [accounts], or the account of the plan that [trial_balance.accounts] gives it; where the name is "
    "wrong, correct that in [accounts], or list the column of names in ignore; where it is right, accept the finding in "
    "[records.severity]"
)


@dataclass(frozen=True)
class _Account:
    """An account of the plan, or of the ledger, with the account of the plan it belongs to and the row of that."""

    code: str
    name: str
    ours: str
    line: str
    balance: int


def on_wrong_lines(plan: Plan, records: Records, layout: Layout) -> Iterator[Finding]:
    """A finding for income and expense on rows of assets and liabilities, and one for balances on rows of income."""
    of_lines = {row.id: row.of_what for row in layout.balance_sheet.rows}

    def owned_or_owed(line: str) -> bool:
        return of_lines.get(line) in ("assets", "liabilities")

    accounts = [*_of_plan(plan, records), *_of_ledger(plan, records)]
    if found := _found(accounts, of_profit_alone, owned_or_owed):
        of_income = Finding(
            name="income on a row of the balance sheet",
            where=named([one.code for one in found[:NAMED_CONTRACTS]], len(found)),
            amount_minor=sum(one.balance for one in found) or None,
            why=f"{_told(found)}: of income or expense by name, in rows of assets or liabilities; no profit takes it",
            remedy=_REMEDY,
        )
        yield taken(of_income, plan)
    if found := _found(accounts, of_balances_alone, lambda line: not layout.is_balance_sheet_row(line)):
        of_balances = Finding(
            name="balance on a row of the income statement",
            where=named([one.code for one in found[:NAMED_CONTRACTS]], len(found)),
            amount_minor=sum(one.balance for one in found) or None,
            why=f"{_told(found)}: a balance by name, in rows of the income statement; profit takes it",
            remedy=_REMEDY,
        )
        yield taken(of_balances, plan)


def _of_plan(plan: Plan, records: Records) -> Iterator[_Account]:
    ledger = records.ledgers.get("closing")
    for code, account in plan.accounts.items():
        yield _Account(code, account.name, code, account.line, ledger.balance(code) if ledger is not None else 0)


def _of_ledger(plan: Plan, records: Records) -> Iterator[_Account]:
    """The accounts of the closing ledger that has names, under these."""
    for one in records.listed:
        if one.name is not None:
            yield _Account(one.code, one.name, one.ours, plan.accounts[one.ours].line, one.balance)


def _found(accounts: list[_Account], named_so: Callable[[str], bool], in_row: Callable[[str], bool]) -> list[_Account]:
    """The accounts that are named so and in such a row; those that belong to one of these only with it."""
    found: dict[str, _Account] = {}
    for one in accounts:
        if one.ours not in found and in_row(one.line) and named_so(one.name):
            found[one.code] = one
    return list(found.values())


def _told(found: list[_Account]) -> str:
    return ", ".join(f"{one.name} ({one.line})" for one in found[:NAMED_CONTRACTS])
