"""The notes below the statement: on what basis it stands, what each framework does, and what each column amounts to.

Under each note: its text, the lender's elections, the period's figures line by line, and how the difference in equity
rolls forward from the opening balance sheet to the closing one.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from gaapbridge.statement.document import Document
from gaapbridge.statement.note_tables import Losses, NoteTable, by_kind, note_tables, when_of, within
from gaapbridge.statement.printing import BALANCING, amount_text, unit_of
from gaapbridge.terms.text import text_of

WIDTH = 100
LABEL_WIDTH = 52
QUESTION_WIDTH = 56
LEAST_WIDTH = 18
"""Characters of an amount in a table of a note, with the space before it."""

TITLES = {"US GAAP": "US GAAP", "IFRS": "IFRS", "Accordingly": "Effect on the statements"}
"""Headings of a note's text that are printed, in the order of print, and the words they are printed as."""


@dataclass(frozen=True)
class Adjusted:
    """An adjustment inside a note: its number, what became of it in the period, who made it why, and its legs, debit positive
    in printed units, by the names of their accounts."""

    name: str
    what: str
    said: str
    legs: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class NoteText:
    """What is said of a note beside its figures: its text by heading, and the lender's answer to each of its elections.

    ``tax`` are the items of its tax proof, in printed units: what leads from income before tax to income tax, by name;
    ``adjustments`` are in its figures, ``losses`` move as it measures them.
    """

    paragraphs: Mapping[str, str]
    elections: Sequence[tuple[str, str]]
    tax: Sequence[tuple[str, int]] = ()
    adjustments: Sequence[Adjusted] = ()
    losses: Sequence[Losses] = ()


@dataclass(frozen=True)
class NotesSaid:
    """What the notes of a close say beside the figures: where the US GAAP amounts come from, what of earlier periods does not
    stand beside (blank as a rule), and of each column its note. ``with_vat`` says whether amounts of the lender contain
    value-added tax, so that a column has some."""

    us_gaap: str
    beside: str
    notes: Mapping[str, NoteText]
    with_vat: bool = True


def paragraphs_of(text: str, kinds: Collection[str], *, with_vat: bool = True) -> dict[str, str]:
    """The printed paragraphs of a note's text by heading, in one line each, without emphasis.

    What stands under a heading of the third level is about that kind of contract, and left out where there is none; what
    ends in `with value-added tax` is about such contracts of a lender who has that tax.

    >>> text = "## US GAAP\\n\\nOver the **whole**\\nlife.\\n\\n### Guarantees\\n\\nPayouts too.\\n\\n## IFRS\\n\\nStages."
    >>> paragraphs_of(text, ["loans"])
    {'US GAAP': 'Over the whole life.', 'IFRS': 'Stages.'}
    >>> paragraphs_of(text, ["guarantees"])["US GAAP"]
    'Over the whole life. Payouts too.'
    >>> text = "## IFRS\\n\\nStages.\\n\\n### Loans with value-added tax\\n\\nTaxed."
    >>> [paragraphs_of(text, ["loans"], with_vat=taxed)["IFRS"] for taxed in (True, False)]
    ['Stages. Taxed.', 'Stages.']
    """
    found, about = {}, {*kinds, *(f"{kind} with value-added tax" for kind in kinds if with_vat)}
    for title, body in _headed(text, 2)[1:]:
        parts = [part for kind, part in _headed(body, 3) if not kind or kind.lower() in about]
        found[title] = " ".join(" ".join(parts).replace("**", "").split())
    return {title: body for title, body in found.items() if title in TITLES}


def _headed(text: str, level: int) -> list[tuple[str, str]]:
    """The parts of a text by their headings of a level; what comes before the first one has none."""
    parts = re.split(rf"^#{{{level}}} +(.+?) *$", text, flags=re.MULTILINE)
    return list(zip(["", *parts[1::2]], parts[::2], strict=True))


def print_notes(document: Document, said: NotesSaid) -> str:
    """The notes of every column of a document, with what is said beside the figures."""
    lines = [
        document.issuer,
        "Notes to the reconciliation between U.S. GAAP and International Financial Reporting Standards",
        f"(Amounts in {unit_of(document)}; IFRS less U.S. GAAP)",
        *filter(None, [document.status]),
        *_prose("Basis of preparation", basis_of(document, with_vat=said.with_vat)),
        *_prose("US GAAP amounts", said.us_gaap),
        *(_prose("Earlier periods", said.beside) if said.beside else ()),
        *_prose("Rounding", rounding_of(document)),
    ]
    for column in document.columns:
        note = said.notes[column.id]
        lines += ["", column.caption]
        for heading, title in TITLES.items():
            lines += _prose(title, note.paragraphs[heading])
        lines += ["", "Elections", *(line for answered in note.elections for line in _answered(*answered))]
        for table in note_tables(document, column.id, note.tax, note.losses):
            lines += _table(table)
        lines += _adjustments(note.adjustments)
    return text_of(lines) + "\n"


