"""From the notes' postings to journals: accounts for roles, the amounts brought forward, and the tax of every column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.book.journal import Entry, Journal, Line
from gaapbridge.difference import BASIS_DIFFERENCE, FlowEntry, Note, Posted, Sums
from gaapbridge.measure.tax import Sides
from gaapbridge.notes import FOLDERS, NOTES
from gaapbridge.period_close.deferred_tax import (
    BeforeTax,
    ColumnTax,
    Deferred,
    at_effective_rate,
    column_taxes,
    on_accounts,
    on_both_sides,
    residue,
    tax_entries,
    untaxed,
)
from gaapbridge.period_close.opening_gap import Gap, Opening
from gaapbridge.plan import Plan
from gaapbridge.run.brought_forward import AccountSegment
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.money import LARGEST_TOTAL


@dataclass(frozen=True)
class BasisDifference:
    """What a gap between the opening as measured and as brought forward does to a column's equity, credit positive."""

    name: str
    amount_minor: int
    pre_tax_minor: int


@dataclass(frozen=True)
class NoteColumn:
    """One note's journal of the period and the equity effects its tie-outs need, credit positive, minor units."""

    note: Note
    journal: Journal
    pre_tax_income: int
    basis_difference: BasisDifference | None


def post_notes(
    plan: Plan, sums: Mapping[str, Sums], opening: Opening | None, ledgers: Mapping[str, Mapping[str, int]]
) -> tuple[tuple[NoteColumn, ...], list[Finding]]:
    """The journals of the plan's notes, in the order of the statement, and findings about the opening and deferred tax.

    ``opening`` is what was brought forward, None where nothing was; ``ledgers`` holds the US GAAP balances by state and
    account.
    """
    posted = {key: FOLDERS[key].post(plan, sums) for key in plan.notes.order}
    before_tax = {key: _before_tax(NOTES[key], posted[key]) for key in plan.notes.order}
    taxes = column_taxes(plan, before_tax, None if opening is None else opening.balances, ledgers)
    columns, findings = [], on_both_sides(plan, ledgers)
    for key in plan.notes.order:
        column, found = _column(plan, NOTES[key], posted[key], taxes[key], opening)
        _refuse_too_large(plan, column)
        columns.append(column)
        findings += at_effective_rate(plan, NOTES[key], taxes[key].closing)
        findings += residue(NOTES[key], before_tax[key], taxes[key].closing)
        findings += found
    return tuple(columns), findings


def _refuse_too_large(plan: Plan, column: NoteColumn) -> None:
    """Whole numbers add up at any size, but no lender posts as much, and a run keeps 64 bits of it."""
    for line in column.journal.lines():
        if abs(line.amount_minor) > LARGEST_TOTAL:
            raise UnusableInput(
                file=str(plan.path),
                key=f"notes.order, {column.note.key}",
                value=f"{line.amount_minor:,}",
                rule=f"what is posted to {line.account} for {line.segment} is below 10^18 minor units",
                remedy="correct the amounts of the tapes, or what is brought forward",
            )


def _before_tax(note: Note, posted: Posted) -> BeforeTax:
    return BeforeTax(
        opening=-_role_total(posted.brought_forward, ("retained_earnings",)),
        moved=-_role_total(posted.movements, note.profit_roles),
    )


