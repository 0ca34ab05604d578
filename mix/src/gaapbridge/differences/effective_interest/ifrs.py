"""Note (ii) under IFRS 9: effective interest over the expected life."""

from __future__ import annotations

import numpy as np

from gaapbridge.differences.effective_interest.elections import Elections
from gaapbridge.differences.effective_interest.treatment import FOREVER, Dates, Flags, Rows


def rate_curve(at_origination: Rows) -> Rows:
    """Prepayment curve inside the effective rate: the expectation in force at origination (IFRS 9 Appendix A, B5.4.4)."""
    return at_origination


def carrying_curve(at_instant: Rows) -> Rows:
    """Prepayment curve inside the carrying amount: today's expectation, at the original rate (IFRS 9 B5.4.6)."""
    return at_instant


def accrues(days_past_due: Rows, nonaccrual_date: Dates, elections: Elections) -> Flags:
    """Whether interest is still accrued: always, on the gross carrying amount; stage 3 is note (i)'s (IFRS 9 5.4.1)."""
    return np.ones_like(days_past_due, dtype=np.bool_)


def accrual_left(days_past_due: Rows, elections: Elections) -> Rows:
    """Days until interest stops and fees and costs are amortised no more, if nothing is paid: it never does (IFRS 9 5.4.1)."""
    return np.full_like(days_past_due, FOREVER)


def accrual_date(
    instant: Dates, days_past_due: Rows, nonaccrual_date: Dates, origination: Dates, elections: Elections
) -> Dates:
    """Date up to which fees and costs are amortised: the instant, there is no non-accrual (IFRS 9 5.4.1)."""
    return instant
