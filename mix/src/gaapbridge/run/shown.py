"""A run as a notebook shows it: the statements, what the checks prove, the findings, what was not checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gaapbridge.form import Table
from gaapbridge.notebook import result_html
from gaapbridge.statement.shown import checks_shown, document_html, not_checked_shown
from gaapbridge.terms.finding import Finding

if TYPE_CHECKING:
    from gaapbridge.run.reader import Run

FINDING = ("finding", "check", "where", "amount", "unit", "why", "remedy", "accepted")


def findings_shown(findings: Iterable[Finding]) -> Iterator[Table]:
    """The findings of a close or of a check of its inputs, where there are any."""
    rows = tuple(
        (one.name, one.check, one.where, one.amount_minor, one.unit, one.why, one.remedy, one.accepted) for one in findings
    )
    if rows:
        yield Table("Findings", FINDING, rows)


def run_html(run: Run) -> str:
    """The run in full; long lists end in how many more there are, which its frames hold."""
    listed = run.listed
    told = [f"{run.manifest.entity}, {run.manifest.period}", run.outcome, f"Run: {run.folder}"]
    tables = [
        *checks_shown(listed.checks),
        *findings_shown(listed.findings),
        *not_checked_shown(listed.not_checked),
    ]
    return "\n".join([result_html([told]), document_html(run.document), result_html([table] for table in tables)])
