"""Adapters of financial guarantees; see ``adapters``."""

from __future__ import annotations

from typing import Any

from gaapbridge.measure import credit_loss as loss
from gaapbridge.measure import guarantee
from gaapbridge.statement import footing
from tests.conformance.given import Given, NotCoveredError, by_number, column

Answers = dict[str, Any]


def dual_regimes(given: Given) -> Answers:
    given.stated("discounting", "ignored")
    given.stated("allowance_on_fee_receivable", 0)
    given.stated("ifrs_stage", "12-month = lifetime because the term is 12 months")
    fees = [given["monthly_fee_due_and_collected"] for _ in range(given["term_months"])]
    left = guarantee.losses_left(given["lifetime_expected_payouts_at_inception"], given["payout_by_month"])
    found = guarantee.regimes(given["fair_value_of_stand_ready_at_inception"], fees, fees, left)
    return {
        "us_day1": {
            "financial_assets_receivable": found.fee_receivable[0],
            "guarantee_liability_stand_ready": found.stand_ready[0],
            "guarantee_liability_contingent": found.loss[0],
            "provision_expense": found.loss[0],
            "profit_or_loss": found.us_profit_at_inception,
        },
        "us_revenue_by_month": found.us_revenue,
        "us_stand_ready_end": found.stand_ready[1:],
        "us_receivable_end": found.fee_receivable[1:],
        "us_contingent_end": found.loss[1:],
        "ifrs_day1": {
            "financial_assets_receivable": found.contract.receivable[0],
            "contract_liability": found.contract.liability[0],
            "guarantee_liability": found.loss[0],
            "impairment_expense": found.loss[0],
            "profit_or_loss": found.ifrs_profit_at_inception,
        },
        "ifrs_revenue_by_month": found.ifrs_revenue,
        "ifrs_guarantee_liability_end": found.loss[1:],
        "adjustment_total_assets": found.assets_difference[1:],
        "adjustment_total_liabilities": found.liabilities_difference[1:],
        "adjustment_equity": found.equity_difference[1:],
    }


def instalment_fees(given: Given) -> Answers:
    months = given["months"]
    fees = [given["monthly_fee"] for _ in range(months)]
    collected = by_number(given["collected_at_start_of_months"], months)
    allowance = given["ecl_end_of_month"]
    at_inception = allowance[0]  # not given, and no answer needs it
    found = guarantee.regimes(footing.added(fees), fees, collected, [at_inception, *allowance])
    return {
        "revenue_by_month": found.ifrs_revenue,
        "contract_liability_end": found.contract.liability[1:],
        "guarantee_liability_ecl_end": found.loss[1:],
        "liability_if_single_higher_of": found.single_liability[1:],
    }


def liability_measured(given: Given) -> Answers:
    if "discount_factors_given" in given:
        return _released_by_benefit(given)
    given.stated("release", "straight line")
    if "premium" in given:
        return _premium_on_straight_line(given)
    years = given["term_years"]
    saved = guarantee.interest_saved(
        given["guaranteed_amount"], years, given["rate_with_guarantee"], given["rate_without_guarantee"]
    )
    release = guarantee.straight_line_release(saved.fair_value, years)
    return {
        "pv_without_guarantee": saved.without_guarantee,
        "pv_with_guarantee": saved.with_guarantee,
        "initial_fair_value": saved.fair_value,
        "annual_income_straight_line": release.income[0],
        "liability_end": release.amortised,
    }


def _premium_on_straight_line(given: Given) -> Answers:
    release = guarantee.straight_line_release(given["premium"], given["term_years"])
    cases = {case: guarantee.higher_of(release.amortised[:1], column(given[f"case_{case}_ecl"])) for case in "ab"}
    return {
        "annual_income": release.income[0],
        "amortised_amount_end_year1": release.amortised[0],
        **{f"liability_case_{case}": found.liability[0] for case, found in cases.items()},
        **{f"loss_case_{case}": found.top_up[0] for case, found in cases.items()},
    }


def _released_by_benefit(given: Given) -> Answers:
    amount, years = given["guaranteed_amount"], given["term_years"]
    rates = given["rate_with_guarantee"], given["rate_without_guarantee"]
    factors = given["discount_factors_given"]
    if len(factors) != years:
        raise NotCoveredError("discount_factors_given")
    found = guarantee.benefit_release(amount, *rates, factors)
    allowances = [
        loss.expected_credit_loss([amount], [given[f"pd_12m_year{year}"]], given["lgd"], None, 1, "end") for year in range(1, 3)
    ]
    liability = guarantee.higher_of(found.amortised[:2], column(*allowances))
    return {
        "initial_fair_value": found.fair_value,
        "accretion": found.accretion,
        "amortised_amount_end": found.amortised,
        "ecl_12m_end_year1": allowances[0],
        "ecl_12m_end_year2": allowances[1],
        "liability_end_year1": liability.liability[0],
        "liability_end_year2": liability.liability[1],
        "top_up_expense_year2": liability.top_up[1],
        "income_released_per_year_gross": found.income[0],
        "initial_fair_value_exact_factors": guarantee.interest_saved(amount, years, *rates).fair_value,
    }


def contingent_roll(given: Given) -> Answers:
    found = guarantee.contingent_roll(
        given["opening"], given["provision_for_new_guarantees"], given["gross_payouts"], given["recoveries"],
        given["required_closing"],
    )  # fmt: skip
    return {
        "net_payout": found.net_payout,
        "change_in_estimate_of_existing": found.change_in_estimate,
        "provision_expense": found.provision,
        "closing": found.closing,
    }


def payout_loss(given: Given) -> Answers:
    payouts, recoveries = (
        [(flow["year"], flow["amount"]) for flow in given[key]] for key in ("expected_payouts", "expected_recoveries")
    )
    found = guarantee.payout_loss(payouts, recoveries, given["risk_free_rate"])
    return {"pv_payouts": found.payouts, "pv_recoveries": found.recoveries, "ecl": found.expected_loss}
