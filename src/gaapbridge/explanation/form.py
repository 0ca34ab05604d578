"""The form of an explanation: facts, then tables, as text or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """A titled table of an explanation; numbers stay numbers until they are printed."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Explanation:
    """What stands behind an address: facts in order, then tables."""

    address: str
    facts: Mapping[str, Any]
    tables: tuple[Table, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``: facts, and each table as a list of rows by column name."""
        tables = [
            {"title": t.title, "rows": [dict(zip(t.header, map(_plain, row), strict=True)) for row in t.rows]}
            for t in self.tables
        ]
        return {"address": self.address, **{k: _plain(v) for k, v in self.facts.items()}, "tables": tables}

    def as_text(self) -> str:
        """For a terminal."""
        lines = [self.address, ""]
        width = max((len(name) for name in self.facts), default=0)
        lines += [f"  {name:<{width}}  {_shown(value)}" for name, value in self.facts.items()]
        for table in self.tables:
            lines += ["", table.title, *_printed(table)]
        return "\n".join(lines)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str | type(None)) else str(value)


def _shown(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return "—" if value == 0 else f"({-value:,})" if value < 0 else f"{value:,}"
    return str(value)


def _printed(table: Table) -> list[str]:
    """A table as text: numbers to the right, texts to the left."""
    cells = [tuple(map(_shown, row)) for row in table.rows]
    widths = [max(len(text) for text in column) for column in zip(table.header, *cells, strict=True)]
    right = [bool(table.rows) and all(isinstance(row[i], int) for row in table.rows) for i in range(len(widths))]

    def line(row: Sequence[str]) -> str:
        parts = [t.rjust(w) if r else t.ljust(w) for t, w, r in zip(row, widths, right, strict=True)]
        return ("  " + "  ".join(parts)).rstrip()

    return [line(table.header), "  " + "  ".join("-" * width for width in widths), *map(line, cells)]
