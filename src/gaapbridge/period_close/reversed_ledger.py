"""A trial balance of which every balance has the other sign: refused by name, since nothing of it agrees with anything.

No lender's assets, less all allowances, are a credit while its liabilities, or its equity where it has none, are a debit; one
who exports credits as positive amounts, or debits as negative ones, has both.
"""

from __future__ import annotations

from gaapbridge.period_close.inputs import Records
from gaapbridge.plan import Plan
from gaapbridge.statement.layout import Layout
from gaapbridge.tapes.ledger import open_trial_balance
from gaapbridge.terms.errors import UnusableInput


def refuse_reversed_ledger(plan: Plan, records: Records, layout: Layout) -> None:
    """Raise ``UnusableInput`` where the assets of a trial balance add up to a credit and its liabilities, or its equity where
    these are nil, to a debit."""
    of_lines = {row.id: row.of_what for row in layout.balance_sheet.rows}
    kinds = {code: of_lines.get(account.line) for code, account in plan.accounts.items()}
    for state, ledger in records.ledgers.items():
        assets, liabilities, equity = (
            sum(balance for account, balance in ledger.balances.items() if kinds.get(account) == kind)
            for kind in ("assets", "liabilities", "equity")
        )
        owed, amount = ("liabilities", liabilities) if liabilities else ("equity", equity)
        if assets < 0 < amount:
            raise UnusableInput(
                file=plan.name_of(records.paths[f"trial_balance.{state}"]),
                value=f"assets {assets:,} minor units, {owed} {-amount:,}",
                rule=f"assets of a trial balance add up to a debit and {owed} to a credit; on this one both have the other "
                "sign",
                remedy=f"where every balance has, {_other_sign(plan, records, state)}; else correct the rows that [accounts] "
                "gives to accounts",
            )


def _other_sign(plan: Plan, records: Records, state: str) -> str:
    """How the plan reads the balances of that file with the other sign."""
    assert plan.trial_balance is not None, "asked only where there is a ledger"
    path = records.paths[f"trial_balance.{state}"]
    columns = open_trial_balance(path, plan.trial_balance, plan.entity.minor_digits, plan.entity.currency).theirs
    if "balance_minor" not in columns:
        return "exchange debit_minor and credit_minor in [trial_balance] columns"
    if "side" in columns:
        return "exchange debit and credit in [trial_balance.read.values.side]"
    if plan.trial_balance.read is not None and "balance_minor" in plan.trial_balance.read.negative:
        return "take balance_minor out of negative in [trial_balance.read]"
    return 'write negative = ["balance_minor"] in [trial_balance.read]'
