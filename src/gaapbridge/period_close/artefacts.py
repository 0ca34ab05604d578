"""The artefacts of a run: everything but the manifest depends on plan, inputs and code alone, byte for byte."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge import __version__
from gaapbridge.book.journal import Journal
from gaapbridge.book.roll_forward import RollForward
from gaapbridge.contracts.measured import Measured
from gaapbridge.contracts.rejects import rejected_rows
from gaapbridge.difference import PATHS, Note
from gaapbridge.period_close import brought_forward
from gaapbridge.period_close.brought_forward import carried_forward
from gaapbridge.period_close.entries import Column
from gaapbridge.period_close.inputs import Inputs
from gaapbridge.period_close.provenance import code_sha256, library_versions
from gaapbridge.period_close.run_folder import JOURNAL_COLUMNS, journal_rows, write_csv, write_json
from gaapbridge.period_close.statements import Statements
from gaapbridge.period_close.ties import Ties
from gaapbridge.plan import Plan
from gaapbridge.statement.checks import Check, NotChecked
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.hashes import sha256_of

BOTH_SIDES = "open both sides with explain; compare the ledger account with the sub-ledger"
"""What to do where a tie-out between books does not hold and says nothing of its own."""


@dataclass(frozen=True)
class Artefacts:
    """Everything a run writes, in the types that made it."""

    measured: tuple[Measured, ...]
    columns: tuple[Column, ...]
    statements: Statements
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    rejects: pl.DataFrame

    @property
    def statement_text(self) -> str:
        """The statement as printed."""
        return self.statements.text

    @property
    def rejected_rows(self) -> int:
        """Rows of the tapes that were not measured."""
        return rejected_rows(self.rejects)


def gather(
    measured: Sequence[Measured],
    columns: Sequence[Column],
    statements: Statements,
    ties: Ties,
    findings: Sequence[Finding],
    rejects: pl.DataFrame,
) -> Artefacts:
    """All of a close brought together: a check that does not hold becomes a finding of its own."""
    checks = (*ties.checks, *statements.checks)
    failed = [check.as_finding(f"{check.check} does not hold", BOTH_SIDES) for check in ties.checks if not check.holds]
    return Artefacts(
        measured=tuple(measured),
        columns=tuple(columns),
        statements=statements,
        checks=checks,
        findings=(*findings, *failed, *statements.findings),
        not_checked=(*ties.not_checked, *statements.not_checked),
        rejects=rejects,
    )


def write_run(
    folder: Path, plan: Plan, inputs: Inputs, artefacts: Artefacts, elapsed: Sequence[tuple[str, float]], place: Path
) -> None:
    """Write every artefact of a run into ``folder``; ``place`` is where the run will stand, for relative paths."""
    shutil.copyfile(plan.path, folder / "plan.toml")
    statements = artefacts.statements
    write_json(folder / "statement.json", statements.printed)
    write_json(folder / "exact.json", statements.exact)
    (folder / "statement.txt").write_text(statements.text, encoding="utf-8")
    (folder / "notes.txt").write_text(statements.notes, encoding="utf-8")
    (folder / "statement.csv").write_text(statements.csv, encoding="utf-8")
    write_json(folder / "ledger.json", statements.ledgers)
    journals = [column.journal for column in artefacts.columns]
    _write_journals(folder, plan, journals)
    write_json(folder / "roll_forward.json", _roll_forward(artefacts.columns))
    tables = [{"kind": one.kind, **table.as_dict()} for one in artefacts.measured for table in one.tables]
    write_json(folder / "movements.json", tables)
    carried = carried_forward(plan, {column.note.key: column.journal for column in artefacts.columns})
    write_csv(folder / brought_forward.FILE, brought_forward.HEADER, carried)
    write_json(folder / "checks.json", [check.as_dict() for check in artefacts.checks])
    write_json(folder / "findings.json", [finding.as_dict() for finding in artefacts.findings])
    write_json(folder / "not_checked.json", [left.as_dict() for left in artefacts.not_checked])
    inputs.write_rejects(folder / "rejects.csv", artefacts.rejects)
    write_json(folder / "totals.json", _totals(artefacts))
    _write_manifest(folder, plan, inputs, artefacts, elapsed, place)


def _write_journals(folder: Path, plan: Plan, journals: Sequence[Journal]) -> None:
    line_of = {account: chart.line for account, chart in plan.accounts.items()}
    rows = list(journal_rows(journals, line_of))
    write_csv(folder / "journals.csv", JOURNAL_COLUMNS, iter(rows))
    amounts = {"debit_minor": pl.Int64, "credit_minor": pl.Int64}
    schema = {name: amounts.get(name, pl.String) for name in JOURNAL_COLUMNS}
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(folder / "journals.parquet")


def _roll_forward(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """By note, component and account: opening difference, each flow, closing difference; debit positive, minor units."""
    rolled: list[dict[str, Any]] = []
    for column in columns:
        openings: dict[tuple[str, str], int] = {}
        movements: dict[tuple[str, str], dict[str, int]] = {}
        for entry in column.journal.entries:
            component = entry.id.rpartition("-")[2]
            for line in entry.lines:
                key = (component, line.account)
                flows = movements.setdefault(key, {})
                if entry.kind == "brought_forward":
                    openings[key] = openings.get(key, 0) + line.amount_minor
                else:
                    flows[entry.flow] = flows.get(entry.flow, 0) + line.amount_minor
        for (component, account), flows in sorted(movements.items()):
            roll = RollForward(openings.get((component, account), 0), tuple(flows.items()))
            rolled.append(
                {
                    "note": column.note.column,
                    "component": component,
                    "account": account,
                    "opening_minor": roll.opening_minor,
                    "flows_minor": flows,
                    "closing_minor": roll.closing_minor,
                }
            )
    return rolled


def _totals(artefacts: Artefacts) -> dict[str, Any]:
    """Whole numbers by kind, path, series and segment, and by account and segment; and the SHA-256 of them all."""
    measured = {}
    for one in artefacts.measured:
        totals = one.totals.sums().totals
        measured[one.kind] = {p: {series: by for series, by in totals[p].items() if any(by.values())} for p in PATHS}
    posted: dict[str, dict[str, int]] = {}
    for column in artefacts.columns:
        for line in column.journal.lines():
            account = posted.setdefault(f"{column.note.column}/{line.account}", {})
            account[line.segment] = account.get(line.segment, 0) + line.amount_minor
    content = {"measured": measured, "posted": posted}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return {**content, "sha256": hashlib.sha256(canonical).hexdigest()}


def _write_manifest(
    folder: Path, plan: Plan, inputs: Inputs, artefacts: Artefacts, elapsed: Sequence[tuple[str, float]], place: Path
) -> None:
    """The only file with time, versions and machine; hashes of plan, inputs, code and artefacts."""
    plan_folder = plan.folder.resolve()
    sources = {
        name: {"path": os.path.relpath(path, plan_folder), "sha256": digest} for name, (path, digest) in inputs.sources.items()
    }
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    manifest = {
        "entity": plan.entity.name,
        "period": {"opening": str(plan.period.opening), "closing": str(plan.period.closing)},
        "written_at": datetime.now(UTC).isoformat(),
        "elapsed_seconds": {name: round(seconds, 3) for name, seconds in elapsed},
        "machine": {"platform": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        "libraries": library_versions(),
        "version": __version__,
        "code_sha256": code_sha256(),
        "plan_sha256": sha256_of(plan.path),
        "plan_folder": os.path.relpath(plan_folder, place),
        "sources": sources,
        "prior_run": None if inputs.prior_run is None else os.path.relpath(inputs.prior_run, place),
        "columns": [column.note.column for column in artefacts.columns],
        "roles": {column.note.column: _measured_roles(column.note) for column in artefacts.columns},
        "posting": plan.posting,
        "accounts": {code: {"name": a.name, "line": a.line} for code, a in plan.accounts.items()},
        **artefacts.statements.addresses,
        "artefacts_sha256": {str(p.relative_to(folder)): sha256_of(p) for p in files},
    }
    write_json(folder / "manifest.json", manifest)


def _measured_roles(note: Note) -> dict[str, list[str]]:
    """Roles of a note that its contracts measure, by kind of contract."""
    return {kind: [*note.balances[kind], *note.profit[kind]] for kind in note.tapes}
