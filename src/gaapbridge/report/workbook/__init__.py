"""The workbook of a run: every figure as printed and as a formula, down to the journal lines, for whoever checks in Excel."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gaapbridge.report.masks import NO_MASKS, Masks
from gaapbridge.report.workbook.cover import write_cover
from gaapbridge.report.workbook.entries import write_entries
from gaapbridge.report.workbook.faces import write_faces
from gaapbridge.report.workbook.formulas import write_formulas
from gaapbridge.report.workbook.journals import write_journals
from gaapbridge.report.workbook.ledgers import write_trial_balance
from gaapbridge.report.workbook.listings import (
    write_allowance,
    write_elections,
    write_findings,
    write_hindsight,
    write_manifest,
    write_sample,
)
from gaapbridge.report.workbook.note_sheets import write_notes
from gaapbridge.report.workbook.places import Places
from gaapbridge.report.workbook.sheets import HELD_IN_MEMORY, Book
from gaapbridge.report.workbook.tax_sheet import write_tax
from gaapbridge.report.workbook.tie_out_sheet import write_tie_outs
from gaapbridge.run.reader import Run

FILE = "workbook.xlsx"

SHEETS = (
    write_cover, write_faces, write_notes, write_allowance, write_hindsight, write_tax, write_tie_outs, write_findings,
    write_elections, write_sample, write_formulas, write_trial_balance, write_entries, write_journals, write_manifest,
)  # fmt: skip
"""What writes the sheets, in their order."""


def write(run: Run, folder: Path, masks: Masks = NO_MASKS) -> None:
    """Write the workbook of a run into a folder, byte for byte the same each time.

    A statement is its trial balance and its journal lines by formula, each with the figure that the run came to, so that a
    reader without a calculator sees the same as one with.
    """
    places = Places.of(run)
    large, closing = len(run.listed.journals) > HELD_IN_MEMORY, datetime.fromisoformat(run.manifest.period.closing)
    book = Book(folder / FILE, large, closing, masks, places.money_digits)
    what = f"{run.manifest.entity}, {run.manifest.period}"
    book.describe(what, "Reconciliation of U.S. GAAP to IFRS", foot=f"{what}, {run.folder.resolve().name}")
    for write_sheets in SHEETS:
        write_sheets(book, places)
    book.close()
