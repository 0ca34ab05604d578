"""The rows of a file, and the file: vouchers in a layout as CSV, XLSX or Parquet, the same bytes for the same run.

``rows_of`` says what stands in every cell; what a form of file makes of it is below.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from decimal import Decimal
from typing import Any

from gaapbridge.terms.errors import UnusableInput
from gaapbridge.vouchers.cells import cell_of, written_cell
from gaapbridge.vouchers.layout import LedgerColumn, LedgerLayout
from gaapbridge.vouchers.values import VALUES, Cell, Facts, Posted
from gaapbridge.vouchers.voucher import Voucher

Rows = list[list[Cell]]

MOST_DIGITS_OF_A_WORKBOOK = 15
"""Digits of a number that a spreadsheet keeps."""


def rows_of(layout: LedgerLayout, facts: Facts, answers: Mapping[str, str], vouchers: Sequence[Voucher]) -> Rows:
    """Every row of the file, its titles and captions included."""
    titles: Rows = [list(title) for title in layout.titles]
    if layout.arrangement == "table":
        table = [row for voucher in vouchers for row in _cells(layout, layout.columns, facts, answers, voucher)]
        return [*titles, *captions_of(layout, layout.columns), *table]
    for number, voucher in enumerate(vouchers, start=1):
        titles += _block(layout, facts, answers, number, voucher)
    return titles


def _cells(
    layout: LedgerLayout, columns: Sequence[LedgerColumn], facts: Facts, answers: Mapping[str, str], voucher: Voucher
) -> Iterator[list[Cell]]:
    """A row for each line of a voucher; what is the same in all of them is made once, and so is each text or code of a line."""
    of_lines = [(place, column) for place, column in enumerate(columns) if column.value and VALUES[column.value].of_line]
    said: dict[tuple[int, Cell], Cell] = {}
    row: list[Cell] = []
    for number, line in enumerate(voucher.lines, start=1):
        posted = Posted(facts, voucher, line, number)
        row = list(row) or [cell_of(layout, column, answers, posted) for column in columns]
        for place, column in of_lines:
            found = VALUES[column.value or ""].of(posted)
            if found is None:
                row[place] = None
            elif not isinstance(found, str):
                row[place] = written_cell(layout, column, found)
            elif (known := said.get((place, found))) is not None:
                row[place] = known
            else:
                row[place] = said[place, found] = written_cell(layout, column, found)
        yield row


def captions_of(layout: LedgerLayout, columns: Sequence[LedgerColumn]) -> Rows:
    """The rows above these columns: what stands above captions, technical names, and the captions themselves."""
    if not layout.captions:
        return []
    captions: Rows = []
    for further in ("above", "technical"):
        names = [getattr(column, further) for column in columns]
        if any(names):
            captions.append(names)
    return [*captions, [column.caption for column in columns]]


def _block(
    layout: LedgerLayout, facts: Facts, answers: Mapping[str, str], number: int, voucher: Voucher
) -> Iterator[list[Cell]]:
    """A voucher by itself: its number in the file and its own columns, then its lines; the first column numbers blocks."""
    yield [number, layout.header_title]
    for row in captions_of(layout, layout.header):
        yield ["", *row]
    yield ["", *next(_cells(layout, layout.header, facts, answers, voucher))]
    yield []
    yield ["", layout.line_title]
    for row in (*captions_of(layout, layout.line), *_cells(layout, layout.line, facts, answers, voucher)):
        yield ["", *row]
    yield []


def file_of(layout: LedgerLayout, form: str, rows: Rows, minor_digits: int) -> bytes:
    """The file of these rows in one of the layout's forms."""
    if form == "csv":
        return _as_csv(layout, rows)
    return _as_xlsx(layout, rows, minor_digits) if form == "xlsx" else _as_parquet(layout, rows, minor_digits)


