"""Tapes and ledgers of a small lender as core systems export them, each beside the truth that it was made from.

What is read of a file can be held against its truth cell by cell: nothing is rounded away in writing, and every word that a
system uses for one of ours is listed with the file (`Export`). The lender is the example's own (`lender`), so that what was
read can be closed too. The same seed gives the same files; all are written to a test's own folder.

What the files imitate:

- `american`, a loan trial of a bank's core system, printed to CSV. A title and the line of the run above the header, a total
  below, blank lines at the end. Text cells padded with blanks to their width. Headers shortened to eight letters or so. Dates
  03/16/2023. Amounts as `$1,234.56` in quotes; what is paid out as negative, `($788.45)`. Rates as `15.40%`. A status that is
  the bucket of arrears while the loan is on book (Current, 30-59 DPD), and the way it left afterwards (Paid in Full, Charged
  Off). Codes for ways of repayment, Y and N. Columns that are nobody's business: branch, officer, a balance of escrow.
- `american`, severe: dates that are not known as 00/00/0000, as mainframes print a field of zeros; nil amounts as `$ -`, as the
  accounting format of spreadsheets shows them; a comma at the end of every line, and so a last column without a name.
- `chinese`, CSV: the ledger of loan receipts (借据) in GB18030, which no other encoding reads. Headers with their unit,
  放款金额(元), 年利率(%) without a percent sign in the cells. Dates 20230316. A tab behind every id, by which systems stop
  Excel from making a number of it. Status, way of repayment, currency, flags and grades in words. A row 合计 below.
- `chinese`, XLSX: the same as a report. A title merged over the table, a line with the instant and the unit, two rows of
  header with merged group headings (and headings merged downwards), amounts as numbers in 万元, dates as text 2023年3月16日,
  合计 merged over the first columns, and who made the list below it.
- `chinese`, severe: `-` for whatever is empty, thousands separators in the CSV.
- `ledgers`, the trial balance of a general ledger of either country: ten digits of account, so that one of ours is a range of
  theirs; several accounts in each range, some with a balance on the other side; debit and credit columns with thousands
  separators, blank where nil; a total. In the workbook the accounts are numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

Cell = str | int | float | None
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Export:
    """A file as a core system writes it, and what a reader has to be told of it.

    `truth` is Parquet in our columns, amounts in minor units. `columns` gives the file's names by ours, `words` by our column
    what each of the file's words means. Amounts are in `unit` major units; `percent` lists our columns stated in per cent,
    `negative` those whose amounts have the other sign. `ranges` gives for each of our accounts the first and last of theirs.
    """

    path: Path
    truth: Path
    columns: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    skip_rows: int = 0
    header_rows: int = 1
    total_rows: int = 0
    sheet: str | None = None
    encoding: str = "utf-8"
    dates: str = "%Y-%m-%d"
    unit: int = 1
    percent: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    empty: tuple[str, ...] = ("",)
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Heading:
    """A column of an export: its name there, ours (None where it is not ours), how a row shows it, and its group of columns.

    `total` columns are added up in the last row.
    """

    theirs: str
    ours: str | None
    shown: Callable[[Row], Cell]
    group: str = ""
    total: bool = False


def names_of(headings: Sequence[Heading], *, grouped: bool = False) -> dict[str, str]:
    """The file's names by ours; of a file with `grouped` headings as they are joined, group and name."""
    return {
        heading.ours: f"{heading.group} {heading.theirs}" if grouped and heading.group else heading.theirs
        for heading in headings
        if heading.ours
    }


def body(frame: pl.DataFrame, headings: Sequence[Heading]) -> list[list[Cell]]:
    """The rows of the frame as the headings show them."""
    return [[heading.shown(row) for heading in headings] for row in frame.iter_rows(named=True)]


def totals(frame: pl.DataFrame, headings: Sequence[Heading], label: str) -> list[Cell]:
    """The row of totals: a label in the first column, sums where a heading is added up."""
    summed = {name: sum(frame[name].drop_nulls().to_list()) for name in (h.ours for h in headings if h.total) if name}
    cells = [heading.shown(summed) if heading.total else None for heading in headings]
    return [label, *cells[1:]]


def write_csv(path: Path, lines: Iterable[Sequence[Cell]], encoding: str, *, behind: str = "") -> Path:
    """The lines as CSV, each with the same text `behind` it; an empty line stays empty."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator=f"{behind}\r\n")
    for line in lines:
        writer.writerow(["" if cell is None else cell for cell in line])
    path.write_bytes(written.getvalue().encode(encoding))
    return path


@dataclass(frozen=True)
class Sheet:
    """A report on a sheet: lines above the header, groups over its names, rows, totals and lines below."""

    name: str
    above: Sequence[str]
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell]
    merged_total: int
    below: Sequence[str]


def write_sheet(path: Path, report: Sheet) -> Path:
    """The report as a workbook: lines above merged over the table, groups over their names, names without a group downwards."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = report.name
    width, top = len(report.headings), len(report.above) + 1
    for line in report.above:
        sheet.append([line])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=width)
    groups = [heading.group for heading in report.headings]
    first = [index == 0 or groups[index - 1] != group for index, group in enumerate(groups)]
    sheet.append(
        [
            heading.theirs if not heading.group else heading.group if starts else None
            for heading, starts in zip(report.headings, first, strict=True)
        ]
    )
    sheet.append([heading.theirs if heading.group else None for heading in report.headings])
    for index, group in enumerate(groups):
        if not group:
            sheet.merge_cells(start_row=top, end_row=top + 1, start_column=index + 1, end_column=index + 1)
        elif first[index]:
            last = next((later for later in range(index, width) if groups[later] != group), width)
            sheet.merge_cells(start_row=top, end_row=top, start_column=index + 1, end_column=last)
    for row in [*report.rows, report.total]:
        sheet.append(list(row))
    end = sheet.max_row
    sheet.merge_cells(start_row=end, end_row=end, start_column=1, end_column=report.merged_total)
    for line in report.below:
        sheet.append([line])
    book.save(path)
    return path


def grouped_digits(minor: int) -> str:
    """An amount in major units with separators.

    `123456` is 1,234.56.
    """
    return f"{minor // 100:,}.{minor % 100:02d}"


def year_month_day(day: date | None, form: str, empty: str = "") -> str:
    """A day as a system writes it. Python's own `%m` is padded; `{m}` and `{d}` of the form are not."""
    return day.strftime(form).replace("{m}", str(day.month)).replace("{d}", str(day.day)) if day else empty
