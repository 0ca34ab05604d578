"""The independent calculator's stages and loss estimates against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

import pytest

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.exact import EXACT, ONE, ZERO
from gaapbridge.reperform.losses import Chances, discounting, expected_loss
from gaapbridge.reperform.timeline import Exposure
from gaapbridge.terms.errors import UnusableInput
from tests.parity.reperform_facts import assumptions, curve_rows, elections, in_two_versions, loan, state, step

# ---------------------------------------------------------------- losses


def loss(exposures: list[int], hazards: list[str], lgd: str, rate: str, horizon: int, tau: str = "0") -> Decimal:
    with localcontext(EXACT):
        v = ONE / (ONE + Decimal(rate))
        found = expected_loss(
            (("base", ONE),),
            Chances(lambda scenario, t: Decimal(hazards[t - 1]), lambda scenario, t: ZERO),
            lambda scenario: Decimal(lgd),
            Exposure(tuple(Decimal(amount) for amount in exposures), (ZERO,) * len(exposures), (None,) * len(exposures)),
            horizon,
            lambda t: v ** (Decimal(t) - Decimal(tau)),
        )
    return found.estimate


def test_twelve_month_loan_loses_the_same_over_twelve_months_and_for_life() -> None:
    amounts, hazards = [100 * j for j in range(12, 0, -1)], ["0.004"] * 12
    assert round(loss(amounts, hazards, "0.7", "0.015", 12), 8) == Decimal("20.10720349")
    assert round(loss(amounts, hazards, "0.7", "0", 12), 8) == Decimal("21.52286026")


def test_three_year_loan_by_horizon_and_discounting() -> None:
    facts = ([900, 600, 300], ["0.02", "0.03", "0.04"], "0.5")
    assert round(loss(*facts, "0.1", 1), 8) == Decimal("8.18181818")
    assert round(loss(*facts, "0.1", 3), 8) == Decimal("19.75627348")
    assert round(loss(*facts, "0", 3), 4) == Decimal("23.5236")


@pytest.mark.parametrize(("tau", "expected"), [("1", "9"), ("0.5", "8.5811633"), ("0", "8.18181818")])
def test_default_timing(tau: str, expected: str) -> None:
    assert round(loss([900], ["0.02"], "0.5", "0.1", 1, tau), 8) == Decimal(expected)


def test_discount_factors_by_timing() -> None:
    with localcontext(EXACT):
        _, factor = discounting("ifrs", elections(default_timing="middle"), Decimal("0.21"))
        assert abs(factor(1) - 1 / Decimal("1.1")) < Decimal("1e-45")
        discounted, none = discounting("us", elections(), Decimal("0.21"))
        assert not discounted and none(7) == 1


# ---------------------------------------------------------------- stages, default, horizon


@pytest.mark.parametrize(
    ("changed", "stage", "reason"),
    [
        ({}, 1, "no significant increase"),
        ({"days_past_due": 29}, 1, "no significant increase"),
        ({"days_past_due": 30}, 2, "30 days"),
        ({"watch_list": True}, 2, "watch list"),
        ({"forborne": True}, 2, "forborne"),
        ({"days_past_due": 90}, 3, "90 days"),
        ({"default_date": date(2023, 10, 1)}, 3, "in default since"),
        ({"default_date": date(2023, 7, 1), "cured_date": date(2023, 10, 3)}, 3, "probation"),
        ({"default_date": date(2023, 7, 1), "cured_date": date(2023, 10, 2)}, 1, "no significant"),
    ],
)
def test_stages(changed: dict[str, object], stage: int, reason: str) -> None:
    found = state(loan(**changed), "ifrs").stage
    assert found is not None
    assert found.number == stage
    assert reason in found.reason


def test_pd_test_compares_the_same_remaining_life() -> None:
    """Hazard 1 % at origination, 3 % now, 4 instalments left and 2 due dates on: 1 - 0.97^6 against 1 - 0.99^6."""
    before, after = curve_rows(), curve_rows(hazard="0.03", valid_from="2023-12-01")
    curves = in_two_versions(before, after)
    found = state(loan(), "ifrs", curves=curves)
    assert step(found, "PD over remaining life, now") == 1 - Decimal("0.97") ** 6
    origin = step(found, "PD over the same life, at origination")
    assert isinstance(origin, Decimal)
    assert abs(origin - (1 - Decimal("0.99") ** 6)) < Decimal("1e-45")
    assert found.stage is not None and found.stage.number == 2
    ratio = state(loan(), "ifrs", curves=curves, chosen=elections(sicr_pd_ratio=Decimal(3)))
    assert ratio.stage is not None and ratio.stage.number == 1
    low = state(loan(), "ifrs", curves=curves, chosen=elections(low_credit_risk_pd_12m=Decimal("0.2")))
    assert low.stage is not None and low.stage.number == 1


def test_a_pd_test_at_its_threshold_is_said_to_be_close() -> None:
    found = state(loan(), "ifrs", chosen=elections(sicr_pd_ratio=ONE, sicr_pd_increase=ZERO)).stage
    assert found is not None
    assert found.pd_test_is_close


def test_default_takes_the_loss_of_its_age() -> None:
    """60 days beyond 90: default 1 November, one whole month; the tape's own date comes first."""
    late = loan(days_past_due=150, outstanding_principal_minor=50_000, billed_unpaid_interest_minor=2_000)
    us = state(late, "us", date(2023, 12, 31))
    assert step(us, "months since default") == 1
    assert us.figures["loss_allowance"].amount == 30_000  # on non-accrual: 60 % of the principal, no interest
    assert state(late, "ifrs").figures["loss_allowance"].amount == 28_341  # 54 % of 52,000 and 30/31 x 500
    assert us.figures["loss_allowance_current"].amount == us.figures["loss_allowance"].amount
    named = loan(days_past_due=150, outstanding_principal_minor=50_000, default_date=date(2023, 9, 1))
    assert step(state(named, "us"), "months since default") == 3
    assert step(state(named, "us"), "loss given default") == Decimal("0.7")  # the last value holds
    assert step(state(named, "ifrs"), "loss given default") == Decimal("0.63")


