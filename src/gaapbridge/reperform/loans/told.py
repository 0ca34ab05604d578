"""What is told of a loan in default: the times in it, the rows at the opening and at the state, and what was paid between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.exact import ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.loan import ON_BOOK, Loan, Payment
from gaapbridge.reperform.timeline import instalments_paid


@dataclass(frozen=True, slots=True)
class Default:
    """One time in default: its first day, the day on which it ended, the instalments paid before the first one missed, and
    whether it goes on."""

    since: date
    until: date
    paid: int
    lasts: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a loan up to the day of a state: its row there, that of the opening, and the payments of the period,
    None where the lender gave no such tape."""

    row: Loan
    day: date
    opening: Loan | None
    payments: Sequence[Payment] | None

    @property
    def before(self) -> Loan | None:
        """The opening row of a loan that was on book there."""
        return self.opening if self.opening is not None and self.opening.status == ON_BOOK else None

    def before_in(self, default: Default, opening: date) -> Loan | None:
        """The same of a default that was there at the opening already; None of one that began since."""
        return self.before if default.since <= opening else None


def paid_at(grid: Grid, row: Loan, day: date) -> int:
    """Instalments paid by a row, of one who still owes: not the last."""
    paid = instalments_paid(grid, grid.due_dates_passed(day), day, row.days_past_due)
    return min(paid, grid.instalments - 1)


@dataclass(frozen=True, slots=True)
class EqualSteps:
    """The due dates of a contract from the opening up to a state, over which a count goes from one row to the other.

    Twelve instalments from 1 February on, from 31 March to 31 December: nine due dates, of which five are behind on 15 August.

    >>> steps = EqualSteps.between(Grid.of(date(2023, 1, 1), date(2023, 2, 1), 12), date(2023, 3, 31), date(2023, 12, 31))
    >>> [steps.count(2, last, date(2023, 8, 15)) for last in (2, 5, 11)], steps.share(date(2023, 3, 31))
    ([2, 3, 7], Decimal('0'))
    """

    grid: Grid
    known: int
    until: int

    @classmethod
    def between(cls, grid: Grid, opening: date, day: date) -> EqualSteps:
        """The steps from an opening to a day; none after the last instalment."""
        known, until = (min(grid.due_dates_passed(instant), grid.instalments) for instant in (opening, day))
        return cls(grid, known, until)

    @property
    def days(self) -> frozenset[date]:
        """The due dates."""
        return frozenset(self.grid.due(number) for number in range(self.known + 1, self.until + 1))

    def passed(self, day: date) -> int:
        """How many of them are behind on a day."""
        return min(self.grid.due_dates_passed(day), self.grid.instalments) - self.known

    def count(self, first: int, last: int, day: date) -> int:
        """Where a count stands on a day that was one at the opening and is another at the end."""
        passed = self.passed(day)
        return first + ((last - first) * passed // (self.until - self.known) if passed else 0)

    def share(self, day: date) -> Decimal:
        """The part of them that is behind on a day."""
        passed = self.passed(day)
        return Decimal(passed) / Decimal(self.until - self.known) if passed else ZERO
