"""The allowances on which interest is not recognised: month by month from the day of default (IFRS 9 5.4.1(b)).

A month runs from a day of default plus whole months to the next. Its allowance is that of its first day: what the contract then
says is owed, times the loss given default by the curves then in force. Neither depends on the tape that tells of the default,
so that parts of a year add up to it: the claim is the principal, and interest at the contract rate for the periods since the
last instalment paid. They end with the last due date: from there on the contract brings no interest, gross or net.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.contracts.credit import (
    NEVER,
    CreditSetting,
    Schedule,
    StateRows,
    default_date,
    of_contracts,
    paid_by,
    position_at,
)
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import Position, add_months, due_dates, whole_months_between

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Spell:
    """A time in default of N contracts, not-a-time where there was none, and the instalments paid before it."""

    since: Dates
    until: Dates
    paid: Whole


def allowances_by_month(schedule: Schedule, rows: StateRows, side: int, exposed: Flags, setting: CreditSetting) -> Numbers:
    """Sum over the months of the period of allowance x share of the month, minor units of N contracts in their late state.

    ``exposed``: interest is part of the exposure. Half a month at an allowance of 6,000 and a whole one at 7,000 are 10,000.
    """
    found = np.zeros(len(rows.instant))
    default_days = setting.bases.of["late"].default_days[side][schedule.segment]
    ever = np.nonzero(rows.on_book & ((rows.days_past_due >= default_days) | ~np.isnat(rows.default_date)))[0]
    if ever.size:
        agreed, told = of_contracts(schedule, ever), of_contracts(rows, ever)
        for spell in _spells(agreed, told, default_days[ever]):
            found[ever] += _of_spell(agreed, told, spell, exposed[ever], side, setting)
    return found


def _spells(schedule: Schedule, rows: StateRows, default_days: Whole) -> tuple[_Spell, _Spell]:
    """The default that was cured, and the one that is not; one contract may have had both, the first up to the second, and
    neither beyond the last due date."""
    cured = ~np.isnat(rows.cured_date)
    open_ = (rows.days_past_due >= default_days) | (~np.isnat(rows.default_date) & ~cured)
    since = np.where(open_, default_date(rows, default_days), NEVER)
    over = np.where(cured, rows.default_date, NEVER)
    paid_then = paid_by(schedule, over, default_days, position_at(schedule, over).instalments_due)
    paid = paid_by(schedule, rows.instant, rows.days_past_due, position_at(schedule, rows.instant).instalments_due)
    last_due = due_dates(schedule.first_payment_date, schedule.due_day, schedule.term_instalments - 1)
    cured_by, lasts_to = np.fmin(rows.cured_date, np.fmin(since, last_due)), np.minimum(rows.instant, last_due)
    return (
        _Spell(over, np.where(cured, cured_by, NEVER), np.where(cured, paid_then, 0)),
        _Spell(since, np.where(open_, lasts_to, NEVER), paid),
    )


def _of_spell(schedule: Schedule, rows: StateRows, spell: _Spell, exposed: Flags, side: int, setting: CreditSetting) -> Numbers:
    """The sum of the months in which a contract was in default by a spell; nil of those that were not."""
    start = setting.treatments[side].net_interest_from(spell.since, np.datetime64(setting.opening), setting.elections)
    start = np.maximum(start, np.datetime64(setting.opening))
    found = np.zeros(len(start))
    counts = np.nonzero(~np.isnat(start) & (spell.until > start))[0]
    if counts.size:
        found[counts] = _over_months(of_contracts(schedule, counts), rows, spell, start, counts, exposed[counts], side, setting)
    return found


def _over_months(
    schedule: Schedule, rows: StateRows, spell: _Spell, start: Dates, counts: Whole, exposed: Flags, side: int,
    setting: CreditSetting,
) -> Numbers:  # fmt: skip
    """The sum of the contracts in ``counts``; arrays are months x contracts."""
    since, until, start = spell.since[counts], spell.until[counts], start[counts]
    first = whole_months_between(since, start)
    number = first + np.arange(int(whole_months_between(start, until).max()) + 2)[:, None]
    begins, ends = add_months(since, number), add_months(since, number + 1)
    inside = (np.minimum(ends, until) - np.maximum(begins, start)).astype(np.int64)
    share = np.maximum(inside, 0) / (ends - begins).astype(np.int64)
    claim = _claims(schedule, rows, spell.paid[counts], counts, begins, exposed)
    lost = setting.by_day.mean_loss(side, begins, schedule.segment, number)
    summed: Numbers = (claim * lost * share).sum(axis=0)
    return summed


def _claims(schedule: Schedule, rows: StateRows, paid: Whole, counts: Whole, days: Dates, exposed: Flags) -> Numbers:
    """What is owed on days (months x contracts): the principal that was then outstanding, and interest since the last
    instalment paid. Principal follows the schedule until the first instalment missed, and stands still from there. Who
    owes anything has not paid the last instalment."""
    due = position_at(schedule, rows.instant[counts]).instalments_due
    paid_now = paid_by(schedule, rows.instant[counts], rows.days_past_due[counts], due)
    paid_now = np.minimum(paid_now, schedule.term_instalments - 1)
    places = [position_at(schedule, day) for day in days]
    settled = np.stack([np.minimum(paid, place.instalments_due) for place in places])
    balance = kernels.scheduled_balances(schedule.terms(), np.concatenate([settled, paid_now[None]]))
    known = balance[-1] > 0.0
    principal = rows.principal[counts] * np.where(known, balance[:-1] / np.where(known, balance[-1], 1.0), 1.0)
    periods = np.stack([_periods(schedule, place) for place in places]) - _whole_periods(schedule, settled)
    claims: Numbers = principal * (1.0 + np.where(exposed, schedule.rate * periods, 0.0))
    return claims


def _periods(schedule: Schedule, at: Position) -> Numbers:
    """Periods from origination to a position, the first one by its own length."""
    return _whole_periods(schedule, at.instalments_due) + at.elapsed_periods


def _whole_periods(schedule: Schedule, instalments: Whole) -> Numbers:
    return np.where(instalments > 0, instalments - 1.0 + schedule.first_length, 0.0)
