"""An account of the interest that a borrower in default owes, from day to day.

It begins with what a row of the tape says is owed, takes what the contract brings on the principal outstanding each day, up to
the last due date, and gives what the payments say was paid. What is then missing to the row of the state is interest paid on
days that nothing tells or, above nil, billed otherwise than agreed: it is spread evenly over the due dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from gaapbridge.reperform.exact import ZERO, Step
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.interest import accrued_interest
from gaapbridge.reperform.loans.owed import Owed
from gaapbridge.reperform.loans.told import Default, EqualSteps, Told, paid_at
from gaapbridge.reperform.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Brought:
    """What the contract brings of interest on the principal of each day: i x the sum of P x periods, in minor units.

    A bullet of 300 at 1 % a month of which 100 are repaid with the second instalment, the last of three due on 15 April:

    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> repaid, grid = date(2023, 3, 15), Grid.of(date(2023, 1, 15), date(2023, 2, 15), 3)
    >>> owed = Owed(lambda day: Standing(Decimal(300 if day < repaid else 200), 0), frozenset({repaid}))
    >>> Brought(owed, grid, Decimal("0.01")).between(date(2023, 1, 15), date(2023, 9, 1))
    Decimal('8.00')
    """

    owed: Owed
    grid: Grid
    rate: Decimal

    def between(self, begins: date, ends: date) -> Decimal:
        """From one day to another."""
        cuts = (day for day in self.owed.days if begins < day < ends)
        parts = pairwise(sorted({begins, ends, *cuts}))
        return sum((self.on(self.owed.on(start).principal, start, end) for start, end in parts), ZERO)

    def on(self, principal: Decimal, begins: date, ends: date) -> Decimal:
        """The same on one principal."""
        return self.rate * principal * (self.grid.periods(ends) - self.grid.periods(begins))


@dataclass(frozen=True, slots=True)
class InterestOwed:
    """The account: begun on a day with an amount, and `untold` what no row or payment tells of it, spread over `steps`.

    On 300 at 1 % a month 6 are owed on 15 January, 4 are paid on 1 March, and on 15 April 20 are owed: 9 are of the contract,
    and 9 more were billed, 3 on each of three due dates.

    >>> from gaapbridge.reperform.loan import Paid, Payment
    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> grid, begins, ends = Grid.of(date(2022, 1, 15), date(2022, 2, 15), 36), date(2023, 1, 15), date(2023, 4, 15)
    >>> owed = Owed(lambda _: Standing(Decimal(300), 0), frozenset(), Paid((Payment("A", date(2023, 3, 1), 0, 4),)))
    >>> account = InterestOwed(
    ...     Brought(owed, grid, Decimal("0.01")), begins, Decimal(6), Decimal(9), EqualSteps.between(grid, begins, ends))
    >>> [round(account.on(date(2023, month, 15)), 6) for month in (1, 2, 3, 4)]
    [Decimal('6.000000'), Decimal('12.000000'), Decimal('14.000000'), Decimal('20.000000')]
    >>> round(account.untold_after(date(2023, 2, 15)), 6)
    Decimal('6.000000')
    """

    brought: Brought
    begins: date
    first: Decimal
    untold: Decimal
    steps: EqualSteps

    @property
    def days(self) -> frozenset[date]:
        """The days on which it changes otherwise than by what the contract brings."""
        paid = self.brought.owed.payments.days
        return paid | self.steps.days if self.untold else paid

    def on(self, day: date) -> Decimal:
        """What is owed on a day, its payments made, in minor units; below nil where more was paid."""
        told = self.first + self.brought.between(self.begins, day) - self.brought.owed.payments.interest(self.begins, day)
        return told + self.untold * self.steps.share(day)

    def untold_after(self, day: date) -> Decimal:
        """The part of the untold that is spread over days after one, in minor units."""
        return self.untold - self.untold * self.steps.share(day)

    def begun(self) -> tuple[Step, Step]:
        """How it begins, and what is missing to its end, for reading."""
        missing = "above nil billed otherwise than agreed, below nil paid on days not told"
        return (
            Step(f"interest owed on {self.begins}", self.first, "", "by which the account of interest begins"),
            Step("interest that no row or payment tells", self.untold, "", missing),
        )


def interest_owed_in(told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid, opening: date) -> InterestOwed:
    """The account of a default, from the opening or the origination on where that is known, else from its first day in the
    period on; of one that was cured nothing is known at its end."""
    brought = Brought(owed, grid, schedule.rate)
    begins, first = _begun(told, default, brought, schedule, opening)
    untold = ZERO
    if default.lasts:
        paid = owed.payments.interest(begins, told.last_day_paid(default))
        untold = interest_at_state(told, schedule, grid) - (first + brought.between(begins, default.until) - paid)
    steps = EqualSteps.going_on(grid, begins, default.until, after_the_last=untold > ZERO)
    return InterestOwed(brought, begins, first, untold, steps)


def interest_at_state(told: Told, schedule: Schedule, grid: Grid) -> Decimal:
    """The interest owed by the row of the state: billed and unpaid, and that of the running period."""
    return accrued_interest(told.row, schedule, grid.position(told.day))


def _begun(told: Told, default: Default, brought: Brought, schedule: Schedule, opening: date) -> tuple[date, Decimal]:
    """The day on which the account begins, and what is owed then.

    Of a default that nothing tells of before its first day that is all since the instalments paid; but where the row of the
    state has no more of them paid, no more than leads to what that row owes, as interest may be paid alone.
    """
    grid, owed = brought.grid, brought.owed
    if told.before is not None and (owed.by_payments or default.since <= opening):
        return opening, accrued_interest(told.before, schedule, grid.position(opening))
    if owed.by_payments:
        return told.row.origination_date, ZERO
    principal, paid = owed.on(default.begins)
    nothing_paid = brought.on(principal, grid.due(paid), default.begins)
    if not default.lasts or paid_at(grid, told.row, told.day) > paid:
        return default.begins, nothing_paid
    left = interest_at_state(told, schedule, grid) - brought.between(default.begins, default.until)
    return default.begins, min(nothing_paid, max(ZERO, left))
