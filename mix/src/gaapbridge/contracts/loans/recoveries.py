"""What is still expected of loans written off, in every state, and the interest on it.

The recovery curve says by whole months since write-off what share of the amount written off is still to come. What a month
brings is the difference of two of its ratios, received at the end of the month; discounted at the effective rate, that is the
worth of an asset that remains after write-off. Each month adds interest to it and takes off what comes in: the last recovery
leaves nil.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.contracts.loans.setting import LoanSetting
from gaapbridge.contracts.rows import Rows
from gaapbridge.difference import SIDES
from gaapbridge.measure.calendar import add_months, whole_months_between
from gaapbridge.measure.rounding import to_minor

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]


@dataclass(frozen=True)
class _WrittenOff:
    """The loans of a chunk that a tape lists as written off: their places in it, and N values each."""

    place: Whole
    since: Dates
    amount: Numbers
    recovered: Numbers
    remaining: Numbers

    def months_to(self, day: Dates | np.datetime64) -> Whole:
        """Whole months from write-off to a day; nil before it."""
        return whole_months_between(self.since, np.broadcast_to(day, self.since.shape))


def fill_recoveries(rows: Rows, loans: Loans, rates: tuple[Numbers, ...], setting: LoanSetting) -> Whole:
    """Fill expected recoveries in every state and the period's interest on them, by each side's rule.

    Returns what the curve expects at the closing instant, discounted, beyond what IFRS carries, minor units of the
    chunk's loans.
    """
    beyond = np.zeros(len(loans.written_off_date), np.int64)
    place = np.nonzero(~np.isnat(loans.written_off_date) & ~loans.course.lost)[0]
    if not place.size:
        return beyond
    off = _WrittenOff(
        place, loans.written_off_date[place], loans.written_off_principal[place], loans.recovered[place],
        _to_come(setting.recovery[:, loans.schedule.segment[place]]),
    )  # fmt: skip
    worths = [discounted(off.remaining, rates[side][place]) for side in range(len(SIDES))]
    for side, (framework, worth) in enumerate(zip(SIDES, worths, strict=True)):
        _fill_side(rows, f"{framework}_", off, worth, side, loans, setting)
        interest = setting.credit.treatments[side].interest_on_recoveries(
            rates[side][place], _by_month(off, worth, setting), setting.credit.elections
        )
        rows[f"{framework}_interest_on_recoveries"][place] = to_minor(interest)
    closing = off.months_to(np.datetime64(setting.credit.closing))
    expected = off.amount * _at(worths[SIDES.index("ifrs")], setting.credit.bases.of["closing"].version, closing)
    capped = np.where(loans.course.off[place], np.minimum(expected, np.maximum(off.amount - off.recovered, 0.0)), 0.0)
    beyond[place] = np.maximum(to_minor(capped) - rows["closing_ifrs_expected_recoveries"][place], 0)
    return beyond


def discounted(remaining: Numbers, rate: Numbers) -> Numbers:
    """What shares of an amount are worth that are still to come, by month in the last axis; nothing comes after it.

    0.2 of an amount is to come, half of it within a month and half within the next; at 1 % a month:

    >>> discounted(np.array([[0.2, 0.1, 0.0]]), np.array([0.01])).round(6).tolist()
    [[0.19704, 0.09901, 0.0]]
    """
    worth = np.zeros_like(remaining)
    for month in range(remaining.shape[-1] - 2, -1, -1):
        comes = remaining[..., month] - remaining[..., month + 1]
        worth[..., month] = (comes + worth[..., month + 1]) / (1.0 + rate)
    return worth


def _to_come(ratios: Numbers) -> Numbers:
    """The curve's months as far as anything is to come, and one after them in which nothing is."""
    months = 1 + int(np.nonzero(ratios.any(axis=(0, 1)))[0].max(initial=-1))
    return np.concatenate([ratios[..., :months], np.zeros((*ratios.shape[:2], 1))], axis=2)


def _fill_side(
    rows: Rows, framework: str, off: _WrittenOff, worth: Numbers, side: int, loans: Loans, setting: LoanSetting
) -> None:
    """Expected recoveries of one side: at both instants of the loans a tape lists, and on the day of a write-off."""
    credit, course = setting.credit, loans.course
    states = (
        ("opening", np.datetime64(credit.opening), course.off_at_opening, 0.0),
        ("late", off.since, course.newly_off, 0.0),
        ("closing", np.datetime64(credit.closing), course.off, off.recovered),
    )
    for state, day, listed, recovered in states:
        months, version = off.months_to(day), credit.bases.of[state].version
        amounts = credit.treatments[side].expected_recoveries(
            off.amount, _at(off.remaining, version, months), _at(worth, version, months),
            np.maximum(off.amount - recovered, 0.0), credit.elections,
        )  # fmt: skip
        counts = listed[off.place] & (off.since <= day)
        rows[f"{state}_{framework}expected_recoveries"][off.place] = np.where(counts, to_minor(amounts), 0)


def _by_month(off: _WrittenOff, worth: Numbers, setting: LoanSetting) -> Numbers:
    """Sum of what is expected at the beginning of each month since write-off that ends in the period, minor units."""
    credit = setting.credit
    first, last = (off.months_to(np.datetime64(day)) for day in (credit.opening, credit.closing))
    summed = np.zeros(len(off.place))
    for step in range(int((last - first).max())):
        month = first + step
        version = credit.version_at(add_months(off.since, month))
        summed += np.where(month < last, _at(worth, version, month), 0.0)
    return summed * off.amount


def _at(shares: Numbers, version: Whole | int, months: Whole) -> Numbers:
    """Shares of a version, of each loan at its months since write-off, from version x loan x month."""
    found: Numbers = shares[version, np.arange(shares.shape[1]), np.minimum(months, shares.shape[2] - 1)]
    return found


def _remaining_ratio(loans: Loans, instant: np.datetime64, version: int, setting: LoanSetting) -> Numbers:
    """Share of the amount written off that is still to come at an instant, by a version of the curve; in the end nothing."""
    table = setting.recovery[version]
    since = whole_months_between(loans.written_off_date, np.full(loans.written_off_date.shape, instant))
    months = np.minimum(since, table.shape[1] - 1)
    return np.where(since < table.shape[1], table[loans.schedule.segment, months], 0.0)


def recovered_in_period(loans: Loans, setting: LoanSetting) -> Numbers:
    """Share of amounts written off before the opening that its curve expected to be recovered by the closing."""
    credit = setting.credit
    opening, closing = (
        _remaining_ratio(loans, np.datetime64(day), credit.bases.of["opening"].version, setting)
        for day in (credit.opening, credit.closing)
    )
    return opening - closing
