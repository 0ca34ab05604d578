"""The tie-outs only a close can make: R5 by component, R7, R9, R10 and R11, in exact minor units.

Two paths to every figure: journals on one side, the per-contract table measured directly on the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.book.trial_balance import TrialBalance
from gaapbridge.difference import REMAINED, LoanSums
from gaapbridge.measure.tax import vat_fraction
from gaapbridge.period_close.direct import Direct
from gaapbridge.period_close.entries import Column
from gaapbridge.period_close.movements import MovementTable
from gaapbridge.plan import Plan
from gaapbridge.statement.checks import Check, NotChecked
from gaapbridge.terms.money import round_half_away

OWNED_ROLES = (
    "principal_current", "principal_non_current", "deferred_current", "deferred_non_current", "accrued_interest",
    "loss_allowance_current", "loss_allowance_non_current", "expected_recoveries",
)  # fmt: skip
"""Roles whose balances the loan tapes measure."""

Balances = Mapping[str, int]


@dataclass(frozen=True)
class Ties:
    """Checks made, and what could not be checked."""

    checks: tuple[Check, ...]
    not_checked: tuple[NotChecked, ...]


def close_ties(
    plan: Plan,
    columns: Sequence[Column],
    us: Direct,
    ifrs: Direct,
    tables: Sequence[MovementTable],
    sums: LoanSums,
    ledgers: Mapping[str, TrialBalance],
    has_opening: bool,
) -> Ties:
    """All tie-outs of a close. ``ledgers`` holds trial balances by state (``opening``, ``closing``), as far as given."""
    checks: list[Check] = []
    left: list[NotChecked] = []
    for state, us_balances, ifrs_balances in (("closing", us.closing, ifrs.closing), ("opening", us.opening, ifrs.opening)):
        if state == "opening" and not has_opening:
            continue
        statement = f"bs-{plan.period.closing if state == 'closing' else plan.period.opening}"
        posted = _posted(columns, state == "closing")
        if state in ledgers:
            checks += _sub_ledger(plan, statement, us_balances, ledgers[state])
            checks += _ifrs_from_ledger(plan, statement, us_balances, ifrs_balances, ledgers[state], posted)
        else:
            left += _without_ledger(statement)
        checks += _columns_measured(plan, statement, us_balances, ifrs_balances, posted)
    if has_opening:
        checks += _profit_measured(plan, columns, us, ifrs)
        checks += _profit_is_movement(plan, columns, us, ifrs)
        checks += _movements(tables)
        checks += _movements_posted(plan, tables, columns)
    checks += _value_added_tax(plan, columns, sums)
    return Ties(tuple(checks), tuple(left))


def _posted(columns: Sequence[Column], closing: bool) -> Balances:
    """Debit-positive balance of every account over all columns, at the closing or the opening instant."""
    balances: dict[str, int] = {}
    for column in columns:
        kinds = ("brought_forward", "movement", "tax") if closing else ("brought_forward",)
        for account, amount in column.journal.balances(*kinds).items():
            balances[account] = balances.get(account, 0) + amount
    return balances


def _by_account(plan: Plan, balances: Balances) -> dict[str, int]:
    """Measured balances of the owned roles, by account."""
    by_account: dict[str, int] = {}
    for role in OWNED_ROLES:
        account = plan.account_of(role)
        by_account[account] = by_account.get(account, 0) + balances[role]
    return by_account


def _sub_ledger(plan: Plan, statement: str, us: Balances, ledger: TrialBalance) -> Iterable[Check]:
    """R9: the sub-ledger under US GAAP equals the general ledger, account by account."""
    same = {plan.account_of(role) for role in (plan.trial_balance.same_source if plan.trial_balance else ())}
    for account, measured in _by_account(plan, us).items():
        evidence = "same source: the ledger took this balance from the measurement" if account in same else ""
        yield Check(
            f"R9/{statement}/{account}",
            "R9",
            statement,
            account,
            "us_gaap",
            measured,
            ledger.balance(account),
            evidence=evidence,
        )


def _ifrs_from_ledger(
    plan: Plan, statement: str, us: Balances, ifrs: Balances, ledger: TrialBalance, posted: Balances
) -> Iterable[Check]:
    """R10 (a): trial balance + columns - IFRS measured from the contracts = the R9 gap, account by account."""
    measured_us, measured_ifrs = _by_account(plan, us), _by_account(plan, ifrs)
    for account, amount in measured_ifrs.items():
        gap = ledger.balance(account) - measured_us[account]
        found = ledger.balance(account) + posted.get(account, 0) - amount
        yield Check(f"R10a/{statement}/{account}", "R10", statement, account, "ifrs", gap, found)


def _columns_measured(plan: Plan, statement: str, us: Balances, ifrs: Balances, posted: Balances) -> Iterable[Check]:
    """R10 without the ledger: IFRS measured directly less US GAAP measured directly = what the journals posted."""
    measured_us, measured_ifrs = _by_account(plan, us), _by_account(plan, ifrs)
    measured_us[plan.account_of("other_tax_payable")] = us["other_tax_payable"]
    measured_ifrs[plan.account_of("other_tax_payable")] = ifrs["other_tax_payable"]
    for account, amount in measured_ifrs.items():
        expected = amount - measured_us[account]
        yield Check(f"R10/{statement}/{account}", "R10", statement, account, "ifrs", expected, posted.get(account, 0))


def _profit_measured(plan: Plan, columns: Sequence[Column], us: Direct, ifrs: Direct) -> Iterable[Check]:
    """R10 (b): income and provision under IFRS, measured from the contracts, = US GAAP measured + the columns."""
    statement = f"is-{plan.period.closing}"
    posted: dict[str, int] = {}
    for column in columns:
        for account, amount in column.journal.balances("movement").items():
            posted[account] = posted.get(account, 0) + amount
    income, provision = plan.account_of("financing_income"), plan.account_of("provision_for_loans")
    for account, sign, own, other in (
        (income, -1, us.financing_income, ifrs.financing_income),
        (provision, 1, us.provision_for_loans, ifrs.provision_for_loans),
    ):
        found = own + sign * posted.get(account, 0)
        yield Check(f"R10b/{statement}/{account}", "R10", statement, account, "ifrs", other, found)


def _movements(tables: Sequence[MovementTable]) -> Iterable[Check]:
    """R11: every stage of both movement tables closes without a residual."""
    for table in tables:
        for stage, residual in enumerate(table.residual.tolist()):
            closing = int(table.measured_closing[stage])
            name = f"{table.framework}/stage_{stage}" if stage else f"{table.framework}/within_period"
            yield Check(f"R11/{name}", "R11", None, name, table.framework, closing, closing - int(residual))


def _movements_posted(plan: Plan, tables: Sequence[MovementTable], columns: Sequence[Column]) -> Iterable[Check]:
    """R11: each line of the tables, IFRS less US GAAP, is what note (i) posted to the allowance for that flow."""
    us, ifrs = tables
    allowance = {plan.account_of(role) for role in ("loss_allowance_current", "loss_allowance_non_current")}
    for column in columns:
        if column.note.key != "expected_credit_loss":
            continue
        entries = [entry for entry in column.journal.entries if entry.kind == "movement"]
        for line in us.lines:
            flow = [entry for entry in entries if entry.flow == line and entry.id.endswith("-loss_allowance")]
            if line not in ("opening", "transfers", "write_off"):
                posted = sum(-row.amount_minor for entry in flow for row in entry.lines if row.account in allowance)
                expected = int((ifrs.lines[line] - us.lines[line]).sum())
                yield Check(f"R11/journal/{line}", "R11", None, line, column.note.column, expected, posted)


def _profit_is_movement(plan: Plan, columns: Sequence[Column], us: Direct, ifrs: Direct) -> Iterable[Check]:
    """R5: movement of a note's measured difference = what its journal took through profit and declared paths."""
    statement = f"is-{plan.period.closing}"
    for column in columns:
        roles = [role for role in (*OWNED_ROLES, "other_tax_payable") if role in column.note.roles]
        measured = sum((ifrs.closing[role] - us.closing[role]) - (ifrs.opening[role] - us.opening[role]) for role in roles)
        taken = column.pre_tax_income + column.pre_tax_paths
        yield Check(f"R5/{statement}/{column.note.column}", "R5", statement, None, column.note.column, measured, taken)


