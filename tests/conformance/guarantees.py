"""Adapters of financial guarantees; see ``adapters``."""

from __future__ import annotations

from typing import Any

from gaapbridge.differences.financial_guarantee import ifrs, us_gaap
from gaapbridge.differences.financial_guarantee.elections import Elections
from tests.conformance import books
from tests.conformance.chunks import by_period, less, monthly_factor, paid_out, placed_at_year_ends, to_date, together
from tests.conformance.fees import Instalments, fees_of, up_front
from tests.conformance.given import Given, NotCoveredError, by_number, whole

Answers = dict[str, Any]

ADDITIVE = Elections(
    stand_ready_measurement="nominal_fees", stand_ready_discount_rate=0.0, stand_ready_margin=0.0,
    guarantee_income="by_flow", fee_accretion="pro_rata", early_settlement="fee_kept", ifrs_fee_revenue="accrued",
    ifrs_liability="additive",
)  # fmt: skip
HIGHER_OF = Elections(
    stand_ready_measurement="nominal_fees", stand_ready_discount_rate=0.0, stand_ready_margin=0.0,
    guarantee_income="by_flow", fee_accretion="pro_rata", early_settlement="fee_kept", ifrs_fee_revenue="accrued",
    ifrs_liability="higher_of",
)  # fmt: skip


def dual_regimes(given: Given) -> Answers:
    given.stated("discounting", "ignored")
    given.stated("allowance_on_fee_receivable", 0)
    given.stated("ifrs_stage", "12-month = lifetime because the term is 12 months")
    given.restated("lifetime_expected_payouts_at_inception")  # what the payouts by month come to
    months = given["term_months"]
    monthly = [given["monthly_fee_due_and_collected"] for _ in range(months)]
    fees = fees_of(given["fair_value_of_stand_ready_at_inception"], Instalments(monthly, to_date(monthly)))
    loss = paid_out(given["payout_by_month"], 1.0, range(len(fees.elapsed_days)))
    receivable, stand_ready = us_gaap.fee_receivable(fees, ADDITIVE), us_gaap.stand_ready(fees)
    contract_asset, contract_liability = ifrs.fee_receivable(fees, ADDITIVE), ifrs.contract_liability(fees, ADDITIVE)
    assets = less(contract_asset, receivable)
    liabilities = less(contract_liability, stand_ready)
    return {
        "us_day1": {
            "financial_assets_receivable": receivable[0],
            "guarantee_liability_stand_ready": stand_ready[0],
            "guarantee_liability_contingent": loss[0],
            "provision_expense": loss[0],
            "profit_or_loss": less(less(receivable, stand_ready), loss)[0],
        },
        "us_revenue_by_month": less(0, by_period(stand_ready)),
        "us_stand_ready_end": stand_ready[1:],
        "us_receivable_end": receivable[1:],
        "us_contingent_end": loss[1:],
        "ifrs_day1": {
            "financial_assets_receivable": contract_asset[0],
            "contract_liability": contract_liability[0],
            "guarantee_liability": loss[0],
            "impairment_expense": loss[0],
            "profit_or_loss": less(less(contract_asset, contract_liability), loss)[0],
        },
        "ifrs_revenue_by_month": by_period(ifrs.fee_revenue(fees, ADDITIVE)),
        "ifrs_guarantee_liability_end": loss[1:],
        "adjustment_total_assets": assets[1:],
        "adjustment_total_liabilities": liabilities[1:],
        "adjustment_equity": less(assets, liabilities)[1:],
    }


def instalment_fees(given: Given) -> Answers:
    months = given["months"]
    monthly = [given["monthly_fee"] for _ in range(months)]
    collected = by_number(given["collected_at_start_of_months"], months)
    fees = fees_of(0, Instalments(monthly, to_date(collected)))
    allowance = whole(0, *given["ecl_end_of_month"])  # at inception not given, and no answer needs it
    liability = ifrs.contract_liability(fees, HIGHER_OF)
    beside = less(liability, ifrs.absorbed(liability, allowance, HIGHER_OF))
    return {
        "revenue_by_month": by_period(ifrs.fee_revenue(fees, ADDITIVE)),
        "contract_liability_end": liability[1:],
        "liability_if_single_higher_of": together(beside, allowance)[1:],
    }


def liability_measured(given: Given) -> Answers:
    """A premium received at inception; a fair value that has to be found first is an input of a close, not an answer."""
    given.stated("release", "straight line")
    if "premium" not in given:
        raise NotCoveredError("initial_fair_value")
    fees = fees_of(0, up_front(given["premium"], given["term_years"]))
    left = ifrs.contract_liability(fees, HIGHER_OF)
    answers: Answers = {
        "annual_income": by_period(ifrs.fee_revenue(fees, ADDITIVE))[0],
        "amortised_amount_end_year1": left[1],
    }
    for case in "ab":
        allowance = whole(given[f"case_{case}_ecl"])
        beside = less(left[1:2], ifrs.absorbed(left[1:2], allowance, HIGHER_OF))
        liability = together(beside, allowance)
        answers[f"liability_case_{case}"] = liability[0]
        answers[f"loss_case_{case}"] = less(liability, left[1:2])[0]
    return answers


def contingent_roll(given: Given) -> Answers:
    found = books.contingent(
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
    """Payouts discounted at the elected rate; a close takes recoveries discounted in its table of losses."""
    flows = [(flow["year"], flow["amount"]) for flow in given["expected_payouts"]]
    given.set_aside("expected_recoveries")
    return {"pv_payouts": paid_out(placed_at_year_ends(flows), monthly_factor(given["risk_free_rate"]))[0]}
