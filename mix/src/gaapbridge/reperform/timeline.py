"""The timeline of a default: how far a borrower is, which instalment a default would have missed first, what is owed then.

Default is recognised D days past due. It began L due dates earlier, with the first instalment missed; a miss of the last
instalment is recognised after maturity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from gaapbridge.reperform.deferred import NOTHING_COUNTED, Counted, DeferredAhead
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, ONE, ZERO, Framework
from gaapbridge.reperform.grid import DAYS_A_PERIOD, Grid, Position
from gaapbridge.reperform.interest import accrual_stops_by_default, accrued_interest, last_accrual_date
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.schedule import Schedule

NEAREST = timedelta(days=15)
"""How far a tape's days past due may be off the due date they are counted from."""

InterestExposed = Literal["none", "to_recognition", "at_the_instant"]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Due dates `passed` (q) and instalments `paid` (p) at an instant, the `lag` in due dates (L), `months` ahead (H), and the
    periods from the first miss to recognition: how `late` it is (x), nil where a default has no timeline."""

    passed: int
    paid: int
    lag: int
    months: int
    late: Decimal = ZERO

    @property
    def recognised(self) -> Decimal:
        """Due dates passed, whole and in part, when a default of month 0 would be recognised; of month t, t more."""
        return self.passed - self.lag + self.late

    def paid_at_default(self, month: int, instalments: int) -> int:
        """Instalments paid by a borrower whose default is recognised in a month ahead: j.

        Five of twelve paid, three due dates from the first miss to recognition: who is in default in month 6 has missed the
        eighth, and nobody by month 3 has paid less than the five.

        >>> [Timeline(5, 5, 3, 10).paid_at_default(month, 12) for month in (1, 3, 4, 6, 10)]
        [5, 5, 5, 7, 11]
        """
        return max(self.paid, min(self.passed + month - self.lag - 1, instalments - 1))


@dataclass(frozen=True, slots=True)
class Exposure:
    """Principal and interest exposed by month ahead (index 0 = month 1), and the due date first missed of each default.

    The textbook convention has no first miss. ``deferral`` is what counts of deferred fees and costs; without it nothing is
    deferred. ``later`` are the shares of principal, with its deferral, and of interest that fall due more than twelve
    instalments on; without it nothing does.
    """

    principal: tuple[Decimal, ...]
    interest: tuple[Decimal, ...]
    first_missed: tuple[date | None, ...]
    deferral: tuple[Counted, ...] = ()
    later: tuple[tuple[Decimal, Decimal], ...] = ()

    def deferred(self, month: int) -> Counted:
        """What counts of deferred fees and costs in a default of a month ahead."""
        return self.deferral[month - 1] if self.deferral else NOTHING_COUNTED

    def later_of(self, principal: Decimal, interest: Decimal, month: int) -> Decimal:
        """The part of what is lost of principal, its deferral counted, and of interest that belongs to what falls due later."""
        of_principal, of_interest = self.later[month - 1] if self.later else (ZERO, ZERO)
        return principal * of_principal + interest * of_interest

    @property
    def life(self) -> int:
        """Months ahead H."""
        return len(self.principal)

    def times(self, share: Decimal) -> Exposure:
        """The part of the exposure that is borne."""
        principal, interest = (tuple(amount * share for amount in part) for part in (self.principal, self.interest))
        deferral = tuple(replace(one, amount=one.amount * share) for one in self.deferral)
        return Exposure(principal, interest, self.first_missed, deferral, self.later)


def timeline_of(contract: Loan, grid: Grid, day: date, elections: Elections) -> Timeline:
    """Where a contract stands on the timeline of a default."""
    position, n = grid.position(day), grid.instalments
    if elections.default_timeline == "none":
        return Timeline(position.passed, position.k, 0, max(1, n - position.passed))
    periods = EXACT.divide(Decimal(elections.default_days(contract.segment)), DAYS_A_PERIOD)
    lag = max(0, int((periods - position.stub).to_integral_value(rounding=ROUND_CEILING)))
    paid = instalments_paid(grid, position.passed, day, contract.days_past_due)
    return Timeline(position.passed, paid, lag, max(1, n - position.passed + lag), periods)


def instalments_paid(grid: Grid, passed: int, day: date, days_past_due: int) -> int:
    """Instalments paid in full: all that are due, or those before the oldest unpaid one, found from the days past due.

    On 31 December eight of twelve are due, the last on the first of the month; 31 days past due is the instalment of
    1 December or the one before (30 November is nearest to 1 December):

    >>> grid = Grid.of(date(2023, 4, 1), date(2023, 5, 1), 12)
    >>> [instalments_paid(grid, 8, date(2023, 12, 31), days) for days in (0, 1, 31, 60, 400)]
    [8, 7, 7, 6, 0]
    """
    due = min(passed, grid.instalments)
    if days_past_due <= 0:
        return due
    oldest = grid.due_dates_passed(day - timedelta(days=days_past_due) + NEAREST)
    return max(0, min(oldest - 1, due - 1))


def interest_exposed(contract: Loan, day: date, framework: Framework, elections: Elections) -> InterestExposed:
    """Which interest is part of the exposure.

    Up to recognition under IFRS, and of guarantees under both frameworks. Under US GAAP what the amortised cost of a loan
    holds at the instant (326-20-30-5A): nothing where it is excluded, on non-accrual, or reversed against income by the day
    on which a default is recognised (326-20-35-8A).
    """
    if framework == "ifrs" or elections.us_interest == "to_recognition":
        return "to_recognition"
    if elections.us_interest == "none" or last_accrual_date(contract, day, elections) is not None:
        return "none"
    return "none" if accrual_stops_by_default(contract, elections) else "at_the_instant"


def exposures(
    contract: Loan,
    schedule: Schedule,
    grid: Grid,
    position: Position,
    timeline: Timeline,
    mode: InterestExposed,
    elections: Elections,
    deferred: DeferredAhead | None = None,
) -> Exposure:
    """Exposure by month ahead, scaled to the outstanding principal: from the instalments paid on.

    X = P B_j / B_p. Who misses no further instalment than today's (j = p) owes what is billed and interest of P; who
    defaults later has paid the arrears and owes interest from the first miss to recognition, L + 1 periods. What is deferred
    on X is that of the day of recognition, or of the stop of accrual, however many instalments are unpaid.
    """
    if elections.default_timeline == "none":
        return _textbook(contract, schedule, position, timeline, mode != "none", elections, deferred)
    n, outstanding = schedule.instalments, Decimal(contract.outstanding_principal_minor)
    billed, rate = Decimal(contract.billed_unpaid), schedule.rate
    balance = schedule.balances[timeline.paid]
    at_the_instant = accrued_interest(contract, schedule, position)
    principal, interest, missed, deferral, later = [], [], [], [], []
    for month in range(1, timeline.months + 1):
        j = timeline.paid_at_default(month, n)
        owed = outstanding if balance <= ZERO else outstanding * schedule.balances[j] / balance
        principal.append(owed)
        if mode == "to_recognition":
            as_today = billed + outstanding * rate * month
            interest.append(as_today if j == timeline.paid else owed * rate * (timeline.lag + 1))
        else:
            interest.append(at_the_instant if mode == "at_the_instant" and j == timeline.paid else ZERO)
        missed.append(grid.due(min(j + 1, n)))
        deferral.append(_counted(deferred, owed, month, is_behind=j == timeline.paid))
        later.append(_due_later(schedule, position.k, j, j))
    return Exposure(tuple(principal), tuple(interest), tuple(missed), tuple(deferral), tuple(later))


def _textbook(
    contract: Loan,
    schedule: Schedule,
    position: Position,
    timeline: Timeline,
    with_interest: bool,
    elections: Elections,
    deferred: DeferredAhead | None,
) -> Exposure:
    """A default happens in its month: the balance before or after that month's instalment, and the month's interest.

    It knows no arrears that are paid before: what is frozen today stays so. Past the last instalment, or once the schedule has
    no balance left, what is outstanding is exposed for one month.
    """
    outstanding, k = Decimal(contract.outstanding_principal_minor), position.k
    billed = Decimal(contract.billed_unpaid) if with_interest else ZERO
    rate = schedule.rate if with_interest else ZERO
    if schedule.balances[k] <= ZERO:
        interest = (outstanding * rate + billed,) if outstanding else (ZERO,)
        kept = _counted(deferred, outstanding, 1, is_behind=True)
        return Exposure((outstanding,), interest, (None,), (kept,))
    factor = outstanding / schedule.balances[k]
    after = elections.exposure_at_default == "after_instalment"
    starts = [schedule.balances[k + month - 1] * factor for month in range(1, timeline.months + 1)]
    ends = [schedule.balances[k + month] * factor for month in range(1, timeline.months + 1)]
    interests = tuple(start * rate + billed for start in starts)
    owed, months = tuple(ends if after else starts), range(1, timeline.months + 1)
    deferral = tuple(_counted(deferred, amount, month, is_behind=True) for month, amount in zip(months, owed, strict=True))
    later = tuple(_due_later(schedule, k, k + month - (0 if after else 1), k + month - 1) for month in months)
    return Exposure(owed, interests, (None,) * timeline.months, deferral, later)


def _counted(deferred: DeferredAhead | None, owed: Decimal, month: int, *, is_behind: bool) -> Counted:
    return NOTHING_COUNTED if deferred is None else deferred.counted(owed, month, is_behind=is_behind)


def _due_later(schedule: Schedule, k: int, owed: int, paid: int) -> tuple[Decimal, Decimal]:
    """Of what is owed after some instalments the share of principal that falls due after the next twelve from k on, and of
    interest: all of it where those paid go that far."""
    year = k + 12
    if year >= schedule.instalments:
        return ZERO, ZERO
    left = schedule.balances[owed]
    of_principal = ZERO if left <= ZERO else schedule.balances[year] / left if owed < year else ONE
    return of_principal, ONE if paid >= year else ZERO
