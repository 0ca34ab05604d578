"""The files of a history found and read, or refused before anything is counted of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from gaapbridge.contracts.rejects import by_rule, refused, rejected_rows
from gaapbridge.estimation.history import History, open_history, read_tapes, rejects_of
from gaapbridge.estimation.seen import refuse_a_history_cut_off, refuse_a_history_on_book
from gaapbridge.estimation.units import refuse_another_unit
from gaapbridge.plan.history_file import HistoryPlan
from gaapbridge.progress import Progress
from gaapbridge.terms.errors import UnusableInput


def found_files(plan: HistoryPlan, paths: Mapping[str, Path]) -> list[Path]:
    """The files of a history, each of which exists. Raises ``UnusableInput``."""
    for name, path in paths.items():
        if not path.is_file():
            raise UnusableInput(
                file=plan.name_of(path), key=name, rule="the file exists", remedy="correct the path in the plan"
            )
    return list(paths.values())


def read_months(plan: HistoryPlan, kind: str, paths: Mapping[str, Path], scratch: Path, progress: Progress) -> History:
    """The history of a kind of contracts, read into a folder. Raises ``UnusableInput`` where no curve can be made of it."""
    tapes = open_history(plan, kind, paths)
    with progress.stage(f"reading the history of {kind}", tapes.rows) as step:
        history = read_tapes(tapes, scratch, step)
    refuse_rejects(plan, rejects_of(history))
    if not history.chunks:
        file = tapes.tapes["performance"].source.file
        raise UnusableInput(file=file, rule="a history has good rows", remedy="correct the rows that are rejected")
    refuse_a_history_cut_off(history.seen, tapes.tapes["performance"].source.file)
    if "outcomes" in tapes.tapes:
        refuse_another_unit(history.seen.units, kind, tapes.tapes["outcomes"].source.file)
    if tapes.stated.without_last_row is None:
        refuse_a_history_on_book(history.seen, kind, tapes.tapes["performance"].source.file)
    return history


def refuse_rejects(plan: HistoryPlan, rejects: pl.DataFrame) -> None:
    """Raise where more rows are rejected than the plan bears."""
    borne = plan.history.rejected_rows
    if (number := rejected_rows(rejects)) > borne:
        of_rule = f"; {number:,} rows of the history are rejected, and history.rejected_rows is {borne}"
        raise refused(rejects, of_rule=of_rule, told_by=by_rule)
