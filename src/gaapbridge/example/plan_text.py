"""The plans of the example lender, as text: every election by name, with the reason a reader would ask for.

Written with ``write_plan``; kept as text rather than rendered from the schemas so that what the demo shows is
what a user would write by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from gaapbridge.example.chart import plan_accounts, plan_posting, plan_same_source
from gaapbridge.example.curves import AWARD_CURVE_FILES, GUARANTEE_CURVE_FILES, LOAN_CURVE_FILES
from gaapbridge.example.tapes import CURRENCY

_HEAD = """\
# Plan of one period close. Every election is stated here; nothing has a default in the code.

[entity]
name = "{entity}"
currency = "{currency}"
minor_digits = 2
presentation_unit = 1000              # the statement is printed in thousands

[period]
opening = {opening}
closing = {closing}

{source}

[notes]
order = ["expected_credit_loss", "effective_interest", "share_based_compensation", "financial_guarantee"]
"""

_OPENING_TAPE = """\
[opening]
source = "opening_tape"               # brought forward: the opening tape, measured again"""

_PRIOR_RUN = """\
[opening]
source = "prior_run"                  # brought forward: the closing of the prior close, to the last fen
run = "latest\""""

_ELECTIONS = """\
[elections.expected_credit_loss]
us_method = "pd_lgd"                  # undiscounted lifetime losses; "dcf" discounts at the effective rate
us_accrued_interest = "included"      # losses are measured on principal and accrued interest
us_scenarios = { base = 1.0 }         # a single forecast under US GAAP
us_supportable_months = 12            # the reasonable and supportable forecast reaches one year
us_reversion = "straight_line"        # then back to history month by month; "immediate" would jump
us_reversion_months = 6               # in six equal steps
us_historical_scenario = "long_run"   # the history reverted to
ifrs_scenarios = { base = 0.6, upside = 0.15, downside = 0.25 }  # weights of losses
default_timing = "end"                # a default in a month is discounted from the end of that month
exposure_at_default = "before_instalment"  # who defaults in a month has not paid that month's instalment
default_days_past_due = 90            # default, and stage 3
sicr_pd_ratio = 2.5                   # stage 2 when the remaining-life PD is this multiple of that at origination ...
sicr_pd_increase = 0.02               # ... and has risen by this much
sicr_days_past_due = 30               # stage 2 backstop
sicr_backstop_rebuttal = ""           # the reason recorded when the backstop is later than 30 days
low_credit_risk_pd_12m = 0.0          # below this 12-month PD the PD test is switched off; nil: never
cure_probation_days = 90              # days a cured contract stays in stage 3
payout_days_past_due = 61             # a guarantee is called here: for guarantees, default and stage 3
guarantee_discount_rate = 0.03        # losses on guarantees: a current rate, the flows being adjusted for risk (B5.5.48)
compensated_guarantees = "net_in_liability"  # what funders were paid and is expected back reduces the contingent liability

[elections.effective_interest]
nonaccrual_days_past_due = 90         # US GAAP: no accrual from here on; the deferral is frozen

[elections.share_based_compensation]
us_attribution = "straight_line"      # one line over the whole award; "graded" would do as IFRS does, tranche by tranche
us_forfeitures = "as_they_occur"      # US GAAP: cost of a forfeited award is reversed when the holder leaves

[elections.financial_guarantee]
fee_accretion = "pro_rata"            # each fee collected repays its share of fair value, what is above it is accretion
early_settlement = "fee_derecognised" # a borrower who repays early owes no further fee
ifrs_liability = "higher_of"          # IFRS 9 4.2.1(c); "additive" shows both beside each other, and gives a finding
guarantee_income = "by_flow"          # revenue to revenue; "net_in_provision" puts the whole column on the provision

[vat]
rate = 0.06                           # output VAT contained in interest and fees
inclusive = ["deferred_fees", "accrued_interest", "guarantee_fees"]  # never on costs paid

[tax.expected_credit_loss]
method = "liability_method"           # deferred tax on the cumulative difference at the rate in force
side = "deferred_tax_assets"
rates = [{ from = 2021-01-01, rate = 0.25 }]

[tax.effective_interest]
method = "liability_method"
side = "deferred_tax_assets"
rates = [{ from = 2021-01-01, rate = 0.25 }]

[tax.share_based_compensation]
method = "liability_method"
side = "deferred_tax_assets"
rates = [{ from = 2021-01-01, rate = 0.0 }]  # share awards are not deducted

[tax.financial_guarantee]
method = "liability_method"
side = "deferred_tax_assets"          # against the deferred tax on guarantee liabilities
rates = [{ from = 2021-01-01, rate = 0.25 }]

[statement]
layout = "lender"
"""

