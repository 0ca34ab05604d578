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

from gaapbridge.differences.effective_interest import elections as interest_elections
from gaapbridge.differences.expected_credit_loss import elections as loss_elections
from gaapbridge.measure.compile import compiled_before
from gaapbridge.period_close.artefacts import Artefacts, gather, write_run
from gaapbridge.period_close.direct import measured_directly
from gaapbridge.period_close.entries import post_notes
from gaapbridge.period_close.inputs import Inputs, read_inputs, refuse_excess
from gaapbridge.period_close.movements import movement_tables
from gaapbridge.period_close.population import findings_of, scan_population
from gaapbridge.period_close.run_folder import new_version, period_folder, versions
from gaapbridge.period_close.setting import Treatments, make_setting
from gaapbridge.period_close.statements import make_statements
from gaapbridge.period_close.ties import close_ties
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.model import Opening
from gaapbridge.progress import Progress
from gaapbridge.statement.checks import Check
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding

DECLARED = {
    "expected_credit_loss": loss_elections.ELECTIONS,
    "effective_interest": interest_elections.ELECTIONS,
}
"""Elections by note, as the notes declare them."""


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
        lines = [self.statement_text, f"Checks: {held:,} of {len(self.checks):,} hold. Rejected rows: {self.rejected_rows:,}."]
        for finding in self.findings:
            amount = "" if finding.amount_minor is None else f" ({finding.amount_minor:,} minor units)"
            lines.append(f"Finding: {finding.name}, {finding.where}{amount}: {finding.why}. Remedy: {finding.remedy}.")
        return "\n".join([*lines, f"Run: {self.folder}", ""])


def close(
    plan_path: Path, *, progress: Progress | None = None, treatments: Treatments | None = None, workers: int | None = None
) -> Run:
    """Close one period from a plan file and write an immutable run.

    Raises ``UnusableInput`` when the plan or a source cannot be used, or when more rows are rejected than the plan allows;
    then nothing is written. ``treatments`` puts other policies on the two sides (the conformance suite does).
    """
    shown = progress or Progress(show=False)
    plan = read_plan(Path(plan_path), DECLARED)
    with shown.stage("reading"):
        inputs = read_inputs(plan)
    folder = period_folder(plan.locate(plan.runs.folder), plan.entity.name, plan.period.closing)
    with new_version(folder) as unfinished:
        artefacts = _measure_and_reconcile(plan, inputs, unfinished, shown, treatments, workers or os.cpu_count() or 1)
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


def measure_us_gaap(plan_path: Path, scratch: Path) -> tuple[dict[str, int], dict[str, int]]:
    """US GAAP balances by posting role at the opening and the closing instant, for a ledger that takes them from here.

    The closing ones carry ``written_off_gross`` of the period besides. Nothing is written but in ``scratch``; the trial
    balances the plan names are not compared.
    """
    plan = read_plan(Path(plan_path), DECLARED)
    plan = plan.model_copy(update={"opening": Opening(source="opening_tape"), "trial_balance": None})
    plan._path = Path(plan_path)
    inputs = read_inputs(plan)
    setting = make_setting(plan, inputs.curves, inputs.longest_term)
    detail = scratch / "detail.parquet"
    scan_population(inputs.pairs(), inputs.events, setting, detail, inputs.closing_name, os.cpu_count() or 1, lambda rows: None)
    us = measured_directly(detail, "us")
    return dict(us.opening), {**us.closing, "written_off_gross": us.written_off}


def _measure_and_reconcile(
    plan: Plan, inputs: Inputs, unfinished: Path, progress: Progress, treatments: Treatments | None, workers: int
) -> Artefacts:
    setting = make_setting(plan, inputs.curves, inputs.longest_term, treatments)
    detail = unfinished / "measurements" / "loans" / "part-00000.parquet"
    detail.parent.mkdir(parents=True)
    if not compiled_before():
        progress.say("compiling the kernels for this machine, once")
    with progress.stage("measuring", inputs.rows) as step:
        pairs = inputs.pairs()
        scan = scan_population(pairs, inputs.events, setting, detail, inputs.closing_name, workers, step)
    rejects = inputs.rejects(scan.rejects)
    refuse_excess(plan, rejects)
    if scan.totals is None:
        raise UnusableInput(file=inputs.closing_name, rule="a tape must hold contracts", remedy="check the tape")
    with progress.stage("posting and tying out"):
        sums = scan.totals.sums()
        columns, opening_findings = post_notes(plan, sums, inputs.prior_balances)
        us, ifrs = measured_directly(detail, "us"), measured_directly(detail, "ifrs")
        tables = movement_tables(scan.totals)
        statements = make_statements(plan, inputs, columns, us)
        has_opening = plan.opening.source != "none"
        ties = close_ties(plan, columns, us, ifrs, tables, sums, inputs.ledgers, has_opening)
        findings = [
            *inputs.findings(),
            *findings_of(scan, frozenset(rejects["contract_id"].drop_nulls().to_list())),
            *opening_findings,
        ]
        return gather(scan.totals, columns, tables, statements, ties, findings, rejects)
