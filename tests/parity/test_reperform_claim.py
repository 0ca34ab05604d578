"""The independent calculator's allowance of a loan in default, by hand: what the gross amount, with fees and costs, has
more than is recovered of the claim (IFRS 9 B5.5.33; ASC 326-20-30-1, 30-5), and what of the fees is taxed beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.calculation import State, estimated, whole
from gaapbridge.reperform.exact import EXACT, FRAMEWORKS, ONE, ZERO, Framework, rounded
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.loans.claim import Claim
from gaapbridge.reperform.loans.row import calculate_contract
from gaapbridge.reperform.loans.state import vat_leg
from tests.parity.cash_facts import MADE, OF_INSTALMENTS, instalments
from tests.parity.reperform_facts import amounts, assumptions, curve_rows, elections, loan, state, step, unearned


@pytest.fixture(autouse=True)
def exact() -> Iterator[None]:
    """Fifty digits, as the calculator has."""
    with localcontext(EXACT):
        yield


def losing(share: str) -> Assumptions:
    """The flat curves with so much lost in every month of default."""
    prepayment, hazard, losses, recoveries = curve_rows()
    in_default = [{**row, "lgd_discounted": share, "lgd_undiscounted": share} for row in losses]
    return Assumptions.from_rows(prepayment, hazard, in_default, recoveries)


def made(**changed: object) -> Loan:
    """360,000.00, in default and on non-accrual on the day on which it is made."""
    facts: dict[str, object] = {
        "principal_minor": 36_000_000,
        "outstanding_principal_minor": 36_000_000,
        "default_date": MADE,
        "nonaccrual_date": MADE,
    }
    return loan(**{**facts, **changed})


def gross(found: State) -> int:
    """Principal and what stands beside it, in minor units."""
    return found.principal + sum(amounts(found)[name] for name in ("deferred_fees", "deferred_costs", "accrued_interest"))


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize(
    ("lost", "fees", "costs", "allowance", "net"),
    [
        ("0.8", 0, 0, 28_800_000, 7_200_000),
        ("0.8", 1_000_000, 0, 27_800_000, 7_200_000),
        ("0.8", 0, 500_000, 29_300_000, 7_200_000),
        ("0.8", 1_000_000, 400_000, 28_200_000, 7_200_000),
        ("0.05", 3_600_000, 0, 0, 32_400_000),
        ("0.1", 3_600_000, 0, 0, 32_400_000),
        ("1", 1_000_000, 0, 35_000_000, 0),
    ],
)
def test_what_is_deferred_changes_nothing_that_is_carried(
    framework: Framework, lost: str, fees: int, costs: int, allowance: int, net: int
) -> None:
    """Of 360,000.00 72,000.00 are recovered, with fees or with costs still deferred; where fees of 36,000.00 leave less of the
    gross amount than is recovered, that is carried and no allowance."""
    found = state(made(fees_received_minor=fees, costs_paid_minor=costs), framework, MADE, losing(lost))
    assert sum(amounts(found)[name] for name in ("deferred_fees", "deferred_costs")) == costs - fees
    assert amounts(found)["loss_allowance"] == amounts(found)["loss_allowance_current"] == allowance
    assert gross(found) - allowance == net
    assert step(found, "loss of the claim") == 36_000_000 * Decimal(lost)
    assert (step(found, "deferred fees and costs"), step(found, "loss allowance")) == (costs - fees, allowance)


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize(
    "terms",
    [
        {"fees_received_minor": 2_345},
        {"costs_paid_minor": 2_345},
        {"fees_received_minor": 3_000, "costs_paid_minor": 1_111},
        {"service_fee_minor": 120},
        {"service_fee_minor": 120, "fees_received_minor": 900, "costs_paid_minor": 333},
    ],
)
@pytest.mark.parametrize("nonaccrual_date", [None, date(2023, 9, 17)])
def test_to_the_minor_unit_at_any_age(framework: Framework, terms: dict[str, object], nonaccrual_date: date | None) -> None:
    """Months later, part of it earned, under US GAAP frozen where accrual has stopped: gross less allowance is that of the same
    loan without fees and costs."""
    facts: dict[str, object] = {
        "days_past_due": 90,
        "outstanding_principal_minor": 77_777,
        "billed_unpaid_interest_minor": 1_234,
        "nonaccrual_date": nonaccrual_date,
    }
    found, without = (state(loan(**facts, **more), framework, date(2023, 12, 20)) for more in (terms, {}))
    assert gross(found) != gross(without)
    assert gross(found) - amounts(found)["loss_allowance"] == gross(without) - amounts(without)["loss_allowance"]


def test_interest_that_is_not_claimed_stands_beside_the_allowance() -> None:
    """US GAAP, accrued interest excluded and still accruing: 60 % of 50,000 are lost, and none of the interest is."""
    chosen = elections(us_interest="none", nonaccrual_days_past_due=None)
    late = loan(days_past_due=150, outstanding_principal_minor=50_000, billed_unpaid_interest_minor=2_000, costs_paid_minor=500)
    found = state(late, "us", chosen=chosen)
    assert amounts(found)["accrued_interest"] == 2_484  # and 30 of 31 days of 500
    assert amounts(found)["deferred_costs"] > 0
    assert gross(found) - amounts(found)["loss_allowance"] == 20_000 + 2_484


def test_the_moment_before_it_left_counts_too() -> None:
    """Written off, 80 % lost, with 10,000.00 of fees frozen since the day on which it was made: as much net is derecognised."""
    facts: dict[str, object] = {
        "status": "written_off",
        "exit_date": date(2023, 11, 20),
        "days_past_due": 180,
    }
    for fees, allowance in ((0, 28_800_000), (1_000_000, 27_800_000)):
        row = calculate_contract(None, made(fees_received_minor=fees, **facts), (), losing("0.8"), elections())
        assert row.figures["exit_us_deferred_fees"].amount == -fees
        assert row.figures["exit_us_loss_allowance"].amount == allowance


@pytest.mark.parametrize(
    ("fees", "costs", "method", "allowance", "net"),
    [
        (1_000_000, 0, "pd_lgd", 28_800_000, 6_200_000),
        (0, 500_000, "pd_lgd", 29_300_000, 7_200_000),
        (1_000_000, 400_000, "pd_lgd", 28_800_000, 6_600_000),
        (400_000, 1_000_000, "pd_lgd", 29_400_000, 7_200_000),
        (1_000_000, 0, "dcf", 27_800_000, 7_200_000),
        (30_000_000, 0, "dcf", 0, 6_000_000),
    ],
)
def test_a_discount_still_accreted_offsets_no_loss(fees: int, costs: int, method: str, allowance: int, net: int) -> None:
    """In default, but not on non-accrual: net fees lower what is carried under US GAAP, net costs do not, and by cash flows the
    whole cost is taken (326-20-30-4, 30-5). IFRS knows no such thing."""
    facts = made(fees_received_minor=fees, costs_paid_minor=costs, nonaccrual_date=None)
    found = state(facts, "us", MADE, losing("0.8"), elections(us_method=method))
    assert amounts(found)["loss_allowance"] == amounts(found)["loss_allowance_current"] == allowance
    counted = costs - fees if method == "dcf" or costs > fees else 0
    assert step(found, "counted of these") == counted
    assert gross(found) - allowance == net
    ifrs = state(facts, "ifrs", MADE, losing("0.8"))
    assert amounts(ifrs)["loss_allowance"] == max(28_800_000 + costs - fees, 0)


@pytest.mark.parametrize(
    ("days", "stops", "until"),
    [
        (0, 120, None),  # nothing is past due: nothing stops accrual
        (89, None, None),  # no days past due stop it
        (1, 91, date(2023, 9, 29)),
        (60, 90, date(2023, 7, 31)),
        (119, 120, date(2023, 7, 2)),
        (30, 304, date(2024, 3, 31)),  # a day before the last instalment
        (30, 305, date(2024, 4, 1)),  # on its day nothing is left
        (120, 120, date(2023, 7, 1)),  # stopped today
        (150, 120, date(2023, 6, 1)),  # a month ago
    ],
)
@pytest.mark.parametrize(("fees", "costs"), [(6_000, 0), (6_000, 2_000), (0, 6_000), (2_000, 6_000)])
def test_of_a_discount_still_accreted_what_is_left_when_accrual_stops_counts(
    days: int, stops: int | None, until: date | None, fees: int, costs: int
) -> None:
    """Twelve instalments of 10,000 without interest, in default on 1 July, 95,000 owed, 80 % lost: as late as that, accrual
    stops so many days later, and what is left of net fees then is never accreted. Net costs count as they are."""
    chosen, day = elections(nonaccrual_days_past_due=stops, us_interest="none"), date(2023, 7, 1)
    facts: dict[str, object] = {"days_past_due": days, "outstanding_principal_minor": 95_000, "default_date": day}
    contract = loan(**OF_INSTALMENTS, **facts, fees_received_minor=fees, costs_paid_minor=costs)
    found = state(contract, "us", day, losing("0.8"), chosen)
    rate = ONE / instalments().factor(120_000 - fees + costs) - ONE
    due = [months_later(MADE, number) for number in range(13)]

    def kept(on: date) -> Decimal:
        return 95_000 * unearned(rate, due, [10_000] * 12, on)

    today = kept(min(day, until or day))
    counted = today if costs > fees else kept(until) if until else ZERO
    assert amounts(found)["deferred_fees"] + amounts(found)["deferred_costs"] == rounded(today)
    assert step(found, "counted of these") == rounded(counted)
    assert amounts(found)["loss_allowance"] == 76_000 + rounded(counted)
    remark = next(one.note for one in found.steps if one.name == "counted of these")
    if fees > costs and until and until > day:
        assert until.isoformat() in remark
    else:
        assert ("nothing stops it" in remark) is (fees > costs and until is None)


def test_what_is_left_of_a_discount_is_never_above_nil() -> None:
    """A fee of 100 beside a service fee of 150 a month: below nil when the loan is made, above it months later. By then
    nothing of the discount is left, and no cost either is lost."""
    contract = loan(**OF_INSTALMENTS, fees_received_minor=100, service_fee_minor=150, days_past_due=30)
    contract = replace(contract, outstanding_principal_minor=120_000, default_date=MADE)
    later = state(contract, "us", date(2023, 8, 29), losing("0.8"), elections(us_interest="none", nonaccrual_days_past_due=180))
    assert amounts(later)["deferred_fees"] + amounts(later)["deferred_costs"] > 0
    found = state(contract, "us", MADE, losing("0.8"), elections(us_interest="none", nonaccrual_days_past_due=180))
    assert (step(found, "deferred fees and costs"), step(found, "counted of these")) == (-100, 0)
    assert amounts(found)["loss_allowance"] == 96_000


def test_by_cash_flows_and_under_ifrs_no_day_is_asked() -> None:
    """The same 60 days before accrual stops: the whole discount counts, as it is today."""
    facts = made(fees_received_minor=1_000_000, nonaccrual_date=None, days_past_due=30)
    chosen = elections(us_method="dcf", nonaccrual_days_past_due=90)
    found = [state(facts, framework, MADE, losing("0.8"), chosen) for framework in FRAMEWORKS]
    assert [amounts(one)["loss_allowance"] for one in found] == [27_800_000] * 2


AMPLE = whole(1_000_000)
"""A gross amount of more than can be lost."""


@pytest.mark.parametrize(
    ("lost", "fees", "costs", "left", "taken"),
    [
        (5_000, -30_000, 10_000, None, -7_500),
        (20_000, -30_000, 10_000, -15_000, -30_000),
        (20_000, -30_000, 10_000, None, -30_000),
        (0, -30_000, 10_000, None, 0),
        (5_000, -30_000, 10_000, 0, -7_500),
        (0, -30_000, 40_000, 0, -30_000),
        (5_000, -30_000, 30_000, 0, -30_000),
        (1, -3, 1, None, -2),
    ],
)
def test_fees_taken_are_in_proportion_to_fees_and_costs(lost: int, fees: int, costs: int, left: int | None, taken: int) -> None:
    """300.00 of fees and 100.00 of costs, 50.00 lost: a quarter of the 200.00 between them is taken, and so of the fees. Net
    costs are taken whole, and what comes to nil too; so whatever of it is left when accrual stops.
    Half a unit rounds away from nil: 1/2 of 3 is 2."""
    when_accrual_stops = None if left is None else whole(left)
    assert Claim(whole(lost), whole(fees), whole(fees + costs), AMPLE, when_accrual_stops).fees_taken.amount == taken


@pytest.mark.parametrize(
    ("lost", "nonaccrual_date"),
    [("0.8", MADE), ("0.8", None), ("0.05", MADE), ("0.01", MADE), ("0.01", None)],
)
def test_fees_that_neither_framework_has_earned_are_not_taxed(lost: str, nonaccrual_date: date | None) -> None:
    """Fees of 10,000.00, 6 % within: of them all or 3,600.00 are taken under both frameworks, or still accreted under US GAAP,
    whose allowance then leaves them out: IFRS has earned no more of them."""
    facts = made(fees_received_minor=1_000_000, nonaccrual_date=nonaccrual_date)
    us, ifrs = (state(facts, framework, MADE, losing(lost)) for framework in FRAMEWORKS)
    assert vat_leg(us, ifrs, 0, elections())["deferred_fees"].amount == 0


def test_a_floor_leaves_fees_to_be_taxed() -> None:
    """Fees of 300.00 and costs of 100.00, 50.00 of 100,000.00 lost under IFRS alone: of (300.00) (225.00) are left, and taxed
    beside the (300.00) of US GAAP, where nothing is lost and nothing taken: 75.00 x 6/106."""
    facts = made(
        principal_minor=10_000_000,
        outstanding_principal_minor=10_000_000,
        fees_received_minor=30_000,
        costs_paid_minor=10_000,
    )
    ifrs, us = state(facts, "ifrs", MADE, losing("0.0005")), state(facts, "us", MADE, losing("0"))
    assert (ifrs.fees_taken.amount, us.fees_taken.amount) == (-7_500, 0)
    assert step(ifrs, "deferred fees taken by the allowance") == -7_500
    assert vat_leg(us, ifrs, 0, elections())["deferred_fees"].amount == round(Fraction(7_500 * 6, 106)) == 425


def test_a_loan_not_in_default_is_taxed_on_all_its_fees() -> None:
    """Expected repayments make IFRS earn fees sooner: the tax is inside the difference, as of every loan not in default."""
    facts = loan(fees_received_minor=5_000)
    us, ifrs = (state(facts, framework, curves=assumptions(mortality="0.05")) for framework in FRAMEWORKS)
    apart = amounts(ifrs)["deferred_fees"] - amounts(us)["deferred_fees"]
    assert apart != 0 and us.fees_taken.amount == ifrs.fees_taken.amount == 0
    assert vat_leg(us, ifrs, 0, elections())["deferred_fees"].amount == round(Fraction(apart * 6, 106))


def test_each_is_rounded_before_they_are_added() -> None:
    """50.5 lost and 9.5 of fees deferred: 51 less 10, though 41.0 would be the same; 50.5 and 10.4 make 41, and not 40."""
    kept = (estimated(Decimal(one)) for one in ("-9.5", "-10.4", "10.4", "-51", "-50.6"))
    found = [Claim(estimated(Decimal("50.5")), one, one, AMPLE).allowance for one in kept]
    assert [(one.amount, one.slack) for one in found] == [(41, 2), (41, 1), (61, 1), (0, 1), (0, 1)]
    assert found[-1].exact == ZERO and all(one.derived for one in found)


def test_an_amount_near_half_of_deferral_and_claim_is_told_to_be_so() -> None:
    """50 % of 100,001 is 50,000.5: the allowance rests on one rounding, the deferral of 1,000 on none."""
    odd = loan(principal_minor=100_001, outstanding_principal_minor=100_001, fees_received_minor=1_000, default_date=MADE)
    odd = replace(odd, nonaccrual_date=MADE)
    found = state(odd, "us", MADE, assumptions()).figure("loss_allowance")
    assert (found.amount, found.slack) == (50_001 - 1_000, 1)
