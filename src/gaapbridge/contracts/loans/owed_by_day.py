"""What a contract in default owes of its principal from day to day, and how many instalments it has paid.

A borrower may pay while in default. Where a tape of payments explains the principal of the period, principal falls by each of
them on its day; instalments are paid as it falls, where each of them repays some. Else it goes to the row of its state by equal
steps on the due dates between: from the opening row where the contract was in default then, else from the day of default, on
which so many days past due tell the instalments paid. Of a contract of which nothing is known before its state, the state's row
tells the first instalment missed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.credit import (
    CreditSetting,
    Schedule,
    StateRows,
    contractual_interest,
    of_contracts,
    paid_by,
    position_at,
)
from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.contracts.loans.payments import PAYMENTS
from gaapbridge.contracts.loans.rises import Rises
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import due_dates
from gaapbridge.tapes.ranges import empty_frame

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

UNPAID_SHARE = 0.1
"""Share of an instalment's principal that may be missing of one that was paid: interest by days, and roundings."""


@dataclass(frozen=True)
class Spell:
    """A time in default of N contracts, not-a-time where there was none, and the instalments paid before the first one missed:
    ``paid`` of one that lasts by the row of the state, ``paid_then`` on the day of default.

    ``lasts``: it goes on at the state's date; one that was cured ends with the arrears paid at once.
    """

    since: Dates
    until: Dates
    paid: Whole
    paid_then: Whole
    lasts: bool

    def of(self, places: Whole) -> Spell:
        """The spell of the contracts at some places."""
        return Spell(self.since[places], self.until[places], self.paid[places], self.paid_then[places], self.lasts)


@dataclass(frozen=True)
class Received:
    """Payments of contracts at ``place``, in this order, on ``day``: minor units of ``principal``, of ``interest`` and of
    service fees, ``fees``."""

    place: Whole
    day: Dates
    principal: Whole
    interest: Whole
    fees: Whole

    def up_to(self, amounts: Whole, of: Whole, days: Dates) -> Whole:
        """The sum of ``amounts`` of contracts ``of`` up to and on a day each."""
        known, asked = (when.astype(np.int64) for when in (self.day, days))
        epoch = max(known.max(initial=0), asked.max(initial=0)) + 1
        summed = np.concatenate([[0], np.cumsum(amounts)])
        before = np.searchsorted(self.place, of, "left")
        by_then = np.searchsorted(self.place * epoch + known, of * epoch + asked, "right")
        received: Whole = summed[by_then] - summed[before]
        return received

    def after(self, amounts: Whole, of: Whole, days: Dates) -> Whole:
        """The sum of ``amounts`` of contracts ``of`` after a day each."""
        last = np.full_like(days, self.day.max(initial=days.max()))
        return self.up_to(amounts, of, last) - self.up_to(amounts, of, days)


