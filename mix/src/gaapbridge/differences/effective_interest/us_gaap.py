"""Note (ii) under US GAAP: ASC 310-20, level yield over the contractual life."""

from __future__ import annotations

import numpy as np

from gaapbridge.differences.effective_interest.elections import Elections
from gaapbridge.differences.effective_interest.treatment import NO_PREPAYMENT, Dates, Flags, Rows


def rate_curve(at_origination: Rows) -> Rows:
    """Prepayment curve inside the effective rate: none, the rate is solved on contractual flows (310-20-35-26)."""
    return np.full_like(at_origination, NO_PREPAYMENT)


def carrying_curve(at_instant: Rows) -> Rows:
    """Prepayment curve inside the carrying amount: none; what prepays is written to income when it does (310-20-35-26)."""
    return np.full_like(at_instant, NO_PREPAYMENT)


def accrues(days_past_due: Rows, nonaccrual_date: Dates, elections: Elections) -> Flags:
    """Whether interest is still accrued: not from the elected days past due, nor after a stated date (310-20-35-17)."""
    current: Flags = (days_past_due < elections.nonaccrual_days_past_due) & np.isnat(nonaccrual_date)
    return current


def accrual_left(days_past_due: Rows, elections: Elections) -> Rows:
    """Days until interest stops and fees and costs are amortised no more, if nothing is paid (310-20-35-17).

    Of who is 76 days past due, with non-accrual from 90: 14. Not above nil once they have stopped, and interest is reversed.
    """
    left: Rows = elections.nonaccrual_days_past_due - days_past_due
    return left


def accrual_date(
    instant: Dates, days_past_due: Rows, nonaccrual_date: Dates, origination: Dates, elections: Elections
) -> Dates:
    """Date up to which fees and costs are amortised: the deferral freezes at the last accrual date (310-20-35-17).

    100 days past due with non-accrual from 90: ten days before the instant.
    """
    over = np.maximum(days_past_due - elections.nonaccrual_days_past_due, 0)
    reached = np.maximum(instant - over, origination)
    stated = np.maximum(np.minimum(nonaccrual_date, instant), origination)
    stopped = np.where(np.isnat(nonaccrual_date), reached, stated)
    frozen: Dates = np.where(accrues(days_past_due, nonaccrual_date, elections), instant, stopped)
    return frozen
