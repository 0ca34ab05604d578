"""Borrowers who repay nothing and pay interest: what of it is unpaid on each day of a default, by hand (IFRS 9 5.4.1(b))."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile
from math import ceil

import pytest

from gaapbridge.reperform.loan import Loan, Paid, Payment
from gaapbridge.reperform.loans.stage_three import stage_3_interest
from gaapbridge.reperform.loans.told import Told
from tests.parity.reperform_facts import CLOSING, assumptions, elections, loan
from tests.simulation.by_hand import months_later

OPENING = date(2022, 12, 31)
OWED, MONTHLY = 36_000_000, 360_000
"""Principal, and its interest of a month at 1 %."""

PRECISE = Fraction(1, 10**20)
DUE = [months_later(date(2022, 7, 27), number) for number in range(36)]


def late(day: date, billed: int, **changed: object) -> Loan:
    """Its row on a day: 36 instalments from 27 July 2022 on, none of them paid whole."""
    facts: dict[str, object] = {
        "origination_date": date(2022, 6, 27),
        "first_payment_date": DUE[0],
        "principal_minor": OWED,
        "term_instalments": 36,
        "repayment_type": "equal_principal",
        "outstanding_principal_minor": OWED,
        "days_past_due": (day - DUE[0]).days,
        "billed_unpaid_interest_minor": billed,
    }
    return loan(**{**facts, **changed})


def bullet(day: date, billed: int, **changed: object) -> Loan:
    """The same, all due with the last instalment: by day and by schedule the same interest comes."""
    return late(day, billed, repayment_type="bullet", **changed)


def due_by(day: date) -> int:
    """Instalments due."""
    return sum(1 for _ in takewhile(lambda due: due <= day, DUE))


def periods(day: date) -> Fraction:
    """Months from the first due date to a day, those that run by their days."""
    due = due_by(day)
    return due - 1 + Fraction((day - DUE[due - 1]).days, (DUE[due] - DUE[due - 1]).days)


def revenue(since: date, begins: date, until: date, owed: int, interest: Callable[[date], Fraction]) -> Fraction:
    """Of each day of a default from one on: 1 % of what is expected back of principal, and of the interest that was owed on it
    when the month began, as far as it is still owed."""
    found = Fraction(0)
    for number in range(20):
        first, following = months_later(since, number), months_later(since, number + 1)
        back = 1 - (Fraction("0.45"), Fraction("0.54"), Fraction("0.63"))[min(number, 2)]
        for day in (first + timedelta(days=count) for count in range((following - first).days)):
            if begins <= day < until:
                still = interest(day) - Fraction(owed, 100) * (periods(day) - periods(first))
                found += (owed + max(still, Fraction(0))) * back / 100 / (following - first).days
    return found


def interest_owed(begins: date, first: Fraction, owed: int, untold: Fraction) -> Callable[[date], Fraction]:
    """Interest owed by day: what it began with, 1 % a month, and what is told by no row on each due date up to the closing."""
    steps = due_by(CLOSING) - due_by(begins)
    return lambda day: (
        first + Fraction(owed, 100) * (periods(day) - periods(begins)) + untold * (due_by(day) - due_by(begins)) / steps
    )


def found(row: Loan, opening: Loan, payments: Paid | None = None) -> Fraction:
    """What the calculator has."""
    return Fraction(stage_3_interest(Told(row, CLOSING, opening, payments), assumptions(), elections())[0])


DEFAULT, CURED = date(2022, 10, 25), date(2023, 8, 20)
RUNNING = {day: OWED * Fraction((day - date(day.year, 12, 27)).days, 31) / 100 for day in (OPENING, CLOSING)}
"""Four days since the last due date: interest accrued and not yet billed."""

TELLING, SILENT = Paid(), Paid(tells_interest=False)


@pytest.mark.parametrize(
    ("payments", "taken"),
    [(None, 12 * MONTHLY), (SILENT, 12 * MONTHLY), (TELLING, -6 * MONTHLY)],
    ids=["rows alone", "payments of principal", "payments"],
)
def test_arrears_of_interest_paid_within_the_year(payments: Paid | None, taken: int) -> None:
    """Six months are unpaid at the opening and none at the closing: eighteen go on twelve due dates, the 27th, one and a half
    on each. Where nothing tells of interest it was paid, and gross takes what the contract brings; where a tape tells that none
    was, the lender has forgone what was owed."""
    until = interest_owed(OPENING, 6 * MONTHLY + RUNNING[OPENING], OWED, Fraction(-18 * MONTHLY))
    expected = taken - revenue(DEFAULT, OPENING, CLOSING, OWED, until)
    one = found(bullet(CLOSING, 0, default_date=DEFAULT), bullet(OPENING, 6 * MONTHLY, default_date=DEFAULT), payments)
    assert abs(one - expected) < PRECISE


def test_interest_received_to_date_is_what_gross_takes() -> None:
    """The same, where both tapes state what was received: eighteen months' interest, of which six were owed before, less 5.00.
    Stated by one alone it tells nothing."""
    until = interest_owed(OPENING, 6 * MONTHLY + RUNNING[OPENING], OWED, Fraction(-18 * MONTHLY))
    expected = 12 * MONTHLY - 500 - revenue(DEFAULT, OPENING, CLOSING, OWED, until)
    opening = bullet(OPENING, 6 * MONTHLY, default_date=DEFAULT, interest_received_minor=7)
    received = bullet(CLOSING, 0, default_date=DEFAULT, interest_received_minor=18 * MONTHLY - 500 + 7)
    assert abs(found(received, opening) - expected) < PRECISE
    assert abs(found(replace(received, interest_received_minor=None), opening) - expected - 500) < PRECISE


def test_interest_paid_in_one_sum_is_owed_up_to_its_day() -> None:
    """Eighteen months' interest is paid at once on 10 August: until then all of it is owed, from then on what runs."""
    one = Paid((Payment("L1", date(2023, 8, 10), 0, 18 * MONTHLY - 5 * MONTHLY),))

    def owed(day: date) -> Fraction:
        paid = 13 * MONTHLY if day >= date(2023, 8, 10) else 0
        return 6 * MONTHLY + OWED * periods(day) / 100 - OWED * (periods(OPENING) - Fraction(4, 31)) / 100 - paid

    assert owed(CLOSING) == 5 * MONTHLY + RUNNING[CLOSING]
    expected = 12 * MONTHLY - revenue(DEFAULT, OPENING, CLOSING, OWED, owed)
    row = late(CLOSING, 5 * MONTHLY, default_date=DEFAULT)
    assert abs(found(row, late(OPENING, 6 * MONTHLY, default_date=DEFAULT), one) - expected) < PRECISE


