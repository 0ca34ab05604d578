"""Which columns lead from which framework to which: told by their headings, and where these leave it open by the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from gaapbridge.filings.column_words import Means
from gaapbridge.filings.headings import Column

Rows = Sequence[Mapping[int, Decimal]]
"""Amounts by the place at which a column starts, a row after the other; a cell left out is nil."""

NIL = Decimal(0)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two frameworks and what stands between: adjustments, columns of sums with what they add up, and memos."""

    reconciled_from: Column
    reconciled_to: Column
    adjustments: tuple[Column, ...]
    sums: tuple[tuple[Column, tuple[Column, ...]], ...]
    memos: tuple[Column, ...]

    def is_clear(self, rows: Rows) -> bool:
        """Whether the headings name both frameworks, or two days next to each other between which half of the rows add up.

        Where the days are further apart the table is one of what changed in a period.
        """
        if {self.reconciled_from.means, self.reconciled_to.means} <= {Means.FROM, Means.TO}:
            return True
        spans = (self.reconciled_from.span, self.reconciled_to.span)
        days = [one.last for one in spans if one is not None]
        return len(days) == 2 and abs(days[1] - days[0]) <= timedelta(days=1) and 2 * self.footing_rows(rows) >= len(rows)

    @property
    def leads_across(self) -> bool:
        """Whether an adjustment stands between the two, so that their order says which of them is the first."""
        return any(self.reconciled_from.start < one.start < self.reconciled_to.start for one in self.adjustments)

    @property
    def read(self) -> list[Column]:
        """Every column that is read: both frameworks and those between."""
        return [self.reconciled_from, self.reconciled_to, *self.in_order]

    @property
    def in_order(self) -> list[Column]:
        """The columns between, as they are printed."""
        between = [*self.adjustments, *(one for one, _ in self.sums), *self.memos]
        return sorted(between, key=lambda one: one.start)

    def footing_rows(self, rows: Rows) -> int:
        """How many rows add up across."""
        return _footing(rows, self.reconciled_from, self.adjustments, self.reconciled_to)


def groups_of(columns: Sequence[Column]) -> list[list[Column]]:
    """The columns of each period: those of one date if each has two frameworks, else cut where a pair begins again."""
    spans = list(dict.fromkeys(one.span for one in columns if one.span is not None))
    by_date = [[one for one in columns if one.span == span] for span in spans]
    if len(spans) > 1 and all(len(_ends(group)) > 1 for group in by_date):
        return by_date
    groups: list[list[Column]] = [[]]
    for column in columns:
        ends = [one.means for one in groups[-1] if one.means in (Means.FROM, Means.TO)]
        if column.means in ends and column.means == ends[0] and len(set(ends)) == 2:
            groups.append([])
        groups[-1].append(column)
    return groups


def pair_of(columns: Sequence[Column], rows: Rows, *, fixed: bool = False) -> Pair | None:
    """The pair of one group of columns; None where there are no two frameworks with something between them.

    Which of both is reconciled from is read off the heading; where what it leads to is printed first, or the adjustments stand
    beside both, off the rows: `IFRS`, adjustments, `US GAAP` may add up from the left or the right. `fixed` leaves it as said.
    """
    ends = _ends(columns)
    if len(ends) < 2:
        return None
    first = next((one for one in ends if one.means == Means.FROM), ends[0])
    last = next((one for one in reversed(ends) if one.means == Means.TO and one is not first), None)
    last = last or next(one for one in reversed(ends) if one is not first)
    ways = [settled(columns, first, last, rows)]
    if not fixed and (last.start < first.start or not ways[0].leads_across):
        ways.append(settled(columns, last, first, rows))
    best = max(ways, key=lambda way: way.footing_rows(rows))
    return best if best.adjustments else None


def _ends(columns: Sequence[Column]) -> list[Column]:
    """The columns of frameworks; a bare date or `balance` counts where no other names them, around an adjustment."""
    named = [one for one in columns if one.means in (Means.FROM, Means.TO)]
    if len(named) > 1:
        return named
    either = [one for one in columns if one.means in (Means.FROM, Means.TO, Means.EITHER)]
    between = [one for one in columns if either and either[0].start < one.start < either[-1].start]
    adjusted = any(one.means == Means.ADJUSTMENT for one in between)
    return either if len(either) > 1 and adjusted else named


def settled(columns: Sequence[Column], first: Column, last: Column, rows: Rows) -> Pair:
    """The pair with every other column in its part: without a sum more rows add up, and it is one, or called so."""
    low, high = sorted((first.start, last.start))
    others = [one for one in columns if one not in (first, last)]
    memos = [one for one in others if one.means == Means.MEMO]
    stray = [one for one in others if one.means in (Means.UNKNOWN, Means.EITHER) and not low < one.start < high]
    adding = [one for one in others if one not in memos and one not in stray]
    beyond = [_sum(row, (first, *adding)) - row.get(last.start, NIL) for row in rows]
    sums = []
    for column in list(adding):
        less = [over - row.get(column.start, NIL) for over, row in zip(beyond, rows, strict=True)]
        with_it, without = beyond.count(NIL), less.count(NIL)
        called_so = column.means in (Means.SUM, Means.FROM, Means.TO, Means.EITHER)
        rest = [one for one in adding if one is not column] if called_so or without > with_it else adding
        if (called_so and without >= with_it) or (without > with_it and _is_sum(column, first, rest, rows)):
            adding, beyond = rest, less
            sums.append(column)
    held = [(one, _added_up(one, first, adding, sums, rows)) for one in sums]
    return Pair(first, last, tuple(adding), tuple(held), tuple(memos))


def _is_sum(column: Column, first: Column, rest: Sequence[Column], rows: Rows) -> bool:
    """Whether a column that is not called so is a sum in most rows, and in two at least that print something there."""
    parts = _added_up(column, first, rest, (), rows)
    printed = [row for row in rows if row.get(column.start)]
    borne_out = sum(_sum(row, parts) == row[column.start] for row in printed)
    return borne_out >= 2 and 2 * borne_out > len(printed)


def _added_up(
    column: Column, first: Column, adding: Sequence[Column], sums: Sequence[Column], rows: Rows
) -> tuple[Column, ...]:
    """What a column of sums adds up: the framework and all adjustments before it, or these only, as more rows bear out.

    Where as many bear out one as the other, none among them, it is what its figures are nearer to.
    """
    before = [one for one in adding if one.start < column.start]
    earlier = max((one.start for one in sums if one.start < column.start), default=-1)
    since = [one for one in before if one.start > earlier]
    ways = [one for one in ([first, *before], before, since) if one]
    missed = [[abs(_sum(row, way) - row.get(column.start, NIL)) for row in rows] for way in ways]
    nearest = min(range(len(ways)), key=lambda place: (sum(map(bool, missed[place])), sum(missed[place])))
    return tuple(ways[nearest])


def _footing(rows: Rows, first: Column, adding: Sequence[Column], last: Column) -> int:
    return sum(_sum(row, (first, *adding)) == row.get(last.start, NIL) for row in rows)


def _sum(row: Mapping[int, Decimal], columns: Iterable[Column]) -> Decimal:
    return sum((row.get(one.start, NIL) for one in columns), NIL)
