"""The table of a sheet: its header of one or several rows, its dates, and what makes it no plain table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.tapes.cells import BAD_CELLS
from gaapbridge.tapes.layout import Layout
from gaapbridge.tapes.xlsx_sheet import DECIMALS, LARGE, Seen
from gaapbridge.terms import UnusableInput
from gaapbridge.workbook.places import Area, area, letters

_SHOWN_AS_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}( |$)"
_FIRST_DAY = {False: np.datetime64("1899-12-30", "s"), True: np.datetime64("1904-01-01", "s")}
_SERIALS = (61, 2_957_003)
"""From March 1900, before which Excel counts a day that was not, to the year 9999 of both epochs."""

_NOISE = 1e-15
"""What of a number is but the last digit of its binary fraction: 0.1 + 0.2 is 0.3."""


def restored(frame: pl.DataFrame, seen: Seen, *, from_1904: bool) -> pl.DataFrame:
    """The cells of a sheet, with dates and long fractions written anew from the numbers that it stores.

    A column of the frame is one of the sheet from `seen.origin`, its first row the sheet's. Whether a cell is a date, the
    frame says by its text; where the style alone does, it is one whatever the text.
    """
    rows, columns = np.array(seen.rows) - 1, np.array(seen.columns) - seen.origin
    numbers, eastern = np.array(seen.numbers), np.array(seen.eastern, dtype=bool)
    for column in np.unique(columns).tolist():
        here = columns == column
        cells, number = frame[:, column], numbers[here]
        shown = cells.gather(rows[here]).str.contains(_SHOWN_AS_DATE).fill_null(False).to_numpy()
        rewritten = (eastern[here] | shown) & (number >= _SERIALS[0]) & (number <= _SERIALS[1])
        cut = np.abs(number - np.round(number, DECIMALS)) > _NOISE * np.abs(number)
        rounded = ~(shown | rewritten) & (cut | (np.abs(number) >= LARGE))
        cells = cells.scatter(rows[here][rewritten], _dates(number[rewritten], from_1904))
        frame = frame.with_columns(cells.scatter(rows[here][rounded], pl.Series(number[rounded]).cast(pl.String)))
    return frame


def table(frame: pl.DataFrame, seen: Seen) -> pl.DataFrame:
    """The rows and columns of the table in the cells of its sheet; nothing but formulas without a value may lie outside."""
    columns = range(seen.first_column - seen.origin, seen.last_column - seen.origin + 1)
    inside = [frame[:, index] if 0 <= index < frame.width else pl.lit(None, pl.String) for index in columns]
    below = pl.DataFrame(schema={"": pl.String}).clear(max(seen.last_row - frame.height, 0))
    chosen = frame.select(cells.alias(str(number)) for number, cells in enumerate(inside))
    return pl.concat([chosen, below], how="diagonal").select(chosen.columns).slice(seen.first_row - 1)


def header(frame: pl.DataFrame, seen: Seen, layout: Layout) -> list[str]:
    """The columns' names: the texts of the header's rows, joined by a blank; a merged cell names all columns it covers."""
    rows = [[text or "" for text in row] for row in frame.head(layout.header_rows).rows()]
    for merged in map(area, seen.merged):
        row, first = merged.first_row - seen.first_row, merged.first_column - seen.first_column
        if 0 <= row < len(rows) and first >= 0:
            last = min(merged.last_column - seen.first_column + 1, frame.width)
            rows[row][first:last] = [rows[row][first]] * (last - first) if first < last else []
    return [" ".join(filter(None, texts)) for texts in zip(*rows, strict=True)]


def spoiled(seen: Seen, names: Sequence[str], head: int) -> pl.DataFrame:
    """The cells below the sheet's row `head` that have no usable value, by data row and column name (`BAD_CELLS`)."""
    return pl.DataFrame(
        [
            (cell.row - head, names[cell.column - seen.first_column], cell.value, cell.rule, cell.remedy)
            for cell in seen.spoiled
            if cell.row > head
        ],
        schema=BAD_CELLS,
        orient="row",
    )


def refuse_irregular(seen: Seen, head: int, rows: int, file: str) -> None:
    """Refuses merged cells among the `rows` below the sheet's row `head`, and rows or columns of the table that are hidden."""
    body = Area(head + 1, seen.first_column, head + rows, seen.last_column)
    for reference in seen.merged:
        if area(reference).touches(body):
            raise UnusableInput(
                file=file,
                value=reference,
                rule="no cells are merged in the rows of a table",
                remedy="split the cells and fill each row",
            )
    hidden = [row for row in seen.hidden_rows if row <= head + rows]
    if hidden:
        _refuse_hidden(file, "row", [str(row) for row in hidden], "take off the filter, show the rows, or delete them")
    covered = [
        letters(column)
        for first, last in seen.hidden_columns
        for column in range(max(first, seen.first_column), min(last, seen.last_column) + 1)
    ]
    if covered:
        _refuse_hidden(file, "column", covered, "show the columns, or delete them")


def _dates(serials: NDArray[np.float64], from_1904: bool) -> pl.Series:
    seconds = np.round(serials * 86_400).astype("timedelta64[s]")
    return pl.Series((_FIRST_DAY[from_1904] + seconds).astype("datetime64[ms]")).dt.strftime("%Y-%m-%d %H:%M:%S")


def _refuse_hidden(file: str, what: str, which: list[str], remedy: str) -> None:
    first, count = ", ".join(which[:5]), len(which)
    raise UnusableInput(
        file=file,
        value=f"{what}{'s' if count > 1 else ''} {first}{f' and {count - 5} more' if count > 5 else ''}",
        rule=f"no {what} of a table is hidden: what nobody sees is not measured",
        remedy=remedy,
    )
