"""The review pack: one folder of pages that open from a disk, in any browser, without a script and without a network.

A printed figure leads to its line, the note, the cause, the journal, the segment and the contract, step by step, down to the
row of the file it was read from. However many contracts a book has, the pack tells a few of them in full and does not grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.report.pack.contracts import contract_content, contract_page, contracts_content
from gaapbridge.report.pack.listings import (
    assumptions_content,
    checks_content,
    findings_content,
    hindsight_content,
    manifest_content,
    movements_content,
)
from gaapbridge.report.pack.notes import note_content, note_page, place_notes
from gaapbridge.report.pack.pictures import Pictures, draw_pictures
from gaapbridge.report.pack.site import INDEX, Masks, Site, up
from gaapbridge.report.pack.statements import index_content, place_rows, row_pages
from gaapbridge.report.pack.views import Cell, Shown, simple
from gaapbridge.report.told.statements import ToldStatements, told_statements
from gaapbridge.report.told.trail import told_cells, told_contracts
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import amount_text
from gaapbridge.terms.text import readable
from gaapbridge.terms.writing import writing

FOLDER = "pack"
"""The folder of the pack in that of the report."""

MENU = (
    ("Statements", INDEX), ("Movements", "movements.html"), ("Hindsight", "hindsight.html"), ("Checks", "checks.html"),
    ("Findings", "findings.html"), ("Assumptions", "assumptions.html"), ("Contracts", "contracts.html"),
    ("Manifest", "manifest.html"),
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page: its path in the pack, its title, its template, and what that is filled with."""

    path: str
    title: str
    template: str
    content: dict[str, Any]


def write(run: Run, folder: Path, *, mask_ids: bool = False) -> None:
    """Write the pack of a run into ``folder/pack``: ``index.html`` is where to begin.

    With ``mask_ids`` every id of a contract is a mask, the same in every pack of the run; no text that may name one is shown.
    """
    told = told_statements(run)
    pages, pictures = _pack(run, told, mask_ids)
    render = _renderer(run, told)
    files = {page.path: render(page) for page in pages} | pictures.files | {"style.css": _style()}
    for name, text in files.items():
        path = folder / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with writing(path):
            path.write_text(text, encoding="utf-8", newline="\n")


def _pack(run: Run, told: ToldStatements, mask_ids: bool) -> tuple[list[Page], Pictures]:
    """The pages and the pictures of a run; these are drawn while pages are made."""
    site, manifest = Site(), run.manifest
    digits = int(run.plan_content["entity"]["minor_digits"])
    shown = Shown(site, Masks.of(run, mask_ids), manifest.accounts, told.currency, digits)
    pictures = draw_pictures(run, told)
    cells = told_cells(run)
    contracts = told_contracts(run, cells)
    place_rows(site, told)
    entries = place_notes(site, run, told.notes)
    for contract in contracts:
        site.add(contract.address, contract_page(contract.address, shown), "")
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
            for note in told.notes
        ),
        *_listing_pages(run, shown, contracts, pictures.of_page),
    ]
    return pages, pictures


def _listing_pages(
    run: Run, shown: Shown, contracts: Sequence[Any], pictures: Callable[[str], list[dict[str, str]]]
) -> Iterator[Page]:
    made = {
        "movements.html": ("Movements of the loss allowance", movements_content(run, shown)),
        "hindsight.html": ("Hindsight: expected against what came", hindsight_content(run, shown)),
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
        word, _, name = shown.masks.address(contract.address).partition("/")
        title = f"{word.capitalize()} {name}"
        yield Page(path, title, "page.html", {**contract_content(contract, shown, path), "figures": ()})


def _index(
    run: Run, told: ToldStatements, shown: Shown, bridges: Sequence[tuple[str, dict[str, str], Sequence[Any]]]
) -> dict[str, Any]:
    """The index: what the run is, its statements, and the bridges of equity and net income."""
    notes = {note.id: note_page(note.id) for note in told.notes}
    facts = [
        ("Period", str(run.manifest.period)),
        ("Status", " ".join(filter(None, (run.manifest.status or "not stated", run.manifest.status_note)))),
        ("Outcome", run.outcome),
    ]
    shown_bridges = [
        {
            "figure": figure,
            "view": simple(
                caption, ("", told.unit), [(Cell(step.label), Cell(amount_text(step.amount), True)) for step in steps]
            ),
        }
        for caption, figure, steps in bridges
    ]
    return {"facts_shown": facts, "bridges": shown_bridges, **index_content(told, shown, notes)}


def _renderer(run: Run, told: ToldStatements) -> Callable[[Page], str]:
    """What makes a page of its content: every text escaped, and what no eye sees shown as what it is."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__name__), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_readable,
    )  # fmt: skip
    menu = [{"name": name, "page": page} for name, page in MENU]
    menu[1:1] = [
        {"name": f"Note ({note.note})" if note.note else note.caption, "page": note_page(note.id)} for note in told.notes
    ]
    manifest = run.manifest
    shared = {
        "entity": told.entity, "period": str(manifest.period), "status": manifest.status or "status not stated",
        "menu": menu, "version": run.folder.resolve().name, "content_sha256": manifest.content_sha256,
    }  # fmt: skip

    def render(page: Page) -> str:
        template = environment.get_template(page.template)
        return template.render(**shared, **page.content, title=page.title, page=page.path, root=up(page.path))

    return render


def _readable(value: Any) -> Any:
    """A text of a lender as people can read it; a text that is made by a template stays."""
    return readable(value) if type(value) is str else value


def _style() -> str:
    from importlib.resources import files

    return files(__name__).joinpath("templates/style.css").read_text(encoding="utf-8")
