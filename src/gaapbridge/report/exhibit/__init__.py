"""The exhibit: the reconciliation with its notes as it is filed, as a PDF and as HTML, and the form around it.

It needs a run and nothing else. Where something of it cannot be written, a text beside says why and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gaapbridge.report.charts_of_contracts import pictures_or_why
from gaapbridge.report.exhibit.blocks import Contents, retold
from gaapbridge.report.exhibit.contents import exhibit_of
from gaapbridge.report.exhibit.disclosure_pages import disclosures_of
from gaapbridge.report.exhibit.form6k import DRAFT, MISSING, filing_of, form_of
from gaapbridge.report.exhibit.page import page_of
from gaapbridge.report.exhibit.typeset import pdf_of
from gaapbridge.report.exhibit.words import CHINESE, ENGLISH
from gaapbridge.report.masks import NO_MASKS, Masks, masks_of
from gaapbridge.report.told.draft import open_matters
from gaapbridge.report.told.run_before import run_before
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput


def write(run: Run, folder: Path, masks: Masks = NO_MASKS) -> None:
    """Write the exhibit as a PDF, ``exhibit.pdf``, in Chinese, ``exhibit.zh.pdf``, the disclosures, ``tables.pdf``, in Chinese
    too where the plan has a table ``chinese``, and pictures of contracts in ``charts``.

    Where no font of the machine has a character of one, a text of its name says so in its place: ``exhibit.zh.txt``; so does
    ``charts.txt`` of pictures whose assumptions have gone. Raises ``UnusableInput`` where the run keeps no notes.
    """
    made = {"exhibit": exhibit_of(run, ENGLISH), "exhibit.zh": exhibit_of(run, CHINESE), **_tables(run, masks)}
    for name, contents in made.items():
        retold(contents, masks.refuse_named)
        try:
            (folder / f"{name}.pdf").write_bytes(pdf_of(contents))
        except UnusableInput as refused:
            (folder / f"{name}.txt").write_text(f"{name}.pdf was not written. {refused}\n", encoding="utf-8")
    _write_pictures(run, folder, masks)


def _write_pictures(run: Run, folder: Path, masks: Masks) -> None:
    """Pictures of contracts, as SVG and as PNG, and why one was not drawn: which source has gone, not its path on a machine."""
    missing = []
    for name, picture in pictures_or_why(run):
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
    """Write what a filing agent takes: ``form6k.htm``, the form, ``ex99-1.htm``, the exhibit, and it in Chinese;
    beside them the disclosures.

    No form is written for what should not be signed, a draft (``open_matters``), or without a table ``filing`` in the plan:
    ``form6k.txt`` says in its place what stands open, and what to add.
    """
    made = {"ex99-1": exhibit_of(run, ENGLISH), "exhibit.zh": exhibit_of(run, CHINESE), **_tables(run, masks)}
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


def _tables(run: Run, masks: Masks) -> dict[str, Contents]:
    """The disclosures by name of their file, a contract that a segment is called by masked; in Chinese where the plan speaks
    Chinese of its own names."""
    languages = {"tables": ENGLISH, **({"tables.zh": CHINESE} if run.plan_content.get("chinese") else {})}
    masked = _masked(run, masks)
    return {name: retold(disclosures_of(run, language), masked) for name, language in languages.items()}


def _masked(run: Run, masks: Masks) -> Callable[[str], str]:
    """What masks texts of a run and of the one before, whose tables stand below: a contract of both has one mask."""
    prior = run_before(run) if masks.hides else None
    if prior is None:
        return masks.text
    before = replace(masks, ids=masks_of(prior).ids)
    return lambda text: before.text(masks.text(text))
