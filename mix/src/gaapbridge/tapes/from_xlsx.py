"""Excel workbooks as raw content: every cell as text, cells without a usable value reported.

Values are read by fastexcel. What it does not say of them, a pass over the sheet's XML does first (`xlsx_sheet`), so that a
workbook is read right or refused, and nothing larger is opened than a table can be.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gaapbridge.tapes.from_parquet import refuse_repeated
from gaapbridge.tapes.layout import PLAIN, Layout, refuse_content_as_header
from gaapbridge.tapes.raw import Cut, Raw, whole_frame
from gaapbridge.tapes.xlsx_sheet import look
from gaapbridge.tapes.xlsx_table import header, refuse_irregular, restored, spoiled, table
from gaapbridge.terms import UnusableInput
from gaapbridge.workbook.package import not_whole, opened


def read_xlsx(path: Path, file: str, sheet: str, layout: Layout = PLAIN) -> Raw:
    """The workbook at the path: the sheet that the layout names, else its only sheet or the one named `sheet`.

    The header is the first row below the skipped ones that holds anything, with as many rows as the layout says.
    """
    with opened(path, file) as book:
        chosen = book.sheet(sheet, layout.sheet, file)
        seen = look(book, chosen, layout, file)
    if seen.first_row == 0:
        raise UnusableInput(file=file, rule="the sheet has a header and rows", remedy="export the sheet again")
    frame = table(restored(_cells(path, chosen.name, file), seen, from_1904=book.from_1904), seen)
    names = header(frame, seen, layout)
    refuse_content_as_header(names, file, layout)
    refuse_repeated(names, file)
    head = seen.first_row + layout.header_rows - 1
    bad = spoiled(seen, names, head)
    frame = frame.slice(layout.header_rows)
    frame.columns = names
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    filled = _filled_rows(frame, bad)
    rows = max(filled - layout.total_rows, 0)
    cut = (Cut(file, rows, frame.slice(rows, filled - rows)),) if rows < filled else ()
    frame = frame.head(rows)
    refuse_irregular(seen, head, frame.height, file)
    bad = bad.filter(pl.col("row") <= frame.height)
    return Raw(file, dict(frame.schema), frame.height, whole_frame(frame), bad, workbook=True, cut=cut)


def _cells(path: Path, sheet: str, file: str) -> pl.DataFrame:
    """The cells of a sheet as text from its first row; their columns begin at the first that has a value."""
    import fastexcel

    try:
        loaded = fastexcel.read_excel(path).load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
        batch, _ = loaded.to_arrow_with_errors()
    except fastexcel.FastExcelError as error:
        raise not_whole(file, str(error)) from error
    return pl.DataFrame(batch)


def _filled_rows(frame: pl.DataFrame, bad: pl.DataFrame) -> int:
    """The number of rows up to the last that holds anything; a sheet may carry formatted rows below."""
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    last, last_bad = filled.arg_true().max(), bad["row"].max()
    return max(int(str(last)) + 1 if last is not None else 0, int(str(last_bad)) if last_bad is not None else 0)