def test_a_cured_contract_leaves_us_default_at_once() -> None:
    cured = loan(default_date=date(2023, 7, 1), cured_date=date(2023, 12, 1))
    assert step(state(cured, "us"), "months ahead") == 6
    assert step(state(cured, "ifrs"), "stage") == 3


def test_on_probation_a_contract_has_the_hazards_of_those_who_default_again() -> None:
    """20 % a month of those cured, 1 % of everybody else: under both frameworks, for 90 days, while nothing is overdue."""
    rows = curve_rows()
    for row in rows[1]:
        row["hazard"] = "0.2" if row["bucket"] == "probation" else row["hazard"]
    curves = Assumptions.from_rows(*rows[:3])
    cured: dict[str, object] = {"default_date": date(2023, 7, 1), "cured_date": date(2023, 10, 3)}
    often, seldom = 50_000 * (1 - Decimal("0.8") ** 6), 50_000 * (1 - Decimal("0.99") ** 6)
    for changed, expected in (({}, often), ({"days_past_due": 1}, seldom), ({"cured_date": date(2023, 10, 2)}, seldom)):
        contract = loan(repayment_type="bullet", annual_rate=ZERO, **{**cured, **changed})
        us, ifrs = state(contract, "us", curves=curves), state(contract, "ifrs", curves=curves)
        assert us.figures["loss_allowance"].amount == round(expected)
        assert ifrs.figures["loss_allowance"].amount == round(expected * Decimal("0.9"))
    assert step(state(loan(**cured), "us", curves=curves), "bucket") == "probation"
    overdue = state(loan(**cured, days_past_due=1), "ifrs", curves=curves)
    assert (step(overdue, "bucket"), step(overdue, "stage"), step(overdue, "horizon H")) == ("1-30", 3, 6)


def test_stage_1_looks_twelve_months_ahead_and_us_for_life() -> None:
    contract = loan(repayment_type="bullet", term_instalments=24, annual_rate=ZERO)
    us, ifrs = (
        state(contract, "us", contract.origination_date),
        state(contract, "ifrs", contract.origination_date),
    )
    assert us.figures["loss_allowance"].amount == round(50_000 * (1 - Decimal("0.99") ** 27))  # recognised after maturity
    assert (
        us.figures["loss_allowance_current"].amount == ifrs.figures["loss_allowance_current"].amount == 0
    )  # all due after two years
    assert ifrs.figures["loss_allowance"].amount == round(45_000 * (1 - Decimal("0.99") ** 12))


