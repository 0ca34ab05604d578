"""Revenue of a loan in default worked out slowly, day by day, from its contract and its cash (IFRS 9 5.4.1(b), B5.4.1-B5.4.7).

The effective rate is found by bisection on the flows expected at origination. What is deferred is their value at that rate less
the balance of the schedule. Interest comes to be owed as the lender bills it, and each payment is off on its day. Revenue of a
day is the rate on what is recovered of what was owed when the month of default began, as far as it still is; but never on more
than that with what is deferred. Decimals of 28 digits throughout, rounded once, at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Literal

from tests.simulation.by_hand import months_later

DAY = timedelta(days=1)
NIL = Decimal(0)


@dataclass(frozen=True)
class Payment:
    """Cash of a day, minor units."""

    day: date
    principal: int | Decimal
    interest: int | Decimal
    fees: int = 0


@dataclass(frozen=True)
class Contract:
    """A loan paid out a month before its first due date: ``kind`` is level, bullet, or one of equal parts of principal.

    ``prepaid`` are single monthly mortalities by month on book, the last one for all later months.
    """

    principal: int
    annual_rate: str
    term: int
    origination: date
    kind: str = "level"
    fees: int = 0
    costs: int = 0
    service_fee: int = 0
    prepaid: tuple[str, ...] = ("0",)

    @property
    def monthly(self) -> Decimal:
        return Decimal(self.annual_rate) / 12

    def due(self, number: int) -> date:
        """Due date of an instalment, going on by months after the last; origination for 0."""
        return months_later(self.origination, number)

    def due_by(self, day: date) -> int:
        """Due dates up to and on a day, going on after the last."""
        months = 12 * (day.year - self.origination.year) + day.month - self.origination.month
        return max(0, months if self.due(months) <= day else months - 1)

    def running(self, day: date) -> Decimal:
        """Part of a period since the last due date; nil when the last instalment has fallen due."""
        number = self.due_by(day)
        start, end = self.due(number), self.due(number + 1)
        return NIL if number >= self.term else Decimal((day - start).days) / (end - start).days

    @cached_property
    def balances(self) -> tuple[Decimal, ...]:
        """Principal after each instalment."""
        found, rate = [Decimal(self.principal)], self.monthly
        part = _whole(found[0] / self.term)
        level = _whole(found[0] * rate / (1 - (1 + rate) ** -self.term)) if rate else part
        for number in range(1, self.term + 1):
            repaid = {"level": level - found[-1] * rate, "bullet": NIL}.get(self.kind, part)
            found.append(NIL if number == self.term else found[-1] - repaid)
        return tuple(found)

    @cached_property
    def interest(self) -> tuple[Decimal, ...]:
        """Interest of each instalment, nil for 0."""
        return (NIL, *(before * self.monthly for before in self.balances[:-1]))

    def worth(self, rate: Decimal, after: int = 0) -> Decimal:
        """What is expected after an instalment, at a rate a period: who is still there pays the instalment and the service fee,
        and a share of them all the rest."""
        found = NIL
        for number in range(self.term, after, -1):
            share = Decimal(self.prepaid[min(number, len(self.prepaid)) - 1])
            repaid = self.balances[number - 1] - self.balances[number]
            cash = repaid + self.interest[number] + self.service_fee
            found = (cash + share * self.balances[number] + (1 - share) * found) / (1 + rate)
        return found

    @cached_property
    def rate(self) -> Decimal:
        """Effective rate a period: what is expected is then worth the principal less fees, with costs."""
        low, high, paid_out = Decimal("-0.5"), Decimal(1), self.principal - self.fees + self.costs
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if self.worth(middle) > paid_out else (low, middle)
        return low

    def deferral(self, day: date) -> Decimal:
        """What is deferred for each minor unit of principal; nil when the last instalment has fallen due."""
        number, running = self.due_by(day), self.running(day)
        if number >= self.term:
            return NIL
        bare = self.balances[number] * (1 + self.monthly) ** running
        return (self.worth(self.rate, number) * (1 + self.rate) ** running - bare) / self.balances[number]


@dataclass(frozen=True)
class InDefault:
    """A contract in default from ``since`` up to ``until``, and all that was ``paid`` since origination.

    ``settled``: it left, or was cured, on that day, whose payment is of what was owed the moment before. ``lost`` is the share
    lost by the first day of a month of default and its number. ``billed``: interest of each instalment as billed; else that of
    each day on the principal of the day. ``bills_on``: past the last due date that of each day goes on, or with each due date a
    month's interest on the principal of the day before; ``on_rate`` times as much as agreed.
    ``bills_fees``: a service fee is owed from the due date of its instalment on, in what is owed of interest; else it is owed
    when it is paid.
    """

    contract: Contract
    paid: Sequence[Payment]
    since: date
    until: date
    lost: Callable[[date, int], Decimal]
    settled: bool = False
    billed: Sequence[int | Decimal] = ()
    bills_on: Literal["", "by day", "by due dates"] = ""
    on_rate: Decimal = Decimal(1)
    bills_fees: bool = False

    def principal(self, day: date) -> Decimal:
        """What is owed of it at the end of a day, or the moment before it was settled."""
        return Decimal(self.contract.principal - sum(one.principal for one in self._until(day)))

    def interest(self, day: date) -> Decimal:
        """What is owed of it at the end of a day, or the moment before it was settled."""
        fees = sum(one.fees for one in self._until(day)) if self.bills_fees else 0
        return self._come(day) + self._fees_due(day) - sum(one.interest for one in self._until(day)) - fees

    def taken(self, first: date, last: date) -> Decimal:
        """What gross amounts take from one day in default to another: what they rise by, and what was paid of it, to the end of
        the last day. What is paid to end a default reverses losses: it is no revenue of the days after. Nothing is owed of a
        contract that was repaid: what it did not pay was waived, and what it paid beyond what it owed came with it."""
        begun = self.interest(first) + self.principal(first) * self.contract.deferral(first)
        ends = self.settled and last >= self.until
        if ends and self._left(last):
            return replace(self, settled=False).taken(first, last)
        all_paid = [one for one in self.paid if first < one.day <= last]
        paid = all_paid if ends else [one for one in self._until(last) if one.day > first]
        fees = sum(one.fees for one in (paid if self.bills_fees else all_paid))
        gross = NIL if ends else self.interest(last) + self._left(last) * self.contract.deferral(last)
        return gross - begun + sum(one.interest for one in paid) + fees

    def _left(self, day: date) -> Decimal:
        """Principal at the end of a day, all of its payments made."""
        return Decimal(self.contract.principal - sum(one.principal for one in self.paid if one.day <= day))

    def revenue(self, first: date, last: date) -> Decimal:
        """The effective rate on the net amount of every day from one in default up to another."""
        return self._revenue(first, last, lambda day: (self.principal(day), self.interest(day)))

    def bounds(self, first: date, last: date) -> tuple[Decimal, Decimal]:
        """Revenue where the rows of two days alone are known, at both ends: all that was paid between was paid on the first, or
        on the second."""
        most, least, rate = self.principal(first), self.principal(last), self.contract.monthly
        begun, left = self.interest(first), self.interest(last)

        def since(day: date) -> Decimal:
            return begun + most * rate * self._billed_periods(first, day) + self._fees_due(day) - self._fees_due(first)

        def until(day: date) -> Decimal:
            return left - least * rate * self._billed_periods(day, last) - self._fees_due(last) + self._fees_due(day)

        unpaid = self._revenue(first, last, lambda day: (most, since(day)))
        paid = self._revenue(first, last, lambda day: (least, max(NIL, until(day))))
        return paid, unpaid

    def apart(self, first: date, last: date, *, received_is_told: bool) -> Decimal:
        """By how much what is not revenue may differ between the two. Unless interest received is told, the contract takes less
        too where principal was repaid on the first day."""
        paid, unpaid = self.bounds(first, last)
        repaid = self.principal(first) - self.principal(last)
        taken = NIL if received_is_told else repaid * self.contract.monthly * self._billed_periods(first, last)
        return abs(taken - (unpaid - paid))

    def not_revenue(self, opening: date, closing: date) -> int:
        """What a period leaves out of what gross amounts take, rounded."""
        first, last = max(self.since, opening), min(self.until, closing)
        return int(_whole(self.taken(first, last) - self.revenue(first, last)))

    def _until(self, day: date) -> list[Payment]:
        return [one for one in self.paid if one.day < day or (one.day == day and not (self.settled and day == self.until))]

    def _come(self, day: date) -> Decimal:
        """Interest that has come to be owed since origination, paid or not."""
        contract, later = self.contract, self.on_rate * self._past_last_due(day)
        if not self.billed:
            return later + self._until_day(min(day, contract.due(contract.term)))
        due = min(contract.due_by(day), contract.term)
        runs = self.principal(day) * contract.monthly * contract.running(day)
        return later + sum(map(Decimal, self.billed[: due + 1])) + runs

    def _past_last_due(self, day: date) -> Decimal:
        """Interest of the months since the last due date, as the lender bills it on."""
        contract = self.contract
        if self.bills_on == "by day":
            return self._until_day(day) - self._until_day(min(day, contract.due(contract.term)))
        after = range(contract.term + 1, contract.due_by(day) + 1) if self.bills_on else ()
        return sum((self.principal(contract.due(number) - DAY) * contract.monthly for number in after), NIL)

    def _until_day(self, day: date) -> Decimal:
        return self._by_day[(day - self.contract.origination).days]

    def _fees_due(self, day: date) -> int:
        """Service fees billed since origination, paid or not."""
        return self.contract.service_fee * min(self.contract.due_by(day), self.contract.term) if self.bills_fees else 0

    @cached_property
    def _by_day(self) -> list[Decimal]:
        """Interest of all days from origination up to each, on what is owed of principal after what was paid on the day before
        it runs."""
        contract, found = self.contract, [NIL]
        until = max(contract.due(contract.term), self.until)
        for day in (contract.origination + DAY * number for number in range((until - contract.origination).days)):
            number = contract.due_by(day)
            days = (contract.due(number + 1) - contract.due(number)).days
            owed = contract.principal - sum(one.principal for one in self.paid if one.day <= day)
            found.append(found[-1] + owed * contract.monthly / days)
        return found

    def _revenue(self, first: date, last: date, owed: Callable[[date], tuple[Decimal, Decimal]]) -> Decimal:
        days = (first + DAY * number for number in range((last - first).days))
        return self.contract.rate * sum((self._net(day, *owed(day)) for day in days), NIL)

    def _net(self, day: date, principal: Decimal, interest: Decimal) -> Decimal:
        """Net amount of a day over the days of its month of default: what is recovered of what is owed, or all of the gross
        amount where that is less (B5.5.33). Interest of the month itself brings none in it."""
        month = next(number for number in range(200) if months_later(self.since, number + 1) > day)
        begins, next_begins = (months_later(self.since, later) for later in (month, month + 1))
        of_month = principal * self.contract.monthly * self._periods(begins, day)
        owed = principal + max(interest - of_month, NIL)
        deferral = NIL if self.contract.due_by(day) >= self.contract.term else self.contract.deferral(begins)
        recovered, gross = owed * (1 - self.lost(begins, month)), owed + principal * deferral
        return max(min(recovered, gross), NIL) / (next_begins - begins).days

    def _billed_periods(self, first: date, last: date) -> Decimal:
        """The same with those past the last due date, as the lender bills on."""
        contract, found = self.contract, self._periods(first, last)
        for sign, day in ((-1, first), (1, last)):
            months, start = contract.due_by(day) - contract.term, contract.due(contract.due_by(day))
            if months >= 0 and self.bills_on:
                whole_month = contract.due(contract.due_by(day) + 1) - start
                part = Decimal((day - start).days) / whole_month.days if self.bills_on == "by day" else NIL
                found += sign * (months + part)
        return found

    def _periods(self, first: date, last: date) -> Decimal:
        """Periods between two days, none after the last due date."""
        at = [min(self.contract.due_by(day), self.contract.term) + self.contract.running(day) for day in (first, last)]
        return at[1] - at[0]


def _whole(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1), ROUND_HALF_UP)