def test_a_default_of_the_year_owes_at_first_no_more_than_leads_to_its_last_row() -> None:
    """In default since 3 March by its date; at the closing 1,650,000 is billed and unpaid, less than ten months bring: so all
    was paid by 3 March, and what is missing since then on ten due dates."""
    since = date(2023, 3, 3)
    brought = OWED * (periods(CLOSING) - periods(since)) / 100
    until = interest_owed(since, Fraction(0), OWED, 1_650_000 + RUNNING[CLOSING] - brought)
    one = found(bullet(CLOSING, 1_650_000, default_date=since), bullet(OPENING, 6 * MONTHLY))
    assert abs(one - (brought - revenue(since, since, CLOSING, OWED, until))) < PRECISE


def test_a_default_of_the_year_is_told_from_the_opening_where_payments_explain_it() -> None:
    """The same where a tape says that nothing of principal or interest was paid: the account begins at the opening, and what it
    lacks is spread over twelve due dates, two before the default; what gross takes lacks ten twelfths of it."""
    since, lacking = date(2023, 3, 3), 1_650_000 - 18 * MONTHLY
    until = interest_owed(OPENING, 6 * MONTHLY + RUNNING[OPENING], OWED, Fraction(lacking))
    assert until(CLOSING) == 1_650_000 + RUNNING[CLOSING]
    taken = OWED * (periods(CLOSING) - periods(since)) / 100 + lacking * Fraction(10, 12)
    one = found(bullet(CLOSING, 1_650_000, default_date=since), bullet(OPENING, 6 * MONTHLY), TELLING)
    assert abs(one - (taken - revenue(since, since, CLOSING, OWED, until))) < PRECISE


def test_what_is_billed_beyond_the_contract_is_taken_from_the_default_on() -> None:
    """1,200.00 more than the contract's is billed, 120.00 on each of ten due dates; a tape of principal alone tells nothing of
    the time before 3 March, when all since the origination was owed."""
    since = date(2023, 3, 3)
    until = interest_owed(since, OWED * (periods(since) + 1) / 100, OWED, Fraction(120_000))
    taken = OWED * (periods(CLOSING) - periods(since)) / 100 + 120_000
    one = found(late(CLOSING, 18 * MONTHLY + 120_000, default_date=since), late(OPENING, 6 * MONTHLY), SILENT)
    assert abs(one - (taken - revenue(since, since, CLOSING, OWED, until))) < PRECISE


def scheduled(instalments: int) -> int:
    """What the schedule has for the first instalments: 3,600.00, 3,500.00, 3,400.00 and so on."""
    return sum(MONTHLY - 10_000 * number for number in range(instalments))


