"""The histories of a plan, read and checked: nothing is counted, fitted or written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from gaapbridge.contracts.rejects import together
from gaapbridge.contracts.tape_rows import TapeRows, tape_findings
from gaapbridge.estimation.awards import read_history_of_awards
from gaapbridge.estimation.history import (
    history_findings,
    open_history,
    read_tapes,
    rejects_of,
    stated_paths,
    stated_queries,
)
from gaapbridge.estimation.scenarios.weighed import scenario_findings
from gaapbridge.extracts.asking import answered
from gaapbridge.plan.history_file import HistoryPlan
from gaapbridge.progress import Progress
from gaapbridge.scratch import temporary_folder
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding


@dataclass(frozen=True)
class HistoryChecked:
    """The history of a kind: its tapes as they were read, what of them is rejected, and what was found."""

    tape_rows: tuple[TapeRows, ...]
    rejects: pl.DataFrame
    findings: tuple[Finding, ...]


def checked_histories(plan: HistoryPlan, progress: Progress) -> Iterator[HistoryChecked]:
    """The history of each kind of contracts that a plan states. One that cannot be used is a finding: no close reads it."""
    try:
        yield from _checked(plan, progress)
    except UnusableInput as refused:
        place = {"file": refused.file, "column": refused.column, "value": refused.value}
        said = ", ".join(f"{label} {part}" for label, part in place.items() if part and part != str(plan.path))
        why = f"{said}: {refused.rule}" if said else refused.rule
        where = refused.key or "history"
        found = Finding(
            name="history cannot be used", where=where, amount_minor=None, why=why, remedy=refused.remedy
        )  # fmt: skip
        yield HistoryChecked((), together(()), (found,))


def _checked(plan: HistoryPlan, progress: Progress) -> Iterator[HistoryChecked]:
    with answered(plan, stated_queries(plan), progress) as asked:
        paths = stated_paths(asked)
        for kind in asked.history.kinds:
            tapes = open_history(asked, kind, paths)
            with temporary_folder() as folder, progress.stage(f"checking the history of {kind}", tapes.rows) as step:
                history = read_tapes(tapes, folder, step)
            yield HistoryChecked(
                tuple(tapes.tape_rows(history.read)), rejects_of(history),
                (*history_findings(history), *scenario_findings(plan, kind)),
            )  # fmt: skip
        if asked.history.awards is not None:
            awards = read_history_of_awards(asked, paths)
            yield HistoryChecked(tuple(awards.tape_rows), awards.rejects, tuple(tape_findings(awards.tape_rows)))
