"""Tables in printed units that foot down and across: every amount the floor or the ceiling of its exact one.

A table of a filing is added up by its reader. Rounded one by one, columns are a unit off here and there; so cells are raised
or lowered to their other neighbour until rows and columns come to their sums as printed. Nil is never printed as a unit.
"""

from __future__ import annotations

from collections.abc import Sequence

from gaapbridge.terms.money import nearest_unit

Cells = Sequence[Sequence[int]]


def footed(
    cells: Cells, unit_minor: int, *, rows: Sequence[int] | None = None, columns: Sequence[int] | None = None
) -> list[list[int]]:
    """Cells in printed units whose sums by row, by column and over all are those of the exact ones as printed.

    The sum over all is at its nearest unit; those of rows and columns are raised or lowered to add up to it. ``rows`` or
    ``columns`` are such sums that are printed elsewhere already: the table comes to these as far as its cells allow.

    >>> footed([[1_400, 1_400], [1_400, 1_400]], 1_000)
    [[2, 1], [1, 2]]
    >>> footed([[1_400, 1_400], [1_400, 1_400]], 1_000, columns=(2, 3))
    [[1, 2], [1, 1]]
    """
    given = rows if rows is not None else columns
    whole = nearest_unit(sum(map(sum, cells)), unit_minor) if given is None else sum(given)
    floors = [[amount // unit_minor for amount in row] for row in cells]
    if rows is None:
        rows = _shared([sum(row) for row in cells], whole, unit_minor)
    if columns is None:
        columns = _shared([sum(column) for column in zip(*cells, strict=True)], whole, unit_minor)
    missing = [total - sum(row) for total, row in zip(rows, floors, strict=True)]
    wanted = [total - sum(column) for total, column in zip(columns, zip(*floors, strict=True), strict=True)]
    raised = _raised(cells, missing, wanted, unit_minor)
    return [[amount + ((place, at) in raised) for at, amount in enumerate(row)] for place, row in enumerate(floors)]


def _shared(exact: Sequence[int], whole: int, unit_minor: int) -> list[int]:
    """Sums as the floor or the ceiling of the exact ones, so that they add up to a whole: those with most of a unit go up."""
    printed = [amount // unit_minor for amount in exact]
    rests = [amount % unit_minor for amount in exact]
    order = sorted((place for place, rest in enumerate(rests) if rest), key=lambda place: (-rests[place], place))
    for place in order[: max(whole - sum(printed), 0)]:
        printed[place] += 1
    return printed


def _raised(cells: Cells, missing: list[int], wanted: list[int], unit_minor: int) -> set[tuple[int, int]]:
    """The cells that go up, as many in each row and column as are missing there: those with most of a unit first, and then
    others in their place where that lets another row have its own."""
    rests = {(place, at): amount % unit_minor for place, row in enumerate(cells) for at, amount in enumerate(row)}
    ordered = sorted((cell for cell, rest in rests.items() if rest), key=lambda cell: (-rests[cell], cell))
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