_TAPES = """\
[tapes.{name}]
opening = "{opening}"
closing = "{closing}"
amounts = "minor"                     # whole fen
ignore = []                           # columns of the tape that are knowingly not read
columns = {{}}                          # ours = theirs, where the names differ
"""

_TAPE = """\
[tapes.{name}]
path = "{path}"
amounts = "minor"
ignore = []
columns = {{}}
"""

_CONTROL = """\
[tapes.{name}.control.closing]         # control totals of the closing tape: every row of the file
rows = {rows}
outstanding_principal_minor = {principal}
"""

_TRIAL_BALANCE = """\
[trial_balance]                       # US GAAP, unadjusted: the year's profit is not yet in retained earnings
opening = "{opening}"
closing = "{closing}"
amounts = "minor"
# roles whose balances the ledger copied from this measurement: agreement there is no evidence
same_source = {same_source}
"""


_END = """\
[thresholds]
rejected_rows = 0                     # more rejected rows than this: the close stops
rejected_principal_minor = 0
findings = 0                          # more findings than this: exit code 1

[runs]
folder = "runs"
"""


def write_plan(
    path: Path,
    *,
    entity: str,
    opening: date,
    closing: date,
    tapes: Mapping[str, tuple[str, str]],
    events: str,
    awards: Mapping[str, str],
    prior_run: bool,
    control: Mapping[str, tuple[int, int]],
    trial_balances: tuple[str, str] | None,
) -> None:
    """Write one plan. ``tapes`` gives the opening and closing path of ``loans``, ``guarantees`` and ``guarantee_fees``,
    ``awards`` the paths of the tapes of awards; paths are relative to the plan.

    ``control`` is the closing tape's rows and outstanding principal; without trial balances the ledger is not
    checked.
    """
    head = _HEAD.format(
        entity=entity,
        currency=CURRENCY,
        opening=opening,
        closing=closing,
        source=_PRIOR_RUN if prior_run else _OPENING_TAPE,
    )
    chart = "\n".join([*plan_accounts(), "", *plan_posting(), ""])
    parts = [head, _ELECTIONS, chart]
    for name, (first, last) in tapes.items():
        parts.append(_TAPES.format(name=name, opening=first, closing=last))
        if name in control:
            rows, principal = control[name]
            parts.append(_CONTROL.format(name=name, rows=rows, principal=principal))
    parts += [_TAPE.format(name=name, path=file) for name, file in {"events": events, **awards}.items()]
    curves = {"loans": LOAN_CURVE_FILES, "guarantees": GUARANTEE_CURVE_FILES, "awards": AWARD_CURVE_FILES}
    parts += [_curves(name, files) for name, files in curves.items()]
    if trial_balances is not None:
        first, last = trial_balances
        parts.append(_TRIAL_BALANCE.format(opening=first, closing=last, same_source=plan_same_source()))
    path.write_text("\n".join([*parts, _END]), encoding="utf-8", newline="\n")


def _curves(name: str, files: Mapping[str, str]) -> str:
    return f"[curves.{name}]\n" + "".join(f'{table} = "{file}"\n' for table, file in files.items())
