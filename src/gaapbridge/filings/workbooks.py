"""Tables in workbooks: every sheet, with merged cells as headings that stand over several columns."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from gaapbridge.filings.grid import Cell, Grid, Line, Uncalculated, words_of
from gaapbridge.filings.json_form import read_bytes
from gaapbridge.terms.errors import UnusableInput


def read_workbook(path: Path) -> list[Grid]:
    """The sheets of an XLSX file that hold anything, in their order, with what is hidden: totals add it up.

    Formulas count with the value the workbook was saved with. Raises `UnusableInput`.
    """
    import openpyxl  # only here, so that JSON and CSV start at once

    read_bytes(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored, written = (openpyxl.load_workbook(path, data_only=values) for values in (True, False))
            sheets = [_sheet(one, written[one.title], len(stored.worksheets) > 1) for one in stored.worksheets]
    except Exception as error:  # noqa: BLE001 - a broken workbook fails in many ways, none of them ours
        raise UnusableInput(
            file=path.name,
            rule=f"the file is an XLSX workbook with a sheet ({type(error).__name__})",
            remedy="the file may be cut off or of another form; save it again",
        ) from None
    return [sheet for sheet in sheets if sheet.lines]


def _sheet(stored: Any, written: Any, several: bool) -> Grid:
    ends = {(one.min_row, one.min_col): one.max_col for one in stored.merged_cells.ranges}
    lines = []
    for values, formulas in zip(stored.iter_rows(), written.iter_rows(), strict=True):
        cells = []
        for value, formula in zip(values, formulas, strict=True):
            held = _value(value, formula)
            if isinstance(held, Uncalculated) or words_of(held):
                start = value.column - 1
                cells.append(Cell(held, start, ends.get((value.row, value.column), value.column)))
        if cells:
            lines.append(Line(values[0].row, tuple(cells)))
    return Grid(f"sheet {stored.title}" if several else "", tuple(lines))


def _value(value: Any, formula: Any) -> object:
    """What a cell shows; a formula that the workbook has no value of is no blank cell. A stored empty text is a value."""
    if formula.data_type == "f" and value.value is None and value.data_type == "n":
        return Uncalculated(str(formula.value))
    held = value.value
    if isinstance(held, int | float) and not isinstance(held, bool) and "%" in str(value.number_format):
        return f"{held * 100:.10g}%"
    return held
