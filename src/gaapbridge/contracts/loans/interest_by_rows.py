"""Interest received in the period by the rows of a loan, where payments do not tell it; by its schedule, where nothing does.
And what was waived of one that was cured, by its rows.

The row of a loan that was repaid is as it was the moment before, so that its last payment comes on top of what it states. Some
lenders state it with that payment. Which it is, two things tell: what the instalments paid carry, and what has come to be owed.
Where late fees are in it too, neither may be near: then the nearer is taken, and the last payment is in doubt.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaapbridge.contracts.credit import CreditSetting, of_contracts, position_at
from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.contracts.loans.owed_by_day import Dates, Flags, Numbers, Owing, Spell, Whole, owing_of
from gaapbridge.contracts.loans.pieces import periods_until
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
        before, apart[places] = _before_the_last(owing, loans.ahead_rise[places])
        received[places] = before - loans.capitalised_beside[places]
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
    state, every = owing.rows.instant, np.arange(len(owing.day))
    at_first, at_state = (position_at(owing.schedule, day).elapsed_periods for day in (owing.day, state))
    agreed = owing.principal[1] - owing.risen
    running = owing.schedule.rate * (agreed * at_state - owing.principal[0] * at_first) + on_added(owing, every, state)
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


def on_added(owing: Owing, of: Whole, days: Dates) -> Numbers:
    """Contract interest of what was added to the principal of contracts ``of``, minor units, from that day on."""
    agreed = of_contracts(owing.schedule, of)
    come, until = np.zeros(len(of)), periods_until(agreed, days) if len(owing.rises.days) else 0.0
    for day, amount in zip(owing.rises.days, owing.rises.amounts, strict=True):
        added = np.where(days >= day[of], amount[of], 0)
        since = np.where(added != 0, day[of], days)
        come = come + agreed.rate * added * (until - periods_until(agreed, since))
    return come


def waived_by_rows(
    owing: Owing, spell: Spell, come_by_cure: Numbers, fees_within: Flags, net: Dates, paid: Whole
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """What rows alone tell as waived of contracts that were cured, minor units below nil: interest received and still owed,
    less what had ``come_by_cure``, service fees within it or not, and has come since; and what lacks so that nothing tells as
    waived. Of one whose account begins with no row, on ``net`` with so many instalments ``paid``, those were paid before. What
    is waived is no revenue, but a loss (IFRS 9 B5.4.6, 5.5.8). Of 360 owed with a cure, and 195 that came since, 180 were
    received and 15 are owed: 360 were waived."""
    agreed, every, cured = owing.schedule, np.arange(len(spell.until)), spell.until
    left, state = owing.after(spell) - owing.added(every, cured), owing.principal[1] - owing.risen
    at_cure, at_state = (position_at(agreed, day) for day in (cured, owing.rows.instant))
    dues = at_cure.instalments_due, np.maximum(at_cure.instalments_due, at_state.instalments_due)
    as_agreed = _as_agreed(owing, left, state, dues)
    running = agreed.rate * (state * at_state.elapsed_periods - left * at_cure.elapsed_periods)
    least = agreed.rate * state * (periods_until(agreed, owing.rows.instant) - periods_until(agreed, cured))
    beside = on_added(owing, every, owing.rows.instant) - on_added(owing, every, cured)
    fallen = owing.scheduled_interest_on(left, *dues)
    come = np.where(as_agreed, fallen + running, least) + beside
    by_row, until = owing.in_it_at_opening(spell), np.maximum(owing.paid[0], paid)
    before = np.where(by_row, 0.0, owing.scheduled_interest(every, owing.paid[0], until))
    fees = np.where(fees_within, owing.service_fees(every, *dues), owing.service_fees(every, *owing.paid))
    fees = fees + np.where(fees_within & ~by_row, owing.service_fees(every, owing.paid[0], until), 0.0)
    ahead = np.where(owing.opened & ~by_row, owing.opening.fees_ahead, 0.0)
    received = owing.interest[1] + owing.interest_received + ahead - fees
    lacks = np.minimum(received - before - come_by_cure - come, 0.0)
    asked = owing.interest_stated & owing.cured(spell) & owing.begun
    whole = _as_agreed(owing, owing.principal[0], state, (owing.paid[0], dues[1])) & (owing.added(every, net) == 0)
    told = asked & (by_row | (whole & (lacks < -owing.roundings)))
    return np.where(told, lacks, 0.0), np.where(asked & ~told & (lacks < -owing.roundings), -lacks, 0.0)


def _as_agreed(owing: Owing, before: Numbers, now: Numbers, instalments: tuple[Whole, Whole]) -> Flags:
    """Whether principal fell by no more than the schedule has it between two instalments, but for a minor unit."""
    scheduled, then = (owing.balances[number, np.arange(len(number))] for number in instalments)
    agreed: Flags = now >= before * then / np.where(scheduled > 0.0, scheduled, 1.0) - 1.0
    return agreed
