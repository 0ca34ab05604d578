"""Loans in default past their last due date that are billed on, and loans settled for another sum than they owe, by daily
ledgers of their own (IFRS 9 5.4.1(b), B5.4.6, 5.5.8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from gaapbridge.reperform.exact import ZERO, StepValue
from gaapbridge.reperform.loan import Loan, Paid, Payment
from gaapbridge.reperform.loans.stage_three import stage_3_interest
from gaapbridge.reperform.loans.told import Told
from tests.parity.reperform_facts import CLOSING, elections, loan
from tests.parity.test_reperform_in_default import four_fifths_lost
from tests.simulation.by_hand import months_later

OPENING, LAST, SINCE = date(2022, 12, 31), date(2022, 12, 15), date(2023, 3, 15)
"""The opening, the last due date, and the day from which the loan is in default."""

OWED, MONTHLY = 30_000_000, 300_000
PRECISE = Fraction(1, 10**20)


def months_past(day: date) -> Fraction:
    """Months from the last due date to a day, a running one by its days."""
    number = 0
    while months_later(LAST, number + 1) <= day:
        number += 1
    first, following = months_later(LAST, number), months_later(LAST, number + 1)
    return number + Fraction((day - first).days, (following - first).days)


def row(day: date, billed: int, **changed: object) -> Loan:
    """300,000.00 at 1 % a month, due on 15 December 2022 with the interest of its month; eleven instalments are paid."""
    facts: dict[str, object] = {
        "origination_date": date(2021, 12, 15),
        "first_payment_date": date(2022, 1, 15),
        "principal_minor": OWED,
        "repayment_type": "bullet",
        "outstanding_principal_minor": OWED,
        "days_past_due": (day - LAST).days,
        "default_date": SINCE if day >= SINCE else None,
        "billed_unpaid_interest_minor": billed,
    }
    return loan(**{**facts, **changed})


def revenue(since: date, begins: date, until: date, owed: Callable[[date], Fraction]) -> Fraction:
    """Of each day 1 % a month of the fifth that is expected back of what is owed."""
    found = Fraction(0)
    for number in range(20):
        first, following = months_later(since, number), months_later(since, number + 1)
        for day in (first + timedelta(days=count) for count in range((following - first).days)):
            if begins <= day < until:
                found += owed(day) / 500 / (following - first).days
    return found


def calculated(told: Told, opening: date = OPENING) -> tuple[Fraction, dict[str, StepValue]]:
    """What is no revenue, and the steps to it."""
    total, steps = stage_3_interest(told, four_fifths_lost(), elections(opening=opening))
    return Fraction(total), {step.name: step.value for step in steps}


BY_DAY, AT_THE_OPENING = 4_054_839, 454_839
"""Interest unpaid at both ends of 2023, billed by day since 15 November 2022."""

BOTH = pytest.mark.parametrize("payments", [None, Paid()], ids=["rows alone", "payments"])


@BOTH
def test_what_is_billed_by_day_past_the_last_due_date_is_owed_from_its_day(payments: Paid | None) -> None:
    """The page's bullet: 28,548.39 comes in default, and 6,208.80 is revenue, on each day on what has come by it."""
    told = Told(row(CLOSING, BY_DAY), CLOSING, row(OPENING, AT_THE_OPENING), payments)
    unrecognised, steps = calculated(told)
    assert steps["interest is billed"] == "by day, by day past the last due date"
    earned = revenue(SINCE, SINCE, CLOSING, lambda day: OWED + MONTHLY + MONTHLY * months_past(day))
    taken = MONTHLY * (months_past(CLOSING) - months_past(SINCE))
    assert (round(taken), round(earned)) == (2_854_839, 620_880)
    assert abs(unrecognised - (taken - earned)) < 1  # rows are rounded to the unit
    assert abs(Fraction(steps["revenue in default"]) - earned) < Fraction(1, 2)  # type: ignore[arg-type]


