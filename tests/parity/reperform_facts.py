"""Facts shared by the tests of the independent calculator: one plan, flat curves, one loan."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from gaapbridge.reperform.assumptions import BUCKETS, PROBATION, Assumptions
from gaapbridge.reperform.calculation import State
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import Framework
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.loans.state import calculate_state

CLOSING = date(2023, 12, 31)

PLAN = """
[entity]
name = "Example Lender"
currency = "CNY"
minor_digits = 2
presentation_unit = 1000
[period]
opening = 2022-12-31
closing = 2023-12-31
[opening]
source = "opening_tape"
[elections.expected_credit_loss]
us_method = "pd_lgd"
us_accrued_interest = "included"
us_scenarios = [{ valid_from = 2020-01-01, base = 1.0 }]
us_supportable_months = 12
us_reversion = "immediate"
us_reversion_months = 0
us_reversion_reached = "month_after"
us_dcf_lost_interest = "at_loss_given_default"
us_historical_scenario = "base"
ifrs_scenarios = [{ valid_from = 2020-01-01, base = 0.6, downside = 0.4 }]
default_timeline = "first_missed"
default_timing = "end"
exposure_at_default = "before_instalment"
default_days_past_due = 90
sicr_pd_ratio = [{ valid_from = 2020-01-01, value = 2.5 }]
sicr_pd_increase = [{ valid_from = 2020-01-01, value = 0.02 }]
sicr_days_past_due = [{ valid_from = 2020-01-01, value = 30 }]
sicr_backstop_rebuttal = ""
low_credit_risk_pd_12m = [{ valid_from = 2020-01-01, value = 0.0 }]
cure_probation_days = 90
stage_3_interest_from = "day"
ifrs_after_write_off = "expected_recoveries"
payout_days_past_due = 61
us_guarantee_discount = "contract_rate"
guarantee_discount_rate = [{ valid_from = 2020-01-01, value = 0.03 }]
compensated_guarantees = "net_in_liability"
[elections.effective_interest]
nonaccrual_days_past_due = 90
[elections.share_based_compensation]
us_attribution = "straight_line"
us_forfeitures = "as_they_occur"
[elections.financial_guarantee]
stand_ready_measurement = "nominal_fees"
stand_ready_discount_rate = [{ valid_from = 2020-01-01, value = 0.03 }]
stand_ready_margin = [{ valid_from = 2020-01-01, value = 0.2 }]
fee_accretion = "pro_rata"
early_settlement = "fee_derecognised"
ifrs_fee_revenue = "accrued"
ifrs_liability = "additive"
guarantee_income = "by_flow"
[vat]
rate = 0.06
inclusive = ["deferred_fees", "accrued_interest", "guarantee_fees"]
[tapes.loans]
opening = "loans-2022.csv"
closing = "loans-2023.parquet"
amounts = "minor"
[tapes.loans.columns]
contract_id = "loan_no"
[tapes.events]
path = "events.csv"
amounts = "major"
"""


def plan() -> dict[str, Any]:
    """The parsed plan."""
    return tomllib.loads(PLAN, parse_float=Decimal)


def elections(**changed: object) -> Elections:
    """The plan's elections with some fields changed."""
    return replace(Elections.from_plan(plan()), **changed)  # type: ignore[arg-type]


CurveRows = tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]


def curve_rows(
    hazard: str = "0.01",
    mortality: str = "0",
    lgd: str = "0.5",
    downside: str = "1",
    valid_from: str = "2020-01-01",
) -> CurveRows:
    """Flat curves of segment `s`: same hazard in every bucket, the downside's a multiple of the base's; all perform.

    Discounted LGD is a tenth less than undiscounted; LGD rises by 0.1 after one and after two months;
    remaining recoveries are 30 %, 20 %, 10 % of the amount written off, then nil.
    """
    prepayment = [{"valid_from": valid_from, "segment": "s", "month_on_book": 1, "single_monthly_mortality": mortality}]
    hazards = [
        {
            "valid_from": valid_from,
            "scenario": scenario,
            "segment": "s",
            "bucket": bucket,
            "months_ahead": 1,
            "hazard": str(Decimal(hazard) * Decimal(multiple)),
            "performing": "1",
            "default_days": 90,
        }
        for scenario, multiple in (("base", "1"), ("downside", downside))
        for bucket in (*BUCKETS, PROBATION)
    ]
    losses = [
        {
            "valid_from": valid_from,
            "scenario": scenario,
            "segment": "s",
            "months_since_default": month,
            "lgd_undiscounted": str(Decimal(lgd) + Decimal(month) / 10),
            "lgd_discounted": str((Decimal(lgd) + Decimal(month) / 10) * Decimal("0.9")),
        }
        for scenario in ("base", "downside")
        for month in range(3)
    ]
    recoveries = [
        {
            "valid_from": valid_from,
            "segment": "s",
            "months_since_write_off": month,
            "remaining_recovery_ratio": ratio,
        }
        for month, ratio in enumerate(("0.3", "0.2", "0.1"))
    ]
    return prepayment, hazards, losses, recoveries


def assumptions(**given: str) -> Assumptions:
    """The flat curves as lookups."""
    return Assumptions.from_rows(*curve_rows(**given))


def in_two_versions(old: CurveRows, new: CurveRows) -> Assumptions:
    """Lookups of two versions of the curves."""
    prepayment, hazard, losses, recoveries = (a + b for a, b in zip(old, new, strict=True))
    return Assumptions.from_rows(prepayment, hazard, losses, recoveries)


def loan(**changed: object) -> Loan:
    """1,000.00 for twelve months at 12 %, originated 2023-04-01, level instalments, no fees."""
    facts: dict[str, Any] = {
        "contract_id": "L1",
        "segment": "s",
        "origination_date": date(2023, 4, 1),
        "first_payment_date": date(2023, 5, 1),
        "principal_minor": 100_000,
        "annual_rate": Decimal("0.12"),
        "term_instalments": 12,
        "repayment_type": "level",
        "outstanding_principal_minor": 100_000,
    }
    return Loan(**{**facts, **changed})


def unearned(rate: Decimal, due: Sequence[date], flows: Sequence[int], day: date) -> Decimal:
    """By hand, of a loan without interest: what is left to fall due after a day is worth so much less, on one unit of it, at a
    rate a period. `due` begins with the origination, `flows` with the first instalment; nil after the last."""
    k = sum(1 for one in due[1:] if one <= day)
    if k == len(flows):
        return Decimal(0)
    running = Decimal((day - due[k]).days) / Decimal((due[k + 1] - due[k]).days)
    worth = sum((flow / (1 + rate) ** Decimal(number) for number, flow in enumerate(flows[k:], start=1)), Decimal(0))
    return worth * (1 + rate) ** running / sum(flows[k:]) - 1


def state(
    contract: Loan,
    framework: Framework,
    day: date = CLOSING,
    curves: Assumptions | None = None,
    chosen: Elections | None = None,
) -> State:
    """The contract's closing state on a day, with the flat curves and the plan's elections unless given."""
    return calculate_state(contract, "closing", day, framework, curves or assumptions(), chosen or elections(), day)


def step(found: State, name: str) -> object:
    """The value of a named step."""
    return next(one.value for one in found.steps if one.name == name)


def amounts(found: State) -> dict[str, int]:
    """The whole figures of a state."""
    return {name: figure.amount for name, figure in found.figures.items()}
