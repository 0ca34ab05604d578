"""The starter plan as text: the packaged template, with the elections of every note asked and answered in it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from string import Template

from gaapbridge.filings import layout_file, read_json
from gaapbridge.notes import FOLDERS, Folder
from gaapbridge.plan.template import WIDTH, commented
from gaapbridge.starter.loan_file import LoanFile
from gaapbridge.statement.layout import layout_of

TEMPLATE = Path(__file__).with_name("plan.template")

LAYOUT = "lender"

OF_THE_EXAMPLE = (
    "tapes.loans.control.closing", "tapes.events", "tapes.guarantees", "tapes.guarantees.control.closing",
    "tapes.guarantee_fees", "tapes.guarantee_fees.control.closing", "tapes.awards", "tapes.award_tranches",
    "tapes.award_events", "curves.guarantees", "curves.awards", "trial_balance",
)  # fmt: skip
"""Tables of the example that are switched off in the plan of a lender who brings a loan tape."""


MOST_SHOWN = 20
"""Words or segments that are shown of many."""


def example_plan() -> str:
    """The plan of the miniature tapes: all notes, closes as it is."""
    return _filled(
        about=_ABOUT_EXAMPLE,
        currency="CNY",
        source="opening_tape",
        notes=[folder.note.key for folder in notes_in_order()],
        copied="",
        loans="\n".join(
            [
                'opening = "tapes/loans-2022-12-31.csv"',
                'closing = "tapes/loans-2023-12-31.csv"',
                'amounts = "minor"',
                "ignore = []",
                "columns = {}",
            ]
        ),
    )


def plan_of(loans: LoanFile, place: str) -> str:
    """The plan of a lender's own loan tape at one instant; ``place`` is the tape's path from the plan's folder."""
    text = _filled(
        about=_ABOUT_OWN.format(place=place),
        currency=loans.currency or "CNY",
        source="none",
        notes=[folder.note.key for folder in notes_in_order() if "loans" in folder.note.tapes],
        copied=_COPIED,
        loans="\n".join(_own_tape(loans, place)),
    )
    return switched_off(text, OF_THE_EXAMPLE)


def notes_in_order() -> list[Folder]:
    """Every note, in the order of its numeral (i to viii sort as their letters do)."""
    return sorted(FOLDERS.values(), key=lambda folder: folder.note.numeral)


def switched_off(text: str, tables: Collection[str]) -> str:
    """The text of a plan with a ``#`` before every line of some tables that is not a comment.

    >>> print(switched_off('[a]\\n# why\\nb = 1\\n[c]\\nd = 2', ["a"]))
    #[a]
    # why
    #b = 1
    [c]
    d = 2
    """
    lines, off = [], False
    for line in text.split("\n"):
        if heading := re.match(r"\[([\w.]+)\]", line):
            off = heading[1] in tables
        lines.append(f"#{line}" if off and line and not line.startswith("#") else line)
    return "\n".join(lines)


_ABOUT_EXAMPLE = """\
# It closes as it is, on the miniature tapes beside it:   gaapbridge close plan.toml
# Put your own in their place from the top down.
# To see what is missing or wrong:   gaapbridge check plan.toml"""

_ABOUT_OWN = """\
# It measures the loans in {place} at one instant.
# The answers and curves are an example's: put your own in their place from the top down.
# To see what is missing or wrong:   gaapbridge check plan.toml"""


_COPIED = """

# COPIED FIGURES, TO BE REPLACED: the files in curves/ hold an example's figures for every segment of the
# loan tape. None was estimated from your loans (curves/README.md)."""


def _filled(about: str, currency: str, source: str, notes: Sequence[str], copied: str, loans: str) -> str:
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        about=about,
        currency=currency,
        source=source,
        note_list="\n".join(_note_lines()),
        notes=", ".join(map(quoted, notes)),
        elections="\n\n".join(map(_elections, notes_in_order())),
        layout_rows="\n".join(_layout_rows()),
        copied=copied,
        loans=loans,
    )


def quoted(text: str) -> str:
    """A text in the quotes of TOML, which escapes as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def _note_lines() -> Iterator[str]:
    longest = max(map(len, FOLDERS))
    for folder in notes_in_order():
        note = folder.note
        tapes = " and ".join(f"[tapes.{tape}]" for tape in note.tapes)
        yield f"#   {note.key.ljust(longest)}  {f'({note.numeral})'.ljust(5)}  reads {tapes}"


def _elections(folder: Folder) -> str:
    heading = [f"# Note ({folder.note.numeral}): {folder.note.label}", f"[elections.{folder.note.key}]", ""]
    return "\n".join([*heading, *map(commented, folder.elections.ELECTIONS)])


def _layout_rows() -> Iterator[str]:
    """The rows an account may belong to, as comment lines: lines and sub-totals."""
    layout = layout_of(read_json(layout_file(LAYOUT)), LAYOUT)
    for statement in layout.statements:
        yield f"# Rows of the {statement.kind}:"
        for row in statement.rows:
            if row.role != "total":
                yield f"#   {row.id.ljust(9)}  {row.label}{' (sub-total)' if row.role == 'subtotal' else ''}"


def _own_tape(loans: LoanFile, place: str) -> Iterator[str]:
    """The table of a lender's own tape: what was found in it, and as switched-off keys what must yet be."""
    yield '#opening = ""'
    yield f"closing = {quoted(place)}"
    yield f'amounts = "{loans.amounts}"'
    yield f"ignore = {_array(loans.unread)}"
    yield ""
    yield "# Our names = the file's, guessed from its header: read every line again."
    yield "[tapes.loans.columns]"
    renamed = [match for match in loans.matches.values() if match.ours != match.theirs]
    longest = max((len(match.ours) for match in renamed), default=0)
    yield from (f"{match.ours.ljust(longest)} = {quoted(match.theirs)}" for match in renamed)
    for ours, words in loans.words.items():
        yield from ("", *_comment(f"To be written otherwise in the file, {ours}: {would_be(words)}"))
    for column in loans.missing:
        yield from ("", *_comment(f"Not found: {column.description}"))
        yield f'#{column.name} = ""'


def would_be(words: Mapping[str, Sequence[str]]) -> str:
    """Words of a file with those of ours that each would be; of many, the first.

    >>> would_be({"Open": ["on_book"], "Closed": ["prepaid", "matured"], "X": []})
    'Open → on_book, Closed → prepaid or matured, X → not known'
    """
    said = [f"{theirs} → {' or '.join(ours) or 'not known'}" for theirs, ours in words.items()]
    return first_of(said)


def first_of(texts: Sequence[str]) -> str:
    """Texts in a row; of many the first, and how many there are besides."""
    more = len(texts) - MOST_SHOWN
    return ", ".join(texts) if more <= 0 else f"{', '.join(texts[:MOST_SHOWN])} and {more:,} more"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _array(names: Sequence[str]) -> str:
    """An array of texts, over several lines where one does not hold it."""
    texts = [quoted(name) for name in names]
    if len(", ".join(texts)) < WIDTH - len("ignore = []"):
        return f"[{', '.join(texts)}]"
    lines = [""]
    for text in texts:
        if len(f"{lines[-1]} {text},") > WIDTH - 4:
            lines.append("")
        lines[-1] = f"{lines[-1]} {text},".lstrip()
    return "\n".join(["[", *(f"    {line}" for line in lines), "]"])
