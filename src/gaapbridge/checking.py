"""The check of a plan and its inputs: every row of every tape held against its schema, nothing measured or written.

What it finds a close would find too, minutes later. Only a measurement can find the rest: a contract whose cash flows have no
effective rate or never repay it, two tapes that contradict each other, a sub-ledger that differs from the ledger.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from gaapbridge.assumptions.curves import open_table
from gaapbridge.contracts.contract_tapes import Tapes
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.instalment_apart import OF_INSTALMENTS
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.rejects import alike, rows_named, together
from gaapbridge.contracts.scan import Scan, findings_of, scan
from gaapbridge.contracts.tape_rows import TapeRows, said_apart, tape_findings
from gaapbridge.engine.local import Threads, processors
from gaapbridge.extracts.asking import answered
from gaapbridge.form import Table
from gaapbridge.notebook import result_html
from gaapbridge.period_close.account_lines import on_wrong_lines
from gaapbridge.period_close.estimated import estimated_findings, estimated_tables, judged_otherwise
from gaapbridge.period_close.given_file import read_given_file
from gaapbridge.period_close.inputs import Records, divided_by, open_tapes, read_records, refuse_excess, taken
from gaapbridge.period_close.layouts import layout_for
from gaapbridge.period_close.overdrawn import overdrawn
from gaapbridge.period_close.restatement import filed_before
from gaapbridge.period_close.right_ledger import refuse_wrong_ledger
from gaapbridge.period_close.stated import stated_queries
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.history_file import history_of
from gaapbridge.progress import Progress
from gaapbridge.run.brought_forward import BROUGHT_FORWARD
from gaapbridge.run.comparatives import comparatives
from gaapbridge.run.prior_run import closing_ledger
from gaapbridge.run.shown import findings_shown
from gaapbridge.scratch import temporary_folder
from gaapbridge.tapes.given import ADJUSTMENTS, GIVEN
from gaapbridge.tapes.ledger import open_trial_balance
from gaapbridge.tapes.members import others, tape_of
from gaapbridge.tapes.read import open_tape
from gaapbridge.terms.arguments import expect
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.text import LONGEST_VALUE, shortened, text_of, visible

if TYPE_CHECKING:
    from gaapbridge.estimation.checked import HistoryChecked  # compiled

_FILES = ("source", "file", "rows", "rejected", "control totals")

SHOWN = 20
"""Broken rules that the text shows; the JSON has them all."""


@dataclass(frozen=True)
class FileCheck:
    """One input file: its source in the plan, its path from there, its rows, and control totals (name, stated, found).

    ``left_out`` counts rows of totals that the plan says are none of the content, ``others`` those of other kinds.
    """

    source: str
    path: str
    rows: int
    rejected_rows: int
    controls: tuple[tuple[str, int, int], ...]
    left_out: int = 0
    others: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        controls = {name: {"stated": stated, "found": found, "held": stated == found} for name, stated, found in self.controls}
        named = {"source": self.source, "path": self.path, "rows": self.rows, "rejected_rows": self.rejected_rows}
        named |= {"left_out": self.left_out} if self.left_out else {}
        named |= {"of_other_kinds": dict(self.others)} if self.others else {}
        return {**named, "control_totals": controls}


@dataclass(frozen=True)
class PlanCheck:
    """What was checked and what was found. ``beside`` are statements of earlier runs that a close would print as they were
    printed then; ``elections`` counts the answers by note; ``rejects`` has a row for each rule that a rejected row breaks;
    ``refusal`` says why a close would stop, None where it would not."""

    plan: Plan
    brought_forward: str
    beside: tuple[str, ...]
    elections: Mapping[str, int]
    files: tuple[FileCheck, ...]
    rejects: pl.DataFrame
    refusal: str | None
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """As a close would end: 0 clean; 1 with more findings than the plan allows; 2 where it would stop at the rejects."""
        if self.refusal is not None:
            return 2
        return 1 if self._counted > self.plan.thresholds.findings else 0

    @property
    def _counted(self) -> int:
        """Findings that the plan does not accept."""
        return sum(one.accepted is None for one in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``: every broken rule of every rejected row."""
        return {
            "plan": str(self.plan.path),
            "entity": self.plan.entity.name,
            "period": {"opening": str(self.plan.period.opening), "closing": str(self.plan.period.closing)},
            "set": dict(self.plan.settings),
            "brought_forward": self.brought_forward,
            "beside": self.beside,
            "unanswered": self.plan.starter.unanswered,
            "elections": dict(self.elections),
            "files": [file.as_dict() for file in self.files],
            "rejects": self.rejects.to_dicts(),
            "refusal": self.refusal,
            "findings": [finding.as_dict() for finding in self.findings],
            "exit_code": self.exit_code,
        }

    def as_text(self, width: int | None = None) -> str:
        """For a terminal, of so many columns: the files, what is rejected and why, the findings, and the verdict."""
        parts = (self._heading(), self._files(width), self._rejects(width), self._findings(), self._verdict())
        return "\n\n".join(text_of(lines, width) for part in parts if (lines := list(part)))

    def __repr__(self) -> str:
        found = f"{len(self.files):,} files, {self.rejects.height:,} broken rules, {len(self.findings):,} findings"
        return visible(f"PlanCheck({str(self.plan.path)!r}: {found})")

    def _repr_html_(self) -> str:
        tables = [Table("Files", _FILES, self._rows_of_files())]
        if self.rejects.height:
            tables.append(Table("Rejected rows", tuple(self.rejects.columns), tuple(self.rejects.iter_rows())))
        told = [[table] for table in (*tables, *findings_shown(self.findings))]
        return result_html([[*self._heading()], *told, [*self._verdict()]])

    def _heading(self) -> Iterator[str]:
        period = self.plan.period
        yield f"{self.plan.path.name}: {self.plan.entity.name}, {period.opening} to {period.closing}"
        counts = ", ".join(f"{note} {number}" for note, number in self.elections.items())
        yield f"  elections        {sum(self.elections.values())}, all answered: {counts}"
        yield f"  brought forward  {self.brought_forward}"
        yield from (f"  set              {key} = {value}" for key, value in self.plan.settings.items())
        if self.beside:
            yield f"  printed beside   {', '.join(self.beside)}, as printed then"
        if self.plan.starter.unanswered:
            yield f"  an example's     {', '.join(self.plan.starter.unanswered)}: unanswered, says [starter] of the plan"

    def _files(self, width: int | None) -> Iterator[str]:
        yield from Table("", _FILES, self._rows_of_files()).as_lines(width)
        yield from (f"  {file.path} has a header and no row: nothing is taken from it" for file in self.files if not file.rows)

    def _rows_of_files(self) -> tuple[tuple[Any, ...], ...]:
        return tuple((file.source, file.path, file.rows, file.rejected_rows, _controls(file)) for file in self.files)

    def _rejects(self, width: int | None) -> Iterator[str]:
        if self.rejects.is_empty():
            return
        number = sum(file.rejected_rows for file in self.files)
        allowed = self.plan.thresholds.rejected_rows
        yield f"Rejected rows: {number:,}; the plan allows {allowed:,}"
        told = alike(self.rejects)
        for one in told.head(SHOWN).iter_rows(named=True):
            value = shortened(one["value"] or "", LONGEST_VALUE)
            rows = f"row{'s' if len(one['rows']) > 1 else ''} {rows_named(one['rows'])}"
            yield f"  {one['file']}, {rows}, {one['column']} {value}: {one['rule']}. Remedy: {one['remedy']}."
        if told.height > SHOWN:
            yield f"  and {told.height - SHOWN:,} more, all in --format json"
        counts = self.rejects.group_by("file", "rule", maintain_order=True).len()
        counts = counts.sort("len", descending=True, maintain_order=True)
        yield ""
        yield from Table("", ("file", "rule", "rows"), tuple(counts.iter_rows())).as_lines(width)

    def _findings(self) -> Iterator[str]:
        if self._counted:
            yield f"Findings: {self._counted}; the plan allows {self.plan.thresholds.findings}"
        for one in self.findings:
            yield f"  {one.sentence}. Remedy: {one.remedy}." if one.accepted is None else f"  {one.line}"

    def _verdict(self) -> Iterator[str]:
        if self.refusal is not None:
            yield "A close would stop: more is rejected than the plan allows."
        elif self.exit_code:
            yield "A close would go through with more findings than the plan allows."
        elif self.findings or self.rejects.height:
            yield "A close would go through, within the thresholds of the plan."
        else:
            yield "Plan and inputs are clean."


