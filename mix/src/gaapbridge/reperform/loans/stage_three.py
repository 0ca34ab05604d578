"""What of a credit-impaired loan's interest is no revenue under IFRS, for each time in default.

Revenue is the effective rate on gross less allowance (IFRS 9 5.4.1(b)); gross amounts take what they take whatever is expected
back. So u, what is no revenue, is what gross takes from the first day to the last, less revenue. Months run from the day of
default, each at the allowance and the deferral of its first day; what is paid, or billed beyond the contract, within one counts
for the days of it that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import pairwise

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, ZERO, Step
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.interest import contract_terms, ifrs_deferral_ratio
from gaapbridge.reperform.loans.gross_takes import InDefault
from gaapbridge.reperform.loans.interest_billed import ByDay
from gaapbridge.reperform.loans.interest_owed import interest_owed_in
from gaapbridge.reperform.loans.owed import owed_in
from gaapbridge.reperform.loans.told import Default, EqualSteps, Told, months_of, paid_at
from gaapbridge.reperform.losses import weighted_loss_given_default
from gaapbridge.reperform.stages import default_start, defaulted
from gaapbridge.reperform.timeline import instalments_paid


@dataclass(frozen=True, slots=True)
class Piece:
    """Days of a month in default on which the same is owed: how many of how many, what is owed of principal and interest, what
    is lost of it and its deferral (of fees below nil), in minor units.

    Of 100 owed 60 are lost and 40 recovered: these are left whatever is deferred, up to the gross amount. At 1 % a month 0.40
    is revenue with 4 of fees still deferred, and 0.30 with 70, where 30 is the gross amount and the allowance nil.

    >>> some, more = (Piece(date(2023, 5, 1), 31, 31, Decimal(100), Decimal(60), Decimal(fees)) for fees in (-4, -70))
    >>> some.allowance, some.revenue(Decimal("0.01")), more.allowance, more.revenue(Decimal("0.01"))
    (Decimal('56'), Decimal('0.40'), Decimal('0'), Decimal('0.30'))
    """

    begins: date
    days: int
    of_days: int
    owed: Decimal
    lost: Decimal
    deferral: Decimal

    @property
    def allowance(self) -> Decimal:
        """What the gross amount has more than is recovered (B5.5.33), not rounded, in minor units."""
        return max(ZERO, self.lost + self.deferral)

    def revenue(self, rate: Decimal) -> Decimal:
        """The rate on gross less allowance (5.4.1(b)); none where fees leave no gross amount."""
        return rate * max(ZERO, self.owed + self.deferral - self.allowance) * self.days / self.of_days

    def step(self, rate: Decimal) -> Step:
        """Revenue with its formula in figures."""
        owed, deferral, allowance, lost = (f"{one:,.2f}" for one in (self.owed, self.deferral, self.allowance, self.lost))
        net = f"owed {owed} + deferral {deferral} - allowance {allowance}"
        note = f"rate x ({net}) x {self.days}/{self.of_days} days; lost of what is owed {lost}"
        return Step(f"revenue from {self.begins}", self.revenue(rate), "5.4.1(b)", note)


def stage_3_interest(told: Told, assumptions: Assumptions, elections: Elections) -> tuple[Decimal, tuple[Step, ...]]:
    """What of the period's interest is no revenue, up to the day of a state, in minor units; by election of earlier periods'
    defaults only.

    A month's part of revenue is rate x (gross - allowance) x days of it in the period / days of the month (IAS 34.28).
    """
    steps: list[Step] = []
    with localcontext(EXACT):
        revenue, taken = ZERO, ZERO
        for default in _defaults(told, elections):
            terms = contract_terms(told.row, "ifrs", assumptions)
            owed = owed_in(told, default, terms.schedule, terms.grid, elections)
            account, others = interest_owed_in(told, default, owed, terms.schedule, terms.grid, elections.opening)
            known = InDefault(told, default, terms, owed, account)
            pieces = tuple(_pieces(known, assumptions, elections))
            takes = known.gross_takes(assumptions, elections.opening)
            revenue += sum((piece.revenue(terms.rate_per_period) for piece in pieces), ZERO)
            taken += takes.total
            steps += (*account.begun(others), *(piece.step(terms.rate_per_period) for piece in pieces), *takes.steps())
        unrecognised = taken - revenue
    if not steps:
        return ZERO, ()
    in_all = Step("revenue in default", revenue, "5.4.1(b)", "rate x (gross - allowance)")
    return unrecognised, (*steps, in_all, Step("stage 3 interest u", unrecognised, "5.4.1(b)", "gross takes less revenue"))


def _defaults(told: Told, elections: Elections) -> Iterator[Default]:
    """The times in default with days in the period up to the state: the one that was cured, at the latest when the next began,
    and the one that lasts; by election none that began after the opening."""
    row, opening = told.row, elections.opening
    again = default_start(row, told.day, elections) if defaulted(row, elections) else None
    found: list[Default] = []
    if row.default_date is not None and row.cured_date is not None:
        paid = _paid_on(row.grid, row.default_date, elections.default_days(row.segment))
        until = min(row.cured_date, again or row.cured_date)
        found.append(Default(row.default_date, max(row.default_date, opening), until, paid, lasts=False))
    if again is not None:
        paid = paid_at(row.grid, row, told.day)
        found.append(Default(again, max(again, opening), told.day, paid, lasts=True))
    for default in found:
        is_later = elections.stage_3_interest_from == "next_period" and default.since > opening
        if default.begins < default.until and not is_later:
            yield default


def _paid_on(grid: Grid, day: date, days_past_due: int) -> int:
    """Instalments paid in full on a day on which a contract is so many days past due."""
    return instalments_paid(grid, grid.due_dates_passed(day), day, days_past_due)


def _pieces(known: InDefault, assumptions: Assumptions, elections: Elections) -> Iterator[Piece]:
    """The pieces of a default in the period: its months, cut on due dates, which go on past the last, and on days of payments.

    What is owed of interest is what was when the month began, as far as it still is; from the last due date on nothing is
    deferred.
    """
    row, default, terms, account = known.told.row, known.default, known.terms, known.account
    by_day, last_due = ByDay(known.owed, terms.grid, terms.schedule.rate), terms.grid.due(terms.grid.instalments)
    due = EqualSteps.going_on(terms.grid, default.begins, default.until, after_the_last=False).days
    changes = {*due, *known.owed.payments.days, *known.told.days_risen}
    for month, first, following in months_of(default.since, default.until):
        start, end = max(first, default.begins), min(following, default.until)
        if start >= end:
            continue
        lost = weighted_loss_given_default(row, "ifrs", assumptions, elections.on(first), first, month, discounted=True)
        deferred = ifrs_deferral_ratio(row, terms, first, assumptions, first)
        cuts = (day for day in changes if start < day < end)
        for begins, ends in pairwise(sorted({start, end, *cuts})):
            principal = known.owed.on(begins).principal
            billed = account.in_piece(begins, ends) if begins >= last_due else account.on(begins)
            interest = max(ZERO, billed - by_day.on(principal, first, begins))
            claim, days = principal + interest, (ends - begins).days
            left = deferred * principal if begins < last_due else ZERO
            yield Piece(begins, days, (following - first).days, claim, claim * lost, left)
