"""Tables as they are shown to people and to programs: numbers stay numbers until they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Table:
    """A titled table; an empty cell is None."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def as_dict(self) -> dict[str, Any]:
        """The title, and the rows as mappings by column name."""
        return {"title": self.title, "rows": [dict(zip(self.header, map(plain, row), strict=True)) for row in self.rows]}

    def as_lines(self) -> list[str]:
        """The table as text, its title not included: numbers to the right, texts to the left.

        >>> Table("", ("row", "minor"), (("loans", -1200), ("cash", 0))).as_lines()
        ['  row      minor', '  -----  -------', '  loans  (1,200)', '  cash         —']
        """
        cells = [tuple(map(shown, row)) for row in self.rows]
        widths = [max(len(text) for text in column) for column in zip(self.header, *cells, strict=True)]
        right = [_is_numeric([row[place] for row in self.rows]) for place in range(len(widths))]

        def line(row: Sequence[str]) -> str:
            parts = [t.rjust(w) if r else t.ljust(w) for t, w, r in zip(row, widths, right, strict=True)]
            return ("  " + "  ".join(parts)).rstrip()

        return [line(self.header), "  " + "  ".join("-" * width for width in widths), *map(line, cells)]


def plain(value: Any) -> Any:
    """A value as JSON holds it: whole numbers, texts and nothing as they are, all else as text."""
    return value if isinstance(value, int | str | type(None)) else str(value)


def shown(value: Any) -> str:
    """A value as it is printed: parentheses for a negative number, a dash for nil, nothing for None.

    >>> shown(-1200), shown(0), shown(None), shown("text")
    ('(1,200)', '—', '', 'text')
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return "—" if value == 0 else f"({-value:,})" if value < 0 else f"{value:,}"
    return "" if value is None else str(value)


def _is_numeric(values: Sequence[Any]) -> bool:
    given = [value for value in values if value is not None]
    return bool(given) and all(isinstance(value, int) for value in given)
