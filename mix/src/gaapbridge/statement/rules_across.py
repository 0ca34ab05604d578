"""The tie-outs across statements: R4, R5, R6 (movement) and R14.

Each statement was rounded by itself, so these allow `tolerance` presentation units.
"""

from __future__ import annotations

from gaapbridge.statement.checks import Check, Outcome, printed_figures
from gaapbridge.statement.document import IFRS, US_GAAP, Document, PeriodSum, Roll, Statement
from gaapbridge.statement.effects import (
    UNTOLD_SIGN,
    amount_shown,
    deferred_tax,
    liabilities_sign,
)
from gaapbridge.statement.evidence import INDEPENDENT, RECOMPUTED, proven
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT


def roll_forward(document: Document, roll: Roll, opening: Statement, columns: tuple[str, ...], tolerance: int) -> Outcome:
    """R4, R5 and R6 (movement) of one declared roll, for each of `columns`.

    A column whose offset is declared null nets to nil inside equity and only its total is published:
    it is skipped.
    """
    closing, flow = document.statement(roll.close), document.statement(roll.flow)
    assert closing is not None and flow is not None, "reading has refused unknown statements"
    checks: list[Check] = []
    not_checked: list[NotChecked] = []
    for column in columns:
        if column in roll.offset and roll.offset[column] is None:
            continue
        rolled = _Rolled(roll, opening, closing, flow, column, tolerance)
        for outcome in (rolled.after_tax(), rolled.before_tax(), rolled.deferred_tax()):
            if isinstance(outcome, Check):
                checks.append(outcome)
            elif outcome is not None:
                not_checked.append(outcome)
    return checks, not_checked


def part_periods(document: Document, declared: PeriodSum, tolerance: int) -> Outcome:
    """R14: the parts' amounts add up to the longer period's, under both frameworks and per column."""
    say, signed = document.wording.amount, document.wording.signed
    checks = []
    not_checked = []
    for column in (US_GAAP, *document.column_ids, IFRS):
        rows = []
        for name in (declared.total, *declared.parts):
            statement = document.statement(name)
            row = statement.row(declared.row) if statement else None
            assert row is not None, "reading has refused unknown statements and rows"
            rows.append(row)
        if any(row.is_derived(column) for row in rows):
            why = "a cell was completed by arithmetic, so it is no evidence"
            remedy = "give the cell as printed"
            not_checked.append(NotChecked("R14", declared.total, declared.row, column, why, remedy))
            continue
        parts = [row.amount(column) for row in rows[1:]]
        added = " ".join(f"{signed(part)}" for part in parts)
        figures = f"{added} = {say(sum(parts))}, printed {say(rows[0].amount(column))}"
        checks.append(
            Check(
                f"R14/{declared.total}/{declared.row}/{column}",
                "R14",
                declared.total,
                declared.row,
                column,
                expected=sum(parts),
                actual=rows[0].amount(column),
                evidence=proven(RECOMPUTED, *parts, rows[0].amount(column)),
                tolerance=tolerance,
                figures=figures,
                wording=document.wording,
                rounded=printed_figures(*parts, rows[0].amount(column)),
            )
        )
    return checks, not_checked