def _as_csv(layout: LedgerLayout, rows: Rows) -> bytes:
    """The rows as delimited text. Raises ``UnusableInput`` where the encoding lacks a character."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=layout.delimiter, lineterminator="\r\n")
    writer.writerows([[f"{cell:f}" if type(cell) is Decimal else cell for cell in row] for row in rows])
    try:
        return stream.getvalue().encode(layout.encoding)
    except UnicodeEncodeError as lacking:
        character = lacking.object[lacking.start : lacking.end]
        remedy = 'state encoding = "utf-8-sig" in a layout of your own if the ledger takes it, or write XLSX'
        raise UnusableInput(value=character, rule=f"{layout.encoding} has every character written", remedy=remedy) from None


def _as_parquet(layout: LedgerLayout, rows: Rows, minor_digits: int) -> bytes:
    """The rows of a flat table typed: amounts as decimals, whole numbers, texts."""
    import polars as pl

    amount = pl.Decimal(precision=38, scale=minor_digits)
    types = {"amount": amount, "number": pl.Int64()}
    forms = {column.caption: _form(column) for column in layout.columns}
    schema = {caption: types.get(form, pl.String()) for caption, form in forms.items()}
    above = len(layout.titles) + len(captions_of(layout, layout.columns))
    stream = io.BytesIO()
    pl.DataFrame(rows[above:], schema=schema, orient="row").write_parquet(stream)
    return stream.getvalue()


def _form(column: LedgerColumn) -> str:
    if column.number is not None:
        return "number"
    return VALUES[column.value].form if column.value is not None else "text"


def _as_xlsx(layout: LedgerLayout, rows: Rows, minor_digits: int) -> bytes:
    """The rows as a workbook: amounts are numbers, shown with the currency's decimals, all else is text or a whole number.

    Raises ``UnusableInput`` where an amount has more digits than a spreadsheet keeps.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    for amount in (cell for row in rows for cell in row if isinstance(cell, Decimal)):
        _refuse_long(amount)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(layout.sheet)
    amount, text = WriteOnlyCell(sheet), WriteOnlyCell(sheet)  # copied: to look up the format of each cell takes longer
    amount.number_format = "0" + ("." + "0" * minor_digits if minor_digits else "")

    def cell(value: Cell) -> Any:
        if isinstance(value, Decimal):
            made = copy(amount)
            made.value = value
        elif isinstance(value, str) and value.startswith("#"):
            made = copy(text)
            made.value, made.data_type = value, "s"  # and not the error that it looks like
        else:
            return None if value == "" else value
        return made

    for row in rows:
        sheet.append([cell(value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return _without_time(stream)


def _refuse_long(amount: Decimal) -> None:
    if len(amount.as_tuple().digits) > MOST_DIGITS_OF_A_WORKBOOK:
        rule = f"a workbook keeps {MOST_DIGITS_OF_A_WORKBOOK} digits of a number"
        raise UnusableInput(value=f"{amount:,f}", rule=rule, remedy="write it as --form csv")


_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def _without_time(workbook: io.BytesIO) -> bytes:
    """The workbook as it would be whenever it is written: its parts bear no time, and it says none of its making."""
    stream = io.BytesIO()
    with zipfile.ZipFile(workbook) as read, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for part in read.infolist():
            content = _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z", read.read(part))
            written.writestr(zipfile.ZipInfo(part.filename, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def read_again(layout: LedgerLayout, form: str, content: bytes) -> list[list[Any]]:
    """The rows below titles and captions of a flat table, or all of blocks, as another program reads them."""
    if form == "csv":
        text = content.decode(layout.encoding)
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter))
    if form == "xlsx":
        return _sheet(content) if _begins_at_a1(layout) else _sheet_with_blank_edges(content)
    import polars as pl

    frame = pl.read_parquet(io.BytesIO(content))
    return [[column.caption for column in layout.columns], *map(list, frame.iter_rows())]


def _begins_at_a1(layout: LedgerLayout) -> bool:
    """Whether something stands in the first column of a workbook, whatever the run holds."""
    return layout.arrangement == "blocks" or (layout.captions and layout.columns[0].caption != "")


def _sheet(content: bytes) -> list[list[Any]]:
    """The cells of a workbook as fastexcel reads them, as text; blank rows and columns at the edges are left out."""
    import fastexcel

    sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    columns = [[cell or "" for cell in column.to_pylist()] for column in sheet.to_arrow().columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _sheet_with_blank_edges(content: bytes) -> list[list[Any]]:
    """The same as openpyxl reads them, which takes many times as long and leaves nothing out."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    read = list(book.worksheets[0].iter_rows(values_only=True))
    width = max(map(len, read), default=0)  # a row ends with its last cell that is not blank
    return [["" if cell is None else cell for cell in row] + [""] * (width - len(row)) for row in read]