def check(plan_path: str | os.PathLike[str], *, settings: Sequence[str] = (), progress: Progress | None = None) -> PlanCheck:
    """Check a plan and all its inputs, with ``settings`` as ``close`` takes them.

    Raises ``UnusableInput`` where the plan or a whole file cannot be used.
    """
    expect("plan_path", plan_path, str, os.PathLike)
    plan, shown = read_plan(Path(plan_path), DECLARED, settings), progress or Progress(show=False)
    with answered(plan, stated_queries(plan), shown) as asked:
        return _check_of(asked, shown)


def _check_of(plan: Plan, progress: Progress) -> PlanCheck:
    """The check of a plan whose queries are answered."""
    layout = layout_for(plan)
    filed_before(plan)
    records = read_records(plan)
    beside = comparatives(plan, records.prior_run, _opening_ledger(records), divided_by(plan))
    refuse_wrong_ledger(plan, records, layout)
    histories = list(_histories(plan, progress))
    kinds = open_tapes(plan, records)
    with progress.stage("checking", sum(tapes.rows for tapes in kinds)) as step:
        scanned = [(tapes, _checked(tapes, step)) for tapes in kinds]
    of_kinds = [(tapes, tapes.read(found.read)) for tapes, found in scanned]
    at_sight = [one for tapes, found in scanned for one in findings_of(found, OF_INSTALMENTS, KINDS[tapes.kind].word)]
    read = [tape for _, of_kind in of_kinds for tape in of_kind]
    rejects = together(tapes.located(part) for tapes, of_kind in of_kinds for tape in of_kind for part in tape.rejects)
    of_history = [tape for history in histories for tape in history.tape_rows]
    return PlanCheck(
        plan=plan,
        brought_forward=_brought_forward(plan, records),
        beside=tuple(beside.by_id),
        elections={note: len(plan.elections.get(note, {})) for note in plan.notes.order},
        files=(*_files(plan, records, read), *_history_files(of_history)),
        rejects=pl.concat([rejects, *(history.rejects for history in histories)]),
        refusal=_refusal(plan, rejects),
        findings=(
            *on_wrong_lines(plan, records, layout),
            *overdrawn(plan, records, layout),
            *records.ledger_findings,
            *tape_findings(read),
            *(taken(one, plan) for one in at_sight),
            *estimated_findings(plan, estimated_tables(records.sources)),
            *judged_otherwise(plan, records.sources),
            *(one for history in histories for one in history.findings),
        ),
    )