@BOTH
def test_what_is_billed_on_due_dates_past_the_last_is_owed_from_these(payments: Paid | None) -> None:
    """3,000.00 on the 15th of each month from January on: 27,000.00 come in default."""
    told = Told(row(CLOSING, 13 * MONTHLY), CLOSING, row(OPENING, MONTHLY), payments)
    unrecognised, steps = calculated(told)
    assert steps["interest is billed"] == "by day, by due dates past the last due date"
    earned = revenue(SINCE, SINCE, CLOSING, lambda day: Fraction(OWED + MONTHLY + MONTHLY * int(months_past(day))))
    assert abs(unrecognised - (9 * MONTHLY - earned)) < PRECISE


@BOTH
def test_where_nothing_is_billed_past_the_last_due_date_nothing_comes(payments: Paid | None) -> None:
    """The interest of the last month stays unpaid: gross takes nothing, and revenue goes on."""
    told = Told(row(CLOSING, MONTHLY), CLOSING, row(OPENING, MONTHLY), payments)
    unrecognised, steps = calculated(told)
    assert steps["interest is billed"] == "by day"
    assert abs(unrecognised + revenue(SINCE, SINCE, CLOSING, lambda day: Fraction(OWED + MONTHLY))) < PRECISE


def test_a_payment_stops_what_its_principal_would_have_borne() -> None:
    """100,000.00 are repaid on 20 June, with 10,000.00 of interest: by day 2,000.00 a month come from then on."""
    paid_on, repaid, interest = date(2023, 6, 20), 10_000_000, 1_000_000
    one = Paid((Payment("L1", paid_on, repaid, interest),))

    def come(day: date) -> Fraction:
        after = max(Fraction(0), months_past(day) - months_past(paid_on))
        return MONTHLY + MONTHLY * months_past(day) - Fraction(repaid, 100) * after

    def owed(day: date) -> Fraction:
        return OWED + come(day) - (repaid + interest if day >= paid_on else 0)

    last = row(CLOSING, round(come(CLOSING)) - interest, outstanding_principal_minor=OWED - repaid)
    unrecognised, steps = calculated(Told(last, CLOSING, row(OPENING, AT_THE_OPENING), one))
    assert steps["interest is billed"] == "by day, by day past the last due date"
    assert abs(unrecognised - (come(CLOSING) - come(SINCE) - revenue(SINCE, SINCE, CLOSING, owed))) < 1


# ---------------------------------------------------------------- settlements

BEGINS, LEFT = date(2022, 12, 13), date(2023, 1, 13)
"""A month in default, which began three months before it."""


def overdue(day: date, billed: int, **changed: object) -> Loan:
    """The page's other bullet, due in June 2022 and in default since 13 September, with so much of interest."""
    facts: dict[str, object] = {
        "origination_date": date(2021, 6, 15),
        "first_payment_date": date(2021, 7, 15),
        "default_date": date(2022, 9, 13),
        "days_past_due": (day - date(2022, 6, 15)).days,
        **changed,
    }
    return row(day, billed, **facts)


@pytest.mark.parametrize(
    ("paid", "beyond", "unrecognised"),
    [(2_000_000, -4_000_000, -4_072_000), (7_500_000, 1_500_000, 1_428_000), (6_000_000, 0, -72_000)],
)
def test_what_a_settlement_waives_or_brings_beyond_is_no_revenue(paid: int, beyond: int, unrecognised: int) -> None:
    """60,000.00 of interest unpaid, nothing more billed: 720.00 is revenue of the month, whatever is paid on its last day."""
    last = overdue(LEFT, 6_000_000, status="prepaid", exit_date=LEFT)
    told = Told(last, LEFT, overdue(BEGINS, 6_000_000), Paid((Payment("L1", LEFT, OWED, paid),)))
    total, steps = calculated(told, BEGINS)
    assert steps["paid last beyond the interest owed, waived if below nil"] == beyond
    assert steps["revenue in default"] == 72_000
    assert total == unrecognised


def test_a_loan_cured_before_it_is_settled_has_nothing_beyond_in_its_default() -> None:
    """Cured on 20 December, repaid on 13 January: what is paid then is no part of the default."""
    last = overdue(LEFT, 6_000_000, status="prepaid", exit_date=LEFT, cured_date=date(2022, 12, 20), days_past_due=0)
    told = Told(last, LEFT, overdue(BEGINS, 6_000_000), Paid((Payment("L1", LEFT, OWED, 2_000_000),)))
    _, steps = calculated(told, BEGINS)
    assert "paid last beyond the interest owed, waived if below nil" not in steps


