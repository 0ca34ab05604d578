"""The review pack: one folder of pages that open from a disk, in any browser, without a script and without a network.

A printed figure leads to its line, the note, the cause, the journal, the segment and the contract, step by step, down to the
row of the file it was read from. However many contracts a book has, the pack tells a few of them in full and does not grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.report.charts_of_contracts import ContractPictures
from gaapbridge.report.masks import NO_MASKS, Masks
from gaapbridge.report.pack.contracts import contract_content, contract_title, contracts_content, place_contracts
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
from gaapbridge.report.pack.site import (
    ASSUMPTIONS,
    CHECKS,
    CONTRACTS,
    FINDINGS,
    HINDSIGHT,
    INDEX,
    JOURNALS,
    MANIFEST,
    MOVEMENTS,
    TAX,
    Site,
)
from gaapbridge.report.pack.statements import index_content, place_rows, row_pages
from gaapbridge.report.pack.tax import tax_content
from gaapbridge.report.pack.views import Cell, Shown, simple
from gaapbridge.report.told.cover import told_facts, told_signatures
from gaapbridge.report.told.notes import ToldNotes, told_notes
from gaapbridge.report.told.statements import ToldStatements, told_statements
from gaapbridge.report.told.tax import told_tax
from gaapbridge.report.told.trail import ToldContract, told_cells, told_contracts
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import amount_text
from gaapbridge.terms.writing import writing

FOLDER = "pack"
"""The folder of the pack in that of the report."""

MOST_FAILING = 20
"""Failing checks that the first page names; all of them stand on the page of the checks."""


@dataclass(frozen=True, slots=True)
class ToldRun:
    """What the pages of a pack show: a run, its statements and notes, the contracts told, in the pack's own form."""

    run: Run
    told: ToldStatements
    notes: ToldNotes
    contracts: Sequence[ToldContract]
    shown: Shown


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that lists: its path, what the menu calls it, its title, what it shows, and its template."""

    path: str
    called: str
    title: str
    shows: Callable[[ToldRun], dict[str, Any]]
    template: str = "page.html"


LISTINGS = (
    Listing(JOURNALS, "Journals", "Journals", lambda of: journals_content(of.run, of.told.notes, of.shown), "journals.html"),
    Listing(MOVEMENTS, "Movements", "Movements of the loss allowance", lambda of: movements_content(of.run, of.shown)),
    Listing(HINDSIGHT, "Hindsight", "Hindsight: expected against what came", lambda of: hindsight_content(of.run, of.shown)),
    Listing(TAX, "Tax", "Income tax", lambda of: tax_content(told_tax(of.run), of.notes, of.told.unit, of.shown)),
    Listing(CHECKS, "Checks", "Checks by evidence", lambda of: checks_content(of.run, of.shown)),
    Listing(FINDINGS, "Findings", "Findings", lambda of: findings_content(of.run, of.shown)),
    Listing(ASSUMPTIONS, "Assumptions", "Assumptions and elections", lambda of: assumptions_content(of.run, of.shown)),
    Listing(CONTRACTS, "Contracts", "Contracts", lambda of: contracts_content(of.run, of.contracts, of.shown)),
    Listing(MANIFEST, "Manifest", "Manifest", lambda of: manifest_content(of.run, of.shown)),
)
"""The pages that list, in the order of the menu, which is made of them: a page is added here, its path with the others."""


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
    site = Site()
    shown = Shown.of(run, site, masks)
    pictures = draw_pictures(run, told, of_contracts)
    cells = told_cells(run)
    contracts = told_contracts(run, cells)
    place_rows(site, told)
    entries = place_notes(site, run, told.notes)
    shown.entries.update({entry.id: entry.name for own in entries.values() for entry in own})
    place_contracts(contracts, shown)
    notes = told_notes(run, figures_suffice=True)
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
        *_listing_pages(ToldRun(run, told, notes, contracts, shown), pictures),
        *_contract_pages(contracts, shown),
    ]
    return pages, pictures


def _listing_pages(told: ToldRun, pictures: Pictures) -> Iterator[Page]:
    for one in LISTINGS:
        beside = {"facts_shown": (), "figures": pictures.of_page(one.path)}
        yield Page(one.path, one.title, one.template, {**beside, **one.shows(told)})


def _contract_pages(contracts: Sequence[ToldContract], shown: Shown) -> Iterator[Page]:
    for contract in contracts:
        path, _ = shown.site.places[contract.address]
        content = {**contract_content(contract, shown, path), "figures": ()}
        yield Page(path, contract_title(contract.address, shown), "page.html", content)


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
        "failing": failing[:MOST_FAILING], "failing_count": f"{len(failing):,}", "checks": CHECKS,
        "bridges": shown_bridges, **index_content(told, shown, notes),
    }  # fmt: skip


def _menu(told: ToldStatements) -> tuple[tuple[str, str], ...]:
    """What every page leads to: the statements, each note, and what lists."""
    notes = ((f"Note ({note.note})" if note.note else note.caption, note_page(note.id)) for note in told.notes)
    return ("Statements", INDEX), *notes, *((one.called, one.path) for one in LISTINGS)
