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
    at_effective_rate,
    column_taxes,
    on_accounts,
    on_both_sides,
    residue,
    tax_entry,
    untaxed,
)
from gaapbridge.plan import Plan
from gaapbridge.run.brought_forward import AccountSegment, PriorBalances
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.money import LARGEST_TOTAL


@dataclass(frozen=True)
class NoteColumn:
    """One note's journal of the period and the equity effects its tie-outs need, credit positive, minor units."""

    note: Note
    journal: Journal
    pre_tax_income: int
    basis_difference: int
    basis_difference_pre_tax: int


def post_notes(
    plan: Plan, sums: Mapping[str, Sums], prior: PriorBalances | None, ledgers: Mapping[str, Mapping[str, int]]
) -> tuple[tuple[NoteColumn, ...], list[Finding]]:
    """The journals of the plan's notes, in the order of the statement, and findings about the opening and deferred tax.

    ``ledgers`` holds the US GAAP balances by state and account.
    """
    posted = {key: FOLDERS[key].post(plan, sums) for key in plan.notes.order}
    before_tax = {key: _before_tax(NOTES[key], posted[key]) for key in plan.notes.order}
    taxes = column_taxes(plan, before_tax, prior, ledgers)
    columns, findings = [], on_both_sides(plan, ledgers)
    for key in plan.notes.order:
        carried = None if prior is None else untaxed(plan, prior.get(key, {})) | on_accounts(plan, taxes[key].brought_forward)
        column, found = _column(plan, NOTES[key], posted[key], taxes[key], carried)
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
    plan: Plan, note: Note, posted: Posted, tax: ColumnTax, prior: Mapping[AccountSegment, int] | None
) -> tuple[NoteColumn, list[Finding]]:
    measured = _balances(plan, posted.brought_forward)
    entries = [_entry(plan, note, "brought_forward", flow) for flow in posted.brought_forward]
    entries.append(tax_entry(plan, note, "brought_forward", "retained_earnings", Sides(0, 0), tax.brought_forward))
    gap, findings = _basis_difference(plan, note, measured, tax, prior)
    basis, basis_pre_tax = 0, 0
    if gap is not None:
        entries, basis = _restated_opening(plan, note, prior or {}, gap)
        basis_pre_tax = sum(untaxed(plan, gap).values())
    entries += [_entry(plan, note, "movement", flow) for flow in posted.movements]
    entries.append(tax_entry(plan, note, "tax", "income_tax_expense", tax.opening, tax.closing))
    journal = Journal(note.column, str(plan.period.closing), tuple(entry for entry in entries if not entry.is_nil))
    journal.declare({plan.account_of(role) for role in note.roles(plan.tapes.kinds)})
    income = -_role_total(posted.movements, note.profit_roles)
    return NoteColumn(note, journal, income, basis, basis_pre_tax), findings


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


_BASIS_REMEDY = (
    "it is posted to equity, as a change of policy or the correction of an error is (IAS 8.22, 8.42; ASC 250-10-45-5, 45-23); "
    "a change of estimate belongs in profit (IAS 8.36; ASC 250-10-45-17): then reclassify it"
)


def _basis_difference(
    plan: Plan,
    note: Note,
    measured: Mapping[AccountSegment, int],
    tax: ColumnTax,
    prior: Mapping[AccountSegment, int] | None,
) -> tuple[dict[AccountSegment, int] | None, list[Finding]]:
    """Gap between the opening as re-measured and as brought forward, by account and segment; None where there is none."""
    if prior is None:
        return None, []
    wanted = dict(measured) | on_accounts(plan, tax.opening)
    keys = sorted(set(wanted) | set(prior))
    gap = {key: wanted.get(key, 0) - prior.get(key, 0) for key in keys}
    gap = {key: amount for key, amount in gap.items() if amount}
    if not gap:
        return None, []
    finding = Finding(
        name="opening basis difference",
        where=f"{note.column}/opening",
        amount_minor=sum(gap.values()),
        why="the opening re-measured on this plan's basis differs from the amounts brought forward",
        remedy=_BASIS_REMEDY + ("; compare the two runs to see its cause" if plan.opening.source == "prior_run" else ""),
        check="R4",
    )
    return gap, [finding]


def _restated_opening(
    plan: Plan, note: Note, prior: Mapping[AccountSegment, int], gap: Mapping[AccountSegment, int]
) -> tuple[list[Entry], int]:
    """The opening as the prior run left it, and the gap to the re-measured opening through equity."""
    retained, basis = plan.account_of("retained_earnings"), plan.account_of(BASIS_DIFFERENCE)
    brought = [
        Line.of(account, segment, amount, "brought forward") for (account, segment), amount in sorted(prior.items()) if amount
    ]
    equity = -sum(line.amount_minor for line in brought)
    if equity:
        brought.append(Line.of(retained, "all", equity, "brought forward"))
    text = "opening basis difference"
    moved = [Line.of(account, segment, amount, text) for (account, segment), amount in gap.items()]
    difference = -sum(gap.values())
    if difference:
        moved.append(Line.of(basis, "all", difference, text))
    entries = [
        Entry(f"{note.numeral}-brought_forward-prior_run", "brought_forward", "brought_forward", tuple(brought)),
        Entry(f"{note.numeral}-opening_basis_difference", "opening_basis_difference", "movement", tuple(moved)),
    ]
    return entries, sum(gap.values())
