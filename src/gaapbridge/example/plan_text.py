"""The plans of the example lender, as text: every election by name, with the reason a reader would ask for.

Written with ``write_plan``; kept as text rather than rendered from the schemas so that what the demo shows is
what a user would write by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from gaapbridge.example.chart import plan_accounts, plan_posting, plan_same_source
from gaapbridge.example.curves import CURVE_FILES
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
order = ["expected_credit_loss", "effective_interest"]
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

[elections.effective_interest]
nonaccrual_days_past_due = 90         # US GAAP: no accrual from here on; the deferral is frozen

[vat]
rate = 0.06                           # output VAT contained in interest and fees
inclusive = ["deferred_fees", "accrued_interest"]  # never on costs paid

[tax.expected_credit_loss]
method = "liability_method"           # deferred tax on the cumulative difference at the rate in force
side = "deferred_tax_assets"
rates = [{ from = 2021-01-01, rate = 0.25 }]

[tax.effective_interest]
method = "liability_method"
side = "deferred_tax_assets"
rates = [{ from = 2021-01-01, rate = 0.25 }]

[statement]
layout = "loans"
"""

_SOURCES = """\
[tapes.loans]
opening = "{opening_tape}"
closing = "{closing_tape}"
amounts = "minor"                     # whole fen
ignore = []                           # columns of the tape that are knowingly not read
columns = {{}}                          # ours = theirs, where the names differ
{control}
[tapes.events]
path = "{events}"
amounts = "minor"
ignore = []
columns = {{}}

[curves]
{curves}
{trial_balance}
[thresholds]
rejected_rows = 0                     # more rejected rows than this: the close stops
rejected_principal_minor = 0
findings = 0                          # more findings than this: exit code 1

[runs]
folder = "runs"
"""

_CONTROL = """
[tapes.loans.control.closing]         # control totals of the closing tape: every row of the file
rows = {rows}
outstanding_principal_minor = {principal}
"""

_TRIAL_BALANCE = """
[trial_balance]                       # US GAAP, unadjusted: the year's profit is not yet in retained earnings
opening = "{opening}"
closing = "{closing}"
amounts = "minor"
# roles whose balances the ledger copied from this measurement: agreement there is no evidence
same_source = {same_source}
"""


def write_plan(
    path: Path,
    *,
    entity: str,
    opening: date,
    closing: date,
    tapes: Mapping[str, str],
    prior_run: bool,
    control: tuple[int, int] | None,
    trial_balances: tuple[str, str] | None,
) -> None:
    """Write one plan. ``tapes`` gives the paths of ``opening``, ``closing`` and ``events``; paths are
    relative to the plan.

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
    ledger = ""
    if trial_balances is not None:
        ledger = _TRIAL_BALANCE.format(opening=trial_balances[0], closing=trial_balances[1], same_source=plan_same_source())
    sources = _SOURCES.format(
        opening_tape=tapes["opening"],
        closing_tape=tapes["closing"],
        events=tapes["events"],
        control="" if control is None else _CONTROL.format(rows=control[0], principal=control[1]),
        curves="".join(f'{name} = "{file}"\n' for name, file in CURVE_FILES.items()),
        trial_balance=ledger,
    )
    path.write_text("\n".join([head, _ELECTIONS, chart, sources]), encoding="utf-8", newline="\n")
