"""The tie-outs inside one statement: R1, R2, R3, R6 (sign and rate), R7, R8, R12, R13.

None of them has a tolerance but R7, which allows what rounding alone can make. Cells that were
completed by arithmetic are no evidence: a rule that would rest on one is listed as not checked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from gaapbridge.statement.checks import Check, NotChecked
from gaapbridge.statement.document import IFRS, US_GAAP, Column, Row, Statement
from gaapbridge.statement.effects import BALANCE_SHEET, deferred_tax, deferred_tax_row, equity_row, mezzanine_rows
from gaapbridge.statement.evidence import RECOMPUTED, proven
from gaapbridge.terms.money import share_of

Outcome = tuple[list[Check], list[NotChecked]]
Offsets = Mapping[str, tuple[str, str]]
"""By column: the retained earnings row and the row in which the column's other half sits."""

_SHARE_BASED = re.compile(r"(share|stock|equity)[- ]based", re.IGNORECASE)


def within_statement(
    statement: Statement,
    columns: Iterable[Column],
    offsets: Offsets,
    statutory_rate: Fraction | None,
    vat_rate: Fraction | None,
) -> Outcome:
    """Every rule that looks at this statement alone, in the order of the rules."""
    columns = tuple(columns)
    ids = tuple(column.id for column in columns)
    outcomes = [
        cross_footing(statement),
        sub_totals(statement, ids),
        balance(statement, ids),
        deferred_tax_side(statement, ids, offsets),
        deferred_tax_rate(statement, ids, offsets, statutory_rate),
        vat_leg(statement, columns, vat_rate),
        share_based_nets(statement, columns, offsets),
        footing(statement),
        non_controlling_interests(statement, ids),
    ]
    return [check for made, _ in outcomes for check in made], [one for _, left in outcomes for one in left]


def cross_footing(statement: Statement) -> Outcome:
    """R1: in each row, US GAAP and the columns add up to IFRS."""
    checks, not_checked = [], []
    for row in statement.rows:
        if row.derived & {US_GAAP, IFRS, "adj"} or any(row.is_derived(one) for one in row.adjustments):
            not_checked.append(_derived("R1", statement, row, IFRS))
            continue
        adjusted = row.us_gaap + sum(row.adjustments.values())
        shown = " ".join([f"{row.us_gaap:,}", *(f"{one:+,}" for one in row.adjustments.values())])
        figures = f"{shown} = {adjusted:,}, printed {row.ifrs:,}"
        name, proof = f"R1/{statement.id}/{row.id}", proven(RECOMPUTED, row.us_gaap, *row.adjustments.values(), row.ifrs)
        checks.append(Check(name, "R1", statement.id, row.id, IFRS, adjusted, row.ifrs, proof, figures=figures))
    return checks, not_checked


def sub_totals(statement: Statement, columns: tuple[str, ...]) -> Outcome:
    """R2: the adjustments of a sub-total are those of its rows; `subtotal_full` sums every column."""
    checks, not_checked = [], []
    for row in statement.rows:
        if row.role == "line" and not row.of:
            continue
        if not row.of and statement.kind == "list":
            continue
        if not row.of:
            why = "the sub-total does not say which rows it adds up"
            not_checked.append(NotChecked("R2", statement.id, row.id, None, why, "name its rows in `of`"))
            continue
        for column in (*columns, *((US_GAAP, IFRS) if row.role == "subtotal_full" else ())):
            if row.is_derived(column):
                not_checked.append(_derived("R2", statement, row, column))
                continue
            added, printed = _sum_of(statement, row, column), row.amount(column)
            if added == printed == 0:
                continue
            name = f"R2/{statement.id}/{row.id}/{column}"
            figures = f"rows add up to {added:,}, printed {printed:,}"
            checks.append(Check(name, "R2", statement.id, row.id, column, added, printed, RECOMPUTED, figures=figures))
    return checks, not_checked


