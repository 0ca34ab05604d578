"""What a contract in default owes from day to day: its principal, and how many instalments and their interest it has paid.

A borrower may pay while in default. Where a tape of payments explains the principal of the period, principal falls by each of
them on its day; instalments are paid as it falls, where each of them repays some. Else it goes to the row of its state by equal
steps on the due dates between: from the opening row where the contract was in default then, else from the day of default, on
which so many days past due tell the instalments paid. Of a contract of which nothing is known before its state, the state's row
tells the first instalment missed.

Interest is paid up to the last instalment paid, and ahead of it as far as less is billed and unpaid than the schedule has
since: who pays interest and no principal owes none. From the opening row to that of the state it goes ahead by equal steps too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.credit import CreditSetting, Schedule, StateRows, of_contracts, paid_by, position_at
from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import due_dates

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


@dataclass(frozen=True)
class Owing:
    """N contracts between a first row, at ``day``, and that of their state: ``due`` and ``paid`` instalments, ``principal`` in
    minor units; ``balances`` are scheduled, after each instalment x N.

    ``by_payments`` says whose principal the payments explain: they are of the contract at ``place``, by ``paid_on``, and
    ``received`` is their principal. ``falls``: every instalment repays some, so that principal tells how many are paid.
    ``opened`` are those whose first row is of the opening tape, ``begun`` these and those that were paid out since. ``ahead``
    are the instalments, at either row, whose interest is paid and whose principal is not.
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
    ahead: tuple[Whole, Whole]
    place: Whole
    paid_on: Dates
    received: Numbers

    def changes(self, spell: Spell) -> tuple[Whole, Dates]:
        """Contracts, and days within the period on which what they owe may change within a month of default."""
        by_rows = self._by_rows(spell) & ~(self.by_payments & self.falls)
        goes_ahead = self._in_it_at_opening(spell) & (self.ahead[0] != self.ahead[1])
        stepping = np.nonzero((by_rows | goes_ahead) & spell.lasts)[0]
        due = self._start(spell, stepping)[0]
        steps = int((self.due[1][stepping] - due).max(initial=0))
        number = due + np.arange(steps)[:, None]
        agreed = of_contracts(self.schedule, stepping)
        days = [due_dates(agreed.first_payment_date, agreed.due_day, row) for row in number]
        places = np.concatenate([self.place[self.by_payments[self.place]], *[stepping] * steps])
        return places, np.concatenate([self.paid_on[self.by_payments[self.place]], *days])

    def at(self, spell: Spell, of: Whole, days: Dates, due: Whole) -> tuple[Numbers, Whole]:
        """Principal, and instalments paid, of contracts ``of`` on days in default by a spell; ``due`` are the instalments that
        had fallen due when the month of the default began."""
        by_payments, by_rows = self.by_payments[of], self._by_rows(spell)[of]
        paid = np.minimum(spell.paid[of], due)
        now, then = self.balances[self.paid[1][of], of], self.balances[paid, of]
        owed = self.principal[1][of] * np.where(now > 0.0, then / np.where(now > 0.0, now, 1.0), 1.0)
        counted = by_payments & self.falls[of]
        if (chosen := np.nonzero(by_rows & ~counted)[0]).size:
            owed[chosen], paid[chosen] = self._stepped(spell, of[chosen], days[chosen])
        if (chosen := np.nonzero(by_payments)[0]).size:
            owed[chosen] = self._after_payments(of[chosen], days[chosen])
        if (chosen := np.nonzero(counted)[0]).size:
            paid[chosen] = self._counted(of[chosen], owed[chosen])
        return owed, np.minimum(paid, due)

    def ends(self, spell: Spell, of: Whole, due: Whole) -> tuple[tuple[Numbers, Whole], tuple[Numbers, Whole]]:
        """Principal, and instalments paid, of contracts ``of`` that two rows tell: where nothing is paid up to the state's
        date, and where all of it is at once. For others, and of a default that was cured, the two are the same."""
        told = (self._by_rows(spell) & ~self.by_payments)[of] & spell.lasts
        _, paid, principal = self._start(spell, of)
        last = np.where(told, np.maximum(paid, self.paid[1][of]), paid)
        now = np.where(told, self.principal[1][of], principal)
        return (principal, np.minimum(paid, due)), (now, np.minimum(last, due))

    def interest_paid(self, spell: Spell, of: Whole, days: Dates, due: Whole, paid: Whole) -> Whole:
        """Instalments whose interest is paid, of contracts ``of`` of whose ``due`` instalments ``paid`` are paid whole: ahead
        of these by as many as the rows tell. Of a default that was cured what was behind is paid at once, at its end."""
        first, last = (ahead[of] for ahead in self.ahead)
        opened = self._in_it_at_opening(spell)[of]
        if spell.lasts:
            ahead = np.where(opened, first + _steps(last - first, *self._passed(of, days, self.due[0][of])), last)
        else:
            ahead = np.where(opened, first, 0)
        return np.clip(paid + ahead, paid, due)

    def _by_rows(self, spell: Spell) -> Flags:
        """Whose default was there at the opening; and, of one that lasts, whose standing is known before it began."""
        then = self._in_it_at_opening(spell)
        return then | (self.begun & (spell.since > self.day)) if spell.lasts else then

    def _in_it_at_opening(self, spell: Spell) -> Flags:
        return self.opened & (spell.since <= self.day)

    def _start(self, spell: Spell, of: Whole) -> tuple[Whole, Whole, Numbers]:
        """Where the steps of contracts ``of`` begin: instalments due and paid, and principal, at the opening or on the day of
        default. Between the two a borrower who was in none paid what the days past due say."""
        due, paid, principal = self.due[0][of], self.paid[0][of], self.principal[0][of]
        later = spell.since[of] > self.day[of]
        since = position_at(of_contracts(self.schedule, of), spell.since[of]).instalments_due
        then = np.clip(spell.paid_then[of], paid, np.maximum(paid, self.paid[1][of]))
        before, scheduled = self.balances[paid, of], self.balances[then, of]
        owed = np.maximum(principal * scheduled / np.where(before > 0.0, before, 1.0), self.principal[1][of])
        return np.where(later, since, due), np.where(later, then, paid), np.where(later, owed, principal)

    def _after_payments(self, of: Whole, days: Dates) -> Numbers:
        """Principal of the first row less that of the payments up to and on a day."""
        known, asked = (when.astype(np.int64) for when in (self.paid_on, days))
        epoch = max(known.max(initial=0), asked.max()) + 1
        received = np.concatenate([[0.0], np.cumsum(self.received)])
        before = np.searchsorted(self.place, of, "left")
        by_then = np.searchsorted(self.place * epoch + known, of * epoch + asked, "right")
        left: Numbers = self.principal[0][of] - (received[by_then] - received[before])
        return left

    def _counted(self, of: Whole, owed: Numbers) -> Whole:
        """Instalments paid when so much is owed: one is once the principal is down to what its schedule then leaves."""
        first, most = self.paid[0][of], np.maximum(self.paid[0], self.paid[1])[of]
        start, scheduled = self.principal[0][of], self.balances[first, of]
        as_agreed = _covered(self.balances, of, start, np.ones(len(of)), self.schedule.term_instalments[of] - 1) == first
        scale = np.where(as_agreed, 1.0, start / scheduled)
        return np.maximum(first, _covered(self.balances, of, owed, scale, most))

    def _stepped(self, spell: Spell, of: Whole, days: Dates) -> tuple[Numbers, Whole]:
        """By both rows: equal steps on due dates; none of a default that ends with all arrears paid."""
        due, first, start = self._start(spell, of)
        if not spell.lasts:
            return start, first
        passed, dates = self._passed(of, days, due)
        last = np.maximum(first, self.paid[1][of])
        paid = first + _steps(last - first, passed, dates)
        before, now, after = (self.balances[number, of] for number in (first, paid, last))
        falls = before > after
        share = np.where(falls, (before - now) / np.where(falls, before - after, 1.0), passed / dates)
        owed: Numbers = start + (self.principal[1][of] - start) * share
        return owed, paid

    def _passed(self, of: Whole, days: Dates, due: Whole) -> tuple[Whole, Whole]:
        """Due dates after ``due`` of them that have passed by a day, and all up to the state: 1 where there are none."""
        dates = np.maximum(self.due[1][of] - due, 1)
        return np.clip(position_at(of_contracts(self.schedule, of), days).instalments_due - due, 0, dates), dates


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
    left = np.where(loans.course.settled[places], 0.0, rows.principal)
    begun = opened | (loans.advanced[places] > 0)
    falls = ((np.diff(balances, axis=0) < 0.0) | (np.arange(len(balances) - 1)[:, None] > last)).all(axis=0)
    explained = begun & (principal - loans.repaid[places] == left)
    received = _payments(loans, places)
    return Owing(
        schedule, rows, balances, opened, begun, falls,
        explained if loans.payments is not None else np.zeros_like(opened), day,
        (due, due_now), (paid, paid_now), (principal, rows.principal),
        (_ahead(schedule, opening, balances, due, paid), _ahead(schedule, rows, balances, due_now, paid_now)),
        received["place"].to_numpy().astype(np.int64), received["date"].to_numpy().astype("datetime64[D]"),
        received["principal_minor"].to_numpy().astype(np.float64),
    )  # fmt: skip


