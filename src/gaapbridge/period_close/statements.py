"""The statements of a close: exact and printed, closing with its comparative, and the tie-outs of both.

The exact document holds minor units and is tied out without any tolerance; the printed one holds presentation units, and
figures of a prior period in it stand as they were printed then, where the opening ledger is still the one that closed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from gaapbridge.contracts.measured import Measured, over_all
from gaapbridge.difference import Note
from gaapbridge.filings import layout_file, read_json
from gaapbridge.period_close.balancing import UNLISTED, WITHOUT_LEDGER, row_of_unlisted, with_balancing_row
from gaapbridge.period_close.entries import Column
from gaapbridge.period_close.inputs import Inputs
from gaapbridge.period_close.note_texts import note_text, source_of_us_gaap
from gaapbridge.period_close.prior_run import as_printed_then, closing_ledger
from gaapbridge.period_close.ties import vat_in_lines
from gaapbridge.plan import Plan
from gaapbridge.statement.checks import Check, NotChecked
from gaapbridge.statement.document import Document
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.footing import nearest_unit
from gaapbridge.statement.layout import Layout, StatementLayout, layout_of
from gaapbridge.statement.notes_text import print_notes
from gaapbridge.statement.present import present, present_flow
from gaapbridge.statement.printing import print_statement, statement_csv
from gaapbridge.statement.reconcile import Reconciled, cells, reconcile
from gaapbridge.statement.rules_exact import against_exact
from gaapbridge.statement.rules_within import deferred_tax_rate
from gaapbridge.statement.tie_out import tie_out
from gaapbridge.terms.addresses import period_name
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.finding import Finding

UNITS = {1: "one", 1_000: "thousand", 1_000_000: "million"}

Json = dict[str, Any]


@dataclass(frozen=True)
class Statements:
    """What a close prints and ties out."""

    exact: Json
    printed: Json
    text: str
    notes: str
    csv: str
    ledgers: Mapping[str, Mapping[str, int]]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    addresses: Json


def make_statements(plan: Plan, inputs: Inputs, columns: Sequence[Column], measured: Sequence[Measured]) -> Statements:
    """Reconcile, present and tie out the statements of a plan's period."""
    has_opening = plan.opening.source != "none"
    closing, opening = period_name(plan.period.closing), period_name(plan.period.opening)
    unit = plan.entity.presentation_unit * 10**plan.entity.minor_digits
    states = ("closing", "opening") if has_opening else ("closing",)
    ledgers = {state: _us_gaap(plan, inputs, measured, state) for state in states}
    layout = layout_for(plan)
    layout = with_balancing_row(layout) if any(UNLISTED in ledger for ledger in ledgers.values()) else layout
    accounts = {code: account.line for code, account in plan.accounts.items()} | {UNLISTED: row_of_unlisted(layout)}
    made = [_Made(f"bs-{closing}", layout.balance_sheet, _amounts(columns, ledgers["closing"], opening=False))]
    if has_opening:
        made.append(_Made(f"bs-{opening}", layout.balance_sheet, _amounts(columns, ledgers["opening"], opening=True)))
        made.append(_Made(f"is-{closing}", layout.income_statement, _income(columns, ledgers["closing"])))
    dated = {f"bs-{closing}": plan.period.closing, f"bs-{opening}": plan.period.opening}
    rows = {one.id: reconcile(layout, one.form, accounts, one.amounts) for one in made}
    prior = as_printed_then(inputs.prior_run, ledgers.get("opening", {}))
    exact_statements = [_statement(plan, one, cells(rows[one.id]), dated) for one in made]
    roll = _roll(plan, columns, opening, closing, layout) if has_opening else None
    printed_rows = _printed(made, rows, unit, layout, prior, roll)
    printed_statements = [_statement(plan, one, printed_rows[one.id], dated) for one in made]
    printed_statements += [statement for name, statement in prior.items() if name.startswith("is-")]
    declared = [_column(plan, column.note, measured) for column in columns]
    exact = _document(plan, declared, f"{plan.entity.currency} minor", exact_statements, roll, 1)
    unit_name = UNITS.get(plan.entity.presentation_unit, str(plan.entity.presentation_unit))
    printed = _document(plan, declared, unit_name, printed_statements, roll, unit)
    checks, findings, not_checked = _tie_out(plan, columns, exact, printed, unit)
    return Statements(
        exact=exact,
        printed=printed,
        text=print_statement(printed),
        notes=print_notes(
            printed,
            source_of_us_gaap(plan, inputs.ledgers, comparative=f"bs-{opening}" in prior),
            {c.note.column: note_text(plan, c.note) for c in columns},
        ),
        csv=statement_csv(printed),
        ledgers={f"bs-{closing}": ledgers["closing"], f"is-{closing}": ledgers["closing"]}
        | ({f"bs-{opening}": ledgers["opening"]} if has_opening else {}),
        checks=checks,
        findings=findings,
        not_checked=not_checked,
        addresses=_addresses(layout, opening if has_opening else None, closing),
    )


