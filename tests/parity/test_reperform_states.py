"""The independent calculator's states against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt

import pytest

from gaapbridge.reperform.calculation import State, whole
from gaapbridge.reperform.exact import EXACT, FRAMEWORKS, ZERO
from gaapbridge.reperform.loan import Event, Loan, Paid, Payment
from gaapbridge.reperform.loans.row import calculate_contract
from gaapbridge.reperform.loans.state import vat_leg
from gaapbridge.reperform.loans.told import with_service_fees
from tests.parity.reperform_facts import (
    CLOSING,
    amounts,
    assumptions,
    curve_rows,
    elections,
    in_two_versions,
    loan,
    state,
    step,
)

# ---------------------------------------------------------------- a bullet loan, fee 10.00, half a month old


def half_month_bullet(**changed: object) -> Loan:
    """C0 = 99,000 and one flow of 101,000 after a month: r = 2/99."""
    return loan(repayment_type="bullet", term_instalments=1, fees_received_minor=1_000, **changed)


def test_half_month_bullet_under_us_gaap() -> None:
    found = state(half_month_bullet(), "us", date(2023, 4, 16))
    grown = isqrt(99_000 * 101_000 * 10**20)  # 99,000 (101/99)^(1/2), ten decimals
    without = isqrt(100_000 * 101_000 * 10**20)  # without the fee: 100,000 1.01^(1/2)
    assert found.rate_per_period is not None
    assert abs(found.rate_per_period - Decimal(2) / Decimal(99)) < Decimal("1e-27")
    assert abs(found.figures["deferred_fees"].exact - Decimal(grown - without) / 10**10) < Decimal("1e-9")
    assert amounts(found) == {
        "deferred_fees": -504,
        "deferred_fees_non_current": 0,
        "deferred_costs": 0,
        "deferred_costs_non_current": 0,
        "accrued_interest": 500,
        "loss_allowance": 1_970,  # 100,000 x (1 - 0.99^4) x 50 %: missed in May, recognised by August; no interest by then
        "loss_allowance_current": 1_970,
        "expected_recoveries": 0,
    }


def test_half_month_bullet_under_ifrs() -> None:
    found = state(half_month_bullet(), "ifrs", date(2023, 4, 16))
    owed = [(100_000 + 1_000 * t) * (Decimal(99) / Decimal(101)) ** t for t in (1, 2, 3, 4)]
    expected = Decimal("0.0045") * sum(Decimal("0.99") ** t * amount for t, amount in enumerate(owed))
    assert found.figures["loss_allowance"].amount == round(expected) == 1_729
    assert step(found, "stage") == 1
    assert [(month.recognised_in_month, month.scenario) for month in found.months] == [
        (number, scenario) for number in (1, 2, 3, 4) for scenario in ("base", "downside")
    ]


def test_excluded_accrued_interest() -> None:
    """Half a month's 500 is exposed with the principal where interest accrues beyond the day of recognition."""
    for us_interest, exposed in (("at_the_instant", 100_500), ("none", 100_000)):
        chosen = elections(us_interest=us_interest, nonaccrual_days_past_due=91)
        found = state(half_month_bullet(), "us", date(2023, 4, 16), chosen=chosen)
        assert found.figures["loss_allowance"].amount == round(exposed * (1 - Decimal("0.99") ** 4) / 2)


def test_fees_and_costs_are_split_by_size() -> None:
    """Fees 1,000 and costs 3,000: at origination the deferral is 2,000, x = 3,000/2,000."""
    contract = half_month_bullet(costs_paid_minor=3_000)
    found = state(contract, "us", date(2023, 4, 1))
    assert (found.figures["deferred_costs"].amount, found.figures["deferred_fees"].amount) == (3_000, -1_000)


def test_service_fees_are_shared_out_by_costs_and_fees() -> None:
    """With a service fee the share of costs is 3,000 of 4,000, whatever the sign of the deferral."""
    contract = half_month_bullet(costs_paid_minor=3_000, service_fee_minor=500)
    found = state(contract, "us", date(2023, 4, 1))
    assert (found.figures["deferred_costs"].amount, found.figures["deferred_fees"].amount) == (1_500, 500)


