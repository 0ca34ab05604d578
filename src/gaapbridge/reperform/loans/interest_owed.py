"""An account of the interest that a borrower in default owes, from day to day.

It begins with what a row of the tape says is owed, takes what comes by day or by schedule, and gives what was paid. What is
then missing to the row of the state is interest paid on days that nothing tells or, above nil, billed otherwise than agreed: it
is spread evenly over the due dates. Of the two ways of billing the rows tell the one that leaves less unexplained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.exact import ONE, ZERO, Step
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.interest import accrued_interest
from gaapbridge.reperform.loans.interest_billed import ByDay, BySchedule, ways_of_billing
from gaapbridge.reperform.loans.owed import Owed
from gaapbridge.reperform.loans.told import Default, EqualSteps, Told, paid_at
from gaapbridge.reperform.schedule import Schedule


@dataclass(frozen=True, slots=True)
class InterestOwed:
    """The account from one day to another: `first` is owed as it begins, `billed` tells what comes, `paid` what was paid since
    it began, and `untold`, what no row or payment tells, is spread over `steps` or, without any, comes as it ends.

    On 300 at 1 % a month 6 are owed on 15 January, 4 are paid on 1 March, and on 15 April 20 are owed: 9 are of the contract,
    and 9 more were billed, 3 on each of three due dates.

    >>> from gaapbridge.reperform.loan import Paid, Payment
    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> grid, begins, ends = Grid.of(date(2022, 1, 15), date(2022, 2, 15), 36), date(2023, 1, 15), date(2023, 4, 15)
    >>> billed = ByDay(Owed(lambda _: Standing(Decimal(300), 0), frozenset()), grid, Decimal("0.01"))
    >>> paid, steps = Paid((Payment("A", date(2023, 3, 1), 0, 4),)), EqualSteps.between(grid, begins, ends)
    >>> account = InterestOwed(
    ...     billed, begins, ends, Decimal(6), lambda day: Decimal(paid.interest(begins, day)), Decimal(9), steps, Decimal(9))
    >>> [round(account.on(date(2023, month, 15)), 6) for month in (1, 2, 3, 4)]
    [Decimal('6.000000'), Decimal('12.000000'), Decimal('14.000000'), Decimal('20.000000')]
    >>> round(account.come(ends), 6)
    Decimal('24.000000')
    """

    billed: ByDay | BySchedule
    begins: date
    ends: date
    first: Decimal
    paid: Callable[[date], Decimal]
    untold: Decimal
    steps: EqualSteps
    unexplained: Decimal

    def come(self, day: date) -> Decimal:
        """G: what has come to be owed by a day, paid or not, in minor units."""
        share = ONE if day >= self.ends else self.steps.share(day)
        return self.first + self.billed.between(self.begins, day) + self.untold * share

    def on(self, day: date) -> Decimal:
        """I: what is owed on a day, its payments made, in minor units; below nil where more was paid."""
        return self.come(day) - self.paid(day)

    def begun(self, other: InterestOwed) -> tuple[Step, Step, Step]:
        """How it is billed, unlike the other way, how it begins, and what is missing to its end, for reading."""
        missing = "above nil billed otherwise than agreed, below nil paid on days not told"
        left = (f"{one.unexplained:,.2f} {one.billed.name}" for one in (self, other))
        return (
            Step("interest is billed", self.billed.name, "", f"left unexplained by the contract's rows: {', '.join(left)}"),
            Step(f"interest owed on {self.begins}", self.first, "", "by which the account of interest begins"),
            Step("interest that no row or payment tells", self.untold, "", missing),
        )


def interest_owed_in(
    told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid, opening: date
) -> tuple[InterestOwed, InterestOwed]:
    """The account of a default by the way of billing that its rows tell, by day where by schedule no whole minor unit less is
    left unexplained; then the other."""
    by_day, by_schedule = (
        _account(told, default, billed, schedule, opening) for billed in ways_of_billing(told, default, owed, schedule, grid)
    )
    if by_schedule.unexplained <= by_day.unexplained - ONE:
        return by_schedule, by_day
    return by_day, by_schedule


def interest_at_state(told: Told, schedule: Schedule, grid: Grid) -> Decimal:
    """The interest owed by the row of the state: billed and unpaid, and that of the running period."""
    return accrued_interest(told.row, schedule, grid.position(told.day))


def _account(told: Told, default: Default, billed: ByDay | BySchedule, schedule: Schedule, opening: date) -> InterestOwed:
    """The account by one way of billing: where payments tell interest up to the state, else up to the end of the default, and
    of one that was cured nothing is known then."""
    grid, owed = billed.grid, billed.owed
    begins, first = _begun(told, default, billed, schedule, opening)
    ends = told.day if owed.tells_interest else default.until
    none = EqualSteps.between(grid, begins, begins)
    account = InterestOwed(billed, begins, ends, first, _paid(told, default, owed, schedule, grid, begins), ZERO, none, ZERO)
    by_opening = not owed.tells_interest and told.before_in(default, opening) is not None
    behind = abs(first - billed.missed(begins)) if by_opening else ZERO
    if not default.lasts and not owed.tells_interest:
        return replace(account, unexplained=behind)
    paid = account.paid(told.last_day if owed.tells_interest else ends)
    untold = interest_at_state(told, schedule, grid) - (account.come(ends) - paid)
    steps = EqualSteps.going_on(grid, begins, ends, after_the_last=untold > ZERO)
    account = replace(account, untold=untold, steps=steps, unexplained=behind if by_opening else abs(untold))
    received = None if owed.tells_interest else told.interest_received_in(default, opening)
    if received is None:
        return account
    fees = told.service_fees_since(grid, owed.on(default.begins).paid)
    return replace(account, unexplained=abs(untold + received - fees - paid))


def _paid(told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid, begins: date) -> Callable[[date], Decimal]:
    """The interest paid from the beginning up to a day: by the payments that tell it, else with the instalments paid, on the
    day of the state those of its row."""
    if owed.tells_interest:
        return lambda day: Decimal(owed.payments.interest(begins, day))
    first = owed.on(default.begins).paid
    last = max(first, paid_at(grid, told.row, told.day))

    def with_instalments(day: date) -> Decimal:
        paid = last if default.lasts and day >= default.until else owed.on(day).paid
        return owed.scheduled_interest(schedule, grid, first, paid)

    return with_instalments


def _begun(told: Told, default: Default, billed: ByDay | BySchedule, schedule: Schedule, opening: date) -> tuple[date, Decimal]:
    """The day on which the account begins, and what is owed then.

    Of a default that nothing tells of before its first day that is what the instalments missed carry; but where the row of the
    state has no more of them paid, no more than leads to what that row owes, as interest may be paid alone.
    """
    grid, owed = billed.grid, billed.owed
    if told.before is not None and (owed.tells_interest or default.since <= opening):
        return opening, accrued_interest(told.before, schedule, grid.position(opening))
    if owed.tells_interest:
        return told.row.origination_date, ZERO
    nothing_paid = billed.missed(default.begins)
    if not default.lasts or paid_at(grid, told.row, told.day) > owed.on(default.begins).paid:
        return default.begins, nothing_paid
    left = interest_at_state(told, schedule, grid) - billed.between(default.begins, default.until)
    return default.begins, min(nothing_paid, max(ZERO, left))
