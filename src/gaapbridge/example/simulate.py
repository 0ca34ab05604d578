"""The life of every contract, month on book by month on book: who pays, who falls behind, who leaves and
when.

All contracts of a chunk take their j-th due date in the same step, whatever its calendar date; contracts that
have left drop out of the step. Year-ends are photographed in passing. The outcome knows nothing of any GAAP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.calendar import NO_DATE, Days, day_number
from gaapbridge.example.cash import CashFlows
from gaapbridge.example.contracts import MONTHS_PER_YEAR, Contracts, Schedule, Whole
from gaapbridge.example.market import VERSIONS, Market, Numbers
from gaapbridge.example.tapes import MATURED, ON_BOOK, PREPAID, WRITTEN_OFF

_FORBEARANCE_AT_CURE = 0.3
_WATCH_LISTED, _WATCH_LIST_CLEARED = 0.003, 0.25

Flags = NDArray[np.bool_]


@dataclass
class Standing:
    """Where N contracts stand at one moment: instalments due and paid, default and cure dates, flags.

    ``due`` is -1 where the contract was not on book at that moment. The oldest unpaid instalment is number
    ``paid + 1``.
    """

    due: Whole
    paid: Whole
    default_date: Days
    cured_date: Days
    watch_list: Flags
    forborne: Flags

    @staticmethod
    def nowhere(rows: int) -> Standing:
        """N contracts not yet on book."""
        return Standing(
            due=np.full(rows, -1, dtype=np.int64),
            paid=np.zeros(rows, dtype=np.int64),
            default_date=np.full(rows, NO_DATE, dtype=np.int32),
            cured_date=np.full(rows, NO_DATE, dtype=np.int32),
            watch_list=np.zeros(rows, dtype=np.bool_),
            forborne=np.zeros(rows, dtype=np.bool_),
        )


@dataclass
class Course:
    """What became of N contracts: where they stood at each instant, and how, when and from what standing they left.

    ``paid_on`` is the day on which each instalment was paid (row 0: origination). An exit dated after the last
    instant may be here already; the contract was still on book then.
    """

    at_instant: list[Standing]
    at_exit: Standing
    exit_date: Days
    status: NDArray[np.int8]
    paid_on: Days


def simulate(
    contracts: Contracts,
    schedule: Schedule,
    market: Market,
    given_up_after: Days,
    random: np.random.Generator,
    instants: Sequence[int],
    cash: CashFlows,
) -> Course:
    """Run every contract from origination to its exit or the last instant; borrowers' cash goes into ``cash``.

    ``given_up_after`` is the number of days past due after which each contract is written off or paid out.
    """
    rows = contracts.principal.size
    behaviour = _Behaviour.of(market)
    paid_on = np.full((int(contracts.term.max(initial=0)) + 1, rows), NO_DATE, dtype=np.int32)
    paid_on[0] = contracts.origination
    course = Course(
        at_instant=[Standing.nowhere(rows) for _ in instants],
        at_exit=Standing.nowhere(rows),
        exit_date=np.full(rows, NO_DATE, dtype=np.int32),
        status=np.full(rows, ON_BOOK, dtype=np.int8),
        paid_on=paid_on,
    )
    now = Standing.nowhere(rows)
    live = np.arange(rows)
    instalment = 0
    while live.size:
        step = _Step(contracts, schedule, live, instalment)
        if instalment > 0:
            step.pay(now, course, behaviour, random, cash)
            step.prepay(now, course, behaviour, random, cash)
        defaulting = step.fall_behind(now, course, market, given_up_after, cash)
        for instant, photograph in zip(instants, course.at_instant, strict=True):
            step.photograph(now, course, defaulting, instant, photograph)
        now.default_date[live] = np.where(defaulting < NO_DATE, defaulting, now.default_date[live])
        now.cured_date[live] = np.where(defaulting < NO_DATE, NO_DATE, now.cured_date[live])
        leaving = live[course.exit_date[live] < NO_DATE]
        _copy(now, course.at_exit, leaving)
        live = live[(course.exit_date[live] == NO_DATE) & (step.following <= instants[-1])]
        instalment += 1
    return course


class _Step:
    """One due date of the contracts still on book: number ``instalment``, at ``here``, until ``following``."""

    def __init__(self, contracts: Contracts, schedule: Schedule, live: NDArray[np.int64], instalment: int) -> None:
        self.contracts, self.schedule, self.live, self.instalment = contracts, schedule, live, instalment
        self.here = contracts.due_date(live, instalment)
        self.following = contracts.due_date(live, instalment + 1)
        self.term = contracts.term[live]
        self.due = np.minimum(instalment, self.term)

    def pay(self, now: Standing, course: Course, behaviour: _Behaviour, random: np.random.Generator, cash: CashFlows) -> None:
        """Each borrower pays nothing, the oldest instalment, or everything due; the last payment ends the
        contract.
        """
        live, term = self.live, self.term
        paid = now.paid[live]
        arrears = np.minimum(self.instalment - 1 - paid, behaviour.one_paid.size - 1)
        regime = (self.here >= day_number(VERSIONS[1])).astype(np.int64)
        nothing = behaviour.nothing_paid[regime, self.contracts.segment[live], arrears]
        one = nothing + (1.0 - nothing) * behaviour.one_paid[arrears]
        drawn = random.random(live.size)
        afterwards: Whole = np.where(drawn < nothing, paid, np.where(drawn < one, paid + 1, self.due))
        principal: Whole = self.schedule.principal[afterwards, live] - self.schedule.principal[paid, live]
        interest: Whole = self.schedule.interest[afterwards, live] - self.schedule.interest[paid, live]
        service_fees: Whole = self.contracts.service_fee[live] * (afterwards - paid)
        cash.receive(self.here, principal=principal, interest=interest + service_fees)
        self._date_payments(course, paid, afterwards)
        matured = afterwards == term
        curing = (afterwards == self.due) & ~matured & (now.default_date[live] < NO_DATE) & (now.cured_date[live] == NO_DATE)
        now.cured_date[live] = np.where(curing, self.here, now.cured_date[live])
        now.forborne[live] |= curing & (random.random(live.size) < _FORBEARANCE_AT_CURE)
        watched, change = now.watch_list[live], random.random(live.size)
        now.watch_list[live] = np.where(watched, change > _WATCH_LIST_CLEARED, change < _WATCH_LISTED)
        now.paid[live] = np.where(matured, paid, afterwards)
        self._leave(course, matured, self.here, MATURED)

    def prepay(
        self, now: Standing, course: Course, behaviour: _Behaviour, random: np.random.Generator, cash: CashFlows
    ) -> None:
        """Some current borrowers repay in full on a day before the next due date, with the interest to that
        day.
        """
        live = self.live
        able = (now.paid[live] == self.instalment) & (course.exit_date[live] == NO_DATE)
        month = min(self.instalment, behaviour.prepaying.shape[2]) - 1
        regime = (self.here >= day_number(VERSIONS[1])).astype(np.int64)
        willing = able & (random.random(live.size) < behaviour.prepaying[regime, self.contracts.segment[live], month])
        days = self.following - self.here
        after = np.floor(random.random(live.size) * days).astype(np.int32)
        when = self.here + after
        principal = self.contracts.principal[live] - self.schedule.principal[self.due, live]
        rate = self.contracts.annual_rate[live] / MONTHS_PER_YEAR
        accrued = np.floor(principal * rate * (after / days) + 0.5).astype(np.int64)
        cash.receive(when[willing], principal=principal[willing], interest=accrued[willing])
        self._leave(course, willing, when, PREPAID)

    def fall_behind(self, now: Standing, course: Course, market: Market, given_up_after: Days, cash: CashFlows) -> Days:
        """Give up what is too long past due before the next due date; the default dates of what comes into default.

        Where nothing stays in default, what is given up is what defaults.
        """
        live = self.live
        behind = (now.paid[live] < self.due) & (course.exit_date[live] == NO_DATE)
        oldest = self.contracts.due_date(live, now.paid[live] + 1)
        in_default = (now.default_date[live] < NO_DATE) & (now.cured_date[live] == NO_DATE)
        when = (oldest + given_up_after[live]).astype(np.int32)
        lost = behind & (when < self.following)
        principal = self.contracts.principal[live] - self.schedule.principal[now.paid[live], live]
        cash.write_off(when[lost], principal[lost])
        self._leave(course, lost, when, WRITTEN_OFF)
        reached = oldest + market.default_days
        defaulting = behind & ~in_default & (reached < self.following) & (lost | (market.months_in_default > 0))
        dates: Days = np.where(defaulting, reached, NO_DATE).astype(np.int32)
        return dates

    def photograph(self, now: Standing, course: Course, defaulting: Days, instant: int, into: Standing) -> None:
        """Record the standing of contracts on book at an instant that falls in this step."""
        seen = (self.here <= instant) & (instant < self.following) & (course.exit_date[self.live] > instant)
        which = self.live[seen]
        _copy(now, into, which)
        into.due[which] = self.due[seen]
        newly = defaulting[seen] <= instant
        into.default_date[which] = np.where(newly, defaulting[seen], into.default_date[which])
        into.cured_date[which] = np.where(newly, NO_DATE, into.cured_date[which])

    def _date_payments(self, course: Course, paid: Whole, afterwards: Whole) -> None:
        for later in range(1, int((afterwards - paid).max(initial=0)) + 1):
            paying = np.flatnonzero(paid + later <= afterwards)
            course.paid_on[paid[paying] + later, self.live[paying]] = self.here[paying]

    def _leave(self, course: Course, leaving: Flags, when: Days, status: int) -> None:
        which = self.live[leaving]
        course.exit_date[which] = when[leaving]
        course.status[which] = status
        course.at_exit.due[which] = self.due[leaving]


def _copy(source: Standing, into: Standing, which: NDArray[np.int64]) -> None:
    """Copy everything but the number of instalments due."""
    into.paid[which] = source.paid[which]
    into.default_date[which] = source.default_date[which]
    into.cured_date[which] = source.cured_date[which]
    into.watch_list[which] = source.watch_list[which]
    into.forborne[which] = source.forborne[which]


@dataclass(frozen=True)
class _Behaviour:
    """A market's probabilities by regime and segment, and by months in arrears (0: current, the last: in default).

    ``nothing_paid`` regime x segment x arrears; ``one_paid`` arrears: one instalment, given that something is
    paid; ``prepaying`` regime x segment x month on book.
    """

    nothing_paid: Numbers
    one_paid: Numbers
    prepaying: Numbers

    @staticmethod
    def of(market: Market) -> _Behaviour:
        nothing = [
            np.column_stack([regime.miss, regime.roll, np.full(regime.miss.size, 1.0 - regime.cure_in_default)])
            for regime in market.regimes
        ]
        one = np.concatenate([[0.0], market.regimes[0].pays_one, [0.0]])
        return _Behaviour(np.stack(nothing), one, np.stack([regime.prepay for regime in market.regimes]))
