"""What the tests of disclosures read their tables with: as they are printed, paragraph by paragraph and row by row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from gaapbridge.report.exhibit.blocks import TableRow
from gaapbridge.report.exhibit.disclosure_pages import disclosures_of
from gaapbridge.report.told.disclosed import Disclosure
from gaapbridge.report.told.disclosures import compared_disclosures
from gaapbridge.run import Run
from gaapbridge.terms.languages import ENGLISH


def paragraphs(run: Run) -> list[str]:
    """The paragraphs beside the tables of a run."""
    return [block.text for block in disclosures_of(run, ENGLISH).blocks if block.block == "paragraph"]


def printed_of(run: Run) -> Iterator[tuple[Disclosure, list[str], list[TableRow]]]:
    """Every disclosure of a run and of the period before with the heads and rows that are printed of it, read one by one."""
    tables = [block for block in disclosures_of(run, ENGLISH).blocks if block.block == "table"]
    parts = [
        (list(table.heads), list(rows))
        for table in tables
        if not table.title.startswith("Held against")
        for is_head, rows in groupby(table.rows, key=lambda row: row.kind == "heading")
        if not is_head
    ]
    made = [each for one in compared_disclosures(run) for each in (one, one.before) if each is not None]
    yield from ((one, heads, rows) for one, (heads, rows) in zip(made, parts, strict=True))


def amount_of(text: str) -> int:
    """What a printed amount says."""
    figure = int(text.strip("()").replace(",", "").replace("—", "0"))
    return -figure if text.startswith("(") else figure
