"""The life of every contract, month on book by month on book: who pays, who falls behind, who leaves and
when.

All contracts of a chunk take their j-th due date in the same step, whatever its calendar date; contracts that
have left drop out of the step. Year-ends are photographed in passing. The outcome knows nothing of any GAAP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.calendar import NO_DATE, Days, day_number
from gaapbridge.example.contracts import Contracts, Schedule, Whole
from gaapbridge.example.market import RATING_MISSED, RATING_PAID, RATINGS, VERSIONS, Market, Numbers
from gaapbridge.example.tapes import MATURED, ON_BOOK, PREPAID, WRITTEN_OFF

_FORBEARANCE_AT_CURE = 0.3
_WATCH_LISTED, _WATCH_LIST_CLEARED = 0.003, 0.25

Flags = NDArray[np.bool_]


@dataclass
class Standing:
    """Where N contracts stand at one moment: instalments due and paid, default and cure dates, rating, flags.

    ``due`` is -1 where the contract was not on book at that moment. The oldest unpaid instalment is number
    ``paid + 1``. ``due_at_default`` and ``paid_at_default`` are the instalments due and paid on the default date.
    """

    due: Whole
    paid: Whole
    rating: Whole
    due_at_default: Whole
    paid_at_default: Whole
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
            rating=np.zeros(rows, dtype=np.int64),
            due_at_default=np.zeros(rows, dtype=np.int64),
            paid_at_default=np.zeros(rows, dtype=np.int64),
            default_date=np.full(rows, NO_DATE, dtype=np.int32),
            cured_date=np.full(rows, NO_DATE, dtype=np.int32),
            watch_list=np.zeros(rows, dtype=np.bool_),
            forborne=np.zeros(rows, dtype=np.bool_),
        )


@dataclass(frozen=True)
class Payments:
    """What borrowers paid, one row for each payment: place of the contract, day, fen."""

    which: Whole
    when: Days
    principal: Whole
    interest: Whole
    service_fees: Whole

    @staticmethod
    def of(parts: Sequence[Payments]) -> Payments:
        """All parts as one."""
        names = [each.name for each in fields(Payments)]
        return Payments(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def where(self, chosen: Flags | NDArray[np.int64]) -> Payments:
        """Some of the rows."""
        return Payments(*(getattr(self, each.name)[chosen] for each in fields(Payments)))


@dataclass
class Course:
    """What became of N contracts: where they stood at each instant, and how, when and from what standing they left.

    ``paid_on`` is the day on which each instalment was paid (row 0: origination), ``payments`` what was paid. An exit dated
    after the last instant may be here already; the contract was still on book then.
    """

    at_instant: list[Standing]
    at_exit: Standing
    exit_date: Days
    status: NDArray[np.int8]
    paid_on: Days
    payments: list[Payments]


def simulate(
    contracts: Contracts,
    schedule: Schedule,
    market: Market,
    given_up_after: Days,
    random: np.random.Generator,
    instants: Sequence[int],
) -> Course:
    """Run every contract from origination to its exit or the last instant.

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
        payments=[_nothing_paid()],
    )
    now = Standing.nowhere(rows)
    now.rating[:] = contracts.rating
    live = np.arange(rows)
    instalment = 0
    while live.size:
        step = _Step(contracts, schedule, live, instalment)
        if instalment > 0:
            step.pay(now, course, behaviour, random)
            step.prepay(now, course, behaviour, random)
        defaulting = step.fall_behind(now, course, market, given_up_after)
        for instant, photograph in zip(instants, course.at_instant, strict=True):
            step.photograph(now, course, defaulting, instant, photograph)
        step.come_into_default(now, defaulting, live)
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
        self.regime = (self.here >= day_number(VERSIONS[1])).astype(np.int64)

    def pay(self, now: Standing, course: Course, behaviour: _Behaviour, random: np.random.Generator) -> None:
        """Each borrower pays nothing, the oldest instalment, or everything due; the last payment ends the
        contract.
        """
        live, term = self.live, self.term
        paid = now.paid[live]
        arrears = np.minimum(self.instalment - 1 - paid, behaviour.one_paid.size - 1)
        nothing = behaviour.nothing_paid[self.regime, self.contracts.segment[live], now.rating[live], arrears]
        one = nothing + (1.0 - nothing) * behaviour.one_paid[arrears]
        drawn = random.random(live.size)
        afterwards: Whole = np.where(drawn < nothing, paid, np.where(drawn < one, paid + 1, self.due))
        instalments = Payments(
            live,
            self.here,
            principal=self.schedule.principal[afterwards, live] - self.schedule.principal[paid, live],
            interest=self.schedule.interest[afterwards, live] - self.schedule.interest[paid, live],
            service_fees=self.contracts.service_fee[live] * (afterwards - paid),
        )
        course.payments.append(instalments.where(afterwards > paid))
        self._date_payments(course, paid, afterwards)
        matured = afterwards == term
        curing = (afterwards == self.due) & ~matured & (now.default_date[live] < NO_DATE) & (now.cured_date[live] == NO_DATE)
        now.cured_date[live] = np.where(curing, self.here, now.cured_date[live])
        now.forborne[live] |= curing & (random.random(live.size) < _FORBEARANCE_AT_CURE)
        watched, change = now.watch_list[live], random.random(live.size)
        now.watch_list[live] = np.where(watched, change > _WATCH_LIST_CLEARED, change < _WATCH_LISTED)
        now.rating[live] = behaviour.rated(now.rating[live], afterwards > paid, random)
        now.paid[live] = np.where(matured, paid, afterwards)
        self.current_and_paid = (arrears == 0) & (now.paid[live] == self.instalment)
        self._leave(course, matured, self.here, MATURED)

    def prepay(self, now: Standing, course: Course, behaviour: _Behaviour, random: np.random.Generator) -> None:
        """Some borrowers who were current repay the rest with the instalment, so that no further interest accrues."""
        live = self.live
        month = min(self.instalment, behaviour.prepaying.shape[2]) - 1
        willing = self.current_and_paid & (
            random.random(live.size) < behaviour.prepaying[self.regime, self.contracts.segment[live], month]
        )
        which = live[willing]
        principal = self.contracts.principal[which] - self.schedule.principal[self.due[willing], which]
        nothing = np.zeros_like(principal)
        course.payments.append(Payments(which, self.here[willing], principal, nothing, nothing))
        self._leave(course, willing, self.here, PREPAID)

    def fall_behind(self, now: Standing, course: Course, market: Market, given_up_after: Days) -> Days:
        """Give up what is too long past due before the next due date; the default dates of what comes into default."""
        live = self.live
        behind = (now.paid[live] < self.due) & (course.exit_date[live] == NO_DATE)
        oldest = self.contracts.due_date(live, now.paid[live] + 1)
        in_default = (now.default_date[live] < NO_DATE) & (now.cured_date[live] == NO_DATE)
        when = (oldest + given_up_after[live]).astype(np.int32)
        lost = behind & (when < self.following)
        self._leave(course, lost, when, WRITTEN_OFF)
        reached = oldest + market.default_days[self.contracts.segment[live]]
        defaulting = behind & ~in_default & (reached < self.following)
        dates: Days = np.where(defaulting, reached, NO_DATE).astype(np.int32)
        return dates

    def photograph(self, now: Standing, course: Course, defaulting: Days, instant: int, into: Standing) -> None:
        """Record the standing of contracts on book at an instant that falls in this step."""
        seen = (self.here <= instant) & (instant < self.following) & (course.exit_date[self.live] > instant)
        which = self.live[seen]
        _copy(now, into, which)
        into.due[which] = self.due[seen]
        self.come_into_default(into, np.where(defaulting[seen] <= instant, defaulting[seen], NO_DATE), which, seen)

    def come_into_default(self, standing: Standing, dates: Days, which: NDArray[np.int64], places: Flags | None = None) -> None:
        """Put defaults into a standing of the contracts ``which``, by ``dates`` (``NO_DATE`` where there is none)."""
        newly = dates < NO_DATE
        entering, due = which[newly], (self.due if places is None else self.due[places])[newly]
        standing.default_date[entering] = dates[newly]
        standing.cured_date[entering] = NO_DATE
        standing.due_at_default[entering] = due
        standing.paid_at_default[entering] = standing.paid[entering]
        standing.rating[entering] = len(RATINGS) - 1

    def _date_payments(self, course: Course, paid: Whole, afterwards: Whole) -> None:
        for later in range(1, int((afterwards - paid).max(initial=0)) + 1):
            paying = np.flatnonzero(paid + later <= afterwards)
            course.paid_on[paid[paying] + later, self.live[paying]] = self.here[paying]

    def _leave(self, course: Course, leaving: Flags, when: Days, status: int) -> None:
        which = self.live[leaving]
        course.exit_date[which] = when[leaving]
        course.status[which] = status
        course.at_exit.due[which] = self.due[leaving]


