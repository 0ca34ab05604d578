"""An account of the interest that a borrower in default owes, from day to day.

It begins with what a row of the tape says is owed, takes what comes by day or by schedule, and gives what was paid. Service
fees that a lender bills are in it from their due date on. What is then missing to the row of the state is interest paid on days
that nothing tells or, above nil, billed otherwise than agreed: it is spread evenly over the due dates. Of the ways of billing
the rows tell the one that leaves least unexplained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.exact import ONE, ZERO, Step
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.interest import accrued_interest
from gaapbridge.reperform.loans.interest_billed import Billed, ways_of_billing
from gaapbridge.reperform.loans.owed import Owed
from gaapbridge.reperform.loans.told import Default, EqualSteps, Told, paid_at
from gaapbridge.reperform.schedule import Schedule


@dataclass(frozen=True, slots=True)
class InterestOwed:
    """The account from one day to another: `first` is owed as it begins, `billed` tells what comes, `paid` what was paid since
    it began, and `untold`, what no row or payment tells, is spread over `steps` or, without any, comes as it ends. Of one that
    was there at the opening, `off_at_opening` is by how much its row differs from what the instalments missed carry.

    On 300 at 1 % a month 6 are owed on 15 January, 4 are paid on 1 March, and on 15 April 20 are owed: 9 are of the contract,
    and 9 more were billed, 3 on each of three due dates.

    >>> from gaapbridge.reperform.loan import Paid, Payment
    >>> from gaapbridge.reperform.loans.interest_billed import ByDay
    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> grid, begins, ends = Grid.of(date(2022, 1, 15), date(2022, 2, 15), 36), date(2023, 1, 15), date(2023, 4, 15)
    >>> billed = Billed(ByDay(Owed(lambda _: Standing(Decimal(300), 0), frozenset()), grid, Decimal("0.01")))
    >>> paid, steps = Paid((Payment("A", date(2023, 3, 1), 0, 4),)), EqualSteps.between(grid, begins, ends)
    >>> account = InterestOwed(
    ...     billed, begins, ends, Decimal(6), lambda day: Decimal(paid.interest(begins, day)), Decimal(9), steps, Decimal(9))
    >>> [round(account.on(date(2023, month, 15)), 6) for month in (1, 2, 3, 4)]
    [Decimal('6.000000'), Decimal('12.000000'), Decimal('14.000000'), Decimal('20.000000')]
    >>> round(account.come(ends), 6)
    Decimal('24.000000')
    """

    billed: Billed
    begins: date
    ends: date
    first: Decimal
    paid: Callable[[date], Decimal]
    untold: Decimal
    steps: EqualSteps
    unexplained: Decimal
    off_at_opening: Decimal = ZERO

    def come(self, day: date) -> Decimal:
        """G: what has come to be owed by a day, paid or not, in minor units."""
        share = ONE if day >= self.ends else self.steps.share(day)
        return self.first + self.billed.between(self.begins, day) + self.untold * share

    def on(self, day: date) -> Decimal:
        """I: what is owed on a day, its payments made, in minor units; below nil where more was paid."""
        return self.come(day) - self.paid(day)

    def begun(self, others: Sequence[InterestOwed]) -> tuple[Step, Step, Step]:
        """How it is billed, unlike the other ways, how it begins, and what is missing to its end, for reading."""
        missing = "above nil billed otherwise than agreed, below nil paid on days not told"
        left = (f"{one.unexplained:,.2f} {one.billed.name}" for one in (self, *others))
        return (
            Step("interest is billed", self.billed.name, "", f"left unexplained by the contract's rows: {', '.join(left)}"),
            Step(f"interest owed on {self.begins}", self.first, "", "by which the account of interest begins"),
            Step("interest that no row or payment tells", self.untold, "", missing),
        )


def interest_owed_in(
    told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid, opening: date
) -> tuple[InterestOwed, tuple[InterestOwed, ...]]:
    """The account of a default by the way of billing that its rows tell; then those of the other ways.

    By day where by schedule no whole minor unit less is left unexplained. With service fees billed where that leaves so much
    less, or where it leaves about as much and is so much nearer to what the row of the opening had as owed.
    """
    ways = ways_of_billing(told, default, owed, schedule, grid)
    accounts = [_account(told, default, way, schedule, opening) for way in ways]
    apart, *billed = (_by_day_or_schedule(*accounts[first : first + 2]) for first in range(0, len(accounts), 2))
    taken = apart
    if billed and _is_nearer(billed[0], apart):
        taken = billed[0]
    return taken, tuple(account for account in accounts if account is not taken)


def _by_day_or_schedule(by_day: InterestOwed, by_schedule: InterestOwed) -> InterestOwed:
    return by_schedule if by_schedule.unexplained <= by_day.unexplained - ONE else by_day


def _is_nearer(billed: InterestOwed, apart: InterestOwed) -> bool:
    """Whether the rows are told better with service fees billed than with them apart."""
    less = apart.unexplained - billed.unexplained
    return less >= ONE or (less > -ONE and billed.off_at_opening <= apart.off_at_opening - ONE)


def interest_at_state(told: Told, schedule: Schedule, grid: Grid) -> Decimal:
    """The interest owed by the row of the state: billed and unpaid, and that of the running period."""
    return accrued_interest(told.row, schedule, grid.position(told.day))


def _account(told: Told, default: Default, billed: Billed, schedule: Schedule, opening: date) -> InterestOwed:
    """The account by one way of billing: where payments tell interest up to the state, else up to the end of the default, and
    of one that was cured nothing is known then."""
    grid, owed = billed.grid, billed.owed
    begins, first = _begun(told, default, billed, schedule, opening)
    ends = told.day if owed.tells_interest else default.until
    none = EqualSteps.between(grid, begins, begins)
    account = InterestOwed(billed, begins, ends, first, _paid(told, default, billed, schedule, begins), ZERO, none, ZERO)
    was_there = told.before_in(default, opening) is not None
    behind = abs(first - billed.missed(begins)) if was_there else ZERO
    account, by_opening = replace(account, off_at_opening=behind), was_there and not owed.tells_interest
    if not default.lasts and not owed.tells_interest:
        return replace(account, unexplained=behind)  # nil of one that began since
    paid = account.paid(told.last_day if owed.tells_interest else ends)
    untold = interest_at_state(told, schedule, grid) - (account.come(ends) - paid)
    steps = EqualSteps.going_on(grid, begins, ends, after_the_last=untold > ZERO)
    account = replace(account, untold=untold, steps=steps, unexplained=behind if by_opening else abs(untold))
    received = None if owed.tells_interest else told.interest_received_in(default, opening)
    if received is None:
        return account
    apart = told.row.service_fee_minor - billed.service_fee_minor
    fees = apart * told.instalments_since(grid, owed.on(default.begins).paid)
    return replace(account, unexplained=abs(untold + received - fees - paid))


def _paid(told: Told, default: Default, billed: Billed, schedule: Schedule, begins: date) -> Callable[[date], Decimal]:
    """The interest paid from the beginning up to a day, with service fees where they are billed: by the payments that tell it,
    else with the instalments paid, on the day of the state those of its row."""
    owed, grid, fee = billed.owed, billed.grid, billed.service_fee_minor
    if owed.tells_interest:
        return lambda day: Decimal(owed.payments.interest(begins, day) + owed.payments.service_fees(fee, begins, day))
    first = owed.on(default.begins).paid
    last = max(first, paid_at(grid, told.row, told.day))

    def with_instalments(day: date) -> Decimal:
        paid = last if default.lasts and day >= default.until else owed.on(day).paid
        return owed.scheduled_interest(schedule, grid, first, paid) + fee * (paid - first)

    return with_instalments


def _begun(told: Told, default: Default, billed: Billed, schedule: Schedule, opening: date) -> tuple[date, Decimal]:
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
