"""The workbook against what is not its own: an independent spreadsheet engine, the run's statements, its roll-forward."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import gaapbridge
from gaapbridge.period_close import close
from gaapbridge.report.told.causes import cause_in_words
from gaapbridge.report.workbook import FILE, SHEETS, write
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import Places
from gaapbridge.report.workbook.sheets import Book
from gaapbridge.starter import write_starter
from tests.miniature import first_year, second_year
from tests.report.recalculated import Calculated


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The runs of 2022, of one instant, and of 2023."""
    lender = write_starter(tmp_path_factory.mktemp("workbook") / "lender")
    text = lender.plan.read_text(encoding="utf-8")
    plans = lender.folder / "first.toml", lender.folder / "second.toml"
    for plan, year in zip(plans, (first_year, second_year), strict=True):
        plan.write_text(year(text), encoding="utf-8")
    folders = tuple(close(plan).folder for plan in plans)
    shutil.rmtree(lender.folder / "tapes", ignore_errors=True)
    return folders[0], folders[1]


@pytest.fixture(scope="module")
def workbooks(years: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The workbooks of both, written without the tapes."""
    folders = [tmp_path_factory.mktemp("written") for _ in years]
    for run, folder in zip(years, folders, strict=True):
        write(gaapbridge.Run(run), folder)
    return folders[0] / FILE, folders[1] / FILE


@pytest.fixture(scope="module")
def calculated(workbooks: tuple[Path, Path]) -> Calculated:
    return Calculated(workbooks[1])


def of(run: Path, name: str) -> Any:
    return json.loads((run / name).read_text(encoding="utf-8"))


def test_every_formula_comes_to_the_figure_beside_it(calculated: Calculated) -> None:
    formulas = list(calculated.formulas())
    assert [one for one in formulas if not one.agrees] == []
    assert len(formulas) > 2_000


@pytest.mark.campaign
def test_every_formula_of_a_run_of_one_instant(workbooks: tuple[Path, Path]) -> None:
    formulas = list(Calculated(workbooks[0]).formulas())
    assert [one for one in formulas if not one.agrees] == []
    assert any("tb_closing" in one.formula for one in formulas)


@pytest.mark.campaign
def test_every_formula_of_a_run_without_a_trial_balance(tmp_path: Path) -> None:
    """What balances the sub-ledgers is in no account of the plan, and has its row all the same."""
    lender = write_starter(tmp_path / "lender")
    plan = re.sub(
        r"^\[trial_balance\]$.*?(?=^\[(?!trial_balance))", "", lender.plan.read_text(encoding="utf-8"), flags=re.M | re.S
    )
    lender.plan.write_text(plan, encoding="utf-8")
    write(gaapbridge.Run(close(lender.plan).folder), tmp_path)
    formulas = list(Calculated(tmp_path / FILE).formulas())
    assert [one for one in formulas if not one.agrees] == []
    assert any(one.sheet == "Formulas bs-2023" and one.kept for one in formulas)


def test_formulas_calculated_are_the_exact_statement(years: tuple[Path, Path], calculated: Calculated) -> None:
    """Each cell of ``exact.json`` as the engine calculates it from trial balance and journals."""
    exact, unit, compared = of(years[1], "exact.json"), beside(calculated, UNIT), 0
    columns = ["us_gaap", *(column["id"] for column in exact["columns"]), "ifrs"]
    for statement in exact["statements"]:
        sheet = f"Formulas {statement['id']}"
        rows = {cell.value: cell.row for cell in calculated.written[sheet]["A"] if cell.value}  # of two, the one below
        for row in statement["rows"]:
            for place, column in enumerate(columns):
                stated = row[column] if column in row else row["adj"].get(column, 0)
                cell = openpyxl.utils.cell.get_column_letter(4 + place) + str(rows[row["id"]])
                assert calculated.value(sheet, cell) == pytest.approx(stated / unit, abs=1e-6), (sheet, cell)
                compared += 1
    assert compared > 300


UNIT = "Minor units in a printed unit"


def test_faces_are_the_printed_statement(years: tuple[Path, Path], workbooks: tuple[Path, Path]) -> None:
    """Rows in order with their amounts, as ``statement.json`` has them of the lines that a filing prints."""
    printed = of(years[1], "statement.json")
    columns = [column["id"] for column in printed["columns"]]
    book = openpyxl.load_workbook(workbooks[1], data_only=True)
    shown = [
        (row[0], *row[1:])
        for name in ("Balance sheet", "Income statement")
        for row in book[name].iter_rows(min_row=5, values_only=True)
        if isinstance(row[1], int | float)
    ]
    stated = [
        (row["label"], row["us_gaap"], *(row["adj"].get(column, 0) for column in columns), row["ifrs"])
        for kind in ("balance sheet", "income statement")
        for statement in printed["statements"]
        if statement["kind"] == kind
        for row in statement["rows"]
        if row["role"] != "line" or any(row["adj"].values())
    ]
    assert shown == stated


def beside(book: Calculated, caption: str) -> Any:
    """What stands on the cover beside a caption."""
    return book.value("Cover", "B" + book.found("Cover", "A", caption)[1:])


@pytest.mark.campaign
def test_a_journal_line_that_is_changed_moves_its_figures_alone(workbooks: tuple[Path, Path]) -> None:
    """A debit raised by 100 printed units: its line moves by that under its note and IFRS, under no other column."""
    book = Calculated(workbooks[1])
    closing = next(name for name in book.written.sheetnames if name.startswith("Formulas bs-2023"))
    unit_minor = beside(book, UNIT)
    entry = next(
        row for row in book.written["Entries"].iter_rows(min_row=7)
        if row[7].value == "BS" and row[9].value > 1 and book.value("Entries", row[10].coordinate)
    )  # fmt: skip
    note, row_id, where = entry[0].value, entry[8].value, entry[1].hyperlink.location
    line = book.written["Journals"][where.rpartition("B")[2]]
    debit = line[5]
    assert (line[0].value, line[1].value, line[2].value) == (note, entry[1].value, entry[5].value)
    ids = [cell.value for cell in book.written[closing][5]]
    row = book.found(closing, "A", row_id)[1:]
    cells = {name: f"{openpyxl.utils.get_column_letter(ids.index(name) + 1)}{row}" for name in dict.fromkeys(ids) if name}
    before = {name: book.value(closing, cell) for name, cell in cells.items()}
    book.change("Journals", debit.coordinate, str((debit.value or 0) + 100 * unit_minor))
    moved = {name: round(book.value(closing, cell) - before[name], 6) for name, cell in cells.items()}
    sign = book.written[closing][f"C{row}"].value
    assert moved == {name: sign * 100 if name in (note, "ifrs") else 0 for name in cells}
    assert beside(book, "Journals, debits less credits, minor units") == 100 * unit_minor, "what no longer balances is seen"


def test_tax_that_no_difference_of_a_note_bears_fails(workbooks: tuple[Path, Path]) -> None:
    """Ten minor units more of income tax, and no more of deferred tax: the note's other item is no longer rounding."""
    book = Calculated(workbooks[1])
    row = int(book.found("Tax proof", "A", "Held: nil of IFRS, of a note within rounding, 5 minor units")[1:])
    results = [cell for cell in book.written["Tax proof"][row][1:] if cell.value]
    assert {book.value("Tax proof", cell.coordinate) for cell in results} == {"holds"}
    amount = next(
        cell for line in book.written["Journals"].iter_rows(min_row=6) for cell in line[5:7]
        if (line[0].value, line[2].value) == ("ecl", "6801") and cell.value
    )  # fmt: skip
    book.change("Journals", amount.coordinate, str(amount.value + 10))
    assert sorted(book.value("Tax proof", cell.coordinate) for cell in results) == ["FAILS", *["holds"] * (len(results) - 1)]


def test_a_line_that_is_given_another_account_is_in_no_entry(workbooks: tuple[Path, Path]) -> None:
    """It leaves its entry, which is seen: what stands on lines and in no entry is its amount."""
    book = Calculated(workbooks[1])
    line = next(row for row in book.written["Journals"].iter_rows(min_row=6) if row[5].value)
    stray = "K" + book.found("Entries", "J", "On lines, in no entry")[1:]
    assert book.value("Entries", stray) == 0
    book.change("Journals", line[2].coordinate, "none")
    assert book.value("Entries", stray) == line[5].value


def test_lines_of_an_entry_stand_together_however_they_are_posted(years: tuple[Path, Path], tmp_path: Path) -> None:
    """Lines posted three times over, entry after entry: each entry still has one span of lines, and three times its sum."""
    run = gaapbridge.Run(years[1])
    once = Places.of(run).summed
    run.listed.__dict__["journals"] = tuple(run.listed.journals) * 3
    thrice = Places.of(run).summed
    assert {len(one.spans) for one in thrice} == {1}
    assert [one.count for one in thrice] == [3 * one.count for one in once]
    assert [one.debit_minor for one in thrice] == [3 * one.debit_minor for one in once]


def test_very_many_entries_share_the_rows_of_their_causes(
    years: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every line is an entry by itself, formulas look through the rows of causes, and every one comes to its figure."""
    run = gaapbridge.Run(years[1])
    before = len(Places.of(run).summed)
    run.listed.__dict__["journals"] = tuple(
        replace(line, entry=f"{line.entry}-{place}") for place, line in enumerate(run.listed.journals)
    )
    monkeypatch.setattr("gaapbridge.report.workbook.places.MOST_ENTRIES", before)
    assert len(Places.of(run).summed) == before
    write(run, tmp_path)
    book = Calculated(tmp_path / FILE)
    assert [one for one in book.formulas() if not one.agrees] == []
    sheet = book.written["Entries"]
    assert "the entries of one cause" in sheet["A2"].value
    several = [row for row in sheet.iter_rows(min_row=7) if row[9].value > 1]
    assert several and all(
        row[1].value == f"{row[9].value:,} entries of cause {row[2].value.replace('_', ' ').capitalize()}" for row in several
    )


def headed(note: str, flow: str) -> str:
    """A cause of a note as the head of its column."""
    words = cause_in_words(note, flow)
    return f"{words[:1].upper()}{words[1:]}"


def said(name: str) -> str:
    """A component or a cause as it is printed."""
    return name.replace("_", " ").capitalize()


def test_note_sheets_print_words_and_accounts_in_order(years: tuple[Path, Path], calculated: Calculated) -> None:
    """No id of a row, component or cause stands on the sheet of a note."""
    exact, rolled = of(years[1], "exact.json"), of(years[1], "roll_forward.json")
    ids = {row["id"] for one in exact["statements"] for row in one["rows"]}
    ids |= {name for one in rolled for name in (one["component"], *one["flows_minor"]) if name != name.capitalize()}
    for name in [one for one in calculated.written.sheetnames if one.startswith("Note ")]:
        sheet = calculated.written[name]
        assert not ids & {cell.value for row in sheet.iter_rows() for cell in row}
        first = int(calculated.found(name, "B", "Account")[1:])
        codes = [cell.value for cell in sheet["B"][first:]]
        codes = codes[: codes.index(None)]
        assert codes == sorted(codes) and len(codes) > 2


def test_the_foot_of_a_page_says_whose_and_which_run(years: tuple[Path, Path], calculated: Calculated) -> None:
    run = gaapbridge.Run(years[1])
    for sheet in calculated.written:
        assert sheet.oddFooter.center.text.strip() == f"{run.manifest.entity}, {run.manifest.period}, {years[1].name}"


def test_causes_calculated_are_the_roll_forward(years: tuple[Path, Path], calculated: Calculated) -> None:
    rolled = {(one["note"], one["component"], one["account"]): one for one in of(years[1], "roll_forward.json")}
    compared = 0
    for name in [one for one in calculated.written.sheetnames if one.startswith("Note ")]:
        sheet = calculated.written[name]
        first = int(calculated.found(name, "A", "Of what")[1:])
        assert "in CNY" in sheet.cell(first - 1, 1).value
        heads = [cell.value for cell in sheet[first][3:] if cell.value]
        for row in sheet.iter_rows(min_row=first + 1):
            if row[1].value is None:
                break
            key = next(
                one for one in rolled
                if (said(one[1]), one[2]) == (row[0].value, row[1].value) and f'"{one[0]}"' in row[3].value
            )  # fmt: skip
            amounts = [calculated.value(name, cell.coordinate) for cell in row[3 : 3 + len(heads)]]
            stated = rolled[key]
            by_head = {"Last year's closing": stated["opening_minor"], "Closing": stated["closing_minor"]}
            by_head |= {headed(key[0], flow): amount for flow, amount in stated["flows_minor"].items()}
            assert amounts == [by_head.get(head, 0) / 100 for head in heads], (name, key)
            compared += 1
    assert compared == len(rolled)


@pytest.mark.campaign
def test_the_same_bytes_twice(years: tuple[Path, Path], workbooks: tuple[Path, Path], tmp_path: Path) -> None:
    write(gaapbridge.Run(years[1]), tmp_path)
    assert (tmp_path / FILE).read_bytes() == workbooks[1].read_bytes()


def listed_on_cover(book: openpyxl.Workbook) -> dict[str, str]:
    """What the cover says that each sheet contains, by the sheet that its link leads to."""
    cells = [row[:2] for row in book["Cover"].iter_rows() if row[0].hyperlink is not None]
    return {name.hyperlink.location.partition("!")[0].strip("'"): contains.value for name, contains in cells}


def test_the_cover_leads_to_every_sheet_in_order(workbooks: tuple[Path, Path]) -> None:
    for file in workbooks:
        book = openpyxl.load_workbook(file)
        assert list(listed_on_cover(book)) == book.sheetnames[1:]


def test_a_sheet_is_declared_once(years: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def of_one_line(book: Book, places: Places, declared: Declared) -> None:
        declared.opened(book, (30,)).heading("one more")

    def one_more(places: Places) -> Iterator[Declared]:
        yield Declared("One more", "what nobody had", "a sheet of one line", of_one_line)

    monkeypatch.setattr("gaapbridge.report.workbook.SHEETS", (*SHEETS, one_more))
    write(gaapbridge.Run(years[1]), tmp_path)
    book = openpyxl.load_workbook(tmp_path / FILE)
    assert list(listed_on_cover(book).items())[-1] == ("One more", "a sheet of one line")
    titles = [row[0].value for row in book["One more"].iter_rows()]
    assert titles == [f"{gaapbridge.Run(years[1]).manifest.entity}: what nobody had", "one more"]


def test_every_sheet_is_among_those_recalculated(years: tuple[Path, Path], calculated: Calculated) -> None:
    """One that this lender does not have would be written, and recalculated by nobody."""
    places = Places.of(gaapbridge.Run(years[1]))
    made = {sheets_of.__name__: [one.name for one in sheets_of(places)] for sheets_of in SHEETS}
    assert [name for name, sheets in made.items() if not sheets] == []
    assert {one for sheets in made.values() for one in sheets} <= set(calculated.written.sheetnames)


def test_links_lead_to_cells_that_are_there(workbooks: tuple[Path, Path]) -> None:
    book = openpyxl.load_workbook(workbooks[1])
    targets = [link.location for sheet in book for row in sheet.iter_rows() for cell in row if (link := cell.hyperlink)]
    assert len(targets) > 300
    for target in targets:
        sheet, cell = target.rsplit("!", 1)
        assert book[sheet.strip("'")][cell].value is not None, target


def test_a_printed_cell_leads_to_its_formula_and_back(workbooks: tuple[Path, Path]) -> None:
    book = openpyxl.load_workbook(workbooks[1])
    face = book["Balance sheet"]
    cell = next(cell for cell in face["B"] if cell.hyperlink)
    sheet, address = cell.hyperlink.location.rsplit("!", 1)
    formula = book[sheet.strip("'")][address]
    assert "tb_closing" in formula.value
    back = book[sheet.strip("'")].cell(formula.row, 2).hyperlink.location
    assert back == f"'Balance sheet'!{cell.coordinate}"


HOSTILE = '=HYPERLINK("http://example.com","open")'


def test_text_of_tapes_is_text(years: tuple[Path, Path], tmp_path: Path) -> None:
    """A segment that looks like a formula, one of 10,000 characters and one that runs from right to left."""
    run = gaapbridge.Run(years[1])
    texts = [HOSTILE, "+1+1", "@SUM(A1)", "x" * 10_000, "\u202e=1+1 \u05d0\u05d1", "<b>&amp;</b>"]
    lines = list(run.listed.journals)
    run.listed.__dict__["journals"] = tuple(
        replace(line, segment=texts[place % len(texts)], text=texts[-1 - place % len(texts)])
        for place, line in enumerate(lines)
    )
    write(run, tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / FILE)["Journals"]
    kinds = {cell.data_type for row in sheet.iter_rows(min_row=6) for cell in (row[4], row[7])}
    assert kinds == {"s"}
    held = {row[4].value for row in sheet.iter_rows(min_row=6)}
    assert {HOSTILE, "x" * 10_000, "\\u202e=1+1 \u05d0\u05d1"} <= held


@pytest.mark.campaign
def test_more_lines_than_a_sheet_takes_are_divided_by_note(
    years: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With sheets of twenty lines: a sheet or several for each note, and every formula still comes to its figure."""
    monkeypatch.setattr("gaapbridge.report.workbook.places.MOST_LINES", 20)
    monkeypatch.setattr("gaapbridge.report.workbook.HELD_IN_MEMORY", 10)
    run = gaapbridge.Run(years[1])
    assert len(Places.of(run).journals) > len(run.manifest.columns)
    write(run, tmp_path)
    book = Calculated(tmp_path / FILE)
    assert [one for one in book.formulas() if not one.agrees] == []
    with (years[1] / "journals.csv").open(encoding="utf-8", newline="") as stream:
        posted = sum(1 for _ in csv.DictReader(stream))
    sheets = [sheet for sheet in book.written if sheet.title.startswith("Journals")]
    assert sum(sheet.max_row - 5 for sheet in sheets) == posted
    assert sum(row[9].value for row in book.written["Entries"].iter_rows(min_row=7)) == posted
    assert max(sheet.max_row - 5 for sheet in sheets) == 20
