"""The proof of income tax by formula: what each note bears at its rate, how the common rate becomes that of IFRS, the proofs of
the close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gaapbridge.report.told.notes import told_notes
from gaapbridge.report.told.tax import (
    BEFORE_TAX,
    DEFERRED,
    INCOME_TAX,
    ITEMS,
    ROUNDING,
    SAID,
    ToldColumnTax,
    ToldDeferred,
    ToldNoteTax,
    ToldTax,
    beyond_rounding,
    net_asset_accounts,
    opening_change,
    tax_accounts,
    told_tax,
)
from gaapbridge.report.told.tie_outs import told_checks
from gaapbridge.report.told.trail import BROUGHT_FORWARD
from gaapbridge.report.workbook.criteria import literal
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.note_sheets import printed_table
from gaapbridge.report.workbook.places import Places
from gaapbridge.report.workbook.sheets import Book, Sheet, at, quoted
from gaapbridge.report.workbook.tie_out_sheet import difference_and_result
from gaapbridge.statement.document import IFRS

CAPTION, BEFORE, RATE, AT_RATE, ALLOWANCE, OTHER, TAXED = range(7)
"""The columns of the proof of deferred tax."""

CHANGED = 1 + list(ITEMS).index("rate_change")
ADDED_AND_BEYOND = len(ITEMS) + 3, len(ITEMS) + 4
"""The places below income before tax of the change of rate, and of what proves a column: below income tax and its rate."""


@dataclass
class _Proved:
    """Where the amounts of a note stand: the row of each instant on the sheet, by note and instant."""

    rows: dict[tuple[str, str], int] = field(default_factory=dict)


def tax_sheet(places: Places) -> Iterator[Declared]:
    """Deferred tax by note at both instants, the reconciliation of the rate, tax as printed, the proofs (R6)."""
    yield Declared("Tax proof", "proof of income tax", "income tax of each note against its income before tax", _write)


def _write(book: Book, places: Places, declared: Declared) -> None:
    told = told_tax(places.run)
    widths = (52, *[20] * max(6, len(told.columns)))
    sheet = declared.opened(book, widths, freeze=(1, 1))
    for said in (*SAID, "Minor units. Differences, deferred tax and income come from the journals by formula."):
        sheet.heading(said, "said")
    proved = _Proved()
    for when in ("closing", "opening"):
        own = [(note, one) for note in told.notes if (one := note.closing if when == "closing" else note.opening) is not None]
        if own:
            _deferred(sheet, places, own, when, proved)
    if told.columns:
        _reconciled(sheet, places, told, proved)
    for table in told_notes(places.run, figures_suffice=True).tax:
        sheet.next()
        printed_table(sheet, table, places.told.unit, CAPTION)
    _proofs(sheet, places)


def _deferred(
    sheet: Sheet, places: Places, own: Sequence[tuple[ToldNoteTax, ToldDeferred]], when: str, proved: _Proved
) -> None:
    """One line for each note: difference before tax times its rate, and what its deferred tax is besides."""
    sheet.next()
    sheet.heading(f"Deferred tax at the {when}: difference before tax, times its rate")
    sheet.header(("", *(name[:1].upper() + name[1:] for name in DEFERRED)), (False, *(True,) * len(DEFERRED)))
    first = sheet.row
    for note, one in own:
        row = proved.rows[note.id, when] = sheet.row
        sheet.text(CAPTION, note.caption)
        sheet.formula(BEFORE, "=" + _before_tax(places, note.id, when), one.before_tax)
        if one.rate is None:
            sheet.text(RATE, "as files state", "id_right")
            sheet.number(AT_RATE, 0)
        else:
            sheet.number(RATE, float(one.rate), "share")
            sheet.formula(AT_RATE, f"=-ROUND({at(row, BEFORE)}*{at(row, RATE)},0)", one.at_rate)
        sheet.number(ALLOWANCE, one.allowance)
        sheet.formula(OTHER, f"={at(row, TAXED)}-{at(row, AT_RATE)}-{at(row, ALLOWANCE)}", one.other)
        taxed = "+".join(_posted(places, note.id, "account", account, when) for account in sorted(tax_accounts(places.run)))
        sheet.formula(TAXED, f"={taxed or 0}", one.deferred)
        sheet.next()
    sheet.text(CAPTION, "Total", "strong")
    names = {BEFORE: "before_tax", AT_RATE: "at_rate", ALLOWANCE: "allowance", OTHER: "other", TAXED: "deferred"}
    for column, name in names.items():
        added = sum(getattr(one, name) for _, one in own)
        sheet.formula(column, f"=SUM({at(first, column)}:{at(sheet.row - 1, column)})", added, "total")
    sheet.next()


def _before_tax(places: Places, note: str, when: str) -> str:
    """A note's lines of the balance sheet but those of equity and of deferred tax."""
    run, accounts = places.run, places.manifest.accounts
    posted = {one.account for one in run.roll_forward if one.note == note}
    beside = posted - net_asset_accounts(run, note) - tax_accounts(run)
    lines = sorted({accounts[account].line for account in beside} - set(places.manifest.profit_rows))
    less = [_posted(places, note, "line", line, when) for line in lines]
    less += [_posted(places, note, "account", account, when) for account in sorted(posted & tax_accounts(run))]
    return "-".join((_posted(places, note, "statement", "BS", when), *less))