@dataclass(frozen=True)
class Owing:
    """N contracts between a first row, at ``day``, and that of their state: ``due`` and ``paid`` instalments, ``principal`` in
    minor units; ``balances`` are scheduled, after each instalment x N.

    ``by_payments`` says whose principal the payments ``received`` explain, ``interest_by_payments`` of whom they tell interest
    too; ``interest_stated`` whether both loan tapes do, and ``interest_received`` what it comes to in the period;
    ``interest_paid`` is that of the payments, service fees with it, nil of whom rows tell it. Both have ``capitalised``, what
    of the principal of the state's row is interest that was added to it, on days of its ``rises``. ``falls``: every instalment
    repays some, so that principal tells how many are paid. ``opened`` are those whose first row is of the opening tape,
    ``opening`` these rows; ``begun`` these and those that were paid out since; ``settled`` left with all paid.
    """

    schedule: Schedule
    rows: StateRows
    balances: Numbers
    opened: Flags
    begun: Flags
    falls: Flags
    by_payments: Flags
    day: Dates
    due: tuple[Whole, Whole]
    paid: tuple[Whole, Whole]
    principal: tuple[Numbers, Numbers]
    received: Received
    opening: StateRows
    settled: Flags
    interest_by_payments: Flags
    interest_stated: bool
    interest_received: Whole
    interest_paid: Whole
    service_fee: Numbers
    capitalised: Whole
    rises: Rises

    @property
    def last_day(self) -> Dates:
        """The last day whose payments each state's row knows: its own, but of a contract that was settled the one before, as
        the payment on it is of what was owed by its row."""
        return np.where(self.settled, self.rows.instant - np.timedelta64(1, "D"), self.rows.instant)

    def after(self, spell: Spell) -> Numbers:
        """Principal at the end of a spell: that of the state's row of one that lasts; of another what is left after its last
        day, by payments, or by the schedule where it was cured, as nothing is behind then."""
        if spell.lasts:
            return self.principal[1]
        every = np.arange(len(spell.until))
        left, paid = self.at(spell, every, spell.until)
        due = position_at(self.schedule, spell.until).instalments_due
        before, scheduled = self.balances[paid, every], self.balances[np.maximum(due, paid), every]
        added = self.added(every, spell.until)
        caught_up = (left - added) * scheduled / np.where(before > 0.0, before, 1.0) + added
        return np.where(self.cured(spell) & ~self.by_payments, caught_up, left)

    def added(self, of: Whole, days: Dates) -> Whole:
        """Interest that has been added to the principal of contracts ``of`` by some days, less what was written off in part of
        those whose principal rows tell: payments have it."""
        return self.rises.by(of, days)

    @cached_property
    def risen(self) -> Whole:
        """The same in all."""
        risen: Whole = self.rises.amounts.sum(axis=0)
        return risen

    def cured(self, spell: Spell) -> Flags:
        """Whose spell ended with its cure: not in another default, nor at the state."""
        ended: Flags = (self.rows.cured_date == spell.until) & (not spell.lasts)
        return ended

    @property
    def cured_since(self) -> Flags:
        """Who was cured since the first row, where payments tell the interest."""
        cured = self.rows.cured_date
        since: Flags = self.interest_by_payments & (cured > self.day) & (cured <= self.rows.instant)
        return since

    def paid_at_last(self, fees_within: Flags) -> Numbers:
        """Interest that those who were settled paid with it beyond what their rows owe, with service fees where these are
        within that; below nil what they did not pay."""
        every, received = np.arange(len(self.due[0])), self.received
        fees = np.where(fees_within, received.after(received.fees, every, self.last_day), 0)
        beyond: Numbers = received.after(received.interest, every, self.last_day) + fees - self.interest[1]
        return np.where(self.settled, beyond, 0.0)

    def ahead_on(self, due: Whole) -> Numbers:
        """Service fees ahead when so many instalments are due, of who is ahead at the state and paid none since: what is ahead
        there, and what fell due until then. 900 ahead, six fees of 900 later: 6,300 before."""
        ahead = self.rows.fees_ahead
        return np.where(ahead > 0.0, ahead + self.service_fee * (self.due[1] - due), 0.0)

    @property
    def roundings(self) -> Whole:
        """What rows may be off by roundings: a minor unit of each instalment that fell due, and of one more."""
        return self.due[1] - self.due[0] + 1

    @property
    def ahead_untold(self) -> Flags:
        """Who is ahead at the state by more than is left of what was at the first row: no row tells when that was paid."""
        left = np.where(self.opened, self.opening.fees_ahead, 0.0) - self.service_fee * (self.due[1] - self.due[0])
        untold: Flags = self.rows.fees_ahead > np.maximum(left, 0.0)
        return untold & ~self.interest_by_payments

    def waived(self, lacking: Numbers, fees_within: Flags) -> Numbers:
        """What of the interest ``lacking`` to the row of the state, below nil, was waived with a cure: what the last payment of
        one that was settled does not bring."""
        waived = np.minimum(lacking + np.maximum(self.paid_at_last(fees_within), 0.0), 0.0)
        return np.where(self.cured_since & (lacking < 0.0), waived, 0.0)

    def settles(self, spell: Spell) -> Flags:
        """Whose spell ends with the payment by which they left, where payments tell its interest."""
        ended: Flags = self.interest_by_payments & self.settled & (spell.until == self.rows.instant)
        return ended

    def changes(self, since: Dates, until: Dates) -> tuple[Whole, Dates]:
        """Contracts, and days on which what they owe may change within a month of default: those of payments, those on which
        interest was added to principal, and due dates between two days, past the last one too."""
        told, agreed, (added, on) = self.by_payments[self.received.place], self.schedule, self.rises.each()
        due, last = (position_at(agreed, when).due_dates_passed for when in (since, until))
        steps = int((last - due).max(initial=0))
        days = [due_dates(agreed.first_payment_date, agreed.due_day, due + row) for row in range(steps)]
        places = np.concatenate([self.received.place[told], added, *[np.arange(len(due))] * steps])
        return places, np.concatenate([self.received.day[told], on, *days])

    def at(self, spell: Spell, of: Whole, days: Dates) -> tuple[Numbers, Whole]:
        """Principal, and instalments paid, of contracts ``of`` on days in default by a spell."""
        due = position_at(of_contracts(self.schedule, of), days).instalments_due
        by_payments, by_rows = self.by_payments[of], self.by_rows(spell)[of]
        paid = np.minimum(spell.paid[of], due)
        now, then = self.balances[self.paid[1][of], of], self.balances[paid, of]
        agreed = (self.principal[1] - self.risen)[of]
        owed = agreed * np.where(now > 0.0, then / np.where(now > 0.0, now, 1.0), 1.0) + self.added(of, days)
        counted = by_payments & self.falls[of]
        if (chosen := np.nonzero(by_rows & ~counted)[0]).size:
            owed[chosen], paid[chosen] = self._stepped(spell, of[chosen], days[chosen])
        if (chosen := np.nonzero(by_payments)[0]).size:
            repaid = self.received.up_to(self.received.principal, of[chosen], days[chosen])
            owed[chosen] = self.principal[0][of[chosen]] - repaid
        if (chosen := np.nonzero(counted)[0]).size:
            without_added = owed[chosen] - self.added(of[chosen], days[chosen])
            paid[chosen] = self._counted(of[chosen], without_added)
        return owed, np.minimum(paid, due)

    def in_it_at_opening(self, spell: Spell) -> Flags:
        """Whose default was there at the opening."""
        return self.opened & (spell.since <= self.day)

    def by_rows(self, spell: Spell) -> Flags:
        """Whose default was there at the opening; and, of one that lasts, whose standing is known before it began."""
        then = self.in_it_at_opening(spell)
        return then | (self.begun & (spell.since > self.day)) if spell.lasts else then

    def _start(self, spell: Spell, of: Whole) -> tuple[Whole, Whole, Numbers]:
        """Where the steps of contracts ``of`` begin: instalments due and paid, and principal, at the opening or on the day of
        default. Between the two a borrower who was in none paid what the days past due say."""
        due, paid, principal = self.due[0][of], self.paid[0][of], self.principal[0][of]
        later = spell.since[of] > self.day[of]
        since = position_at(of_contracts(self.schedule, of), spell.since[of]).instalments_due
        then = np.clip(spell.paid_then[of], paid, np.maximum(paid, self.paid[1][of]))
        before, scheduled = self.balances[paid, of], self.balances[then, of]
        as_agreed = principal * scheduled / np.where(before > 0.0, before, 1.0)
        owed = np.maximum(as_agreed, self.principal[1][of] - self.risen[of])
        return np.where(later, since, due), np.where(later, then, paid), np.where(later, owed, principal)

    def scheduled_interest(self, of: Whole, first: Whole, last: Whole) -> Numbers:
        """Interest that the schedule has for the instalments after ``first`` up to ``last`` of contracts ``of``, at the scale
        of their principal."""
        scale, up_to = self._scheduled
        found: Numbers = scale[of] * (up_to[last, of] - up_to[first, of])
        return found

    def scheduled_interest_on(self, left: Numbers, first: Whole, last: Whole) -> Numbers:
        """The same of all; where payments tell less ``left`` when the ``first`` is due than agreed, at its scale."""
        every = np.arange(len(left))
        found, scale = self.scheduled_interest(every, first, last), self._scheduled[0]
        owed = scale * self.balances[first, every]
        told = self.by_payments & (owed > 0.0) & (left < owed)
        of_left: Numbers = np.where(told, left / np.where(told, owed, 1.0), 1.0) * found
        return of_left

    def service_fees(self, of: Whole, first: Whole, last: Whole) -> Numbers:
        """Service fees of the instalments after ``first`` up to ``last`` of contracts ``of``."""
        found: Numbers = self.service_fee[of] * (last - first)
        return found

    @cached_property
    def _scheduled(self) -> tuple[Numbers, Numbers]:
        """The scale of each contract's principal, and the interest of the schedule up to each instalment."""
        lengths = np.where(np.arange(len(self.balances))[:, None] == 0, self.schedule.first_length, 1.0)
        of_each = self.schedule.rate * self.balances * lengths
        up_to = np.concatenate([np.zeros((1, of_each.shape[1])), of_each.cumsum(axis=0)])
        known = np.where(self.begun, self.principal[0], self.principal[1])
        number = np.where(self.begun, self.paid[0], self.paid[1])
        return self._scale(np.arange(len(known)), known, number), up_to

    @cached_property
    def interest(self) -> tuple[Numbers, Numbers]:
        """Interest billed and accrued at the first row, nil of a contract that was paid out since, and at that of the state."""
        at_first, at_state = (
            contractual_interest(self.schedule, rows, position_at(self.schedule, rows.instant))
            for rows in (self.opening, self.rows)
        )
        return np.where(self.opened, at_first, 0.0), at_state

    def _scale(self, of: Whole, principal: Numbers, paid: Whole) -> Numbers:
        """Principal after so many instalments over that of the schedule; 1 where it is as agreed but for roundings."""
        scheduled = self.balances[paid, of]
        as_agreed = _covered(self.balances, of, principal, np.ones(len(of)), self.schedule.term_instalments[of] - 1) == paid
        return np.where(as_agreed | (scheduled <= 0.0), 1.0, principal / np.where(scheduled > 0.0, scheduled, 1.0))

    def _counted(self, of: Whole, owed: Numbers) -> Whole:
        """Instalments paid when so much is owed: one is once the principal is down to what its schedule then leaves."""
        first, most = self.paid[0][of], np.maximum(self.paid[0], self.paid[1])[of]
        return np.maximum(first, _covered(self.balances, of, owed, self._scale(of, self.principal[0][of], first), most))

    def _stepped(self, spell: Spell, of: Whole, days: Dates) -> tuple[Numbers, Whole]:
        """By both rows: equal steps on due dates; none of a default that ends with all arrears paid."""
        due, first, start = self._start(spell, of)
        if not spell.lasts:
            return start + self.added(of, days), first
        passed, dates = self._passed(spell, of, days, due)
        last = np.maximum(first, self.paid[1][of])
        paid = first + _steps(last - first, passed, dates)
        before, now, after = (self.balances[number, of] for number in (first, paid, last))
        falls = before > after
        share = np.where(falls, (before - now) / np.where(falls, before - after, 1.0), passed / dates)
        owed: Numbers = start + (self.principal[1][of] - self.risen[of] - start) * share
        return owed + self.added(of, days), paid

    def _passed(self, spell: Spell, of: Whole, days: Dates, due: Whole) -> tuple[Whole, Whole]:
        """Due dates after ``due`` of them that have passed by a day, and all up to the state: 1 where there are none. Where the
        last of all is behind, months go on."""
        schedule = of_contracts(self.schedule, of)
        at, state = position_at(schedule, days), position_at(schedule, self.rows.instant[of])
        begun = position_at(schedule, np.maximum(self.day[of], spell.since[of])).due_dates_passed
        left = state.instalments_due > due
        dates = np.maximum(np.where(left, state.instalments_due - due, state.due_dates_passed - begun), 1)
        return np.clip(np.where(left, at.instalments_due - due, at.due_dates_passed - begun), 0, dates), dates


