"""Accounts of the ledger that hold what the plan holds in several: divided by what was measured of the contracts.

Many a ledger has one account of loans, and a statement shows what falls due within a year apart. Each of the plan's accounts
but the first takes its balance as measured under US GAAP, the first all that is left: their sum is the ledger's, and a
difference to the sub-ledger stays whole, in the first, where R9 tells it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gaapbridge.book.trial_balance import TrialBalance
from gaapbridge.contracts.measured import Measured, over_all
from gaapbridge.period_close.inputs import Records
from gaapbridge.plan import Plan


def with_divided_ledgers(plan: Plan, records: Records, measured: Sequence[Measured]) -> Records:
    """The records with trial balances by the plan's accounts, at each instant by what was measured then."""
    if plan.trial_balance is None or not plan.trial_balance.divided:
        return records
    ledgers: dict[str, TrialBalance] = {}
    for state, ledger in records.ledgers.items():
        found, accounts = by_account(plan, over_all(measured, "us", state)), plan.trial_balance.divided
        ledgers[state] = TrialBalance(divided(ledger.balances, accounts, found))
    return replace(records, ledgers=ledgers)


def divided(balances: Mapping[str, int], accounts: Mapping[str, Sequence[str]], measured: Mapping[str, int]) -> dict[str, int]:
    """Balances with what was ``measured`` on the accounts that are taken out of another, and that other less so much.

    >>> divided({"1301": 90, "1001": 5}, {"1301": ("1302",)}, {"1302": 30})
    {'1301': 60, '1001': 5, '1302': 30}
    """
    parts = {part: measured.get(part, 0) for others in accounts.values() for part in others}
    left = {first: balances.get(first, 0) - sum(parts[part] for part in others) for first, others in accounts.items()}
    return {**balances, **left, **parts}


def by_account(plan: Plan, balances: Mapping[str, int]) -> dict[str, int]:
    """Measured balances by account, from those by posting role."""
    found: dict[str, int] = {}
    for role, amount in balances.items():
        found[plan.account_of(role)] = found.get(plan.account_of(role), 0) + amount
    return found
