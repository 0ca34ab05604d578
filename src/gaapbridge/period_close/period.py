"""The close of one period, top to bottom: read, check, measure, post, reconcile, tie out, write.

``close`` is the only place where notes, statement and engine meet. Every step below is one sentence of the review file:
the tapes are checked and counted; each contract is measured under both frameworks; each note posts its flows; the columns
and the trial balance make the statement; the statement is tied out by two paths; the run is written whole or not at all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.measured import Measured, detail_path, over_all
from gaapbridge.contracts.rejects import rejected_rows
from gaapbridge.engine.local import Threads
from gaapbridge.measure.compile import compiled_before
from gaapbridge.notes import Treatments, standard_treatments
from gaapbridge.period_close.artefacts import Artefacts, gather, write_run
from gaapbridge.period_close.entries import post_notes
from gaapbridge.period_close.inputs import Inputs, read_inputs, refuse_excess
from gaapbridge.period_close.run_folder import new_version, period_folder, versions
from gaapbridge.period_close.statements import make_statements
from gaapbridge.period_close.ties import close_ties
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.model import Opening
from gaapbridge.progress import Progress
from gaapbridge.statement.checks import Check
from gaapbridge.terms.finding import Finding


@dataclass(frozen=True)
class Run:
    """A run that was written: its folder, its statement as printed, and what its checks say."""

    folder: Path
    statement_text: str
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    rejected_rows: int
    findings_allowed: int

    @property
    def exit_code(self) -> int:
        """0 clean, 1 with more findings than the plan allows."""
        return 1 if len(self.findings) > self.findings_allowed else 0

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "run": str(self.folder),
            "checks": len(self.checks),
            "held": sum(check.holds for check in self.checks),
            "rejected_rows": self.rejected_rows,
            "findings": [finding.as_dict() for finding in self.findings],
        }

    def as_text(self) -> str:
        """The statement, then checks and findings, then where the run is."""
        held = sum(check.holds for check in self.checks)
        lines = [self.statement_text, _summary(held, self)]
        for finding in self.findings:
            amount = f" ({finding.amount_text})" if finding.amount_text else ""
            lines.append(f"Finding: {finding.name}, {finding.where}{amount}: {finding.why}. Remedy: {finding.remedy}.")
        return "\n".join([*lines, f"Run: {self.folder}", ""])


def _summary(held: int, run: Run) -> str:
    findings = f"{len(run.findings):,}" if run.findings else "none"
    return f"Checks: {held:,} of {len(run.checks):,} hold. Findings: {findings}. Rejected rows: {run.rejected_rows:,}."


def close(
    plan_path: Path, *, progress: Progress | None = None, treatments: Treatments | None = None, workers: int | None = None
) -> Run:
    """Close one period from a plan file and write an immutable run.

    Raises ``UnusableInput`` when the plan or a source cannot be used, or when more rows are rejected than the plan allows;
    then nothing is written. ``treatments`` puts other policies on the two sides (the conformance suite does).
    """
    return close_plan(read_plan(Path(plan_path), DECLARED), progress=progress, treatments=treatments, workers=workers)


def close_plan(
    plan: Plan, *, progress: Progress | None = None, treatments: Treatments | None = None, workers: int | None = None
) -> Run:
    """Close one period from a plan already read; as ``close``."""
    shown = progress or Progress(show=False)
    with shown.stage("reading"):
        inputs = read_inputs(plan)
    folder = period_folder(plan.locate(plan.runs.folder), plan.entity.name, plan.period.closing)
    with new_version(folder) as unfinished:
        artefacts = measure_and_reconcile(
            plan, inputs, unfinished, shown, treatments or standard_treatments(), workers or os.cpu_count() or 1
        )
        with shown.stage("writing"):
            write_run(unfinished, plan, inputs, artefacts, shown.elapsed, folder / "v")
    return Run(
        folder=versions(folder)[-1],
        statement_text=artefacts.statement_text,
        checks=artefacts.checks,
        findings=artefacts.findings,
        rejected_rows=artefacts.rejected_rows,
        findings_allowed=plan.thresholds.findings,
    )


@dataclass(frozen=True)
class UsGaap:
    """What only a measurement can give a ledger under US GAAP: balances at both instants and income of the period, by
    posting role and debit positive, and amounts it needs besides (``written_off_gross``, ``paid_out``)."""

    opening: dict[str, int]
    closing: dict[str, int]
    income: dict[str, int]
    memoranda: dict[str, int]


def measure_us_gaap(plan_path: Path, scratch: Path) -> UsGaap:
    """US GAAP measured for a ledger that takes its balances from here; nothing is written but in ``scratch``.

    The trial balances the plan names are not compared.
    """
    plan = read_plan(Path(plan_path), DECLARED)
    plan = plan.model_copy(update={"opening": Opening(source="opening_tape"), "trial_balance": None})
    plan._path = Path(plan_path)
    inputs = read_inputs(plan)
    _measure(inputs, scratch, Progress(show=False), standard_treatments(), os.cpu_count() or 1)
    measured = _results(inputs, scratch)
    opening, closing, income, memoranda = (
        over_all(measured, "us", part) for part in ("opening", "closing", "income", "memoranda")
    )
    return UsGaap(opening, closing, income, memoranda)


def measure_and_reconcile(
    plan: Plan, inputs: Inputs, unfinished: Path, progress: Progress, treatments: Treatments, workers: int
) -> Artefacts:
    """Everything between reading and writing: contracts measured into ``unfinished``, notes posted, statements tied out."""
    _measure(inputs, unfinished, progress, treatments, workers)
    rejects = inputs.rejects()
    refuse_excess(plan, rejects)
    measured = _results(inputs, unfinished)
    with progress.stage("posting and tying out"):
        columns, opening_findings = post_notes(plan, {one.kind: one.totals.sums() for one in measured}, inputs.prior_balances)
        statements = make_statements(plan, inputs, columns, measured)
        has_opening = plan.opening.source != "none"
        ties = close_ties(plan, columns, measured, inputs.ledgers, has_opening, rejected_rows(rejects))
        findings = [*inputs.findings(), *opening_findings]
        return gather(measured, columns, statements, ties, findings, rejects)


def _measure(inputs: Inputs, folder: Path, progress: Progress, treatments: Treatments, workers: int) -> None:
    """Measure every kind of contract into its table."""
    if not compiled_before():
        progress.say("compiling the kernels for this machine, once")
    with progress.stage("measuring", inputs.rows) as step:
        for population in inputs.populations:
            population.measure(detail_path(folder, population.kind), treatments, Threads(workers), step)


def _results(inputs: Inputs, folder: Path) -> list[Measured]:
    """What every kind of contract comes to, once measured."""
    return [population.result(detail_path(folder, population.kind)) for population in inputs.populations]
