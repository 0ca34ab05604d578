"""Adapters of expected credit losses; see ``adapters``."""

from __future__ import annotations

from typing import Any

from gaapbridge.differences.expected_credit_loss import ifrs
from tests.conformance import books
from tests.conformance.chunks import (
    ANSWERS,
    IFRS,
    US,
    YEAR_MONTHS,
    Exposed,
    allowances,
    bullet,
    by_period,
    carried,
    equal_parts,
    late_by_a_period,
    less,
    likeliest,
    to_horizons,
)
from tests.conformance.first_missed import first_missed, levels, table
from tests.conformance.given import Given, column

Answers = dict[str, Any]


def twelve_month_loss(given: Given) -> Answers:
    given.stated("time_value", "ignored in the example")
    amount, hazard = given["gross_carrying_amount"], given["pd_12m"]
    receivable = Exposed(bullet(amount, 0.0, 1), 0.0, [[hazard]], [given["lgd"]], YEAR_MONTHS)
    return {"loss_allowance_12m": allowances(receivable, IFRS)[0]}


def dual_loss(given: Given) -> Answers:
    given.stated("default_timing", "end of year, exposure at start of year", "end of month, exposure at start of month")
    if "exposure_by_month" in given:
        path = given["exposure_by_month"]
        hazard = [given["monthly_conditional_pd"] for _ in path]
        lost, rate, months = given["lgd"], given["eir_monthly"], 1
    else:
        path, hazard = given["exposure_at_start_of_year"], given["conditional_pd_by_year"]
        lost, rate, months = given["lgd_on_exposure"], given["eir"], YEAR_MONTHS
    loan = Exposed(equal_parts(path), rate, [hazard], [lost], months)
    never_repaid = Exposed(bullet(path[0], 0.0, len(path)), 0.0, [hazard], [lost], months)
    of_one = Exposed(bullet(1.0, 0.0, len(path)), 0.0, [hazard], [1.0], months)
    undiscounted = Exposed(equal_parts(path), 0.0, [hazard], [lost], months)
    (stage_1,), (stage_2,) = allowances(loan, IFRS), allowances(loan, IFRS, watched=True)
    (cecl,), (cecl_discounted,) = allowances(loan, US), allowances(loan.answering(us_method="dcf"), US)
    (twelve_months,) = allowances(undiscounted, IFRS)
    return {
        "marginal_pd": by_period(to_horizons(of_one, IFRS), 0.0),
        "loss_discounted_by_year": by_period(to_horizons(loan, IFRS), 0.0),
        "ifrs9_stage1": stage_1,
        "ifrs9_stage2": stage_2,
        "cecl_discounted": cecl_discounted,
        "cecl_undiscounted": cecl,
        "cecl_undiscounted_loss_rate": cecl,
        "difference_ifrs_stage1_minus_cecl_discounted": less(stage_1, cecl_discounted),
        "of_which_horizon": less(stage_1, cecl_discounted),
        "difference_ifrs_stage1_minus_cecl_undiscounted": less(stage_1, cecl),
        "of_which_horizon_undiscounted": less(twelve_months, cecl),
        "of_which_discounting": less(stage_1, twelve_months),
        "naive_annual_pd_times_opening_balance": allowances(never_repaid, IFRS)[0],
    }


def weighted_loss(given: Given) -> Answers:
    cases = given["scenarios"]
    names = tuple(case["name"] for case in cases)
    weights = {case["name"]: case["weight"] for case in cases}
    usual = likeliest(weights)
    receivable = Exposed(
        bullet(1.0, 0.0, 1), 0.0, [[1.0] for _ in cases], [case["ecl"] for case in cases], YEAR_MONTHS, ANSWERS, names
    ).answering(ifrs_scenarios=weights, us_scenarios={usual: 1.0}, us_historical_scenario=usual)
    (weighted,), (single,) = allowances(receivable, IFRS), allowances(receivable, US)
    return {
        "ecl_probability_weighted": weighted,
        "ecl_most_likely_scenario": single,
        "non_linearity_shortfall": less(weighted, single),
    }


