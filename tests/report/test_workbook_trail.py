"""The way through the workbook: from a printed cell over formula, note, entry, journal line and segment to a row of a tape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.example.demo import demonstrate
from gaapbridge.progress import Progress
from gaapbridge.report.workbook import FILE, write
from gaapbridge.run import Run
from tests.report.recalculated import Calculated


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The second year of an example lender."""
    return demonstrate(tmp_path_factory.mktemp("years") / "demo", 400, Progress(show=False)).run


@pytest.fixture(scope="module")
def file(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write(run, folder)
    return folder / FILE


@pytest.fixture(scope="module")
def book(file: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(file)


def followed(book: openpyxl.Workbook, cell: Cell) -> Cell:
    """The cell that a link leads to."""
    sheet, _, address = cell.hyperlink.location.rpartition("!")
    found: Cell = book[sheet.strip("'")][address]
    return found


def linked(sheet: Worksheet, column: int) -> Iterator[Cell]:
    """The cells of a column that lead somewhere."""
    yield from (row[column] for row in sheet.iter_rows() if len(row) > column and row[column].hyperlink)


def test_a_printed_cell_leads_to_a_row_of_a_tape(run: Run, book: openpyxl.Workbook) -> None:
    """Each step, at the very cell; of every note some way ends at a row of a file that the run keeps, of the contract named."""
    ends: dict[str, set[tuple[str, int, str]]] = {}
    columns = run.document.column_ids
    for face in ("Balance sheet", "Income statement"):
        for place, note in enumerate(columns, 2):
            for printed in linked(book[face], place):
                formula = followed(book, printed)
                if not formula.hyperlink or not formula.hyperlink.location.startswith("'Note"):
                    continue
                of_note = followed(book, formula)
                assert formula.coordinate in str(of_note.value) and formula.parent.title in str(of_note.value)
                entries = of_note.parent.cell(of_note.row, 6)
                entry = followed(book, entries)
                row = entry.parent[entry.row]
                assert (row[0].value, row[8].value) == (note, book[formula.parent.title].cell(formula.row, 1).value)
                line = followed(book, entry)
                posted = line.parent[line.row]
                assert [posted[0].value, posted[2].value] == [note, row[5].value]
                if posted[4].hyperlink is None:  # tax of all segments, or a segment of which no contract is kept
                    continue
                contract = followed(book, posted[4])
                listed = contract.parent[contract.row]
                assert listed[1].value == posted[4].value
                source = followed(book, listed[4])
                cells = source.parent[source.row]
                assert cells[2].value == contract.value
                ends.setdefault(note, set()).add((cells[0].value, cells[1].value, contract.value))
    assert set(ends) == set(columns)
    kept = {
        (row[0], row[1], row[2])
        for kind in run.kinds
        for rows in run.kept_rows(kind).values()
        for row in rows.select("file", "row", KINDS[kind].tapes[0].schema.identity or "contract_id").rows()
    }
    assert set.union(*ends.values()) <= kept


def test_no_link_is_dead_and_none_leads_to_the_top_of_a_note(book: openpyxl.Workbook) -> None:
    links = [cell for sheet in book if sheet.title != "Cover" for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert len(links) > 1_000
    for link in links:
        found = followed(book, link)
        assert found.value is not None, (link.parent.title, link.coordinate, link.hyperlink.location)
        assert not (found.parent.title.startswith("Note") and found.coordinate == "A1")


def test_every_step_leads_back(book: openpyxl.Workbook) -> None:
    """A row of a tape to its contract, a contract to a line of its segment, a line to its entry, an entry to the note."""
    for name in ("loans", "guarantees", "awards"):
        back = next(linked(book[f"Input {name}"], 2))
        contract = followed(book, back)
        assert (contract.value, contract.parent.title) == (back.value, f"Sample {name}")
        segment = next(linked(book[f"Sample {name}"], 1))
        assert followed(book, segment).value == segment.value
    entry = followed(book, next(linked(book["Journals"], 1)))
    assert entry.parent.title == "Entries"
    note = followed(book, next(linked(book["Entries"], 8)))
    formula = followed(book, note.parent.cell(note.row, 3))
    assert formula.parent.title.startswith("Formulas")


def test_cash_flows_come_to_the_allowance_that_was_measured(run: Run, file: Path) -> None:
    """Losses of the months ahead, multiplied and added up by an engine of others, against the run's own measurement, under both
    frameworks; a loan in default has a month too."""
    book, compared = Calculated(file), 0
    sheet = book.written["Cash flows"]
    for row in sheet.iter_rows():
        if row[0].value == "Loss allowance, as measured":
            added = book.value("Cash flows", row[9].offset(row=-1).coordinate)
            assert round(added * 100) == round(row[9].value * 100), row[9].coordinate
            compared += 1
    assert compared >= 8
    assert "In default already" in {row[0].value for row in sheet.iter_rows()}
    months = [row for row in sheet.iter_rows() if str(row[0].value).startswith("Month ")]
    assert all(str(row[9].value).startswith("=MAX(0,") for row in months) and len(months) > 100
    title = next(cell for cell in linked(sheet, 0) if str(cell.value).startswith("Loan "))
    contract = followed(book.written, title)
    measured = run.measurement("loans", contract.value)
    heads = [cell.value for cell in contract.parent[3]]
    at = heads.index("Loss allowance")
    shown = [cell.value for cell in contract.parent[contract.row][at : at + 2]]
    assert measured is not None
    assert [round(amount * 100) for amount in shown] == [measured["us_loss_allowance"], measured["ifrs_loss_allowance"]]


def test_rows_of_a_tape_are_printed_in_the_currency(run: Run, book: openpyxl.Workbook) -> None:
    """Every cell of the first payments, against the rows that the run keeps."""
    sheet = book["Input loans"]
    title = next(row for row in sheet.iter_rows() if row[0].value == "Payments")[0].row
    heads = [cell.value for cell in sheet[title + 1] if cell.value]
    assert heads[:4] == ["File", "Row", "Contract", "Date"] and "Principal" in heads
    payments = {(row["file"], row["row"]): row for row in run.kept_rows("loans")["tapes.payments"].iter_rows(named=True)}
    for cells in sheet.iter_rows(min_row=title + 2, max_row=title + 21, values_only=True):
        row = payments[cells[0], cells[1]]
        assert cells[3] == str(row["date"]) and round(cells[heads.index("Principal")] * 100) == row["principal_minor"]
