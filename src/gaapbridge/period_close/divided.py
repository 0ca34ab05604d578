"""Accounts of the ledger that hold what the plan holds in several: divided by what was measured of the contracts.

Many a ledger has one account of loans, and a statement shows what falls due within a year apart. Each of the plan's accounts
but the first takes its balance as measured under US GAAP, the first all that is left: their sum is the ledger's, and a
difference to the sub-ledger stays whole, in the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gaapbridge.book.trial_balance import TrialBalance
from gaapbridge.contracts.measured import Measured, over_all
from gaapbridge.period_close.inputs import Records
from gaapbridge.plan import Plan
from gaapbridge.terms.addresses import sheet_id
from gaapbridge.terms.finding import Finding


def with_divided_ledgers(plan: Plan, records: Records, measured: Sequence[Measured]) -> Records:
    """The records with trial balances by the plan's accounts, at each instant by what was measured then, and findings about
    what is left."""
    if plan.trial_balance is None or not plan.trial_balance.divided:
        return records
    ledgers: dict[str, TrialBalance] = {}
    findings: list[Finding] = []
    for state, ledger in records.ledgers.items():
        found, accounts = by_account(plan, over_all(measured, "us", state)), plan.trial_balance.divided
        ledgers[state] = TrialBalance(divided(ledger.balances, accounts, found))
        statement = sheet_id(getattr(plan.period, state))
        findings += _turned(statement, accounts, ledger.balances, ledgers[state].balances, found)
    return replace(records, ledgers=ledgers, ledger_findings=(*records.ledger_findings, *findings))


def _turned(
    statement: str,
    accounts: Mapping[str, Sequence[str]],
    whole: Mapping[str, int],
    parted: Mapping[str, int],
    measured: Mapping[str, int],
) -> Iterator[Finding]:
    """A finding for each account that what others take out of it leaves on its other side, where it was not measured there."""
    for first, others in accounts.items():
        held, left = whole.get(first, 0), parted[first]
        if held * left < 0 and measured.get(first, 0) * left <= 0:
            yield Finding(
                name="divided account turns to its other side",
                where=f"{statement}/{first}",
                amount_minor=left,
                why=f"the ledger has {held:,} minor units, and {held - left:,} was measured of the contracts on "
                f"{', '.join(others)}, which leaves {left:,}",
                remedy="see why the ledger has less than was measured: R9 of the account has the whole difference; else post "
                "what is due later to an account of its own",
                check="R9",
            )


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
