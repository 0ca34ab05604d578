"""Fees for guarantees, instalment by instalment: when each falls due, what it covers, what became of it.

Most borrowers pay the fee with each instalment, in arrears; some a quarter in advance, some all of it at the
start. A fee is collected when the borrower pays the loan instalment it goes with, and never once the guarantee
has been paid out. Some borrowers are let off a fee that is still unpaid when the next instalment falls due.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.calendar import NO_DATE, Days
from gaapbridge.example.contracts import Contracts, Whole
from gaapbridge.example.market import GUARANTEED_LOANS
from gaapbridge.example.simulate import Course

MONTHLY, QUARTERLY, UP_FRONT = range(3)
KIND_SHARES = (0.86, 0.09, 0.05)
_MONTHS_COVERED = np.array([1, 3, 0])
_LOWEST_FEE_PER_MONTH = np.array([0.0054, 0.0058, 0.0063, 0.0064])
_FEE_SPREAD = 0.0010
_BELOW_FEES, LET_OFF = 0.12, 0.15


@dataclass(frozen=True)
class FeeTerms:
    """What N borrowers agreed to pay: how, how much in all, and the fair value of the guarantee at inception, in fen.

    The fair value is the sum of the fees but for some guarantees, of which it is a little less. ``let_off``:
    overdue fees of this borrower are not pursued.
    """

    kind: Whole
    total: Whole
    fair_value: Whole
    let_off: NDArray[np.bool_]


@dataclass(frozen=True)
class FeeInstalments:
    """Fee instalments of N guarantees, by guarantee and due date; ``starts`` is the place of each guarantee's first.

    ``which`` is the guarantee's place; ``collected_on`` and ``written_off_on`` are ``NO_DATE`` where it never was.
    """

    which: Whole
    starts: Whole
    due: Days
    coverage_start: Days
    coverage_end: Days
    fee: Whole
    collected_on: Days
    written_off_on: Days

    def collected(self, moment: Days) -> Whole:
        """Of each instalment, what was collected by its guarantee's moment."""
        return np.where(self.collected_on <= moment[self.which], self.fee, 0)

    def written_off(self, moment: Days) -> Whole:
        """Of each instalment, what was written off by its guarantee's moment."""
        return np.where(self.written_off_on <= moment[self.which], self.fee, 0)

    def by_guarantee(self, amount: Whole) -> Whole:
        """Sum of instalments for each guarantee."""
        summed: Whole = np.add.reduceat(amount, self.starts)
        return summed


def draw_fee_terms(random: np.random.Generator, contracts: Contracts) -> FeeTerms:
    """Fees in proportion to principal, months and risk band."""
    rows = contracts.principal.size
    rate = _LOWEST_FEE_PER_MONTH[GUARANTEED_LOANS.bands[contracts.segment]] + _FEE_SPREAD * random.random(rows)
    total = np.floor(contracts.principal * contracts.term * rate + 0.5).astype(np.int64)
    below = np.where(random.random(rows) < _BELOW_FEES, random.integers(5, 41, rows), 0)
    return FeeTerms(
        kind=random.choice(len(KIND_SHARES), rows, p=KIND_SHARES),
        total=total,
        fair_value=total - total * below // 1_000,
        let_off=random.random(rows) < LET_OFF,
    )


def fee_instalments(contracts: Contracts, terms: FeeTerms, course: Course) -> FeeInstalments:
    """Every fee instalment of the guarantees, with what the course of each loan made of it."""
    months = np.where(terms.kind == UP_FRONT, contracts.term, _MONTHS_COVERED[terms.kind])
    count = -(-contracts.term // months)
    starts = np.cumsum(count) - count
    which = np.repeat(np.arange(count.size), count)
    first_month = (np.arange(which.size) - starts[which]) * months[which]
    last_month = np.minimum(first_month + months[which], contracts.term[which])
    goes_with = np.where(terms.kind[which] == MONTHLY, last_month, first_month)
    total, term = terms.total[which], contracts.term[which]
    paid_on = course.paid_on[goes_with, which]
    next_due = contracts.due_date(which, goes_with + 1)
    dropped = terms.let_off[which] & (goes_with > 0) & (next_due < paid_on) & (next_due < course.exit_date[which])
    return FeeInstalments(
        which=which,
        starts=starts,
        due=contracts.due_date(which, goes_with),
        coverage_start=contracts.due_date(which, first_month),
        coverage_end=contracts.due_date(which, last_month),
        fee=total * last_month // term - total * first_month // term,
        collected_on=np.where(dropped, NO_DATE, paid_on).astype(np.int32),
        written_off_on=np.where(dropped, next_due, NO_DATE).astype(np.int32),
    )


def half_up(numerator: Whole, denominator: Whole | int) -> Whole:
    """Nearest whole number of a quotient not below nil; a half goes up.

    >>> half_up(np.array([5, 4]), 2).tolist()
    [3, 2]
    """
    nearest: Whole = (2 * numerator + denominator) // (2 * np.asarray(denominator))
    return nearest
