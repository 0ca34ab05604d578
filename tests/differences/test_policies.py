"""What each side of notes (i), (ii) and (iv) answers, by hand: every bound on the day and the day before, every election."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.differences import effective_interest, expected_credit_loss, financial_guarantee
from gaapbridge.differences.effective_interest import ifrs as interest_ifrs
from gaapbridge.differences.effective_interest import us_gaap as interest_us_gaap
from gaapbridge.differences.effective_interest.elections import Elections as InterestElections
from gaapbridge.differences.expected_credit_loss import ifrs as loss_ifrs
from gaapbridge.differences.expected_credit_loss import us_gaap as loss_us_gaap
from gaapbridge.differences.expected_credit_loss.elections import Elections as LossElections
from gaapbridge.differences.expected_credit_loss.treatment import Credit
from gaapbridge.differences.financial_guarantee import ifrs as guarantee_ifrs
from gaapbridge.differences.financial_guarantee import us_gaap as guarantee_us_gaap
from gaapbridge.differences.financial_guarantee.elections import Elections as GuaranteeElections
from gaapbridge.differences.financial_guarantee.treatment import FeeLossRates, Fees
from gaapbridge.example import ExampleFiles
from gaapbridge.measure.guarantee import DISCOUNTED_FEES, EXPECTED_PAYOUTS, NOMINAL_FEES
from gaapbridge.measure.timeline import (
    AFTER_INSTALMENT,
    AT_INSTANT,
    BEFORE_INSTALMENT,
    FIRST_MISSED,
    NO_INTEREST,
    TO_RECOGNITION,
)
from gaapbridge.plan import read_plan

INSTANT = np.datetime64("2022-12-31")


@pytest.fixture
def answers(lender: ExampleFiles) -> dict[str, Any]:
    """The example lender's answers, by note."""
    given = read_plan(lender.plans[2022], DECLARED).closing_answers
    kinds = {
        expected_credit_loss.NOTE.key: LossElections,
        effective_interest.NOTE.key: InterestElections,
        financial_guarantee.NOTE.key: GuaranteeElections,
    }
    return {key: kind.of(given[key]) for key, kind in kinds.items()}


def whole(*amounts: int) -> Any:
    return np.array(amounts, dtype=np.int64)


# ---------------------------------------------------------------- note (i)


def at_risk(**known: Any) -> Credit:
    """One contract, current and as likely to default as at origination, but for what is said."""
    nothing = np.array(["NaT"], dtype="datetime64[D]")
    usual = {
        "instant": INSTANT, "days_past_due": 0, "default_days": 90, "default_date": nothing[0], "cured_date": nothing[0],
        "watch_list": False, "forborne": False, "pd_now": 0.02, "pd_at_origination": 0.02, "pd_12m": 0.015,
    }  # fmt: skip
    columns = {name: np.array([value]) for name, value in (usual | known).items()}
    return Credit(guaranteed=False, **columns)


RISEN = {
    "nothing has changed": ({}, False),
    "two and a half times, and by 0.03": ({"pd_now": 0.05}, True),
    "not quite two and a half times": ({"pd_now": 0.0499}, False),
    "three times and by the elected amount": ({"pd_now": 0.046875, "pd_at_origination": 0.015625}, True),
    "nearly three times but by less": ({"pd_now": 0.046, "pd_at_origination": 0.015625}, False),
    "risen, and low credit risk up to the bound": ({"pd_now": 0.06, "pd_12m": 0.01}, False),
    "risen, and just above low credit risk": ({"pd_now": 0.06, "pd_12m": 0.0101}, True),
    "29 days late": ({"days_past_due": 29}, False),
    "30 days late": ({"days_past_due": 30}, True),
    "30 days late at low credit risk": ({"days_past_due": 30, "pd_12m": 0.001}, True),
    "on the watch list": ({"watch_list": True}, True),
    "forborne": ({"forborne": True}, True),
    "in default": ({"default_date": INSTANT - 10}, True),
}


@pytest.mark.parametrize("name", RISEN)
def test_credit_risk_has_risen_significantly(answers: dict[str, Any], name: str) -> None:
    """At least 2.5 times and by at least 1/32 unless low up to 0.01; or 30 days late, watched, forborne, in default (5.5.9)."""
    known, risen = RISEN[name]
    elected = replace(
        answers["expected_credit_loss"],
        sicr_pd_ratio=2.5,
        sicr_pd_increase=0.03 if name.startswith("two") or name.startswith("not quite") else 0.03125,
        low_credit_risk_pd_12m=0.01,
        sicr_days_past_due=30,
    )
    assert loss_ifrs.lifetime(at_risk(**known), elected).tolist() == [risen]
    assert loss_us_gaap.lifetime(at_risk(**known), elected).tolist() == [True]


