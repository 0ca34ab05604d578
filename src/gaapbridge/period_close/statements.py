"""The statements of a close: exact and printed, closing with its comparative, and the tie-outs of both.

The exact document holds minor units and is tied out without any tolerance; the printed one holds presentation units, and
figures of a prior period in it stand as they were printed then, where the opening ledger is still the one that closed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from gaapbridge.book.journal import EntryKind
from gaapbridge.book.trial_balance import UNLISTED
from gaapbridge.contracts.measured import Measured
from gaapbridge.period_close.balancing import row_of_unlisted, with_balancing_row
from gaapbridge.period_close.entries import NoteColumn
from gaapbridge.period_close.estimated import estimated_findings, estimated_tables, judged_otherwise
from gaapbridge.period_close.inputs import Records
from gaapbridge.period_close.layouts import layout_for
from gaapbridge.period_close.note_texts import (
    adjusted,
    losses_moved,
    note_text,
    source_of_us_gaap,
    tax_items,
    text_of_comparatives,
)
from gaapbridge.period_close.opening_gap import late_adjustments
from gaapbridge.period_close.right_ledger import income_of_period
from gaapbridge.period_close.tax_proof import tax_proofs
from gaapbridge.period_close.ties import vat_in_lines
from gaapbridge.period_close.wrong_side import on_wrong_side
from gaapbridge.plan import Plan
from gaapbridge.run.comparatives import Comparatives, comparatives
from gaapbridge.run.folder import EXACT, STATEMENT
from gaapbridge.run.manifest import Estimated, StatementIds
from gaapbridge.statement.checks import Check
from gaapbridge.statement.document import Column, Document, Opening, Roll, Row, Statement
from gaapbridge.statement.document_reading import refuse_unsound
from gaapbridge.statement.evidence import RECOMPUTED, SAME_SOURCE
from gaapbridge.statement.layout import Layout, StatementLayout
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.notes_text import NotesSaid
from gaapbridge.statement.present import present, present_flow
from gaapbridge.statement.printing import WITHOUT_LEDGER
from gaapbridge.statement.reconcile import Reconciled, exact_rows, reconcile
from gaapbridge.statement.rules_exact import against_exact
from gaapbridge.statement.rules_tax import deferred_tax_rate
from gaapbridge.statement.tie_out import as_printed, made_here, tie_out
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.money import nearest_unit

UNITS = {1: "one", 1_000: "thousand", 1_000_000: "million"}


@dataclass(frozen=True)
class Statements:
    """What a close prints and ties out. ``ledgers`` holds US GAAP balances by statement and account; ``comparatives`` are the
    runs that a plan has print beside."""

    exact: Document
    printed: Document
    notes: NotesSaid
    ledgers: Mapping[str, Mapping[str, int]]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    ids: StatementIds
    layout: Layout
    comparatives: Mapping[str, Path]
    estimated: Mapping[str, Estimated]


def make_statements(
    plan: Plan,
    records: Records,
    columns: Sequence[NoteColumn],
    measured: Sequence[Measured],
    ledgers: Mapping[str, Mapping[str, int]],
) -> Statements:
    """Reconcile, present and tie out the statements of a plan's period. ``ledgers`` holds US GAAP balances by state."""
    ids = _ids(plan)
    unit = plan.entity.presentation_unit * 10**plan.entity.minor_digits
    layout = layout_for(plan)
    ledgers = {**ledgers, "income": income_of_period(plan, records, layout, ledgers["closing"])}
    layout = with_balancing_row(layout) if any(UNLISTED in ledger for ledger in ledgers.values()) else layout
    accounts = {code: account.line for code, account in plan.accounts.items()} | {UNLISTED: row_of_unlisted(layout)}
    made = _made(plan, ids, layout, columns, ledgers)
    rows = {one.id: reconcile(layout, one.form, accounts, one.amounts) for one in made}
    beside = comparatives(plan, records.prior_run, ledgers.get("opening", {}))
    declared = tuple(_column(plan, one, measured) for one in columns)
    roll = _roll(plan, columns, ids, layout)
    exact = _document(plan, EXACT, f"{plan.entity.currency} minor", declared, _exact(made, rows), roll, 1)
    unit_name = UNITS.get(plan.entity.presentation_unit, str(plan.entity.presentation_unit))
    printed = _document(plan, STATEMENT, unit_name, declared, _printed(made, rows, unit, roll, beside), roll, unit)
    checks, findings, not_checked = _tie_out(plan, columns, exact, printed, unit, layout.retained_earnings)
    source = source_of_us_gaap(plan, records.ledgers, comparative=beside.opening is not None)
    proofs = [] if roll is None else tax_proofs(plan, columns, measured)
    taxes = {one.note.column: tax_items(one, unit) for one in proofs}
    late = late_adjustments(records.prior_run, records.given)
    estimated = estimated_tables(records.sources)
    texts = {
        note.column: note_text(
            plan,
            note,
            taxes.get(note.column, ()),
            adjusted(plan, note, given.rows, unit, late.get(note.column, ())),
            losses_moved(plan, note, measured, unit),
            estimated,
        )
        for note, given in ((one.note, one.given) for one in columns)
    }
    ledger_of = {ids.closing: "closing", ids.income: "income", ids.opening: "opening"}
    return Statements(
        exact=exact,
        printed=printed,
        notes=NotesSaid(source, text_of_comparatives(plan, beside), texts, with_vat=plan.vat.rate != 0),
        ledgers={name: ledgers[state] for name, state in ledger_of.items() if name is not None},
        checks=checks,
        findings=(
            *findings,
            *on_wrong_side(printed, exact),
            *estimated_findings(plan, estimated),
            *judged_otherwise(plan, records.sources),
        ),
        not_checked=not_checked,
        ids=ids,
        layout=layout,
        comparatives=beside.runs,
        estimated=estimated,
    )


