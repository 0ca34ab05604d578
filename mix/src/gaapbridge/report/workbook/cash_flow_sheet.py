"""The sheet of cash flows: contracts in full, block by block, each line as what it is; losses and differences are formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gaapbridge.report.told.contract_words import yes_or_no
from gaapbridge.report.told.months import ToldMonth
from gaapbridge.report.workbook.cash_flow_blocks import WIDTHS, Block, Line, What
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import Places
from gaapbridge.report.workbook.sample_places import CASH_FLOWS_FIRST_ROW
from gaapbridge.report.workbook.sheets import Book, Sheet, at

LOSS = 9
"""The column of expected losses."""


def write_cash_flows(book: Book, places: Places, declared: Declared) -> None:
    """The blocks of contracts, one below the other."""
    sheet = declared.opened(book, WIDTHS, freeze=(1, 1))
    sheet.heading(
        f"Amounts in {places.currency}. Of each kind those that are largest behind a printed figure, those over which the "
        "frameworks differ most, and some drawn.",
        "said",
    )
    sheet.row = CASH_FLOWS_FIRST_ROW
    for block in places.sampled.blocks:
        _block(sheet, places, block)


def _block(sheet: Sheet, places: Places, block: Block) -> None:
    """A contract: its name leads back to its place in the sample, then its lines."""
    address = block.contract.address
    word, _, contract_id = address.partition("/")
    name, row = places.sampled.contract_rows[address]
    sheet.link(0, name, at(row, 0), f"{word.capitalize()} {sheet.book.masks.contract(contract_id)}", "heading_link")
    sheet.text(1, block.contract.why, "said")
    sheet.next()
    for line in block.lines:
        if line.cells:
            sheet.text(0, line.cells[0], _CAPTIONS.get(line.what, "text"))
        _WRITTEN.get(line.what, _words)(sheet, places, line)
        sheet.next()
    sheet.next()


def _words(sheet: Sheet, places: Places, line: Line) -> None:
    """A text beside the caption, where there is one."""
    for text in line.cells[1:]:
        sheet.text(1, text)


def _head(sheet: Sheet, places: Places, line: Line) -> None:
    sheet.header(line.cells, (False, *(True,) * (len(line.cells) - 1)))
    sheet.row -= 1


def _both(sheet: Sheet, places: Places, line: Line) -> None:
    us, ifrs = line.cells[1:]
    for column, amount in ((1, us), (2, ifrs)):
        sheet.number(column, places.in_money(amount), "money_line")
    apart = f"=ROUND({at(sheet.row, 2)}-{at(sheet.row, 1)},{places.money_digits})"
    sheet.formula(3, apart, places.in_money(ifrs - us), "money_line")


def _row(sheet: Sheet, places: Places, line: Line) -> None:
    for column, value in enumerate(line.cells[1:], 1):
        cell_of_tape(sheet, places, column, "_minor" if column in line.money else "", value, "to_the_right")


def _month(sheet: Sheet, places: Places, line: Line) -> None:
    """A month: what is exposed, how likely it is lost and how much of it, and the loss as the formula has it."""
    one: ToldMonth = line.cells[1]
    if one.first_missed_due is not None:
        sheet.text(1, one.first_missed_due, "to_the_right")
    for column, amount in enumerate((one.principal, one.interest, one.deferral), 2):
        sheet.number(column, float(amount) / places.money_minor, "money_line")
    shares = one.probability, one.loss_given_default, one.loss_of_interest, one.discount_factor
    for column, share in enumerate(shares, 5):
        sheet.number(column, float(share), "fraction")
    principal, interest, deferral, probability, lost, of_interest, factor = (at(sheet.row, column) for column in range(2, 9))
    loss = f"=MAX(0,{probability}*({lost}*{principal}+{of_interest}*{interest}+{deferral})*{factor})"
    sheet.formula(LOSS, loss, float(one.loss) / places.money_minor, "money_line")


def _sum(sheet: Sheet, places: Places, line: Line) -> None:
    span = f"{at(sheet.row - line.of, LOSS)}:{at(sheet.row - 1, LOSS)}"
    _formula(sheet, places, f"SUM({span})", round(line.cells[1]), "money_total")


def _cut(sheet: Sheet, places: Places, line: Line) -> None:
    """What the losses come to above the gross amount, which stands between them."""
    added, gross = at(sheet.row - 2, LOSS), at(sheet.row - 1, LOSS)
    _formula(sheet, places, f"MIN(0,{gross}-{added})", line.cells[1], "money_line")


def _left(sheet: Sheet, places: Places, line: Line) -> None:
    added, cut = at(sheet.row - 3, LOSS), at(sheet.row - 1, LOSS)
    _formula(sheet, places, f"{added}+{cut}", line.cells[1], "money_total")


def _measured(sheet: Sheet, places: Places, line: Line) -> None:
    sheet.number(LOSS, places.in_money(line.cells[1]), "money_line")


def _formula(sheet: Sheet, places: Places, formula: str, minor: int, style: str) -> None:
    sheet.formula(LOSS, f"=ROUND({formula},{places.money_digits})", places.in_money(minor), style)


_WRITTEN: Mapping[What, Callable[[Sheet, Places, Line], None]] = {
    "head": _head, "both": _both, "row": _row, "month": _month, "sum": _sum, "gross": _measured, "cut": _cut, "left": _left,
    "measured": _measured,
}  # fmt: skip
"""What stands beside the caption of a line; of what is not here, a text."""

_CAPTIONS: Mapping[What, str] = {"heading": "strong", "said": "said", "sum": "strong", "left": "strong"}
"""The styles of captions that are not plain text."""


def is_figure(value: object) -> bool:
    """Whether a value of a tape is a number, and no flag."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def cell_of_tape(sheet: Sheet, places: Places, column: int, title: str, value: Any, text: str = "text") -> None:
    """A value of a tape: an amount in the currency, a figure as it is, an id by its mask, all else as text."""
    if value is None:
        return
    if title.endswith("_minor"):
        sheet.number(column, places.in_money(value), "money_line")
    elif is_figure(value):
        sheet.number(column, value, "plain")
    elif title.endswith("_id"):
        sheet.text(column, sheet.book.masks.contract(value))
    else:
        sheet.text(column, yes_or_no(value), text)
