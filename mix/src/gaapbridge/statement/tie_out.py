"""The tie-outs of a printed reconciliation: every rule that its figures allow, re-added.

A rule is a law of the statement, numbered R1 to R20 wherever it is quoted:

    R1   row: US GAAP + columns = IFRS
    R2   sub-total: its adjustment = the sum of its rows' adjustments
    R3   assets = liabilities + equity, per column and framework
    R4   opening equity effect + effect on net income + declared paths = closing equity effect
    R5   the same before tax
    R6   deferred tax: moves with the tax line; is on the right side; not above the statutory rate
    R7   other tax payable = the VAT in each line, rounded, then added
    R8   the share-based column nets to nil in equity
    R12  what a sub-total holds beyond its printed rows is the same under both frameworks
    R13  total less attributable = non-controlling interests
    R14  part periods add up to the longer one
    R15  every artefact of a run is as it was written

R9 to R11 need the books and are made by a close, as are R16 (cash), R17 (hindsight), R19 (the right ledger) and R20 (nothing
nil that cannot be); R12 against exact amounts and R15 need a run (`rules_exact`, `run.kept`). R18 is that every check says
what it proves (`evidence`). Within one statement no tolerance is allowed but
what rounding makes in R7; across periods `tolerance` units are, because each period was rounded by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from gaapbridge.statement.checks import (
    Check,
    with_unique_ids,
)
from gaapbridge.statement.document import US_GAAP, Document, Opening, Roll, Statement
from gaapbridge.statement.evidence import BY_CONSTRUCTION, RECOMPUTED
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.printing import BALANCING
from gaapbridge.statement.rules_across import part_periods, roll_forward
from gaapbridge.statement.rules_within import within_statement

ROLLED = ("R4", "R5", "R6")
"""The rules that compare two balance sheets and the flow between them."""


@dataclass(frozen=True, slots=True)
class TieOut:
    """All checks made, and all that could not be made."""

    checks: tuple[Check, ...]
    not_checked: tuple[NotChecked, ...]


def tie_out(
    document: Document,
    *,
    opening: Document | None,
    statutory_rate: Fraction | None,
    vat_rate: Fraction | None,
    tolerance: int,
) -> TieOut:
    """Every rule on every statement of `document`, and on the statements of `opening` it refers to.

    `opening` is the document in which rolls that open in another file are looked up; None leaves
    them unchecked. Rates are fractions of one (25 % is `Fraction(1, 4)`); without a rate its rule is
    not checked. The order is by statement, then by roll, then by sum of periods.
    """
    openings = {number: _opening_statement(document, opening, roll) for number, roll in enumerate(document.rolls)}
    offsets = column_offsets(document, openings)
    checks: list[Check] = []
    not_checked: list[NotChecked] = []
    for statement in _each_once(document, openings):
        offset = offsets.get(statement.id, {})
        made, left = within_statement(statement, document.columns, offset, statutory_rate, vat_rate, document.sum_columns)
        checks += made
        not_checked += left
    for number, roll in enumerate(document.rolls):
        made, left = _roll(document, roll, openings[number], opening, tolerance)
        checks += made
        not_checked += left
    for declared in document.period_sums:
        made, left = part_periods(document, declared, tolerance)
        checks += made
        not_checked += left
    not_checked += _without_rates(document, statutory_rate, vat_rate)
    return TieOut(tuple(with_unique_ids(checks)), tuple(not_checked))


def made_here(checks: Iterable[Check], document: Document) -> list[Check]:
    """The same checks where the document's columns and sub-totals were made by the very additions that are checked (R18).

    What is left are the U.S. GAAP columns of a ledger, which balance or do not without our doing (R3), and deferred tax by
    side and rate (R6). A column that a balancing figure was put into balances by construction.
    """
    balanced = {one.id for one in document.statements if one.row(BALANCING) is not None}

    def own(check: Check) -> bool:
        of_ledger = check.check == "R3" and check.column == US_GAAP and check.statement not in balanced
        return check.evidence == RECOMPUTED and not of_ledger and check.part not in ("sign", "rate")

    return [replace(check, evidence=BY_CONSTRUCTION) if own(check) else check for check in checks]


def as_printed(checks: Iterable[Check]) -> list[Check]:
    """The same checks of figures that were rounded so that they hold: they prove that the rounding was controlled (R18)."""
    return [replace(one, evidence=BY_CONSTRUCTION) if one.evidence == RECOMPUTED else one for one in checks]


def _opening_statement(document: Document, opening: Document | None, roll: Roll) -> Statement | None:
    """The statement in which a roll opens; one of another file is renamed where its id is taken."""
    wanted = roll.opening
    if not wanted.elsewhere and wanted.statement is not None:
        return document.statement(wanted.statement)
    if opening is None:
        return None
    found = find_opening(opening, wanted)
    if found is None or document.statement(found.id) is None:
        return found
    return replace(found, id=f"{opening.file}#{found.id}")


def find_opening(opening: Document, wanted: Opening) -> Statement | None:
    """The statement of another document in which a roll opens: by its id, else by its date."""
    if wanted.statement is not None:
        return opening.statement(wanted.statement)
    for day in (wanted.as_of, wanted.or_as_of):
        dated = [one for one in opening.statements if one.as_of is not None and one.as_of == day]
        if dated:
            return dated[0] if len(dated) == 1 else None
    return None


def _each_once(document: Document, openings: dict[int, Statement | None]) -> list[Statement]:
    """The statements of other files first, in the order in which rolls refer to them, then the file's."""
    known = {statement.id for statement in document.statements}
    foreign: dict[str, Statement] = {}
    for statement in openings.values():
        if statement is not None and statement.id not in known:
            foreign.setdefault(statement.id, statement)
    return [*foreign.values(), *document.statements]