@pytest.mark.parametrize("received", [None, 7], ids=["rows alone", "with interest received"])
def test_a_default_of_before_that_was_cured(received: int | None) -> None:
    """All eighteen instalments were paid on 20 August, and stand so in the closing row, which tells nothing of the time before.
    By the opening row six months are unpaid on 31 December, as by day, and the four days since the last due date."""
    row = late(CLOSING, 0, default_date=DEFAULT, cured_date=CURED, days_past_due=0, outstanding_principal_minor=18_000_000)
    until = interest_owed(OPENING, OWED * (6 + Fraction(4, 31)) / 100, OWED, Fraction(0))
    taken = Fraction(OWED, 100) * (periods(CURED) - periods(OPENING))
    opening = late(OPENING, 6 * MONTHLY, interest_received_minor=received)
    if received is not None:  # all that came is received but for what runs in the end
        received += ceil(until(CURED) + scheduled(18) - scheduled(13) - Fraction(230_000 * 24, 31))
    one = found(replace(row, interest_received_minor=received), opening)
    assert abs(one - (taken - revenue(DEFAULT, OPENING, CURED, OWED, until))) < PRECISE


@pytest.mark.parametrize("billed", ["by day", "by schedule"])
def test_rows_tell_how_a_default_of_the_year_that_was_cured_was_billed(billed: str) -> None:
    """In default since 25 January, ninety days after the fourth fell due: three were repaid by the schedule, and all since the
    third is owed. By day 36,129.03 come of it up to the cure, by schedule 29,180.65: which of them, what both rows state as
    received tells; where they state nothing, it is the schedule's."""
    since, owed = date(2023, 1, 25), 33_000_000
    since_the_third = {
        "by day": lambda day: Fraction(owed, 100) * (periods(day) - 2),
        "by schedule": lambda day: (
            scheduled(due_by(day)) - scheduled(3) + Fraction(owed, 100) * (periods(day) - due_by(day) + 1)
        ),
    }
    left = Fraction(owed - 23_000_000, 100) * (
        periods(CURED) - due_by(CURED) + 1
    )  # ten instalments bear nothing since they were paid
    come = {"by day": since_the_third["by day"](CURED), "by schedule": since_the_third["by schedule"](CURED) - left}
    taken = come[billed] - since_the_third[billed](since)
    expected = taken - revenue(since, since, CURED, owed, since_the_third[billed])
    opening, stated = late(OPENING, 6 * MONTHLY, interest_received_minor=7), None
    if billed == "by day":  # at the opening six months were owed, and at the closing what runs
        stated = 7 + round(6 * MONTHLY + scheduled(18) - scheduled(6) + come["by day"] - come["by schedule"])
    row = late(CLOSING, 0, default_date=since, cured_date=CURED, days_past_due=0, outstanding_principal_minor=18_000_000)
    assert abs(found(replace(row, interest_received_minor=stated), opening) - expected) < PRECISE


def by_schedule(day: date) -> Fraction:
    """Interest owed by day where nothing was ever paid: that of the instalments due, and what runs on all of the principal."""
    due = due_by(day)
    return scheduled(due) + Fraction(OWED, 100) * (periods(day) - (due - 1))


@pytest.mark.parametrize("payments", [None, TELLING, SILENT], ids=["rows alone", "payments", "payments of principal"])
@pytest.mark.parametrize("beyond", [0, 120_000])
def test_a_lender_who_bills_by_schedule_is_told_by_its_rows(payments: Paid | None, beyond: int) -> None:
    """Of 360,000.00 nothing is ever paid: six instalments carry 20,100.00 at the opening and eighteen 49,500.00 at the closing,
    as billed, where 1 % a month on 360,000.00 is 64,800.00. 1,200.00 that neither way has go on twelve due dates. Where nothing
    tells the interest paid, the opening row tells the way: 21,600.00 by day is 1,500.00 more than it has."""
    opening, row = (late(day, scheduled(due), default_date=DEFAULT) for day, due in ((OPENING, 6), (CLOSING, 18)))
    row = replace(row, billed_unpaid_interest_minor=scheduled(18) + beyond)
    expected = revenue(DEFAULT, OPENING, CLOSING, OWED, lambda day: by_schedule(day) + Fraction(beyond * (due_by(day) - 6), 12))
    taken = scheduled(18) - scheduled(6) + beyond
    assert abs(found(row, opening, payments) - (taken - expected)) < PRECISE
    _, steps = stage_3_interest(Told(row, CLOSING, opening, payments), assumptions(), elections())
    by_state, by_opening = (beyond, 1_380_000 - beyond), (0, 6 * MONTHLY - scheduled(6))
    unexplained = "{:,}.00 by schedule, {:,}.00 by day".format(*(by_state if payments is TELLING else by_opening))
    assert (steps[0].value, steps[0].note) == ("by schedule", f"left unexplained by the contract's rows: {unexplained}")


