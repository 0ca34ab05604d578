"""The plan of a lender who brings a loan tape at one instant: what was found in it, the rest an example's or switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gaapbridge.starter.loan_file import LoanFile
from gaapbridge.starter.miniature import miniature
from gaapbridge.starter.plan_text import array, comment, notes_in_order, plan_text, quoted

STATED = ("tapes.loans", "tapes.loans.columns", "curves.loans")
"""Tables of files that the plan keeps; those of the example's other files are switched off."""

MOST_SHOWN = 20
"""Words or segments that are shown of many."""

_ABOUT = """\
# It measures the loans in {place} at one instant.
# The answers and curves are an example's: put your own in their place from the top down.
# To see what is missing or wrong:   gaapbridge check plan.toml"""

_COPIED = """

# COPIED FIGURES, TO BE REPLACED: the files in curves/ hold an example's figures for every segment of the
# loan tape. None was estimated from your loans (curves/README.md)."""


def plan_of(loans: LoanFile, place: str) -> str:
    """The plan of a lender's own loan tape; ``place`` is the tape's path from the plan's folder."""
    example = miniature()
    facts = replace(
        example,
        about=_ABOUT.format(place=place),
        currency=loans.currency or example.currency,
        source="none",
        notes=[folder.note.key for folder in notes_in_order() if "loans" in folder.note.kinds],
        tapes={**example.tapes, "loans": list(_own_tape(loans, place))},
        on_curves=_COPIED,
    )
    return switched_off(plan_text(facts), STATED)


def switched_off(text: str, stated: Sequence[str]) -> str:
    """The text of a plan with a ``#`` before every line, comments apart, of the tables of files that are not stated.

    >>> print(switched_off('[tapes.a]\\n# why\\nb = 1\\n[tapes.c]\\nd = 2\\n[runs]', ["tapes.c"]))
    #[tapes.a]
    # why
    #b = 1
    [tapes.c]
    d = 2
    [runs]
    """
    lines, off = [], False
    for line in text.split("\n"):
        if heading := re.match(r"\[([\w.]+)\]", line):
            off = heading[1].split(".")[0] in ("tapes", "curves", "trial_balance") and heading[1] not in stated
        lines.append(re.sub(r"^( *)(?=[^ #])", r"\1#", line) if off else line)
    return "\n".join(lines)


def would_be(words: Mapping[str, Sequence[str]]) -> str:
    """Words of a file with those of ours that each would be; of many, the first.

    >>> would_be({"Open": ["on_book"], "Closed": ["prepaid", "matured"], "X": []})
    'Open → on_book, Closed → prepaid or matured, X → not known'
    """
    return first_of([f"{theirs} → {' or '.join(ours) or 'not known'}" for theirs, ours in words.items()])


def first_of(texts: Sequence[str]) -> str:
    """Texts in a row; of many the first, and how many there are besides."""
    more = len(texts) - MOST_SHOWN
    return ", ".join(texts) if more <= 0 else f"{', '.join(texts[:MOST_SHOWN])} and {more:,} more"


def _own_tape(loans: LoanFile, place: str) -> Iterator[str]:
    """The table of a lender's own tape: what was found in it, and as switched-off keys what must yet be."""
    yield '#opening = ""'
    yield f"closing = {quoted(place)}"
    yield f'amounts = "{loans.amounts}"'
    yield f"ignore = {array(loans.unread)}"
    yield ""
    yield "# Our names = the file's, guessed from its header: read every line again."
    yield "[tapes.loans.columns]"
    renamed = [match for match in loans.matches.values() if match.ours != match.theirs]
    longest = max((len(match.ours) for match in renamed), default=0)
    yield from (f"{match.ours.ljust(longest)} = {quoted(match.theirs)}" for match in renamed)
    for ours, words in loans.words.items():
        yield from ("", *comment(f"To be written otherwise in the file, {ours}: {would_be(words)}"))
    for column in loans.missing:
        yield from ("", *comment(f"Not found: {column.description}"))
        yield f'#{column.name} = ""'
