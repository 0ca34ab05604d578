"""Given notes held against the rest of a plan: their keys, their accounts and their tax."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.plan.declared import Declared
from gaapbridge.plan.model import Plan
from gaapbridge.plan.refusals import MISSING, meant, refusal
from gaapbridge.plan.written import written
from gaapbridge.terms.errors import UnusableInput, together

FRAMEWORK_COLUMNS = ("us_gaap", "ifrs", "adj")
"""Names of columns that a statement has for the frameworks themselves."""

DEFERRED = ("deferred_tax_assets", "deferred_tax_liabilities")

TAXED_ON = (*DEFERRED, "income_tax_expense")
"""Posting roles of deferred tax and of income tax: a file touches them only where the tax is stated in it."""


def check_given(plan: Plan, declared: Declared) -> None:
    """Raise ``UnusableInput`` where a given note is no column, or one that is taken, posts to an account that is not in the
    chart, or does not say its tax in one way: with all that is wrong with all of them."""
    if refusals := [*_refusals(plan, declared)]:
        raise together(refusals)


def _refusals(plan: Plan, declared: Declared) -> Iterator[UnusableInput]:
    for key, note in plan.given.items():
        at = f"given.{key}"
        if key in declared.notes or key in (*(note.column for note in declared.notes.values()), *FRAMEWORK_COLUMNS):
            rule = "a given note has a key, and a column, of its own"
            yield refusal(plan.path, at, key, rule, "call it by what it is of, as leases or preferred_shares")
        if not key.replace("_", "").isalnum() or not key.isascii() or key != key.lower():
            yield refusal(plan.path, at, key, "a key is in small letters, digits and underscores", "write it as leases")
        if key not in plan.notes.order:
            rule = "a given note is a column: notes.order says which"
            yield refusal(plan.path, "notes.order", written(plan.notes.order), rule, f"add {key} to it, or remove [{at}]")
        if key in plan.elections:
            yield refusal(plan.path, f"elections.{key}", key, "a given note asks no election", "remove it")
        for account in note.accounts:
            if account not in plan.accounts:
                remedy = meant(account, plan.accounts, "add it to [accounts]")
                yield refusal(plan.path, f"{at}.accounts", written(account), "the account must be in [accounts]", remedy)
        yield from _of_tax(plan, key)


def _of_tax(plan: Plan, key: str) -> Iterator[UnusableInput]:
    note, at = plan.given[key], f"given.{key}"
    roles = {plan.posting.get(role): role for role in TAXED_ON}
    for account in note.accounts:
        if account in roles:
            rule = f"{roles[account]} is not among the accounts of a note: each bears tax by itself"
            remedy = 'remove it; where the file states the tax, tax = "stated" lets it touch the account'
            yield refusal(plan.path, f"{at}.accounts", written(account), rule, remedy)
    if note.tax == "stated" and key in plan.tax:
        rule, remedy = f"the file of [{at}] states its tax", f'remove [tax.{key}], or write tax = "rate"'
        yield refusal(plan.path, f"tax.{key}", key, rule, remedy)
    if note.tax == "rate" and key not in plan.tax:
        remedy = f'add [tax.{key}], or write tax = "stated" where its file has it'
        yield refusal(plan.path, f"tax.{key}", MISSING, "each note states its tax", remedy)
