"""The exhibit: the reconciliation with its notes as it is filed, as a PDF and as HTML, and the form around it.

It needs a run and nothing else. Where something of it cannot be written, a text beside says why and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from gaapbridge.report.charts_of_contracts import ContractPictures
from gaapbridge.report.exhibit.blocks import Contents, retold
from gaapbridge.report.exhibit.contents import exhibit_of
from gaapbridge.report.exhibit.disclosure_pages import disclosures_of
from gaapbridge.report.exhibit.form6k import DRAFT, MISSING, filing_of, form_of
from gaapbridge.report.exhibit.page import page_of
from gaapbridge.report.exhibit.typeset import pdf_of
from gaapbridge.report.exhibit.words import own_names
from gaapbridge.report.masks import NO_MASKS, Masks, masks_of
from gaapbridge.report.told.compared_run import compared_run
from gaapbridge.report.told.draft import open_matters
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.languages import ENGLISH, languages


def write(run: Run, folder: Path, masks: Masks = NO_MASKS, of_contracts: ContractPictures | None = None) -> None:
    """Write the exhibit as a PDF, ``exhibit.pdf``, in every other language, as ``exhibit.zh.pdf``, the disclosures,
    ``tables.pdf``, in another language where the plan says its names in it, and pictures of contracts in ``charts``.

    Where no font of the machine has a character of one, a text of its name says so in its place: ``exhibit.zh.txt``; so does
    ``charts.txt`` of pictures whose assumptions have gone. Raises ``UnusableInput`` where the run keeps no notes.
    """
    made = {**_exhibits(run, "exhibit"), **_tables(run, masks)}
    for contents in made.values():
        retold(contents, masks.refuse_named)
    with ThreadPoolExecutor() as beside:  # what sets them holds no lock of the interpreter
        pdfs = {name: beside.submit(pdf_of, contents) for name, contents in made.items()}
        _write_pictures(of_contracts or ContractPictures(run), folder, masks)
    for name, pdf in pdfs.items():
        try:
            (folder / f"{name}.pdf").write_bytes(pdf.result())
        except UnusableInput as refused:
            why = masks.text(f"{name}.pdf was not written. {refused}\n")
            (folder / f"{name}.txt").write_text(why, encoding="utf-8")


def _write_pictures(of_contracts: ContractPictures, folder: Path, masks: Masks) -> None:
    """Pictures of contracts, as SVG and as PNG, and why one was not drawn: which source has gone, not its path on a machine."""
    missing = []
    for name, picture in of_contracts.or_why:
        if isinstance(picture, UnusableInput):
            source = f"{picture.column}: " if picture.column else ""
            missing.append(f"charts/{name} was not drawn: {source}{picture.rule}; {picture.remedy}\n")
            continue
        charts = folder / "charts"
        charts.mkdir(exist_ok=True)
        (charts / f"{name}.svg").write_text(picture.svg, encoding="utf-8")
        (charts / f"{name}.png").write_bytes(picture.png)
    if missing:
        (folder / "charts.txt").write_text(masks.text("".join(missing)), encoding="utf-8")


def write_filing(run: Run, folder: Path, masks: Masks = NO_MASKS) -> None:
    """Write what a filing agent takes: ``form6k.htm``, the form, ``ex99-1.htm``, the exhibit, and it in
    other languages; beside them the disclosures.

    No form is written for what should not be signed, a draft (``open_matters``), or without a table ``filing`` in the plan:
    ``form6k.txt`` says in its place what stands open, and what to add.
    """
    made = {**_exhibits(run, "ex99-1"), **_tables(run, masks)}
    filing, matters = filing_of(run), open_matters(run)
    said = [DRAFT.format(matters="\n".join(f"- {one}" for one in matters))] if matters else []
    said += [MISSING] if filing is None else []
    if said or filing is None:
        (folder / "form6k.txt").write_text(masks.text("\n".join(said)), encoding="ascii")
    else:
        made["form6k"] = form_of(run, filing)
    for name, contents in made.items():
        retold(contents, masks.refuse_named)
        (folder / f"{name}.htm").write_text(page_of(contents), encoding="ascii")


def _exhibits(run: Run, english: str) -> dict[str, Contents]:
    """The exhibit in every language by name of its file: in English as it is called there, ``exhibit.zh`` in Chinese."""
    return {english if language == ENGLISH else f"exhibit.{language}": exhibit_of(run, language) for language in languages()}


def _tables(run: Run, masks: Masks) -> dict[str, Contents]:
    """The disclosures by name of their file, a contract that a segment is called by masked; in another language where the plan
    says its own names in it."""
    said = [language for language in languages() if language == ENGLISH or own_names(run, language)]
    masked = _masked(run, masks)
    return {
        "tables" if language == ENGLISH else f"tables.{language}": retold(disclosures_of(run, language), masked)
        for language in said
    }


def _masked(run: Run, masks: Masks) -> Callable[[str], str]:
    """What masks texts of a run and of the one before, whose tables stand below: a contract of both has one mask."""
    prior = compared_run(run) if masks.hides else None
    if prior is None or prior.keeps_totals_only:
        return masks.text
    before = replace(masks, ids=masks_of(prior).ids)
    return lambda text: before.text(masks.text(text))
