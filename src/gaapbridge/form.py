"""Tables as they are shown to people and to programs: numbers stay numbers until they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gaapbridge.terms.text import readable

NIL = "—"
"""How an amount of nothing is printed, as in a filing."""


@dataclass(frozen=True)
class Table:
    """A titled table; an empty cell is None. With `adds_up`, the last column is added up below it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    nil: str = NIL
    adds_up: bool = False

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Of each column, whether it holds numbers, which stand to the right."""
        return tuple(_is_numeric([row[place] for row in self.rows]) for place in range(len(self.header)))

    @property
    def total(self) -> int | Decimal:
        """The last column added up."""
        added: int | Decimal = sum(row[-1] for row in self.rows)
        return added

    def as_dict(self) -> dict[str, Any]:
        """The title, the rows as mappings by column name, and what they add up to where that is said."""
        rows = [dict(zip(self.header, map(plain, row), strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows, **({"total": self.total} if self.adds_up else {})}

    def as_lines(self) -> list[str]:
        """The table as text, its title not included: numbers to the right, texts to the left.

        >>> Table("", ("row", "minor"), (("loans", -1200), ("cash", 0))).as_lines()
        ['  row      minor', '  -----  -------', '  loans  (1,200)', '  cash         —']
        >>> Table("", ("row", "minor"), (("loans", -1200), ("cash", 200)), adds_up=True).as_lines()[-2:]
        ['         -------', '  Total  (1,000)']
        """
        cells = [tuple(readable(as_printed(value, self.nil)) for value in row) for row in self.rows]
        total = ("Total", *[""] * (len(self.header) - 2), as_printed(self.total, self.nil)) if self.adds_up else self.header
        widths = [max(len(text) for text in column) for column in zip(self.header, *cells, total, strict=True)]

        def line(row: Sequence[str]) -> str:
            parts = [t.rjust(w) if r else t.ljust(w) for t, w, r in zip(row, widths, self.numeric, strict=True)]
            return ("  " + "  ".join(parts)).rstrip()

        below = [line(["" for _ in widths[1:]] + ["-" * widths[-1]]), line(total)] if self.adds_up else []
        return [line(self.header), "  " + "  ".join("-" * width for width in widths), *map(line, cells), *below]


Part = str | Table
"""A line, or a table, of what is shown of a result; a table shows its title where it has one."""


def as_lines(parts: Iterable[Part]) -> Iterator[str]:
    """Parts as the lines of a text.

    >>> list(as_lines(["Moved", Table("", ("row", "minor"), (("loans", 5),))]))
    ['Moved', '  row    minor', '  -----  -----', '  loans      5']
    """
    for part in parts:
        yield from [part] if isinstance(part, str) else [*filter(None, [part.title]), *part.as_lines()]


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