def _ids(plan: Plan) -> StatementIds:
    """The statements that a close measures itself: without an opening there is neither an opening balance sheet nor income."""
    period = plan.period
    if plan.opening.source == "none":
        return StatementIds(period.closing_sheet, None, None)
    return StatementIds(period.closing_sheet, period.opening_sheet, period.income_statement)


@dataclass(frozen=True)
class _Made:
    """One statement of this run: its id, form and time, and the debit-positive balances of its columns."""

    id: str
    form: StatementLayout
    as_of: str | None
    period: str | None
    amounts: Mapping[str, Mapping[str, int]]

    def statement(self, rows: tuple[Row, ...]) -> Statement:
        """The statement with these rows."""
        basis = WITHOUT_LEDGER[self.form.kind] if UNLISTED in self.amounts["us_gaap"] else ""
        return Statement(self.id, self.form.kind, self.as_of, self.period, rows, basis=basis, owed_above_nil=True)


def _made(
    plan: Plan, ids: StatementIds, layout: Layout, columns: Sequence[NoteColumn], ledgers: Mapping[str, Mapping[str, int]]
) -> list[_Made]:
    """The statements of this run in printed order, each with the ledger and the kinds of entries that it shows."""

    def amounts(state: str, *kinds: EntryKind) -> dict[str, Mapping[str, int]]:
        return {"us_gaap": ledgers[state]} | {one.note.column: one.journal.balances(*kinds) for one in columns}

    opening, closing = str(plan.period.opening), str(plan.period.closing)
    sheet = layout.balance_sheet
    made = [_Made(ids.closing, sheet, closing, None, amounts("closing", *EntryKind))]
    if ids.opening is not None and ids.income is not None:
        made.append(_Made(ids.opening, sheet, opening, None, amounts("opening", EntryKind.BROUGHT_FORWARD)))
        flow = amounts("income", EntryKind.MOVEMENT, EntryKind.TAX)
        made.append(_Made(ids.income, layout.income_statement, None, f"{opening}/{closing}", flow))
    return made


def _exact(made: Sequence[_Made], rows: Mapping[str, Sequence[Reconciled]]) -> tuple[Statement, ...]:
    """The statements in minor units."""
    return tuple(one.statement(exact_rows(rows[one.id])) for one in made)


def _printed(
    made: Sequence[_Made],
    rows: Mapping[str, Sequence[Reconciled]],
    unit: int,
    roll: Roll | None,
    beside: Comparatives,
) -> tuple[Statement, ...]:
    """The statements in printed units; those of a prior period stand as the prior run printed them."""
    printed: dict[str, tuple[Row, ...]] = {}
    then = beside.by_id
    for one in made:
        if roll is not None and one.id == roll.flow:
            scaled, opening, closing = _scaled(roll, unit), printed[str(roll.opening)], printed[roll.close]
            printed[one.id] = present_flow(rows[one.id], unit, opening, closing, scaled.paths, scaled.paths_pretax)
        else:
            printed[one.id] = then[one.id].rows if one.id in then else present(rows[one.id], unit)
    first, *others = (then.get(one.id) or one.statement(printed[one.id]) for one in made)
    year_end, income = ([one] if one is not None and one.id not in printed else [] for one in (beside.year_end, beside.income))
    return (first, *year_end, *others, *income)


def _roll(plan: Plan, columns: Sequence[NoteColumn], ids: StatementIds, layout: Layout) -> Roll | None:
    """How the two balance sheets are tied to the income statement, with what moved equity outside it (minor units)."""
    if ids.opening is None or ids.income is None:
        return None
    outside = {column.note.column: column.outside for column in columns if column.outside}
    return Roll(
        opening=Opening(ids.opening),
        close=ids.closing,
        flow=ids.income,
        retained=layout.retained_earnings,
        flow_row="ni",
        offset=_offsets(plan, columns),
        paths={column: {one.name: one.amount_minor for one in paths if one.amount_minor} for column, paths in outside.items()},
        paths_pretax={
            column: {one.name: one.pre_tax_minor for one in paths if one.pre_tax_minor} for column, paths in outside.items()
        },
    )