@pytest.mark.parametrize("stated", [0, 6_000_000], ids=["before the last payment", "with it"])
def test_interest_received_may_hold_the_last_payment(stated: int) -> None:
    """Both rows state interest received, the last of a loan repaid with all it owes either without that payment or with it:
    gross takes nothing but what was billed, nil."""
    last = overdue(LEFT, 6_000_000, status="prepaid", exit_date=LEFT, interest_received_minor=500 + stated)
    told = Told(last, LEFT, overdue(BEGINS, 6_000_000, interest_received_minor=500), None)
    total, steps = calculated(told, BEGINS)
    assert steps["interest received"] == ZERO and total == -72_000


# ---------------------------------------------------------------- service fees


def with_fees(day: date, billed: int, **changed: object) -> Loan:
    """360,000.00 without interest, 10,000.00 and 1,800.00 of fees a month from 15 January 2022 on; 13 are paid, to January
    2023, and it is in default from 13 May."""
    facts: dict[str, object] = {
        "origination_date": date(2021, 12, 15),
        "first_payment_date": date(2022, 1, 15),
        "principal_minor": 36_000_000,
        "annual_rate": ZERO,
        "term_instalments": 36,
        "repayment_type": "interest_free_instalments",
        "service_fee_minor": 180_000,
        "outstanding_principal_minor": 36_000_000 - 13 * 1_000_000,
        "days_past_due": (day - date(2023, 2, 15)).days,
        "default_date": date(2023, 5, 13) if day >= date(2023, 5, 13) else None,
        "billed_unpaid_interest_minor": billed,
    }
    return loan(**{**facts, **changed})


@pytest.mark.parametrize(
    ("fees", "way", "come"),
    [
        (3, "by day with service fees to 2023-05-13", 0),  # of February, March and April
        (11, "by day with service fees", 8 * 180_000),
        (0, "by day", 0),
    ],
)
def test_service_fees_are_billed_to_the_end_or_to_the_default_or_apart(fees: int, way: str, come: int) -> None:
    """By what is unpaid at the closing of those of February to December."""
    before = with_fees(OPENING, 0, outstanding_principal_minor=24_000_000, days_past_due=0)
    january = Payment("L1", date(2023, 1, 15), 1_000_000, 0, 180_000)
    told = Told(with_fees(CLOSING, fees * 180_000), CLOSING, before, Paid((january,)))
    _, steps = calculated(told)
    assert (steps["interest is billed"], steps["interest billed"], steps["service fees paid"]) == (way, come, 0)


def test_of_a_late_fee_no_more_is_a_service_fee_than_fell_due() -> None:
    """6,000.00 of fees on 20 June, of 10,800.00 since January; 7,000.00 more on 1 July: 6,600.00 of them, as July falls due
    within 15 days. The rest is income of its day. Where the tape tells them, as it does; none where it tells no fees."""
    payments = tuple(
        Payment("L1", day, 0, 0, fees, service)
        for day, fees, service in ((date(2023, 6, 20), 600_000, 50_000), (date(2023, 7, 1), 700_000, 70_000))
    )
    before = with_fees(
        OPENING,
        0,
        outstanding_principal_minor=23_000_000,
        days_past_due=0,
        origination_date=date(2021, 11, 15),
        first_payment_date=date(2021, 12, 15),
    )
    last = with_fees(CLOSING, 0, origination_date=date(2021, 11, 15), first_payment_date=date(2021, 12, 15))
    for told, expected in ((Paid(payments), 1_260_000), (Paid(payments, tells_service_fees=True), 120_000)):
        _, steps = calculated(Told(last, CLOSING, before, told))
        assert steps["service fees paid"] == expected
    assert "service fees paid" not in calculated(Told(last, CLOSING, before, replace(Paid(payments), tells_fees=False)))[1]
