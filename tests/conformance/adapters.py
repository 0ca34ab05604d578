"""One adapter an operation: inputs of a worked example renamed, the package's functions called, answers named.

An adapter computes nothing: a test forbids arithmetic here. It sees the inputs and never what is expected. An input that
it does not read makes the vector not covered, and so does an expected key that it does not produce.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from gaapbridge.measure import credit_loss as loss
from gaapbridge.measure import effective_interest as interest
from gaapbridge.measure import tax
from gaapbridge.statement import footing
from tests.conformance import awards, guarantees
from tests.conformance.given import Given, only_rows_of

Answers = dict[str, Any]


def twelve_month_loss(given: Given) -> Answers:
    given.stated("time_value", "ignored in the example")
    amounts = [given["gross_carrying_amount"]], [given["pd_12m"]], given["lgd"]
    return {"loss_allowance_12m": loss.expected_credit_loss(*amounts, None, 1, "end")}


def dual_loss(given: Given) -> Answers:
    given.stated("default_timing", "end of year, exposure at start of year", "end of month, exposure at start of month")
    if "exposure_by_month" in given:
        exposure = given["exposure_by_month"]
        hazard = [given["monthly_conditional_pd"] for _ in exposure]
        found = loss.dual_measurement(exposure, hazard, given["lgd"], given["eir_monthly"], 12)
    else:
        path, hazard = given["exposure_at_start_of_year"], given["conditional_pd_by_year"]
        found = loss.dual_measurement(path, hazard, given["lgd_on_exposure"], given["eir"], 1)
    return {
        "marginal_pd": found.marginal_default_probability,
        "loss_discounted_by_year": found.losses_by_period,
        "ifrs9_stage1": found.ifrs_stage_1,
        "ifrs9_stage2": found.ifrs_stage_2,
        "cecl_discounted": found.cecl_discounted,
        "cecl_undiscounted": found.cecl_undiscounted,
        "cecl_undiscounted_loss_rate": found.cecl_undiscounted,
        "difference_ifrs_stage1_minus_cecl_discounted": found.stage_1_less_cecl_discounted,
        "of_which_horizon": found.stage_1_less_cecl_discounted,
        "difference_ifrs_stage1_minus_cecl_undiscounted": found.stage_1_less_cecl_undiscounted,
        "of_which_horizon_undiscounted": found.horizon_undiscounted,
        "of_which_discounting": found.discounting,
        "naive_annual_pd_times_opening_balance": found.annual_probability_times_opening,
    }


def weighted_loss(given: Given) -> Answers:
    losses = [scenario["ecl"] for scenario in given["scenarios"]]
    weights = [scenario["weight"] for scenario in given["scenarios"]]
    found = loss.weighted_and_most_likely(losses, weights)
    return {
        "ecl_probability_weighted": found.probability_weighted,
        "ecl_most_likely_scenario": found.most_likely,
        "non_linearity_shortfall": found.shortfall,
    }


def default_timing(given: Given) -> Answers:
    names = {"start": "start", "mid": "middle", "end": "end"}
    return {
        convention: loss.discounted_loss(given["undiscounted_loss_year1"], given["eir"], 1, names[convention])
        for convention in given["conventions"]
    }


def interest_by_stage(given: Given) -> Answers:
    gross = given["gross_carrying_amount"]
    allowance = loss.expected_credit_loss([gross], [given["pd_lifetime"]], given["lgd"], None, 1, "end")
    return {
        "loss_allowance": allowance,
        "net_carrying_amount": loss.net_carrying_amount(gross, allowance),
        "interest_revenue_stage_2": loss.interest_revenue(gross, allowance, given["eir"], 2),
        "interest_revenue_stage_3": loss.interest_revenue(gross, allowance, given["eir"], 3),
    }


def allowance_roll(given: Given) -> Answers:
    opening, off, back = given["opening_allowance"], given["write_offs"], given["recoveries"]
    charge = loss.provision(opening, off, back, given["required_closing_allowance"])
    return {"provision_expense": charge, "closing_allowance": loss.closing_allowance(opening, charge, off, back)}


def bond_schedule(given: Given) -> Answers:
    flows = given["annual_cash_flows_end_of_year"]
    if "initial_carrying_amount" in given:
        initial = given["initial_carrying_amount"]
        given.restated("fair_value", "transaction_costs")
    elif "issue_price" in given:
        initial = given["issue_price"]
    else:
        initial = interest.net_initial_amount(given["price"], given["transaction_costs"])
    given.restated("par", "principal", "coupon_rate", "coupon_rates")  # the cash flows hold them
    solved = interest.effective_rate(initial, flows)
    found = interest.schedule(initial, flows, given.get("published_eir", solved))
    return {
        "eir_solved": solved,
        "opening": found.opening,
        "interest": found.interest,
        "interest_revenue": found.interest,
        "closing": found.closing,
        "closing_before_final_rounding": found.closing,
    }


def dated_bond(given: Given) -> Answers:
    given.stated("day_count", "actual/365, annual compounding")
    dates = [date.fromisoformat(day) for day, _ in given["dated_cash_flows"]]
    flows = [amount for _, amount in given["dated_cash_flows"]]
    rate = interest.dated_effective_rate(dates, flows)
    found = interest.dated_schedule(dates, flows, rate)
    return {"eir_annual_effective": rate, "interest": found.interest, "closing": found.closing}


def dual_pool(given: Given) -> Answers:
    prepaid = given["expected_and_actual_full_prepayment"]
    prepaid.stated("prepayment_amount", "contractual balance after the month-6 instalment, no penalty")
    lives = interest.single_prepayment(given["months"], prepaid["month"], prepaid["share_of_loans"])
    found = interest.pool_schedule(
        given["loans"], given["principal_each"], given["monthly_contract_rate"], given["months"],
        given["direct_origination_cost_each"], *lives,
    )  # fmt: skip
    return {
        "instalment": found.instalment,
        "us_gaap_contractual_eir_monthly": found.contractual_rate,
        "ifrs_expected_life_eir_monthly": found.expected_rate,
        "us_gaap_interest_income_by_month": found.contractual_interest,
        "ifrs_interest_income_by_month": found.expected_interest,
        "us_gaap_carrying_end": found.contractual_carrying,
        "ifrs_carrying_end": found.expected_carrying,
        "carrying_difference_ifrs_minus_us": found.carrying_difference,
        "total_income_both": found.total_income,
    }


def instalment_loan(given: Given) -> Answers:
    found = interest.instalment_loan(given["principal"], given["instalment"], given["months"], given["processing_fee_deducted"])
    return {
        "contract_rate_monthly": found.contract_rate,
        "contract_rate_nominal_annual": found.contract_rate_nominal_annual,
        "contract_interest_first_months": found.contract.interest,
        "contract_closing_first_months": found.contract.closing,
        "contract_total_interest": found.contract_total_interest,
        "eir_monthly": found.effective_rate,
        "eir_annual_effective": interest.annual_effective(found.effective_rate, 12),
        "effective_interest_first_months": found.effective.interest,
        "effective_closing_first_months": found.effective.closing,
        "effective_total_interest": found.effective_total_interest,
        "total_fee_amortised": found.total_fee_amortised,
    }


def column_taxes(given: Given) -> Answers:
    rate = tax.effective_tax_rate(footing.mirrored(given["income_tax_us"]), given["income_before_tax_us"])
    columns = given["pre_tax_adjustments"]
    taxes = {name: tax.column_tax(amount, rate, name != "share_based") for name, amount in columns.items()}
    return {"effective_tax_rate": rate, "tax_adjustments": taxes}


def column_sides(given: Given) -> Answers:
    answers = {}
    for column in given["columns"]:
        if "existing_us_dta_on_allowance" in column:
            side = "deferred_tax_assets"
        elif "existing_us_dtl" in column:
            side = "deferred_tax_liabilities"
        else:
            side = "by_sign"
        found = tax.taxed_column(column["pre_tax_equity_adjustment"], Decimal(str(given["tax_rate"])), side)
        answers[column["name"]] = {
            "deferred_tax_assets": found.deferred_tax_assets,
            "deferred_tax_liabilities": found.deferred_tax_liabilities,
            "equity_net": found.equity_net,
        }
    return answers


def value_added_tax(given: Given) -> Answers:
    rate = Decimal(str(given["vat_rate"]))
    if "gross_receipts" in given:
        receipts = given["gross_receipts"]
        return {
            "net_revenue": [tax.net_of_vat(amount, rate) for amount in receipts],
            "output_vat": [tax.vat_inside(amount, rate) for amount in receipts],
        }
    years = given["loans_receivable_adjustment"]
    return {
        "other_tax_payable_adjustment": {year: tax.vat_of_lines(lines.values(), rate) for year, lines in years.items()},
        "net_of_vat": {year: tax.lines_net_of_vat(lines.values(), rate) for year, lines in years.items()},
    }


ASSETS_LESS_LIABILITIES: footing.Sums = {
    "total_noncurrent_assets": [
        (1, "property_plant_equipment"), (1, "goodwill"), (1, "intangible_assets"), (1, "financial_assets"),
    ],
    "total_current_assets": [(1, "trade_and_other_receivables"), (1, "inventories"), (1, "other_receivables"), (1, "cash")],
    "total_assets": [(1, "total_noncurrent_assets"), (1, "total_current_assets")],
    "total_liabilities": [
        (1, "interest_bearing_loans"), (1, "trade_and_other_payables"), (1, "employee_benefits"),
        (1, "restructuring_provision"), (1, "current_tax_liability"), (1, "deferred_tax_liability"),
    ],
    "total_assets_less_total_liabilities": [(1, "total_assets"), (-1, "total_liabilities")],
    "total_equity": [(1, "issued_capital"), (1, "cash_flow_hedge_reserve"), (1, "retained_earnings")],
}  # fmt: skip
"""Sub-totals of a balance sheet at transition, assets less liabilities."""


def transition(given: Given) -> Answers:
    given.restated("tax_rate_implied")
    only_rows_of(ASSETS_LESS_LIABILITIES, given["rows"])
    rows = footing.down(given["rows"], ASSETS_LESS_LIABILITIES)
    return {
        "ifrs": footing.across(rows, ["previous_gaap", "effect"]),
        "effect_totals": {name: rows[name]["effect"] for name in ASSETS_LESS_LIABILITIES},
    }


EQUITY_AND_LIABILITIES: footing.Sums = {
    "total": [
        (1, "equity_share_capital"), (1, "other_equity"), (1, "borrowings"), (1, "provisions_noncurrent"),
        (1, "deferred_tax_liabilities"), (1, "trade_payables"), (1, "other_financial_liabilities"),
        (1, "other_current_liabilities"), (1, "provisions_current"),
    ],
}  # fmt: skip


def transition_of_equity(given: Given) -> Answers:
    given.restated("total_assets")
    only_rows_of(EQUITY_AND_LIABILITIES, given["rows"])
    rows = footing.down(given["rows"], EQUITY_AND_LIABILITIES)
    total = rows["total"]
    opening = rows["other_equity"]["previous_gaap"]
    equity = footing.added([opening, *given["retained_earnings_adjustments"]])
    return {
        "total_equity_and_liabilities": [
            total["previous_gaap"], total["effect"], footing.column_total(total, ["previous_gaap", "effect"]),
        ],
        "retained_earnings": equity,
        "other_equity": footing.added([equity, given["fair_value_reserve"]]),
    }  # fmt: skip


def filed_statement(given: Given) -> Answers:
    if "fair_value_reserve" in given:
        return transition_of_equity(given)
    if "columns" not in given:
        return transition(given)
    columns = given["columns"]
    rows = given["rows"]
    answers: Answers = {"ifrs": footing.across(rows, ["us_gaap", *columns])}
    if "total_equity" in rows:
        answers["equity_adjustment_total"] = footing.column_total(rows["total_equity"], columns)
    if "net_income" in rows:
        answers["net_income_adjustment_total"] = footing.column_total(rows["net_income"], columns)
    return answers


def equity_roll(given: Given) -> Answers:
    closing = footing.rolled(given["opening_retained_earnings_2022"], given["net_income_adjustment_2023"])
    return {
        "closing_retained_earnings_2023": closing,
        "closing_apic_share_based": footing.mirrored(closing["share_based"]),
    }


SEGMENT_SUMS = {
    "total_operating_income": [(1, "net_interest_income"), (1, "other_operating_income")],
    "net_after_impairment": [(1, "total_operating_income"), (-1, "loan_impairment_charges")],
    "profit_before_tax": [(1, "net_after_impairment"), (-1, "operating_expenses")],
}


def cells_of(cells: Given, columns: Sequence[str]) -> dict[str, int]:
    return {column: cells[column] for column in columns if column in cells}


def segment_statement(given: Given) -> Answers:
    only_rows_of(SEGMENT_SUMS, given["rows"])
    rows = footing.down({row: cells_of(cells, given["columns"]) for row, cells in given["rows"].items()}, SEGMENT_SUMS)
    segments = [column for column in given["columns"] if not column.startswith("ifrs_")]
    from_gaap, to_gaap = footing.across(rows, segments), footing.across(rows, given["columns"])
    totals = {name: {**rows[name], "ifrs_total": from_gaap[name], "us_gaap_total": to_gaap[name]} for name in SEGMENT_SUMS}
    kept = given["rows"]
    return {
        **totals,
        "us_gaap": {name: to_gaap[name] for name in kept},
        "ifrs_total": {name: from_gaap[name] for name in kept},
    }


PLUG_SUMS = {
    "assets": [(1, "loans_receivable_current"), (1, "loans_receivable_noncurrent")],
    "liabilities_and_equity": [(1, "other_tax_payable"), (1, "deferred_tax_liabilities"), (1, "retained_earnings")],
    "difference": [(1, "assets"), (-1, "liabilities_and_equity")],
}


UNITS = {"thousands": 1_000, "millions": 1_000_000}


def rounded_column(given: Given) -> Answers:
    given.stated("unit_in", "RMB", "USD")
    unit = UNITS[given["unit_out"]]
    only_rows_of(PLUG_SUMS, given["column"])
    naive = {row: footing.nearest_unit(amount, unit) for row, amount in given["column"].items()}
    printed = footing.down({row: {"units": units} for row, units in naive.items()}, PLUG_SUMS)
    exact = footing.down({row: {"minor": amount} for row, amount in given["column"].items()}, PLUG_SUMS)
    return {
        "naive_rounded": naive,
        "assets": printed["assets"]["units"],
        "liabilities_and_equity": printed["liabilities_and_equity"]["units"],
        "unrounded_balance_difference": exact["difference"]["minor"],
    }


ADAPTERS: Mapping[str, Callable[[Given], Answers]] = {
    "ecl_pd_lgd_12m": twelve_month_loss,
    "ecl_dual_measurement": dual_loss,
    "ecl_probability_weighted": weighted_loss,
    "ecl_discount_convention": default_timing,
    "interest_by_stage": interest_by_stage,
    "allowance_rollforward": allowance_roll,
    "eir_schedule": bond_schedule,
    "eir_dated_schedule": dated_bond,
    "eir_dual_schedule": dual_pool,
    "eir_monthly_instalment": instalment_loan,
    "column_tax": column_taxes,
    "column_tax_side": column_sides,
    "vat_inclusive": value_added_tax,
    "reconciliation_balance_sheet": filed_statement,
    "reconciliation_income_statement": filed_statement,
    "reconciliation_rollforward": equity_roll,
    "reconciliation_segments": segment_statement,
    "rounding_plug": rounded_column,
    "guarantee_dual_regime": guarantees.dual_regimes,
    "guarantee_ifrs_instalment": guarantees.instalment_fees,
    "guarantee_ifrs_measurement": guarantees.liability_measured,
    "guarantee_contingent_rollforward": guarantees.contingent_roll,
    "guarantee_ecl": guarantees.payout_loss,
    "sbc_us_straight_line": awards.cliff_vesting,
    "sbc_us_graded": awards.both_attributions,
    "sbc_ifrs_graded": awards.graded_groups,
    "sbc_ifrs_service": awards.service_condition,
    "sbc_dual": awards.dual_award,
    "sbc_graded_fractions": awards.graded_fractions,
    "option_value": awards.option_worth,
}
"""The operations covered, by name."""
