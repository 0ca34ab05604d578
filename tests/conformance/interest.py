"""Adapters of effective interest; see ``adapters``."""

from __future__ import annotations

from typing import Any

from tests.conformance.chunks import (
    added,
    carried,
    discounted_instalments,
    initial_amount,
    less,
    level,
    of_coupons,
    placed,
    split_pool,
)
from tests.conformance.given import Given

Answers = dict[str, Any]


def bond_schedule(given: Given) -> Answers:
    """The rate is solved, and so is the schedule: a close takes no rate from anybody."""
    bond = of_coupons(given["annual_cash_flows_end_of_year"])
    if "initial_carrying_amount" in given:
        initial = given["initial_carrying_amount"]
        given.restated("fair_value", "transaction_costs")
    else:
        initial = initial_amount(given["price"], 0, given["transaction_costs"])
    given.restated("par", "coupon_rate")  # the cash flows hold them
    found, _ = carried(bond, [initial])
    if "published_eir" in given:
        return {"eir_solved": found.rate}
    return {"eir_solved": found.rate, "opening": found.opening, "interest": found.interest, "closing": found.closing}


def dual_pool(given: Given) -> Answers:
    prepaid = given["expected_and_actual_full_prepayment"]
    prepaid.stated("prepayment_amount", "contractual balance after the month-6 instalment, no penalty")
    months, cost, loans = given["months"], given["direct_origination_cost_each"], given["loans"]
    pool = split_pool(loans, prepaid["share_of_loans"])
    each = given["principal_each"]
    schedule = level(pool, each, given["monthly_contract_rate"], months)
    paid = [initial_amount(each, 0, cost, count) for count in pool]
    prepaying = placed({prepaid["month"]: prepaid["share_of_loans"]}, months)
    us, ifrs = carried(schedule, paid, prepaying, [months, prepaid["month"]])
    return {
        "instalment": level([1], each, given["monthly_contract_rate"], months).instalment[0],
        "us_gaap_contractual_eir_monthly": us.rate,
        "ifrs_expected_life_eir_monthly": ifrs.rate,
        "us_gaap_interest_income_by_month": us.interest,
        "ifrs_interest_income_by_month": ifrs.interest,
        "us_gaap_carrying_end": us.closing,
        "ifrs_carrying_end": ifrs.closing,
        "carrying_difference_ifrs_minus_us": less(ifrs.closing, us.closing),
        "total_income_both": added(ifrs.interest),
    }


def instalment_loan(given: Given) -> Answers:
    """Two contracts, with the fee deducted and without it: the tape of a loan without a stated rate gives the instalments."""
    principal, fee = given["principal"], given["processing_fee_deducted"]
    loan = discounted_instalments(given["instalment"], given["months"])
    contract, effective = (carried(loan, [initial_amount(principal, deducted, 0)])[0] for deducted in (0, fee))
    totals = {name: added(found.interest) for name, found in (("contract", contract), ("effective", effective))}
    return {
        "contract_rate_monthly": contract.rate,
        "contract_interest_first_months": contract.interest,
        "contract_closing_first_months": contract.closing,
        "contract_total_interest": totals["contract"],
        "eir_monthly": effective.rate,
        "effective_interest_first_months": effective.interest,
        "effective_closing_first_months": effective.closing,
        "effective_total_interest": totals["effective"],
        "total_fee_amortised": less(totals["effective"], totals["contract"]),
    }
