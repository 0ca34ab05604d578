"""The plan of the example: one instant, two notes, US dollars, no ledger, no value-added tax."""

from __future__ import annotations

import marketplace_assumptions as stated
import polars as pl

_PLAN = """\
# A marketplace lender's book at {instant}, by examples/lending_club/prepare.py

format = 1

[entity]
name = "Marketplace personal loans (example)"
currency = "USD"
minor_digits = 2
presentation_unit = 1

[period]
opening = {before}
closing = {instant}

[opening]
source = "none"                   # one instant: nothing is brought forward, no movement is checked

[notes]
order = ["expected_credit_loss", "effective_interest"]

[elections.expected_credit_loss]
us_method = "pd_lgd"
us_accrued_interest = "included"
us_scenarios = [{{ valid_from = {known_at}, base = 1.0 }}]
us_supportable_months = 12
us_reversion = "immediate"
us_reversion_months = 0
us_reversion_reached = "month_after"
us_dcf_lost_interest = "at_loss_given_default"
us_historical_scenario = "base"
ifrs_scenarios = [{{ valid_from = {known_at}, {weights} }}]
default_timeline = "first_missed"
default_timing = "end"
exposure_at_default = "before_instalment"
default_days_past_due = {default_days}
sicr_pd_ratio = [{{ valid_from = {known_at}, value = 2.5 }}]
sicr_pd_increase = [{{ valid_from = {known_at}, value = 0.02 }}]
sicr_days_past_due = [{{ valid_from = {known_at}, value = 30 }}]
sicr_backstop_rebuttal = ""
low_credit_risk_pd_12m = [{{ valid_from = {known_at}, value = 0.0 }}]
cure_probation_days = 90
hindsight_confidence = 0.999
hindsight_overdispersion = 1
stage_3_interest_from = "day"
ifrs_after_write_off = "expected_recoveries"

[elections.effective_interest]
nonaccrual_days_past_due = 90

[vat]
rate = 0.0
inclusive = []

[tax.expected_credit_loss]
method = "liability_method"
basis = "enacted"
reverses = [1.0]
rates = [{{ enacted = 2017-12-22, from = 2018-01-01, rate = {tax} }}]

[tax.effective_interest]
method = "liability_method"
basis = "enacted"
reverses = [1.0]
rates = [{{ enacted = 2017-12-22, from = 2018-01-01, rate = {tax} }}]

[deferred_tax]
valuation_allowance = [{{ valid_from = {known_at}, in_ledger_minor = 0, further_minor = "all" }}]

[statement]
layout = "lender"

[accounts]
"1301" = {{ name = "Loans receivable: principal, current", line = "loans_c" }}
"1302" = {{ name = "Loans receivable: principal, non-current", line = "loans_nc" }}
"1303" = {{ name = "Loans receivable: deferred fees and costs, current", line = "loans_c" }}
"1304" = {{ name = "Loans receivable: deferred fees and costs, non-current", line = "loans_nc" }}
"1305" = {{ name = "Loans receivable: accrued interest", line = "loans_c" }}
"1391" = {{ name = "Loss allowance, current", line = "loans_c" }}
"1392" = {{ name = "Loss allowance, non-current", line = "loans_nc" }}
"1393" = {{ name = "Expected recoveries of loans written off", line = "loans_c" }}
"1801" = {{ name = "Deferred tax assets", line = "dta" }}
"2201" = {{ name = "Other tax payable", line = "otp" }}
"2801" = {{ name = "Deferred tax liabilities", line = "dtl" }}
"4101" = {{ name = "Retained earnings", line = "re" }}
"4103" = {{ name = "Opening basis difference", line = "re" }}
"6001" = {{ name = "Financing income", line = "fi" }}
"6701" = {{ name = "Provision for loans receivable", line = "p_loans" }}
"6801" = {{ name = "Income tax expense", line = "tax" }}

[posting]
principal_current = "1301"
principal_non_current = "1302"
deferred_current = "1303"
deferred_non_current = "1304"
accrued_interest = "1305"
loss_allowance_current = "1391"
loss_allowance_non_current = "1392"
expected_recoveries = "1393"
other_tax_payable = "2201"
deferred_tax_assets = "1801"
deferred_tax_liabilities = "2801"
retained_earnings = "4101"
opening_basis_difference = "4103"
financing_income = "6001"
provision_for_loans = "6701"
income_tax_expense = "6801"

[tapes.loans]
closing = "tapes/loans-{instant}.parquet"
amounts = "minor"

[tapes.loans.control.closing]
rows = {rows}
outstanding_principal_minor = {principal}

[curves.loans]
prepayment = "curves/loans/prepayment.csv"
hazard = "curves/loans/hazard.csv"
loss_given_default = "curves/loans/loss_given_default.csv"
recovery = "curves/loans/recovery.csv"

# What gaapbridge estimate makes these curves of.

[history]
known_at = [{known_at}]
to = "curves"
rejected_rows = 0
findings = {history_findings}

[history.scenarios]
odds = {{ {odds} }}
supportable_months = 12
reversion = "none"
reversion_months = 0
reversion_reached = "month_after"

[history.validation]
openings = [{openings}]
out_of_sample_known_at = {tested_known_at}
window_months = {tested_months}
confidence = {confidence}
calendar_allowance = {calendar_allowance}
least_expected = 50
claims_from = 250

[history.loans]
default_days = {default_days}
look_back_months = {look_back_months}
matured_within_months = 0
{minimum}
severity_years = "all"
discount_rate = "contract"
origins = {origins}

[history.loans.performance]
path = "history/performance.parquet"
amounts = "minor"

[history.loans.performance.control]
rows = {performance_rows}
balance_minor = {performance_balance}

[history.loans.contracts]
path = "history/contracts.parquet"
amounts = "minor"

[history.loans.outcomes]
path = "history/outcomes.parquet"
amounts = "minor"

[thresholds]
rejected_rows = 0
rejected_principal_minor = 0
findings = 0

[runs]
folder = "runs"
"""


def plan_text(tape: pl.DataFrame, performance: pl.DataFrame) -> str:
    """The plan as TOML. Control totals are those of the tape; ``ties.csv`` ties them to the source."""
    return _PLAN.format(
        before=stated.BEFORE,
        instant=stated.INSTANT,
        known_at=stated.KNOWN_AT,
        weights=_pairs(stated.SCENARIO_WEIGHTS),
        odds=_pairs(stated.SCENARIO_ODDS),
        default_days=stated.DEFAULT_DAYS,
        tax=stated.TAX_RATE,
        rows=tape.height,
        principal=tape["outstanding_principal_minor"].sum(),
        history_findings=stated.HISTORY_FINDINGS,
        look_back_months=stated.LOOK_BACK_MONTHS,
        origins="{{ from = {}, to = {} }}".format(*stated.ORIGINS),
        openings=", ".join(map(str, stated.OPENINGS)),
        tested_known_at=stated.TESTED_KNOWN_AT,
        tested_months=stated.TESTED_MONTHS,
        confidence=stated.CONFIDENCE,
        calendar_allowance=stated.CALENDAR_ALLOWANCE,
        minimum="\n".join(f"minimum_{of} = {least}" for of, least in stated.MINIMUM.items()),
        performance_rows=performance.height,
        performance_balance=performance["balance_minor"].sum(),
    )


def _pairs(named: dict[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in named.items())