def _steps(whole: Whole, passed: Whole, dates: Whole) -> Whole:
    """How many of so many steps were made when some of the dates have passed: the same number at each, the last at the last."""
    return whole * passed // dates


def _ahead(schedule: Schedule, rows: StateRows, balances: Numbers, due: Whole, paid: Whole) -> Whole:
    """Instalments of those due and not paid whole whose interest is paid by a row: as far as less of it is billed and unpaid.

    Of four that bring 1,000 by the schedule and 250 billed: three. A tenth of an instalment unpaid is none, as for principal.
    """
    number = np.arange(len(balances))[:, None]
    lengths = np.where(number == 0, schedule.first_length, 1.0)
    scheduled = schedule.rate * np.where((number >= paid) & (number < due), balances * lengths, 0.0).sum(axis=0)
    left = np.take_along_axis(balances, paid[None, :], axis=0)[0]
    interest = scheduled * rows.principal / np.where(left > 0.0, left, 1.0)
    tells = (left > 0.0) & (interest > 0.0)
    unpaid = np.ceil((due - paid) * rows.billed_interest / np.where(tells, interest, 1.0) - UNPAID_SHARE)
    ahead: Whole = np.where(tells, np.clip(due - paid - unpaid, 0, due - paid), 0).astype(np.int64)
    return ahead


def _payments(loans: Loans, places: Whole) -> pl.DataFrame:
    """Principal received by place among some contracts and by day, in this order."""
    if loans.payments is None:
        return pl.DataFrame(schema={"place": pl.Int64, "date": pl.Date, "principal_minor": pl.Int64})
    asked = pl.DataFrame({"contract_id": loans.contract_id.gather(places), "place": np.arange(len(places))})
    found = loans.payments.select("contract_id", "date", "principal_minor").join(asked, on="contract_id", how="inner")
    return found.group_by("place", "date").agg(pl.col("principal_minor").sum()).sort("place", "date")


def _covered(balances: Numbers, of: Whole, owed: Numbers, scale: Numbers, most: Whole) -> Whole:
    """The largest number of instalments, up to ``most``, after which no more than this is owed by the schedule at a scale."""
    repaid = -np.diff(balances, axis=0, prepend=balances[:1])
    least = (balances + UNPAID_SHARE * repaid)[:, of] * scale
    number = np.arange(len(balances))[:, None]
    covered: Whole = np.where((owed <= least) & (number <= most), number, 0).max(axis=0)
    return covered
