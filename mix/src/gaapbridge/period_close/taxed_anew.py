"""Another rate on what stands of a given note: from which day, what stood then, and where the change of its tax goes.

What stands on the day of an enactment is taxed anew, what moved up to then bears the earlier rate (IAS 12.46, 12.60;
740-10-45-15). Of a note with amounts in equity the file states those balances: the dates of its movements alone do not tell
whether one of them runs over the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from gaapbridge.difference import Note
from gaapbridge.period_close.given import BROUGHT_FORWARD, Accounts, Given, Leg
from gaapbridge.period_close.given_file import GivenFile
from gaapbridge.plan import Plan
from gaapbridge.plan.given import EQUITY_OF
from gaapbridge.tapes.given import BALANCE
from gaapbridge.terms.errors import UnusableInput, together

Row = dict[str, Any]


def rate_changes(plan: Plan, key: str) -> dict[date, Fraction]:
    """By how much the rate of a note's tax changes in the period on what stands at the end of each day; nowhere where nothing
    is taxed anew."""
    tax = plan.tax.get(key)
    if tax is None or tax.method != "liability_method" or plan.opening.source == "none":
        return {}
    return tax.changes(plan.period.opening, plan.period.closing)


def rate_of_day(plan: Plan, key: str, day: date) -> Fraction:
    """The rate on what moves on a day of the period: of an enactment on that day or later nothing is in it yet."""
    at_closing = plan.tax[key].rate_at(plan.period.closing)
    return at_closing - sum((change for at, change in rate_changes(plan, key).items() if at >= day), Fraction(0))


def with_standing(plan: Plan, note: Note, file: GivenFile, rows: Sequence[Row], given: Given, adjusted: Given) -> Given:
    """What a file gives of a note, with what stands of it on each day of another rate, where it, or what is ``adjusted`` of
    it, has amounts in equity.

    A difference of 500.00 stated on the day of the enactment, ``tax_in`` the account of other comprehensive income, is 500.00
    in that role. Raises ``UnusableInput`` where the plan does not say whose equity it is, or the file not what stood.
    """
    changes = rate_changes(plan, note.key)
    if not changes or not any(_has_equity(plan, note, one) for one in (given, adjusted)):
        return given
    differing, accounts = _differing(plan, note), Accounts.of(plan, note)
    balances = [row for row in rows if row["path"] == BALANCE and row["account"] in differing]
    stated = {day: [row for row in balances if row["date"] == day] for day in changes}
    refusals = [*_without_framework(plan, note), *_without_balances(plan, note, file, stated, given)]
    for day, standing in stated.items():
        _check_led_to(plan, note, file, day, standing, given)
        if plan.given[note.key].equity_of is not None:
            _check_tax_in(plan, note, file, standing)
    refusals += file.refusals()
    if refusals:
        raise together(refusals)
    in_equity: dict[tuple[date, str], int] = {}
    for day, row in ((day, row) for day, standing in stated.items() for row in standing):
        role = accounts.role_of[row["tax_in"]] if row["tax_in"] else ""
        if role in note.equity_roles:
            in_equity[day, role] = in_equity.get((day, role), 0) + row["amount_minor"]
    differences = {day: sum(row["amount_minor"] for row in standing) for day, standing in stated.items()}
    return replace(given, standing=differences, in_equity=in_equity)


def adjustments_standing(plan: Plan, note: Note, given: Given, legs: Sequence[Leg]) -> Given:
    """What adjustments of a note come to, with what stands of them on each day of another rate: their own legs tell."""
    accounts, is_traced = Accounts.of(plan, note), traces_tax(plan, note.key)
    standing: dict[date, int] = {}
    in_equity: dict[tuple[date, str], int] = {}
    for day in rate_changes(plan, note.key):
        for leg in legs:
            role = accounts.role_of[leg.row.account]
            if leg.bears != "rate" or (leg.row.kind != BROUGHT_FORWARD and leg.day > day):
                continue
            if role in note.equity_roles:
                if is_traced and role not in note.attributed:
                    in_equity[day, role] = in_equity.get((day, role), 0) - leg.row.amount_minor
            elif leg.row.account not in accounts.profit:
                standing[day] = standing.get(day, 0) + leg.row.amount_minor
    return replace(given, standing=standing, in_equity=in_equity)


def traces_tax(plan: Plan, key: str) -> bool:
    """Whether another rate moves the tax on what a note has in equity there: it is IFRS's (IAS 12.60, 12.63), and the rate is
    one of balances. The tax on that of US GAAP moves in profit (740-10-45-15)."""
    given, tax = plan.given.get(key), plan.tax.get(key)
    return given is not None and given.equity_of == "ifrs" and tax is not None and tax.method == "liability_method"


def _has_equity(plan: Plan, note: Note, given: Given) -> bool:
    stood = any(given.balances["opening"].get(plan.account_of(role)) for role in note.equity)
    return stood or any(one.bears == "rate" for one in given.outside)


def _without_framework(plan: Plan, note: Note) -> Iterator[UnusableInput]:
    """Nothing says which framework has in equity what the note has there."""
    if plan.given[note.key].equity_of is None:
        yield UnusableInput(
            file=str(plan.path), key=f"given.{note.key}.equity_of", value="missing",
            rule=f"{_change(plan, note, min(rate_changes(plan, note.key)))}, and the note has amounts in equity",
            remedy=EQUITY_OF,
        )  # fmt: skip


def _without_balances(
    plan: Plan, note: Note, file: GivenFile, stated: Mapping[date, Sequence[Row]], given: Given
) -> Iterator[UnusableInput]:
    """Days of another rate on which the file states nothing."""
    where = "" if plan.given[note.key].equity_of == "us_gaap" else ", and in tax_in where the change of its tax goes"
    for day, rows in stated.items():
        if not rows:
            led = _led_to(plan, note, day, given)
            told = ", ".join(f"{account} {amount:,} minor units" for account, amount in led.items())
            yield UnusableInput(
                file=file.name, column="date", value="missing",
                rule=f"{_change(plan, note, day)}, and the note has amounts in equity: what stands at the end of that day is "
                "taxed anew, what moved up to then bears the earlier rate",
                remedy=f"add rows of the path balance dated {day}, with what stands before tax on each account, nil where "
                f"nothing does any more (the opening and the movements up to then lead to {told or 'nothing'}){where}; divide "
                "a movement that runs over the day",
            )  # fmt: skip


def _check_led_to(plan: Plan, note: Note, file: GivenFile, day: date, rows: Sequence[Row], given: Given) -> None:
    """What is stated on a day is what the opening and the movements up to it lead to, of every account."""
    left = _led_to(plan, note, day, given)
    for row in rows:
        left[row["account"]] = left.get(row["account"], 0) - row["amount_minor"]
    if rows and (wrong := {account: amount for account, amount in left.items() if amount}):
        told = ", ".join(f"{account} by {amount:,} minor units" for account, amount in wrong.items())
        first = next((row for row in rows if row["account"] in wrong), rows[0])
        rule = f"the opening and the movements up to {day} lead to the balances of that day; they come to more, or less: {told}"
        file.fault(first, "amount_minor", rule, "correct them, or divide a movement that runs over the day")


def _check_tax_in(plan: Plan, note: Note, file: GivenFile, rows: Sequence[Row]) -> None:
    """Each balance says where the change of its tax goes, where that may be equity."""
    accounts = Accounts.of(plan, note)
    roles = {role for role in note.equity_roles if role not in note.attributed}
    equity = sorted(account for account, role in accounts.role_of.items() if role in roles)
    income_tax = plan.account_of("income_tax_expense")
    is_traced = traces_tax(plan, note.key)
    known = [*equity, income_tax] if is_traced else ["", income_tax]
    for row in rows:
        if (row["tax_in"] or "") not in known:
            if is_traced:
                rule = "IFRS takes the change of tax to where the item is (IAS 12.58, 12.61A): tax_in says on which account"
                remedy = f"write {' or '.join(equity)} where its gains are there, {income_tax} where they were in profit"
            else:
                rule = "US GAAP takes the change of tax to profit, whatever it was on at first (740-10-45-15)"
                remedy = f'leave tax_in blank, or write {income_tax}; equity_of = "ifrs" where IFRS has these items in equity'
            file.fault(row, "tax_in", rule, remedy)


def _led_to(plan: Plan, note: Note, day: date, given: Given) -> dict[str, int]:
    """What the opening and the movements up to a day lead to before tax, by account, nil left out."""
    differing = _differing(plan, note)
    led = {account: amount for account, amount in given.balances["opening"].items() if account in differing}
    for row in given.rows:
        if row.kind != BROUGHT_FORWARD and row.account in differing and row.date <= str(day):
            led[row.account] = led.get(row.account, 0) + row.amount_minor
    return {account: amount for account, amount in led.items() if amount}


def _differing(plan: Plan, note: Note) -> set[str]:
    """The accounts of a note on which its difference before tax stands: all balances but those of equity."""
    accounts = Accounts.of(plan, note)
    return {
        account
        for account, role in accounts.role_of.items()
        if account not in accounts.profit | accounts.taxes and role not in note.equity_roles
    }


def _change(plan: Plan, note: Note, day: date) -> str:
    """The change of rate of a day in words."""
    after = rate_of_day(plan, note.key, day) + rate_changes(plan, note.key)[day]
    return f"the rate goes from {float(rate_of_day(plan, note.key, day)):.4%} to {float(after):.4%} on {day}"
