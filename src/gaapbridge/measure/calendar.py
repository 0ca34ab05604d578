"""Calendar arithmetic on whole columns of dates: where an instant stands in a contract's schedule.

Dates are ``datetime64[D]`` columns. Instalment j falls due on the first payment date plus j-1 calendar months, its day
clamped to the end of the month; period 0 starts at origination.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Dates = NDArray[np.datetime64]
Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]


def add_months(dates: Dates, months: Counts | int) -> Dates:
    """The same day some calendar months later, clamped to the end of the month.

    >>> str(add_months(np.array(["2023-01-31"], "datetime64[D]"), 1)[0])
    '2023-02-28'
    """
    month = dates.astype("datetime64[M]")
    day = (dates - month).astype(np.int64)
    target = month + np.asarray(months, dtype=np.int64)
    length = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64)
    clamped: Dates = target.astype("datetime64[D]") + np.minimum(day, length - 1)
    return clamped


def whole_months_between(start: Dates, end: Dates) -> Counts:
    """Whole calendar months from start to end; not below zero; 0 where a date is missing.

    >>> start, end = np.array(["2023-01-31"], "datetime64[D]"), np.array(["2023-03-30"], "datetime64[D]")
    >>> int(whole_months_between(start, end)[0])
    1
    """
    known = ~(np.isnat(start) | np.isnat(end))
    first = np.where(known, start, np.datetime64("2000-01-01"))
    last = np.where(known, end, np.datetime64("2000-01-01"))
    months = (last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(np.int64)
    months -= add_months(first, months) > last
    counted: Counts = np.where(known, np.maximum(months, 0), 0)
    return counted


def first_period_length(origination: Dates, first_payment: Dates) -> Numbers:
    """Length of the first period in periods: exactly 1 when regular, else its own day fraction.

    >>> o = np.array(["2023-01-31", "2023-01-01"], "datetime64[D]")
    >>> p = np.array(["2023-02-28", "2023-02-15"], "datetime64[D]")
    >>> [round(float(x), 4) for x in first_period_length(o, p)]
    [1.0, 1.4516]
    """
    days = (first_payment - origination).astype(np.int64)
    regular_days = (first_payment - add_months(first_payment, -1)).astype(np.int64)
    regular = add_months(origination, 1) == first_payment
    length: Numbers = np.where(regular, 1.0, days / regular_days)
    return length


@dataclass(frozen=True)
class Position:
    """Where an instant stands: ``instalments_due`` (k) and the stub fraction ``elapsed`` (f) of the current period,
    whose length in periods is ``length``. ``due_dates_passed`` (q) and ``stub`` are counted on past maturity, where k stays
    at the last instalment and f is nil."""

    instalments_due: Counts
    elapsed: Numbers
    length: Numbers
    due_dates_passed: Counts
    stub: Numbers

    @property
    def elapsed_periods(self) -> Numbers:
        """What is behind of the current period, in whole periods: half of a first one of 1.4 is 0.7."""
        return self.length * self.elapsed


def position(origination: Dates, first_payment: Dates, term_instalments: Counts, first_length: Numbers, at: Dates) -> Position:
    """Position of ``at`` in the schedule: k whole instalment dates behind, fraction f of the current period.

    A missing ``at`` gives k = 0, f = 0. At or after the last instalment k = n and f = 0.

    >>> d = lambda s: np.array([s], "datetime64[D]")
    >>> at = position(d("2023-01-15"), d("2023-02-15"), np.array([12]), np.array([1.0]), d("2023-03-25"))
    >>> int(at.instalments_due[0]), round(float(at.elapsed[0]), 6)
    (2, 0.322581)
    """
    when = np.where(np.isnat(at), origination, at)
    months = (when.astype("datetime64[M]") - first_payment.astype("datetime64[M]")).astype(np.int64)
    passed = np.maximum(months + (add_months(first_payment, months) <= when), 0)
    previous = np.where(passed == 0, origination, add_months(first_payment, passed - 1))
    following = add_months(first_payment, passed)
    days = (when - previous).astype(np.int64)
    period_days = (following - previous).astype(np.int64)
    stub = np.maximum(days, 0) / np.maximum(period_days, 1)
    elapsed = np.where(passed < term_instalments, stub, 0.0)
    length = np.where(passed == 0, first_length, 1.0)
    return Position(np.minimum(passed, term_instalments), elapsed, length, passed, stub)


NEAREST_DAYS = 15
"""Days from a due date within which an instalment is taken for the one that fell due on it: half a month."""


def instalments_paid(first_payment: Dates, at: Dates, days_past_due: Counts, due: Counts) -> Counts:
    """Instalments paid in full (p) of ``due``: all of them where nothing is overdue, else those before the oldest unpaid one,
    which fell due on the due date nearest to so many days ago.

    >>> d = lambda s: np.array([s] * 3, "datetime64[D]")
    >>> instalments_paid(d("2023-02-15"), d("2023-06-30"), np.array([0, 46, 45]), np.array([5, 5, 5])).tolist()
    [5, 3, 3]
    """
    cutoff = at - days_past_due + NEAREST_DAYS
    months = (cutoff.astype("datetime64[M]") - first_payment.astype("datetime64[M]")).astype(np.int64)
    oldest = months + (add_months(first_payment, months) <= cutoff)
    paid: Counts = np.where(days_past_due > 0, np.clip(oldest - 1, 0, np.maximum(due - 1, 0)), due)
    return paid