def _column(
    plan: Plan, note: Note, posted: Posted, tax: ColumnTax, opening: Opening | None
) -> tuple[NoteColumn, list[Finding]]:
    entries = [_entry(plan, note, "brought_forward", flow) for flow in posted.brought_forward]
    entries += tax_entries(plan, note, "brought_forward", "retained_earnings", Deferred(Sides(0, 0)), tax.brought_forward)
    basis, findings = None, []
    if opening is not None:
        carried = untaxed(plan, opening.balances.get(note.key, {})) | on_accounts(plan, tax.brought_forward)
        measured = _balances(plan, posted.brought_forward) | on_accounts(plan, tax.opening)
        if moved := _moved(carried, measured):
            entries = _restated_opening(plan, note, carried, moved, opening.gap)
            findings = [_basis_finding(note, moved, opening.gap)]
            amounts = sum(moved.values()), sum(untaxed(plan, moved).values())
            basis = BasisDifference(f"{BASIS_DIFFERENCE}: {opening.gap.kind}", *amounts)
    entries += [_entry(plan, note, "movement", flow) for flow in posted.movements]
    entries += tax_entries(plan, note, "tax", "income_tax_expense", tax.opening, tax.closing)
    journal = Journal(note.column, str(plan.period.closing), tuple(entry for entry in entries if not entry.is_nil))
    journal.declare({plan.account_of(role) for role in note.roles(plan.tapes.kinds)})
    return NoteColumn(note, journal, -_role_total(posted.movements, note.profit_roles), basis), findings


def _role_total(entries: Sequence[FlowEntry], roles: Sequence[str]) -> int:
    return sum(p.amount_minor for entry in entries for p in entry.postings if p.role in roles)


def _balances(plan: Plan, entries: Sequence[FlowEntry]) -> dict[AccountSegment, int]:
    """Debit-positive balances of entries by account and segment, equity left out."""
    balances: dict[AccountSegment, int] = {}
    for entry in entries:
        for posting in entry.postings:
            if posting.role != "retained_earnings":
                key = (plan.account_of(posting.role), posting.segment)
                balances[key] = balances.get(key, 0) + posting.amount_minor
    return {key: amount for key, amount in balances.items() if amount}


def _entry(plan: Plan, note: Note, kind: str, flow: FlowEntry) -> Entry:
    lines = tuple(Line.of(plan.account_of(p.role), p.segment, p.amount_minor, flow.text) for p in flow.postings)
    name = flow.flow if kind == "movement" else kind
    return Entry(f"{note.numeral}-{name}-{flow.component}", flow.flow, kind, lines)


def _moved(carried: Mapping[AccountSegment, int], measured: Mapping[AccountSegment, int]) -> dict[AccountSegment, int]:
    """Gap from the opening as brought forward to that as measured, by account and segment, where there is one."""
    keys = sorted({*carried, *measured})
    gap = {key: measured.get(key, 0) - carried.get(key, 0) for key in keys}
    return {key: amount for key, amount in gap.items() if amount}


def _basis_finding(note: Note, moved: Mapping[AccountSegment, int], gap: Gap) -> Finding:
    return Finding(
        name="opening basis difference",
        where=f"{note.column}/opening",
        amount_minor=sum(moved.values()),
        why=f"{gap.kind}: the opening as measured differs from the amounts brought forward ({gap.because})",
        remedy=gap.remedy,
        check="R4",
    )


def _restated_opening(
    plan: Plan, note: Note, carried: Mapping[AccountSegment, int], moved: Mapping[AccountSegment, int], gap: Gap
) -> list[Entry]:
    """The opening as the prior run left it, and the gap to the opening as measured through equity."""
    retained, basis = plan.account_of("retained_earnings"), plan.account_of(BASIS_DIFFERENCE)
    brought = [
        Line.of(account, segment, amount, "brought forward") for (account, segment), amount in sorted(carried.items()) if amount
    ]
    equity = -sum(line.amount_minor for line in brought)
    if equity:
        brought.append(Line.of(retained, "all", equity, "brought forward"))
    text = f"opening basis difference: {gap.kind}"
    lines = [Line.of(account, segment, amount, text) for (account, segment), amount in moved.items()]
    difference = -sum(moved.values())
    if difference:
        lines.append(Line.of(basis, "all", difference, text))
    return [
        Entry(f"{note.numeral}-brought_forward-prior_run", "brought_forward", "brought_forward", tuple(brought)),
        Entry(f"{note.numeral}-{BASIS_DIFFERENCE}", BASIS_DIFFERENCE, "movement", tuple(lines)),
    ]
