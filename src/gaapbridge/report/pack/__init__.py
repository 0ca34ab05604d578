"""The review pack: one folder of pages that open from a disk, in any browser, without a script and without a network.

A printed figure leads to its line, the note, the cause, the journal, the segment and the contract, step by step, down to the
row of the file it was read from. However many contracts a book has, the pack tells a few of them in full and does not grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gaapbridge.report.charts_of_contracts import ContractPictures
from gaapbridge.report.masks import NO_MASKS, Masks
from gaapbridge.report.pack.contracts import contract_content, contract_page, contract_title, contracts_content
from gaapbridge.report.pack.journals import PAGE as JOURNALS
from gaapbridge.report.pack.journals import journals_content
from gaapbridge.report.pack.listings import (
    assumptions_content,
    checks_content,
    findings_content,
    hindsight_content,
    manifest_content,
    movements_content,
)
from gaapbridge.report.pack.notes import note_content, note_page, place_notes
from gaapbridge.report.pack.pages import Page, Pages, resource
from gaapbridge.report.pack.pictures import Pictures, draw_pictures
from gaapbridge.report.pack.site import INDEX, Site
from gaapbridge.report.pack.statements import index_content, place_rows, row_pages
from gaapbridge.report.pack.tax import PAGE as TAX
from gaapbridge.report.pack.tax import tax_content
from gaapbridge.report.pack.views import Cell, Shown, simple
from gaapbridge.report.told.cover import told_facts, told_signatures
from gaapbridge.report.told.notes import ToldNotes, told_notes
from gaapbridge.report.told.statements import ToldStatements, told_statements
from gaapbridge.report.told.tax import told_tax
from gaapbridge.report.told.trail import told_cells, told_contracts
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import amount_text, unit_of
from gaapbridge.terms.writing import writing

FOLDER = "pack"
"""The folder of the pack in that of the report."""

MOST_FAILING = 20
"""Failing checks that the first page names; all of them stand on the page of the checks."""

MENU = (
    ("Statements", INDEX), ("Journals", JOURNALS), ("Movements", "movements.html"), ("Hindsight", "hindsight.html"),
    ("Tax", TAX), ("Checks", "checks.html"), ("Findings", "findings.html"), ("Assumptions", "assumptions.html"),
    ("Contracts", "contracts.html"), ("Manifest", "manifest.html"),
)  # fmt: skip


def write(run: Run, folder: Path, masks: Masks = NO_MASKS, of_contracts: ContractPictures | None = None) -> None:
    """Write the pack of a run into ``folder/pack``: ``index.html`` is where to begin.

    Where ``masks`` hide ids, no text that may name a contract is shown, and of every other one its masks.
    """
    told = told_statements(run)
    pages, pictures = _pack(run, told, masks, of_contracts or ContractPictures(run))
    made = Pages(run, masks, _menu(told))
    files = {page.path: made.render(page) for page in pages} | {"style.css": resource("style.css")}
    files |= {name: masks.text(picture) for name, picture in pictures.files.items()}
    for name, text in files.items():
        path = folder / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with writing(path):
            path.write_text(text, encoding="utf-8", newline="\n")


def _pack(run: Run, told: ToldStatements, masks: Masks, of_contracts: ContractPictures) -> tuple[list[Page], Pictures]:
    """The pages and the pictures of a run; these are drawn while pages are made."""
    site, manifest = Site(), run.manifest
    digits = int(run.plan_content["entity"]["minor_digits"])
    shown = Shown(site, masks, manifest.accounts, told.currency, digits)
    pictures = draw_pictures(run, told, of_contracts)
    cells = told_cells(run)
    contracts = told_contracts(run, cells)
    place_rows(site, told)
    entries = place_notes(site, run, told.notes)
    for contract in contracts:
        site.add(contract.address, contract_page(contract.address, shown), "")
    notes = told_notes(run, figures_suffice=True)
    called = {note.id: f"({note.note})" if note.note else note.caption for note in told.notes}
    pages = [
        Page(INDEX, "Reconciliation between US GAAP and IFRS", "index.html", _index(run, told, shown, pictures.bridges)),
        *(Page(path, title, "row.html", content) for path, title, content in row_pages(told, cells, shown)),
        *(
            Page(
                note_page(note.id),
                note.caption,
                "note.html",
                note_content(run, told, note, entries[note.id], shown) | {"chart": pictures.figure(note_page(note.id))},
            )
            for note in notes.notes
        ),
        Page(JOURNALS, "Journals", "journals.html", journals_content(run.listed.journals, called, shown)),
        *_listing_pages(run, notes, shown, contracts, pictures.of_page),
    ]
    return pages, pictures


def _listing_pages(
    run: Run, notes: ToldNotes, shown: Shown, contracts: Sequence[Any], pictures: Callable[[str], list[dict[str, str]]]
) -> Iterator[Page]:
    made = {
        "movements.html": ("Movements of the loss allowance", movements_content(run, shown)),
        "hindsight.html": ("Hindsight: expected against what came", hindsight_content(run, shown)),
        TAX: ("Income tax", tax_content(told_tax(run), notes, unit_of(run.document), shown)),
        "checks.html": ("Checks by evidence", checks_content(run, shown)),
        "findings.html": ("Findings", findings_content(run, shown)),
        "assumptions.html": ("Assumptions and elections", assumptions_content(run, shown)),
        "contracts.html": ("Contracts told in full", contracts_content(contracts, shown)),
        "manifest.html": ("Manifest", manifest_content(run, shown)),
    }
    for path, (title, content) in made.items():
        yield Page(path, title, "page.html", {"facts_shown": (), **content, "figures": pictures(path)})
    for contract in contracts:
        path = contract_page(contract.address, shown)
        yield Page(
            path,
            contract_title(contract.address, shown),
            "page.html",
            {**contract_content(contract, shown, path), "figures": ()},
        )


def _index(
    run: Run, told: ToldStatements, shown: Shown, bridges: Sequence[tuple[str, dict[str, str], Sequence[Any]]]
) -> dict[str, Any]:
    """The index: what the run is, its statements, and the bridges of equity and net income."""
    notes = {note.id: note_page(note.id) for note in told.notes}
    shown_bridges = [
        {
            "figure": figure,
            "view": simple(
                caption, ("", told.unit), [(Cell(step.label), Cell(amount_text(step.amount), True)) for step in steps]
            ),
        }
        for caption, figure, steps in bridges
    ]
    failing = [check.id for check in run.listed.checks if not check.holds]
    return {
        "facts_shown": told_facts(run), "signatures": told_signatures(run),
        "failing": failing[:MOST_FAILING], "failing_count": f"{len(failing):,}",
        "bridges": shown_bridges, **index_content(told, shown, notes),
    }  # fmt: skip


def _menu(told: ToldStatements) -> tuple[tuple[str, str], ...]:
    """What every page leads to: the statements, each note, and what lists."""
    notes = ((f"Note ({note.note})" if note.note else note.caption, note_page(note.id)) for note in told.notes)
    first, *others = MENU
    return (first, *notes, *others)