class _Rolled:
    """One column of one roll: what opens it, what flows, what closes it."""

    def __init__(
        self, roll: Roll, opening: Statement, closing: Statement, flow: Statement, column: str, tolerance: int
    ) -> None:
        self.roll = roll
        self.opening = opening
        self.closing = closing
        self.flow = flow
        self.column = column
        self.tolerance = tolerance
        self.equity = self._equity_id()

    def after_tax(self) -> Check | NotChecked:
        """R4: opening equity effect, effect on net income and declared paths lead to the closing one."""
        opened, closed = self._equity_in(self.opening), self._equity_in(self.closing)
        income = self._income(self.roll.flow_row)
        if opened is None or closed is None or income is None:
            return self._left("R4", f"{self.equity} or {self.roll.flow_row} is not shown in every statement")
        say, signed = self.closing.wording.amount, self.closing.wording.signed
        path = self.roll.path(self.column)
        expected = opened + income + path
        figures = (
            f"{say(opened)} at {self.opening.id} {signed(income)} {self.roll.flow_row} of {self.flow.id}"
            f"{f' {signed(path)} declared paths' if path else ''} = {say(expected)}, printed {say(closed)}"
        )
        return self._check("R4", "", self.equity, expected, closed, figures, (opened, income, path, closed))

    def _equity_in(self, sheet: Statement) -> int | None:
        """The effect on equity in a balance sheet; one that shows no equity is no evidence that there is none."""
        return None if sheet.row(self.equity) is None else amount_shown(sheet, self.equity, self.column, BALANCE_SHEET)

    def _income(self, row_id: str) -> int | None:
        """The effect on a line of income; one that is called a loss and is positive is taken off."""
        amount, row = amount_shown(self.flow, row_id, self.column, INCOME_STATEMENT), self.flow.row(row_id)
        return -amount if amount is not None and row is not None and row.is_printed_as_loss else amount

    def before_tax(self) -> Check | NotChecked:
        """R5: the pre-tax equity effect moves as the pre-tax income line, less declared paths."""
        movement = self._pretax_movement()
        income = self._income("pbt")
        if self.flow.row("pbt") is None or income is None:
            return self._left("R5", "the pre-tax income line (pbt) is not shown")
        if movement is None:
            return self._left("R5", self._why_no_tax())
        say = self.closing.wording.amount
        path = self.roll.path_pretax(self.column)
        apart = f" apart from declared paths of {say(path)}" if path else ""
        figures = f"the balance sheet moves {say(movement - path)}{apart} against {say(income)} in {self.flow.id}"
        rounded = 2 + self._tax_figures()
        return self._check("R5", "", "pbt", income, movement - path, figures, (movement, path, income), rounded)

    def deferred_tax(self) -> Check | NotChecked | None:
        """R6, movement: deferred tax moves with the tax line (and with the tax on declared paths)."""
        moved = self._tax_movement()
        line = amount_shown(self.flow, "tax", self.column, INCOME_STATEMENT)
        if line is None:
            return self._left("R6", "the income tax line (tax) is not shown")
        tax = self.flow.row("tax")
        taken_off = tax is not None and any((-1, tax.id) in row.of for row in self.flow.rows)
        line *= -1 if taken_off else 1  # printed as an expense, and taken off
        if moved is None:
            return self._left("R6", self._why_no_tax())
        on_paths = self.roll.path(self.column) - self.roll.path_pretax(self.column)
        if moved == line == on_paths == 0:
            return None
        say = self.closing.wording.amount
        figures = f"deferred tax moves {say(moved)} against {say(line + on_paths)} in {self.flow.id}"
        behind = (moved, line, on_paths)
        return self._check("R6", "movement", "tax", line + on_paths, moved, figures, behind, self._tax_figures())

    def _equity_id(self) -> str:
        """Total equity, else parent equity, where both balance sheets show it; else as declared."""
        if self.roll.offset.get(self.column) is None:
            for name in ("eq", "eq_parent"):
                if self.opening.row(name) is not None and self.closing.row(name) is not None:
                    return name
        return self.roll.retained

    def _tax_movement(self) -> int | None:
        """The movement of deferred tax assets less liabilities, or None where it cannot be told.

        Where neither balance sheet shows deferred tax, and yet the tax line is adjusted, the tax
        sits in a row that cannot be told from the others.
        """
        before, after = deferred_tax(self.opening, self.column), deferred_tax(self.closing, self.column)
        if before is None or after is None:
            return None
        shown = any(sheet.deferred_tax_rows for sheet in (self.opening, self.closing))
        if not shown and amount_shown(self.flow, "tax", self.column, INCOME_STATEMENT) != 0:
            return None
        return after - before

    def _pretax_movement(self) -> int | None:
        tax = self._tax_movement()
        opened, closed = self._equity_in(self.opening), self._equity_in(self.closing)
        if tax is None or opened is None or closed is None:
            return None
        return closed - opened - tax

    def _tax_figures(self) -> int:
        """How many figures of deferred tax both balance sheets print in the column."""
        rows = (*self.opening.deferred_tax_rows, *self.closing.deferred_tax_rows)
        return printed_figures(*(row.amount(self.column) for _, row in rows))

    def _why_no_tax(self) -> str:
        if None in (liabilities_sign(self.opening), liabilities_sign(self.closing)):
            return UNTOLD_SIGN
        return "the effects on equity and deferred tax are not shown in both balance sheets"

    def _check(
        self,
        rule: str,
        part: str,
        row: str,
        expected: int,
        actual: int,
        figures: str,
        behind: tuple[int, ...],
        unseen: int = 0,
    ) -> Check:
        """One check of the roll; an opening from another file is a source of its own.

        Of the figures that were rounded, `unseen` are in a movement and not among those `behind` the check.
        """
        shown = self.closing.row(row)
        return Check(
            "/".join(piece for piece in (rule, self.closing.id, self.column, part) if piece),
            rule,
            self.closing.id,
            row if shown is None else shown.id,
            self.column,
            expected,
            actual,
            proven(INDEPENDENT if self.roll.opening.elsewhere else RECOMPUTED, *behind),
            tolerance=self.tolerance,
            part=part,
            figures=figures,
            wording=self.closing.wording,
            rounded=printed_figures(*behind) + unseen,
        )

    def _left(self, rule: str, why: str) -> NotChecked:
        return NotChecked(rule, self.closing.id, None, self.column, why, "give the missing rows")