def _offsets(plan: Plan, columns: Sequence[NoteColumn]) -> dict[str, str]:
    """The row that takes up what a column takes from retained earnings, of the columns that move amounts inside equity only."""
    return {c.note.column: plan.accounts[plan.account_of(c.note.offset)].line for c in columns if c.note.offset is not None}


def _scaled(roll: Roll, unit: int) -> Roll:
    """The roll with its declared movements outside profit in units of so many minor units."""
    paths, paths_pretax = (
        {column: {name: nearest_unit(amount, unit) for name, amount in named.items()} for column, named in by_column.items()}
        for by_column in (roll.paths, roll.paths_pretax)
    )
    return replace(roll, paths=paths, paths_pretax=paths_pretax)


def _document(
    plan: Plan,
    file: str,
    unit: str,
    columns: tuple[Column, ...],
    statements: tuple[Statement, ...],
    roll: Roll | None,
    divisor: int,
) -> Document:
    """A document of this run in units of so many minor units. Raises ``UnusableInput`` where layout or prior run do not fit."""
    of_what = (plan.period.closing_sheet if roll is None else plan.period.income_statement).partition("-")[2]
    return refuse_unsound(
        Document(
            id=f"{plan.entity.name}-{of_what}",
            file=file,
            issuer=plan.entity.name,
            currency=plan.entity.currency,
            unit=unit,
            columns=columns,
            statements=statements,
            rolls=() if roll is None else (_scaled(roll, divisor),),
            status=plan.period.in_heading,
        )
    )


def _column(plan: Plan, column: NoteColumn, measured: Sequence[Measured]) -> Column:
    """How a column is declared in a document."""
    note = column.note
    taxed = note.vat_in_lines and column.given.is_nil and vat_in_lines(plan, note, measured)
    return Column(note.column, note.numeral, note.label, taxed)


def _tie_out(
    plan: Plan, columns: Sequence[NoteColumn], exact: Document, printed: Document, unit: int, retained: str
) -> tuple[tuple[Check, ...], tuple[Finding, ...], tuple[NotChecked, ...]]:
    """The exact document without tolerance, the printed one within each statement, R12 between the two, and R6 by rate."""
    alone = replace(printed, rolls=())
    tied, shown = (tie_out(one, opening=None, statutory_rate=None, vat_rate=None, tolerance=0) for one in (exact, alone))
    within, unprinted = against_exact(printed, exact, unit)
    rated, unrated = _deferred_tax_rates(plan, columns, exact, retained)
    checks = made_here(tied.checks, exact)
    checks += [replace(one, id=f"printed/{one.id}", unit=_unit(printed)) for one in as_printed(shown.checks)]
    given = {column.note.column for column in columns if column.note.is_given}
    checks = [of_files(one) if one.column in given else one for one in (*checks, *within, *rated)]
    failed = [check for check in checks if not check.holds]
    findings = tuple(one.as_finding(BOTH_FIGURES) for one in failed)
    without_a_rate = [left for left in tied.not_checked if left.statement is None]
    not_checked = [left for left in tied.not_checked if left not in without_a_rate]
    return tuple(checks), findings, (*not_checked, *unprinted, *unrated)


def of_files(check: Check) -> Check:
    """The same check of a column that a file gives: a second path to its figures starts from the same rows (R18)."""
    return replace(check, evidence=SAME_SOURCE) if check.evidence == RECOMPUTED else check


BOTH_FIGURES = "open both figures with explain"
"""What to do where a tie-out within the statement does not hold."""


def _unit(document: Document) -> str:
    """The unit of a document's amounts in words: `thousand CNY`, or `CNY` alone."""
    return f"{document.unit} {document.currency}".removeprefix(f"{UNITS[1]} ")


def _deferred_tax_rates(
    plan: Plan, columns: Sequence[NoteColumn], books: Document, retained: str
) -> tuple[list[Check], list[NotChecked]]:
    """R6, rate: the closing deferred tax of each column against the rate that the plan has in force at its closing."""
    closing = books.statement(plan.period.closing_sheet)
    assert closing is not None, "a close makes its closing balance sheet"
    offsets = {column: (retained, row) for column, row in _offsets(plan, columns).items()}
    checks: list[Check] = []
    left: list[NotChecked] = []
    for column in columns:
        note, tax = column.note, plan.tax.get(column.note.key)
        if tax is None or column.given.states_tax:
            why, remedy = "tax that a file states is at no one rate", "judge it by the rows that explain shows"
            left.append(NotChecked("R6", closing.id, None, note.column, why, remedy))
        elif tax.method == "roll_forward":
            why = "deferred tax under roll_forward keeps the rates at which it arose, so no one rate judges it"
            remedy = f"add up the movements of deferred tax in roll_forward.json by the rates of [tax.{note.key}]"
            left.append(NotChecked("R6", closing.id, None, note.column, why, remedy))
        else:
            rate = Fraction(tax.rate_at(plan.period.closing))
            checks += deferred_tax_rate(closing, (note.column,), offsets, rate)[0]
    return checks, left
