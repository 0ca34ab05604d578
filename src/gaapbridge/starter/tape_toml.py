"""What was found of a file as the tables of a plan: each guess with its reason, each question as keys that are switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gaapbridge.plan.model import READ
from gaapbridge.starter.arrears_words import LATE
from gaapbridge.starter.guess import COLUMNS, OWN, Guess, Question
from gaapbridge.starter.own_files import Places
from gaapbridge.starter.plan_text import array, comment, quoted
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.starter.two_layouts import Part, parted
from gaapbridge.tapes.how import BY_COLUMN
from gaapbridge.tapes.trade_words import to_come, words_of_ours

MOST_SHOWN = 20
"""Words or segments that are shown of many."""

_TABLES = [*(key for key, one in BY_COLUMN.items() if one.form == "table"), "only", "left_out"]
"""Keys of ``read`` that are a table each; the one that is several has the words of the tape."""


def would_be(words: Mapping[str, Sequence[str]]) -> str:
    """Words of a file with those of ours that each would be; of many, the first.

    >>> would_be({"Open": ["on_book"], "Closed": ["prepaid", "matured"], "X": []})
    'Open → on_book, Closed → prepaid or matured, X → not known'
    """
    return listing([f"{theirs} → {' or '.join(ours) or 'not known'}" for theirs, ours in words.items()])


def listing(texts: Sequence[str]) -> str:
    """Texts in a row; of many the first, and how many there are besides."""
    more = len(texts) - MOST_SHOWN
    return ", ".join(texts) if more <= 0 else f"{', '.join(texts[:MOST_SHOWN])} and {more:,} more"


def keys_of(tape: TapeFile, places: Places, at_both: bool) -> Iterator[str]:
    """The keys of a file's own table: where it is, how it states money, what of it is not read."""
    if at_both:
        yield f"opening = {_named(places[0])}" if len(places) > 1 else '#opening = ""'
        yield f"closing = {_named(places[-1])}"
    else:
        yield f"path = {_named(places[0])}"
    for one in tape.looks:
        yield from (f"# {said}." for said in one.nothing_taken)
    asking = next((one for one in reversed(tape.looks) if one.amounts_stated is None), None)
    if asking is None and len({one.amounts for one in tape.looks}) == 1:
        yield f'amounts = "{tape.amounts}"  # {tape.amounts_stated}'
    elif asking is None:
        yield f'amounts = "{tape.amounts}"  # of the closing: {tape.amounts_stated}'
    yield from _questions((asking or tape).guess.questions, OWN)
    if len({frozenset(one.unread) for one in tape.looks}) == 1:
        yield f"ignore = {array(tape.unread)}"


def _named(places: Sequence[str]) -> str:
    """A file, folder or pattern by itself, several as a list."""
    return quoted(places[0]) if len(places) == 1 else array(places)


def tables_of(table: str, tape: TapeFile) -> Iterator[str]:
    """The tables inside that one: its columns, and how the file is written, where that is not as in one of ours."""
    shared, alone = parted(tape)
    columns = list(_columns(shared))
    if columns or not alone:
        yield from ("", "# Our names = the file's, guessed from its header: read every line again.", f"[{table}.columns]")
    yield from columns
    yield from _read(f"{table}.read", shared, next((one.signed for one in tape.looks if one.signed), ""))
    for ours in tape.words:
        yield from ("", *_words(f"{table}.read", tape, ours))
    for instant, part in alone.items():
        yield from _of_instant(f"{table}.read.{instant}", instant, part)


def _of_instant(table: str, instant: str, part: Part) -> Iterator[str]:
    """The table of what the file of one instant states alone, and the tables inside it."""
    assert part.tape is not None, "of a file"
    files = ", ".join(path.name for path in part.tape.paths)
    yield from ("", *comment(f"Of the {instant} alone, {files}: it goes before what both share."), f"[{table}]")
    if part.amounts is not None:
        yield f'amounts = "{part.amounts}"  # {part.tape.amounts_stated}'
    yield from _questions(part.guess.questions, OWN)
    if part.ignore is not None:
        yield f"ignore = {array(part.ignore)}"
    yield from _plain(part.guess)
    yield from _questions(part.guess.questions, READ)
    columns = list(_columns(part))
    if columns:
        yield from ("", f"[{table}.columns]", *columns)
    yield from _tables(table, part.guess)