def balance(statement: Statement, columns: tuple[str, ...]) -> Outcome:
    """R3: assets are liabilities, mezzanine and equity, under each framework and in each column.

    Where only the equity of the parent's owners is shown, the frameworks' own totals cannot be
    compared; the columns can, as far as they leave the non-controlling interests alone.
    """
    assets, liabilities = statement.row("ta"), statement.row("tl")
    equity = statement.total_equity()
    if assets is None or liabilities is None or equity is None:
        if statement.kind != BALANCE_SHEET:
            return [], []
        why = "total assets, total liabilities and total equity are not all shown"
        remedy = "give the rows ta, tl and eq (or eq_parent)"
        return [], [NotChecked("R3", statement.id, None, None, why, remedy)]
    others = (liabilities, *mezzanine_rows(statement), equity)
    checks, not_checked = [], []
    for column in (US_GAAP, IFRS, *columns):
        if equity.id != "eq" and column in (US_GAAP, IFRS):
            why = "total equity is not shown"
            not_checked.append(NotChecked("R3", statement.id, "eq", column, why, "give the row eq"))
            continue
        if any(row.is_derived(column) for row in (assets, *others)):
            not_checked.append(_derived("R3", statement, equity, column))
            continue
        amounts = (row.amount(column) for row in others)
        checks.append(_balanced(f"R3/{statement.id}/{column}", statement, assets, column, *amounts))
    total = statement.row("tle")
    if total is not None:
        for column in (US_GAAP, IFRS, *columns):
            if not total.is_derived(column) and not assets.is_derived(column):
                name = f"R3/{statement.id}/tle/{column}"
                checks.append(_balanced(name, statement, total, column, assets.amount(column)))
    return checks, not_checked


