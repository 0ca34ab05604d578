"""Borrowers who repay nothing and pay interest: what of it is unpaid on each day of a default, by hand (IFRS 9 5.4.1(b))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile

import pytest

from gaapbridge.reperform.loan import Loan, Payment
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


def due_by(day: date) -> int:
    """Instalments due."""
    return sum(1 for _ in takewhile(lambda due: due <= day, DUE))


def by_hand(since: date, until: date, interest_paid: Callable[[date], int]) -> Fraction:
    """Of each day of a default in the year: 1 % of what is lost of principal and unpaid interest, less that interest."""
    found = Fraction(0)
    for number in range(20):
        first, following = months_later(since, number), months_later(since, number + 1)
        lost = (Fraction("0.45"), Fraction("0.54"), Fraction("0.63"))[min(number, 2)]
        due = due_by(first)
        running = Fraction((first - DUE[due - 1]).days, (DUE[due] - DUE[due - 1]).days)
        for day in (first + timedelta(days=count) for count in range((following - first).days)):
            if OPENING <= day < until:
                unpaid = OWED * (max(due - interest_paid(day), 0) + running) / 100
                found += ((OWED + unpaid) * lost - unpaid) / 100 / (following - first).days
    return found


def unrecognised(row: Loan, opening: Loan, payments: tuple[Payment, ...] | None = None) -> Fraction:
    """What the calculator has."""
    return Fraction(stage_3_interest(Told(row, CLOSING, opening, payments), Decimal("0.01"), assumptions(), elections())[0])


DEFAULT = date(2022, 10, 25)


@pytest.mark.parametrize("payments", [None, ()], ids=["rows alone", "payments"])
def test_arrears_of_interest_paid_within_the_year(payments: tuple[Payment, ...] | None) -> None:
    """Six months are unpaid at the opening and none at the closing: three on every two due dates, on the 27th, within a
    month of the default, whether or not a tape of payments says that no principal came."""
    found = unrecognised(late(CLOSING, 0, default_date=DEFAULT), late(OPENING, 6 * MONTHLY, default_date=DEFAULT), payments)
    expected = by_hand(DEFAULT, CLOSING, lambda day: 18 * (due_by(day) - 6) // 12)
    assert abs(found - expected) < PRECISE
    assert by_hand(DEFAULT, CLOSING, lambda _: 0) < expected < by_hand(DEFAULT, CLOSING, lambda _: 36)


@pytest.mark.parametrize("payments", [None, ()], ids=["rows alone", "payments"])
def test_a_default_of_the_year_is_as_its_last_row_has_it(payments: tuple[Payment, ...] | None) -> None:
    """In default since 3 March by its date; of 4,950,000 billed 1,650,000 is unpaid, six instalments of eighteen."""
    since = date(2023, 3, 3)
    found = unrecognised(late(CLOSING, 1_650_000, default_date=since), late(OPENING, 6 * MONTHLY), payments)
    assert abs(found - by_hand(since, CLOSING, lambda _: 12)) < PRECISE


@pytest.mark.parametrize(
    ("since", "owed", "paid"),
    [
        # at the opening 720,000 of 2,010,000 are unpaid, three instalments of six
        (DEFAULT, 36_000_000, 3),
        # ninety days before the fourth fell due; by the schedule three were repaid, and of interest nothing is known
        (date(2023, 1, 25), 33_000_000, 3),
    ],
    ids=["of before", "of the year"],
)
def test_a_default_that_was_cured(since: date, owed: int, paid: int) -> None:
    """All eighteen instalments were paid on 20 August, and stand so in the closing row."""
    cured = date(2023, 8, 20)
    row = late(CLOSING, 0, default_date=since, cured_date=cured, days_past_due=0, outstanding_principal_minor=18_000_000)
    found = unrecognised(row, late(OPENING, 720_000))
    assert abs(found - by_hand(since, cured, lambda _: paid) * owed / OWED) < PRECISE
