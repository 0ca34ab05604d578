"""Tables in workbooks: every sheet, with merged cells as headings that stand over several columns."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from gaapbridge.filings.grid import MOST_CELLS, Cell, Grid, Line, Uncalculated, words_of
from gaapbridge.filings.json_form import read_bytes
from gaapbridge.filings.table_read import Raw
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.workbook.extent import extent_of
from gaapbridge.workbook.package import opened
from gaapbridge.workbook.places import Area


def read_workbook(path: Path) -> tuple[list[Grid], list[Raw]]:
    """The sheets of an XLSX file that hold anything, in their order, with what is hidden: totals add it up; and those that were
    not read, as a sheet that is a chart.

    Formulas count with the value the workbook was saved with. Raises `UnusableInput`.
    """
    read_bytes(path)
    try:
        with opened(path, path.name, wholly=True) as book:
            extents = {one.name: extent_of(book, one, path.name, MOST_CELLS) for one in book.sheets}
        stored, written = (_loaded(path, values=values) for values in (True, False))
        sheets = [_sheet(stored[name], written[name], where, len(extents) > 1) for name, where in extents.items() if where]
    except UnusableInput:
        raise
    except Exception as error:  # noqa: BLE001 - a broken workbook fails in many ways, none of them ours
        raise UnusableInput(
            file=path.name,
            rule=f"the file is an XLSX workbook with a sheet ({type(error).__name__})",
            remedy="the file may be cut off or of another form; save it again",
        ) from None
    why, remedy = "it is a chart, or otherwise no sheet of cells", "look at it in the workbook"
    return [sheet for sheet in sheets if sheet.lines], [
        {"where": f"sheet {name}", "why": why, "remedy": remedy} for name in book.without_cells
    ]


def _loaded(path: Path, *, values: bool) -> Any:
    """The workbook with the stored values of its formulas, or with the formulas; sheets of charts are passed over."""
    from openpyxl.reader.excel import ExcelReader  # only here, so that JSON and CSV start at once

    reader: Any = ExcelReader(path, data_only=values, keep_links=False)
    reader.read_chartsheet = lambda *_: None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader.read()
    return reader.wb


def _sheet(stored: Any, written: Any, where: Area, several: bool) -> Grid:
    ends = {(one.min_row, one.min_col): one.max_col for one in stored.merged_cells.ranges}
    lines = []
    corners = (where.first_row, where.last_row, where.first_column, where.last_column)
    for values, formulas in zip(stored.iter_rows(*corners), written.iter_rows(*corners), strict=True):
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
