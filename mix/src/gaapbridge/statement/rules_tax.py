"""The tie-outs of tax inside one statement: R6 (sign and rate) and R7, which allows what rounding alone can make."""

from __future__ import annotations

import math
from fractions import Fraction

from gaapbridge.statement.checks import Check, Outcome, completed
from gaapbridge.statement.document import Column, Row, Statement
from gaapbridge.statement.effects import UNTOLD_SIGN, Offsets, deferred_tax, deferred_tax_row, equity_row, liabilities_sign
from gaapbridge.statement.evidence import RECOMPUTED
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.money import share_of
from gaapbridge.terms.sections import ASSETS, LIABILITIES


def deferred_tax_side(statement: Statement, columns: tuple[str, ...], offsets: Offsets) -> Outcome:
    """R6, sign: a pre-tax gain carries a deferred tax liability (or a smaller asset), never an asset.

    Deferred tax on the wrong side is expected to be nil. A gain of 928,105 with an asset
    of 72,932 fails by 72,932; with a liability it holds whatever its amount.
    """
    say = statement.wording.amount
    checks, not_checked = [], []
    for column in columns:
        effects = _tax_and_pretax(statement, column, offsets)
        if isinstance(effects, NotChecked):
            not_checked.append(effects)
        elif effects is not None:
            tax, pretax = effects
            wrong = tax * pretax > 0
            figures = (
                f"a pre-tax {'gain' if pretax > 0 else 'loss'} of {say(abs(pretax))} carries "
                f"a deferred tax {'asset' if tax > 0 else 'liability'} of {say(abs(tax))}"
            )
            checks.append(
                Check(
                    f"R6/{statement.id}/{column}/sign",
                    "R6",
                    statement.id,
                    deferred_tax_row(statement, column),
                    column,
                    expected=0 if wrong else tax,
                    actual=tax,
                    evidence=RECOMPUTED,
                    part="sign",
                    figures=figures,
                )
            )
    return checks, not_checked


def deferred_tax_rate(statement: Statement, columns: tuple[str, ...], offsets: Offsets, rate: Fraction | None) -> Outcome:
    """R6, rate: deferred tax is not above the statutory rate of the pre-tax effect.

    The most that figures rounded to a unit allow is the rate times the pre-tax effect, rounded up to
    a whole unit: 25 % of 424,959 allows 106,240, so 132,927 (31.28 %) fails by 26,687. Tax on the
    wrong side is left to the sign.
    """
    if rate is None:
        return [], []
    say = statement.wording.amount
    checks = []
    for column in columns:
        effects = _tax_and_pretax(statement, column, offsets)
        if effects is None or isinstance(effects, NotChecked):
            continue
        tax, pretax = effects
        allowed = math.ceil(abs(rate * pretax))
        above = tax * pretax <= 0 and abs(tax) > allowed
        implied = f"{_percent(-tax, pretax)} of" if pretax else "on a nil"
        checks.append(
            Check(
                f"R6/{statement.id}/{column}/rate",
                "R6",
                statement.id,
                deferred_tax_row(statement, column),
                column,
                expected=(allowed if tax > 0 else -allowed) if above else tax,
                actual=tax,
                evidence=RECOMPUTED,
                part="rate",
                figures=f"deferred tax of {say(tax)} is {implied} pre-tax effect {say(pretax)}; "
                f"the statutory rate is {_percent(rate.numerator, rate.denominator)}",
            )
        )
    return checks, []


def vat_leg(statement: Statement, columns: tuple[Column, ...], rate: Fraction | None) -> Outcome:
    """R7: other tax payable is the VAT in each line, rounded half away from zero, then added.

    It is asked of the columns that have a VAT leg. At 6 %, lines of -88,430 and -44,120 hold
    -5,005 and -2,497, so -7,502 is owed less. Books that keep smaller units may print another amount,
    as far as `_rounding_room` allows. Lines that hold allowances too are left to a close.
    """
    payable = statement.row("otp")
    if rate is None or payable is None:
        return [], []
    checks: list[Check] = []
    left: list[NotChecked] = []
    for column in columns:
        if not payable.amount(column.id):
            continue
        if payable.is_derived(column.id):
            left.append(completed("R7", statement, payable, column.id))
        elif not column.vat_in_lines:
            left.append(_vat_untold(statement, column))
        else:
            checks.append(_vat_in_lines(statement, payable, column.id, rate))
    return checks, left


