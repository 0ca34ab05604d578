"""From the notes' postings to journals: accounts for roles, the amounts brought forward, and the tax of every column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gaapbridge.book.journal import Entry, EntryKind, Journal, Line
from gaapbridge.difference import BASIS_DIFFERENCE, RETAINED, FlowEntry, Note, Posted, Sums
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
    tax_through_equity,
    tax_traced,
    untaxed,
)
from gaapbridge.period_close.given import Given, with_given
from gaapbridge.period_close.left_in_equity import tax_left_in_equity
from gaapbridge.period_close.opening_gap import Gap, Opening
from gaapbridge.period_close.restated_opening import moved, restated_opening
from gaapbridge.period_close.taxed_anew import rate_changes, rate_of_day
from gaapbridge.plan import Plan
from gaapbridge.run.brought_forward import AccountSegment
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.money import LARGEST_TOTAL

RATE_CHANGE = "change_of_tax_rate"
"""What is called so in the roll-forward of equity: another rate, on the tax of what went through equity before."""


@dataclass(frozen=True)
class EquityPath:
    """What moves a column's equity otherwise than through profit, credit positive: a gap between the opening as measured and
    as brought forward, or what a file says so of; after tax and before it."""

    name: str
    amount_minor: int
    pre_tax_minor: int


@dataclass(frozen=True)
class NoteColumn:
    """One note's journal of the period and the equity effects its tie-outs need, credit positive, minor units.

    ``given`` is what of it files gave; ``tax_through`` what of its deferred tax went through equity, by role, debit positive;
    ``tax_traced`` what of that is of a later rate, ``adjusted_tax_through`` what of it is of adjustments.
    """

    note: Note
    journal: Journal
    pre_tax_income: int
    basis_difference: EquityPath | None
    given: Given
    tax_through: Mapping[str, int]
    tax_traced: Mapping[str, int]
    adjusted_tax_through: Mapping[str, int]
    paths: tuple[EquityPath, ...] = ()

    @property
    def outside(self) -> tuple[EquityPath, ...]:
        """All that moves its equity otherwise than through profit."""
        return (*([] if self.basis_difference is None else [self.basis_difference]), *self.paths)


def post_notes(
    plan: Plan,
    sums: Mapping[str, Sums],
    opening: Opening | None,
    ledgers: Mapping[str, Mapping[str, int]],
    of_files: Mapping[str, Given] | None = None,
) -> tuple[tuple[NoteColumn, ...], list[Finding]]:
    """The journals of the plan's notes, in the order of the statement, and findings about the opening and deferred tax.

    ``opening`` is what was brought forward, None where nothing was; ``ledgers`` holds the US GAAP balances by state and
    account; ``of_files`` is what files give, by note: all of a given one, adjustments of one that contracts measure.
    """
    given = of_files or {key: Given(NOTES[key]) for key in plan.notes.order}
    posted = {key: with_given(_measured(plan, key, sums), given[key]) for key in plan.notes.order}
    before_tax = {key: _before_tax(plan, posted[key], given[key]) for key in plan.notes.order}
    taxes = column_taxes(plan, before_tax, None if opening is None else opening.balances, ledgers)
    columns, findings = [], on_both_sides(plan, ledgers)
    for key in plan.notes.order:
        column, found = _column(plan, given[key], posted[key], taxes[key], opening)
        _refuse_too_large(plan, column)
        columns.append(column)
        findings += at_effective_rate(plan, column.note, taxes[key].closing)
        findings += residue(column.note, before_tax[key], taxes[key].closing)
        findings += tax_left_in_equity(plan, column.note, before_tax[key], column.journal)
        findings += found
    return tuple(columns), findings


def _refuse_too_large(plan: Plan, column: NoteColumn) -> None:
    """Whole numbers add up at any size, but no lender posts as much, and a run keeps 64 bits of it."""
    files = ", ".join(sorted({row.file for row in column.given.rows if row.file}))
    for line in column.journal.lines():
        if abs(line.amount_minor) > LARGEST_TOTAL:
            raise UnusableInput(
                file=str(plan.path),
                key=f"notes.order, {column.note.key}",
                value=f"{line.amount_minor:,}",
                rule=f"what is posted to {line.account} for {line.segment} is below 10^18 minor units",
                remedy=f"correct the amounts of {files or 'the tapes'}, or what is brought forward",
            )


def _measured(plan: Plan, key: str, sums: Mapping[str, Sums]) -> Posted:
    """What a note's own journal posts from contracts; nothing of a given note."""
    return Posted((), ()) if key in plan.given else FOLDERS[key].post(plan, sums)


def _before_tax(plan: Plan, posted: Posted, given: Given) -> BeforeTax:
    """What a column does to equity before tax: what bears tax at a rate, and beside it the tax that files state."""
    note = given.note
    moved = -_role_total(posted.movements, (*note.profit_roles, *note.equity_roles))
    outside: dict[tuple[str, Fraction], int] = {}
    for one in given.outside:
        if one.bears == "rate":
            at = one.role, rate_of_day(plan, note.key, one.day)
            outside[at] = outside.get(at, 0) + one.amount
    changes = rate_changes(plan, note.key)
    in_equity: dict[tuple[str, Fraction], int] = {}
    for (day, role), amount in given.in_equity.items():
        in_equity[role, changes[day]] = in_equity.get((role, changes[day]), 0) + amount
    return BeforeTax(
        opening=-_role_total(posted.brought_forward, note.equity_roles) - given.apart_opening,
        moved=moved - given.apart_moved,
        outside=outside,
        in_equity=in_equity,
        stated_opening=given.tax_opening,
        stated_moved=given.tax_moved,
        stated_through={role: amount for role, amount in given.tax_through.items() if role in note.equity_roles},
    )


