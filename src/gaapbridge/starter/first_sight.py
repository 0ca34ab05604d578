"""A lender's own tape at first sight: which of its columns are which of ours, how it is written, what is wrong or open.

Only the header and the first rows are looked at, and of all rows the words of a few columns. Everything here is a guess
that the lender reads again; what a file leaves open is a question, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.plan.reading import ReadTable
from gaapbridge.starter.arrears_words import LATE, arrears_in, asked_of, beside_status, by_words, hold_arrears
from gaapbridge.starter.charged_off import with_charged_off
from gaapbridge.starter.first_lines import Known, Shown, first_look
from gaapbridge.starter.guess import NONE, Guess, open_question, sure, together
from gaapbridge.starter.known_names import names_of
from gaapbridge.starter.names import Match, matched, written_known
from gaapbridge.starter.padded import ids_in
from gaapbridge.starter.questioned import without_questioned
from gaapbridge.starter.row_kinds import KIND, kinds_of_rows
from gaapbridge.starter.seen_days import day_in, is_day
from gaapbridge.starter.seen_numbers import currency_said, is_currency, is_number, is_plain
from gaapbridge.starter.tape_faults import faults_of
from gaapbridge.starter.tape_file import FIRST_ROWS, TapeFile
from gaapbridge.starter.tape_words import (
    FEW_WORDS,
    clear_words,
    different,
    foreign_words,
    holds_states,
    unread_write_offs,
    words_in,
    written_off_elsewhere,
)
from gaapbridge.starter.two_layouts import in_two_layouts
from gaapbridge.starter.unread import CURRENCY, EXIT, may_be, money_in, not_always, numbers_in
from gaapbridge.starter.writing import Columns, writing
from gaapbridge.tapes.cells import impossible
from gaapbridge.tapes.how import layout_of
from gaapbridge.tapes.named_units import in_other_currencies, units_titled
from gaapbridge.tapes.opening import opened
from gaapbridge.tapes.plain_words import plain
from gaapbridge.tapes.raw import BATCH_ROWS, Raw
from gaapbridge.tapes.schema import Column, Schema
from gaapbridge.tapes.total_words import TOTALS
from gaapbridge.tapes.trade_words import ON_BOOK, meanings, says_charged_off, truth_of, words_of_ours
from gaapbridge.terms.errors import UnusableInput

ONE_SEGMENT = "all"
"""The segment of every contract of a tape that has no column for it."""


@dataclass(frozen=True)
class _Seen:
    """A file that was opened: what its first and last rows show, and its first rows."""

    path: Path
    shown: Shown
    raw: Raw
    first: pl.DataFrame

    def called(self, schema: Schema) -> dict[str, str]:
        """What its columns are called by a part of their names."""
        return self.shown.called(self.raw.header, _known(schema))


def look_at(paths: Sequence[Path], schema: Schema, of_opening: int = 0, *, apart: bool = False) -> TapeFile:
    """A tape at first sight; the first ``of_opening`` files are those of the opening, which are looked at by themselves where
    they may be ``apart`` and their layout or their columns are others. Of a file with a header and no row, as one of events
    in a period without any, names alone tell the columns. Raises ``UnusableInput`` for a file that cannot be read as a table
    at all, has no column of the tape, or no row where a close needs one."""
    known = _known(schema)
    files = [_seen(path, schema, known) for path in paths]
    before, after = files[:of_opening], files[of_opening:]
    if not (apart and before and after and _unlike(before[-1], after[-1], schema)):
        return _look(files, schema, of_opening)
    return in_two_layouts(_look(before, schema, len(before)), _look(after, schema, 0))


def _known(schema: Schema) -> Known:
    names = {name for known in written_known(schema.names, names_of(schema.name)).values() for name in known}
    return lambda text: plain(text) in names


def _seen(path: Path, schema: Schema, known: Known) -> _Seen:
    found = first_look(path, known)
    raw = _opened(path, schema, found.layout.keys)
    return _Seen(path, found, raw, next(raw.batches(raw.header, FIRST_ROWS), pl.DataFrame(schema=raw.dtypes)))


def _unlike(one: _Seen, other: _Seen, schema: Schema) -> bool:
    """Whether two files are laid out otherwise, or have not the same columns for ours."""
    if one.shown.layout.keys != other.shown.layout.keys or one.raw.workbook != other.raw.workbook:
        return True
    if one.raw.header == other.raw.header:
        return False
    columns = [
        {ours: match.theirs for ours, match in _matches(file.raw, file.first, schema, file.called(schema)).items()}
        for file in (one, other)
    ]
    return columns[0] != columns[1]


def _look(files: Sequence[_Seen], schema: Schema, of_opening: int) -> TapeFile:
    """Files of one layout at first sight."""
    paths, seen, raws, firsts = zip(*((one.path, one.shown, one.raw, one.first) for one in files), strict=True)
    last = next((one for one in reversed(files) if one.raw.rows), files[-1])
    raw, first = last.raw, last.first
    matches = _matches(raw, first, schema, last.called(schema))
    exits = _exits(raws, first, matches, schema)
    columns = _columns(raw, firsts, matches, schema, exits)
    texts = columns.texts
    read = {*exits, *(match.theirs for match in matches.values())}
    elsewhere = unread_write_offs(raws, first, matches, read, schema)
    taken = {*elsewhere, *read}
    unread = tuple(dict.fromkeys(name for one in raws for name in one.header if name not in taken))
    by_kind, kinds = kinds_of_rows(raws, first, unread, schema, matches[KIND].theirs if KIND in matches else None)
    unread = tuple(name for name in unread if name != by_kind)
    nearest = _nearest(unread, matches, first, schema)
    likely = {ours: Match(ours, names[0], f"where {names[0]} is read for it") for ours, names in nearest.items()}
    said = words_in(raws, {**matches, **likely}, schema)
    currency = _currency(raw, matches, texts, said, schema)
    foreign = {ours: found for ours in said if (found := foreign_words(schema.column(ours), said[ours], schema))}
    words = {ours: found for ours, found in foreign.items() if ours in matches or any(len(one) == 1 for one in found.values())}
    words |= arrears_in(raws, matches, texts, schema)
    money = money_in(unread, first)
    unread_numbers = {name: _texts_of(firsts, [name]) for name in money or numbers_in(unread, first)}
    titled = units_titled([text for one in seen for text in (*one.titles, *one.remarks)])
    guesses = (
        _layout(paths, [one.layout for one in seen]),
        writing(columns, _columns(raw, firsts, likely, schema, ()), unread_numbers, titled),
        _trim(first, schema, matches),
        clear_words(words),
        asked_of(words, matches),
        beside_status(matches),
        _totals(raws, matches, schema),
        _constants(schema, matches, currency),
        _other_currency(schema, matches, currency),
        written_off_elsewhere(elsewhere, matches),
        kinds,
        sure("first_of", {EXIT: exits}, f"{EXIT}: the first that is given") if exits else NONE,
    )
    tape = TapeFile(
        schema=schema,
        paths=tuple(paths),
        of_opening=of_opening,
        matches=matches,
        unread=unread,
        may_be=nearest,
        money=tuple(money),
        unexplained=tuple(elsewhere),
        guess=together(guesses) if raw.rows else _of_names(together(guesses)),
        currency=currency,
        segments=_segments(schema, matches, said),
        words=words,
        faults={},
        signed=_signed(raws, matches, texts, schema),
        instants=tuple(day_in(path.name) or day_in(" ".join(one.titles)) for path, one in zip(paths, seen, strict=True)),
        ids=ids_in(firsts, matches),
        without_rows=tuple(one.path for one in files if not one.raw.rows),
    )
    tape = with_charged_off(tape, raws)
    faults = faults_of(tape, _as_proposed(tape, raws, [one.layout.keys for one in seen]))
    return without_questioned(replace(tape, faults=faults), first, [name for one in raws for name in one.header])


def _texts_of(firsts: Sequence[pl.DataFrame], names: Sequence[str]) -> list[str]:
    """The different cells of some columns in the first rows of all files."""
    return list(dict.fromkeys(text for one in firsts for name in names if name in one for text in different(one[name])))


def _exits(raws: Sequence[Raw], first: pl.DataFrame, matches: Mapping[str, Match], schema: Schema) -> list[str]:
    """The columns of days on which contracts left, where a file has one for each way to leave: that of write-offs first."""
    if EXIT not in matches:
        return []
    known = written_known(schema.names, names_of(schema.name))[EXIT]
    taken = {match.theirs for ours, match in matches.items() if ours != EXIT}
    named = [name for name in raws[-1].header if name not in taken and plain(name) in known and not_always(first[name])]
    days = [
        name
        for name in named
        if _readable(first[name], schema.column(EXIT), schema) and all(name in raw.header for raw in raws)
    ]
    return sorted(days, key=lambda name: not says_charged_off(name)) if len(days) > 1 else []


def _layout(paths: Sequence[Path], layouts: Sequence[Guess]) -> Guess:
    """The layout of all files, which a plan states once. Where they have not the same rows of totals none are left out: the
    last contracts of one of them would be."""
    *_, closing = layouts
    stated = {key: [one.keys.get(key, "none") for one in layouts] for one in layouts for key in one.keys}
    differ = {key: values for key, values in stated.items() if values.count(values[0]) < len(values)}
    questions = (
        open_question(
            key, f"{' and '.join(path.name for path in paths)} have {' and '.join(map(str, values))}: make them alike"
        )
        for key, values in differ.items()
    )
    kept = {key: value for key, value in closing.keys.items() if key != "total_rows" or key not in differ}
    return together((Guess(kept, closing.reasons, closing.questions), *questions))


def _opened(path: Path, schema: Schema, layout: Mapping[str, Any]) -> Raw:
    raw = opened(path, str(path), schema, layout_of(ReadTable(**layout)))
    if raw.rows == 0 and not schema.may_be_empty:
        remedy = "export the file again, or leave it out"
        raise UnusableInput(file=path.name, rule=f"the {schema.title.lower()} has at least one row", remedy=remedy)
    return raw


def _of_names(guess: Guess) -> Guess:
    """A guess on a tape without a row, where names alone tell anything: what it says of cells is that there are none."""
    why = "the tape has no row that shows it"
    asked = tuple(replace(question, why=why) for question in guess.questions)
    unknown = {question.about: why for question in asked if question.about in guess.keys}
    return replace(guess, reasons={**guess.reasons, **unknown}, questions=asked)


def _as_proposed(tape: TapeFile, raws: Sequence[Raw], layouts: Sequence[Mapping[str, Any]]) -> list[Raw]:
    """The files in the layout that is proposed for all: those of which another was seen are opened in it."""
    proposed, own = layout_of(ReadTable(**tape.read)), [layout_of(ReadTable(**layout)) for layout in layouts]
    return [
        raw if layout == proposed else opened(path, raw.file, tape.schema, proposed)
        for path, raw, layout in zip(tape.paths, raws, own, strict=True)
    ]


def _matches(raw: Raw, first: pl.DataFrame, schema: Schema, called: Mapping[str, str]) -> dict[str, Match]:
    """The columns of the file that stand for ours: by their names, or what they are called by a part of them, and a column of
    states by its words too."""

    def fits(ours: str, theirs: str) -> bool:
        return first.is_empty() or _readable(first[theirs], schema.column(ours), schema)

    on_book = any(_says_on_book(first[name], schema) for name in raw.header if name in first)

    def against(ours: str, theirs: str) -> bool:
        return ours == EXIT and on_book and not not_always(first[theirs])

    matches = matched(raw.header, schema.names, names_of(schema.name), fits, called, against)
    if not matches:
        raise UnusableInput(
            file=raw.file,
            row="header",
            value=", ".join(raw.header),
            rule=f"some columns are ones of the {schema.title.lower()}, under their own names or common other ones",
            remedy="name the file that has them, or give its columns names of docs/reference/tapes.md",
        )
    if "status" in schema.names and "status" not in matches:
        taken = {match.theirs for match in matches.values()}
        free = [name for name in raw.header if name not in taken and holds_states(different(first[name]), schema)]
        if len(free) == 1:
            matches["status"] = Match("status", free[0], "its words are those of a status: look at it")
    return {**matches, **by_words(first, matches, schema)}


def _says_on_book(cells: pl.Series, schema: Schema) -> bool:
    """Whether a column of states says of some contract that it is on book."""
    if "status" not in schema.names or not 0 < len(texts := different(cells)) <= FEW_WORDS:
        return False
    means = [meanings("status", text, words_of_ours(schema, "status")) for text in texts]
    return 2 * sum(map(bool, means)) > len(means) and any(ON_BOOK in one for one in means)


def _readable(cells: pl.Series, column: Column, schema: Schema) -> bool:
    """Whether most cells could be what our column holds; where it holds words, one of ours or of the trade."""
    counted = column.kind == "date" and cells.dtype.is_integer()
    if impossible(cells.dtype, column) and not counted:
        return False
    if cells.dtype.is_temporal():
        return True
    texts = different(cells)
    match column.kind:
        case "date":
            good = sum(map(is_day, texts))
        case "minor" | "number" | "count":
            good = len(texts) if column.name == LATE and hold_arrears(texts) else sum(map(is_number, texts))
        case "flag":
            good = sum(truth_of(text) is not None or text.casefold() in ("true", "false", "0", "1") for text in texts)
        case _ if column.name == CURRENCY:
            good = sum(is_currency(text) or bool(meanings(CURRENCY, text)) for text in texts)
        case _:
            among = words_of_ours(schema, column.name)
            good = sum(bool(meanings(column.name, text, among)) for text in texts) if among else len(texts)
    return 2 * good >= max(len(texts), 1)


def _columns(
    raw: Raw, firsts: Sequence[pl.DataFrame], matches: Mapping[str, Match], schema: Schema, exits: Sequence[str]
) -> Columns:
    """The columns that stand for ours, with their cells in the first rows of all files."""
    texts = {ours: _texts_of(firsts, [one.theirs, *(exits if ours == EXIT else ())]) for ours, one in matches.items()}
    names = {ours: match.theirs for ours, match in matches.items()}
    dtypes = {ours: next(one.schema[theirs] for one in reversed(firsts) if theirs in one) for ours, theirs in names.items()}
    return Columns(schema, names, dtypes, texts, raw.workbook)


def _nearest(unread: Sequence[str], matches: Mapping[str, Match], first: pl.DataFrame, schema: Schema) -> dict[str, list[str]]:
    """Columns of the closing's file that nothing reads, by those of ours without one that they may be."""

    def fits(ours: str, theirs: str) -> bool:
        return _readable(first[theirs], schema.column(ours), schema)

    absent = [ours for ours in schema.names if ours not in matches]
    return may_be([theirs for theirs in unread if theirs in first], absent, schema, first, fits)