def test_equal_fees_and_costs_leave_nothing() -> None:
    """At par the deferral is nil, on due dates and between them: interest that accrues simply is no fee."""
    contract = half_month_bullet(costs_paid_minor=1_000)
    start = state(contract, "ifrs", date(2023, 4, 1))
    assert (start.figures["deferred_costs"].amount, start.figures["deferred_fees"].amount) == (0, 0)
    assert start.figures["deferred_fees"].slack == 0
    found = state(contract, "ifrs", date(2023, 4, 16))
    assert found.figures["deferred_fees"].exact == 0
    assert (found.figures["deferred_costs"].amount, found.figures["deferred_fees"].amount) == (0, 0)


@pytest.mark.parametrize("mortality", ["0", "0.02"])
@pytest.mark.parametrize("n", [1, 12, 480])
@pytest.mark.parametrize("repayment_type", ["level", "equal_principal", "bullet"])
def test_deferral_at_origination_is_fees_and_costs(mortality: str, n: int, repayment_type: str) -> None:
    contract = loan(repayment_type=repayment_type, term_instalments=n, fees_received_minor=2_000, costs_paid_minor=700)
    found = state(contract, "ifrs", contract.origination_date, assumptions(mortality=mortality, hazard="0.0001"))
    assert (found.figures["deferred_costs"].amount, found.figures["deferred_fees"].amount) == (700, -2_000)
    later = state(contract, "ifrs", date(2063, 4, 1), assumptions(mortality=mortality, hazard="0.0001"))
    assert (later.figures["deferred_costs"].amount, later.figures["deferred_fees"].amount) == (0, 0)


def test_service_fee_alone_makes_an_asset() -> None:
    """Interest-free, 2 instalments of 50,000 and a fee of 1,000 each; after one, G = 51,000/(1+r)."""
    contract = loan(
        repayment_type="interest_free_instalments",
        term_instalments=2,
        service_fee_minor=1_000,
        outstanding_principal_minor=50_000,
    )
    found = state(contract, "us", date(2023, 5, 1))
    # 100,000 = 51,000 (v + v^2): v = (sqrt(1 + 4 x 100/51) - 1) / 2
    with localcontext(EXACT):
        v = ((1 + Decimal(400) / 51).sqrt() - 1) / 2
        deferral = 51_000 * v - 50_000
    assert found.figures["deferred_fees"].amount == round(deferral)
    assert found.figures["accrued_interest"].amount == 0