def default_timing(given: Given) -> Answers:
    names = {"start": "start", "mid": "middle", "end": "end"}
    loss = given["undiscounted_loss_year1"]
    loan = Exposed(bullet(loss, 0.0, 1), given["eir"], [[1.0]], [1.0], YEAR_MONTHS)
    return {moment: allowances(loan.answering(default_timing=names[moment]), IFRS)[0] for moment in given["conventions"]}


def interest_by_stage(given: Given) -> Answers:
    """The example does not discount; defaults at the start of the year are not either."""
    gross, rate = given["gross_carrying_amount"], given["eir"]
    loan = Exposed(bullet(gross, 0.0, 1), rate, [[given["pd_lifetime"]]], [given["lgd"]], YEAR_MONTHS)
    allowance = allowances(loan.answering(default_timing="start"), IFRS, watched=True)
    _, accrued = carried(bullet(gross, rate, 1), [gross])
    unrecognised = {
        stage: ifrs.interest_on_allowance(column(rate), less(gross, lost), accrued.interest)
        for stage, lost in ((2, column(0.0)), (3, allowance))
    }
    return {
        "loss_allowance": allowance[0],
        "net_carrying_amount": less(gross, allowance[0]),
        "interest_revenue_stage_2": less(accrued.interest, unrecognised[2])[0],
        "interest_revenue_stage_3": less(accrued.interest, unrecognised[3])[0],
    }


def paid_late(given: Given) -> Answers:
    """Nothing is lost undiscounted; the exposure is principal and interest of the year."""
    given.restated("contractual_cash_flow_year1")
    amount, rate = given["carrying_amount"], given["eir"]
    loan = Exposed(
        bullet(amount, rate, 1), rate, [[given["probability_of_one_year_delay"]]], [0.0], YEAR_MONTHS,
        lost_discounted=[late_by_a_period(rate)],
    ).answering(us_accrued_interest="included")  # fmt: skip
    return {
        "ifrs9_ecl": allowances(loan, IFRS)[0],
        "cecl_dcf": allowances(loan.answering(us_method="dcf"), US)[0],
        "cecl_loss_rate_method": allowances(loan, US)[0],
    }


def default_timeline(given: Given) -> Answers:
    """Level loans at every age and in every bucket; nothing is recovered, discounted or earned.

    The due dates between a first miss and its recognition are given. Payouts at 62 days have two of them from two days
    after a due date on, and three on the due date itself, the instant that the example names.
    """
    given.stated("loss_given_default", 1)
    given.stated("discounting", "none")
    given.stated("interest_in_exposure", False)
    given.stated("repayment", "level, unrounded")
    given.stated("prepays", "only who is current and pays, after the instalment, not at the last one")
    given.restated("days_past_due_at_default", "days_per_period")
    loans = given["contracts"]
    schedule = levels(
        [loan["principal"] for loan in loans], given["contract_rate_per_period"], [loan["term_periods"] for loan in loans]
    )
    hazard, performing = (table(given[name], given["buckets"]) for name in ("hazard", "performing"))
    defaults, owed = first_missed(
        schedule, hazard, performing, given["prepayment_per_period"], given["lag_due_dates"],
        *([loan[name] for loan in loans] for name in ("instalments_missed", "due_dates_passed", "instalments_paid")),
        outstanding=[loan["outstanding_principal"] for loan in loans],
    )  # fmt: skip
    return {"expected_defaults": defaults, "expected_default_amount": owed}


def allowance_roll(given: Given) -> Answers:
    """One loan whose allowance moves, one written off against it, and what was recovered."""
    opening, off, back = given["opening_allowance"], given["write_offs"], given["recoveries"]
    provision = books.provision_for_loans(opening, given["required_closing_allowance"], off, back)
    closing = books.closing(opening, {"provision": provision, "recovery": back}, {"write_off": off})
    return {"provision_expense": provision, "closing_allowance": closing}