def _posted(places: Places, note: str, by: str, value: str, when: str) -> str:
    """What a note's lines come to at an instant, by what they bear in one column."""
    asked = {"note": literal(note), by: literal(value)}
    if when == "opening":
        asked["kind"] = literal(BROUGHT_FORWARD)
    return places.net_posted(**asked)


def _reconciled(sheet: Sheet, places: Places, told: ToldTax, proved: _Proved) -> None:
    """Items down, columns across: U.S. GAAP, each note, and IFRS, which is their sum."""
    sheet.next()
    sheet.heading("From the tax on U.S. GAAP income to that on IFRS income")
    sheet.text(0, "Common rate", "strong")
    sheet.number(1, float(told.rate), "share")
    rate = at(sheet.row, 1, fixed=True)
    sheet.next()
    sheet.header(("", *(one.caption for one in told.columns)), (False, *(True,) * len(told.columns)))
    first, by_id = sheet.row, {one.id: one for one in told.notes}
    columns = [
        _column(places, one, by_id.get(one.id), proved, _Down(column, first, rate))
        for column, one in enumerate(told.columns, 1)
    ]
    captions = (
        "Income before tax",
        *ITEMS.values(),
        "Income tax",
        "Effective rate",
        "IFRS: items added up across less income tax of the statement",
        "Notes: other beyond what files state and earlier rates left",
        f"Held: nil of IFRS, of a note within rounding, {ROUNDING} minor units",
    )
    for caption, *cells in zip(captions, *columns, strict=True):
        sheet.text(0, caption, "strong" if caption in ("Income before tax", "Income tax") else "text")
        for column, cell in enumerate(cells, 1):
            if isinstance(cell, int):
                sheet.number(column, cell)
            elif cell is not None:
                sheet.formula(column, f"={cell.formula}", cell.result, cell.style)
        sheet.next()


@dataclass(frozen=True)
class _Down:
    """A column of the reconciliation: which, its first row, and the cell of the common rate."""

    column: int
    first: int
    rate: str

    def cell(self, place: int) -> str:
        """The cell of an item, counted from income before tax."""
        return at(self.first + place, self.column)

    def across(self, place: int) -> str:
        """What stands left of the cell of an item, added up."""
        return f"SUM({at(self.first + place, 1)}:{at(self.first + place, self.column - 1)})"


@dataclass(frozen=True)
class _Cell:
    """A formula with the figure that it comes to."""

    formula: str
    result: float | str
    style: str = "line"


def _column(
    places: Places, told: ToldColumnTax, note: ToldNoteTax | None, proved: _Proved, down: _Down
) -> list[_Cell | int | None]:
    """The cells of one column from income before tax to the effective rate, and what of it can be held against another."""
    last = 1 + len(ITEMS)
    before = _Cell(_of_statement(places, BEFORE_TAX, told.id), told.before_tax)
    tax = _Cell(_of_statement(places, INCOME_TAX, told.id), told.tax, "total")
    amounts = [getattr(told, name) for name in ITEMS]
    if told.id == IFRS:
        items: list[_Cell | int] = [_Cell(down.across(place), amount) for place, amount in enumerate(amounts, 1)]
    else:
        items = [_Cell(f"-ROUND({down.cell(0)}*{down.rate},0)", told.at_rate), *_of_note(told, note, proved, down)]
        items.append(_Cell(f"{down.cell(last)}-SUM({down.cell(1)}:{down.cell(last - 2)})", told.other))
    rate = _Cell(f"IF({down.cell(0)}=0,0,-{down.cell(last)}/{down.cell(0)})", float(told.effective), "share")
    return [before, *items, tax, rate, *_held(told, note, proved, down)]