def test_exposure_after_the_instalment() -> None:
    contract = loan(repayment_type="equal_principal", term_instalments=2, annual_rate=ZERO)
    for after, expected in (("after_instalment", 250), ("before_instalment", 748)):  # 50,000, then 49,500 survive
        chosen = elections(default_timeline="none", exposure_at_default=after)
        found = state(contract, "us", contract.origination_date, chosen=chosen)
        assert found.figures["loss_allowance"].amount == expected
        assert [month.first_missed_due for month in found.months] == [None, None]


def test_us_forecast_reverts_to_history() -> None:
    """A downside of twice the hazard for 1 month, then two steps of a third, then history."""
    contract = loan(repayment_type="bullet", term_instalments=5, annual_rate=ZERO)
    chosen = elections(
        us_scenarios=(("downside", ONE),),
        us_supportable_months=1,
        us_reversion="straight_line",
        us_reversion_months=2,
    )
    curves = assumptions(hazard="0.03", downside="2")
    found = state(contract, "us", contract.origination_date, curves, chosen)
    with localcontext(EXACT):
        assert [round(month.hazard, 20) for month in found.months] == [
            Decimal("0.06"),
            Decimal("0.05"),
            Decimal("0.04"),
            Decimal("0.03"),
            *[Decimal("0.03")] * 4,
        ]
    in_month = state(contract, "us", contract.origination_date, curves, replace(chosen, us_reversion_reached="in_month"))
    assert [month.hazard for month in in_month.months][:4] == [Decimal(h) for h in ("0.06", "0.045", "0.03", "0.03")]
    at_once = state(
        contract,
        "us",
        contract.origination_date,
        curves,
        elections(us_scenarios=(("downside", ONE),), us_supportable_months=1),
    )
    assert [month.hazard for month in at_once.months][:2] == [Decimal("0.06"), Decimal("0.03")]


def test_a_schedule_repaid_early_leaves_what_is_owed() -> None:
    """Instalments of 600.00 repay the schedule by June; what is outstanding is exposed to the calendar's end."""
    contract = loan(instalment_minor=60_000, outstanding_principal_minor=30_000)
    us, ifrs = state(contract, "us"), state(contract, "ifrs")
    assert us.figures["loss_allowance"].amount == round(15_000 * (1 - Decimal("0.99") ** 6))
    assert us.figures["deferred_fees"].amount == 0
    assert step(ifrs, "PD over remaining life, now") == 1 - Decimal("0.99") ** 6  # four instalments, two due dates on


def test_a_past_due_us_contract_on_non_accrual_by_date_exposes_no_interest() -> None:
    contract = loan(repayment_type="bullet", nonaccrual_date=date(2023, 12, 1), billed_unpaid_interest_minor=7_000)
    with localcontext(EXACT):
        expected = 50_000 * (1 - Decimal("0.99") ** 6)
    late = elections(nonaccrual_days_past_due=91)
    assert state(contract, "us", chosen=late).figures["loss_allowance"].amount == round(expected)


# ---------------------------------------------------------------- like for like, and interest


def test_ratings_are_compared_with_those_of_origination() -> None:
    """Hazard 1 % of A and 3 % of B: who was A and is B has risen; who was B and is B has not, however young or late."""
    rows, rated = curve_rows(), []
    for row in rows[1]:
        rated += [{**row, "rating": "A"}, {**row, "rating": "B", "hazard": str(3 * Decimal(row["hazard"]))}]
    curves = Assumptions.from_rows(rows[0], rated, rows[2])
    found = state(loan(rating="B", rating_at_origination="A"), "ifrs", curves=curves)
    assert step(found, "PD over remaining life, now") == 1 - Decimal("0.97") ** 6
    assert step(found, "PD over the same life, at origination") == 1 - Decimal("0.99") ** 6
    stages = [
        state(loan(rating=now, rating_at_origination=then), "ifrs", curves=curves).stage
        for now, then in (("B", "A"), ("B", "B"), ("A", "B"))
    ]
    assert [stage.number for stage in stages if stage] == [2, 1, 1]
    assert [state(loan(rating=one, rating_at_origination="A"), "us", curves=curves).months[0].hazard for one in "AB"] == [
        Decimal("0.01"),
        Decimal("0.03"),
    ]
    with pytest.raises(UnusableInput, match="every segment"):
        state(loan(rating="C", rating_at_origination="A"), "us", curves=curves)