def test_twelve_months_in_stage_one_and_the_remaining_life_beyond() -> None:
    """Lives of 36, 36 and 7 months, the first in stage 2 (IFRS 9 5.5.5); US GAAP takes the whole life."""
    lifetime, remaining = np.array([True, False, False]), whole(36, 36, 7)
    assert loss_ifrs.horizon(lifetime, remaining).tolist() == [36, 12, 7]
    assert loss_us_gaap.horizon(lifetime, remaining).tolist() == [36, 36, 7]


@pytest.mark.parametrize(
    ("reversion", "months", "expected"),
    [
        ("immediate", 3, [0.08, 0.08, 0.04, 0.04, 0.04, 0.04]),
        ("straight_line", 3, [0.08, 0.08, 0.07, 0.06, 0.05, 0.04]),
    ],
)
def test_a_forecast_reverts_to_historical_loss(
    answers: dict[str, Any], reversion: str, months: int, expected: list[float]
) -> None:
    """0.08 forecast and 0.04 historical, two supportable months: at once, or over three months on a line (326-20-30-9)."""
    elected = replace(
        answers["expected_credit_loss"],
        us_historical_scenario="past",
        us_supportable_months=2,
        us_reversion=reversion,
        us_reversion_months=months,
    )
    hazard = np.stack([np.full((1, 1, 6), 0.04), np.full((1, 1, 6), 0.08)])
    reverted = loss_us_gaap.forecast(hazard, ("past", "ahead"), elected)
    assert_allclose(reverted[1, 0, 0], expected)
    assert_allclose(reverted[0, 0, 0], [0.04] * 6)
    assert loss_ifrs.forecast(hazard, ("past", "ahead"), elected) is hazard


def test_losses_are_discounted_under_ifrs_and_by_method_under_us_gaap(answers: dict[str, Any]) -> None:
    plain, later = np.array([0.6]), np.array([0.5])
    for method, lost, discounts in (("pd_lgd", 0.6, False), ("dcf", 0.5, True)):
        elected = replace(answers["expected_credit_loss"], us_method=method)
        assert (loss_us_gaap.loss_given_default(plain, later, elected)[0], loss_us_gaap.discounts(elected)) == (lost, discounts)
        assert (loss_ifrs.loss_given_default(plain, later, elected)[0], loss_ifrs.discounts(elected)) == (0.5, True)


def test_a_guarantee_is_discounted_at_the_current_rate_or_by_election_at_the_loans(answers: dict[str, Any]) -> None:
    """3 % a year is 0.24663 % a month; the guaranteed loan bears 2 %."""
    elected, loan = replace(answers["expected_credit_loss"], guarantee_discount_rate=0.03), np.array([0.02])
    for answer, us_gaap in (("current_rate", 0.0024663), ("contract_rate", 0.02)):
        either = replace(elected, us_guarantee_discount=answer)
        assert_allclose(loss_ifrs.guarantee_rate(loan, either), [0.0024663], atol=5e-8)
        assert_allclose(loss_us_gaap.guarantee_rate(loan, either), [us_gaap], atol=5e-8)


def test_accrued_interest_is_exposed_always_or_by_election_while_it_accrues(answers: dict[str, Any]) -> None:
    accrues, reversed_by_default = np.array([True, False, True]), np.array([False, False, True])
    at, no, all_of_it = AT_INSTANT, NO_INTEREST, TO_RECOGNITION
    for timeline, election, exposed in (
        ("first_missed", "included", [at, no, no]),
        ("first_missed", "excluded", [no, no, no]),
        ("none", "included", [at, no, no]),
        ("none", "excluded", [no, no, no]),
    ):
        elected = replace(answers["expected_credit_loss"], us_accrued_interest=election, default_timeline=timeline)
        asked = at_risk(), accrues, reversed_by_default, elected
        assert loss_us_gaap.interest_in_exposure(*asked).tolist() == exposed
        assert loss_ifrs.interest_in_exposure(*asked).tolist() == [all_of_it] * 3
        guaranteed = replace(asked[0], guaranteed=True), *asked[1:]
        assert loss_us_gaap.interest_in_exposure(*guaranteed).tolist() == [all_of_it] * 3


