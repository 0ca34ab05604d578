"""Rows of totals that are cut off by their number: where one is a contract, the file has no such row this time."""

from __future__ import annotations

import polars as pl

from gaapbridge.tapes.cells import Reading, parse
from gaapbridge.tapes.chosen_rows import numbered
from gaapbridge.tapes.raw import Raw
from gaapbridge.tapes.schema import Schema
from gaapbridge.tapes.translation import Translation
from gaapbridge.terms import UnusableInput


def refuse_contracts(raw: Raw, translated: Translation, schema: Schema, reading: Reading) -> None:
    """Raise where a row that is cut off reads as one of the tape: somebody's, with a day of its own and at least half of the
    days and numbers that every row has. A row of totals has no days, and sums of a few columns. A tape without days is not
    looked at: its totals may read as a row."""
    told = [
        column for column in schema.columns if column.required and column.kind != "text" and column.name in translated.sources
    ]
    days = [column.name for column in told if column.kind == "date"]
    identity = schema.identity
    if not raw.cut or not days or identity is None or identity not in translated.sources:
        return
    for cut in raw.cut:
        rows = parse(translated.read(numbered(cut.frame, cut.above), list(translated.sources)), schema, reading).frame
        given = pl.sum_horizontal(pl.col(column.name).is_not_null() for column in told)
        somebodys = pl.col(identity).is_not_null() & pl.any_horizontal(pl.col(name).is_not_null() for name in days)
        of_contracts = rows.filter(somebodys & (2 * given >= len(told)))
        if of_contracts.height:
            row, value = of_contracts.select("row", identity).row(0)
            number = cut.frame.height
            raise UnusableInput(
                file=cut.file, row=str(row), column=identity, value=value,
                rule=f"read.total_rows = {number} cuts off rows of totals, and this row is a contract's, with days and amounts",
                remedy="state total_rows = 0, of this file alone beneath its instant in read, or leave rows of totals out by "
                f'what stands in them: total_where = {{ {identity} = "Total" }}',
            )  # fmt: skip
