"""A lender's books of one loan, kept day by day: what is billed, paid, waived and capitalised, and what it earns in default.

Written from what a lender does, in fractions, with a rate found by halving; nothing of the calculator is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from tests.simulation.by_hand import months_later

ZERO = Fraction(0)
LEFT = Fraction(1, 5)
"""What is expected back of a claim in default."""


@dataclass(frozen=True)
class Entry:
    """What happens on a day, in minor units: paid of principal, interest and service fees; interest given up, or added to the
    principal."""

    day: date
    principal: int = 0
    interest: Fraction | int = 0
    fees: int = 0
    waived: Fraction | int = 0
    capitalised: int = 0


@dataclass(frozen=True)
class Books:
    """A loan of so many instalments from `made` on, of equal principal or all at the end, at a rate a month with a service fee
    billed with each instalment. Interest is billed by day on what is owed, or by schedule on due dates."""

    made: date
    principal: int
    instalments: int
    rate: Fraction = Fraction(1, 100)
    at_the_end: bool = False
    service_fee: int = 0
    fees: int = 0
    by_day: bool = False
    entries: Sequence[Entry] = field(default_factory=tuple)

    @property
    def part(self) -> int:
        """Principal of an instalment but the last."""
        return 0 if self.at_the_end else self.principal // self.instalments

    def with_entry(self, entry: Entry) -> Books:
        """The same, where something happens besides."""
        return replace(self, entries=(*self.entries, entry))

    def due(self, number: int) -> date:
        """The day of an instalment."""
        return months_later(self.made, number)

    def passed(self, day: date) -> int:
        """Due dates up to a day, those of the contract."""
        return sum(1 for number in range(1, self.instalments + 1) if self.due(number) <= day)

    def periods(self, day: date) -> Fraction:
        """Months up to a day or the last due date, a running one by its days."""
        k = self.passed(day)
        if k == self.instalments:
            return Fraction(k)
        return k + Fraction((day - self.due(k)).days, (self.due(k + 1) - self.due(k)).days)

    def scheduled(self, number: int) -> int:
        """Principal that the schedule has after an instalment."""
        return 0 if number == self.instalments else self.principal - self.part * number

    def scheduled_interest(self, number: int) -> Fraction:
        """The interest of an instalment by schedule."""
        return self.rate * self.scheduled(number - 1)

    def owed(self, day: date) -> int:
        """Principal after what happened up to and on a day."""
        happened = [one for one in self.entries if one.day <= day]
        return self.principal - sum(one.principal - one.capitalised for one in happened)

    def _by_day(self, day: date) -> Fraction:
        """Interest and fees that have come to be owed by a day, paid or not: of each day on what is owed on it."""
        days = sorted({self.made, day, *(one.day for one in self.entries if one.day < day)})
        came = (self.owed(one) * (self.periods(other) - self.periods(one)) for one, other in pairwise(days))
        return self.rate * sum(came, ZERO) + self.service_fee * self.passed(day)

    def _by_schedule(self, day: date) -> Fraction:
        """The same: of instalments due what the schedule has, and what runs on the principal of the day; what was capitalised
        bears interest from its day on."""
        fallen = (self.scheduled_interest(number) + self.service_fee for number in range(1, self.passed(day) + 1))
        added = [one for one in self.entries if one.capitalised and one.day <= day]
        on_added = sum((one.capitalised * (self.periods(day) - self.periods(one.day)) for one in added), ZERO)
        runs_on = self.owed(day) - sum(one.capitalised for one in added)
        return sum(fallen, ZERO) + self.rate * (runs_on * (self.periods(day) - self.passed(day)) + on_added)

    def came(self, day: date) -> Fraction:
        """Interest and fees that have come to be owed by a day, paid or not; what was waived is taken off."""
        came = self._by_day(day) if self.by_day else self._by_schedule(day)
        return came - sum((Fraction(one.waived) for one in self.entries if one.day <= day), ZERO)

    def unpaid(self, day: date) -> Fraction:
        """Interest and fees owed on a day."""
        paid = (one.interest + one.fees + one.capitalised for one in self.entries if one.day <= day)
        return self.came(day) - sum(paid, ZERO)

    def billed(self, day: date) -> int:
        """The same without what runs since the last due date, as a row has it."""
        return round(self.unpaid(day) - self.running(day))

    def running(self, day: date) -> Fraction:
        """What runs on the principal of a day since the last due date."""
        return self.rate * self.owed(day) * (self.periods(day) - self.passed(day))

    def received(self, day: date) -> int:
        """Interest and service fees received to date, without what was capitalised."""
        return round(sum((one.interest + one.fees for one in self.entries if one.day <= day), ZERO))

    def flow(self, number: int) -> Fraction:
        """What an instalment is, with its service fee."""
        repaid = self.scheduled(number - 1) - self.scheduled(number)
        return repaid + self.scheduled_interest(number) + self.service_fee

    @cached_property
    def effective(self) -> Fraction:
        """The rate a month at which the flows are worth what was paid out, by halving."""
        low, high = ZERO, Fraction(1, 2)
        for _ in range(80):
            middle = (low + high) / 2
            middle = Fraction(int(middle * 10**30), 10**30)
            low, high = (middle, high) if self._worth(middle, 0) > self.principal - self.fees else (low, middle)
        return low

    def _worth(self, rate: Fraction, k: int) -> Fraction:
        total = ZERO
        for number in range(self.instalments, k, -1):
            total = (total + self.flow(number)) / (1 + rate)
            total = Fraction(int(total * 10**20), 10**20)
        return total

    def deferred(self, day: date) -> Fraction:
        """What is deferred of one unit of principal on a day: what is left to come is worth so much less than the principal
        with its interest at the contract's rate."""
        k = self.passed(day)
        if k == self.instalments:
            return ZERO
        running = float(self.periods(day) - k)
        worth = float(self._worth(self.effective, k)) * float(1 + self.effective) ** running
        bare = self.scheduled(k) * float(1 + self.rate) ** running
        return Fraction((worth - bare) / self.scheduled(k)) if self.fees or self.service_fee else ZERO

    def earned(self, since: date, begins: date, until: date) -> Fraction:
        """Of each day of a default the rate on what is expected back of what is owed, of interest as far as it was owed when
        the month began; no more than the gross amount."""
        found = ZERO
        for number in range(40):
            first, following = months_later(since, number), months_later(since, number + 1)
            deferred = self.deferred(first)
            for day in (first + timedelta(count) for count in range((following - first).days)):
                if not begins <= day < until:
                    continue
                owed = self.owed(day)
                since_then = self.rate * owed * (self.periods(day) - self.periods(first))
                claim = owed + max(ZERO, self.unpaid(day) - since_then)
                gross = claim + (deferred * owed if day < self.due(self.instalments) else 0)
                found += self.effective * max(ZERO, min(claim * LEFT, gross)) / (following - first).days
        return found

    def taken(self, begins: date, until: date) -> Fraction:
        """What gross amounts take: what comes to be owed, less what was waived, and what is deferred less."""
        rise = self.deferred(until) * self.owed(until) - self.deferred(begins) * self.owed(begins)
        return self.came(until) - self.came(begins) + rise