def _column(
    plan: Plan, given: Given, posted: Posted, tax: ColumnTax, opening: Opening | None
) -> tuple[NoteColumn, list[Finding]]:
    note = given.note
    nothing = Deferred(Sides(0, 0))
    entries = [_entry(plan, note, EntryKind.BROUGHT_FORWARD, flow) for flow in posted.brought_forward]
    movements = [_entry(plan, note, EntryKind.MOVEMENT, flow) for flow in posted.movements]
    movements += tax_entries(plan, note, EntryKind.TAX, "income_tax_expense", tax.opening, tax.closing, tax.through)
    basis, findings = None, []
    if opening is not None:
        carried = untaxed(plan, opening.balances.get(note.key, {})) | on_accounts(plan, tax.brought_forward)
        measured = _balances(plan, posted.brought_forward) | on_accounts(plan, tax.opening)
        if gap := moved(carried, measured):
            entries += tax_entries(plan, note, EntryKind.BROUGHT_FORWARD, RETAINED, nothing, tax.opening)
            entries = restated_opening(plan, note.numeral, entries, movements, gap, opening.gap.kind)
            findings = [_basis_finding(note, gap, opening.gap)]
            amounts = sum(gap.values()), sum(untaxed(plan, gap).values())
            basis = EquityPath(f"{BASIS_DIFFERENCE}: {opening.gap.kind}", *amounts)
    if basis is None:
        entries += tax_entries(plan, note, EntryKind.BROUGHT_FORWARD, RETAINED, nothing, tax.brought_forward)
    posting = tuple(entry for entry in (*entries, *movements) if not entry.is_nil)
    journal = Journal(note.column, str(plan.period.closing), posting)
    journal.declare({plan.account_of(role) for role in note.roles(plan.tapes.kinds)})
    taken = -_role_total(posted.movements, note.profit_roles)
    of_adjustments = _through_of_adjustments(plan, given)
    paths = tuple(_paths(given, tax))
    return NoteColumn(note, journal, taken, basis, given, tax.through, tax.traced, of_adjustments, paths), findings


def _through_of_adjustments(plan: Plan, given: Given) -> Mapping[str, int]:
    """What of the tax through equity is that of adjustments of a given note, by role."""
    if given.adjusted is None:
        return {}
    before = _before_tax(plan, given.adjusted.posted, given.adjusted)
    return tax_through_equity(before, tax_traced(before))


def _paths(given: Given, tax: ColumnTax) -> Iterator[EquityPath]:
    """What moves equity otherwise than through profit: by the names that files give it, and what a later rate moves of the tax
    on what went there before. The tax at a rate that a role bears stands with the first path on it, so that each role's is
    rounded once."""
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    left = {role: amount - tax.traced.get(role, 0) for role, amount in tax.through.items()}
    for one in given.outside:
        before[one.path] = before.get(one.path, 0) + (one.amount if one.bears != "tax" else 0)
        after[one.path] = after.get(one.path, 0) + one.amount
        if one.bears == "tax":
            left[one.role] = left.get(one.role, 0) + one.amount
    for one in given.outside:
        if one.bears == "rate":
            after[one.path] -= left.pop(one.role, 0)
    for path, amount in after.items():
        if amount or before[path]:
            yield EquityPath(path, amount, before[path])
    if traced := sum(tax.traced.values()):
        yield EquityPath(RATE_CHANGE, -traced, 0)


def _role_total(entries: Sequence[FlowEntry], roles: Sequence[str]) -> int:
    return sum(p.amount_minor for entry in entries for p in entry.postings if p.role in roles)


def _balances(plan: Plan, entries: Sequence[FlowEntry]) -> dict[AccountSegment, int]:
    """Debit-positive balances of entries by account and segment, equity left out."""
    balances: dict[AccountSegment, int] = {}
    for entry in entries:
        for posting in entry.postings:
            if posting.role != RETAINED:
                key = (plan.account_of(posting.role), posting.segment)
                balances[key] = balances.get(key, 0) + posting.amount_minor
    return {key: amount for key, amount in balances.items() if amount}


def _entry(plan: Plan, note: Note, kind: EntryKind, flow: FlowEntry) -> Entry:
    lines = tuple(Line.of(plan.account_of(p.role), p.segment, p.amount_minor, flow.text) for p in flow.postings)
    name = flow.flow if kind == EntryKind.MOVEMENT else kind
    return Entry(f"{note.numeral}-{name}-{flow.component}", flow.flow, flow.component, kind, lines)


def _basis_finding(note: Note, differs: Mapping[AccountSegment, int], gap: Gap) -> Finding:
    return Finding(
        name="opening basis difference",
        where=f"{note.column}/opening",
        amount_minor=sum(differs.values()),
        why=f"{gap.kind}: the opening as measured differs from the amounts brought forward ({gap.because_of(note.column)})",
        remedy=gap.remedy,
        check="R4",
    )