def test_interest_of_a_default_is_lost_whole_by_election_under_the_discounted_cash_flow_method(answers: dict[str, Any]) -> None:
    """326-20-30-4: whole only under ``dcf``; IFRS loses it as it loses principal (B5.5.28)."""
    elected = answers["expected_credit_loss"]
    for method, lost, whole_of_it in (
        ("dcf", "whole", True), ("dcf", "at_loss_given_default", False), ("pd_lgd", "whole", False)
    ):  # fmt: skip
        changed = replace(elected, us_method=method, us_dcf_lost_interest=lost)
        assert (loss_us_gaap.loses_interest_whole(changed), loss_ifrs.loses_interest_whole(changed)) == (whole_of_it, False)


def test_history_is_reached_in_the_last_month_of_the_reversion_or_in_the_one_after(answers: dict[str, Any]) -> None:
    """A forecast of 0.1 for a month, history of nil, three months between: by thirds, or by quarters (326-20-30-9)."""
    hazard = np.array([[[[0.1] * 6]], [[[0.0] * 6]]])
    elected = replace(
        answers["expected_credit_loss"], us_supportable_months=1, us_reversion="straight_line", us_reversion_months=3,
        us_historical_scenario="history",
    )  # fmt: skip
    for reached, ahead in (
        ("in_month", [0.1, 0.2 / 3, 0.1 / 3, 0, 0, 0]),
        ("month_after", [0.1, 0.075, 0.05, 0.025, 0, 0]),
    ):
        found = loss_us_gaap.forecast(hazard, ("base", "history"), replace(elected, us_reversion_reached=reached))
        assert found[0, 0, 0].tolist() == pytest.approx(ahead)
    at_once = replace(elected, us_reversion="immediate")
    for reached in ("in_month", "month_after"):
        found = loss_us_gaap.forecast(hazard, ("base", "history"), replace(at_once, us_reversion_reached=reached))
        assert found[0, 0, 0].tolist() == [0.1, 0, 0, 0, 0, 0]


def test_interest_on_the_allowance_of_stage_three_is_not_recognised_under_ifrs() -> None:
    """2 % a month on 1,000 less an allowance of 900 is 2; on 1,000 the contract brings 20, of which 18 are left out, and when
    it brings nothing any more (2) are (IFRS 9 5.4.1(b)). Without an allowance nothing is."""
    rate, net, taken = np.full(3, 0.02), np.array([100.0, 100.0, 1_000.0]), np.array([20.0, 0.0, 20.0])
    assert loss_ifrs.interest_on_allowance(rate, net, taken).tolist() == [18.0, -2.0, 0.0]
    assert loss_us_gaap.interest_on_allowance(rate, net, taken).tolist() == [0.0, 0.0, 0.0]


def test_interest_on_the_net_amount_begins_on_the_day_of_default_or_with_the_next_period(answers: dict[str, Any]) -> None:
    """In default since the opening, since a day after it, and not at all."""
    opening = np.datetime64("2022-12-31")
    defaulted = np.array([opening, opening + 1, "NaT"], dtype="datetime64[D]")
    for answer, second in (("day", opening + 1), ("next_period", np.datetime64("NaT"))):
        elected = replace(answers["expected_credit_loss"], stage_3_interest_from=answer)
        begins = loss_ifrs.net_interest_from(defaulted, opening, elected)
        assert begins[0] == opening and np.isnat(begins[2])
        assert np.isnat(begins[1]) if np.isnat(second) else begins[1] == second
        assert np.isnat(loss_us_gaap.net_interest_from(defaulted, opening, elected)).all()


@pytest.mark.parametrize("side", [loss_us_gaap, loss_ifrs])
def test_both_sides_ask_the_same_elections_when_and_from_what_a_default_loses(answers: dict[str, Any], side: Any) -> None:
    elected = answers["expected_credit_loss"]
    for timing, shift in (("start", 1.0), ("middle", 0.5), ("end", 0.0)):
        assert side.default_shift(replace(elected, default_timing=timing)) == shift
    for timeline, exposure, found in (
        ("first_missed", "before_instalment", FIRST_MISSED),
        ("none", "before_instalment", BEFORE_INSTALMENT),
        ("none", "after_instalment", AFTER_INSTALMENT),
    ):
        assert side.exposure(replace(elected, default_timeline=timeline, exposure_at_default=exposure)) == found
    days = replace(elected, default_days_past_due=90, payout_days_past_due=61)
    assert side.default_days(False, ("a", "b"), days).tolist() == [90, 90]
    assert side.default_days(True, ("a", "b"), days).tolist() == [61, 61]
    late, stub = np.array([90, 90, 61]), np.array([0.0, 0.96, 0.5])
    for timeline, lag in (("first_missed", [3, 2, 2]), ("none", [0, 0, 0])):
        found_lag = side.due_dates_before_recognition(late, stub, replace(elected, default_timeline=timeline))
        assert found_lag.tolist() == lag