def _signed(raws: Sequence[Raw], matches: Mapping[str, Match], texts: Mapping[str, Sequence[str]], schema: Schema) -> str:
    """A number that bears more than digits, a point and a minus before it, which is read only where a table says how."""
    for ours, match in matches.items():
        if schema.column(ours).kind in ("minor", "number", "count") and raws[-1].dtypes[match.theirs] == pl.String:
            for text in texts[ours]:
                if is_number(text) and not is_plain(text):
                    return text
    return ""


def _trim(first: pl.DataFrame, schema: Schema, matches: Mapping[str, Match]) -> Guess:
    """Columns of texts that have blanks or the signs of a workbook around them."""
    around = r"^\s|\s$|^'|^=\""
    padded = [
        ours
        for ours, match in matches.items()
        if schema.column(ours).kind == "text" and first[match.theirs].cast(pl.String).str.contains(around).any()
    ]
    return sure("trim", padded, "blanks or signs of a workbook around the text") if padded else NONE


def _totals(raws: Sequence[Raw], matches: Mapping[str, Match], schema: Schema) -> Guess:
    """Rows of totals between the contracts."""
    identity = schema.identity or schema.key[0]
    if identity not in matches:
        return NONE
    theirs = matches[identity].theirs
    found: dict[str, None] = {}
    for batch in (batch for raw in raws if theirs in raw.header for batch in raw.batches([theirs], BATCH_ROWS)):
        cells = batch[theirs].cast(pl.String).str.strip_chars()
        found |= dict.fromkeys(cells.filter(cells.str.to_lowercase().is_in(TOTALS)).to_list())
    if not found:
        return NONE
    texts = list(found)
    why = f"rows of totals, {theirs} is {' or '.join(texts)}"
    return sure("total_where", {identity: texts[0] if len(texts) == 1 else texts}, why)


