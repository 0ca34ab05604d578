"""Everything the example assumes, in one place, because none of it is filed. Change a figure, run again."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

OPENING = date(2018, 12, 31)
CLOSING = date(2019, 12, 31)

# Contracts
DEALER_COST_SHARE = Fraction(2, 100)  # paid to the dealer at origination, of principal: an ASSUMPTION, nothing is filed
DUE_DAY = 1  # the filing gives months: origination and first payment are put on the 1st
DAYS_A_MISSED_MONTH = 30  # days past due = months missed in a row x 30
DEFAULT_MISSED = 3  # months missed in a row that make a default
DEFAULT_DAYS = DEFAULT_MISSED * DAYS_A_MISSED_MONTH
CURTAILMENT_RATIO = Fraction(110, 100)  # cash above this share of what was due is principal paid early

# Curves, which `gaapbridge estimate` makes of the months up to each instant
SCORES = ((680, "below_680"), (720, "680_to_719"))  # a borrower's credit score below the first number is of that segment
BEST = "720_and_above"
LOOK_BACK_MONTHS = 12  # for how long a default, or a missed instalment, marks a contract that owes nothing overdue
MINIMUM = {"months": 1_000, "defaults": 10, "on_book": 100, "charge_offs": 30, "at_risk": 30}
HISTORY_FINDINGS = 4  # that an estimation bears: see the page
WINDOW_MONTHS = 12  # ahead of the opening, in which `estimate --validate` holds the curves against what came
DEFERRALS = (date(2020, 4, 1), date(2020, 8, 31))  # months in which a missed instalment says nothing
DEFERRALS_REASON = "deferrals of the spring of 2020, of which the filing tells no day: arrears stay as they were"
SCENARIO_ODDS = {"base": "1", "upside": "0.8", "downside": "1.5"}  # of worsening, in every month
SCENARIO_WEIGHTS = {"base": "0.6", "upside": "0.15", "downside": "0.25"}
TAX_RATES = (
    (date(1993, 8, 10), date(1993, 1, 1), "0.35"),
    (date(2017, 12, 22), date(2018, 1, 1), "0.21"),
)  # federal, on companies: enacted, from, rate