def test_non_current_share() -> None:
    """Equal principal over 24 months, 8 behind: B_20 / B_8 = 4/16."""
    contract = loan(
        repayment_type="equal_principal",
        term_instalments=24,
        principal_minor=240_000,
        outstanding_principal_minor=160_000,
        fees_received_minor=4_800,
    )
    found = state(contract, "us", date(2023, 12, 1))
    assert step(found, "non-current share") == Decimal("0.25")
    fees = found.figures["deferred_fees"].amount
    assert fees < 0
    assert found.figures["deferred_fees_non_current"].amount == -((-fees + 2) // 4)  # a quarter, halves away from zero


def test_past_maturity_what_is_owed_is_exposed_until_recognition() -> None:
    """The last of three instalments was due on 1 July; 20 days past due on 31 December, by what has been paid meanwhile."""
    contract = loan(
        term_instalments=3,
        outstanding_principal_minor=40_000,
        billed_unpaid_interest_minor=600,
        fees_received_minor=900,
        days_past_due=20,
    )
    us = state(contract, "us")
    assert us.figures["deferred_fees"].amount == 0
    assert us.figures["accrued_interest"].amount == 600
    assert us.figures["loss_allowance"].amount == 200  # 40,000 x 1 % x 50 %
    assert step(us, "months ahead") == 1
    owing = elections(nonaccrual_days_past_due=91)
    assert state(contract, "us", chosen=owing).figures["loss_allowance"].amount == 203  # and the 600 billed


def test_non_accrual_freezes_the_deferral() -> None:
    """100 days past due on 31 December: accrual stopped ten days before, 21 December."""
    facts: dict[str, object] = {"fees_received_minor": 5_000, "outstanding_principal_minor": 60_000}
    late = loan(days_past_due=100, **facts)
    found, frozen = state(late, "us"), state(loan(**facts), "us", date(2023, 12, 21))
    assert step(found, "last accrual date") == "2023-12-21"
    assert found.figures["deferred_fees"].exact == frozen.figures["deferred_fees"].exact
    assert found.figures["accrued_interest"].amount == 0
    assert state(late, "ifrs").figures["accrued_interest"].amount == 581  # 60,000 x 1 % x 30/31
    named = state(loan(nonaccrual_date=date(2023, 11, 1), **facts), "us")
    assert step(named, "last accrual date") == "2023-11-01"


def test_no_rate_is_a_problem_not_a_number() -> None:
    found = state(loan(fees_received_minor=100_000), "us")
    assert found.problem
    assert not found.figures


# ---------------------------------------------------------------- whole rows


def test_a_loan_in_default_is_current() -> None:
    """Principal, deferral and allowance; a day earlier the balance after twelve more instalments is due later."""
    late = loan(term_instalments=24, fees_received_minor=1_000, days_past_due=90)
    for framework, days in (("us", 90), ("ifrs", 90), ("us", 89), ("ifrs", 89)):
        found = state(replace(late, days_past_due=days), framework)
        beyond = found.figure("deferred_fees_non_current").amount, found.principal_non_current
        assert (beyond == (0, 0)) is (days == 90)
        allowance = found.figure("loss_allowance").amount - found.figure("loss_allowance_current").amount
        assert (allowance == 0) is (days == 90)


def test_vat_is_inside_the_difference_of_each_component() -> None:
    us = State(CLOSING, {"deferred_fees": whole(-1_000, slack=1)})
    ifrs = State(CLOSING, {"deferred_fees": whole(-1_009), "accrued_interest": whole(350)})
    found = vat_leg(us, ifrs, 0, elections())  # -9 x 6/106 and 350 x 6/106
    assert found == {"deferred_fees": whole(-1, slack=1), "accrued_interest": whole(20)}
    halved = vat_leg(us, ifrs, 0, elections(vat_rate=Fraction(1)))  # -4.5 rounds away from zero
    assert halved == {"deferred_fees": whole(-5, slack=1), "accrued_interest": whole(175)}


@pytest.mark.parametrize(("days", "taxed_days", "taxed"), [(90, 90, True), (91, 90, False), (400, None, True)])
def test_interest_past_due_for_longer_than_it_is_taxed_has_no_vat(days: int, taxed_days: int | None, taxed: bool) -> None:
    """Fees keep theirs; a plan that states no days, as those of before, taxes all interest."""
    us, ifrs = State(CLOSING, {}), State(CLOSING, {"deferred_fees": whole(106), "accrued_interest": whole(350)})
    found = vat_leg(us, ifrs, days, elections(interest_taxed_days=taxed_days))
    assert found == {"deferred_fees": whole(6), **({"accrued_interest": whole(20)} if taxed else {})}


def test_written_off_in_the_period() -> None:
    """Measured the moment before, then expected recoveries only: 20 % after one month, less cash cap."""
    contract = loan(
        status="written_off",
        exit_date=date(2023, 11, 20),
        days_past_due=180,
        outstanding_principal_minor=70_000,
        fees_received_minor=100,
    )
    events = (Event("L1", date(2023, 12, 1), "recovery", 60_000),)
    found = calculate_contract(None, contract, events, assumptions(), elections())
    measured = {column: figure.amount for column, figure in found.figures.items() if figure.amount}
    assert measured["us_expected_recoveries"] == 10_000  # 14,000 expected, 10,000 left below the amount written off
    assert measured["exit_principal"] == 70_000
    assert "closing_principal" not in measured
    assert "us_loss_allowance" not in measured
    assert measured["exit_us_expected_recoveries"] == 21_000  # 30 % of it on the day
    assert 20_000 < measured["exit_ifrs_expected_recoveries"] < 21_000 and measured["ifrs_interest_on_recoveries"] > 200
    assert measured["exit_us_loss_allowance"] > 0
    assert found.facts == {"path": "new_written_off", "status": "written_off", "stage_opening": 0, "stage_closing": 0}


def test_old_write_off_has_recoveries_at_both_ends() -> None:
    contract = loan(
        origination_date=date(2022, 1, 1),
        first_payment_date=date(2022, 2, 1),
        status="written_off",
        exit_date=date(2022, 12, 15),
    )
    found = calculate_contract(contract, contract, (), assumptions(), elections())
    measured = {column: figure.amount for column, figure in found.figures.items() if figure.amount}
    assert measured == {
        "opening_us_expected_recoveries": 30_000,
        "opening_ifrs_expected_recoveries": 29_410,  # 10,000 after each of three months, at 1 %
        "ifrs_interest_on_recoveries": 590,  # and so they come to 30,000
    }
    whole = calculate_contract(contract, contract, (), assumptions(), elections(ifrs_after_write_off="nil"))
    assert [column for column, figure in whole.figures.items() if figure.amount] == ["opening_us_expected_recoveries"]


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ("on_book", "on_book", "stayed"),
        (None, "on_book", "new"),
        ("on_book", "prepaid 2023-05-01", "settled"),
        ("on_book", "matured 2023-01-01", "settled"),
        (None, "prepaid 2023-05-01", "new_settled"),
        ("on_book", "written_off 2023-05-01", "written_off"),
        ("on_book", "prepaid 2022-12-31", "lost"),
        ("on_book", "written_off 2022-11-30", "lost"),
        ("on_book", None, "lost"),
        ("written_off 2022-11-30", None, "written_off_earlier"),
        (None, "written_off 2022-11-30", "written_off_earlier"),
        (None, "matured 2022-12-31", "ignored"),
        ("prepaid 2022-11-30", "prepaid 2022-11-30", "ignored"),
    ],
)
def test_path_through_the_period(before: str | None, after: str | None, path: str) -> None:
    """One that was on book at the opening is lost where the closing tape says it had left by then, and has no exit."""
    opening, closing = (_told(row) for row in (before, after))
    found = calculate_contract(opening, closing, (), assumptions(), elections())
    assert found.facts["path"] == path
    measured = {column for column, figure in found.figures.items() if figure.amount}
    assert ("exit_principal" in measured) == (path in ("settled", "new_settled", "written_off", "new_written_off"))
    assert ("opening_principal" in measured) == (before == "on_book")


