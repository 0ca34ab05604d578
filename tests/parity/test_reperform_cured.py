"""Loans that were cured: what of their interest is no revenue, by a lender's books kept day by day (IFRS 9 5.4.1(b), B5.4.6).

Arrears are paid at once, waived, or added to the principal; payments, payments of principal alone, and rows alone tell it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from gaapbridge.reperform.exact import StepValue
from gaapbridge.reperform.loan import Event, Loan, Paid, Payment
from gaapbridge.reperform.loans.capitalised import modified_in, with_capitalised
from gaapbridge.reperform.loans.stage_three import stage_3_interest
from gaapbridge.reperform.loans.told import Told
from tests.parity.lender_books import Books, Entry
from tests.parity.reperform_facts import elections, loan
from tests.parity.test_reperform_in_default import four_fifths_lost

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
MADE = date(2021, 12, 15)
CENT = Fraction(1)
"""A row is in whole minor units, and so are payments: what the calculator has from them is within one."""


def row(books: Books, day: date, since: date | None = None, cured: date | None = None, first_missed: int = 0) -> Loan:
    """The row of a day, with the number of the instalment missed first while something is behind."""
    is_cured = cured is not None and cured <= day
    late = (day - books.due(first_missed)).days if first_missed and not is_cured else 0
    kind = "bullet" if books.at_the_end else "equal_principal" if books.rate else "interest_free_instalments"
    return loan(
        origination_date=books.made,
        first_payment_date=books.due(1),
        principal_minor=books.principal,
        annual_rate=Decimal(12 * books.rate.numerator) / books.rate.denominator,
        term_instalments=books.instalments,
        repayment_type=kind,
        service_fee_minor=books.service_fee,
        fees_received_minor=books.fees,
        outstanding_principal_minor=books.owed(day),
        billed_unpaid_interest_minor=books.billed(day),
        interest_received_minor=books.received(day),
        days_past_due=max(late, 0),
        default_date=since if since is not None and since <= day else None,
        cured_date=cured if is_cured else None,
    )


def payments(books: Books, opening: date, closing: date) -> Paid:
    """The payments of a period."""
    happened = (one for one in books.entries if opening < one.day <= closing and (one.principal or one.interest or one.fees))
    return Paid(tuple(Payment("L1", one.day, one.principal, round(one.interest), one.fees) for one in happened))


TOLD = pytest.mark.parametrize("by", ["payments", "payments of principal", "rows"])


def told_by(by: str, books: Books, opening: Loan, closing: Loan, days: tuple[date, date] = (OPENING, CLOSING)) -> Told:
    """What is told of a loan by payments with their interest, by their principal alone, or by the rows of both tapes."""
    paid = payments(books, *days)
    given = {"payments": paid, "payments of principal": replace(paid, tells_interest=False), "rows": None}
    return Told(closing, days[1], opening, given[by])


def found(told: Told, opening: date = OPENING) -> tuple[Fraction, dict[str, StepValue]]:
    """What the calculator has, and its steps."""
    total, steps = stage_3_interest(told, four_fifths_lost(), elections(opening=opening, closing=told.day))
    return Fraction(total), {step.name: step.value for step in steps}


def without_stating(told: Told) -> Told:
    """The same where no row states interest received."""
    assert told.opening is not None
    rows = (replace(one, interest_received_minor=None) for one in (told.row, told.opening))
    return Told(next(rows), told.day, next(rows), told.payments, told.capitalised)


def paying(books: Books, numbers: Sequence[int]) -> Books:
    """The same, where instalments are paid on their due dates with all that is owed then of interest and service fees."""
    for number in numbers:
        day = books.due(number)
        interest = round(books.unpaid(day)) - books.service_fee
        books = books.with_entry(Entry(day, books.part, interest, books.service_fee))
    return books


SINCE, CURED = date(2023, 7, 14), date(2023, 10, 20)


def behind_from_april(rate: Fraction, service_fee: int, fees: int, *, by_day: bool) -> Books:
    """360,000.00 in 36 instalments, fifteen paid; seven are missed from April on, and paid at once on 20 October."""
    books = Books(MADE, 36_000_000, 36, rate, service_fee=service_fee, fees=fees, by_day=by_day)
    books = paying(books, range(1, 16))
    due = books.unpaid(CURED) if by_day else books.unpaid(books.due(22))
    books = books.with_entry(Entry(CURED, 7_000_000, round(due) - 7 * service_fee, 7 * service_fee))
    return paying(books, (23, 24))


OF_THE_PERIOD = {
    "service fees": behind_from_april(Fraction(1, 100), 90_000, 0, by_day=False),
    "service fees and fees": behind_from_april(Fraction(1, 100), 90_000, 900_000, by_day=False),
    "service fees by day": behind_from_april(Fraction(1, 100), 90_000, 0, by_day=True),
    "service fees alone": behind_from_april(Fraction(0), 300_000, 0, by_day=False),
    "interest alone": behind_from_april(Fraction(1, 100), 0, 0, by_day=False),
    "interest alone by day": behind_from_april(Fraction(1, 100), 0, 0, by_day=True),
}
NO_REVENUE = {
    "service fees": 399_029,
    "service fees and fees": 489_659,
    "service fees by day": 589_320,
    "service fees alone": 210_743,
    "interest alone": 339_316,
    "interest alone by day": 529_916,
}
"""By the books, in minor units."""


@TOLD
@pytest.mark.parametrize("name", OF_THE_PERIOD)
def test_default_and_cure_in_one_period(name: str, by: str) -> None:
    """What was missed before the default is earned before it, service fees too, though seven are paid at once: by the books
    3,990.29 is no revenue with service fees of 900.00, billed by schedule, 2,107.43 with 3,000.00 a month and no interest."""
    books = OF_THE_PERIOD[name]
    expected = books.taken(SINCE, CURED) - books.earned(SINCE, SINCE, CURED)
    by_hand = {
        "service fees": 399_029,
        "service fees and fees": 489_659,
        "service fees alone": 210_743,
        "interest alone": 339_316,
    }
    assert name not in by_hand or round(expected) == by_hand[name]
    told = told_by(by, books, row(books, OPENING), row(books, CLOSING, SINCE, CURED))
    assert abs(found(told)[0] - expected) < CENT
    if by == "payments" or not books.by_day:  # rows without interest received, or payments without it, tell of no day
        assert abs(found(without_stating(told))[0] - expected) < CENT


@pytest.mark.parametrize("name", OF_THE_PERIOD)
def test_its_parts_add_up_to_the_year(name: str) -> None:
    """Nine months, at whose end it is in default, and three."""
    books, middle = OF_THE_PERIOD[name], date(2023, 9, 30)
    opening, late, closing = row(books, OPENING), row(books, middle, SINCE, None, 16), row(books, CLOSING, SINCE, CURED)
    first, _ = found(told_by("payments", books, opening, late, (OPENING, middle)))
    second, _ = found(told_by("payments", books, late, closing, (middle, CLOSING)), middle)
    assert abs(first + second - found(told_by("payments", books, opening, closing))[0]) < CENT


def test_service_fees_that_nobody_pays_are_apart() -> None:
    """The same with service fees of 900.00 up to April, and never since: payments without them tell that none was billed."""
    books = OF_THE_PERIOD["service fees"]
    none = tuple(
        replace(one, fees=0 if one.day > OPENING.replace(year=2023, month=4, day=1) else one.fees) for one in books.entries
    )
    unpaid = Books(MADE, 36_000_000, 36, service_fee=90_000, entries=none)
    rows = row(books, OPENING), row(books, CLOSING, SINCE, CURED)
    _, steps = found(told_by("payments", unpaid, *rows))
    assert steps["interest is billed"] == "by schedule" and steps["service fees paid"] == 0


EARLIER, LATER = date(2022, 10, 13), date(2023, 6, 15)
"""In default before the opening, and cured in the year."""


def cured_in_june(share: Fraction, *, at_the_end: bool, service_fee: int = 0, by_day: bool = False) -> Books:
    """300,000.00 in 36 instalments, or due at the end, six paid; the arrears are paid on 15 June 2023 but for a share of their
    interest, which is waived. Then what falls due is paid."""
    books = Books(MADE, 30_000_000, 36, service_fee=service_fee, at_the_end=at_the_end, by_day=by_day)
    books = paying(books, range(1, 7))
    fees = service_fee * 12
    interest = books.unpaid(LATER) - fees
    paid = round(interest * (1 - share))
    behind = books.owed(LATER) - books.scheduled(18)
    return paying(books.with_entry(Entry(LATER, behind, paid, fees, waived=interest - paid)), range(19, 25))


WAIVED: dict[str, tuple[dict[str, Any], int]] = {
    "at the end": ({"at_the_end": True}, 357_933),
    "in parts": ({"at_the_end": False}, 295_072),
    "in parts by day": ({"at_the_end": False, "by_day": True}, 298_277),
    "in parts with service fees": ({"at_the_end": False, "service_fee": 60_000}, 409_374),
}
"""And by the books what is earned from the opening to the cure, in minor units."""


@TOLD
@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 2), Fraction(1)], ids=["paid", "half waived", "waived"])
@pytest.mark.parametrize("name", WAIVED)
def test_interest_waived_with_a_cure_is_no_negative_income(name: str, share: Fraction, by: str) -> None:
    """36,000.00 are owed of the bullet: whatever is paid of it, revenue up to the cure is the rate on the net amount, 3,579.33;
    what was waived is taken from gross amounts, and is a loss, not income. Service fees that are paid were billed, and what the
    opening row owes tells whether interest was by day, though what is waived hides it in the end."""
    facts, in_default = WAIVED[name]
    books = cured_in_june(share, **facts)
    earned = books.earned(EARLIER, OPENING, LATER)
    assert round(earned) == in_default
    told = told_by(by, books, row(books, OPENING, EARLIER, None, 7), row(books, CLOSING, EARLIER, LATER))
    unrecognised, steps = found(told)
    assert abs(unrecognised - (books.taken(OPENING, LATER) - earned)) < CENT
    assert abs(Fraction(steps["revenue in default"]) - earned) < CENT  # type: ignore[arg-type]
    if by != "payments":  # where nothing states what was received, all that came counts as received
        all_paid = books.taken(OPENING, LATER) + sum((Fraction(one.waived) for one in books.entries), Fraction(0)) - earned
        assert abs(found(without_stating(told))[0] - all_paid) < CENT


def test_what_is_waived_comes_on_the_day_of_the_cure() -> None:
    """Half a year to the end of June, in which the cure is, and half a year after it: the first has all of it."""
    books, middle = cured_in_june(Fraction(1, 2), at_the_end=True), date(2023, 6, 30)
    opening, between = row(books, OPENING, EARLIER, None, 7), row(books, middle, EARLIER, LATER)
    first, _ = found(told_by("payments", books, opening, between, (OPENING, middle)))
    assert abs(first - found(told_by("payments", books, opening, row(books, CLOSING, EARLIER, LATER)))[0]) < CENT
    later = told_by("payments", books, between, row(books, CLOSING, EARLIER, LATER), (middle, CLOSING))
    assert found(later, middle) == (0, {})


def capitalised_in_june(*, at_the_end: bool, by_day: bool, service_fee: int = 0, fees: int = 0) -> Books:
    """The same where all that is owed of interest and service fees is added to the principal on 15 June; what then falls due is
    paid."""
    books = Books(MADE, 30_000_000, 36, service_fee=service_fee, fees=fees, at_the_end=at_the_end, by_day=by_day)
    books = paying(books, range(1, 7))
    return paying(books.with_entry(Entry(LATER, capitalised=round(books.unpaid(LATER)))), range(19, 25))


CAPITALISED = {
    "at the end": (capitalised_in_june(at_the_end=True, by_day=True), 3_600_000),
    "at the end with service fees": (capitalised_in_june(at_the_end=True, by_day=True, service_fee=60_000), 4_320_000),
    "at the end with fees deferred": (capitalised_in_june(at_the_end=True, by_day=True, fees=900_000), 3_600_000),
    "in parts by day": (capitalised_in_june(at_the_end=False, by_day=True), 3_000_000),
    "in parts by schedule": (capitalised_in_june(at_the_end=False, by_day=False), 2_450_001),
}


def with_modification(told: Told, amount: int, day: date = LATER) -> Told:
    """The same with a modification, on the day of the cure if no other, that states an amount."""
    assert told.before is not None
    event = Event("L1", day, "modification", amount)
    added = modified_in(told.before, told.row, told.day, [event], told.payments, (), (), OPENING).capitalised
    paid = None if told.payments is None else with_capitalised(told.payments, added, "L1")
    return Told(told.row, told.day, told.opening, paid, added)


@TOLD
@pytest.mark.parametrize("name", CAPITALISED)
def test_interest_capitalised_is_received(name: str, by: str) -> None:
    """Of the bullet 36,000.00 are capitalised: gross takes what came, 16,451.61 in the year, and nothing was waived."""
    books, amount = CAPITALISED[name]
    expected = books.taken(OPENING, LATER) - books.earned(EARLIER, OPENING, LATER)
    told = told_by(by, books, row(books, OPENING, EARLIER, None, 7), row(books, CLOSING, EARLIER, LATER))
    made = with_modification(told, amount)
    assert made.capitalised is not None and (made.capitalised.amount, made.capitalised.beside_stated) == (amount, True)
    assert abs(found(made)[0] - expected) < CENT


def test_no_more_is_capitalised_than_could_be_owed() -> None:
    """36,000.00 could be owed of the bullet by 15 June: principal that rose by as much or twice as much is interest, with what
    is charged for arrears; by more it is a further drawing. Payments before that day leave less that could be."""
    books, amount = CAPITALISED["at the end"]
    told = told_by("payments", books, row(books, OPENING, EARLIER, None, 7), row(books, CLOSING, EARLIER, LATER))
    for more, is_interest in ((0, True), (3_600_001, True), (3_600_002, False)):
        risen = replace(told.row, outstanding_principal_minor=told.row.outstanding_principal_minor + more)
        made = with_modification(replace(told, row=risen), 0).capitalised
        assert (made is not None and made.amount == amount + more) is is_interest, more
    assert told.payments is not None
    paid = replace(told.payments, payments=(*told.payments.payments, Payment("L1", date(2023, 6, 14), 0, 1_799_999)))
    assert with_modification(replace(told, payments=paid), 0).capitalised is not None
    paid = replace(told.payments, payments=(*told.payments.payments, Payment("L1", date(2023, 6, 15), 0, 1_800_001)))
    assert with_modification(replace(told, payments=paid), 0).capitalised is None


def test_without_payments_the_event_says_what_repaid_principal_hides() -> None:
    """In parts, six are repaid after the cure: the principal of the row rose by less than was capitalised. The amount of the
    event says it; without one nothing does, and rows that state interest without it have it as waived."""
    books, amount = CAPITALISED["in parts by day"]
    told = told_by("rows", books, row(books, OPENING, EARLIER, None, 7), row(books, CLOSING, EARLIER, LATER))
    assert with_modification(told, 0).capitalised is None
    made = with_modification(told, amount).capitalised
    assert made is not None and made.amount == amount
    assert with_modification(without_stating(told), amount).capitalised is None
    stating = replace(told, row=replace(told.row, interest_received_minor=books.received(CLOSING) + amount))
    assert with_modification(stating, amount).capitalised is None


@TOLD
@pytest.mark.parametrize(("at_the_end", "by_day"), [(True, True), (False, True), (False, False)])
def test_interest_capitalised_while_the_default_lasts(at_the_end: bool, by_day: bool, by: str) -> None:
    """Nothing is paid before or after: what was owed on 15 June is principal from then on, and bears interest."""
    books = Books(MADE, 30_000_000, 36, service_fee=60_000, at_the_end=at_the_end, by_day=by_day)
    books = paying(books, range(1, 7))
    amount = round(books.unpaid(LATER))
    books = books.with_entry(Entry(LATER, capitalised=amount))
    expected = books.taken(OPENING, CLOSING) - books.earned(EARLIER, OPENING, CLOSING)
    told = told_by(by, books, row(books, OPENING, EARLIER, None, 7), row(books, CLOSING, EARLIER, None, 7))
    made = with_modification(told, 0)
    assert made.capitalised is not None and abs(made.capitalised.amount - amount) <= 1
    assert abs(found(made)[0] - expected) < CENT


def test_what_was_owed_before_is_no_income_of_a_default_that_is_capitalised() -> None:
    """A bullet of 300,000.00 of which four instalments are missed before the default, all it owes is capitalised on 1 December:
    payments of principal alone tell none of the interest, but what was owed as the default began is in what was added."""
    books = paying(Books(MADE, 30_000_000, 36, service_fee=60_000, at_the_end=True, by_day=True), range(1, 15))
    since, added_on = date(2023, 6, 15), date(2023, 12, 1)
    amount = round(books.unpaid(added_on))
    books = books.with_entry(Entry(added_on, capitalised=amount))
    told = told_by("payments of principal", books, row(books, OPENING), row(books, CLOSING, since, None, 15))
    made = with_modification(told, amount, added_on)
    assert made.capitalised is not None and made.capitalised.amount == amount
    expected = books.taken(since, CLOSING) - books.earned(since, since, CLOSING)
    assert abs(found(made)[0] - expected) < CENT


@TOLD
def test_interest_capitalised_leaves_instalments_paid(by: str) -> None:
    """300,000.00 in 36 parts without interest, 300.00 billed with each, eighteen paid; the seven of May to November are missed,
    and on 4 December their 2,100.00 are capitalised. Nothing is owed beside the principal then: eighteen are paid still, and
    what is earned up to 12 December, in eight days of thirty, is on 152,100.06."""
    books = Books(date(2021, 10, 14), 30_000_000, 36, Fraction(0), service_fee=30_000)
    books = paying(books, range(1, 19))
    since, added_on = date(2023, 8, 12), date(2023, 12, 4)
    books = books.with_entry(Entry(added_on, capitalised=7 * 30_000))
    assert (books.owed(added_on), books.unpaid(added_on)) == (15_000_006 + 210_000, 0)
    told = told_by(by, books, row(books, OPENING), row(books, CLOSING, since, None, 19))
    unrecognised, steps = found(with_modification(told, 210_000, added_on))
    earned = books.effective * 15_210_006 / 5 * Fraction(8, 30)
    assert abs(Fraction(steps["revenue from 2023-12-04"]) - earned) < Fraction(1, 1000)  # type: ignore[arg-type]
    assert abs(unrecognised - (books.taken(since, CLOSING) - books.earned(since, since, CLOSING))) < CENT
