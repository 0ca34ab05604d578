"""The page of the journals: their lines as a table that is read as it stands, and all of them to be filtered by a script.

The script is the only one of a pack. It stands in the page, named by its hash in what the page allows, writes texts as texts,
and asks nothing of anywhere. Lines are by account and segment: how many there are does not depend on the size of the book.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gaapbridge.report.pack.pages import resource, sha256_of_text
from gaapbridge.report.pack.site import JOURNALS
from gaapbridge.report.pack.statements import entry_address
from gaapbridge.report.pack.views import Cell, Shown, simple
from gaapbridge.report.told.statements import ToldColumn
from gaapbridge.run import folder as run_folder
from gaapbridge.run.journals import JournalLine
from gaapbridge.run.reader import Run
from gaapbridge.terms.text import readable, shortened

MOST_SHOWN, MOST_FILTERED = 1_000, 200_000
"""Lines of the table, and lines that are filtered: of more the page says where they stand."""

LONGEST = 200
"""Letters of a text of a line; a segment may be called by any number."""

_EXACT_IN_A_SCRIPT = 2**53
"""From there on a script tells no whole number from its neighbour; such an amount is given as a text, and read exactly."""


def journals_content(run: Run, columns: Sequence[ToldColumn], shown: Shown) -> dict[str, Any]:
    """The first lines as a table and the lines to be filtered as data, with the script; a note is called by its numeral."""
    lines, notes = run.listed.journals, {one.id: f"({one.note})" if one.note else one.caption for one in columns}
    names = ("entry", "note", "account", "segment", f"debit, {shown.currency}", f"credit, {shown.currency}", "text")
    rows = [_row(number, line, notes, shown) for number, line in enumerate(lines[:MOST_SHOWN], 1)]
    script = resource("journals.js")
    return {
        "said": _said(len(lines)),
        "view": replace(simple("Lines", names, rows, remark=_left(len(lines))), stacks=True),
        "currency": shown.currency,
        "lines": _filtered(lines[:MOST_FILTERED], notes, shown),
        "script": script,
        "script_sha256": sha256_of_text(script),
    }


def _said(count: int) -> list[str]:
    said = [f"Every line that was posted, {count:,} in all: IFRS less US GAAP, by account and segment."]
    if count > MOST_SHOWN:
        filtered = "all of them" if count <= MOST_FILTERED else f"the first {MOST_FILTERED:,}"
        said.append(f"The table has the first {MOST_SHOWN:,}; the filter, where scripts are allowed, looks through {filtered}.")
        said.append(f"All of them stand in {run_folder.JOURNALS} of the run, and in the workbook.")
    return said


def _left(count: int) -> str:
    """Where the lines stand that the table leaves out; blank where it has all of them."""
    where = f"{run_folder.JOURNALS} of the run and the workbook"
    return f"Lines {MOST_SHOWN + 1:,} to {count:,}: below, by the filter above, in {where}." if count > MOST_SHOWN else ""


def _texts(line: JournalLine, notes: Mapping[str, str], shown: Shown) -> tuple[str, str, str, str, str]:
    """Entry, note, account, segment and text of a line as the page has them."""
    account = shown.text("account", line.account, JOURNALS).text
    texts = (shown.entries.get(line.entry, line.entry), notes.get(line.note, line.note), account, line.segment, line.text)
    entry, note, account, segment, text = (shortened(readable(shown.masks.text(one)), LONGEST) for one in texts)
    return entry, note, account, segment, text


def _row(number: int, line: JournalLine, notes: Mapping[str, str], shown: Shown) -> tuple[Cell, ...]:
    entry, note, account, segment, text = _texts(line, notes, shown)
    amounts = (Cell(shown.money(one) if one else "", True) for one in (line.debit_minor, line.credit_minor))
    link = shown.site.link(entry_address(line.entry), JOURNALS)
    return (Cell(entry, False, link, f"line/{number}"), Cell(note), Cell(account), Cell(segment), *amounts, Cell(text))


def _filtered(lines: Sequence[JournalLine], notes: Mapping[str, str], shown: Shown) -> str:
    """The lines as JSON in which nothing ends an element: each text once, and of a line the numbers of its texts, its amount.

    A line of 1,200.00 in debit is ``[3, 0, 12, 5, 7, 120000]`` where its entry is the fourth, its note the first.
    """
    known: tuple[dict[str, int], ...] = ({}, {}, {}, {})
    entries, links = dict[str, int](), list[tuple[str, str | None]]()  # entries of several notes have one name in words
    told = list[int | str]()
    seen: dict[tuple[str, ...], tuple[int, ...]] = {}
    for line in lines:
        key = (line.entry, line.note, line.account, line.segment, line.text)
        if key not in seen:
            entry, *texts = _texts(line, notes, shown)
            if line.entry not in entries:
                entries[line.entry] = len(entries)
                links.append((entry, shown.site.link(entry_address(line.entry), JOURNALS)))
            places = (one.setdefault(text, len(one)) for one, text in zip(known, texts, strict=True))
            seen[key] = (entries[line.entry], *places)
        amount = line.amount_minor
        told += [*seen[key], amount if abs(amount) < _EXACT_IN_A_SCRIPT else str(amount)]
    names = [entry for entry, _ in links]
    given = {
        "texts": [names, *(list(one) for one in known)],
        "links": [link for _, link in links],
        "lines": told,
        "digits": shown.minor_digits,
    }
    return json.dumps(given, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
