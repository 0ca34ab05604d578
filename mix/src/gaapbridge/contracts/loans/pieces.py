"""A time in default cut into pieces: parts of its months on which what is owed changes by nothing but contract interest.

A month runs from the day of default plus whole months to the next, wherever a period begins or ends, so that parts of a year
add up to it. It is cut on due dates, on the last of all, and on the days of payments and of interest added to principal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaapbridge.contracts.credit import Schedule, of_contracts, position_at
from gaapbridge.contracts.loans.owed_by_day import Dates, Numbers, Owing, Spell, Whole
from gaapbridge.measure.calendar import add_months, due_dates, whole_months_between


@dataclass(frozen=True)
class Pieces:
    """Pieces of contracts ``of``, of each in the order of ``days``, their first ones: in month ``number`` of the default, that
    ``begins`` on its day.

    ``share`` is the part of the month, nil where revenue is not on the net amount and the account of the interest goes on.
    ``agreed`` are the periods of contract interest in the piece, ``behind`` those from the begin of the month. ``beyond`` are
    the periods in it past the last due date, by each way of ``billed_on``; ``to_mean`` what the mean of its days has more of
    them by day than its first: of the 30 days of a month 29/60.
    """

    of: Whole
    days: Dates
    number: Whole
    begins: Dates
    share: Numbers
    agreed: Numbers
    behind: Numbers
    beyond: Numbers
    to_mean: Numbers

    def ends(self) -> tuple[Whole, Whole]:
        """The places of the first and the last piece of each contract."""
        changes = np.nonzero(self.of[1:] != self.of[:-1])[0]
        return np.concatenate([[0], changes + 1]), np.concatenate([changes, [len(self.of) - 1]])

    def running(self, amounts: Numbers) -> Numbers:
        """The amounts of each contract summed up to and with each piece, one after the other."""
        rank = np.arange(len(self.of)) - self.ends()[0][self.of]
        wide = np.zeros((self.of[-1] + 1, rank.max() + 1))
        wide[self.of, rank] = amounts
        summed: Numbers = wide.cumsum(axis=1)[self.of, rank]
        return summed


def pieces_of(owing: Owing, spell: Spell, account: tuple[Dates, Dates], net: Dates) -> Pieces:
    """The pieces from the first to the last day of each account of interest; revenue is on the net amount from ``net`` to the
    end of the spell."""
    known, closed = account
    every = np.arange(len(net))
    number = whole_months_between(spell.since, net) + np.arange(int(whole_months_between(net, spell.until).max()) + 2)[:, None]
    months = np.maximum(add_months(spell.since, number), net)
    inside = months < spell.until
    changing, changes = owing.changes(known, closed)
    places = np.concatenate([every, every, every, changing])
    cuts = np.concatenate([known, spell.until, _last_due(owing.schedule), changes])
    within = (cuts >= known[places]) & (cuts < closed[places])
    of = np.concatenate([np.broadcast_to(every, months.shape)[inside], places[within]])
    days = np.concatenate([months[inside], cuts[within]])
    order = np.lexsort((days, of))
    of, days = of[order], days[order]
    again = np.concatenate([[False], (of[1:] == of[:-1]) & (days[1:] == days[:-1])])
    return _measured(owing, spell, closed, net, of[~again], days[~again])


def _measured(owing: Owing, spell: Spell, closed: Dates, net: Dates, of: Whole, days: Dates) -> Pieces:
    """The pieces that begin on some days, in the order of contracts and days, each to the next one or the last day of its
    account."""
    more = np.concatenate([of[1:] == of[:-1], [False]])
    ends = np.where(more, np.concatenate([days[1:], days[:1]]), closed[of])
    number = whole_months_between(spell.since[of], days)
    begins, next_begins = (add_months(spell.since[of], number + later) for later in (0, 1))
    length = (ends - days).astype(np.int64)
    share = length / (next_begins - begins).astype(np.int64)
    schedule = of_contracts(owing.schedule, of)
    first, last, month = (periods_until(schedule, when) for when in (days, ends, begins))
    counts = (days >= net[of]) & (days < spell.until[of])
    beyond = billed_on(schedule, ends) - billed_on(schedule, days)
    to_mean = beyond[BY_DAY] * (length - 1) / (2 * length)
    return Pieces(of, days, number, begins, np.where(counts, share, 0.0), last - first, first - month, beyond, to_mean)


BY_DAY = 1
"""The way of ``billed_on`` of a lender who bills by day."""


def billed_on(schedule: Schedule, days: Dates) -> Numbers:
    """Periods past the last due date up to a day, of a lender who bills nothing on then, by day, or by due dates: 3 x N.

    Twenty of thirty days after the due date that follows the last one: none, 1 2/3 and 1.
    """
    at = position_at(schedule, days)
    whole = at.due_dates_passed - schedule.term_instalments
    by_day = np.where(whole >= 0, whole + at.stub, 0.0)
    return np.stack([np.zeros(len(whole)), by_day, np.maximum(whole, 0).astype(np.float64)])


def periods_until(schedule: Schedule, days: Dates) -> Numbers:
    """Periods of contract interest from origination to a day, the first one by its own length, none after the last due date."""
    at = position_at(schedule, days)
    until: Numbers = whole_periods(schedule, at.instalments_due) + at.elapsed_periods
    return until


def whole_periods(schedule: Schedule, instalments: Whole) -> Numbers:
    """Periods from origination to an instalment, the first one by its own length."""
    return np.where(instalments > 0, instalments - 1.0 + schedule.first_length, 0.0)


def _last_due(schedule: Schedule) -> Dates:
    return due_dates(schedule.first_payment_date, schedule.due_day, schedule.term_instalments - 1)
