"""What stands at the top of every document of an exhibit: whose it is, what it is, in which unit, and how far it can be relied
on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gaapbridge.report.exhibit.blocks import Block, Centred
from gaapbridge.report.exhibit.words import Words
from gaapbridge.report.told.draft import UNAUDITED, draft_line, open_matters
from gaapbridge.report.told.statements import ToldStatements
from gaapbridge.run.reader import Run


def front_of(run: Run, told: ToldStatements, titles: Sequence[str], words: Words) -> Iterator[Block]:
    """The lines at the top of a first page: entity, titles, unit, the status that a lender states, that nobody audited it, and
    what stands open, which makes it a draft."""
    yield Centred((words(told.entity),), is_strong=True)
    yield Centred(tuple(map(words, titles)), is_strong=True)
    yield Centred((unit_of(told, words), *filter(None, [words(told.status)]), words(UNAUDITED)))
    if line := draft_line(open_matters(run)):
        yield Centred((words(line),), is_strong=True)


def foot_of(run: Run, words: Words) -> str:
    """The words before the number of a page: a page taken out of a draft says that it is of one."""
    return f"{words('Draft')}   {words('Page')}" if open_matters(run) else words("Page")


def unit_of(told: ToldStatements, words: Words) -> str:
    """The unit of all amounts, in brackets: (Amounts in thousands of CNY)."""
    return words.filled("({inside})", inside=words(f"Amounts in {told.unit}"))
