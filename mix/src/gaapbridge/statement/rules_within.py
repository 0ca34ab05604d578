"""The tie-outs inside one statement: R1, R2, R3, R8, R12, R13, and those of `rules_tax`.

None of them has a tolerance but R7, which allows what rounding alone can make. Cells that were
completed by arithmetic are no evidence: a rule that would rest on one is listed as not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from gaapbridge.statement.checks import Check, Outcome, completed, printed_figures
from gaapbridge.statement.document import IFRS, OURS, US_GAAP, Column, Row, Statement, of_text
from gaapbridge.statement.effects import Offsets, deferred_tax, liabilities_sign, mezzanine_rows, moves_beyond_equity
from gaapbridge.statement.evidence import RECOMPUTED, proven
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.rules_tax import deferred_tax_rate, deferred_tax_side, vat_leg
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, LIST

_SHARE_BASED = re.compile(r"(share|stock|equity)[- ]based", re.IGNORECASE)


def within_statement(
    statement: Statement,
    columns: Iterable[Column],
    offsets: Offsets,
    statutory_rate: Fraction | None,
    vat_rate: Fraction | None,
    sums: tuple[Column, ...] = (),
) -> Outcome:
    """Every rule that looks at this statement alone, in the order of the rules; `sums` are its columns that add up others."""
    columns = tuple(columns)
    ids = tuple(column.id for column in columns)
    outcomes = [
        cross_footing(statement, sums),
        sub_totals(statement, ids),
        balance(statement, ids),
        deferred_tax_side(statement, ids, offsets),
        deferred_tax_rate(statement, ids, offsets, statutory_rate),
        vat_leg(statement, columns, vat_rate),
        share_based_nets(statement, columns, offsets),
        footing(statement),
        non_controlling_interests(statement, ids),
    ]
    checks = [check for made, _ in outcomes for check in made]
    if any(row.decimals for row in statement.rows) or statement.wording != OURS:
        checks = [replace(one, wording=statement.wording_of(statement.row(one.row or ""))) for one in checks]
    return checks, [one for _, left in outcomes for one in left]


def cross_footing(statement: Statement, sums: tuple[Column, ...] = ()) -> Outcome:
    """R1: in each row, US GAAP and the columns add up to IFRS; and those before a column of sums to it.

    A sum left blank is nil where most rows print it; a column that few rows print is blank where it may be.
    """
    checks, not_checked = [], []
    rows = statement.rows
    printed = {one.id for one in sums if 2 * sum(one.id in row.sums for row in rows) > len(rows)}
    for row in rows:
        if row.derived & {US_GAAP, IFRS, "adj"} or any(row.is_derived(one) for one in row.adjustments):
            not_checked.append(completed("R1", statement, row, IFRS))
            continue
        checks.append(_footed_across(statement, row, IFRS, [row.us_gaap, *row.adjustments.values()]))
        for one in sums:
            if one.id in row.sums or (one.id in printed and row.role != "memo"):
                checks.append(_footed_across(statement, row, one.id, [row.amount(part) for part in one.of]))
    return checks, not_checked


def _footed_across(statement: Statement, row: Row, column: str, parts: list[int]) -> Check:
    """R1 of one row: its parts lead to what is printed in the column."""
    say, signed = statement.wording_of(row).amount, statement.wording_of(row).signed
    printed = row.amount(column)
    shown = " ".join([say(parts[0]), *(signed(one) for one in parts[1:])])
    figures = f"{shown} = {say(sum(parts))}, printed {say(printed)}"
    name = f"R1/{statement.id}/{row.id}" + (f"/{column}" if column != IFRS else "")
    proof, rounded = proven(RECOMPUTED, *parts, printed), printed_figures(*parts, printed)
    part = "" if column == IFRS else "sum"
    return Check(
        name, "R1", statement.id, row.id, column, sum(parts), printed, proof, part=part, figures=figures, rounded=rounded
    )


def sub_totals(statement: Statement, columns: tuple[str, ...]) -> Outcome:
    """R2: the adjustments of a sub-total are those of its rows; `subtotal_full` sums every column."""
    say = statement.wording.amount
    checks, not_checked = [], []
    for row in statement.rows:
        if row.role == "memo" or (row.role == "line" and not row.of):
            continue
        if not row.of and statement.kind == LIST and row is statement.rows[0]:
            continue
        if not row.of:
            why = "the sub-total does not say which rows it adds up"
            not_checked.append(NotChecked("R2", statement.id, row.id, None, why, "name its rows in `of`"))
            continue
        for column in (*columns, *((US_GAAP, IFRS) if row.role == "subtotal_full" else ())):
            if row.is_derived(column):
                not_checked.append(completed("R2", statement, row, column))
                continue
            added, printed = _sum_of(statement, row, column), row.amount(column)
            if added == printed == 0:
                continue
            name = f"R2/{statement.id}/{row.id}/{column}"
            told = f" ({of_text(row.of)}, told from their order)" if row.resolved else ""
            figures = f"rows{told} add up to {say(added)}, printed {say(printed)}"
            rounded = printed_figures(printed, *(child.amount(column) for _, child in _children(statement, row)))
            check = Check(
                name, "R2", statement.id, row.id, column, added, printed, RECOMPUTED, figures=figures, rounded=rounded
            )
            checks.append(check)
    return checks, not_checked


def balance(statement: Statement, columns: tuple[str, ...]) -> Outcome:
    """R3: assets are liabilities, mezzanine and equity, under each framework and in each column.

    Where only the equity of the parent's owners is shown, the frameworks' own totals cannot be
    compared; the columns can, as far as they leave the non-controlling interests alone. Liabilities of (720) beneath assets of
    1,100 leave net assets of 380: where `liabilities_sign` tells that they are written so, they are taken with the other sign.
    """
    assets, liabilities, equity = statement.row("ta"), statement.row("tl"), statement.total_equity()
    checks = _both_sides(statement, assets, columns)
    if assets is None or liabilities is None or equity is None:
        if statement.kind != BALANCE_SHEET:
            return checks, []
        why = "total assets, total liabilities and total equity are not all shown"
        remedy = "give the rows ta, tl and eq (or eq_parent)"
        return checks, [NotChecked("R3", statement.id, None, None, why, remedy)]
    others = (liabilities, *mezzanine_rows(statement), equity)
    sign = liabilities_sign(statement) or 1  # where no sign foots, as they are printed
    made, not_checked = [], []
    for column in (US_GAAP, IFRS, *columns):
        if equity == statement.row("eq_parent") and column in (US_GAAP, IFRS):
            why = "total equity is not shown"
            not_checked.append(NotChecked("R3", statement.id, "eq", column, why, "give the row eq"))
            continue
        if any(row.is_derived(column) for row in (assets, *others)):
            not_checked.append(completed("R3", statement, equity, column))
            continue
        amounts = ((sign if row is liabilities else 1) * row.amount(column) for row in others)
        made.append(_balanced(f"R3/{statement.id}/{column}", statement, assets, column, *amounts))
    return [*made, *checks], not_checked


def _both_sides(statement: Statement, assets: Row | None, columns: tuple[str, ...]) -> list[Check]:
    """R3 of the total of liabilities and equity, where it is printed: it is that of assets."""
    total = statement.row("tle")
    if total is None or assets is None:
        return []
    shown = [one for one in (US_GAAP, IFRS, *columns) if not total.is_derived(one) and not assets.is_derived(one)]
    return [_balanced(f"R3/{statement.id}/tle/{column}", statement, total, column, assets.amount(column)) for column in shown]


def share_based_nets(statement: Statement, columns: tuple[Column, ...], offsets: Offsets) -> Outcome:
    """R8: a share-based column moves amounts inside equity; before tax it leaves the total as it is.

    It is asked where a roll declares the column's other half. A caption alone says as much only where nothing but equity
    moves: awards that were a liability (-8) and are paid-in capital now (+8) raise equity, and rightly so.
    """
    say, signed = statement.wording.amount, statement.wording.signed
    checks, not_checked = [], []
    for column in columns:
        pair = offsets.get(column.id)
        if pair is None and not is_share_based(column):
            continue
        if pair is None and moves_beyond_equity(statement, column.id):
            why = "the column moves more than equity, so its caption does not say that it stays inside of it"
            not_checked.append(NotChecked("R8", statement.id, None, column.id, why, "declare its `offset`, if it has one"))
            continue
        if pair is not None:
            rows = [row for row in (statement.row(name) for name in pair) if row is not None]
        else:
            total = statement.total_equity()
            rows = [total] if total is not None else []
        if not rows:
            continue
        if any(row.is_derived(column.id) for row in rows):
            not_checked.append(completed("R8", statement, rows[0], column.id))
            continue
        tax = deferred_tax(statement, column.id) or 0
        amounts = [row.amount(column.id) for row in rows]
        net = sum(amounts) - tax
        shown = " ".join(f"{row.id} {signed(amount)}" for row, amount in zip(rows, amounts, strict=True))
        figures, proof = f"{shown} nets to {say(net)}", proven(RECOMPUTED, *amounts, tax)
        name = f"R8/{statement.id}/{column.id}"
        rounded = printed_figures(*amounts, tax)
        checks.append(Check(name, "R8", statement.id, rows[0].id, column.id, 0, net, proof, figures=figures, rounded=rounded))
    return checks, not_checked


def footing(statement: Statement) -> Outcome:
    """R12: what a sub-total holds beyond its printed rows is the same under both frameworks.

    Rows that no column touches are not printed, so a sub-total may exceed its rows; but it exceeds
    them by the same amount before and after the adjustments.
    """
    wording = statement.wording
    checks: list[Check] = []
    for row in statement.rows:
        if not row.of or row.role in ("line", "subtotal_full"):
            continue
        cells = [row, *(child for _, child in _children(statement, row))]
        if any(cell.is_derived(column) for cell in cells for column in (US_GAAP, IFRS)):
            continue
        rest_us = row.us_gaap - _sum_of(statement, row, US_GAAP)
        rest_ifrs = row.ifrs - _sum_of(statement, row, IFRS)
        figures = (
            f"beyond its rows it holds {wording.amount(rest_us)} under {wording.from_gaap} "
            f"and {wording.amount(rest_ifrs)} under {wording.to_gaap}"
        )
        proof = proven(RECOMPUTED, *(cell.amount(column) for cell in cells for column in (US_GAAP, IFRS)))
        name = f"R12/{statement.id}/{row.id}"
        rounded = 2 * sum(cell.us_gaap != cell.ifrs for cell in cells)
        check = Check(name, "R12", statement.id, row.id, IFRS, rest_us, rest_ifrs, proof, figures=figures, rounded=rounded)
        checks.append(check)
    return checks, []


def non_controlling_interests(statement: Statement, columns: tuple[str, ...]) -> Outcome:
    """R13: total less attributable is the non-controlling interests' share, per column.

    Declared by `of`: net income in that of the attributable income, parent equity in that of total
    equity; the other rows named there are the share, under each framework too, and none named means
    nil in the columns.
    """
    say = statement.wording.amount
    checks = []
    for whole_id, part_id in (("ni", "ni_attr"), ("eq_parent", "eq")):
        whole, part = statement.row(whole_id), statement.row(part_id)
        if whole is None or part is None or (1, whole.id) not in part.of:
            continue
        frameworks = (US_GAAP, IFRS) if len(part.of) > 1 and part.role != "subtotal_full" else ()
        for column in (*columns, *frameworks):
            share = sum(s * row.amount(column) for s, row in _children(statement, part) if row.id != whole.id)
            rest = part.amount(column) - whole.amount(column)
            cells_nil = rest == share == whole.amount(column) == 0
            if cells_nil or part.is_derived(column) or whole.is_derived(column):
                continue
            name = f"R13/{statement.id}/{part_id}/{column}"
            figures = f"{part_id} less {whole_id} is {say(rest)}, the interests' share {say(share)}"
            rounded = printed_figures(part.amount(column), whole.amount(column), share)
            check = Check(name, "R13", statement.id, part_id, column, share, rest, RECOMPUTED, figures=figures, rounded=rounded)
            checks.append(check)
    return checks, []


def is_share_based(column: Column) -> bool:
    """Whether a column is share-based compensation, by its id `sbc` or by its caption."""
    return column.id == "sbc" or bool(_SHARE_BASED.search(column.label))


def _children(statement: Statement, row: Row) -> list[tuple[int, Row]]:
    return [(sign, statement.by_id[child]) for sign, child in row.of]


def _sum_of(statement: Statement, row: Row, column: str) -> int:
    return sum(sign * child.amount(column) for sign, child in _children(statement, row))


def _balanced(name: str, statement: Statement, row: Row, column: str, *other: int) -> Check:
    """R3 of one column: the row on one side, the amounts of the other."""
    say = statement.wording.amount
    expected, actual = sum(other), row.amount(column)
    figures = f"{row.label} {say(actual)} against {say(expected)}"
    proof, rounded = proven(RECOMPUTED, actual, *other), printed_figures(actual, *other)
    return Check(name, "R3", statement.id, row.id, column, expected, actual, proof, figures=figures, rounded=rounded)
