"""Interest received in the period by the rows of a loan, where payments do not tell it; by its schedule, where nothing does.

The row of a loan that was repaid is as it was the moment before, so that its last payment comes on top of what it states. Some
lenders state it with that payment. Which it is, two things tell: what the instalments paid carry, and what has come to be owed.
Where late fees are in it too, neither may be near: then the nearer is taken, and the last payment is in doubt.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaapbridge.contracts.credit import CreditSetting, position_at
from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.contracts.loans.owed_by_day import Numbers, Owing, Whole, owing_of
from gaapbridge.measure.rounding import to_minor

NEAR = 0.25
"""Of a last payment: rows that are no farther from what a loan has paid with it, or without it, tell which they have."""


def with_interest_by_rows(loans: Loans, setting: CreditSetting) -> Loans:
    """The loans with what their rows, or their schedules, tell of interest received before a last payment."""
    asked = loans.states["late"].on_book & ~loans.received_by_payments
    places = np.nonzero(asked & loans.course.settled if loans.interest_stated else asked)[0]
    if not places.size:
        return loans
    owing, received, apart = owing_of(loans, places, setting), loans.interest_received.copy(), loans.interest_apart.copy()
    if loans.interest_stated:
        received[places], apart[places] = _before_the_last(owing, loans.ahead_rise[places])
    else:
        received[places] = to_minor(_scheduled(owing)) + loans.ahead_rise[places]
    return replace(loans, interest_received=received, interest_apart=apart)


def _before_the_last(owing: Owing, ahead: Whole) -> tuple[Whole, Whole]:
    """What rows state, less the last payment where they hold it; and that payment where neither is near, as it is in doubt.
    Service fees paid before they fall due rose by what is ``ahead``.

    Five instalments carried 150, and 8 accrue by the day on which 800 are repaid: a row that states 150 lacks the last payment,
    one that states 158 holds it. One that states 155 is read as holding it, 3 short, but may lack it and have a late fee of 5:
    the 8 are in doubt.
    """
    stated, (_, last) = owing.interest_received.astype(np.float64), owing.interest
    carried, come = _carried(owing, owing.paid[0], owing.paid[1]) + ahead, come_by_schedule(owing)
    without, with_it = (
        np.minimum(np.abs(stated + lacks - carried - last), np.abs(stated + lacks - come)) for lacks in (last, np.zeros(1))
    )
    before = np.where(with_it <= without - 1.0, stated - last, stated)
    doubted = np.minimum(with_it, without) > np.maximum(last * NEAR, 1.0)
    return to_minor(before), to_minor(np.where(doubted, last, 0.0))


def come_by_schedule(owing: Owing) -> Numbers:
    """What was owed at first, and has come to be owed since by the schedule, minor units, service fees with it."""
    at_first, at_state = (position_at(owing.schedule, day).elapsed_periods for day in (owing.day, owing.rows.instant))
    running = owing.schedule.rate * (owing.principal[1] * at_state - owing.principal[0] * at_first)
    come: Numbers = owing.interest[0] + _carried(owing, *owing.due) + running
    return come


def _scheduled(owing: Owing) -> Numbers:
    """What the instalments paid carry: of a loan that left after its last due date, nothing past due and nothing billed, the
    last one too."""
    whole = (owing.rows.days_past_due == 0) & (owing.rows.billed_interest <= 0.0) & owing.settled
    due = position_at(owing.schedule, owing.rows.instant).instalments_due
    return _carried(owing, owing.paid[0], np.where(whole & (due >= owing.schedule.term_instalments), due, owing.paid[1]))


def _carried(owing: Owing, first: Whole, last: Whole) -> Numbers:
    """Interest of the schedule and service fees of the instalments after ``first`` up to ``last``."""
    every, up_to = np.arange(len(first)), np.maximum(first, last)
    carried: Numbers = owing.scheduled_interest(every, first, up_to) + owing.service_fees(every, first, up_to)
    return carried