def _value_added_tax(plan: Plan, columns: Sequence[Column], sums: LoanSums) -> Iterable[Check]:
    """R7: other tax payable = v/(1+v) of the inclusive difference, within half a minor unit for each contract and component."""
    statement, contracts = f"bs-{plan.period.closing}", sum(sums.of("contracts", REMAINED).values())
    inclusive = plan.vat.inclusive
    difference = sum(sum(sums.difference("closing", component, REMAINED).values()) for component in inclusive)
    expected = -round_half_away(difference * vat_fraction(plan.vat.rate))
    for column in columns:
        if "other_tax_payable" in column.note.roles:
            posted = column.journal.balances().get(plan.account_of("other_tax_payable"), 0)
            tolerance = (contracts * len(inclusive) + 1) // 2
            yield Check(
                f"R7/{statement}/{column.note.column}", "R7", statement, "other_tax_payable", column.note.column,
                expected, posted, tolerance,
            )  # fmt: skip


def _without_ledger(statement: str) -> list[NotChecked]:
    why = "the plan names no trial balance at this instant"
    remedy = "name it under [trial_balance]"
    return [
        NotChecked("R9", statement, None, "us_gaap", why, remedy),
        NotChecked("R10", statement, None, "ifrs", f"(a) needs the ledger: {why}", remedy),
    ]