def _nothing_paid() -> Payments:
    none = np.zeros(0, dtype=np.int64)
    return Payments(none, none.astype(np.int32), none, none, none)


def _copy(source: Standing, into: Standing, which: NDArray[np.int64]) -> None:
    """Copy everything but the number of instalments due."""
    into.paid[which] = source.paid[which]
    into.rating[which] = source.rating[which]
    into.due_at_default[which] = source.due_at_default[which]
    into.paid_at_default[which] = source.paid_at_default[which]
    into.default_date[which] = source.default_date[which]
    into.cured_date[which] = source.cured_date[which]
    into.watch_list[which] = source.watch_list[which]
    into.forborne[which] = source.forborne[which]


@dataclass(frozen=True)
class _Behaviour:
    """A market's probabilities by regime, segment and rating, and by instalments missed: 0 (current), 1, 2, 3 (nobody
    pays: default is a day or two away, or was a day or two ago), and more (in default).

    ``nothing_paid`` regime x segment x rating x missed; ``one_paid`` missed: one instalment, given that something is
    paid; ``prepaying`` regime x segment x month on book; ``ratings`` cumulated chances of the next rating, of who
    paid nothing and of who paid.
    """

    nothing_paid: Numbers
    one_paid: Numbers
    prepaying: Numbers
    ratings: Numbers

    @staticmethod
    def of(market: Market) -> _Behaviour:
        nothing = np.ones((len(market.regimes), *market.regimes[0].miss.shape, 5))
        for place, regime in enumerate(market.regimes):
            nothing[place, ..., 0] = regime.miss
            nothing[place, ..., 1:3] = regime.roll[:, None, :]
            nothing[place, ..., 4] = 1.0 - regime.cure_in_default
        one = np.array([0.0, *market.regimes[0].pays_one, 0.0, 0.0])
        prepaying = np.stack([regime.prepay for regime in market.regimes])
        return _Behaviour(nothing, one, prepaying, np.cumsum([RATING_MISSED, RATING_PAID], axis=2))

    def rated(self, before: Whole, paid: Flags, random: np.random.Generator) -> Whole:
        """The rating after a due date, by what was paid on it."""
        chances = self.ratings[paid.astype(np.int64), before]
        rating: Whole = (random.random(before.size)[:, None] >= chances[:, :-1]).sum(axis=1)
        return rating