@dataclass(frozen=True)
class _Made:
    """One statement of this run: its id, its form and the debit-positive balances of its columns."""

    id: str
    form: StatementLayout
    amounts: Mapping[str, Mapping[str, int]]


def layout_for(plan: Plan) -> Layout:
    """The layout a plan prints in. Raises ``UnusableInput`` where it has no row for an account."""
    own = plan.statement.own_layout
    path = _packaged(plan) if own is None else plan.locate(own)
    layout = layout_of(read_json(path), path.name)
    for code, account in plan.accounts.items():
        if account.line not in layout.row_ids():
            near = " or ".join(nearest(account.line, layout.row_ids()))
            raise UnusableInput(
                file=str(plan.path), key=f"accounts.{code}.line", value=account.line,
                rule=f"an account is carried in a row of the layout {layout.id}",
                remedy=f"did you mean {near}?" if near else "name a row of the layout",
            )  # fmt: skip
    return layout


def _packaged(plan: Plan) -> Path:
    try:
        return layout_file(plan.statement.layout)
    except UnusableInput as unusable:
        unusable.file, unusable.key = str(plan.path), "statement.layout"
        raise


def _us_gaap(plan: Plan, inputs: Inputs, measured: Sequence[Measured], state: str) -> dict[str, int]:
    """US GAAP balances by account: the ledger's, or without one the sub-ledger's with all else as one net amount."""
    if state in inputs.ledgers:
        return dict(inputs.ledgers[state].balances)
    if state == "opening" and inputs.prior_run is not None:
        return closing_ledger(inputs.prior_run)
    known = over_all(measured, "us", state)
    if state == "closing" and plan.opening.source != "none":
        known |= over_all(measured, "us", "income")
    balances: dict[str, int] = {}
    for role, amount in known.items():
        account = plan.account_of(role)
        balances[account] = balances.get(account, 0) + amount
    balances[UNLISTED] = -sum(balances.values())
    return balances


def _amounts(columns: Sequence[Column], ledger: Mapping[str, int], opening: bool) -> dict[str, Mapping[str, int]]:
    kinds = ("brought_forward",) if opening else ("brought_forward", "movement", "tax")
    return {"us_gaap": ledger} | {column.note.column: column.journal.balances(*kinds) for column in columns}


def _income(columns: Sequence[Column], ledger: Mapping[str, int]) -> dict[str, Mapping[str, int]]:
    return {"us_gaap": ledger} | {column.note.column: column.journal.balances("movement", "tax") for column in columns}


def _statement(plan: Plan, made: _Made, rows: list[Json] | list[dict[str, object]], dated: Mapping[str, date]) -> Json:
    when = {"as_of": str(dated[made.id])} if made.id in dated else {"period": f"{plan.period.opening}/{plan.period.closing}"}
    basis = {"basis": WITHOUT_LEDGER[made.form.kind]} if UNLISTED in made.amounts["us_gaap"] else {}
    return {"id": made.id, "kind": made.form.kind, **when, **basis, "complete": True, "rows": rows}


def _printed(
    made: Sequence[_Made],
    rows: Mapping[str, Sequence[Reconciled]],
    unit: int,
    layout: Layout,
    prior: Mapping[str, Json],
    roll: Json | None,
) -> dict[str, list[dict[str, object]]]:
    """Printed rows of each statement; the opening balance sheet stands as the prior run printed it."""
    printed: dict[str, list[dict[str, object]]] = {}
    for one in made:
        if one.id in prior and one.form is layout.balance_sheet:
            printed[one.id] = prior[one.id]["rows"]
        elif one.form is layout.balance_sheet:
            printed[one.id] = present(rows[one.id], unit)
    for one in made:
        if one.form is layout.income_statement and roll is not None:
            paths = _scaled(roll, unit)
            opening, closing = printed[roll["open"]], printed[roll["close"]]
            printed[one.id] = present_flow(rows[one.id], unit, opening, closing, paths["paths"], paths["paths_pretax"])
    return printed


def _roll(plan: Plan, columns: Sequence[Column], opening: str, closing: str, layout: Layout) -> Json:
    """How the two balance sheets are tied to the income statement, with what moved equity outside it (minor units)."""
    paths = {c.note.column: c.pre_tax_paths for c in columns}
    basis = {c.note.column: c.basis_difference for c in columns}
    basis_pretax = {c.note.column: c.basis_difference_pre_tax for c in columns}
    return {
        "open": f"bs-{opening}",
        "close": f"bs-{closing}",
        "flow": f"is-{closing}",
        "retained": layout.retained_earnings,
        "flow_row": "ni",
        "offset": {
            c.note.column: plan.accounts[plan.account_of(c.note.offset)].line for c in columns if c.note.offset is not None
        },
        "bs_pretax_rows": {c.note.column: [] for c in columns},
        "paths": _paths(paths, basis),
        "paths_pretax": _paths(paths, basis_pretax),
    }


