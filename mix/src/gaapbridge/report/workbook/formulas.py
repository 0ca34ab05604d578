"""The statements as formulas: a line is its accounts on the trial balance and its journal lines, a total what stands above it.

Beside the exact amounts stand those printed and by how much rounding moved them. A journal line that is changed in the workbook
moves every figure that it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from gaapbridge.report.told.statements import ToldRow, ToldStatement
from gaapbridge.report.told.trail import BROUGHT_FORWARD
from gaapbridge.report.workbook.criteria import literal
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.faces import CAPTION
from gaapbridge.report.workbook.places import (
    EXACT_FIRST_COLUMN,
    EXACT_OF_NOTE,
    FORMULAS_FIRST_ROW,
    LEDGER_AMOUNTS,
    TRIAL_BALANCE,
    Places,
)
from gaapbridge.report.workbook.sheets import A3, Book, Sheet, at, quoted
from gaapbridge.statement.document import IFRS, US_GAAP
from gaapbridge.statement.note_tables import within

AMOUNT = 12
BALANCES = ("ta", "tle")
"""The two totals of a balance sheet that are one."""


def formula_sheets(places: Places) -> Iterator[Declared]:
    """A sheet for every statement that the run measured."""
    for statement in places.measured:
        what = f"{statement.heading.lower()}, {within(statement.when)}, as"
        yield Declared(
            places.formula_sheet(statement.id), f"{what} formulas", f"{what} live formulas", partial(_write, statement)
        )


def _write(statement: ToldStatement, book: Book, places: Places, declared: Declared) -> None:
    _Formulas(book, places, statement, declared).write()


class _Formulas:
    """One sheet of formulas while it is written."""

    def __init__(self, book: Book, places: Places, statement: ToldStatement, declared: Declared) -> None:
        self.places, self.statement = places, statement
        self.count = len(places.column_ids)
        self.printed_first = EXACT_FIRST_COLUMN + self.count + 1
        self.difference_first = self.printed_first + self.count + 1
        amounts = [*[AMOUNT] * self.count, 2] * 3
        self.sheet: Sheet = declared.opened(book, (12, CAPTION, 5, *amounts), freeze=(FORMULAS_FIRST_ROW, 2), paper=A3)
        ids = statement, places.manifest.statements
        self.state = "closing" if ids[0].id == ids[1].closing else "opening" if ids[0].id == ids[1].opening else "income"

    def write(self) -> None:
        """Headings, lines, checks."""
        sheet, columns = self.sheet, self.places.told.columns
        sheet.on_paper(head=3, begin=(self.printed_first, self.difference_first))
        sheet.heading(
            f"In {self.places.told.unit}. Exact: trial balance and journals in minor units, divided by the unit. "
            "Printed: rounded so that all of it adds up. Difference: printed less exact.", "said",
        )  # fmt: skip
        sheet.row = FORMULAS_FIRST_ROW - 3
        for first, title in (
            (EXACT_FIRST_COLUMN, "Exact"),
            (self.printed_first, "Printed"),
            (self.difference_first, "Difference"),
        ):
            sheet.text(first, title, "heading")
        sheet.next()
        for first in (EXACT_FIRST_COLUMN, self.printed_first, self.difference_first):
            for place, column in enumerate(columns):
                sheet.text(first + place, column.id, "id_right")
        sheet.next()
        for place, title in enumerate(("Row", "Caption", "Sign")):
            sheet.text(place, title, "head")
        for first in (EXACT_FIRST_COLUMN, self.printed_first, self.difference_first):
            for place, told in enumerate(columns):
                sheet.text(first + place, told.caption, "head_right")
        sheet.tall(*((told.caption, AMOUNT) for told in columns))
        sheet.next()
        for what, row in self.places.formula_lines(self.statement):
            self._line(what, row)
            sheet.next()
        self._checks()

    def _line(self, what: str, row: ToldRow) -> None:
        sheet, places = self.sheet, self.places
        kind = "line" if what == "carried" else row.kind
        sheet.text(0, row.id, "id")
        if what == "row" and row.is_printed:
            sheet.link(1, places.face_sheet(self.statement), places.face_cell(self.statement.id, row.id, US_GAAP), row.label)
        else:
            held = f"Other accounts of {row.label}, on no line of their own"
            sheet.text(1, held if what == "carried" else row.label)
        sheet.number(2, 1 if places.manifest.normal.get(row.id) == "debit" else -1, "id_right")
        for place, column in enumerate(places.column_ids):
            at_column = EXACT_FIRST_COLUMN + place
            if what == "carried" or not row.of:
                self._support(at_column, row.id, column)
            exact = self._exact(what, row, column)
            sheet.formula(at_column, self._formula(what, row, column), exact, f"exact_{kind}")
            printed = self._printed(what, row, column, place, kind)
            of = f"{at(sheet.row, self.printed_first + place)}-{at(sheet.row, at_column)}"
            difference = round(printed - exact, places.digits) + 0.0
            sheet.formula(self.difference_first + place, f"=ROUND({of},{places.digits})", difference, f"exact_{kind}")

    def _support(self, at_column: int, row: str, column: str) -> None:
        """Lead from a line under a note to what the note does to it, under U.S. GAAP to the first of its accounts."""
        places, own = self.places, self.statement.id
        if column == US_GAAP and row in places.ledger_rows:
            self.sheet.link(at_column, TRIAL_BALANCE, at(places.ledger_rows[row], LEDGER_AMOUNTS))
        elif (column, own, row) in places.touched_rows:
            self.sheet.link(at_column, places.note_sheet(column), at(places.touched_rows[column, own, row], EXACT_OF_NOTE))

    def _exact(self, what: str, row: ToldRow, column: str) -> float:
        """What a line comes to by the run's own exact statement."""
        by_id = {one.id: one.cells[column].exact_minor or 0 for one in self.statement.rows}
        amount = by_id[row.id]
        return self.places.in_units(
            amount - sum(sign * by_id[child] for sign, child in row.of) if what == "carried" else amount
        )

    def _formula(self, what: str, row: ToldRow, column: str) -> str:
        """The formula of an exact amount."""
        sheet, digits = self.sheet, self.places.digits
        if column == IFRS:
            across = f"{at(sheet.row, EXACT_FIRST_COLUMN)}:{at(sheet.row, EXACT_FIRST_COLUMN + self.count - 2)}"
            return f"=ROUND(SUM({across}),{digits})"
        if what == "row" and row.of:
            return f"=ROUND({self._added_up(row, EXACT_FIRST_COLUMN + self.places.column_ids.index(column))},{digits})"
        sign, line = f"$C{sheet.row + 1}", f"$A{sheet.row + 1}"
        retained = row.id == self.places.manifest.retained_row
        amount = self._on_ledger(line, retained) if column == US_GAAP else self._in_journals(line, column, retained)
        return f"=ROUND({sign}*({amount})/unit_minor,{digits})"

    def _on_ledger(self, line: str, retained: bool) -> str:
        """US GAAP of a line; retained earnings take up the profit that is not closed to them yet."""
        amount = self.places.on_ledger(self.state, "line", line)
        return f"{amount}+{self.places.on_ledger(self.state, 'statement', literal('IS'))}" if retained else amount

    def _in_journals(self, line: str, column: str, retained: bool) -> str:
        """The difference of a note in a line, from the kinds of entries that the statement shows."""
        note = at(FORMULAS_FIRST_ROW - 2, EXACT_FIRST_COLUMN + self.places.column_ids.index(column), fixed=True)
        shown = {"kind": literal(BROUGHT_FORWARD)} if self.state == "opening" else {}
        but = BROUGHT_FORWARD if self.state == "income" else None
        of_line = self.places.net_posted(but, note=note, line=line, **shown)
        if not retained:
            return of_line
        return f"{of_line}+{self.places.net_posted(but, note=note, statement=literal('IS'), **shown)}"

    def _added_up(self, row: ToldRow, at_column: int) -> str:
        """The rows that a sub-total adds up, and what it holds that no row shows."""
        rows, own = self.places.formula_rows, self.statement.id
        parts = [f"{'+' if sign > 0 else '-'}{at(rows[own, child, 'row'], at_column)}" for sign, child in row.of]
        if (own, row.id, "carried") in rows:
            parts.append(f"+{at(rows[own, row.id, 'carried'], at_column)}")
        return "".join(parts).removeprefix("+")

    def _printed(self, what: str, row: ToldRow, column: str, place: int, kind: str) -> int:
        """The printed amount: of a row that is printed its cell there, of what no row shows what it leaves."""
        at_column, amounts = self.printed_first + place, {one.id: one.cells[column].printed for one in self.statement.rows}
        printed = amounts[row.id]
        if what == "carried":
            printed -= sum(sign * amounts[child] for sign, child in row.of)
            rows, own = self.places.formula_rows, self.statement.id
            less = "".join(f"{'-' if sign > 0 else '+'}{at(rows[own, child, 'row'], at_column)}" for sign, child in row.of)
            self.sheet.formula(at_column, f"={at(rows[own, row.id, 'row'], at_column)}{less}", printed, kind)
        elif row.is_printed:
            cell = self.places.face_cell(self.statement.id, row.id, column)
            self.sheet.formula(at_column, f"={quoted(self.places.face_sheet(self.statement))}!{cell}", printed, kind)
        else:
            self.sheet.number(at_column, printed, kind)
        return printed

    def _checks(self) -> None:
        """Below the lines: that the sheet balances, and that no printed amount is a unit or more from its own."""
        sheet, first = self.sheet, FORMULAS_FIRST_ROW
        last = sheet.row - 1
        sheet.next()
        rows = {row.id: self.places.formula_rows[self.statement.id, row.id, "row"] for row in self.statement.rows}
        if all(total in rows for total in BALANCES):
            sheet.text(1, "Total assets less total liabilities and equity")
            for place in range(self.count):
                column = EXACT_FIRST_COLUMN + place
                apart = f"{at(rows[BALANCES[0]], column)}-{at(rows[BALANCES[1]], column)}"
                result = self._apart(self.places.column_ids[place], BALANCES)
                sheet.formula(column, f"=ROUND({apart},{self.places.digits})", result, "exact_total")
            sheet.next()
        sheet.text(1, "Greatest difference of a printed amount, either way")
        for place, column_id in enumerate(self.places.column_ids):
            column = self.difference_first + place
            span = f"{at(first, column)}:{at(last, column)}"
            sheet.formula(column, f"=MAX(MAX({span}),-MIN({span}))", self._greatest(column_id), "exact_total")
        sheet.next()

    def _apart(self, column: str, rows: Sequence[str]) -> float:
        one, other = (self._exact("row", row, column) for row in self.statement.rows if row.id in rows)
        return round(one - other, self.places.digits) + 0.0

    def _greatest(self, column: str) -> float:
        found = [0.0]
        amounts = {one.id: one.cells[column].printed for one in self.statement.rows}
        for what, row in self.places.formula_lines(self.statement):
            beneath = sum(sign * amounts[child] for sign, child in row.of) if what == "carried" else 0
            found.append(abs(amounts[row.id] - beneath - self._exact(what, row, column)))
        return round(max(found), self.places.digits)
