"""A run as a notebook shows it: the statements, what the checks prove, the findings, what was not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaapbridge.form import Table
from gaapbridge.notebook import result_html
from gaapbridge.statement.shown import checks_shown, document_html, not_checked_shown

if TYPE_CHECKING:
    from gaapbridge.run.reader import Run

FINDING = ("finding", "check", "where", "amount", "unit", "why", "remedy", "accepted")


def run_html(run: Run) -> str:
    """The run in full; long lists end in how many more there are, which its frames hold."""
    listed = run.listed
    findings = tuple(
        (one.name, one.check, one.where, one.amount_minor, one.unit, one.why, one.remedy, one.accepted)
        for one in listed.findings
    )
    told = [f"{run.manifest.entity}, {run.manifest.period}", run.outcome, f"Run: {run.folder}"]
    tables = [
        *checks_shown(listed.checks),
        *([Table("Findings", FINDING, findings)] if findings else []),
        *not_checked_shown(listed.not_checked),
    ]
    return "\n".join([result_html([told]), document_html(run.document), result_html([table] for table in tables)])