def _paths(transfers: Mapping[str, int], basis: Mapping[str, int]) -> Json:
    named = {
        column: {
            name: amounts[column]
            for name, amounts in (("transfers_between_notes", transfers), ("opening_basis_difference", basis))
            if amounts[column]
        }
        for column in transfers
    }
    return {column: paths for column, paths in named.items() if paths}


def _document(plan: Plan, columns: list[Json], unit: str, statements: list[Json], roll: Json | None, divisor: int) -> Json:
    rolls = []
    if roll is not None:
        rolls.append({**roll, **_scaled(roll, divisor)})
    return {
        "id": f"{plan.entity.name}-{period_name(plan.period.closing)}",
        "issuer": plan.entity.name,
        "currency": plan.entity.currency,
        "unit": unit,
        "from_gaap": "US GAAP",
        "to_gaap": "IFRS",
        "columns": columns,
        "rollforward": rolls,
        "statements": statements,
    }


def _column(plan: Plan, note: Note, measured: Sequence[Measured]) -> Json:
    """How a column is declared in a document; what holds of most columns is left unsaid."""
    beside = {} if note.vat_in_lines and vat_in_lines(plan, note, measured) else {"vat_in_lines": False}
    return {"id": note.column, "note": note.numeral, "label": note.label, **beside}


def _scaled(roll: Json, divisor: int) -> Json:
    """The declared movements outside profit in units of `divisor` minor units."""
    return {
        key: {
            column: {name: nearest_unit(amount, divisor) for name, amount in named.items()}
            for column, named in roll[key].items()
        }
        for key in ("paths", "paths_pretax")
    }


def _tie_out(
    plan: Plan, columns: Sequence[Column], exact: Json, printed: Json, unit: int
) -> tuple[tuple[Check, ...], tuple[Finding, ...], tuple[NotChecked, ...]]:
    """The exact document without tolerance, the printed one within each statement, R12 between the two, and R6 by rate."""
    books, paper = read_document(exact, "exact.json"), read_document({**printed, "rollforward": []}, "statement.json")
    tied, shown = (tie_out(one, opening=None, statutory_rate=None, vat_rate=None, tolerance=0) for one in (books, paper))
    within, unprinted = against_exact(paper, books, unit)
    rated, unrated = _deferred_tax_rates(plan, columns, books)
    checks = [*tied.checks, *(replace(one, id=f"printed/{one.id}", unit=_unit(printed)) for one in shown.checks)]
    checks += [*within, *rated]
    failed = [check for check in checks if not check.holds]
    findings = tuple(one.as_finding(f"{one.check} {one.part}".strip() + " does not hold", BOTH_FIGURES) for one in failed)
    without_a_rate = [left for left in tied.not_checked if left.statement is None]
    not_checked = [left for left in tied.not_checked if left not in without_a_rate]
    return tuple(checks), findings, (*not_checked, *unprinted, *unrated)


BOTH_FIGURES = "open both figures with explain"
"""What to do where a tie-out within the statement does not hold."""


def _unit(document: Json) -> str:
    """The unit of a document's amounts in words: `thousand CNY`, or `CNY` alone."""
    return f"{document['unit']} {document['currency']}".removeprefix(f"{UNITS[1]} ")


def _deferred_tax_rates(plan: Plan, columns: Sequence[Column], books: Document) -> tuple[list[Check], list[NotChecked]]:
    """R6, rate: the closing deferred tax of each column against the rate that the plan has in force at its closing."""
    closing = books.statement(f"bs-{period_name(plan.period.closing)}")
    assert closing is not None, "a close makes its closing balance sheet"
    retained = {column: (roll.retained, row) for roll in books.rolls for column, row in roll.offset.items() if row is not None}
    checks: list[Check] = []
    left: list[NotChecked] = []
    for note in (column.note for column in columns):
        tax = plan.tax[note.key]
        if tax.method == "roll_forward":
            why = "deferred tax under roll_forward keeps the rates at which it arose, so no one rate judges it"
            remedy = f"add up the movements of deferred tax in roll_forward.json by the rates of [tax.{note.key}]"
            left.append(NotChecked("R6", closing.id, None, note.column, why, remedy))
        else:
            rate = Fraction(tax.rate_at(plan.period.closing))
            checks += deferred_tax_rate(closing, (note.column,), retained, rate)[0]
    return checks, left


def _addresses(layout: Layout, opening: str | None, closing: str) -> Json:
    """What ``explain`` needs to know of the statements."""
    return {
        "statements": {
            "closing": f"bs-{closing}",
            "opening": None if opening is None else f"bs-{opening}",
            "income": None if opening is None else f"is-{closing}",
        },
        "normal": {row.id: row.normal for form in layout.statements for row in form.rows},
        "profit_rows": [row.id for row in layout.income_statement.rows],
        "retained_row": layout.retained_earnings,
    }