def _currency(
    raw: Raw,
    matches: Mapping[str, Match],
    texts: Mapping[str, Sequence[str]],
    worded: Mapping[str, Sequence[str]],
    schema: Schema,
) -> tuple[str, str] | None:
    """The currency of the tape and what shows it: its column, else headers and amounts."""
    if CURRENCY in matches:
        words = worded[CURRENCY]
        codes = {(meanings(CURRENCY, word) or (word,))[0] for word in words}
        return (codes.pop(), f"{matches[CURRENCY].theirs} holds no other") if len(codes) == 1 else None
    money = [text for ours, cells in texts.items() if schema.column(ours).kind == "minor" for text in cells[:100]]
    return currency_said(raw.header, money)


def _constants(schema: Schema, matches: Mapping[str, Match], currency: tuple[str, str] | None) -> Guess:
    """What stands for columns that the file does not have: the currency that it shows, one segment for all."""
    found = []
    if CURRENCY in schema.names and CURRENCY not in matches and currency is not None:
        found.append(sure("constant", {CURRENCY: currency[0]}, f"currency: {currency[1]}"))
    if "segment" in schema.names and "segment" not in matches:
        found.append(sure("constant", {"segment": ONE_SEGMENT}, "segment: no column of it was found, so one for all contracts"))
    return together(found)


def _other_currency(schema: Schema, matches: Mapping[str, Match], currency: tuple[str, str] | None) -> Guess:
    """The question which currency amounts are in whose header names another than the column of currencies has."""
    if CURRENCY not in matches or currency is None:
        return NONE
    code, why = currency
    foreign = in_other_currencies(schema, {ours: (match.theirs,) for ours, match in matches.items()}, code)
    return together(open_question(CURRENCY, f"{name} names another than {code}: {why}") for name in foreign.values())


def _segments(schema: Schema, matches: Mapping[str, Match], worded: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if "segment" not in schema.names:
        return ()
    return worded["segment"] if "segment" in matches else (ONE_SEGMENT,)