def _vat_untold(statement: Statement, column: Column) -> NotChecked:
    """Why the VAT leg of a column cannot be told from its lines."""
    if column.vat_in_lines is None:
        why = "the table does not say whether its lines hold amounts, such as allowances, that bear no value-added tax"
        remedy = "add the column no_vat_in_lines: the ids of the adjustments where they do, blank where none does"
    else:
        why = "its lines hold amounts that bear no value-added tax"
        remedy = "see R7 in the checks of the close, made from contracts"
    return NotChecked("R7", statement.id, "otp", column.id, why, remedy)


def _vat_in_lines(statement: Statement, payable: Row, column: str, rate: Fraction) -> Check:
    """R7 of one column whose lines all bear the tax."""
    share = rate / (1 + rate)
    say, signed = statement.wording.amount, statement.wording.signed
    lines = [sign * row.amount(column) for sign, row in _lines_with_vat(statement) if row.amount(column)]
    legs = [share_of(line, share.numerator, share.denominator) for line in lines]
    printed = payable.amount(column)
    shown = " ".join(f"{signed(leg)}" for leg in legs) or "nil"
    return Check(
        f"R7/{statement.id}/{column}",
        "R7",
        statement.id,
        "otp",
        column,
        expected=sum(legs),
        actual=printed,
        evidence=RECOMPUTED,
        tolerance=_rounding_room(printed, sum(legs), share * sum(lines), len(lines) * share),
        figures=f"the lines hold VAT of {shown}, printed {say(printed)}",
    )


def _rounding_room(printed: int, added: int, held: Fraction, of_lines: Fraction) -> int:
    """How far a printed leg may lie from its rounded parts, added, because every figure was rounded by itself.

    A printed line lies less than a unit from its exact amount, so the VAT of the exact lines lies less than
    `of_lines` (the VAT in one unit of each line) from `held` (the VAT in the printed lines, not rounded); and the
    printed leg lies less than a unit from that. Two lines at 6 % that hold 7,502.83 allow 7,502 and 7,503.
    """
    reach = 1 + of_lines
    if printed > added:
        return max(0, math.ceil(held + reach) - 1 - added)
    return max(0, added - math.floor(held - reach) - 1)


def _tax_and_pretax(statement: Statement, column: str, offsets: Offsets) -> tuple[int, int] | NotChecked | None:
    """Net deferred tax asset and pre-tax equity effect; None where the column has no deferred tax."""
    effects = tax_and_pretax(statement, column, offsets)
    return None if deferred_tax(statement, column) == 0 else effects


def tax_and_pretax(statement: Statement, column: str, offsets: Offsets) -> tuple[int, int] | NotChecked | None:
    """Net deferred tax asset, nil included, and pre-tax equity effect; None where the statement has no deferred tax."""
    if not statement.deferred_tax_rows:
        return None
    tax = deferred_tax(statement, column)
    if tax is None:
        why = "deferred tax assets and liabilities are not both shown, or were completed by arithmetic"
        remedy = "give the rows dta and dtl as printed"
        if liabilities_sign(statement) is None:
            why, remedy = UNTOLD_SIGN, "give total assets and total equity, which tell it"
        return NotChecked("R6", statement.id, None, column, why, remedy)
    row = equity_row(statement, offsets[column][0] if column in offsets else None)
    if row is None or row.is_derived(column):
        why = "the effect on equity is not shown"
        return NotChecked("R6", statement.id, None, column, why, "give the row eq, eq_parent or re")
    return tax, row.amount(column) - tax


def _lines_with_vat(statement: Statement) -> list[tuple[int, Row]]:
    """The asset and liability lines whose differences may include VAT, liabilities negative."""
    lines = []
    taxes = {row.id for _, row in statement.deferred_tax_rows}
    for row in statement.rows:
        if row.of or row.role != "line" or row.id == "otp" or row.id in taxes:
            continue
        if row.of_what in (ASSETS, LIABILITIES):
            lines.append((1 if row.of_what == ASSETS else -1, row))
    return lines


def _percent(numerator: int, denominator: int) -> str:
    return f"{100 * numerator / denominator:,.2f} %"
