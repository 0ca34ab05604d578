"""A loan, a guarantee and its fees worked out slowly and exactly, in fractions: what the simulator is compared with."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]


def months_later(day: date, months: int, anchor_day: int | None = None) -> date:
    """The same (or the anchor) day some months later, clamped to the end of the month."""
    month = day.year * 12 + day.month - 1 + months
    year, place = divmod(month, 12)
    return date(year, place + 1, min(anchor_day or day.day, calendar.monthrange(year, place + 1)[1]))


def half_away(amount: Fraction) -> int:
    """Rounded to whole fen; no amount here is negative."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


@dataclass(frozen=True)
class Loan:
    """Contract schedule of one tape row: balances and cumulative interest after each instalment, exact."""

    row: Row
    balance: list[Fraction]
    interest: list[Fraction]

    @property
    def term(self) -> int:
        return int(self.row["term_instalments"])

    def due_date(self, instalment: int) -> date:
        """Due date of an instalment; origination for 0; monthly after maturity."""
        first: date = self.row["first_payment_date"]
        if instalment < 1:
            origination: date = self.row["origination_date"]
            return origination
        return months_later(first, instalment - 1, first.day)

    def due_at(self, moment: date) -> int:
        """Instalments fallen due, at most all of them."""
        return sum(self.due_date(j) <= moment for j in range(1, self.term + 1))

    def paid_at(self, moment: date) -> int:
        """Instalments paid, from the days past due: with none, everything that fell due before today or by today.

        The days of a loan settled today may be those of the evening before.
        """
        days = int(self.row["days_past_due"])
        oldest = moment.toordinal() - days
        first = oldest - 1 if self.row["status"] == "matured" else oldest
        for j in range(1, self.term + 1):
            late = days > 0 or int(self.row["billed_unpaid_interest_minor"]) > 0
            if first <= self.due_date(j).toordinal() <= oldest and late:
                return j - 1
        assert days == 0
        return self.due_at(moment)

    def stub(self, moment: date) -> Fraction:
        """Part of a period elapsed since the last due date, in periods; nil after the last instalment."""
        due = self.due_at(moment)
        if due >= self.term:
            return Fraction(0)
        start, end = self.due_date(due), self.due_date(due + 1)
        return Fraction((moment - start).days, (end - start).days) * (first_length(self.row) if due == 0 else 1)


def first_length(row: Row) -> Fraction:
    """Length of the first period: one, or its own day fraction."""
    first, origination = row["first_payment_date"], row["origination_date"]
    if first == months_later(origination, 1):
        return Fraction(1)
    return Fraction((first - origination).days, (first - months_later(first, -1)).days)


def loan_of(row: Row) -> Loan:
    """Amortise one contract as its terms say."""
    principal, n = Fraction(row["principal_minor"]), int(row["term_instalments"])
    rate, kind = rate_of(row), row["repayment_type"]
    part = Fraction(half_away(principal / n))
    if row["instalment_minor"] is not None:
        level = Fraction(row["instalment_minor"])
    elif rate:
        level = Fraction(half_away(principal * rate / (1 - (1 + rate) ** -n)))
    else:
        level = part
    balance, interest = [principal], [Fraction(0)]
    for j in range(1, n + 1):
        before = balance[-1]
        due = before * rate * (first_length(row) if j == 1 else 1)
        paid = {"level": min(level - due, before), "bullet": Fraction(0)}.get(kind, min(part, before))
        balance.append(Fraction(0) if j == n else before - paid)
        interest.append(interest[-1] + due)
    return Loan(row, balance, interest)


def rate_of(row: Row) -> Fraction:
    """Contract rate a month, from the decimal the tape shows."""
    return Fraction(str(row["annual_rate"])) / 12


@dataclass(frozen=True)
class Guarantee:
    """A guarantee and its fee instalments at one moment, measured as ASC 460 has it, with fees accreted pro rata."""

    row: Row
    fees: list[Row]
    moment: date

    @property
    def total(self) -> int:
        """Sum of all fees."""
        return sum(fee["fee_minor"] for fee in self.fees)

    @property
    def fair_value(self) -> int:
        """Fair value at inception."""
        stated = self.row["stand_ready_minor"]
        return self.total if stated is None else int(stated)

    @property
    def collected(self) -> int:
        """Fees collected to date."""
        return sum(fee["collected_minor"] for fee in self.fees)

    @property
    def let_off(self) -> int:
        """Fees written off to date."""
        return sum(fee["written_off_minor"] for fee in self.fees)

    @property
    def receivable(self) -> int:
        """Fees still receivable, at fair value."""
        return half_away(Fraction(self.fair_value * (self.total - self.collected - self.let_off), self.total))

    @property
    def receivable_non_current(self) -> int:
        """The part of it due after a year."""
        left = self.total - self.collected - self.let_off
        year_on = months_later(self.moment, 12)
        later = sum(
            fee["fee_minor"] - fee["collected_minor"] - fee["written_off_minor"]
            for fee in self.fees
            if fee["due_date"] > year_on
        )
        return half_away(Fraction(self.receivable * later, left)) if left else 0

    @property
    def written_off(self) -> int:
        """Fees written off to date, at fair value."""
        return half_away(Fraction(self.fair_value * self.let_off, self.total))

    @property
    def accretion(self) -> int:
        """Collections above fair value to date."""
        return self.collected - (self.fair_value - self.receivable - self.written_off)

    @property
    def stand_ready(self) -> int:
        """Fair value less its straight-line release."""
        start = self.row["origination_date"]
        days = (self.row["maturity_date"] - start).days
        elapsed = min(max((self.moment - start).days, 0), days)
        return self.fair_value - half_away(Fraction(self.fair_value * elapsed, days))
