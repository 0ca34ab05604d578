"""The contracts whose input rows a run keeps, down to these rows: a list for each kind, its input, and cash flows in full.

A journal line leads to the contracts of its segment, a contract to the row of the file that it was read from, and back.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gaapbridge.report.told.contract_words import yes_or_no
from gaapbridge.report.told.differences import in_words
from gaapbridge.report.told.sampled import ToldSample, ToldSampled, ToldTape
from gaapbridge.report.workbook.cash_flow_sheet import cell_of_tape, is_figure, write_cash_flows
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.journals import SEGMENT
from gaapbridge.report.workbook.places import Places
from gaapbridge.report.workbook.sample_places import (
    CASH_FLOWS,
    INPUT_FIRST_ROW,
    SAMPLE_FIRST_ROW,
    InputPlace,
    first_of,
)
from gaapbridge.report.workbook.sheets import A3, Book, Sheet, at

TITLES = ("Contract", "Segment", "In the period", "Kept for", "Input", "Cash flows")
TITLE_WIDTHS = (15, 27, 52, 44, 13, 11)
AMOUNT = 13


def sample_sheets(places: Places) -> Iterator[Declared]:
    """Of each kind that has contracts kept the list of them and their input; then some of all kinds in full."""
    of = places.sampled
    for sample in of.samples:
        contains = f"{len(sample.contracts):,} {sample.kind} whose input rows the run keeps, by segment"
        yield Declared(of.sample_sheet(sample.kind), f"sample of {sample.kind}", contains, partial(_write_sample, sample))
    if of.blocks:
        contains = "some contracts in full: both frameworks, cash flows by row of the tape, expected losses by month"
        yield Declared(CASH_FLOWS, "cash flows of contracts", contains, write_cash_flows)
    for sample in of.samples:
        contains = f"the rows of the tapes that these {sample.kind} were read from, with file and row"
        yield Declared(of.input_sheet(sample.kind), f"input of {sample.kind}", contains, partial(_write_input, sample))


def _write_sample(sample: ToldSample, book: Book, places: Places, declared: Declared) -> None:
    of = places.sampled
    widths = (*TITLE_WIDTHS, *[AMOUNT] * 2 * len(sample.measures))
    sheet = declared.opened(book, widths, freeze=(SAMPLE_FIRST_ROW, 1), paper=A3)
    sheet.on_paper(head=2)
    sheet.heading(
        f"At the closing, in {places.currency}. Of a segment those that differ most come first. "
        "Input is the row of its file, counted below the header; gaapbridge explain opens any contract.", "said",
    )  # fmt: skip
    sheet.row = SAMPLE_FIRST_ROW - 2
    for place, name in enumerate(sample.measures):
        sheet.text(len(TITLES) + 2 * place, in_words(name), "strong")
    sheet.next()
    sides = [side for _ in sample.measures for side in ("U.S. GAAP", "IFRS")]
    sheet.header((*TITLES, *sides), (*(False,) * len(TITLES), *(True,) * len(sides)))
    for one in sample.contracts:
        _contract(sheet, places, one, first_of(sample, one, of))
    sheet.sheet.autofilter(SAMPLE_FIRST_ROW - 1, 0, max(SAMPLE_FIRST_ROW, sheet.row - 1), len(widths) - 1)


def _contract(sheet: Sheet, places: Places, one: ToldSampled, read_from: InputPlace | None) -> None:
    """A contract in a row: its segment leads back to the journals, its input to the row that it was read from."""
    sheet.text(0, sheet.book.masks.contract(one.contract_id))
    posted = places.first_of_segment.get(one.segment)
    if posted is None:
        sheet.text(1, one.segment)
    else:
        sheet.link(1, posted[0], at(posted[1], SEGMENT), one.segment)
    sheet.text(2, one.became)
    sheet.text(3, one.kept_for)
    if read_from is not None:
        sheet.link(4, read_from[0], at(read_from[1], 0), f"row {read_from[2]}")
    if one.address in places.sampled.cash_flows:
        sheet.link(5, CASH_FLOWS, at(places.sampled.cash_flows[one.address], 0), "in full")
    for place, amount in enumerate((amount for both in one.amounts for amount in both), len(TITLES)):
        sheet.number(place, places.in_money(amount), "money_line")
    sheet.next()


FILE_WIDTH, CONTRACT_WIDTH, CELL_WIDTH = 34, 18, 13


def _write_input(sample: ToldSample, book: Book, places: Places, declared: Declared) -> None:
    most = max((len(tape.columns) for tape in sample.tapes), default=3)
    widths = (FILE_WIDTH, 10, CONTRACT_WIDTH, *[CELL_WIDTH] * (most - 3))
    sheet = declared.opened(book, widths, freeze=(INPUT_FIRST_ROW - 1, 3), paper=A3)
    sheet.on_paper()
    sheet.heading(
        f"As the tapes have them, amounts in {places.currency}. A contract leads back to its place in the sample. "
        "Rows are counted below the header of a file; those of tapes with several for a contract are not printed.", "said",
    )  # fmt: skip
    sheet.row = INPUT_FIRST_ROW
    addresses = {one.contract_id: one.address for one in sample.contracts}
    last = sheet.row
    for tape in sample.tapes:
        _tape(sheet, places, tape, addresses)
        last = sheet.row if tape.is_single else last
    sheet.sheet.print_area(0, 0, last, len(widths) - 1)


def _tape(sheet: Sheet, places: Places, tape: ToldTape, addresses: dict[str, str]) -> None:
    sheet.heading(in_words(tape.name.removeprefix("tapes.").replace(".", " at the ")))
    if tape.alike:
        told = (_in_a_line(sheet, places, name, value) for name, value in tape.alike)
        sheet.heading(f"In every row: {', '.join(told)}.", "said")
    numeric = [False, True, False, *(_is_number(tape, place) for place in range(3, len(tape.columns)))]
    sheet.header(["File", "Row", "Contract", *(in_words(one.removesuffix("_minor")) for one in tape.columns[3:])], numeric)
    before = None
    for row in tape.rows:
        sheet.text(0, row[0])
        sheet.number(1, row[1], "plain")
        if row[2] == before:
            sheet.text(2, sheet.book.masks.contract(row[2]))
        else:
            name, place = places.sampled.contract_rows[addresses[row[2]]]
            sheet.link(2, name, at(place, 0), sheet.book.masks.contract(row[2]))
        before = row[2]
        for column, (title, value) in enumerate(zip(tape.columns[3:], row[3:], strict=True), 3):
            cell_of_tape(sheet, places, column, title, value)
        sheet.next()
    if tape.left_out:
        sheet.heading(f"{tape.left_out:,} more rows are kept in the run: gaapbridge explain shows those of a contract.", "said")
    sheet.next()


def _in_a_line(sheet: Sheet, places: Places, name: str, value: Any) -> str:
    """A column whose value every row has, as it stands in a line: an id by its mask."""
    if name.endswith("_minor"):
        shown = f"{places.in_money(value):,.{places.money_digits}f}"
    elif name.endswith("_id"):
        shown = sheet.book.masks.contract(value)
    else:
        shown = str(yes_or_no(value))
    return f"{in_words(name.removesuffix('_minor')).lower()} {shown}"


def _is_number(tape: ToldTape, place: int) -> bool:
    """Whether a column has numbers."""
    return next((is_figure(row[place]) for row in tape.rows if row[place] is not None), False)
