"""Calendar arithmetic on whole columns of dates: where an instant stands in a contract's schedule.

Dates are ``datetime64[D]`` columns. Instalment j falls due on the due day of the month j-1 months after that of the first
payment, or on the last day of a month that is too short; period 0 starts at origination.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.measure.compile import compiled

Dates = NDArray[np.datetime64]
Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]


def add_months(dates: Dates, months: Counts | int) -> Dates:
    """The same day some calendar months later, clamped to the end of the month.

    >>> str(add_months(np.array(["2023-01-31"], "datetime64[D]"), 1)[0])
    '2023-02-28'
    """
    later: Dates = _each(_months_later, dates, months).view("datetime64[D]")
    return later


def whole_months_between(start: Dates, end: Dates) -> Counts:
    """Whole calendar months from start to end; not below zero; 0 where a date is missing.

    >>> start, end = np.array(["2023-01-31"], "datetime64[D]"), np.array(["2023-03-30"], "datetime64[D]")
    >>> int(whole_months_between(start, end)[0])
    1
    """
    return _each(_whole_months, start, end)


def due_days(origination: Dates, first_payment: Dates, maturity: Dates, instalments: Counts) -> Counts:
    """Day of the month on which instalments fall due: that of the first, unless this is the last of its month.

    Such a first due date may stand for a later day, 31 the end of every month. Maturity decides, where it is stated and lies in
    the month of the last instalment; where it is the last of its month too, or not stated, a later day of origination; else
    maturity being later than the first means the end of the month, and nothing else is known.

    >>> d = lambda *days: np.array(days, "datetime64[D]")
    >>> origination = d("2023-01-31", "2023-01-31", "2023-01-30", "2023-04-15")
    >>> first, maturity = d(*["2023-02-28"] * 3, "2023-05-31"), d("2024-01-31", "2024-01-28", "NaT", "2024-04-30")
    >>> due_days(origination, first, maturity, np.array([12] * 4)).tolist()
    [31, 28, 30, 31]
    """
    return _due_days(_days(origination), _days(first_payment), _days(maturity), instalments)


def due_dates(first_payment: Dates, due_day: Counts, months: Counts | int) -> Dates:
    """The due date some calendar months after the first.

    >>> first = np.array(["2023-02-28"] * 2, "datetime64[D]")
    >>> due_dates(first, np.array([28, 31]), 1).astype(str).tolist()
    ['2023-03-28', '2023-03-31']
    """
    later = np.broadcast_to(months, due_day.shape).astype(np.int64)
    found: Dates = _due_dates(_days(first_payment), due_day, later).view("datetime64[D]")
    return found


def first_period_length(origination: Dates, first_payment: Dates, due_day: Counts) -> Numbers:
    """Length of the first period in periods: exactly 1 when regular, else its own day fraction.

    >>> o = np.array(["2023-01-31", "2023-01-01"], "datetime64[D]")
    >>> p = np.array(["2023-02-28", "2023-02-15"], "datetime64[D]")
    >>> [round(float(x), 4) for x in first_period_length(o, p, np.array([31, 15]))]
    [1.0, 1.4516]
    """
    days = (first_payment - origination).astype(np.int64)
    regular_days = (first_payment - due_dates(first_payment, due_day, -1)).astype(np.int64)
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


def position(
    origination: Dates, first_payment: Dates, due_day: Counts, term_instalments: Counts, first_length: Numbers, at: Dates
) -> Position:
    """Position of ``at`` in the schedule: k whole instalment dates behind, fraction f of the current period.

    A missing ``at`` gives k = 0, f = 0. At or after the last instalment k = n and f = 0.

    >>> d = lambda s: np.array([s], "datetime64[D]")
    >>> at = position(d("2023-01-15"), d("2023-02-15"), np.array([15]), np.array([12]), np.array([1.0]), d("2023-03-25"))
    >>> int(at.instalments_due[0]), round(float(at.elapsed[0]), 6)
    (2, 0.322581)
    """
    due, elapsed, length, passed, stub = _positions(
        _days(origination), _days(first_payment), due_day, term_instalments, first_length, _days(at)
    )
    return Position(due, elapsed, length, passed, stub)


NEAREST_DAYS = 15
"""Days from a due date within which an instalment is taken for the one that fell due on it: half a month."""


def instalments_paid(first_payment: Dates, due_day: Counts, at: Dates, days_past_due: Counts, due: Counts) -> Counts:
    """Instalments paid in full (p) of ``due``: all of them where nothing is overdue, else those before the oldest unpaid one,
    which fell due on the due date nearest to so many days ago.

    >>> d = lambda s: np.array([s] * 3, "datetime64[D]")
    >>> day, late = np.array([15] * 3), np.array([0, 46, 45])
    >>> instalments_paid(d("2023-02-15"), day, d("2023-06-30"), late, np.array([5, 5, 5])).tolist()
    [5, 3, 3]
    """
    paid, late = due.copy(), np.flatnonzero(days_past_due > 0)  # few: most contracts are not asked for a date
    near = _days(at[late] - days_past_due[late] + NEAREST_DAYS)
    oldest = _due_dates_by(_days(first_payment[late]), due_day[late], near)
    paid[late] = np.clip(oldest - 1, 0, np.maximum(due[late] - 1, 0))
    return paid


def _days(dates: Dates) -> Counts:
    """Days since 1970, as the kernels count; a missing date is ``MISSING``."""
    days: Counts = np.asarray(dates).astype("datetime64[D]", copy=False).view(np.int64)
    return days


def _each(kernel: Callable[[Counts, Counts], Counts], one: Dates, other: Dates | Counts | int) -> Counts:
    """A kernel of two whole numbers over arrays that broadcast; dates count as days."""
    pair = [_days(array) if array.dtype.kind == "M" else array.astype(np.int64) for array in map(np.asarray, (one, other))]
    shape = np.broadcast_shapes(*(array.shape for array in pair))
    first, second = (np.array(np.broadcast_to(array, shape)).ravel() for array in pair)  # one signature for the compiler
    return kernel(first, second).reshape(shape)


MISSING = np.iinfo(np.int64).min
"""What NumPy's not-a-time is as a number."""

