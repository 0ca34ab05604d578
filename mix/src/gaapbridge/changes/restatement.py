"""A restatement: what a later version of a filed period prints otherwise than was filed, and what was changed for it.

What is printed follows IAS 8.49 and 250-10-50-7: the reason, and for each line of each statement its amount as filed, as
restated, and the difference.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.changes.between import Changes, Closing, changes_between
from gaapbridge.changes.cells import Cell, cells_of
from gaapbridge.form import Table
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import IFRS, US_GAAP
from gaapbridge.statement.note_tables import within
from gaapbridge.statement.notes_text import WIDTH
from gaapbridge.statement.printing import caption_when


@dataclass(frozen=True)
class Restatement:
    """What ``now`` prints otherwise than the version that was ``filed``, the reason, and what was changed."""

    filed: Run
    now: Closing
    because: str
    cells: tuple[Cell, ...]
    changes: Changes

    @property
    def told(self) -> str:
        """Which statements are restated, and why, in one sentence each."""
        number, note = self.filed.folder.name, self.filed.manifest.status_note
        because = self.because.strip().rstrip(".")
        return f"These statements restate version {number} as filed ({note}). {because[:1].upper()}{because[1:]}."

    def as_dict(self) -> dict[str, Any]:
        """What stands in the run: every cell that moved, printed and exact, and every change."""
        changed = self.changes.as_dict()
        if self.changes.prior_run is not None:
            old, new = map(_version, self.changes.prior_run)
            changed["prior_run"] = {"old": old, "new": new}
        return {
            "restates": _version(self.filed.folder),
            "filed": self.filed.manifest.status_note,
            "because": self.because,
            "cells": [cell.as_dict() for cell in self.cells],
            "changes": changed,
        }

    def as_lines(self) -> list[str]:
        """What is printed below the statements: the reason, a table a statement, and what was changed."""
        lines = ["RESTATEMENT", *textwrap.wrap(self.told, WIDTH), ""]
        for title, table in self._tables():
            lines += [title, *table.as_lines(), ""]
        if not any(cell.printed_difference for cell in self.cells):
            lines += ["No printed figure moved.", ""]
        return [*lines, "What was changed", *self.changes.as_lines()]

    def _tables(self) -> Iterator[tuple[str, Table]]:
        document = self.now.document
        captions = {US_GAAP: "U.S. GAAP", IFRS: "IFRS"} | {
            one.id: one.caption for one in (*self.filed.document.columns, *document.columns)
        }
        for statement in document.statements:
            rows = tuple(
                (cell.label, captions[cell.column], cell.old_printed, cell.new_printed, cell.printed_difference)
                for cell in self.cells
                if cell.statement == statement.id and cell.printed_difference
            )
            if rows:
                title = f"{statement.kind.capitalize()} {within(caption_when(statement.as_of, statement.period))}"
                yield title, Table(title, ("row", "column", "as filed", "restated", "difference"), rows)


def restatement(filed: Run, now: Closing, because: str) -> Restatement:
    """What a close that restates a filed run moved, cell by cell, and what was changed since."""
    cells = tuple(cell for cell in cells_of(filed, now) if cell.moved)
    return Restatement(filed, now, because, cells, changes_between(filed, now))


def _version(run: Path) -> str:
    """A run by its period and version, wherever it lies."""
    return f"{run.parent.name}/{run.name}"
