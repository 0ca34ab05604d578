"""Why the report of a run is a draft: what stands open in it, in words that a page can print."""

from __future__ import annotations

from collections.abc import Sequence

from gaapbridge.run.reader import Run
from gaapbridge.statement.note_tables import when_of, within
from gaapbridge.statement.printing import WITHOUT_LEDGER
from gaapbridge.terms.statement_kinds import BALANCE_SHEET

UNAUDITED = "Unaudited"
"""What a reconciliation is: nobody audits what a program writes. On an assurance engagement a form's explanation tells."""


def open_matters(run: Run) -> tuple[str, ...]:
    """What keeps the exhibit of a run from being signed; none of a run whose checks hold, without open findings, by a ledger.

    A run with six failing checks and six findings, two of them accepted by its plan, gives
    ``("6 checks fail", "4 findings are open")``.
    """
    failing = sum(not check.holds for check in run.listed.checks)
    found = sum(finding.accepted is None for finding in run.listed.findings)
    without = [one for one in run.document.statements if any(said in one.basis for said in WITHOUT_LEDGER.values())]
    sheets = [one for one in without if one.kind == BALANCE_SHEET]
    lacking = [within(when_of(one)) for one in sheets or without]
    examples = len(run.plan_content.get("starter", {}).get("unanswered", []))
    matters = (
        _counted(failing, "check fails", "checks fail"),
        _counted(found, "finding is open", "findings are open"),
        f"no trial balance {' and '.join(lacking)}" if lacking else "",
        _counted(run.rejected_rows, "row of the tapes is left out", "rows of the tapes are left out"),
        _counted(examples, "answer is still an example's", "answers are still an example's"),
        "" if _is_registrant(run) else "the registrant is not the entity",
    )
    return tuple(filter(None, matters))


def draft_line(matters: Sequence[str]) -> str:
    """What stands on a first page: ``Draft: 6 checks fail, 4 findings are open.``; blank where nothing is open."""
    return f"Draft: {', '.join(matters)}." if matters else ""


def _is_registrant(run: Run) -> bool:
    """Whether a filing is that of the entity: the name of its registrant may differ in capitals, blanks and marks, as *Example
    Lender* and *EXAMPLE LENDER.*; a form for one lender around the figures of another is not signed."""
    registrant = run.plan_content.get("filing", {}).get("registrant")
    names = [name for name in (registrant, run.manifest.entity) if name]
    return len({"".join(filter(str.isalnum, name.casefold())) for name in names}) == 1


def _counted(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}" if count else ""