def _held(told: ToldColumnTax, note: ToldNoteTax | None, proved: _Proved, down: _Down) -> list[_Cell | None]:
    """What proves a column: of IFRS, whose items are sums, its tax; of a note, whose other is the rest, that it is rounding.

    Of U.S. GAAP other is what the ledger's tax differs by, which the run has nothing to hold against.
    """
    tax, other, (added, beyond) = down.cell(1 + len(ITEMS)), down.cell(len(ITEMS)), map(down.cell, ADDED_AND_BEYOND)
    if told.id == IFRS:
        holds = _Cell(f'IF({added}=0,"holds","FAILS")', "holds", "centred")
        return [_Cell(f"SUM({down.cell(1)}:{other})-{tax}", 0), None, holds]
    if note is None:
        return [None, None, None]
    left = beyond_rounding(note, told)
    result = "holds" if abs(left) <= ROUNDING else "FAILS"
    return [
        None,
        _Cell(f"{other}+{down.cell(CHANGED)}{_beside_rate(note, proved)}", left),
        _Cell(f'IF(ABS({beyond})<={ROUNDING},"holds","FAILS")', result, "centred"),
    ]


def _beside_rate(note: ToldNoteTax, proved: _Proved) -> str:
    """Less by what a note's other deferred tax moved, and less what its rate changed of the opening."""
    closing, opening = proved.rows[note.id, "closing"], proved.rows.get((note.id, "opening"))
    if opening is None:
        return f"-{at(closing, OTHER)}"
    moved = f"-({at(closing, OTHER)}-{at(opening, OTHER)})"
    return moved if note.closing.rate is None else f"{moved}-({_rate_changed(closing, opening)})"


def _rate_changed(closing: int, opening: int) -> str:
    """The opening difference at the rate of the closing, less what it bore."""
    return f"-ROUND({at(opening, BEFORE)}*{at(closing, RATE)},0)-{at(opening, AT_RATE)}"


def _of_note(told: ToldColumnTax, note: ToldNoteTax | None, proved: _Proved, down: _Down) -> list[_Cell | int]:
    """What a note bears at its own rate, at the change of it, and by the valuation allowance; of US GAAP nothing is known."""
    if note is None:
        return [0, 0, 0]
    closing, opening = proved.rows[note.id, "closing"], proved.rows.get((note.id, "opening"))
    borne = "" if note.closing.rate is None else f"-ROUND({down.cell(0)}*{at(closing, RATE)},0)"
    is_taxed_anew = note.closing.rate is not None and told.rate_change == opening_change(note.opening, note.closing.rate)
    allowance = at(closing, ALLOWANCE) if opening is None else f"{at(closing, ALLOWANCE)}-{at(opening, ALLOWANCE)}"
    return [
        _Cell(f"{borne}-{down.cell(1)}", told.own_rate),
        _Cell(_rate_changed(closing, opening), told.rate_change) if opening is not None and is_taxed_anew else told.rate_change,
        _Cell(allowance, told.allowance),
    ]


def _of_statement(places: Places, row: str, column: str) -> str:
    """A cell of the income statement's formulas in minor units."""
    income = places.manifest.statements.income
    assert income is not None, "a reconciliation has an income statement"
    return f"ROUND({quoted(places.formula_sheet(income))}!{places.formula_cell(income, row, column)}*unit_minor,0)"


def _proofs(sheet: Sheet, places: Places) -> None:
    """The checks of tax that the close made, difference and result by formula."""
    sheet.next()
    sheet.heading("Proofs of the close, minor units")
    sheet.header(("Check", "Expected", "Found", "Difference", "Tolerance", "Result"), (False, True, True, True, True, False))
    for one in told_checks(places.run):
        if one.rule == "R6":
            sheet.text(0, one.id)
            for column, amount in ((1, one.expected), (2, one.actual), (4, one.tolerance)):
                sheet.number(column, amount)
            difference_and_result(sheet, one, (1, 2, 3, 4, 5))
            sheet.next()
