"""The rows of files that a run posted: those of given notes, and adjustments; kept to explain a figure, and to carry on."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from gaapbridge.run.form import plain_text

ADJUSTMENT, REVERSED = "adjustment", "adjustment_reversed"
"""The flows of adjustments: made, and reversed by themselves."""


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One leg as it was posted: its note's column, entry and kind, and the row of the file that it comes from.

    ``row`` counts data rows from 1. ``name`` is the item of a given row, or the number of an adjustment; ``date``, ``path``
    and what follows stand as the file has them, blank where it states none. The row of an adjustment that was carried on is
    that of the file in which it was first read.
    """

    note: str
    entry: str
    kind: str
    flow: str
    account: str
    segment: str
    debit_minor: int
    credit_minor: int
    file: str
    row: int
    name: str
    date: str
    path: str
    reason: str = ""
    prepared_by: str = ""
    approved_by: str = ""
    source: str = ""
    reversing_date: str = ""

    @property
    def amount_minor(self) -> int:
        """The amount, debit positive."""
        return self.debit_minor - self.credit_minor


COLUMNS = tuple(one.name for one in fields(GivenRow))
_NUMBERS = ("debit_minor", "credit_minor", "row")


def as_rows(rows: Iterable[GivenRow]) -> list[tuple[object, ...]]:
    """Rows as those of a table."""
    return [astuple(row) for row in rows]


def read_rows(path: Path) -> Iterator[GivenRow]:
    """The rows in the table of a run; none in a run that was written before there were any."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield GivenRow(**{name: int(row[name]) if name in _NUMBERS else plain_text(row[name]) for name in COLUMNS})  # type: ignore[arg-type]


def still_open(rows: Iterable[GivenRow], closing: str) -> list[GivenRow]:
    """The adjustments of a run that stand after its closing: none that has reversed by then."""
    standing = [row for row in rows if row.prepared_by and row.flow != REVERSED]
    return [row for row in standing if not row.reversing_date or row.reversing_date > closing]