def test_a_cured_contract_is_in_probation_and_no_longer_in_default(answers: dict[str, Any]) -> None:
    """Cured yesterday, of 90 days: its losses are those of its bucket, its stage is the third (326-20-55-4; IFRS 9 5.5.7)."""
    elected = replace(answers["expected_credit_loss"], cure_probation_days=90, default_days_past_due=90)
    open_default, cured = {"default_date": INSTANT - 200}, {"default_date": INSTANT - 200, "cured_date": INSTANT - 1}
    late, nearly = {"days_past_due": 90}, {"days_past_due": 89}
    again = cured | late
    for known, default, probation in (
        (open_default, True, False), (cured, False, True), (late, True, False), (nearly, False, False), (again, True, False),
    ):  # fmt: skip
        for side in (loss_us_gaap, loss_ifrs):
            assert side.in_default(at_risk(**known), elected).tolist() == [default]
            assert side.in_probation(at_risk(**known), elected).tolist() == [probation]
    assert loss_ifrs.lifetime(at_risk(**cured), elected).tolist() == [True]


def test_each_side_weights_scenarios_by_its_own_election(answers: dict[str, Any]) -> None:
    """In the order of the curves; a scenario that is not named weighs nothing."""
    elected = replace(answers["expected_credit_loss"], us_scenarios={"base": 1.0}, ifrs_scenarios={"up": 0.25, "base": 0.75})
    assert loss_us_gaap.scenario_weights(("base", "long_run", "up"), elected).tolist() == [1.0, 0.0, 0.0]
    assert loss_ifrs.scenario_weights(("base", "long_run", "up"), elected).tolist() == [0.75, 0.0, 0.25]


# ---------------------------------------------------------------- note (ii)


def test_interest_stops_on_the_elected_day_or_a_stated_one_under_us_gaap_only(answers: dict[str, Any]) -> None:
    """From 90 days past due; by a stated date whatever the days (310-20-35-17)."""
    elected = replace(answers["effective_interest"], nonaccrual_days_past_due=90)
    late, stated = whole(89, 90, 0), np.array(["NaT", "NaT", "2022-10-05"], dtype="datetime64[D]")
    assert interest_us_gaap.accrues(late, stated, elected).tolist() == [True, False, False]
    assert interest_ifrs.accrues(late, stated, elected).tolist() == [True, True, True]


def test_a_deferral_freezes_at_the_last_accrual_date(answers: dict[str, Any]) -> None:
    """Current; 100 days late of 90; 400 late of a loan 200 days old; stated to stop; stated after the instant."""
    elected = replace(answers["effective_interest"], nonaccrual_days_past_due=90)
    late = whole(0, 100, 400, 0, 0)
    stated = np.array(["NaT", "NaT", "NaT", "2022-10-05", "2023-02-01"], dtype="datetime64[D]")
    instant, origination = np.full(5, INSTANT), np.full(5, INSTANT - 200)
    expected = [INSTANT, INSTANT - 10, INSTANT - 200, np.datetime64("2022-10-05"), INSTANT]
    assert interest_us_gaap.accrual_date(instant, late, stated, origination, elected).tolist() == np.array(expected).tolist()
    assert interest_ifrs.accrual_date(instant, late, stated, origination, elected).tolist() == instant.tolist()


def test_interest_not_accrued_is_no_asset_under_us_gaap() -> None:
    accrued, ahead, accrues = np.array([7.0, 7.0, 7.0]), np.array([2.0, 0.0, 2.0]), np.array([True, False, False])
    assert loss_us_gaap.accrued_interest(accrued, ahead, accrues).tolist() == [7.0, 0.0, -2.0]
    assert loss_ifrs.accrued_interest(accrued, ahead, accrues).tolist() == [7.0, 7.0, 7.0]


# ---------------------------------------------------------------- note (iv)

