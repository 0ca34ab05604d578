"""Excel workbooks as raw content: every cell as text, error cells reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.tapes.cells import BAD_CELLS
from gaapbridge.tapes.from_parquet import refuse_repeated
from gaapbridge.tapes.layout import PLAIN, Layout
from gaapbridge.tapes.raw import Raw, whole_frame
from gaapbridge.terms import UnusableInput


def read_xlsx(path: Path, file: str, sheet: str, layout: Layout = PLAIN) -> Raw:
    """The workbook at the path: its only sheet, or the one named `sheet`; its first row is the header."""
    try:
        import fastexcel
    except ImportError as error:
        raise UnusableInput(
            file=file,
            rule="reading a workbook needs the extra xlsx",
            remedy="install gaapbridge[xlsx], or save the sheet as CSV",
        ) from error
    try:
        workbook = fastexcel.read_excel(path)
        name = _sheet(list(workbook.sheet_names), layout.sheet or sheet, file)
        batch, errors = workbook.load_sheet(name, header_row=None, dtypes="string").to_arrow_with_errors()
    except fastexcel.FastExcelError as error:
        raise UnusableInput(
            file=file,
            value=str(error).strip().split("\n")[0],
            rule="the file is a whole Excel workbook (.xlsx)",
            remedy="save the workbook again",
        ) from error
    table = pl.DataFrame(batch)
    if table.height == 0:
        raise UnusableInput(file=file, rule="the sheet has a header and rows", remedy="export the sheet again")
    header = [text or "" for text in table.row(0)]
    refuse_repeated(header, file)
    frame = table.slice(1)
    frame.columns = header
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    spoiled = _spoiled(errors, header)
    frame = frame.head(_filled_rows(frame, spoiled))
    return Raw(file, dict(frame.schema), frame.height, whole_frame(frame), spoiled, workbook=True)


def _sheet(names: list[str], wanted: str, file: str) -> str:
    if wanted in names:
        return wanted
    if len(names) == 1:
        return names[0]
    raise UnusableInput(
        file=file,
        value=", ".join(names),
        rule=f"a workbook has one sheet, or one named {wanted}",
        remedy=f"name the sheet {wanted}",
    )


def _spoiled(errors: Any, header: list[str]) -> pl.DataFrame:
    """The cells that hold an error value, by data row and column name."""
    found = [] if errors is None else errors.errors
    cells = [(error.offset_position[0], header[error.offset_position[1]], _error_value(error.detail)) for error in found]
    rule, remedy = "a cell holds a value, not an error", "repair the formula and save the workbook again"
    return pl.DataFrame(
        [(row, column, value, rule, remedy) for row, column, value in cells if row > 0],
        schema=BAD_CELLS,
        orient="row",
    )


def _error_value(detail: str) -> str:
    """The error as the workbook shows it: `#DIV/0!` of "Expected string but got 'Error(Div0)'"."""
    shown = {
        "Div0": "#DIV/0!",
        "NA": "#N/A",
        "Name": "#NAME?",
        "Null": "#NULL!",
        "Num": "#NUM!",
        "Ref": "#REF!",
        "Value": "#VALUE!",
    }
    for word, text in shown.items():
        if f"({word})" in detail:
            return text
    return detail


def _filled_rows(frame: pl.DataFrame, spoiled: pl.DataFrame) -> int:
    """The number of rows up to the last that holds anything; a sheet may carry formatted rows below."""
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    last = filled.arg_true().max()
    last_error = spoiled["row"].max()
    return max(int(str(last)) + 1 if last is not None else 0, int(str(last_error)) if last_error is not None else 0)