def test_arrears_raise_the_probability_now_and_not_at_origination() -> None:
    """Hazard 5 % of those 1 to 30 days past due: 20 days are less than the backstop, but the probability has risen."""
    rows = curve_rows()
    for row in rows[1]:
        row["hazard"] = "0.05" if row["bucket"] == "1-30" else row["hazard"]
    found = state(loan(days_past_due=20), "ifrs", curves=Assumptions.from_rows(*rows[:3]))
    assert step(found, "PD over remaining life, now") == 1 - Decimal("0.95") ** 6
    assert step(found, "PD over the same life, at origination") == 1 - Decimal("0.99") ** 6
    assert step(found, "stage") == 2


def test_probabilities_of_the_tape_are_compared_where_both_are_there() -> None:
    for now, then, stage in (("0.05", "0.02", 2), ("0.05", "0.03", 1), ("0.01", "0.001", 1), ("0.05", None, 1)):
        given = {"pd_12m": Decimal(now), "pd_12m_at_origination": then and Decimal(then)}
        assert step(state(loan(**given), "ifrs"), "stage") == stage


def test_interest_is_exposed_to_recognition_or_as_it_is_at_the_instant() -> None:
    """Bullet at 1 % a month, 300 billed, 30/31 of 1,000 running; in default by month 2, or after arrears are paid."""
    contract = loan(repayment_type="bullet", billed_unpaid_interest_minor=300, days_past_due=30)
    base = [month for month in state(contract, "ifrs").months if month.scenario == "base"]
    assert [month.interest for month in base] == [1_300, 2_300, 3_000, 3_000, 3_000, 3_000]
    late = elections(nonaccrual_days_past_due=91)
    with localcontext(EXACT):
        running = 300 + Decimal(1_000) * 30 / 31
    assert [month.interest for month in state(contract, "us", chosen=late).months[:3]] == [running, running, ZERO]
    assert {month.interest for month in state(contract, "us").months} == {ZERO}  # reversed by day 90
    excluded = replace(late, us_interest="none")
    assert {month.interest for month in state(contract, "us", chosen=excluded).months} == {ZERO}
    missed = [month.first_missed_due for month in base[:3]]
    assert missed == [date(2023, 12, 1), date(2023, 12, 1), date(2024, 1, 1)]


def test_interest_may_be_lost_whole() -> None:
    """Under dcf by election: all of the interest, and loss given default of the principal; under pd_lgd never."""
    contract = loan(repayment_type="bullet", billed_unpaid_interest_minor=300, days_past_due=30)
    shares = {}
    for method in ("dcf", "pd_lgd"):
        for lost in ("at_loss_given_default", "whole"):
            chosen = elections(nonaccrual_days_past_due=91, us_method=method, us_dcf_lost_interest=lost)
            month = state(contract, "us", chosen=chosen).months[0]
            shares[method, lost] = (month.loss_given_default, month.loss_of_interest)
            owed = month.loss_given_default * month.principal + month.loss_of_interest * month.interest
            assert abs(month.loss - month.hazard * owed * month.discount_factor) < Decimal("1e-20")
    plain, discounted = Decimal("0.5"), Decimal("0.45")
    assert shares == {
        ("dcf", "at_loss_given_default"): (discounted, discounted),
        ("dcf", "whole"): (discounted, ONE),
        ("pd_lgd", "at_loss_given_default"): (plain, plain),
        ("pd_lgd", "whole"): (plain, plain),
    }


def test_losses_are_current_by_the_due_dates_of_what_is_lost() -> None:
    """Of 24 equal parts of 100,000, each 4,167, a default of month 14 misses the eleventh: of fourteen parts owed twelve fall
    due after the first twelve. Of twelve parts nothing does, though the last default is recognised in month 15."""
    chosen = elections(us_interest="none")
    for term, later in ((24, True), (12, False)):
        contract = loan(repayment_type="equal_principal", term_instalments=term, annual_rate=ZERO)
        found = state(contract, "us", contract.origination_date, chosen=chosen)
        part = round(Decimal(100_000) / term)
        expected = ZERO
        for month in range(1, term + 4):
            missed = max(0, min(month - 4, term - 1))
            beyond = max(0, 100_000 - part * max(missed, 12)) if later else 0
            expected += Decimal("0.99") ** (month - 1) * Decimal("0.01") * Decimal("0.5") * beyond
        allowance, current = (found.figure(f"loss_allowance{which}").exact for which in ("", "_current"))
        assert abs(allowance - current - expected) < Decimal("1e-18")
        assert (expected > 0) is later
