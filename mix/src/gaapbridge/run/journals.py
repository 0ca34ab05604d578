"""The journals of a run line by line, as the ledger imports them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path

from gaapbridge.book.journal import Journal
from gaapbridge.run.form import plain_text


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A line of a journal with its entry, and the row of the statement that carries its account."""

    note: str
    period: str
    entry: str
    flow: str
    component: str
    kind: str
    account: str
    line: str
    segment: str
    debit_minor: int
    credit_minor: int
    text: str

    @property
    def amount_minor(self) -> int:
        """The amount, debit positive."""
        return self.debit_minor - self.credit_minor


COLUMNS = tuple(one.name for one in fields(JournalLine))
AMOUNTS = ("debit_minor", "credit_minor")


def journal_lines(journals: Iterable[Journal], row_of: Mapping[str, str]) -> Iterator[JournalLine]:
    """Every line of every journal; ``row_of`` maps accounts to statement rows."""
    for journal in journals:
        for entry in journal.entries:
            for line in entry.lines:
                yield JournalLine(
                    journal.note, journal.period, entry.id, entry.flow, entry.component, entry.kind, line.account,
                    row_of[line.account], line.segment, line.debit_minor, line.credit_minor, line.text,
                )  # fmt: skip


def as_rows(lines: Iterable[JournalLine]) -> list[tuple[object, ...]]:
    """Lines as the rows of a table."""
    return list(map(attrgetter(*COLUMNS), lines))


def read_lines(path: Path) -> Iterator[JournalLine]:
    """The lines in the table of a run."""
    with path.open(encoding="utf-8", newline="") as stream:
        table = csv.reader(stream)
        header = next(table, [])
        for row in table:
            cells = dict(zip(header, row, strict=False))
            if "flow" not in cells:
                cells |= _of_entry(cells["entry"])
            yield JournalLine(*(int(cells[name]) if name in AMOUNTS else plain_text(cells[name]) for name in COLUMNS))  # type: ignore[arg-type]


def _of_entry(entry: str) -> dict[str, str]:
    """Flow and component of an entry of a run of before, which has them in its name alone.

    >>> _of_entry("i-assumptions-contingent")
    {'flow': 'assumptions', 'component': 'contingent'}
    """
    _, flow, component = (entry + "--").split("-", 2)
    return {"flow": flow, "component": component.removesuffix("--").removesuffix("-")}