def test_nothing_is_expected_back_of_a_loan_that_is_lost() -> None:
    """Written off on 20 November, 20 % would come back after a month; but on 30 November it was still on book."""
    chosen, gone = elections(opening=date(2023, 11, 30)), loan(status="written_off", exit_date=date(2023, 11, 20))
    told = calculate_contract(gone, gone, (), assumptions(), chosen)
    assert told.figures["us_expected_recoveries"].amount == 20_000
    lost = calculate_contract(loan(), gone, (), assumptions(), chosen)
    assert (lost.facts["path"], lost.figures["us_expected_recoveries"].amount) == ("lost", 0)


def _told(row: str | None) -> Loan | None:
    """A loan of 2022 with the status, and the day it left, that a tape gives."""
    if row is None:
        return None
    status, _, left = row.partition(" ")
    exit_date = date.fromisoformat(left) if left else None
    dates = {"origination_date": date(2022, 10, 1), "first_payment_date": date(2022, 11, 1)}
    return loan(**dates, term_instalments=36, status=status, exit_date=exit_date)


def test_curve_versions_by_state() -> None:
    """Rate: version at origination. Opening and exit: at the opening instant. Closing: at the closing one."""
    old, new = curve_rows(mortality="0.01"), curve_rows(mortality="0.05", valid_from="2023-06-30")
    curves = in_two_versions(old, new)
    contract = loan(
        origination_date=date(2022, 10, 1), first_payment_date=date(2022, 11, 1), term_instalments=36,
        fees_received_minor=9_000,
    )  # fmt: skip
    kept = calculate_contract(contract, contract, (), curves, elections())
    single = calculate_contract(contract, contract, (), assumptions(mortality="0.01"), elections())
    assert kept.rates == single.rates
    assert kept.figures["restated_ifrs_deferred_fees"] == single.figures["ifrs_deferred_fees"]
    changed = {column for column, figure in kept.figures.items() if figure != single.figures[column]}
    assert changed  # the closing state's, and no other
    assert not {column for column in changed if column.startswith(("opening_", "restated_", "exit_"))}
    assert kept.figures["ifrs_deferred_fees"] != single.figures["ifrs_deferred_fees"]
    left = loan(
        origination_date=date(2022, 10, 1), first_payment_date=date(2022, 11, 1), term_instalments=36,
        fees_received_minor=9_000, status="prepaid", exit_date=date(2023, 9, 15),
    )  # fmt: skip
    gone = calculate_contract(contract, left, (), curves, elections())
    before = calculate_contract(contract, left, (), assumptions(mortality="0.01"), elections())
    assert gone.figures == before.figures