RUNNING_AND_KEPT = Fees(
    fair_value=whole(90, 90), total=whole(100, 100), collected=whole(40, 40), written_off=whole(10, 10),
    earned=whole(72, 72), earned_of_due=whole(60, 60), lost=whole(6, 6), lost_of_due=whole(5, 5), owed_of_due=whole(22, 22),
    owed_later=whole(20, 20), ahead=whole(15, 15), ahead_later=whole(5, 5), elapsed_days=whole(73, 73),
    term_days=whole(365, 365), kept=np.array([False, True]),
)  # fmt: skip
"""Two guarantees a fifth into their year, alike but that the second has ended and its fee is still owed."""


def test_a_fair_value_is_of_fees_or_of_payouts_as_elected_under_us_gaap_only(answers: dict[str, Any]) -> None:
    elected = replace(answers["financial_guarantee"], stand_ready_discount_rate=0.04, stand_ready_margin=0.3)
    bases = {"nominal_fees": NOMINAL_FEES, "discounted_fees": DISCOUNTED_FEES, "expected_payouts_plus_margin": EXPECTED_PAYOUTS}
    for answer, basis in bases.items():
        either = replace(elected, stand_ready_measurement=answer)
        assert guarantee_us_gaap.fair_value_basis(either) == basis
        assert guarantee_ifrs.fair_value_basis(either) == NOMINAL_FEES, "the fees to come are what the duty is worth"
    assert (guarantee_us_gaap.fair_value_rate(elected), guarantee_us_gaap.fair_value_margin(elected)) == (0.04, 0.3)
    assert (guarantee_ifrs.fair_value_rate(elected), guarantee_ifrs.fair_value_margin(elected)) == (0.0, 0.0)


def test_a_guarantee_under_us_gaap_stands_ready_from_day_one(answers: dict[str, Any]) -> None:
    """Fair value 90 of fees of 100; 40 collected, 10 written off; 20 of the 50 left are due in more than twelve months."""
    fees, pro_rata = RUNNING_AND_KEPT, replace(answers["financial_guarantee"], fee_accretion="pro_rata")
    first = replace(pro_rata, fee_accretion="after_fair_value")
    assert guarantee_us_gaap.inception(fees.fair_value).tolist() == [90, 90]
    assert guarantee_us_gaap.fee_receivable(fees, pro_rata).tolist() == [45, 45]
    assert guarantee_us_gaap.fees_accreted(fees, pro_rata).tolist() == [4, 4]
    assert guarantee_us_gaap.fees_written_off(fees, pro_rata).tolist() == [9, 9]
    assert guarantee_us_gaap.fee_receivable(fees, first).tolist() == [40, 40]
    assert guarantee_us_gaap.fees_accreted(fees, first).tolist() == [0, 0]
    assert guarantee_us_gaap.fees_written_off(fees, first).tolist() == [10, 10]
    assert guarantee_us_gaap.fee_receivable_non_current(whole(45, 45), fees).tolist() == [18, 18]
    assert guarantee_us_gaap.stand_ready(fees).tolist() == [72, 0], "a fifth of 90 released; all of it once ended"
    assert guarantee_us_gaap.set_off(whole(45, 80), whole(72, 72)).tolist() == [45, 72]
    assert guarantee_us_gaap.fee_revenue(fees, pro_rata).tolist() == [0, 0]
    assert guarantee_us_gaap.accrued_fee(fees, pro_rata).tolist() == [0, 0]
    assert guarantee_us_gaap.accrued_fee_non_current(whole(7, 7), fees).tolist() == [0, 0]
    assert guarantee_us_gaap.contract_liability(fees, pro_rata).tolist() == [0, 0]
    assert not guarantee_us_gaap.waits_for_due_date(replace(pro_rata, ifrs_fee_revenue="when_due"))


def test_a_guarantee_under_ifrs_earns_its_fee_as_coverage_elapses(answers: dict[str, Any]) -> None:
    """72 earned, 40 collected and 6 lost leave 26, 22 of them due; once ended all 100 are earned, 10 lost, and 50 are owed."""
    fees, elected = RUNNING_AND_KEPT, replace(answers["financial_guarantee"], ifrs_fee_revenue="accrued")
    assert guarantee_ifrs.inception(fees.fair_value).tolist() == [0, 0]
    assert guarantee_ifrs.fee_revenue(fees, elected).tolist() == [72, 100]
    assert guarantee_ifrs.fees_written_off(fees, elected).tolist() == [6, 10]
    assert guarantee_ifrs.fee_receivable(fees, elected).tolist() == [22, 22]
    assert guarantee_ifrs.accrued_fee(fees, elected).tolist() == [4, 28]
    assert guarantee_ifrs.fees_accreted(fees, elected).tolist() == [0, 0]
    assert guarantee_ifrs.fee_receivable_non_current(whole(45, 45), fees).tolist() == [0, 0]
    assert guarantee_ifrs.accrued_fee_non_current(whole(4, 28), fees).tolist() == [1, 20], "4 x 5 / 15; 20 of the 28 not due"
    assert guarantee_ifrs.stand_ready(fees).tolist() == [0, 0]
    assert guarantee_ifrs.set_off(whole(45, 80), whole(72, 72)).tolist() == [0, 0]
    ahead = replace(fees, collected=whole(82, 70), lost=whole(0, 0))
    assert guarantee_ifrs.contract_liability(ahead, elected).tolist() == [10, 0]
    assert guarantee_ifrs.fee_receivable(ahead, elected).tolist() == [0, 20]
    assert guarantee_ifrs.accrued_fee(ahead, elected).tolist() == [0, 0]