def owing_of(loans: Loans, places: Whole, setting: CreditSetting) -> Owing:
    """What some contracts of a chunk owe between their first row and that of their late state."""
    schedule = of_contracts(loans.schedule, places)
    rows, opening = (of_contracts(loans.states[name], places) for name in ("late", "opening"))
    opened, last = loans.course.opened[places], schedule.term_instalments - 1
    day = np.where(opened, np.datetime64(setting.opening), schedule.origination_date)
    due, due_now = (position_at(schedule, when).instalments_due for when in (day, rows.instant))
    paid = np.where(opened, np.minimum(paid_by(schedule, day, opening.days_past_due, due), last), 0)
    paid_now = np.minimum(paid_by(schedule, rows.instant, rows.days_past_due, due_now), last)
    balances = kernels.scheduled_balances(
        schedule.terms(), np.minimum(np.arange(int(last.max()) + 2)[:, None], schedule.term_instalments)
    )
    principal = np.where(opened, opening.principal, schedule.principal)
    begun = opened | (loans.advanced[places] > 0)
    falls = ((np.diff(balances, axis=0) < 0.0) | (np.arange(len(balances) - 1)[:, None] > last)).all(axis=0)
    by_payments, rises = loans.explained[places], loans.rises.of(places)
    paid_in = loans.interest_paid + loans.service_fees_paid + loans.capitalised
    paid_in = np.where(loans.received_by_payments, paid_in, 0)
    return Owing(
        schedule, rows, balances, opened, begun, falls, by_payments, day,
        (due, due_now), (paid, paid_now), (principal, rows.principal), _received(loans, places),
        opening, loans.course.settled[places], by_payments & loans.interest_by_payments[places], loans.interest_stated,
        loans.received_by_rows[places], paid_in[places], loans.service_fee[places],
        loans.capitalised[places], replace(rises, amounts=np.where(by_payments, rises.added.amounts, rises.amounts)),
    )  # fmt: skip


