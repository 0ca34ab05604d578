"""A close of a period that was filed: refused unless its plan restates the filed version, and then told apart from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gaapbridge.changes.restatement import restatement
from gaapbridge.plan import Plan
from gaapbridge.plan.read import content_as_read
from gaapbridge.run.artefacts import Closed, Restated, source_files
from gaapbridge.run.manifest import Estimated
from gaapbridge.run.periods import ClosedVersion, versions_of
from gaapbridge.run.provenance import code_version, library_versions
from gaapbridge.run.reader import Run, SourceFile
from gaapbridge.statement.document import Document
from gaapbridge.terms.errors import UnusableInput

KEY = "period.restates"


def filed_before(plan: Plan) -> Run | None:
    """The filed version that a plan restates, as it was written; None where none of its period was filed.

    Raises ``UnusableInput`` as ``refuse_unless_restated`` does.
    """
    filed = refuse_unless_restated(plan)
    return None if filed is None else Run(filed.folder).unchanged()


def refuse_unless_restated(plan: Plan) -> ClosedVersion | None:
    """The filed version of a plan's period; None where none is.

    Raises ``UnusableInput`` where one was and the plan does not say that it restates it, or restates one that is not filed.
    """
    period, restates = versions_of(plan), plan.period.restates
    filed = None if period is None else period.filed
    if filed is None:
        if restates is not None:
            rule = "a version that is restated was filed; none of this period was"
            raise _refusal(plan, rule, "remove restates and restates_because, or close with the runs folder that has it")
        return None
    if restates != filed.folder.name:
        rule = f"{filed.folder.name} is filed ({filed.manifest.status_note}): no version takes its place without saying so"
        remedy = (
            f'add restates = "{filed.folder.name}" and restates_because to [period]; what is only tried is closed in another'
        )
        raise _refusal(plan, rule, f"{remedy} folder, [runs]")
    return filed


def restated(closed: Closed, folder: Path, filed: Run | None) -> Closed:
    """The same close, about to be written into a folder, with what it prints otherwise than was filed."""
    because = closed.plan.period.restates_because
    if filed is None or because is None:
        return closed
    now = _Now(
        document=closed.printed,
        exact=closed.exact,
        plan_content=content_as_read(closed.plan),
        plan_folder=closed.plan.folder.resolve(),
        sources=source_files(closed, folder),
        prior_folder=closed.prior_run,
        code=code_version(),
        libraries=library_versions(),
        estimated=closed.estimated,
    )
    found = restatement(filed, now, because)
    return replace(closed, restatement=Restated(found.told, tuple(found.as_lines()), found.as_dict()))


@dataclass(frozen=True)
class _Now:
    """A close that is about to be written, as one that can be told from another."""

    document: Document
    exact: Document
    plan_content: Mapping[str, Any]
    plan_folder: Path
    sources: Mapping[str, SourceFile]
    prior_folder: Path | None
    code: str
    libraries: Mapping[str, str]
    estimated: Mapping[str, Estimated]


def _refusal(plan: Plan, rule: str, remedy: str) -> UnusableInput:
    return UnusableInput(file=str(plan.path), key=KEY, value=plan.period.restates, rule=rule, remedy=remedy)
