"""Tables as they are shown to people and to programs: numbers stay numbers until they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from gaapbridge.terms.text import readable
from gaapbridge.terms.wrapping import LONGEST_ATOM, columns_of, least_columns, padded, wrapped

NIL = "—"
"""How an amount of nothing is printed, as in a filing."""


@dataclass(frozen=True, slots=True)
class Tells:
    """What a table tells, for whoever shows it otherwise than as text: its title is for people, and never read again.

    ``what`` is its kind. ``framework`` and ``instant`` are those that its amounts are of, empty where it has both frameworks,
    or a whole period. ``name`` is its title without a unit, ``minor`` the columns in minor units. Of rows of a tape it has the
    ``file``, and where it is a single one, told column by column, its number in ``row``; ``at_most`` is what amounts are cut
    at that add up to more.
    """

    what: str
    name: str = ""
    framework: str = ""
    instant: str = ""
    minor: tuple[str, ...] = ()
    file: str = ""
    row: int | None = None
    at_most: int | None = None


NOTHING_TOLD = Tells("")


@dataclass(frozen=True)
class Table:
    """A titled table; an empty cell is None. With `adds_up`, the last column is added up below it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    nil: str = NIL
    adds_up: bool = False
    tells: Tells = NOTHING_TOLD

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Of each column, whether it holds numbers, which stand to the right."""
        return tuple(_is_numeric([row[place] for row in self.rows]) for place in range(len(self.header)))

    @property
    def by_name(self) -> list[dict[str, Any]]:
        """Each row with its cells by the names of their columns."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]

    @property
    def total(self) -> int | Decimal:
        """The last column added up."""
        added: int | Decimal = sum(row[-1] for row in self.rows)
        return added

    def as_dict(self) -> dict[str, Any]:
        """The title, the rows as mappings by column name, and what they add up to where that is said."""
        rows = [dict(zip(self.header, map(plain, row), strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows, **({"total": plain(self.total)} if self.adds_up else {})}

    def as_lines(self, width: int | None = None) -> list[str]:
        """The table as text, its title not included: numbers to the right, texts to the left.

        Where it is wider than ``width`` columns its texts are wrapped; where that is not enough it is cut into blocks of
        columns, each with the first one again, or below it where that takes more than half of the width. No number is broken.

        >>> Table("", ("row", "minor"), (("loans", -1200), ("cash", 0))).as_lines()
        ['  row      minor', '  -----  -------', '  loans  (1,200)', '  cash         —']
        >>> Table("", ("row", "minor"), (("loans", -1200), ("cash", 200)), adds_up=True).as_lines()[-2:]
        ['         -------', '  Total  (1,000)']
        >>> Table("", ("row", "minor", "exact"), (("loans", -1200, -119987),)).as_lines(20)[3:]
        ['', '  row        exact', '  -----  ---------', '  loans  (119,987)']
        """
        rows = [tuple(readable(as_printed(value, self.nil)) for value in row) for row in self.rows]
        total = ("Total", *[""] * (len(self.header) - 2), as_printed(self.total, self.nil)) if self.adds_up else None
        texts = [self.header, *rows, *([total] if total else [])]
        columns = [_Column(tuple(row[place] for row in texts), right) for place, right in enumerate(self.numeric)]
        return list(_in_blocks(columns, width, self.adds_up))


_GAP = "  "
"""What stands before every column."""

_TEXT_COLUMNS = 20
"""Columns that a text takes, or all it needs, before its table is cut into blocks."""


@dataclass(frozen=True)
class _Column:
    """The texts of a column, its name first, and whether they stand to the right, as numbers do."""

    texts: tuple[str, ...]
    right: bool

    @cached_property
    def natural(self) -> int:
        """Columns of the terminal in which nothing is wrapped."""
        return max(map(columns_of, self.texts))

    @cached_property
    def least(self) -> int:
        """The fewest in which no number is broken."""
        return max(map(least_columns, self.texts))

    @cached_property
    def readable(self) -> int:
        """The fewest in which it is pleasant to read."""
        return self.least if self.right else max(self.least, min(self.natural, _TEXT_COLUMNS))


def _in_blocks(columns: Sequence[_Column], width: int | None, adds_up: bool) -> Iterator[str]:
    """A table whole, or as blocks of columns that fit, blank lines between."""
    whole = sum(len(_GAP) + column.natural for column in columns)
    if width is None or whole <= width:
        yield from _block(columns, [column.natural for column in columns], adds_up)
        return
    first, *others = columns
    below = 2 * (len(_GAP) + first.readable) > width and len(others) > 0
    room = width - len(_GAP) if below else width - len(_GAP) - first.readable
    for number, block in enumerate(_fitting(others, room) or [[]]):
        if number:
            yield ""
        last = adds_up and others[-1] in block
        texts = first.texts if last or not adds_up else first.texts[:-1]
        if below:
            yield from _stacked(texts, block, width, last)
        else:
            named = [_Column(texts, first.right), *block]
            yield from _block(named, _shared(named, width), last)


def _fitting(columns: Sequence[_Column], room: int) -> list[list[_Column]]:
    """Columns in blocks, of each as many as there is room for; one at least."""
    blocks: list[list[_Column]] = []
    left = 0
    for column in columns:
        needed = len(_GAP) + column.readable
        if not blocks or needed > left:
            blocks.append([])
            left = room
        blocks[-1].append(column)
        left -= needed
    return blocks


def _shared(columns: Sequence[_Column], width: int) -> list[int]:
    """How wide each column is where all take ``width``: what it needs, the widest so much that all together fit."""
    room = width - len(_GAP) * len(columns)
    least, longest = [column.least for column in columns], LONGEST_ATOM
    while sum(least) > room and longest:
        longest -= 1
        least = [max(least_columns(text, longest) for text in column.texts) for column in columns]
    most = max(column.natural for column in columns)
    while sum(widths := _at_most(most, columns, least)) > max(room, sum(least)):
        most -= 1
    return widths


def _at_most(most: int, columns: Sequence[_Column], least: Sequence[int]) -> list[int]:
    """The natural width of each column, but no more than ``most`` where it needs less."""
    return [min(column.natural, max(fewest, most)) for column, fewest in zip(columns, least, strict=True)]


def _block(columns: Sequence[_Column], widths: Sequence[int], adds_up: bool) -> Iterator[str]:
    """Columns side by side, a rule below their names and above what they add up to."""
    header, *rows = zip(*(column.texts for column in columns), strict=False)
    sides = [column.right for column in columns]
    yield from _beside(header, widths, sides, from_below=True)
    yield "".join(_GAP + "-" * width for width in widths)
    for row in rows[:-1] if adds_up else rows:
        yield from _beside(row, widths, sides)
    if adds_up:
        yield from _beside([*[""] * (len(widths) - 1), "-" * widths[-1]], widths, sides)
        yield from _beside(rows[-1], widths, sides)


def _stacked(names: Sequence[str], columns: Sequence[_Column], width: int, adds_up: bool) -> Iterator[str]:
    """Columns below the names of their rows, which take the whole width."""
    room = width - 2 * len(_GAP)
    widths, sides = _shared(columns, room), [column.right for column in columns]
    lines = list(zip(*(column.texts for column in columns), strict=False))
    for number, (name, row) in enumerate(zip(names, lines, strict=False)):
        if adds_up and number == len(names) - 1:
            yield from (_GAP + one for one in _beside([*[""] * (len(widths) - 1), "-" * widths[-1]], widths, sides))
        yield from (_GAP + line for line in wrapped(name, room))
        yield from (_GAP + line for line in _beside(row, widths, sides, from_below=number == 0))
        if number == 0:
            yield _GAP + "".join(_GAP + "-" * one for one in widths)


def _beside(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool], from_below: bool = False) -> Iterator[str]:
    """One row, each text wrapped to its column, from above or, as names of columns, from below."""
    cells = [wrapped(text, width, hanging=0 if from_below else None) for text, width in zip(texts, widths, strict=True)]
    height = max(map(len, cells))
    for number in range(height):
        line = ""
        for cell, width, to_right in zip(cells, widths, right, strict=True):
            place = number - (height - len(cell) if from_below else 0)
            line += _GAP + padded(cell[place] if 0 <= place < len(cell) else "", width, right=to_right)
        yield line.rstrip()


Part = str | Table
"""A line, or a table, of what is shown of a result; a table shows its title where it has one."""


def as_lines(parts: Iterable[Part], width: int | None = None) -> Iterator[str]:
    """Parts as the lines of a text, its tables of at most ``width`` columns.

    >>> list(as_lines(["Moved", Table("", ("row", "minor"), (("loans", 5),))]))
    ['Moved', '  row    minor', '  -----  -----', '  loans      5']
    """
    for part in parts:
        yield from [part] if isinstance(part, str) else [*filter(None, [part.title]), *part.as_lines(width)]


def plain(value: Any) -> Any:
    """A value as JSON holds it: whole numbers, texts and nothing as they are, all else as text."""
    if isinstance(value, Decimal):
        return f"{to_ten_decimals(value):f}"
    return value if isinstance(value, int | str | type(None)) else str(value)


def to_ten_decimals(exact: Decimal) -> Decimal:
    """A number to at most ten decimals, none of them a trailing zero.

    >>> to_ten_decimals(Decimal("1200.50")), to_ten_decimals(Decimal(1) / 3), to_ten_decimals(Decimal("-1E-12"))
    (Decimal('1200.5'), Decimal('0.3333333333'), Decimal('0'))
    """
    return Decimal(f"{exact:.10f}".rstrip("0").rstrip(".")) or Decimal(0)


def as_printed(value: Any, nil: str = NIL) -> str:
    """A value as it is printed: parentheses for a negative number, a dash or what is given for nil, nothing for None.

    >>> as_printed(-1200), as_printed(0), as_printed(0, nil="0"), as_printed(None), as_printed("text")
    ('(1,200)', '—', '0', '', 'text')
    >>> as_printed(Decimal("-23737.58"))
    '(23,737.58)'
    """
    if isinstance(value, Decimal):
        value = to_ten_decimals(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return nil if value == 0 else f"({-value:,})" if value < 0 else f"{value:,}"
    return "" if value is None else str(value)


def _is_numeric(values: Sequence[Any]) -> bool:
    given = [value for value in values if value is not None]
    return bool(given) and all(isinstance(value, int | float) for value in given)
