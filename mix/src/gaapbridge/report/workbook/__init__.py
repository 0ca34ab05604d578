"""The workbook of a run: every figure as printed and as a formula, down to the journal lines, for whoever checks in Excel."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gaapbridge.report.masks import NO_MASKS, Masks
from gaapbridge.report.told.cover import told_signatures
from gaapbridge.report.workbook.cover import cover
from gaapbridge.report.workbook.declared import SheetsOf
from gaapbridge.report.workbook.entries import entry_sheet
from gaapbridge.report.workbook.faces import face_sheets
from gaapbridge.report.workbook.formulas import formula_sheets
from gaapbridge.report.workbook.journals import journal_sheets
from gaapbridge.report.workbook.ledgers import trial_balance_sheet
from gaapbridge.report.workbook.listings import (
    allowance_sheet,
    elections_sheet,
    findings_sheet,
    hindsight_sheet,
    manifest_sheet,
)
from gaapbridge.report.workbook.note_sheets import note_sheets
from gaapbridge.report.workbook.places import Places
from gaapbridge.report.workbook.sample_sheets import sample_sheets
from gaapbridge.report.workbook.sheets import HELD_IN_MEMORY, Book
from gaapbridge.report.workbook.tax_sheet import tax_sheet
from gaapbridge.report.workbook.tie_out_sheet import tie_out_sheet
from gaapbridge.run.reader import Run

FILE = "workbook.xlsx"

BLANK = "____________"
"""What stands for a name that the plan does not state: a line to sign."""

SHEETS: tuple[SheetsOf, ...] = (
    face_sheets, note_sheets, allowance_sheet, hindsight_sheet, tax_sheet, tie_out_sheet, findings_sheet, elections_sheet,
    formula_sheets, trial_balance_sheet, entry_sheet, journal_sheets, sample_sheets, manifest_sheet,
)  # fmt: skip
"""What declares the sheets, in their order below the cover, which is made of them: a sheet is added here, and nowhere else."""


def write(run: Run, folder: Path, masks: Masks = NO_MASKS) -> None:
    """Write the workbook of a run into a folder, byte for byte the same each time.

    A statement is its trial balance and its journal lines by formula, each with the figure that the run came to, so that a
    reader without a calculator sees the same as one with.
    """
    places = Places.of(run)
    large, closing = len(run.listed.journals) > HELD_IN_MEMORY, datetime.fromisoformat(run.manifest.period.closing)
    book = Book(folder / FILE, large, closing, run.manifest.entity, masks, places.money_digits)
    what = f"{run.manifest.entity}, {run.manifest.period}"
    signed = "   ".join(f"{one.role}: {one.name or BLANK} {one.day}".rstrip() for one in told_signatures(run))
    book.describe(what, "Reconciliation of U.S. GAAP to IFRS", f"{what}, {run.folder.resolve().name}", signed)
    declared = [sheet for sheets_of in SHEETS for sheet in sheets_of(places)]
    for sheet in (cover(declared), *declared):
        sheet.write(book, places, sheet)
    book.close()
