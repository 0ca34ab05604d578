"""What of a credit-impaired loan's interest is no revenue under IFRS, month by month of each time in default.

Revenue is the effective rate on what is owed less its allowance (IFRS 9 5.4.1(b)). A contract brings interest on principal
alone, and none after the last due date. So what is no revenue, u, is the rate on the allowance less what of the claim brings no
interest; after the last due date it is below nil, as revenue goes on. Months run from the day of default, each at the allowance
of its first day; what is paid within one is off the claim for the days of it that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import pairwise

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, ONE, ZERO, Step
from gaapbridge.reperform.grid import Grid, months_later
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.loans.interest_paid import interest_paid_in
from gaapbridge.reperform.loans.owed import owed_in
from gaapbridge.reperform.loans.told import Default, Told
from gaapbridge.reperform.losses import weighted_loss_given_default
from gaapbridge.reperform.schedule import Schedule, contractual_schedule
from gaapbridge.reperform.stages import default_start, defaulted
from gaapbridge.reperform.timeline import instalments_paid


@dataclass(frozen=True, slots=True)
class Part:
    """Days of a month in default on which the same is owed: how many of how many, the claim, its allowance, and what of the
    claim brings no interest by the contract. Amounts in minor units.

    Of 104 owed 4 are interest, and 60 are not expected back: at 1 % a month the contract brings 1.00, of which 0.44 is revenue.

    >>> part = Part(date(2023, 5, 1), 31, 31, Decimal(104), Decimal(60), Decimal(4))
    >>> part.revenue(Decimal("0.01")), part.not_revenue(Decimal("0.01"))
    (Decimal('0.44'), Decimal('0.56'))
    """

    begins: date
    days: int
    of_days: int
    claim: Decimal
    allowance: Decimal
    without_interest: Decimal

    def revenue(self, rate: Decimal) -> Decimal:
        """The rate on gross less allowance (5.4.1(b))."""
        return rate * (self.claim - self.allowance) * self.days / self.of_days

    def not_revenue(self, rate: Decimal) -> Decimal:
        """The rate on what brings interest by the contract, less revenue."""
        return rate * (self.allowance - self.without_interest) * self.days / self.of_days

    def steps(self, rate: Decimal) -> tuple[Step, Step]:
        """Revenue, and what is none, with their formulas in figures."""
        days = f"{self.days}/{self.of_days} days"
        claim, allowance, unpaid = (f"{amount:,.2f}" for amount in (self.claim, self.allowance, self.without_interest))
        what = "unpaid interest" if self.without_interest < self.claim else "owed after the last due date"
        return (
            Step(
                f"revenue from {self.begins}",
                self.revenue(rate),
                "5.4.1(b)",
                f"rate x (owed {claim} - allowance {allowance}) x {days}",
            ),
            Step(
                f"stage 3 interest from {self.begins}",
                self.not_revenue(rate),
                "5.4.1(b)",
                f"rate x (allowance {allowance} - {what} {unpaid}) x {days}",
            ),
        )


def stage_3_interest(
    told: Told, rate_per_period: Decimal, assumptions: Assumptions, elections: Elections
) -> tuple[Decimal, tuple[Step, ...]]:
    """What of the period's interest is no revenue, up to the day of a state; by election of earlier periods' defaults only.

    A month's part is rate x (allowance of its first day - what of the claim brings no interest) x days of it in the period /
    days of the month (IAS 34.28).
    """
    steps: list[Step] = []
    with localcontext(EXACT):
        revenue, total = ZERO, ZERO
        for default in _defaults(told.row, told.row.grid, told.day, elections):
            if elections.stage_3_interest_from == "next_period" and default.since > elections.opening:
                continue
            for part in _parts(told, default, assumptions, elections):
                revenue += part.revenue(rate_per_period)
                total += part.not_revenue(rate_per_period)
                steps += part.steps(rate_per_period)
    if not steps:
        return total, ()
    in_all = Step("revenue in default", revenue, "5.4.1(b)", "rate x (gross - allowance)")
    return total, (*steps, in_all, Step("stage 3 interest u", total, "5.4.1(b)", "what the contract brings, less revenue"))


def _defaults(contract: Loan, grid: Grid, day: date, elections: Elections) -> Iterator[Default]:
    """The times in default up to a day: the one that was cured, at the latest when the next began, and the one that lasts."""
    again = default_start(contract, day, elections) if defaulted(contract, elections) else None
    if contract.default_date is not None and contract.cured_date is not None:
        days, until = elections.default_days(contract.segment), min(contract.cured_date, again or contract.cured_date)
        yield Default(contract.default_date, until, _paid_on(grid, contract.default_date, days), lasts=False)
    if again is not None:
        yield Default(again, day, _paid_on(grid, day, contract.days_past_due), lasts=True)


def _paid_on(grid: Grid, day: date, days_past_due: int) -> int:
    """Instalments paid in full on a day on which a contract is so many days past due."""
    return instalments_paid(grid, grid.due_dates_passed(day), day, days_past_due)


def _parts(told: Told, default: Default, assumptions: Assumptions, elections: Elections) -> Iterator[Part]:
    """The parts of a default in the period: its months, cut on the last due date and where what is owed changes."""
    contract = told.row
    grid = contract.grid
    schedule, last_due = contractual_schedule(contract, grid), grid.due(grid.instalments)
    owed = owed_in(told, default, schedule, grid, elections)
    interest_paid = interest_paid_in(told, default, schedule, grid, elections.opening)
    for month, first, following in months_of(default.since, default.until):
        start, end = max(first, elections.opening), min(following, default.until)
        if start >= end:
            continue
        lost = weighted_loss_given_default(contract, "ifrs", assumptions, elections.on(first), first, month, discounted=True)
        cuts = (day for day in {last_due, *owed.days, *interest_paid.days} if start < day < end)
        for begins, ends in pairwise(sorted({start, end, *cuts})):
            principal, paid = owed.on(begins, grid.position(first).k)
            claim = principal * _with_interest(schedule, grid, paid + interest_paid.ahead(begins), first)
            without_interest = claim - principal if begins < last_due else claim
            yield Part(begins, (ends - begins).days, (following - first).days, claim, claim * lost, without_interest)


def months_of(since: date, until: date) -> Iterator[tuple[int, date, date]]:
    """The months of a default: their number from 0, their first day, and that of the next.

    >>> [first.isoformat() for _, first, _ in months_of(date(2023, 1, 31), date(2023, 3, 5))]
    ['2023-01-31', '2023-02-28']
    """
    number = 0
    while (first := months_later(since, number)) < until:
        number += 1
        yield number - 1, first, months_later(since, number)


def _with_interest(schedule: Schedule, grid: Grid, paid: int, on: date) -> Decimal:
    """One unit of principal on a day, with contract interest since the last instalment that had fallen due by then of those
    whose interest is paid."""
    position = grid.position(on)
    j = min(paid, position.k)
    periods = sum((grid.length(number) for number in range(j + 1, position.k + 1)), position.period_length * position.f)
    return ONE + schedule.rate * periods