_EPOCH = 719_468
"""Days from 1 March of the year 0 to 1 January 1970: counted from March, a leap day is the last of its year."""

_OF_FOUR_CENTURIES = 146_097


@compiled
def _month_and_day(day):  # type: ignore[no-untyped-def]
    """Months since January 1970, and days since the first of the month, of a day since 1970 in the Gregorian calendar."""
    centuries = (day + _EPOCH) // _OF_FOUR_CENTURIES
    left = day + _EPOCH - centuries * _OF_FOUR_CENTURIES
    year = (left - left // 1460 + left // 36_524 - left // 146_096) // 365
    left -= 365 * year + year // 4 - year // 100
    month = (5 * left + 2) // 153  # from March on, months have 153 days in every five
    return (centuries * 400 + year - 1970) * 12 + month + 2, left - (153 * month + 2) // 5


@compiled
def _first_day(month):  # type: ignore[no-untyped-def]
    """The day since 1970 with which a month since January 1970 begins."""
    years = (month + 1970 * 12 - 2) // 12
    of_year = month + 1970 * 12 - 2 - 12 * years
    centuries = years // 400
    year = years - 400 * centuries
    return centuries * _OF_FOUR_CENTURIES + 365 * year + year // 4 - year // 100 + (153 * of_year + 2) // 5 - _EPOCH


@compiled
def _within(month, of_month):  # type: ignore[no-untyped-def]
    """A day of a month, clamped to its end."""
    first = _first_day(month)
    return first + min(of_month, _first_day(month + 1) - first - 1)


@compiled
def _later(day, months):  # type: ignore[no-untyped-def]
    """The same day so many months later, clamped to the end of the month."""
    month, of_month = _month_and_day(day)
    return _within(month + months, of_month)


@compiled
def _months_later(days, months):  # type: ignore[no-untyped-def]
    found = np.empty_like(days)
    for c in range(days.size):
        found[c] = MISSING if days[c] == MISSING else _later(days[c], months[c])
    return found


@compiled
def _whole_months(start, end):  # type: ignore[no-untyped-def]
    found = np.zeros_like(start)
    for c in range(start.size):
        if start[c] != MISSING and end[c] != MISSING:
            months = _month_and_day(end[c])[0] - _month_and_day(start[c])[0]
            found[c] = max(months - (_later(start[c], months) > end[c]), 0)
    return found


@compiled
def _due_dates_passed(first_month, of_month, when):  # type: ignore[no-untyped-def]
    """Due dates up to a day, below nil before the first, which falls on a day of a month."""
    month = _month_and_day(when)[0]
    return month - first_month + (_within(month, of_month) <= when)


@compiled
def _due_dates_by(first_payment, due_day, when):  # type: ignore[no-untyped-def]
    found = np.zeros_like(first_payment)
    for c in range(first_payment.size):
        found[c] = _due_dates_passed(_month_and_day(first_payment[c])[0], due_day[c] - 1, when[c])
    return found


@compiled
def _due_dates(first_payment, due_day, months):  # type: ignore[no-untyped-def]
    found = np.empty_like(first_payment)
    for c in range(first_payment.size):
        first = first_payment[c]
        found[c] = MISSING if first == MISSING else _within(_month_and_day(first)[0] + months[c], due_day[c] - 1)
    return found


@compiled
def _due_day(origination, first_payment, maturity, instalments):  # type: ignore[no-untyped-def]
    """The due day of one contract, counted from nil."""
    first_month, first = _month_and_day(first_payment)
    if first_payment + 1 != _first_day(first_month + 1):
        return first
    earliest = first
    if maturity != MISSING:
        month, last = _month_and_day(maturity)
        if month == first_month + instalments - 1 and last >= first:
            if maturity + 1 != _first_day(month + 1):
                return last
            earliest = last
    paid_out = _month_and_day(origination)[1]
    if paid_out >= earliest:
        return paid_out
    return 30 if earliest > first else first


@compiled
def _due_days(origination, first_payment, maturity, instalments):  # type: ignore[no-untyped-def]
    found = np.zeros_like(first_payment)
    for c in range(first_payment.size):
        found[c] = _due_day(origination[c], first_payment[c], maturity[c], instalments[c]) + 1
    return found


@compiled
def _positions(origination, first_payment, due_day, term, first_length, at):  # type: ignore[no-untyped-def]
    due, passed = np.zeros_like(at), np.zeros_like(at)
    elapsed, length, stub = np.zeros(at.size), np.zeros(at.size), np.zeros(at.size)
    for c in range(at.size):
        when = origination[c] if at[c] == MISSING else at[c]
        month, of_month = _month_and_day(first_payment[c])[0], due_day[c] - 1
        passed[c] = max(_due_dates_passed(month, of_month, when), 0)
        due[c] = min(passed[c], term[c])
        previous = origination[c] if passed[c] == 0 else _within(month + passed[c] - 1, of_month)
        following = _within(month + passed[c], of_month)
        stub[c] = max(when - previous, 0) / max(following - previous, 1)
        elapsed[c] = stub[c] if passed[c] < term[c] else 0.0
        length[c] = first_length[c] if passed[c] == 0 else 1.0
    return due, elapsed, length, passed, stub
