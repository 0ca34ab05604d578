"""The lender's own books of its guarantees, year by year, in whole fen and with arithmetic of their own.

They follow ASC 460: a fee receivable and a stand-ready liability at fair value; the liability released in a
straight line over the term; the receivable collected, the part of a collection above fair value being
accretion; set off against the liability where the borrower repays early; written off where the fee is lost.
Losses of the guaranteed loans are another matter: only a measurement can give them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.calendar import Days, months_later
from gaapbridge.example.contracts import MONTHS_PER_YEAR, Whole
from gaapbridge.example.fees import FeeInstalments, half_up
from gaapbridge.example.guarantees import Guarantees
from gaapbridge.example.simulate import Course
from gaapbridge.example.tapes import PREPAID
from gaapbridge.example.year_end import Columns, Listed, Year


@dataclass(frozen=True)
class FeeBook:
    """Fees of related parties, or of all others: movements of the receivable in a year and its balance, in fen."""

    inception: int = 0
    collected: int = 0
    accretion: int = 0
    set_off: int = 0
    written_off: int = 0
    receivable: int = 0
    receivable_non_current: int = 0

    def __add__(self, other: FeeBook) -> FeeBook:
        """Sum of two chunks."""
        return FeeBook(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True)
class GuaranteeYear:
    """Guarantees at a year-end and in the year before it, in fen.

    ``rows`` and ``outstanding_principal`` are all of the tape's; ``guaranteed_principal`` is the guaranteed
    part of what is on book; ``released`` went from the stand-ready liability to revenue.
    """

    rows: int = 0
    outstanding_principal: int = 0
    guaranteed_principal: int = 0
    stand_ready: int = 0
    released: int = 0
    others: FeeBook = field(default_factory=FeeBook)
    related: FeeBook = field(default_factory=FeeBook)

    def __add__(self, other: GuaranteeYear) -> GuaranteeYear:
        """Sum of two chunks."""
        return GuaranteeYear(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def books(self) -> tuple[FeeBook, FeeBook]:
        """Others, related parties."""
        return self.others, self.related


@dataclass(frozen=True)
class _Stock:
    """Fees of N guarantees at a moment, accumulated since inception, under the fair values at inception.

    ``accretion`` is what was collected above fair value; ``written_off`` what was let off, at fair value.
    """

    receivable: Whole
    receivable_non_current: Whole
    stand_ready: Whole
    collected: Whole
    accretion: Whole
    written_off: Whole

    def where(self, condition: NDArray[np.bool_], other: _Stock | None = None) -> _Stock:
        """This one where the condition holds, else the other, else nil."""
        parts = ((getattr(self, each.name), getattr(other, each.name, 0)) for each in fields(self))
        return _Stock(*(np.where(condition, one, instead) for one, instead in parts))


def guarantee_year(
    guarantees: Guarantees, instalments: FeeInstalments, course: Course, rows: Listed, columns: Columns, year: Year
) -> GuaranteeYear:
    """One year of the books. What is left of a guarantee at its exit is released, set off or written off."""
    every = guarantees.related.size
    began = course.at_instant[year.place - 1].due >= 0 if year.place else np.zeros(every, dtype=np.bool_)
    stays, left = course.at_instant[year.place].due >= 0, year.within(course.exit_date)
    born = year.within(guarantees.loans.origination)
    inception = np.where(born & (stays | left), guarantees.fees.fair_value, 0)
    start = _stock(guarantees, instalments, np.full(every, year.opening, dtype=np.int32)).where(began)
    closing = _stock(guarantees, instalments, np.full(every, year.closing, dtype=np.int32)).where(stays)
    exits = np.where(left, course.exit_date, year.closing).astype(np.int32)
    leaving = _stock(guarantees, instalments, exits).where(left)
    end = closing.where(stays, leaving)
    set_off = np.where(course.status == PREPAID, np.minimum(leaving.receivable, leaving.stand_ready), 0)
    flows = {
        "inception": inception,
        "collected": end.collected - start.collected,
        "accretion": end.accretion - start.accretion,
        "set_off": set_off,
        "written_off": end.written_off - start.written_off + leaving.receivable - set_off,
        "receivable": closing.receivable,
        "receivable_non_current": closing.receivable_non_current,
    }
    outstanding: Whole = columns["outstanding_principal_minor"]
    covered = half_up(outstanding * guarantees.share_per_cent[rows.which], 100)
    return GuaranteeYear(
        rows=int(rows.which.size),
        outstanding_principal=int(outstanding.sum()),
        guaranteed_principal=int(covered[rows.on_book].sum()),
        stand_ready=int(closing.stand_ready.sum()),
        released=int((start.stand_ready + inception - closing.stand_ready - set_off).sum()),
        others=FeeBook(**{name: int(amount[~guarantees.related].sum()) for name, amount in flows.items()}),
        related=FeeBook(**{name: int(amount[guarantees.related].sum()) for name, amount in flows.items()}),
    )


def _stock(guarantees: Guarantees, instalments: FeeInstalments, moment: Days) -> _Stock:
    """Every guarantee at its moment."""
    terms, loans = guarantees.fees, guarantees.loans
    collected_each, written_off_each = instalments.collected(moment), instalments.written_off(moment)
    collected, let_off = instalments.by_guarantee(collected_each), instalments.by_guarantee(written_off_each)
    open_each = instalments.fee - collected_each - written_off_each
    left = terms.total - collected - let_off
    receivable = half_up(terms.fair_value * left, terms.total)
    written_off = half_up(terms.fair_value * let_off, terms.total)
    later = instalments.due > months_later(moment, MONTHS_PER_YEAR)[instalments.which]
    due_later = instalments.by_guarantee(np.where(later, open_each, 0))
    maturity = loans.due_date(slice(None), loans.term)
    days = (maturity - loans.origination).astype(np.int64)
    elapsed = np.clip(moment.astype(np.int64) - loans.origination, 0, days)
    return _Stock(
        receivable=receivable,
        receivable_non_current=half_up(receivable * due_later, np.maximum(left, 1)),
        stand_ready=terms.fair_value - half_up(terms.fair_value * elapsed, days),
        collected=collected,
        accretion=collected - (terms.fair_value - receivable - written_off),
        written_off=written_off,
    )