def wrapped(title: str, text: str) -> list[str]:
    """A paragraph of the notes."""
    return textwrap.wrap(as_filed(f"{title}. {text}"), WIDTH, break_on_hyphens=False)


def _prose(title: str, text: str) -> list[str]:
    return ["", *wrapped(title, text)]


def as_filed(text: str) -> str:
    """A text with the name of US GAAP as filings print it."""
    return text.replace("US GAAP", "U.S. GAAP")


def basis_of(document: Document, *, with_vat: bool) -> str:
    """Whose statements are reconciled, of which dates and periods, and what a column is."""
    tax = "the value-added tax and the deferred tax that belong to it" if with_vat else "the deferred tax that belongs to it"
    stated = [
        f"its {kind}{'s' if len(statements) > 1 else ''} {_listed([within(when_of(one)) for one in statements])}"
        for kind, statements in by_kind(document).items()
    ]
    return (
        f"{document.issuer} reports under US GAAP. The reconciliation shows what {' and '.join(stated)} would be under "
        "International Financial Reporting Standards (IFRS). Each note is one difference between the two, with a column of its "
        f"own: IFRS less US GAAP, with {tax}."
    )


def _listed(words: Sequence[str]) -> str:
    """Some words in a sentence.

    >>> _listed(["a", "b", "c"]), _listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def rounding_of(document: Document) -> str:
    """What rounding does to the amounts, and which captions are not printed."""
    balanced = any(row.id == BALANCING and row.us_gaap for statement in document.statements for row in statement.rows)
    but = ", but for the balancing figure" if balanced else ""
    return (
        f"Amounts are in {unit_of(document)}, with the signs that their captions bear in the reconciliation, and rounded so "
        "that every row and every total of it adds. An adjustment may therefore differ from its exact amount by less than one "
        "printed unit in either direction, and an IFRS amount, being the sum of its row, by less than one for each amount "
        f"added. Captions that no note adjusts are not printed{but}; sub-totals and totals include them."
    )


@cache
def _answered(question: str, answer: str) -> tuple[str, ...]:
    """An election beside its answer, each wrapped in its own half: the same words in every run."""
    left = textwrap.wrap(as_filed(question), QUESTION_WIDTH)
    right = textwrap.wrap(as_filed(answer), WIDTH - QUESTION_WIDTH - 4)
    both = zip_longest(left, right, fillvalue="")
    return tuple(f"  {asked.ljust(QUESTION_WIDTH)}  {said}".rstrip() for asked, said in both)


def _table(table: NoteTable) -> list[str]:
    """A table of a note, under its title and the heads of its columns; without those, as wide as if they stood there."""
    titles = [_in_two(as_filed(head)) for head in table.heads]
    widths = [max(LEAST_WIDTH, 3 + max(map(len, title))) for title in titles]
    lines = ["", *filter(None, [table.title])]
    for level in (0, 1) if table.is_headed else ():
        heads = "".join(title[level].rjust(width) for title, width in zip(titles, widths, strict=True))
        lines += [" " * LABEL_WIDTH + heads] if heads.strip() else []
    return lines + [_row(caption, amounts, widths) for caption, amounts in table.rows]


def _in_two(caption: str) -> tuple[str, str]:
    """A caption's words, and the day they lead to.

    >>> _in_two("For the year ended December 31, 2023"), _in_two("For the period 2023-W01")
    (('For the year ended', 'December 31, 2023'), ('', 'For the period 2023-W01'))
    """
    dated = re.fullmatch(r"(.+) (\w+ \d+, \d{4})", caption)
    return (dated[1], dated[2]) if dated else ("", caption)


def _row(label: str, amounts: Sequence[int], widths: Sequence[int]) -> str:
    """A caption with its amounts, digits under digits: a closing parenthesis hangs over."""
    figures = (f"{amount_text(amount)}{'' if amount < 0 else ' '}".rjust(w) for amount, w in zip(amounts, widths, strict=True))
    return (f"  {label}".ljust(LABEL_WIDTH - 1) + " " + "".join(figures)).rstrip()


def _adjustments(adjustments: Sequence[Adjusted]) -> list[str]:
    """The adjustments in a column, each with its legs: a debit above nil."""
    if not adjustments:
        return []
    lines = ["", "Adjustments in the figures above, before tax unless they state it (debits positive)"]
    for one in adjustments:
        lines += textwrap.wrap(
            f"{one.name}, {one.what}: {one.said}", WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
        )
        lines += [_row(f"  {label}", [amount], [18]) for label, amount in one.legs]
    return lines
