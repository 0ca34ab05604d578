"""The accounts of the ledger that a plan maps to its own: each to one, or to several that contracts divide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gaapbridge.plan.declared import Declared
from gaapbridge.plan.model import Plan
from gaapbridge.plan.refusals import meant, meant_account, refusal
from gaapbridge.plan.written import written
from gaapbridge.terms.errors import UnusableInput

LEFT_OPEN = ""
"""What stands beside an account of the ledger that is not placed yet."""


def refuse_left_open(plan: Plan) -> None:
    """Raise ``UnusableInput`` at accounts that are left open and are in no ledger: one that is in a ledger is refused with
    that."""
    stated = plan.trial_balance.accounts if plan.trial_balance is not None else {}
    if blank := [theirs for theirs, named in stated.items() if named == LEFT_OPEN]:
        rule, remedy = "every account of the ledger is one of the plan's", "remove it: no ledger of the plan has it"
        raise refusal(plan.path, "trial_balance.accounts", f'"" for {", ".join(blank)}', rule, remedy)


def check_ledger_accounts(plan: Plan, declared: Declared) -> None:
    """Raise ``UnusableInput`` where what an account of the ledger belongs to is not in the chart, or cannot be divided. What is
    left open is asked with all other accounts of the ledger that belong to none (``refuse_left_open``)."""
    if plan.trial_balance is None:
        return
    _refuse_exchanged(plan, plan.trial_balance.accounts)
    measured = _measured(plan, declared)
    into: dict[str, Sequence[str]] = {}
    for theirs, named in plan.trial_balance.accounts.items():
        key = f"trial_balance.accounts.{theirs}"
        accounts = [named] if isinstance(named, str) else named
        if named == LEFT_OPEN:
            continue
        for account in accounts:
            if account not in plan.accounts:
                remedy = meant_account(account, plan.accounts)
                raise refusal(plan.path, key, written(account), "the account must be in [accounts]", remedy)
        if isinstance(named, str):
            continue
        if len(set(accounts)) != len(accounts) or len(accounts) < 2:
            remedy = f'write "{theirs}" = ["1301", "1302"], first the one that takes what is left'
            raise refusal(plan.path, key, written(named), "an account is divided into several, each named once", remedy)
        lines = {plan.accounts[account].line for account in accounts}
        for account in accounts:
            # Paid-in capital takes what is left of what awards measured; elsewhere a first account that nothing measures
            # would take any error of the ledger.
            if account not in measured and (len(lines) > 1 or account != accounts[0]):
                raise _not_measured(plan, declared, key, account, measured)
        if into.setdefault(accounts[0], accounts) != accounts:
            rule = f"{accounts[0]} is divided in one way, here into {', '.join(into[accounts[0]])} already"
            raise refusal(plan.path, key, written(named), rule, "name the same accounts in the same order")
    _check_once(plan, into)


def _refuse_exchanged(plan: Plan, accounts: Iterable[str]) -> None:
    """Raise at a range of accounts that ends before it begins: it would be the code of one account, which no ledger has."""
    for theirs in accounts:
        ends = re.fullmatch("([0-9]+)-([0-9]+)", theirs)
        if ends is not None and len(ends[1]) == len(ends[2]) and ends[1] > ends[2]:
            rule, remedy = "a range of accounts begins with the lower one", f'write "{ends[2]}-{ends[1]}"'
            raise refusal(plan.path, f"trial_balance.accounts.{theirs}", None, rule, remedy)


def _check_once(plan: Plan, into: dict[str, Sequence[str]]) -> None:
    """An account that is taken out of another is nothing else of the ledger's."""
    assert plan.trial_balance is not None, "looked at only where there is a ledger"
    parts = [part for accounts in into.values() for part in accounts[1:]]
    for theirs, named in plan.trial_balance.accounts.items():
        first = named if isinstance(named, str) else named[0]
        if first in parts or any(parts.count(part) > 1 for part in ([] if isinstance(named, str) else named[1:])):
            rule = "an account that is divided out of another takes no other account of the ledger, and is divided out of one"
            raise refusal(plan.path, f"trial_balance.accounts.{theirs}", written(named), rule, "name it once")


def _not_measured(plan: Plan, declared: Declared, key: str, account: str, measured: Sequence[str]) -> UnusableInput:
    """An account that nothing is measured on: with no tape of the contracts that would be, or none at all."""
    rule = f"contracts are measured on every account that it is divided into, {account} among them"
    for kind in (kind.key for kind in declared.kinds if kind.key not in plan.tapes.kinds):
        roles = [role for note in declared.notes.values() if kind in note.kinds for role in note.balances([kind])]
        if account in (plan.posting.get(role) for role in roles):
            rule = f"{rule}; those are {kind}, and the plan has no tape of them"
            return refusal(plan.path, key, written(account), rule, f"add [tapes.{kind}], or name one account without it")
    return refusal(
        plan.path, key, written(account), rule, meant(account, measured, f"contracts are measured on {', '.join(measured)}")
    )


def _measured(plan: Plan, declared: Declared) -> list[str]:
    """Accounts of the balances that the plan's contracts are measured on."""
    roles = [role for note in plan.measured_notes for role in declared.notes[note].balances(plan.tapes.kinds)]
    return list(dict.fromkeys(plan.posting[role] for role in roles if role in plan.posting))
