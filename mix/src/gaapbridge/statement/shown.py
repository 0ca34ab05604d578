"""Statements and tie-outs as a notebook shows them: tables of what `printing` prints, and of what checks prove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gaapbridge.form import Table
from gaapbridge.notebook import result_html, table_html
from gaapbridge.statement.checks import Check, StatementFinding
from gaapbridge.statement.document import IFRS, US_GAAP, Document, Statement
from gaapbridge.statement.evidence import by_evidence
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.printing import caption_when, heading_of, is_printed, opens_section, unit_of


def document_html(document: Document) -> str:
    """Every statement of a document as it is printed."""
    heading = [document.issuer, f"Amounts in {unit_of(document)}"]
    captions = {column.id: column.caption for column in document.columns}
    return "\n".join([result_html([heading]), *(statement_html(one, captions) for one in document.statements)])


def statement_html(statement: Statement, captions: dict[str, str] | None = None) -> str:
    """One statement as it is printed, its columns by their captions where these are known; totals are strong."""
    printed = [row for row in statement.rows if is_printed(row)]
    columns = list(captions or dict.fromkeys(column for row in printed for column in row.adjustments))
    header = ("", "U.S. GAAP", *((captions or {}).get(column, column) for column in columns), "IFRS")
    rows: list[tuple[str | int | None, ...]] = []
    totals = set()
    for row, before in zip(printed, [None, *printed], strict=False):
        if opens_section(statement, row, before):
            rows.append((f"{row.section.capitalize()}:", *[None] * (len(header) - 1)))
        if row.role != "line":
            totals.add(len(rows))
        rows.append((row.label, *(row.amount(one) for one in (US_GAAP, *columns, IFRS))))
    title = f"{heading_of(statement)}, {caption_when(statement.as_of, statement.period)}"
    return table_html(Table(title, header, tuple(rows)), strong=totals)


def checks_shown(checks: Sequence[Check]) -> Iterator[Table]:
    """How many checks hold and fail, by what they prove; then those that fail."""
    made = [(kind, [check.holds for check in checks if check.evidence == kind]) for kind in by_evidence(checks)]
    counts = tuple((kind, sum(held), len(held) - sum(held)) for kind, held in made)
    yield Table("Checks by what they prove", ("evidence", "hold", "fail"), counts)
    failing = tuple((one.id, one.expected, one.actual, one.difference, one.unit) for one in checks if not one.holds)
    if failing:
        yield Table("Checks that fail", ("check", "expected", "found", "difference", "unit"), failing)


def findings_shown(findings: Iterable[StatementFinding]) -> Iterator[Table]:
    """The findings of a verification, or that there are none."""
    rows = tuple((one.check, one.where, one.difference, one.unit, one.name, one.why, one.remedy) for one in findings)
    yield Table("Findings" if rows else "No findings", ("check", "where", "difference", "unit", "name", "why", "remedy"), rows)


def not_checked_shown(left: Iterable[NotChecked]) -> Iterator[Table]:
    """What could not be tied out, where anything could not."""
    rows = tuple((one.check, one.statement, one.row, one.column, one.why, one.remedy) for one in left)
    if rows:
        yield Table("Not checked", ("check", "statement", "row", "column", "why", "remedy"), rows)
