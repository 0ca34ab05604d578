"""Instalments whose interest a borrower in default has paid, though not the instalments whole.

Days past due count from the oldest instalment that lacks anything. Who pays the interest and no principal is as late as who
pays nothing, and owes no interest: what is billed and unpaid on the tape tells the two apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from gaapbridge.reperform.exact import ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.loans.told import Default, EqualSteps, Told, paid_at
from gaapbridge.reperform.schedule import Schedule

PAID_BUT_FOR = Decimal("0.1")
"""The part of one instalment's interest that may be unpaid for it to count as paid."""


@dataclass(frozen=True, slots=True)
class InterestPaid:
    """The instalments, ahead of those paid whole, whose interest is paid on a day, and the days on which that may change."""

    ahead: Callable[[date], int]
    days: frozenset[date]


def interest_paid_in(told: Told, default: Default, schedule: Schedule, grid: Grid, opening: date) -> InterestPaid:
    """In a default that was there at the opening from row to row by equal steps on due dates, until a cure as the opening row
    has it; in one that began since and lasts, as the row of the state has it."""
    before = told.before_in(default, opening)
    first = None if before is None else paid_ahead(before, opening, schedule, grid)
    last = paid_ahead(told.row, told.day, schedule, grid) if default.lasts else first or 0
    if first is None or first == last:
        return InterestPaid(lambda _: last, frozenset())
    steps = EqualSteps.between(grid, opening, told.day)
    return InterestPaid(lambda day: steps.count(first, last, day), steps.days)


def paid_ahead(row: Loan, day: date, schedule: Schedule, grid: Grid) -> int:
    """By a row: of the instalments due and not paid whole those that what is billed and unpaid does not make up.

    Of 300 at 1 % six instalments are due: of 18 of interest nothing is unpaid, a third of one instalment's, or six and more.

    >>> from dataclasses import replace
    >>> from gaapbridge.reperform.schedule import contractual_schedule
    >>> loan = Loan(contract_id="A", segment="s", origination_date=date(2023, 1, 15), first_payment_date=date(2023, 2, 15),
    ...     principal_minor=300, annual_rate=Decimal("0.12"), term_instalments=12, repayment_type="bullet",
    ...     outstanding_principal_minor=300, days_past_due=150)
    >>> schedule = contractual_schedule(loan, loan.grid)
    >>> [paid_ahead(replace(loan, billed_unpaid_interest_minor=billed), date(2023, 7, 15), schedule, loan.grid)
    ...     for billed in (0, 1, 18, 25)]
    [6, 5, 0, 0]
    """
    paid = paid_at(grid, row, day)
    missed = range(paid + 1, min(grid.due_dates_passed(day), grid.instalments) + 1)
    left = schedule.balances[paid]
    if not missed or left <= ZERO:
        return 0
    by_schedule = sum((schedule.balances[j - 1] * grid.length(j) for j in missed), ZERO)
    interest = schedule.rate * by_schedule * row.outstanding_principal_minor / left
    if interest <= ZERO:
        return 0
    unpaid = len(missed) * row.billed_unpaid_interest_minor / interest - PAID_BUT_FOR
    return max(0, min(len(missed) - int(unpaid.to_integral_value(rounding=ROUND_CEILING)), len(missed)))