def test_near_half_gives_slack_and_nothing_else_does() -> None:
    """Allowance 100,000 x 0.01 % x 5 % = 0.5 exactly."""
    contract = loan(repayment_type="bullet", term_instalments=1, annual_rate=ZERO)
    textbook = elections(default_timeline="none")
    found = state(contract, "us", contract.origination_date, assumptions(hazard="0.0001", lgd="0.05"), textbook)
    assert found.figures["loss_allowance"].amount == 1
    assert found.figures["loss_allowance"].slack == 1
    assert found.figures["deferred_fees"].slack == 0


def test_instalment_near_half_leaves_an_alternative() -> None:
    """One instalment at 0.0012 % a year of 5,000.00: exactly 500,000.5 is owed at the end of the month."""
    contract = loan(principal_minor=500_000, annual_rate=Decimal("0.000012"), term_instalments=1)
    found = calculate_contract(None, contract, (), assumptions(), elections())
    assert [name for name, _ in found.alternatives] == ["instalment near half"]
    assert found.alternatives[0][1].instalment_minor == 500_000


def ahead(**changed: object) -> Loan:
    """360,000.00 at 1 % in 36 instalments with 9.00 a month from 15 January on, nine of them paid before they fall due."""
    return loan(
        **{
            "origination_date": date(2022, 12, 15),
            "first_payment_date": date(2023, 1, 15),
            "principal_minor": 36_000_000,
            "term_instalments": 36,
            "repayment_type": "bullet",
            "service_fee_minor": 900,
            "outstanding_principal_minor": 36_000_000,
            "service_fees_ahead_minor": 9 * 900,
            **changed,
        }
    )


def test_service_fees_paid_ahead_reduce_what_is_carried_until_they_fall_due() -> None:
    """Twelve are paid on 10 January: on 31 March three have fallen due and nine are ahead, 81.00 beside the 16 of 31 days'
    interest that has run."""
    contract = ahead()
    for framework in FRAMEWORKS:
        found = state(contract, framework, date(2023, 3, 31))
        assert amounts(found)["accrued_interest"] == round(Fraction(360_000 * 16, 31)) - 8_100
        without = state(replace(contract, service_fees_ahead_minor=0), framework, date(2023, 3, 31))
        assert amounts(found)["deferred_fees"] == amounts(without)["deferred_fees"]


def test_who_is_ahead_has_paid_all_that_fell_due() -> None:
    """Of 120.00 of fees paid on 10 January 108.00 are twelve service fees by the nine ahead on 31 March, and 9.00 by a row with
    none ahead: one falls due within 15 days. In the next quarter 81.00 are paid already: 5.00 on 10 June are none."""
    day, row = date(2023, 3, 31), ahead()
    paid = Paid((Payment("L1", date(2023, 1, 10), 0, 0, 12_000),))
    for one, whole_fees in ((row, 10_800), (replace(row, service_fees_ahead_minor=0), 900)):
        assert with_service_fees(paid, one.grid, None, 0, one, day).service_fees(date.min, day) == whole_fees
    later = Paid((Payment("L1", date(2023, 6, 10), 0, 0, 500),))
    for left, whole_fees in ((6 * 900, 0), (7 * 900, 500)):
        end = replace(row, service_fees_ahead_minor=left)
        told = with_service_fees(later, row.grid, row, 3, end, date(2023, 6, 30))
        assert told.service_fees(date.min, date.max) == whole_fees