def _columns(part: Part) -> Iterator[str]:
    renamed = [match for match in part.renamed if match.ours != match.theirs]
    longest = max((len(match.ours) for match in renamed), default=0)
    broadest = max((len(quoted(match.theirs)) for match in renamed), default=0)
    for match in renamed:
        yield f"{match.ours.ljust(longest)} = {quoted(match.theirs).ljust(broadest)}  # {match.why}"
    if part.tape is not None:
        yield from _absent(part.tape)
    yield from _questions(part.guess.questions, COLUMNS)


def _absent(tape: TapeFile) -> Iterator[str]:
    """Columns that were not found, switched off."""
    for column in tape.missing:
        near = tape.nearest(column.name)
        said = [*([f"May be: {', '.join(near)}."] if near else []), *(f"{one}." for one in tape.advice(column.name))]
        yield from ("", *comment(" ".join((f"Not found: {column.description}.", *said))))
        yield f"#{column.name} = {quoted(near[0] if near else '')}"
    for column in (column for column in tape.defaulted if tape.nearest(column.name)):
        near = tape.nearest(column.name)
        yield from ("", *comment(f"Not found, and may be {', '.join(near)}: {column.description}."))
        yield f"#{column.name} = {quoted(near[0])}"


def _read(table: str, part: Part, signed: str) -> Iterator[str]:
    """How the files are written, where it differs from ours."""
    plain, asked = list(_plain(part.guess)), list(_questions(part.guess.questions, READ))
    if plain or asked or signed:
        yield from ("", "# How the file is written, told from its first rows.", f"[{table}]")
    if signed and not plain:
        yield from comment(f"Numbers bear signs, as in {signed}: they are read where this table stands.")
    yield from plain
    yield from asked
    yield from _tables(table, part.guess)


def _plain(guess: Guess) -> Iterator[str]:
    """The keys that are no tables, each with its reason."""
    for name, value in guess.keys.items():
        if name not in ("amounts", "values", *_TABLES):
            yield from comment(f"{name}: {guess.reasons[name]}")
            yield f"{name} = {toml(value)}"


def _tables(table: str, guess: Guess) -> Iterator[str]:
    for name in (name for name in _TABLES if name in guess.keys):
        yield from ("", *comment(guess.reasons[name]), f"[{table}.{name}]")
        yield from (f"{_key(ours)} = {toml(value)}" for ours, value in guess.keys[name].items())


def _words(table: str, tape: TapeFile, ours: str) -> Iterator[str]:
    """The table of a column's words: their word = ours; those that are not clear switched off, with what they may be."""
    admissible = ["the days past due, a number"] if ours == LATE else words_of_ours(tape.schema, ours)
    yield "# Their word = ours. A word that is switched off is rejected until it is answered."
    yield f"[{table}.values.{ours}]"
    yield from (_word(theirs, means, admissible) for theirs, means in tape.words[ours].items())
    later = {} if ours == LATE else to_come(ours, list(tape.words[ours]), admissible)
    if later:
        yield from comment("Usual words that later files may hold, in any case, with blanks or hyphens: read them again too.")
        yield from (_word(theirs, means, admissible) for theirs, means in later.items())


def _word(theirs: str, means: Sequence[str], admissible: Sequence[str]) -> str:
    """The line of a word; switched off where it is not clear, with what it may be."""
    stated = [one if one in ("true", "false") or one.isdecimal() else quoted(one) for one in means]
    if len(means) == 1:
        return f"{quoted(theirs)} = {stated[0]}"
    choices = f"or {', '.join(means[1:])}" if means else f"not known; one of {', '.join(admissible) or 'true, false'}"
    return f"#{quoted(theirs)} = {stated[0] if means else quoted('')}  # {choices}"


def _questions(questions: Sequence[Question], table: str) -> Iterator[str]:
    for question in (question for question in questions if question.table == table):
        yield from asked(question)


def _key(name: str) -> str:
    """A key of TOML, in quotes where it is not bare."""
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else quoted(name)


def asked(question: Question) -> Iterator[str]:
    """A question as a comment, with the lines that would answer it switched off."""
    yield from comment(f"OPEN, {question.about}: {question.why}.")
    yield from (f"#{line}" for choice in question.choices for line in choice.splitlines())


def toml(value: Any) -> str:
    """A value of a plan in TOML.

    >>> toml(["a", "b"]), toml(2), toml(True)
    ('["a", "b"]', '2', 'true')
    """
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case list() | tuple():
            return array(value)
        case _:
            return str(value)