def column_offsets(document: Document, openings: Mapping[int, Statement | None]) -> dict[str, dict[str, tuple[str, str]]]:
    """By statement and column: the rows between which a column moves amounts inside equity."""
    offsets: dict[str, dict[str, tuple[str, str]]] = {}
    for number, roll in enumerate(document.rolls):
        pairs = {column: (roll.retained, row) for column, row in roll.offset.items() if row is not None}
        opening = openings.get(number)
        for statement_id in (roll.close, opening.id if opening else None):
            if statement_id is not None:
                offsets.setdefault(statement_id, {}).update(pairs)
    return offsets


def _roll(
    document: Document, roll: Roll, opened: Statement | None, opening: Document | None, tolerance: int
) -> tuple[list[Check], list[NotChecked]]:
    if opened is None:
        return [], [_unopened(rule, roll) for rule in ROLLED]
    known = document.column_ids
    if roll.opening.elsewhere and opening is not None:
        known = tuple(column for column in known if column in opening.column_ids)
    missing = [column for column in document.column_ids if column not in known]
    checks, not_checked = roll_forward(document, roll, opened, known, tolerance)
    for column in missing:
        why = f"the opening {roll.opening} has no column {column}"
        remedy = "give an opening with the same columns"
        not_checked += [NotChecked(rule, roll.close, None, column, why, remedy) for rule in ROLLED]
    return checks, not_checked


def _unopened(rule: str, roll: Roll) -> NotChecked:
    return NotChecked(
        rule,
        roll.close,
        None,
        None,
        why=f"the roll-forward through {roll.flow} opens with {roll.opening}, which is not in the file",
        remedy="give the file that holds it with --opening",
    )


def _without_rates(document: Document, statutory_rate: Fraction | None, vat_rate: Fraction | None) -> list[NotChecked]:
    left = []
    sheets = document.statements
    if statutory_rate is None and any(sheet.deferred_tax_rows for sheet in sheets):
        why = "the rate of deferred tax is judged against a statutory rate, and none was given"
        left.append(NotChecked("R6", None, None, None, why, "give --statutory-rate, as 0.25 for 25 %"))
    if vat_rate is None and any(sheet.row("otp") for sheet in sheets):
        why = "the VAT leg is judged against a VAT rate, and none was given"
        left.append(NotChecked("R7", None, None, None, why, "give --vat-rate, as 0.06 for 6 %"))
    return left
