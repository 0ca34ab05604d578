"""A trial balance of which every balance has the other sign: refused by name, since nothing of it agrees with anything.

No lender's assets, less all allowances, are a credit while its liabilities, or its equity where it has none, are a debit; one
who exports credits as positive amounts, or debits as negative ones, has both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gaapbridge.period_close.inputs import Records
from gaapbridge.plan import Plan
from gaapbridge.plan.reading import InstantRead
from gaapbridge.statement.layout import Layout
from gaapbridge.tapes.ledger import open_trial_balance
from gaapbridge.terms.errors import UnusableInput


def refuse_reversed_ledger(plan: Plan, records: Records, layout: Layout) -> None:
    """Raise ``UnusableInput`` where the assets of a trial balance add up to a credit and its liabilities, or its equity where
    these are nil, to a debit."""
    of_lines = {row.id: row.of_what for row in layout.balance_sheet.rows}
    kinds = {code: of_lines.get(account.line) for code, account in plan.accounts.items()}
    reversed_ = {state: sums for state, ledger in records.ledgers.items() if (sums := _reversed(ledger.balances, kinds))}
    for state, (assets, owed, amount) in reversed_.items():
        raise UnusableInput(
            file=plan.name_of(records.paths[f"trial_balance.{state}"]),
            value=f"assets {assets:,} minor units, {owed} {-amount:,}",
            rule=f"assets of a trial balance add up to a debit and {owed} to a credit; on this one both have the other sign",
            remedy=f"where every balance has, {_other_sign(plan, records, state, len(reversed_) < len(records.ledgers))}; "
            "else correct the rows that [accounts] gives to accounts",
        )


def _reversed(balances: Mapping[str, int], kinds: Mapping[str, str | None]) -> tuple[int, str, int] | None:
    """The assets of a ledger that are a credit, the word for what is owed, and how much that is a debit; None where they
    are not both."""
    assets, liabilities, equity = (
        sum(balance for account, balance in balances.items() if kinds.get(account) == kind)
        for kind in ("assets", "liabilities", "equity")
    )
    owed, amount = ("liabilities", liabilities) if liabilities else ("equity", equity)
    return (assets, owed, amount) if assets < 0 < amount else None


def _other_sign(plan: Plan, records: Records, state: str, alone: bool) -> str:
    """How the plan reads the balances of that file with the other sign: beneath its instant where the other file stands
    ``alone`` as it should, or where the plan says it there."""
    assert plan.trial_balance is not None, "asked only where there is a ledger"
    how, read = plan.trial_balance.at(state), plan.trial_balance.read
    own = getattr(read, state) if read is not None else None
    path = records.paths[f"trial_balance.{state}"]
    columns = open_trial_balance(path, how, plan.entity.minor_digits, plan.entity.currency).theirs

    def table(stated: Callable[[InstantRead], bool]) -> str:
        return f"trial_balance.read.{state}" if alone or (own is not None and stated(own)) else "trial_balance.read"

    if "balance_minor" not in columns:
        told = table(lambda one: bool({"debit_minor", "credit_minor"} & {*one.columns, *one.first_of}))
        named = "[trial_balance] columns" if told == "trial_balance.read" else f"[{told}.columns]"
        return f"exchange debit_minor and credit_minor in {named}"
    if "side" in columns:
        return f"exchange debit and credit in [{table(lambda one: 'side' in one.values)}.values.side]"
    told = table(lambda one: "negative" in one.model_fields_set)
    if how.read is None or "balance_minor" not in how.read.negative:
        return f'write negative = ["balance_minor"] in [{told}]'
    if alone and (own is None or "negative" not in own.model_fields_set):
        return f"write negative = [] in [{told}]"
    return f"take balance_minor out of negative in [{told}]"
