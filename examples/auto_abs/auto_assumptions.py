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

# Curves, from the months up to OPENING only
MONTHS_AHEAD = 72
MINIMUM_TRANSITIONS = 200  # contract-months a starting bucket needs, else all segments together
MORTALITY_HALF_WINDOW_MONTHS = 3
MINIMUM_MORTALITY_EXPOSURE = 1_000  # contract-months a window needs
MINIMUM_EPISODES = 50  # defaults under observation a month since default needs, else the tail
MINIMUM_CHARGE_OFFS = 50  # charge-offs a segment needs for its own loss curve, else all segments together
MINIMUM_WRITTEN_OFF = 20  # written-off contracts under observation a recovery month needs
SCENARIO_ODDS = {
    "base": Fraction(1),
    "upside": Fraction(8, 10),
    "downside": Fraction(15, 10),
}  # of the hazard
SCENARIO_WEIGHTS = {"base": "0.6", "upside": "0.15", "downside": "0.25"}
TAX_RATES = (
    (date(1993, 8, 10), date(1993, 1, 1), "0.35"),
    (date(2017, 12, 22), date(2018, 1, 1), "0.21"),
)  # federal, on companies: enacted, from, rate