def _steps(whole: Whole, passed: Whole, dates: Whole) -> Whole:
    """How many of so many steps were made when some of the dates have passed: the same number at each, the last at the last."""
    return whole * passed // dates


def _received(loans: Loans, places: Whole) -> Received:
    """Payments of some contracts, by place among them and by day, in this order."""
    asked = pl.DataFrame({"place": np.arange(len(places)), "contract_id": loans.contract_id.gather(places)})
    paid = empty_frame(PAYMENTS) if loans.payments is None else loans.payments
    amounts = "principal_minor", "interest_minor", "service_fees_minor"
    found = paid.join(asked, on="contract_id", how="inner").select("place", "date", *amounts)
    summed = found.group_by("place", "date").sum().sort("place", "date")
    days = summed["date"].to_numpy().astype("datetime64[D]")
    place, *rest = (summed[name].to_numpy().astype(np.int64) for name in summed.columns if name != "date")
    return Received(place, days, *rest)


def _covered(balances: Numbers, of: Whole, owed: Numbers, scale: Numbers, most: Whole) -> Whole:
    """The largest number of instalments, up to ``most``, after which no more than this is owed by the schedule at a scale."""
    repaid = -np.diff(balances, axis=0, prepend=balances[:1])
    least = (balances + UNPAID_SHARE * repaid)[:, of] * scale
    number = np.arange(len(balances))[:, None]
    covered: Whole = np.where((owed <= least) & (number <= most), number, 0).max(axis=0)
    return covered