def test_where_nothing_tells_what_was_paid_the_opening_row_tells_how_interest_is_billed() -> None:
    """Six months of 3,600.00 are unpaid at the opening, as by day, none at the closing, and nothing tells when they were paid:
    43,200.00 come by day and 64,800.00 are paid, though the 29,400.00 of the schedule would leave less of it unexplained."""
    until = interest_owed(OPENING, 6 * MONTHLY + RUNNING[OPENING], OWED, Fraction(-18 * MONTHLY))
    expected = 12 * MONTHLY - revenue(DEFAULT, OPENING, CLOSING, OWED, until)
    one = found(late(CLOSING, 0, default_date=DEFAULT), late(OPENING, 6 * MONTHLY, default_date=DEFAULT))
    assert abs(one - expected) < PRECISE


def test_a_cure_without_payments_is_told_by_the_opening_row() -> None:
    """The same up to a cure on 20 August: 20,100.00 at the opening are those of six instalments. Thirteen fell due by then, and
    are paid: interest runs on what is left."""
    row = late(CLOSING, 0, default_date=DEFAULT, cured_date=CURED, days_past_due=0, outstanding_principal_minor=18_000_000)
    repaid = OWED * Fraction(due_by(CURED), 36)
    taken = by_schedule(CURED) - by_schedule(OPENING) - repaid / 100 * (periods(CURED) - (due_by(CURED) - 1))
    one = found(row, late(OPENING, scheduled(6)))
    assert abs(one - (taken - revenue(DEFAULT, OPENING, CURED, OWED, by_schedule))) < PRECISE


def test_payments_lead_a_cured_account_on_to_the_row_of_the_state() -> None:
    """Thirteen months are paid on 10 August, and cure it ten days later; at the closing five are owed and 1,200.00 more: 100.00
    on each due date of the year, seven of them before the cure."""
    one = Paid((Payment("L1", date(2023, 8, 10), 0, 13 * MONTHLY),))
    row = bullet(CLOSING, 5 * MONTHLY + 120_000, default_date=DEFAULT, cured_date=CURED, days_past_due=0)
    unpaid = interest_owed(OPENING, 6 * MONTHLY + RUNNING[OPENING], OWED, Fraction(120_000))
    taken = OWED * (periods(CURED) - periods(OPENING)) / 100 + 70_000
    expected = revenue(
        DEFAULT, OPENING, CURED, OWED, lambda day: unpaid(day) - (13 * MONTHLY if day >= date(2023, 8, 10) else 0)
    )
    assert abs(found(row, bullet(OPENING, 6 * MONTHLY), one) - (taken - expected)) < PRECISE


@pytest.mark.parametrize("payments", [None, TELLING])
def test_without_a_due_date_between_what_is_not_told_comes_on_the_last_day(payments: Paid | None) -> None:
    """From 28 to 31 December: 500.00 more are billed than three days bring, and stand in no claim before."""
    begins = date(2023, 12, 28)
    opening = bullet(begins, 18 * MONTHLY, default_date=DEFAULT)
    row = bullet(CLOSING, 18 * MONTHLY + 50_000, default_date=DEFAULT)
    brought = Fraction(OWED, 100) * Fraction(3, 31)
    expected = brought + 50_000 - revenue(DEFAULT, begins, CLOSING, OWED, lambda day: OWED * (periods(day) + 1) / 100)
    u, _ = stage_3_interest(Told(row, CLOSING, opening, payments), assumptions(), elections(opening=begins))
    assert abs(Fraction(u) - expected) < PRECISE


def test_who_leaves_on_the_last_due_date_owes_the_last_instalment() -> None:
    """Eighteen instalments of 20,000.00, the last owed with its 200.00 by the row of the moment before: of 1,200.00 that come
    on three due dates 560.00 had run by 25 October, and 1,000.00 are paid with two."""
    left = date(2023, 12, 27)
    facts: dict[str, object] = {"term_instalments": 18, "status": "matured", "exit_date": left, "days_past_due": 0}
    row = late(left, 20_000, default_date=date(2023, 10, 25), outstanding_principal_minor=2_000_000, **facts)
    _, steps = stage_3_interest(Told(row, left, None, None), assumptions(), elections())
    by_name = {step.name: step.value for step in steps}
    for name, amount in (("interest billed", 64_000), ("interest that no row or payment tells", 0)):
        assert isinstance(found := by_name[name], Decimal) and abs(found - amount) < Decimal("1e-20")
