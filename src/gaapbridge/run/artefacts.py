"""The artefacts of a run: everything but the manifest depends on plan, inputs and code alone, byte for byte."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.book.journal import EntryKind, Journal
from gaapbridge.book.roll_forward import RollForward
from gaapbridge.difference import PATHS, Note, Sums
from gaapbridge.plan import Plan
from gaapbridge.run import brought_forward, given_rows, journals
from gaapbridge.run import folder as names
from gaapbridge.run.extracts import asked, keep_extracts
from gaapbridge.run.folder import extract_path
from gaapbridge.run.form import csv_text, json_text
from gaapbridge.run.given_rows import GivenRow
from gaapbridge.run.journals import journal_lines
from gaapbridge.run.manifest import FORMAT, Account, Estimated, Manifest, Period, Source, StatementIds
from gaapbridge.run.movements import Movements
from gaapbridge.run.prior_answers import as_stated
from gaapbridge.run.provenance import code_sha256, library_versions
from gaapbridge.run.reader import SourceFile
from gaapbridge.run.seal import seal_text
from gaapbridge.statement.checks import Check
from gaapbridge.statement.document import Document
from gaapbridge.statement.document_writing import as_json
from gaapbridge.statement.layout import Layout
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.notes_text import NotesSaid, print_notes, wrapped
from gaapbridge.statement.printing import print_statement, statement_csv
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.hashes import Seen, at_once, sha256_of
from gaapbridge.terms.text import shortened, visible
from gaapbridge.terms.version import VERSION
from gaapbridge.terms.writing import writing


@dataclass(frozen=True)
class Restated:
    """What a close prints otherwise than the filed version that it restates: in a sentence, as text, and as JSON."""

    told: str
    lines: tuple[str, ...]
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Closed:
    """What a close leaves beside its measurements, in the types that made it: all that a run is written from.

    ``sources`` are the input files by name, each as it was read; ``comparatives`` the earlier runs whose statements are printed
    beside, by what of them is; ``parts`` the runs of shorter periods that it was held against (R14); ``sums`` what the journals
    were posted from, by kind of contract; ``hindsight`` what each kind's opening expected against what came; ``keyed`` balances
    by year of origination, bucket and non-accrual; ``journals`` stand in the order of the statement's columns;
    ``rows_left_out`` are rows of totals, ``rows_of_other_kinds`` those of kinds that the plan leaves out, by their words.
    ``noted`` are the notes, in the order of the columns, by column; ``given`` the rows of files that were posted;
    ``restatement`` is None where none is; ``estimated`` says by source how tables of assumptions were made.
    """

    plan: Plan
    sources: Mapping[str, Seen]
    prior_run: Path | None
    comparatives: Mapping[str, Path]
    parts: Sequence[Path]
    sums: Mapping[str, Sums]
    hindsight: Sequence[Mapping[str, object]]
    keyed: Sequence[Mapping[str, object]]
    movements: tuple[Movements, ...]
    noted: Mapping[str, Note]
    given: tuple[GivenRow, ...]
    journals: tuple[Journal, ...]
    layout: Layout
    statements: StatementIds
    exact: Document
    printed: Document
    notes: NotesSaid
    ledgers: Mapping[str, Mapping[str, int]]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    rejects: pl.DataFrame
    rows_left_out: Mapping[str, int]
    rows_of_other_kinds: Mapping[str, Mapping[str, int]]
    restatement: Restated | None = None
    estimated: Mapping[str, Estimated] = field(default_factory=dict)


def _as_dicts(listed: Sequence[Check] | Sequence[Finding] | Sequence[NotChecked]) -> str:
    return json_text([one.as_dict() for one in listed])


def _journal_rows(closed: Closed) -> list[tuple[object, ...]]:
    row_of = {account: chart.line for account, chart in closed.plan.accounts.items()}
    return journals.as_rows(journal_lines(closed.journals, row_of))


def _journals_parquet(closed: Closed) -> bytes:
    schema = {name: pl.Int64 if name in journals.AMOUNTS else pl.String for name in journals.COLUMNS}
    stream = io.BytesIO()
    pl.DataFrame(_journal_rows(closed), schema=schema, orient="row").write_parquet(stream)
    return stream.getvalue()


def _roll_forward(closed: Closed) -> list[dict[str, Any]]:
    """By note, component and account: opening difference, each flow, closing difference; debit positive, minor units."""
    rolled: list[dict[str, Any]] = []
    for journal in closed.journals:
        openings: dict[tuple[str, str], int] = {}
        movements: dict[tuple[str, str], dict[str, int]] = {}
        for entry in journal.entries:
            for line in entry.lines:
                key = (entry.component, line.account)
                flows = movements.setdefault(key, {})
                if entry.kind == EntryKind.BROUGHT_FORWARD:
                    openings[key] = openings.get(key, 0) + line.amount_minor
                else:
                    flows[entry.flow] = flows.get(entry.flow, 0) + line.amount_minor
        for (component, account), flows in sorted(movements.items()):
            roll = RollForward(openings.get((component, account), 0), tuple(flows.items()))
            rolled.append(
                {
                    "note": journal.note,
                    "component": component,
                    "account": account,
                    "opening_minor": roll.opening_minor,
                    "flows_minor": flows,
                    "closing_minor": roll.closing_minor,
                }
            )
    return rolled


def _carried_forward(closed: Closed) -> str:
    by_note = {closed.noted[journal.note].key: journal for journal in closed.journals}
    notes = {note.key: note for note in closed.noted.values()}
    return csv_text(brought_forward.HEADER, brought_forward.carried_forward(closed.plan, by_note, notes))


def _shown(rejects: pl.DataFrame) -> Iterator[list[object]]:
    """The rows of the rejects as a person may read them."""
    for row in rejects.iter_rows():
        shown = [visible(cell) if isinstance(cell, str) else cell for cell in row]
        yield [shortened(cell, MOST_IN_A_CELL) if isinstance(cell, str) else cell for cell in shown]


def _totals(closed: Closed) -> dict[str, Any]:
    """Whole numbers by kind, path, series and segment, and by account and segment; and the SHA-256 of them all."""
    measured = {
        kind: {path: {series: by for series, by in sums.totals[path].items() if any(by.values())} for path in PATHS}
        for kind, sums in closed.sums.items()
    }
    posted: dict[str, dict[str, int]] = {}
    for journal in closed.journals:
        for line in journal.lines():
            account = posted.setdefault(f"{journal.note}/{line.account}", {})
            account[line.segment] = account.get(line.segment, 0) + line.amount_minor
    content = {"measured": measured, "posted": posted, "by_origination_and_standing": closed.keyed}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return {**content, "sha256": hashlib.sha256(canonical).hexdigest()}


def _statement_text(closed: Closed) -> str:
    """The statements, and below them what was restated."""
    below = () if closed.restatement is None else ("", *closed.restatement.lines, "")
    return print_statement(closed.printed) + "\n".join(below)


def _notes(closed: Closed) -> str:
    """The notes, and below them what was restated."""
    below = [] if closed.restatement is None else ["", *wrapped("Restatement", closed.restatement.told), ""]
    return print_notes(closed.printed, closed.notes) + "\n".join(below)


MOST_IN_A_CELL = 32_000
"""Characters that a spreadsheet takes in a cell."""

ARTEFACTS: Mapping[str, Callable[[Closed], str | bytes | None]] = {
    names.PLAN: lambda closed: closed.plan.in_force,
    names.STATEMENT: lambda closed: json_text(as_json(closed.printed)),
    names.EXACT: lambda closed: json_text(as_json(closed.exact)),
    names.STATEMENT_TEXT: lambda closed: _statement_text(closed),
    names.NOTES: lambda closed: _notes(closed),
    names.NOTES_SAID: lambda closed: json_text(closed.notes),
    names.STATEMENT_TABLE: lambda closed: statement_csv(closed.printed),
    names.LEDGERS: lambda closed: json_text(closed.ledgers),
    names.JOURNALS: lambda closed: csv_text(journals.COLUMNS, _journal_rows(closed)),
    names.JOURNALS_TABLE: _journals_parquet,
    names.ROLL_FORWARD: lambda closed: json_text(_roll_forward(closed)),
    names.HINDSIGHT: lambda closed: json_text(closed.hindsight),
    names.MOVEMENTS: lambda closed: json_text(closed.movements),
    names.BROUGHT_FORWARD_FILE: _carried_forward,
    names.GIVEN: lambda closed: csv_text(given_rows.COLUMNS, given_rows.as_rows(closed.given)),
    names.CHECKS: lambda closed: _as_dicts(closed.checks),
    names.FINDINGS: lambda closed: _as_dicts(closed.findings),
    names.NOT_CHECKED: lambda closed: _as_dicts(closed.not_checked),
    names.REJECTS: lambda closed: csv_text(closed.rejects.columns, _shown(closed.rejects)),
    names.TOTALS: lambda closed: json_text(_totals(closed)),
    names.RESTATEMENT: lambda closed: None if closed.restatement is None else json_text(closed.restatement.content),
}
"""Every artefact of a run by its name, and what it holds, None where it has none; measurements are written as they are made."""


def write_run(folder: Path, closed: Closed, elapsed: Sequence[tuple[str, float]]) -> None:
    """Write every artefact of a run into ``folder``, then the manifest with their hashes, then its seal."""
    keep_extracts(folder, closed.plan.extracts)
    for name, content_of in ARTEFACTS.items():
        content = content_of(closed)
        if content is not None:
            _write(folder / name, content)
    _write(folder / names.MANIFEST, json_text(_manifest(folder, closed, elapsed).as_dict()))
    _write(folder / names.SEAL, seal_text(sha256_of(folder / names.MANIFEST)))


def _write(path: Path, content: str | bytes) -> None:
    with writing(path):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _manifest(folder: Path, closed: Closed, elapsed: Sequence[tuple[str, float]]) -> Manifest:
    """What the run says of itself; paths start from a folder beside the one that it will be renamed to."""
    plan, layout = closed.plan, closed.layout
    plan_folder = plan.folder.resolve()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return Manifest(
        format=FORMAT,
        entity=plan.entity.name,
        period=Period(str(plan.period.opening), str(plan.period.closing)),
        written_at=datetime.now(UTC).isoformat(),
        elapsed_seconds={name: round(seconds, 3) for name, seconds in elapsed},
        machine={"platform": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        libraries=library_versions(),
        version=VERSION,
        code_sha256=code_sha256(),
        plan_sha256=hashlib.sha256(plan.in_force).hexdigest(),
        plan_folder=os.path.relpath(plan_folder, folder),
        sources={name: Source(one.stated, one.sha256) for name, one in source_files(closed, folder).items()},
        prior_run=None if closed.prior_run is None else os.path.relpath(closed.prior_run, folder),
        columns=tuple(closed.noted),
        roles={
            column: {kind: (*note.balances[kind], *note.profit[kind]) for kind in note.kinds}
            for column, note in closed.noted.items()
        },
        posting=plan.posting,
        accounts={code: Account(account.name, account.line) for code, account in plan.accounts.items()},
        statements=closed.statements,
        normal={row.id: row.normal for form in layout.statements for row in form.rows},
        profit_rows=tuple(row.id for row in layout.income_statement.rows),
        retained_row=layout.retained_earnings,
        artefacts_sha256=dict(zip((str(path.relative_to(folder)) for path in files), at_once(sha256_of, files), strict=True)),
        techniques_before=as_stated(plan.techniques_before) or None,
        rows_left_out=dict(closed.rows_left_out) or None,
        rows_of_other_kinds={name: dict(counts) for name, counts in closed.rows_of_other_kinds.items()} or None,
        queries=asked(plan.extracts),
        set=dict(plan.settings) or None,
        status=plan.period.status,
        status_note=plan.period.status_note,
        restates=plan.period.restates,
        restates_because=plan.period.restates_because,
        comparatives={name: os.path.relpath(run, folder) for name, run in closed.comparatives.items()} or None,
        parts=tuple(os.path.relpath(run, folder) for run in closed.parts) or None,
        plan_file=plan.path.name,
        detail=plan.runs.detail if plan.runs.totals_only else None,
        estimated=dict(closed.estimated) or None,
        prior_run_sha256=None if closed.prior_run is None else sha256_of(closed.prior_run / names.MANIFEST),
    )


def source_files(closed: Closed, folder: Path) -> dict[str, SourceFile]:
    """The input files of a close that is written into a folder, which keeps what queries gave."""
    plan = closed.plan
    return {
        name: SourceFile(
            stated=_path_of(plan, name, seen.path),
            path=extract_path(folder, name) if name in plan.extracts else seen.path.resolve(),
            sha256=seen.sha256,
        )
        for name, seen in closed.sources.items()
    }


def _path_of(plan: Plan, source: str, path: Path) -> str:
    """The path of an input file, of a query that of its text, from the plan's folder."""
    if source in plan.extracts:
        return plan.extracts[source].query.query
    return os.path.relpath(path, plan.folder.resolve())
