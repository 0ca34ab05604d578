"""Rates of tax by the day of their enactment, and what a difference that reverses over years is taxed at."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product
from typing import Protocol

MOST_YEARS = 50
"""Years over which a difference may reverse: longer than any contract of a tape."""


class TaxRate(Protocol):
    """A rate of tax with the day it was enacted and the first day of the years it applies to."""

    @property
    def enacted(self) -> date | None: ...
    @property
    def from_(self) -> date: ...
    @property
    def rate(self) -> Decimal: ...


def known_at(rates: Sequence[TaxRate], instant: date) -> list[TaxRate]:
    """What is known of rates at an instant: what was enacted by its end (IAS 12.47; 740-10-30-8)."""
    return [one for one in rates if one.enacted is not None and one.enacted <= instant]


def rate_on(rates: Sequence[TaxRate], day: date) -> Fraction:
    """The rate that applies to a day, of those known: the latest that has begun; of two from one day, that enacted later."""
    begun = [one for one in rates if one.from_ <= day]
    return Fraction(max(begun, key=lambda one: (one.from_, one.enacted or date.min)).rate)


def rate_of_reversal(
    rates: Sequence[TaxRate], reverses: Sequence[Decimal], instant: date, known_on: date | None = None
) -> Fraction:
    """The rate of a difference of which these shares reverse in the first, second and each further twelve months.

    Each share at the rate known at the instant for its twelve months, by days where a rate changes within them: a difference
    is taken to reverse evenly. 70 % of it at 25 % and 30 % at 20 % are 23.5 %. ``known_on`` is an earlier day than the instant
    whose law it is to be.
    """
    known, years = known_at(rates, known_on or instant), pairwise(_year_starts(day_after(instant), len(reverses)))
    parts = (Fraction(share) * _mean(known, *year) for share, year in zip(reverses, years, strict=True))
    return sum(parts, Fraction(0))


def wrong_rates(rates: Sequence[TaxRate], reverses: Sequence[Decimal] | None, *, as_enacted: bool) -> str | None:
    """What is wrong with rates and years of reversal as stated, and after "; " what to do; None where nothing is."""
    if not as_enacted:
        if reverses is not None or any(one.enacted for one in rates):
            rule = "a group's effective rate is not enacted and knows no years of reversal"
            return f'{rule}; leave out reverses and enacted, or state basis = "enacted"'
    elif any(one.enacted is None for one in rates):
        return (
            "a rate states the day it was enacted (740-10-30-8), or substantively enacted (IAS 12.47); write, for example, "
            "{ enacted = 2007-03-16, from = 2008-01-01, rate = 0.25 }: known from enacted on, for the years from from on"
        )
    elif reverses is None or sum(reverses) != 1 or len(reverses) > MOST_YEARS:
        return (
            "the shares of the difference that reverse in the first, the second and each further twelve months after the "
            f"balance date add up to 1, over at most {MOST_YEARS}; write reverses = [1.0] where all does within a year, "
            "or, for example, [0.7, 0.3]"
        )
    if len({(one.from_, one.enacted) for one in rates}) < len(rates):
        return "two rates are of the same days; leave one"
    return _left_open(rates)


def _left_open(rates: Sequence[TaxRate]) -> str | None:
    """A rate, and a later law with an earlier start that says nothing of its years: has it repealed it?"""
    dated = [(one.enacted, one) for one in rates if one.enacted is not None]
    for (enacted, one), (passed, law) in product(dated, dated):
        said_again = any(again.from_ == one.from_ and day >= passed for day, again in dated)
        if enacted < passed and law.from_ < one.from_ and not said_again:
            return (
                f"the law of {passed}, with a rate from {law.from_} on, leaves open whether that enacted on {enacted} for the "
                f"years from {one.from_} on still holds; state the rate from {one.from_} on again, with enacted = {passed}"
            )
    return None


def day_after(day: date) -> date:
    """The first day of the years in which what stands at the end of a day reverses."""
    return day + timedelta(days=1)


def day_before(day: date) -> date:
    """The last day at whose end what stood before a day stands."""
    return day - timedelta(days=1)


def _mean(known: Sequence[TaxRate], start: date, end: date) -> Fraction:
    """The rate from one day to the day before another, each day counting alike."""
    changes = sorted({start, end, *(one.from_ for one in known if start < one.from_ < end)})
    weighted = ((until - day).days * rate_on(known, day) for day, until in pairwise(changes))
    return sum(weighted, Fraction(0)) / (end - start).days


def _year_starts(day: date, years: int) -> Iterator[date]:
    """A day, and the same day of each of the years after it; 29 February is 1 March of other years.

    >>> [str(start) for start in _year_starts(date(2024, 2, 29), 2)]
    ['2024-02-29', '2025-03-01', '2026-03-01']
    """
    for year in range(day.year, day.year + years + 1):
        leap = (day.month, day.day) == (2, 29) and not isleap(year)
        yield date(year, 3, 1) if leap else day.replace(year=year)
