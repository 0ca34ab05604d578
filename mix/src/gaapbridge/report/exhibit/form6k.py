"""The Form 6-K under whose cover an exhibit is furnished: its cover, an explanatory note, the exhibit index, the signature.

Its words are those of the form (17 CFR 249.306); its names, numbers and dates the plan's, in the table ``filing``.
"""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.plan.filing import Filing
from gaapbridge.report.exhibit.blocks import Block, Centred, Contents, Heading, Pairs, Paragraph
from gaapbridge.report.exhibit.contents import TITLE
from gaapbridge.report.told.draft import UNAUDITED
from gaapbridge.run.reader import Run
from gaapbridge.statement.note_tables import by_kind, when_of, within
from gaapbridge.statement.printing import MONTHS
from gaapbridge.terms.languages import ENGLISH
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT

EXHIBIT = "99.1"
DESCRIPTION = "Supplemental Disclosure \u2014 Reconciliation Between U.S. GAAP and International Financial Reporting Standards"

_SAID = {BALANCE_SHEET: "balance sheets", INCOME_STATEMENT: "income statements"}

MISSING = """No Form 6-K was written: the plan of this run does not say what stands on its cover and who signs it.
ex99-1.htm, the exhibit, is whole without it. For the form add to the plan, and close it again:

[filing]
commission_file_number = "001-00000"
address = "address of the principal executive offices"
annual_report = "20-F"
date = 2024-04-25
signatory = "name of who signs"
title = "Chief Financial Officer"

registrant (its exact name, where that is spelled otherwise) and explanation (further sentences of the explanatory
note) may stand there, too.
"""
"""What is written in the place of the form where the plan has no table for it."""

DRAFT = """No Form 6-K was written: nobody should sign for this close while something stands open in it.

{matters}

ex99-1.htm, the exhibit, is whole without it, and says so at its top. What stands open is in the run (checks,
findings, rejects) or its plan: mend it, accept a finding in the plan with its reason, take what you have answered
out of [starter] unanswered, name in [filing] the registrant as the entity is named, and close again.
"""
"""What is written in its place where the exhibit is a draft."""


def filing_of(run: Run) -> Filing | None:
    """What the plan of a run states of its filing; None where it has no such table."""
    stated = run.plan_content.get("filing")
    return None if stated is None else Filing.model_validate(stated)


def form_of(run: Run, filing: Filing) -> Contents:
    """The form around the exhibit of a run."""
    registrant = _in_one(filing.registrant or run.manifest.entity)
    blocks = (*_cover(filing, registrant), *_note(run, filing, registrant), *_end(filing, registrant))
    return Contents(f"Form 6-K of {registrant}", registrant, ENGLISH, "Page", blocks)


def _cover(filing: Filing, registrant: str) -> Iterator[Block]:
    marks = {name: "\u2612" if name == filing.annual_report else "\u2610" for name in ("20-F", "40-F")}
    yield Centred(("UNITED STATES", "SECURITIES AND EXCHANGE COMMISSION", "Washington, D.C. 20549"), is_strong=True)
    yield Centred(("FORM 6-K",), is_strong=True)
    yield Centred(
        (
            "REPORT OF FOREIGN PRIVATE ISSUER PURSUANT TO RULE 13a-16 OR 15d-16",
            "UNDER THE SECURITIES EXCHANGE ACT OF 1934",
        ),
        is_strong=True,
    )
    yield Centred((f"For the month of {MONTHS[filing.date.month - 1]} {filing.date.year}",))
    yield Centred((f"Commission File Number: {filing.commission_file_number}",))
    yield Centred((registrant,), is_strong=True)
    yield Centred(("(Exact name of registrant as specified in its charter)",))
    yield Centred((*_lines(filing.address), "(Address of principal executive offices)"))
    yield Paragraph(
        "Indicate by check mark whether the registrant files or will file annual reports under cover of Form 20-F or Form 40-F."
    )
    yield Centred(tuple(f"Form {name} {mark}" for name, mark in marks.items()))


def _note(run: Run, filing: Filing, registrant: str) -> Iterator[Block]:
    """What is furnished, of which dates and periods, and what it is not."""
    said = [
        f"{_SAID.get(kind, kind)} {' and '.join(within(when_of(one)) for one in statements)}"
        for kind, statements in by_kind(run.document).items()
    ]
    yield Heading("EXPLANATORY NOTE", 1, on_new_page=True)
    yield Paragraph(
        f"{registrant} prepares its financial statements under U.S. GAAP. It furnishes as Exhibit {EXHIBIT} a supplemental "
        f"disclosure, {TITLE}, of the differences in its {' and its '.join(said)}. It is {UNAUDITED.lower()}, and no "
        "complete set of financial statements under either framework."
    )
    for explained in (filing.explanation or "").split("\n\n"):
        if explained.strip():
            yield Paragraph(_in_one(explained))


def _end(filing: Filing, registrant: str) -> Iterator[Block]:
    day = f"{MONTHS[filing.date.month - 1]} {filing.date.day}, {filing.date.year}"
    yield Heading("EXHIBIT INDEX", 1)
    yield Pairs(("Exhibit No.", "Description"), ((EXHIBIT, DESCRIPTION),), left_percent=15)
    yield Heading("SIGNATURES", 1, on_new_page=True)
    yield Paragraph(
        "Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused this report to be "
        "signed on its behalf by the undersigned, thereunto duly authorized."
    )
    signed = ("By: ______________________________", f"Name: {_in_one(filing.signatory)}", f"Title: {_in_one(filing.title)}")
    yield Pairs(("", registrant), tuple(zip((f"Date: {day}", "", ""), signed, strict=True)), is_ruled=False)


def _lines(text: str) -> Iterator[str]:
    """The lines of an address as the plan breaks it."""
    return (one for line in text.splitlines() if (one := line.strip()))


def _in_one(text: str) -> str:
    """A text that a plan breaks to fit its own lines, in one line."""
    return " ".join(text.split())
