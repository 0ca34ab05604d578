"""The amounts on which interest is not recognised: month by month from the day of default (IFRS 9 5.4.1(b)).

Revenue is the effective rate times what is owed less its allowance, and the contract brings that rate on principal alone,
until its last due date. So what is left out is the rate on the allowance less what of the claim brings nothing: unpaid
interest, and from the last due date on all of it. Of 100,000 and 20,000 of interest unpaid, 60 % lost, revenue is the rate on
48,000, and left out the rate on 72,000 less 20,000; when the last instalment has fallen due, on 72,000 less 120,000.

A month runs from a day of default plus whole months to the next. Its allowance is what is owed on its first day times the loss
given default by the curves then in force: principal, and what is unpaid of the interest since the last instalment paid. What
is paid within it takes its principal, and its instalments, off for the days that are left. So nothing depends on where a
period begins or ends, and parts of a year add up to it.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.contracts.loans.owed_by_day import Owing, Spell, owing_of
from gaapbridge.measure.calendar import add_months, due_dates, whole_months_between

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]


def unearning_by_month(loans: Loans, side: int, setting: CreditSetting) -> tuple[Numbers, Numbers]:
    """Sum over the months of the period of amount x share of the month, minor units of N contracts in their late state; and
    how far apart are the most and the least that it may be, where two rows alone tell what was paid between them.

    The amount is the allowance less what of the claim brings no interest. Half a month at 6,000 and a whole one at 7,000 are
    10,000.
    """
    schedule, rows = loans.schedule, loans.states["late"]
    found, apart = np.zeros(len(rows.instant)), np.zeros(len(rows.instant))
    default_days = setting.bases.of["late"].default_days[side][schedule.segment]
    ever = np.nonzero(rows.on_book & ((rows.days_past_due >= default_days) | ~np.isnat(rows.default_date)))[0]
    if ever.size:
        owing = owing_of(loans, ever, setting)
        for spell in _spells(owing.schedule, owing.rows, default_days[ever]):
            sums = _of_spell(owing, spell, side, setting)
            found[ever] += sums[0]
            apart[ever] += sums[1]
    return found, apart


def _spells(schedule: Schedule, rows: StateRows, default_days: Whole) -> tuple[Spell, Spell]:
    """The default that was cured, and the one that is not; one contract may have had both, the first up to the second."""
    cured = ~np.isnat(rows.cured_date)
    open_ = (rows.days_past_due >= default_days) | (~np.isnat(rows.default_date) & ~cured)
    since = np.where(open_, default_date(rows, default_days), NEVER)
    over = np.where(cured, rows.default_date, NEVER)
    paid_then, paid_since = (
        paid_by(schedule, day, default_days, position_at(schedule, day).instalments_due) for day in (over, since)
    )
    then = np.where(cured, paid_then, 0)
    paid = paid_by(schedule, rows.instant, rows.days_past_due, position_at(schedule, rows.instant).instalments_due)
    return (
        Spell(over, np.where(cured, np.fmin(rows.cured_date, since), NEVER), then, then, lasts=False),
        Spell(since, np.where(open_, rows.instant, NEVER), paid, np.where(open_, paid_since, 0), lasts=True),
    )


def _of_spell(owing: Owing, spell: Spell, side: int, setting: CreditSetting) -> tuple[Numbers, Numbers]:
    """The sum of the months in which a contract was in default by a spell, and how far its ends are apart; nil of those that
    were not."""
    start = setting.treatments[side].net_interest_from(spell.since, np.datetime64(setting.opening), setting.elections)
    start = np.maximum(start, np.datetime64(setting.opening))
    found, apart = np.zeros(len(start)), np.zeros(len(start))
    counts = np.nonzero(~np.isnat(start) & (spell.until > start))[0]
    if counts.size:
        pieces = _pieces(owing, spell, start, counts)
        schedule = of_contracts(owing.schedule, pieces.of)
        lost = setting.by_day.mean_loss(side, pieces.begins, schedule.segment, pieces.number)
        told, most, least = (claim * lost - idle for claim, idle in _claims(owing, schedule, spell, pieces))
        for sums, amount in ((found, told), (apart, most - least)):
            np.add.at(sums, pieces.of, amount * pieces.share)  # one after the other, in the order of days
    return found, np.abs(apart)


@dataclass(frozen=True)
class _Pieces:
    """Parts of months in default, by contract and in order of ``days``, on which nothing is paid but on the first: month
    ``number`` of the default, its first day, and the part of it as a share of the month."""

    of: Whole
    days: Dates
    number: Whole
    begins: Dates
    share: Numbers


def _pieces(owing: Owing, spell: Spell, start: Dates, counts: Whole) -> _Pieces:
    """The pieces of the contracts in ``counts``, from a start to the end of a spell."""
    since, until, first = spell.since[counts], spell.until[counts], start[counts]
    number = whole_months_between(since, first) + np.arange(int(whole_months_between(first, until).max()) + 2)[:, None]
    begun = np.maximum(add_months(since, number), first)
    inside = begun < until
    paying, payments = owing.changes(spell)
    places, changed = np.concatenate([paying, counts]), np.concatenate([payments, _last_due(owing.schedule)[counts]])
    within = (changed > start[places]) & (changed < spell.until[places])
    of = np.concatenate([np.broadcast_to(counts, begun.shape)[inside], places[within]])
    days = np.concatenate([begun[inside], changed[within]])
    order = np.lexsort((days, of))
    of, days = of[order], days[order]
    again = np.concatenate([[False], (of[1:] == of[:-1]) & (days[1:] == days[:-1])])
    of, days = of[~again], days[~again]
    more = np.concatenate([of[1:] == of[:-1], [False]])
    ends = np.where(more, np.concatenate([days[1:], days[:1]]), spell.until[of])
    month = whole_months_between(spell.since[of], days)
    begins, next_begins = (add_months(spell.since[of], month + later) for later in (0, 1))
    share = (ends - days).astype(np.int64) / (next_begins - begins).astype(np.int64)
    return _Pieces(of, days, month, begins, share)


def _claims(owing: Owing, schedule: Schedule, spell: Spell, pieces: _Pieces) -> Iterator[tuple[Numbers, Numbers]]:
    """What is owed when the month of each piece began, as far as it was still owed on the first day of the piece: principal,
    and unpaid interest since the last instalment paid; and what of it brings no interest, all from the last due date on. After
    it the most and the least that it may be."""
    place = position_at(schedule, pieces.begins)
    due, begun = place.instalments_due, _whole_periods(schedule, place.instalments_due) + place.elapsed_periods
    told = owing.at(spell, pieces.of, pieces.days, due)
    for principal, settled in (told, *owing.ends(spell, pieces.of, due)):
        covered = owing.interest_paid(spell, pieces.of, pieces.days, due, settled)
        interest = principal * schedule.rate * (begun - _whole_periods(schedule, covered))
        yield principal + interest, interest + np.where(pieces.days < _last_due(schedule), 0.0, principal)


def _whole_periods(schedule: Schedule, instalments: Whole) -> Numbers:
    """Periods from origination to an instalment, the first one by its own length."""
    return np.where(instalments > 0, instalments - 1.0 + schedule.first_length, 0.0)


def _last_due(schedule: Schedule) -> Dates:
    return due_dates(schedule.first_payment_date, schedule.due_day, schedule.term_instalments - 1)