def test_a_fee_may_be_no_revenue_before_it_is_due(answers: dict[str, Any]) -> None:
    """As above: 60 of fees due are earned, 40 collected and 5 lost leave 15, all of it due; once ended nothing waits."""
    fees, elected = RUNNING_AND_KEPT, replace(answers["financial_guarantee"], ifrs_fee_revenue="when_due")
    assert guarantee_ifrs.waits_for_due_date(elected)
    assert guarantee_ifrs.fee_revenue(fees, elected).tolist() == [60, 100]
    assert guarantee_ifrs.fees_written_off(fees, elected).tolist() == [5, 10]
    assert guarantee_ifrs.fee_receivable(fees, elected).tolist() == [15, 22]
    assert guarantee_ifrs.accrued_fee(fees, elected).tolist() == [0, 28]
    ahead = replace(fees, collected=whole(70, 70), lost_of_due=whole(0, 0))
    assert guarantee_ifrs.contract_liability(ahead, elected).tolist() == [10, 0]


def test_unearned_fees_are_absorbed_by_the_loss_allowance_unless_both_stand(answers: dict[str, Any]) -> None:
    """500 unearned and 200 expected to be lost: 200 of the fees are in the higher of the two (IFRS 9 4.2.1(c))."""
    unearned, lost = whole(500, 100), whole(200, 200)
    for election, absorbed in (("higher_of", [200, 100]), ("additive", [0, 0])):
        elected = replace(answers["financial_guarantee"], ifrs_liability=election)
        assert guarantee_ifrs.absorbed(unearned, lost, elected).tolist() == absorbed
        assert guarantee_ifrs.stands_beside(elected) is (election == "additive")


@pytest.mark.parametrize("side", [loss_us_gaap, loss_ifrs])
def test_recoveries_of_payouts_are_an_asset_by_election(answers: dict[str, Any], side: Any) -> None:
    for election, asset in (("receivable", True), ("net_in_liability", False)):
        elected = replace(answers["expected_credit_loss"], compensated_guarantees=election)
        assert side.payout_recoveries_are_asset(elected) is asset
    expected = side.expected_payout_recoveries(np.array([700.0, 700.0]), np.array([0.5, 0.5]), np.array([700.0, 300.0]))
    assert expected.tolist() == [350.0, 300.0], "half of it, and not more than is still owed"


@pytest.mark.parametrize("side", [guarantee_us_gaap, guarantee_ifrs])
def test_fees_outlive_a_settlement_by_election(answers: dict[str, Any], side: Any) -> None:
    for election, kept in (("fee_kept", True), ("fee_derecognised", False)):
        assert side.fees_outlive_settlement(replace(answers["financial_guarantee"], early_settlement=election)) is kept


def test_one_line_of_the_income_statement_is_an_election_of_ifrs(answers: dict[str, Any]) -> None:
    for election, net in (("net_in_provision", True), ("by_flow", False)):
        elected = replace(answers["financial_guarantee"], guarantee_income=election)
        assert guarantee_ifrs.shows_net_movement(elected) is net
        assert guarantee_us_gaap.shows_net_movement(elected) is False


@pytest.mark.parametrize(("side", "lost"), [(guarantee_us_gaap, 6.0), (guarantee_ifrs, 2.0)])
def test_an_allowance_of_fees_is_the_loss_rate_of_what_is_recognised(side: Any, lost: float) -> None:
    """3 % of all fees to come, which US GAAP recognises; 1 % of those earned, which IFRS does."""
    rates = FeeLossRates(promised=np.array([0.03]), earned=np.array([0.01]))
    assert side.fee_allowance(whole(200), rates).tolist() == [lost]
