"""Reading a table from CSV or XLSX, with the line of every row."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.filings.json_form import read_text
from gaapbridge.terms.errors import UnusableInput


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and the rows below it: line number and cells by header. Blank rows are left out."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, object]], ...]


def read_table(path: Path) -> Table:
    """The table in a CSV or XLSX file. Raises `UnusableInput` for one that cannot be read."""
    lines = _xlsx_cells(path) if path.suffix.lower() == ".xlsx" else _csv_cells(path)
    header: list[str] | None = None
    rows: list[tuple[int, Mapping[str, object]]] = []
    for number, cells in lines:
        filled = _without_blank_end(cells)
        if not filled:
            continue
        if header is None:
            header = [_heading(cell) for cell in filled]
        elif len(filled) > len(header):
            raise UnusableInput(
                file=path.name,
                row=f"line {number}",
                value=str(filled[-1])[:60],
                rule=f"a row has no more cells than the header ({len(header)})",
                remedy="quote texts that hold the separator",
            )
        else:
            rows.append((number, dict(zip(header, filled, strict=False))))
    if header is None:
        raise UnusableInput(file=path.name, rule="the table has a header", remedy="export it again")
    return Table(path.name, tuple(header), tuple(rows))


def _heading(cell: object) -> str:
    """A header as it is compared: `US GAAP` is `us_gaap`, `IFRS` is `ifrs`."""
    text = "" if cell is None else str(cell).strip()
    folded = text.lower().replace(" ", "_")
    return folded if folded in ("us_gaap", "ifrs", "as_of") else text


def _without_blank_end(cells: Sequence[object]) -> list[object]:
    filled = list(cells)
    while filled and (filled[-1] is None or str(filled[-1]).strip() == ""):
        filled.pop()
    return filled


def _csv_cells(path: Path) -> list[tuple[int, Sequence[object]]]:
    text = read_text(path)
    header = text.lstrip().splitlines()[0]
    separator = max((",", ";", "\t"), key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[tuple[int, Sequence[object]]] = []
    try:
        for cells in reader:
            lines.append((reader.line_num, cells))
    except csv.Error as error:
        raise UnusableInput(
            file=path.name,
            row=f"line {reader.line_num}",
            rule=f"the file is CSV ({error})",
            remedy="the file may be cut off or hold an open quote; export it again",
        ) from None
    return lines


def _xlsx_cells(path: Path) -> list[tuple[int, Sequence[object]]]:
    """The cells of the sheet named `statement`, else of the first sheet."""
    try:
        import openpyxl  # only here, so that JSON and CSV start at once
    except ImportError:
        raise UnusableInput(file=path.name, rule="reading XLSX needs openpyxl", remedy="install gaapbridge[xlsx]") from None
    if not path.is_file():
        read_text(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored, written = (_statement(openpyxl.load_workbook(path, data_only=values)) for values in (True, False))
    except Exception as error:  # noqa: BLE001 - a broken workbook fails in many ways, none of them ours
        raise UnusableInput(
            file=path.name,
            rule=f"the file is an XLSX workbook with a sheet ({type(error).__name__})",
            remedy="the file may be cut off or of another form; save it again",
        ) from None
    _refuse_uncalculated(stored, written, path.name)
    return list(enumerate(stored.iter_rows(values_only=True), start=1))


def _statement(book: Any) -> Any:
    return book["statement"] if "statement" in book.sheetnames else book.worksheets[0]


def _refuse_uncalculated(stored: Any, written: Any, file: str) -> None:
    """Refuses a formula that the workbook has no value of; a blank one would count as nil. A stored empty text is a value."""
    headings: dict[int, object] = {}
    for values, formulas in zip(stored.iter_rows(), written.iter_rows(), strict=True):
        for value, formula in zip(values, formulas, strict=True):
            if formula.data_type == "f" and value.value is None and value.data_type == "n":
                raise UnusableInput(
                    file=file,
                    row=f"line {value.row}",
                    column=str(headings.get(value.column, value.column_letter)),
                    value=str(formula.value)[:60],
                    rule="the formula has no stored value",
                    remedy="open the workbook in Excel and save it there, or write the value",
                )
            if value.value is not None:
                headings.setdefault(value.column, value.value)
