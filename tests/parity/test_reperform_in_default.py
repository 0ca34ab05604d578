"""Interest of loans in default that is no revenue, with fees, costs and service fees, by hand (IFRS 9 5.4.1(b)).

Fees and costs are no claim: they count in the rate, and in what it is a rate on only where they leave less of the gross amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.exact import ZERO
from gaapbridge.reperform.interest import contract_terms, ifrs_deferral_ratio
from gaapbridge.reperform.loan import Loan, Paid, Payment
from gaapbridge.reperform.loans.stage_three import Piece, stage_3_interest
from gaapbridge.reperform.loans.told import Told
from tests.parity.reperform_facts import (
    CLOSING,
    CurveRows,
    assumptions,
    curve_rows,
    elections,
    in_two_versions,
    loan,
    state,
    unearned,
)
from tests.simulation.by_hand import months_later

TWELVE = [date(2023, 4, 1), *(months_later(date(2023, 5, 1), number) for number in range(12))]
"""The origination, and the due dates of twelve instalments."""


def twelve(rate: Decimal, day: date) -> Decimal:
    """By hand: the deferral on one unit of principal of 100,000 in twelve instalments without interest."""
    return unearned(rate, TWELVE, [8_333] * 11 + [100_000 - 11 * 8_333], day)


def by_month(rate: Decimal, weights: Sequence[Decimal]) -> Decimal:
    """By hand: of one unit owed the revenue of so much of each month in default, on 55 %, 46 % and then 37 % expected back."""
    expected = ("0.55", "0.46", "0.37")
    return rate * sum(weight * Decimal(expected[min(number, 2)]) for number, weight in enumerate(weights))


def test_stage_3_interest_by_month() -> None:
    """In default from 15 August, one instalment paid before: four whole months, and 16 days of the 31 of the fifth; each is
    cut on the due date in it, on which a borrower who pays would. Without interest gross takes the deferral alone."""
    contract = loan(
        days_past_due=228,
        default_date=date(2023, 8, 15),
        annual_rate=ZERO,
        fees_received_minor=1_000,
        outstanding_principal_minor=91_667,
    )
    rate, since = state(contract, "ifrs").rate_per_period, date(2023, 8, 15)
    assert rate is not None
    total, steps = stage_3_interest(Told(contract, CLOSING, None, None), assumptions(), elections())
    starts = [f"2023-{month:02}-{day}" for month in range(8, 13) for day in ("01", "15")][1:]
    assert [one.name for one in steps] == [
        "interest is billed",
        "interest owed on 2023-08-15",
        "interest that no row or payment tells",
        *(f"revenue from {day}" for day in starts),
        "interest billed",
        "interest paid on days not told",
        "service fees of instalments paid",
        "deferral at the end less that at the beginning",
        "gross takes from 2023-08-15 to 2023-12-31",
        "revenue in default",
        "stage 3 interest u",
    ]
    deferred = 91_667 * twelve(rate, since)  # of fees, below nil
    net = f"owed 91,667.00 + deferral {deferred:,.2f} - allowance {Decimal('41250.15') + deferred:,.2f}"
    assert steps[3].note == f"rate x ({net}) x 17/31 days; lost of what is owed 41,250.15"
    revenue = 91_667 * by_month(rate, [*(Decimal(1) for _ in range(4)), Decimal(16) / 31])
    taken = 91_667 * (twelve(rate, CLOSING) - twelve(rate, since))
    assert abs(total - (taken - revenue)) < Decimal("1e-20")
    assert isinstance(found := steps[-2].value, Decimal)
    assert abs(found - revenue) < Decimal("1e-20")
    later = elections(stage_3_interest_from="next_period")
    assert stage_3_interest(Told(contract, CLOSING, None, None), assumptions(), later) == (ZERO, ())
    cured = replace(contract, cured_date=date(2023, 10, 30), days_past_due=0)
    total, _ = stage_3_interest(Told(cured, CLOSING, None, None), assumptions(), elections())
    grown = Decimal(100_000 - 8_333) / (100_000 - 8 * 8_333)  # ninety days before it the second was missed; eight are paid now
    revenue = by_month(rate, [Decimal(1), Decimal(1), Decimal(15) / 31])  # to 30 October
    left = Decimal(100_000 - 6 * 8_333) / (100_000 - 8_333)  # all six that fell due are paid at the cure
    taken = left * twelve(rate, date(2023, 10, 30)) - twelve(rate, since)
    assert abs(total - 91_667 * grown * (taken - revenue)) < Decimal("1e-20")


def test_a_default_ends_where_the_next_begins() -> None:
    """Cured on 30 November by its date, 90 days past due again on 1 November: the first is over then, no day counts twice."""
    contract = loan(
        days_past_due=150,
        default_date=date(2023, 8, 15),
        cured_date=date(2023, 11, 30),
        annual_rate=ZERO,
        fees_received_minor=1_000,
        outstanding_principal_minor=80_000,
    )
    rate, since, again = state(contract, "ifrs").rate_per_period, date(2023, 8, 15), date(2023, 11, 1)
    assert rate is not None
    total, _ = stage_3_interest(Told(contract, CLOSING, None, None), assumptions(), elections())
    first = by_month(rate, [Decimal(1), Decimal(1), Decimal(17) / 31])  # from 15 August to 1 November
    second = by_month(rate, [Decimal(1), Decimal(30) / 31])  # from 1 November to 31 December
    grown = Decimal(100_000 - 8_333) / (
        100_000 - 3 * 8_333
    )  # one instalment was paid before the first, three before the second
    taken = grown * (twelve(rate, again) - twelve(rate, since)) + twelve(rate, CLOSING) - twelve(rate, again)
    assert abs(total - 80_000 * (taken - grown * first - second)) < Decimal("1e-20")


OPENING, SINCE = date(2022, 12, 31), date(2022, 10, 13)
PRINCIPAL, OWED = 36_000_000, 30_000_000
DUE = [months_later(date(2021, 12, 15), number) for number in range(37)]
"""The origination, and the due dates of 36 instalments of 10,000.00 and 1 % a month."""


def unpaid(day: date, months: int, **changed: object) -> Loan:
    """Its row on a day: six instalments paid, nothing since, so many months of interest billed."""
    facts: dict[str, object] = {
        "origination_date": DUE[0],
        "first_payment_date": DUE[1],
        "principal_minor": PRINCIPAL,
        "term_instalments": 36,
        "repayment_type": "equal_principal",
        "outstanding_principal_minor": OWED,
        "days_past_due": (day - DUE[7]).days,
        "default_date": SINCE,
        "billed_unpaid_interest_minor": months * 300_000,
    }
    return loan(**{**facts, **changed})


def worth(rate: Decimal, flows: Sequence[Decimal], day: date) -> Decimal:
    """What the flows left after a day are worth on it."""
    k = sum(1 for one in DUE[1:] if one <= day)
    running = Decimal((day - DUE[k]).days) / Decimal((DUE[k + 1] - DUE[k]).days)
    return (1 + rate) ** running * sum(flow / (1 + rate) ** number for number, flow in enumerate(flows[k:], start=1))


def periods(day: date) -> Decimal:
    """Months from the origination to a day, those that run by their days."""
    k = sum(1 for one in DUE[1:] if one <= day)
    return k + Decimal((day - DUE[k]).days) / Decimal((DUE[k + 1] - DUE[k]).days)


@pytest.mark.parametrize(
    ("lost", "fees", "costs", "service", "revenue"),
    [
        ("0.8", 3_600_000, 0, 0, 1_338_303),
        ("0.8", 1_080_000, 0, 0, 957_619),
        ("0.8", 0, 0, 0, 806_507),
        ("0.8", 0, 1_080_000, 0, 661_811),
        ("0.8", 0, 0, 180_000, 1_514_889),
        ("0.02", 3_600_000, 0, 0, 6_373_136),
        ("0.02", 1_080_000, 0, 0, 4_692_332),
        ("0.02", 0, 1_080_000, 0, 3_242_872),
    ],
)
@pytest.mark.parametrize("payments", [None, Paid()], ids=["rows alone", "payments"])
def test_fees_count_in_the_rate_and_in_what_it_is_a_rate_on_only_where_they_leave_less(
    lost: str, fees: int, costs: int, service: int, revenue: int, payments: Paid | None
) -> None:
    """Nothing is paid in the year, and 20 % or 98 % is expected back: of principal, interest of six months and four more days
    at first, and a twelfth of the year's interest more each month. With 36,000.00 of fees 98 % is more than the gross amount in
    every month, which is the net amount then; with 10,800.00 it is less. Gross takes fees and costs by itself."""
    flows = [Decimal(1_000_000 + (PRINCIPAL - 1_000_000 * number) // 100 + service) for number in range(36)]
    bare = [flow - service for flow in flows]
    facts: dict[str, object] = {"fees_received_minor": fees, "costs_paid_minor": costs, "service_fee_minor": service}
    row, opening = unpaid(CLOSING, 18, **facts), unpaid(OPENING, 6, **facts)
    rate = state(row, "ifrs").rate_per_period
    assert rate is not None and abs(worth(rate, flows, DUE[0]) - (PRINCIPAL - fees + costs)) < Decimal("1e-15")

    def deferred(day: date) -> Decimal:
        """On one unit of principal."""
        k = sum(1 for one in DUE[1:] if one <= day)
        return (worth(rate, flows, day) - worth(Decimal("0.01"), bare, day)) / (PRINCIPAL - 1_000_000 * k)

    expected = ZERO
    for number in range(15):
        first, following = months_later(SINCE, number), months_later(SINCE, number + 1)
        days = Decimal((min(following, CLOSING) - max(first, OPENING)).days)
        owed = OWED * (1 + Decimal("0.01") * (periods(first) - 6))
        net = min(owed * (1 - Decimal(lost)), owed + OWED * deferred(first))
        expected += max(days, ZERO) / (following - first).days * rate * net
    taken = 3_600_000 + OWED * (deferred(CLOSING) - deferred(OPENING))
    total, steps = stage_3_interest(Told(row, CLOSING, opening, payments), of_which_is_lost(lost), elections())
    assert abs(total - (taken - expected)) < Decimal("1e-15")
    assert isinstance(steps[-2].value, Decimal) and round(steps[-2].value) == revenue


def losing(share: str, curves: CurveRows) -> CurveRows:
    """The curves with so much lost in every month of default."""
    prepayment, hazard, losses, recoveries = curves
    return prepayment, hazard, [{**row, "lgd_discounted": share} for row in losses], recoveries


def of_which_is_lost(share: str) -> Assumptions:
    """The flat curves with so much lost in every month of default."""
    return Assumptions.from_rows(*losing(share, curve_rows()))


def four_fifths_lost() -> Assumptions:
    """Curves of which 80 % is lost in every month."""
    return of_which_is_lost("0.8")


@pytest.mark.parametrize(
    ("lost", "deferral", "allowance", "net"),
    [
        ("0.8", -900_000, 27_900_000, 7_200_000),
        ("0.8", 0, 28_800_000, 7_200_000),
        ("0.8", 500_000, 29_300_000, 7_200_000),
        ("0.02", -900_000, 0, 35_100_000),
        ("0.02", -36_100_000, 0, 0),
    ],
)
def test_what_is_deferred_is_no_claim(lost: str, deferral: int, allowance: int, net: int) -> None:
    """Of 360,000.00 owed the net amount is what is recovered, or the gross amount where that is less; never below nil."""
    owed = Decimal(36_000_000)
    piece = Piece(date(2023, 5, 1), 31, 31, owed, owed * Decimal(lost), Decimal(deferral))
    assert piece.allowance == allowance and piece.revenue(Decimal("0.01")) == net * Decimal("0.01")


def bullet(day: date, billed: int, **changed: object) -> Loan:
    """300,000.00 at 1 % a month, due for the last time on 15 June 2022, and owed with so much of interest."""
    facts: dict[str, object] = {
        "origination_date": date(2021, 6, 15),
        "first_payment_date": date(2021, 7, 15),
        "principal_minor": OWED,
        "repayment_type": "bullet",
        "outstanding_principal_minor": OWED,
        "days_past_due": (day - date(2022, 6, 15)).days,
        "default_date": date(2022, 9, 13),
        "billed_unpaid_interest_minor": billed,
    }
    return loan(**{**facts, **changed})


def revenue_past_due(monthly: int, paid: int = 0, paid_on: date = date.max) -> Fraction:
    """By hand: 1 % of the 20 % expected back of principal and 18,000.00, and of what is billed on the 15th of each month of the
    year, less what was paid."""
    found = Fraction(0)
    for number in range(16):
        first, following = months_later(date(2022, 9, 13), number), months_later(date(2022, 9, 13), number + 1)
        for day in (first + timedelta(days=count) for count in range((following - first).days)):
            if OPENING <= day < CLOSING:
                billed = sum(monthly for month in range(12) if months_later(date(2023, 1, 15), month) <= day)
                owed = OWED + 1_800_000 + billed - (paid if day >= paid_on else 0)
                found += Fraction(owed, 500) / (following - first).days
    return found


@pytest.mark.parametrize("payments", [None, Paid(), Paid(tells_interest=False)])
def test_a_lender_who_bills_on_past_the_last_due_date(payments: Paid | None) -> None:
    """3,000.00 a month from 18,000.00 to 54,000.00: gross takes 36,000.00, of which 8,065.07 is revenue."""
    told = Told(bullet(CLOSING, 5_400_000), CLOSING, bullet(OPENING, 1_800_000), payments)
    total, _ = stage_3_interest(told, four_fifths_lost(), elections())
    assert abs(Fraction(total) - (3_600_000 - revenue_past_due(300_000))) < Fraction(1, 10**20)
    assert round(3_600_000 - total) == 806_507


def test_a_lender_who_bills_no_more_has_revenue_without_income() -> None:
    """Gross takes nothing, and the rate on what is expected back is revenue: it lowers the provision."""
    told = Told(bullet(CLOSING, 1_800_000), CLOSING, bullet(OPENING, 1_800_000), None)
    total, _ = stage_3_interest(told, four_fifths_lost(), elections())
    assert abs(Fraction(total) + revenue_past_due(0)) < Fraction(1, 10**20)


def test_what_was_paid_in_one_sum_counts_from_its_day() -> None:
    """Of the 54,000.00 20,000.00 were paid on 20 June: by payments owed until then, by what was received spread on the due
    dates; gross takes 36,000.00 either way, and the halves of the year add up to it."""
    first, last, half = bullet(OPENING, 1_800_000), bullet(CLOSING, 3_400_000), date(2023, 6, 30)
    one = Paid((Payment("L1", date(2023, 6, 20), 0, 2_000_000),))
    curves = four_fifths_lost()
    by_payments, _ = stage_3_interest(Told(last, CLOSING, first, one), curves, elections())
    hand = 3_600_000 - revenue_past_due(300_000, 2_000_000, date(2023, 6, 20))
    assert abs(Fraction(by_payments) - hand) < Fraction(1, 10**20)
    received = replace(first, interest_received_minor=100), replace(last, interest_received_minor=2_000_100)
    by_rows, _ = stage_3_interest(Told(received[1], CLOSING, received[0], None), curves, elections())
    # 54,000.00 - 18,000.00 - 20,000.00 on twelve due dates: 1,333.33 each
    spread = revenue_past_due(300_000) - (revenue_past_due(300_000) - revenue_past_due(0)) * Fraction(20, 36)
    assert abs(Fraction(by_rows) - (3_600_000 - spread)) < Fraction(1, 10**20)
    between = bullet(half, 1_800_000 + 6 * 300_000 - 2_000_000)
    before, _ = stage_3_interest(Told(between, half, first, one), curves, elections(closing=half))
    after, _ = stage_3_interest(Told(last, CLOSING, between, Paid()), curves, elections(opening=half))
    assert abs(before + after - by_payments) < Decimal("1e-20")


def test_the_last_payment_settles_what_is_owed_and_is_no_income() -> None:
    """Repaid on 20 June with all its interest, as its last row has it the moment before: gross takes what was billed until
    then."""
    left = date(2023, 6, 20)
    row = bullet(left, 1_800_000 + 6 * 300_000, status="prepaid", exit_date=left)
    settled = Paid((Payment("L1", left, OWED, 3_600_000),))
    total, steps = stage_3_interest(Told(row, left, bullet(OPENING, 1_800_000), settled), four_fifths_lost(), elections())
    by_name = {step.name: step.value for step in steps}
    assert (by_name["interest billed"], by_name["gross takes from 2022-12-31 to 2023-06-20"]) == (1_800_000, 1_800_000)
    by_rows, _ = stage_3_interest(Told(row, left, bullet(OPENING, 1_800_000), None), four_fifths_lost(), elections())
    assert total == by_rows


@pytest.mark.parametrize(("payments", "fees"), [(None, 3 * 180_000), (True, 370_000)], ids=["rows alone", "payments"])
def test_service_fees_are_taken_as_they_are_paid(payments: bool | None, fees: int) -> None:
    """Three instalments were paid in the year by the days past due; the 3,700.00 of a payment are no more than fell due."""
    facts: dict[str, object] = {"service_fee_minor": 180_000}
    row = unpaid(CLOSING, 15, **facts, outstanding_principal_minor=OWED - 3_000_000, days_past_due=(CLOSING - DUE[10]).days)
    one = Payment("L1", date(2023, 3, 15), 3_000_000, 900_000, 370_000)
    _, steps = stage_3_interest(
        Told(row, CLOSING, unpaid(OPENING, 6, **facts), Paid((one,)) if payments else None), four_fifths_lost(), elections()
    )
    assert [step.value for step in steps if step.name.startswith("service fees")] == [fees]


@pytest.mark.parametrize(
    ("since", "left", "begun_by", "ended_by"),
    [
        (SINCE, {}, "old", "new"),
        (date(2023, 9, 1), {}, "new", "new"),
        (SINCE, {"cured_date": date(2023, 5, 20), "days_past_due": 0}, "old", "old"),
        (SINCE, {"cured_date": date(2023, 8, 20), "days_past_due": 0}, "old", "new"),
        (SINCE, {"status": "written_off", "exit_date": date(2023, 10, 5)}, "old", "old"),
    ],
    ids=["before the change", "after it", "cured before it", "cured after it", "left"],
)
def test_what_new_curves_catch_up_is_no_revenue(since: date, left: dict[str, object], begun_by: str, ended_by: str) -> None:
    """Repayments are expected faster from 1 July on, four fifths are lost. The deferral of each end is by the curves of its
    day: a default of before takes what new ones catch up of the fees, and its revenue is the same, so u has all of it. A loan
    that left is carried by those of the opening."""
    old = losing("0.8", curve_rows(mortality="0.005"))
    curves = {
        "old": Assumptions.from_rows(*old),
        "new": in_two_versions(old, losing("0.8", curve_rows(mortality="0.02", valid_from="2023-07-01"))),
    }
    facts: dict[str, object] = {"fees_received_minor": 3_600_000, "default_date": since, **left}
    row = unpaid(CLOSING, 18, **facts)
    before = unpaid(OPENING, 6, fees_received_minor=3_600_000, default_date=None if since > OPENING else since)
    ends = row.cured_date or row.exit_date or CLOSING
    told = Told(row, row.exit_date or CLOSING, before, Paid())
    found, without = (
        {
            one.name: one.value
            for one in stage_3_interest(told, curves[version], elections())[1]
            if isinstance(one.value, Decimal)
        }
        for version in ("new", "old")
    )
    terms = contract_terms(row, "ifrs", curves["new"])

    def deferred(day: date, version: str) -> Decimal:
        return OWED * ifrs_deferral_ratio(row, terms, day, curves["new"], OPENING if version == "old" else CLOSING)

    begins, rise = max(since, OPENING), "deferral at the end less that at the beginning"
    assert deferred(ends, "new") - deferred(ends, "old") > 20_000  # of fees less is left
    assert abs(found[rise] - (deferred(ends, ended_by) - deferred(begins, begun_by))) < Decimal("1e-15")
    assert found["revenue in default"] == without["revenue in default"]
    more = found[rise] - without[rise]
    assert abs(found["stage 3 interest u"] - without["stage 3 interest u"] - more) < Decimal("1e-15")


def test_the_deferral_goes_to_the_principal_that_is_left_by_a_cure() -> None:
    """Of 300,000.00 nothing is paid until 20 August, when 120,000.00 cure it: what was deferred on these is taken with them."""
    facts: dict[str, object] = {"fees_received_minor": 3_600_000}
    cured = date(2023, 8, 20)
    row = unpaid(CLOSING, 0, **facts, outstanding_principal_minor=18_000_000, days_past_due=0, cured_date=cured)
    flows = [Decimal(1_000_000 + (PRINCIPAL - 1_000_000 * number) // 100) for number in range(36)]
    rate = state(row, "ifrs").rate_per_period
    assert rate is not None

    def deferred(day: date) -> Decimal:
        """On one unit of principal."""
        k = sum(1 for one in DUE[1:] if one <= day)
        return (worth(rate, flows, day) - worth(Decimal("0.01"), flows, day)) / (PRINCIPAL - 1_000_000 * k)

    one = Paid((Payment("L1", cured, 12_000_000, 3_000_000),))
    _, steps = stage_3_interest(Told(row, CLOSING, unpaid(OPENING, 6, **facts), one), four_fifths_lost(), elections())
    unwound = next(step.value for step in steps if step.name == "deferral at the end less that at the beginning")
    assert isinstance(unwound, Decimal) and abs(unwound - (18_000_000 * deferred(cured) - OWED * deferred(OPENING))) < Decimal(
        "1e-15"
    )
