"""What a run found wrong in the lender's records, the rows that it could not measure, and what it could not check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gaapbridge.form import Table
from gaapbridge.run.reader import Run
from gaapbridge.terms.finding import Finding

FOUND = ("finding", "where", "amount", "unit", "why", "remedy", "check", "accepted because")
LEFT = ("check", "statement", "row", "column", "why", "remedy")
REJECTED = ("file", "row", "column", "value", "rule", "remedy", "contract_id", "amount_minor")
"""The columns of the lists."""


def told_findings(findings: Sequence[Finding]) -> tuple[Table, ...]:
    """Findings that count, and those that the plan accepts with its reason; a list without a row is left out."""
    lists = {
        "Findings": [one for one in findings if one.accepted is None],
        "Accepted by the plan": [one for one in findings if one.accepted is not None],
    }
    return tuple(Table(title, FOUND, tuple(_found(own)), "0") for title, own in lists.items() if own)


def _found(findings: Iterable[Finding]) -> Iterator[tuple[object, ...]]:
    for one in findings:
        yield one.name, one.where, one.amount_minor, one.unit, one.why, one.remedy, one.check, one.accepted


def told_not_checked(run: Run) -> Table:
    """What could not be tied out, why, and what would allow it."""
    left = ((one.check, one.statement, one.row, one.column, one.why, one.remedy) for one in run.listed.not_checked)
    return Table("Not checked", LEFT, tuple(left))


def told_rejects(rejects: Iterable[Mapping[str, str]]) -> Table:
    """The rows of the tapes that were not measured, once for each rule that they break."""
    return Table("Rejected rows", REJECTED, tuple(tuple(one.get(name) or None for name in REJECTED) for one in rejects))


def said_of_findings(run: Run) -> tuple[str, ...]:
    """In sentences how many there are."""
    found = () if run.listed.findings else ("The run found nothing: no record of the lender disagrees with another.",)
    return (*found, f"Rows of the tapes that were not measured: {run.rejected_rows:,}.")
