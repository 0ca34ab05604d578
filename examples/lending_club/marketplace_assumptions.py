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

# History and curves, from the loans of 2015 that were all repaid or charged off
KNOWN_AT = date(2017, 12, 31)  # curves know the months up to then, and serve loans made from then on
TERM_INSTALMENTS = 36
DEFAULT_DAYS = 90  # days past due at which a default is recognised
MONTHS_TO_CHARGE_OFF = 5  # from the last month paid: past 90 days at the end of the fourth, charged off in the fifth
RECOVERY_DELAY_MONTHS = 12  # from charge-off to the net recovery
LOOK_BACK_MONTHS = 12  # for how long a default, or a missed instalment, marks a contract that owes nothing overdue
ORIGINS = (4, 6)  # months on book from which hazards are counted: the live loans have four or five
MINIMUM = {"months": 1_000, "defaults": 10, "on_book": 100, "charge_offs": 30, "at_risk": 30}
OPENINGS = (date(2015, 11, 30),)  # at which loans of May, June and July have so many months on book
TESTED_KNOWN_AT = date(2018, 12, 31)  # a month after the last instalment: nothing of them is yet to come
TESTED_MONTHS, CONFIDENCE, CALENDAR_ALLOWANCE = 12, "0.95", "0.05"
HISTORY_FINDINGS = 3  # that an estimation bears: see the page
SCENARIO_ODDS = {"base": "1", "upside": "0.8", "downside": "1.5"}  # of worsening, in every month
SCENARIO_WEIGHTS = {"base": "0.6", "upside": "0.15", "downside": "0.25"}
TAX_RATE = "0.21"