def _histories(plan: Plan, progress: Progress) -> Iterator[HistoryChecked]:
    """The history of each kind of contracts of which the plan states one, read and checked."""
    history = history_of(plan)
    if history is None:
        return iter(())
    from gaapbridge.estimation.checked import checked_histories  # compiles: loaded only where there is history

    return checked_histories(history, progress)


def _history_files(tapes: Sequence[TapeRows]) -> Iterator[FileCheck]:
    for tape in tapes:
        controls = (*tape.controls, *tape.totals_of_file)
        yield FileCheck(tape.source, tape.source, tape.rows, tape.rejected_rows, controls, tape.left_out, tape.others)


def _opening_ledger(records: Records) -> Mapping[str, int]:
    """The ledger that a plan opens with; where none is given, what the prior run closed with: only a close measures it anew."""
    ledger, prior = records.ledger("opening"), records.prior_run
    if ledger is not None or prior is None:
        return ledger or {}
    return closing_ledger(prior)


def _checked(tapes: Tapes, step: Callable[[int], None]) -> Scan:
    """What was found on the tapes of a kind of contract."""
    with temporary_folder() as folder:
        return scan(tapes.check, tapes.ranges(folder), Threads(processors()), step)


def _refusal(plan: Plan, rejects: pl.DataFrame) -> str | None:
    try:
        refuse_excess(plan, rejects)
    except UnusableInput as unusable:
        return str(unusable)
    return None


