"""Everything the example assumes, in one place, as no table has it. Change a figure, run again."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

# The instant. The snapshot date is not given; loans of January 2018 on schedule show five payments, those of
# February four: the end of June 2018. Days are not given either: all dates are put in mid-month.
BEFORE = date(2018, 5, 31)
INSTANT = date(2018, 6, 30)
DUE_DAY = 15

# Contracts
ORIGINATION_FEE_SHARE = Fraction(5, 100)  # of principal, kept by the lender at origination: in neither table
FIXED_DAYS_PAST_DUE = {"Current": 0, "In Grace Period": 10, "Late (16-30 days)": 23}
LATE_STATUS = "Late (31-120 days)"  # days since the first instalment not covered by what was paid,
LATE_RANGE = (31, 120)  # kept inside the band
WRITTEN_OFF_STATUS, REPAID_STATUS = "Charged Off", "Fully Paid"
DAYS_PAST_DUE_AT_WRITE_OFF = 120
DAYS_A_MISSED_MONTH = 30  # months missed = days past due / 30, rounded up: for the interest due and unpaid

# Curves, from the loans of 2015 that were all repaid or charged off
VALID_FROM = date(2018, 1, 1)
TERM_INSTALMENTS = 36
MATURITY_MONTHS = 4  # repaid in the last instalments counts as matured, not as repaid early
MORTALITY_HALF_WINDOW_MONTHS = 1
MINIMUM_MORTALITY_EXPOSURE = 1_000  # loan-months a window needs, else all grades together
MINIMUM_CHARGE_OFFS = 100  # a grade with fewer is pooled with the next better one
DEFAULT_DAYS = 90  # days past due at which a default is recognised: three due dates after the first missed
LATE_MONTHS = 3  # months ahead in which a late loan's odds of default are raised, and by how much
LATE_ODDS = {
    "current": Fraction(1),
    "1-30": Fraction(10),
    "31-60": Fraction(40),
    "61-90": Fraction(100),
    "probation": Fraction(1),
}
RECOVERY_DELAY_MONTHS = 12  # from default to the net recovery, for discounting
RECOVERY_MONTHS = 24  # after a write-off what is still to come runs off in a straight line
SCENARIO_ODDS = {
    "base": Fraction(1),
    "upside": Fraction(8, 10),
    "downside": Fraction(15, 10),
}  # of the hazard
SCENARIO_WEIGHTS = {"base": "0.6", "upside": "0.15", "downside": "0.25"}
TAX_RATE = "0.21"
