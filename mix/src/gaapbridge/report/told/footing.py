"""Tables in printed units that foot down and across: every amount the floor or the ceiling of its exact one.

A table of a filing is added up by its reader. Rounded one by one, columns are a unit off here and there; so cells are raised
or lowered to their other neighbour until rows and columns come to their sums as printed. Nil is never printed as a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gaapbridge.terms.money import nearest_unit

Cells = Sequence[Sequence[int]]


@dataclass
class PrintedUnits:
    """What a document has printed already: an amount that comes again in another of its tables is printed as before.

    Of 793,356,500 printed as 793,356 the same amount, or what it is taken off by, is not 793,357 on the page after.
    """

    unit_minor: int
    _units: dict[int, int] = field(default_factory=dict)

    def of(self, amount_minor: int) -> int | None:
        """How an amount was printed, with its own sign; None where it was not, or where that is no neighbour of it."""
        units = self._units.get(abs(amount_minor))
        if units is None:
            return None
        signed = units if amount_minor > 0 else -units
        return signed if abs(signed * self.unit_minor - amount_minor) < self.unit_minor else None

    def went_up(self, amount_minor: int) -> int:
        """One where an amount was printed above its exact one, minus one where it was printed below, else nil."""
        units = self.of(amount_minor)
        return 0 if units is None else 1 if units * self.unit_minor > amount_minor else -1

    def add(self, amount_minor: int, units: int) -> None:
        """Keep how an amount is printed; the first time counts."""
        if amount_minor:
            self._units.setdefault(abs(amount_minor), units if amount_minor > 0 else -units)


def footed(
    cells: Cells,
    unit_minor: int,
    *,
    rows: Sequence[int] | None = None,
    columns: Sequence[int] | None = None,
    known: PrintedUnits | None = None,
) -> list[list[int]]:
    """Cells in printed units whose sums by row, by column and over all are those of the exact ones as printed.

    The sum over all is at its nearest unit; those of rows and columns are raised or lowered to add up to it. ``rows`` or
    ``columns`` are such sums that are printed elsewhere already: the table comes to these as far as its cells allow. Of a sum
    that is ``known`` it takes what was printed, where it foots so.

    >>> footed([[1_400, 1_400], [1_400, 1_400]], 1_000)
    [[2, 1], [1, 2]]
    >>> footed([[1_400, 1_400], [1_400, 1_400]], 1_000, columns=(2, 3))
    [[1, 2], [1, 1]]
    """
    if known is not None:
        made, (by_row, by_column) = _footed(cells, unit_minor, rows, columns, known)
        if list(map(sum, made)) == by_row and list(map(sum, zip(*made, strict=True))) == by_column:
            return made
    return _footed(cells, unit_minor, rows, columns, PrintedUnits(unit_minor))[0]


def _footed(
    cells: Cells, unit_minor: int, rows: Sequence[int] | None, columns: Sequence[int] | None, known: PrintedUnits
) -> tuple[list[list[int]], tuple[list[int], list[int]]]:
    """The cells, and the sums by row and by column that they were to come to."""
    exact = sum(map(sum, cells))
    given, printed = rows if rows is not None else columns, known.of(exact)
    whole = sum(given) if given is not None else nearest_unit(exact, unit_minor) if printed is None else printed
    floors = [[amount // unit_minor for amount in row] for row in cells]
    if rows is None:
        rows = _shared([sum(row) for row in cells], whole, unit_minor, known)
    if columns is None:
        columns = _shared([sum(column) for column in zip(*cells, strict=True)], whole, unit_minor, known)
    missing = [total - sum(row) for total, row in zip(rows, floors, strict=True)]
    wanted = [total - sum(column) for total, column in zip(columns, zip(*floors, strict=True), strict=True)]
    raised = _raised(cells, missing, wanted, known)
    made = [[amount + ((place, at) in raised) for at, amount in enumerate(row)] for place, row in enumerate(floors)]
    return made, (list(rows), list(columns))


def _shared(exact: Sequence[int], whole: int, unit_minor: int, known: PrintedUnits) -> list[int]:
    """Sums as the floor or the ceiling of the exact ones, so that they add up to a whole: those known as they were printed, of
    the others those with most of a unit go up. Where that does not come to the whole the smallest known are not kept."""
    kept = {place: units for place, amount in enumerate(exact) if (units := known.of(amount)) is not None}
    while True:
        printed = [kept.get(place, amount // unit_minor) for place, amount in enumerate(exact)]
        rests = {at: amount % unit_minor for at, amount in enumerate(exact) if amount % unit_minor and at not in kept}
        if not kept or 0 <= whole - sum(printed) <= len(rests):
            break
        del kept[min(kept, key=lambda place: abs(exact[place]))]
    for place in sorted(rests, key=lambda place: (-rests[place], place))[: max(whole - sum(printed), 0)]:
        printed[place] += 1
    return printed


def _raised(cells: Cells, missing: list[int], wanted: list[int], known: PrintedUnits) -> set[tuple[int, int]]:
    """The cells that go up, as many in each row and column as are missing there: those known to have gone up first, then those
    with most of a unit, those known to have stayed last; and others in their place where that lets a row have its own."""
    rests = {(place, at): amount % known.unit_minor for place, row in enumerate(cells) for at, amount in enumerate(row)}
    went = {cell: known.went_up(cells[cell[0]][cell[1]]) for cell, rest in rests.items() if rest}
    ordered = sorted(went, key=lambda cell: (-went[cell], -rests[cell], cell))
    raised: set[tuple[int, int]] = set()
    for place, at in ordered:
        if missing[place] > 0 and wanted[at] > 0:
            raised.add((place, at))
            missing[place], wanted[at] = missing[place] - 1, wanted[at] - 1
    for place in range(len(missing)):
        while missing[place] > 0 and (steps := _exchange(place, ordered, raised, wanted)):
            raised.symmetric_difference_update(steps)
            missing[place], wanted[steps[-1][1]] = missing[place] - 1, wanted[steps[-1][1]] - 1
    return raised


def _exchange(
    row: int, ordered: Sequence[tuple[int, int]], raised: set[tuple[int, int]], wanted: Sequence[int]
) -> list[tuple[int, int]]:
    """The cells to turn, up and down by turns, so that a row has one more raised and a column that wants one; none where no
    exchange does."""
    reached: dict[int, list[tuple[int, int]]] = {row: []}
    waiting = [row]
    while waiting:
        place = waiting.pop(0)
        for cell in (one for one in ordered if one[0] == place and one not in raised):
            steps = [*reached[place], cell]
            if wanted[cell[1]] > 0:
                return steps
            for lowered in (one for one in ordered if one in raised and one[1] == cell[1] and one[0] not in reached):
                reached[lowered[0]] = [*steps, lowered]
                waiting.append(lowered[0])
    return []