def _files(plan: Plan, records: Records, read: list[TapeRows]) -> Iterator[FileCheck]:
    """Every table in the order of the manifest; curves, ledgers and amounts brought forward have no rejects, or no use."""
    tapes = {tape.source: tape for tape in read}
    for source, path in records.paths.items():
        if source == "statement.layout":
            continue
        if tape_of(source) != source:
            continue
        more = len(others(records.paths, source))
        place = plan.name_of(path) + (f" and {more} more" if more else "")
        tape = tapes.get(source)
        if tape is None:
            yield FileCheck(source, place, _rows(plan, source, path), 0, ())
        else:
            controls = (*tape.controls, *tape.totals_of_file)
            yield FileCheck(source, place, tape.rows, tape.rejected_rows, controls, tape.left_out, tape.others)


def _rows(plan: Plan, source: str, path: Path) -> int:
    """Rows of a file that is read whole."""
    if source == "opening.file":
        return open_tape(path, BROUGHT_FORWARD).rows
    if source.startswith("trial_balance.") and plan.trial_balance is not None:
        how = plan.trial_balance.at(source.rpartition(".")[2])
        return open_trial_balance(path, how, plan.entity.minor_digits, plan.entity.currency).rows
    if source == "adjustments" and plan.adjustments is not None:
        return len(read_given_file(plan, path, ADJUSTMENTS, plan.adjustments, source).rows)
    if source.startswith("given."):
        note = plan.given[source.removeprefix("given.")]
        return len(read_given_file(plan, path, GIVEN, note, source).rows)
    _, kind, key = source.split(".")
    schema = next(table.schema for table in KINDS[kind].tables if table.key == key)
    return open_table(path, schema, plan.curves.read(kind).get(key)).rows


def _brought_forward(plan: Plan, records: Records) -> str:
    """Where the opening comes from, in words."""
    amounts = 0 if records.prior_balances is None else sum(len(balances) for balances in records.prior_balances.values())
    if records.prior_run is not None:
        return f"the prior run {os.path.relpath(records.prior_run, plan.folder)}, {amounts:,} amounts"
    return {
        "amounts": f"the amounts in {plan.opening.file}, {amounts:,} of them",
        "opening_tape": "the opening tapes, measured again",
        "none": "nothing: one instant is measured",
    }[plan.opening.source]


def _controls(file: FileCheck) -> str:
    """Control totals in words; those that differ with both figures."""
    words = []
    for name, stated, found in file.controls:
        told = "held" if stated == found else f"differ by {found - stated:+,}: stated {stated:,}, found {found:,}"
        words.append(f"{name.removesuffix('_minor').replace('_', ' ')} {told}")
    if file.left_out:
        words.append(f"{file.left_out:,} row{'s' if file.left_out > 1 else ''} of totals left out")
    if file.others:
        words.append(f"rows of other kinds left out: {said_apart(file.others)}")
    return "; ".join(words) or ("not stated" if file.source.startswith("tapes.") else "")