def deferred_tax_side(statement: Statement, columns: tuple[str, ...], offsets: Offsets) -> Outcome:
    """R6, sign: a pre-tax gain carries a deferred tax liability (or a smaller asset), never an asset.

    Deferred tax on the wrong side is expected to be nil. A gain of 928,105 with an asset
    of 72,932 fails by 72,932; with a liability it holds whatever its amount.
    """
    checks, not_checked = [], []
    for column in columns:
        effects = _tax_and_pretax(statement, column, offsets)
        if isinstance(effects, NotChecked):
            not_checked.append(effects)
        elif effects is not None:
            tax, pretax = effects
            wrong = tax * pretax > 0
            figures = (
                f"a pre-tax {'gain' if pretax > 0 else 'loss'} of {abs(pretax):,} carries "
                f"a deferred tax {'asset' if tax > 0 else 'liability'} of {abs(tax):,}"
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
                figures=f"deferred tax of {tax:,} is {implied} pre-tax effect {pretax:,}; "
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
            left.append(_derived("R7", statement, payable, column.id))
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
    lines = [sign * row.amount(column) for sign, row in _lines_with_vat(statement) if row.amount(column)]
    legs = [share_of(line, share.numerator, share.denominator) for line in lines]
    printed = payable.amount(column)
    shown = " ".join(f"{leg:+,}" for leg in legs) or "nil"
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
        figures=f"the lines hold VAT of {shown}, printed {printed:,}",
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


def share_based_nets(statement: Statement, columns: tuple[Column, ...], offsets: Offsets) -> Outcome:
    """R8: a share-based column moves amounts inside equity; before tax it leaves the total as it is."""
    checks, not_checked = [], []
    for column in columns:
        pair = offsets.get(column.id)
        if pair is None and not is_share_based(column):
            continue
        if pair is not None:
            rows = [row for row in (statement.row(name) for name in pair) if row is not None]
        else:
            total = statement.total_equity()
            rows = [total] if total is not None else []
        if not rows:
            continue
        if any(row.is_derived(column.id) for row in rows):
            not_checked.append(_derived("R8", statement, rows[0], column.id))
            continue
        tax = deferred_tax(statement, column.id) or 0
        amounts = [row.amount(column.id) for row in rows]
        net = sum(amounts) - tax
        shown = " ".join(f"{row.id} {amount:+,}" for row, amount in zip(rows, amounts, strict=True))
        figures, proof = f"{shown} nets to {net:,}", proven(RECOMPUTED, *amounts, tax)
        name = f"R8/{statement.id}/{column.id}"
        checks.append(Check(name, "R8", statement.id, rows[0].id, column.id, 0, net, proof, figures=figures))
    return checks, not_checked


def footing(statement: Statement) -> Outcome:
    """R12: what a sub-total holds beyond its printed rows is the same under both frameworks.

    Rows that no column touches are not printed, so a sub-total may exceed its rows; but it exceeds
    them by the same amount before and after the adjustments.
    """
    checks: list[Check] = []
    for row in statement.rows:
        if not row.of or row.role in ("line", "subtotal_full"):
            continue
        cells = [row, *(child for _, child in _children(statement, row))]
        if any(cell.is_derived(column) for cell in cells for column in (US_GAAP, IFRS)):
            continue
        rest_us = row.us_gaap - _sum_of(statement, row, US_GAAP)
        rest_ifrs = row.ifrs - _sum_of(statement, row, IFRS)
        figures = f"beyond its rows it holds {rest_us:,} under US GAAP and {rest_ifrs:,} under IFRS"
        proof = proven(RECOMPUTED, *(cell.amount(column) for cell in cells for column in (US_GAAP, IFRS)))
        name = f"R12/{statement.id}/{row.id}"
        checks.append(Check(name, "R12", statement.id, row.id, IFRS, rest_us, rest_ifrs, proof, figures=figures))
    return checks, []


def non_controlling_interests(statement: Statement, columns: tuple[str, ...]) -> Outcome:
    """R13: total less attributable is the non-controlling interests' share, per column.

    Declared by `of`: net income in that of the attributable income, parent equity in that of total
    equity; the other rows named there are the share, and none named means nil.
    """
    checks = []
    for whole_id, part_id in (("ni", "ni_attr"), ("eq_parent", "eq")):
        whole, part = statement.row(whole_id), statement.row(part_id)
        if whole is None or part is None or (1, whole_id) not in part.of:
            continue
        for column in columns:
            share = sum(s * row.amount(column) for s, row in _children(statement, part) if row.id != whole_id)
            rest = part.amount(column) - whole.amount(column)
            cells_nil = rest == share == whole.amount(column) == 0
            if cells_nil or part.is_derived(column) or whole.is_derived(column):
                continue
            name = f"R13/{statement.id}/{part_id}/{column}"
            figures = f"{part_id} less {whole_id} is {rest:,}, the interests' share {share:,}"
            checks.append(Check(name, "R13", statement.id, part_id, column, share, rest, RECOMPUTED, figures=figures))
    return checks, []


def is_share_based(column: Column) -> bool:
    """Whether a column is share-based compensation, by its id `sbc` or by its caption."""
    return column.id == "sbc" or bool(_SHARE_BASED.search(column.label))


def _tax_and_pretax(statement: Statement, column: str, offsets: Offsets) -> tuple[int, int] | NotChecked | None:
    """Net deferred tax asset and pre-tax equity effect; None where the column has no deferred tax."""
    if statement.row("dta") is None and statement.row("dtl") is None:
        return None
    tax = deferred_tax(statement, column)
    if tax is None:
        why = "deferred tax assets and liabilities are not both shown, or were completed by arithmetic"
        return NotChecked("R6", statement.id, None, column, why, "give the rows dta and dtl as printed")
    if tax == 0:
        return None
    row = equity_row(statement, offsets[column][0] if column in offsets else None)
    if row is None or row.is_derived(column):
        why = "the effect on equity is not shown"
        return NotChecked("R6", statement.id, None, column, why, "give the row eq, eq_parent or re")
    return tax, row.amount(column) - tax


def _lines_with_vat(statement: Statement) -> list[tuple[int, Row]]:
    """The asset and liability lines whose differences may include VAT, liabilities negative."""
    lines = []
    for row in statement.rows:
        if row.of or row.role != "line" or row.id in ("dta", "dtl", "otp"):
            continue
        if "asset" in row.section.lower():
            lines.append((1, row))
        elif "liabilit" in row.section.lower():
            lines.append((-1, row))
    return lines


def _children(statement: Statement, row: Row) -> list[tuple[int, Row]]:
    return [(sign, statement.by_id[child]) for sign, child in row.of]


def _sum_of(statement: Statement, row: Row, column: str) -> int:
    return sum(sign * child.amount(column) for sign, child in _children(statement, row))


def _balanced(name: str, statement: Statement, row: Row, column: str, *other: int) -> Check:
    """R3 of one column: the row on one side, the amounts of the other."""
    expected, actual = sum(other), row.amount(column)
    figures = f"{row.label} {actual:,} against {expected:,}"
    proof = proven(RECOMPUTED, actual, *other)
    return Check(name, "R3", statement.id, row.id, column, expected, actual, proof, figures=figures)


def _derived(rule: str, statement: Statement, row: Row, column: str) -> NotChecked:
    why = "a cell was completed by arithmetic, so it is no evidence"
    return NotChecked(rule, statement.id, row.id, column, why, "give the cell as printed")


def _percent(numerator: int, denominator: int) -> str:
    return f"{100 * numerator / denominator:.2f} %"
