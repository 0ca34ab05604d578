"""A lender's own tape at first sight: which of its columns are which of ours, how it is written, what is wrong or open.

Only the header and the first rows are looked at, and of all rows the words of a few columns. Everything here is a guess
that the lender reads again; what a file leaves open is a question, never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.plan.reading import ReadTable
from gaapbridge.starter.first_lines import TOTALS, shown
from gaapbridge.starter.guess import COLUMNS, Guess, open_question, sure, together
from gaapbridge.starter.known_names import names_of
from gaapbridge.starter.names import Match, matched, near, plain, written_known
from gaapbridge.starter.seen_days import day_in, guess_days, is_day
from gaapbridge.starter.seen_numbers import currency_said, guess_percent, guess_separators, guess_units, is_number
from gaapbridge.starter.words import KNOWN_WORDS, ON_BOOK, WRITTEN_OFF, meanings, proposed, says_charged_off, truth_of
from gaapbridge.tapes.cells import impossible
from gaapbridge.tapes.checks import check
from gaapbridge.tapes.how import layout_of
from gaapbridge.tapes.opening import opened
from gaapbridge.tapes.raw import Raw
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances, Column, Schema
from gaapbridge.terms.errors import UnusableInput

FIRST_ROWS = 5_000
"""Rows that are looked at."""

ONE_SEGMENT = "all"
"""The segment of every contract of a tape that has no column for it."""

_FEW_WORDS = 60
"""A column of more different texts holds no words of a state."""

_MOSTLY = 0.9


@dataclass(frozen=True)
class TapeFile:
    """What a tape seems to hold, of one file or of one for each instant.

    ``guess`` has ``amounts`` and the keys of ``read``; ``currency`` a code and what shows it. Of all rows: ``segments``, and
    ``words`` that a tape may not hold, by our column, with those of ours that each would be. ``faults`` say, by our column,
    what cannot be used in the first rows even so; ``instants`` are days that names or titles of the files state.
    """

    schema: Schema
    paths: tuple[Path, ...]
    matches: Mapping[str, Match]
    unread: tuple[str, ...]
    guess: Guess
    currency: tuple[str, str] | None
    segments: tuple[str, ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    faults: Mapping[str, str]
    instants: tuple[date | None, ...]

    @property
    def amounts(self) -> str:
        """How the file seems to state money."""
        return str(self.guess.keys["amounts"])

    @property
    def read(self) -> dict[str, Any]:
        """The keys of ``read``."""
        return {key: value for key, value in self.guess.keys.items() if key != "amounts"}

    @property
    def made(self) -> Collection[str]:
        """Our columns that every row has the same value of."""
        stated: Mapping[str, Any] = self.guess.keys.get("constant", {})
        return stated.keys()

    @property
    def missing(self) -> tuple[Column, ...]:
        """Columns that the tape must have and this one does not seem to."""
        return tuple(column for column in self._absent() if column.required)

    @property
    def defaulted(self) -> tuple[Column, ...]:
        """Columns that the tape may have and this one does not seem to."""
        return tuple(column for column in self._absent() if not column.required)

    def nearest(self, ours: str) -> list[str]:
        """Columns of the file that are read for nothing and may be one of ours."""
        return [theirs for theirs in self.unread if ours in near(theirs, self.schema.names, names_of(self.schema.name))]

    def _absent(self) -> Iterable[Column]:
        return (one for one in self.schema.columns if one.name not in self.matches and one.name not in self.made)

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "files": list(map(str, self.paths)),
            "columns": {ours: match.theirs for ours, match in self.matches.items()},
            "guessed": {ours: match.why for ours, match in self.matches.items()},
            "amounts": self.amounts,
            "read": self.read,
            "reasons": dict(self.guess.reasons),
            "questions": [vars(question) for question in self.guess.questions],
            "currency": None if self.currency is None else self.currency[0],
            "missing": {column.name: self.nearest(column.name) for column in self.missing},
            "defaulted": {column.name: column.default for column in self.defaulted},
            "ignored": list(self.unread),
            "segments": list(self.segments),
            "words": {ours: {theirs: list(means) for theirs, means in words.items()} for ours, words in self.words.items()},
            "faults": dict(self.faults),
        }


def look_at(paths: Sequence[Path], schema: Schema) -> TapeFile:
    """A tape at first sight, the file of the closing instant last. Raises ``UnusableInput`` for one that cannot be read as a
    table at all, or has no column of the tape."""
    known = {name for names in written_known(schema.names, names_of(schema.name)).values() for name in names}
    seen = [shown(path, lambda text: plain(text) in known) for path in paths]
    layout = Guess(seen[-1].layout, seen[-1].reasons)
    raws = [_opened(path, schema, one.layout) for path, one in zip(paths, seen, strict=True)]
    raw = raws[-1]
    first = next(raw.batches(raw.header, FIRST_ROWS))
    matches = _matches(raw, first, schema)
    texts = {ours: _texts(first[match.theirs]) for ours, match in matches.items()}
    worded = _words([_batches(one, matches, schema) for one in raws], matches, schema)
    words = {ours: found for ours in worded if (found := _proposed(schema.column(ours), worded[ours], schema))}
    currency = _currency(raw, matches, texts, worded, schema)
    guess = together(
        (layout, _written(raw, schema, matches, texts), _trim(first, schema, matches), _values(words), _totals(raws, matches, schema),
         _constants(schema, matches, currency), _charged_off(first, matches, schema))
    )  # fmt: skip
    ours_of = {match.theirs for match in matches.values()}
    found = TapeFile(
        schema=schema,
        paths=tuple(paths),
        matches=matches,
        unread=tuple(dict.fromkeys(name for one in raws for name in one.header if name not in ours_of)),
        guess=guess,
        currency=currency,
        segments=_segments(schema, matches, worded),
        words=words,
        faults={},
        instants=tuple(day_in(path.name) or day_in(" ".join(one.titles)) for path, one in zip(paths, seen, strict=True)),
    )
    return replace(found, faults=_faults(found))


def _opened(path: Path, schema: Schema, layout: Mapping[str, Any]) -> Raw:
    raw = opened(path, str(path), schema, layout_of(ReadTable(**layout)))
    if raw.rows == 0:
        remedy = "export the file again, or leave it out"
        raise UnusableInput(file=path.name, rule=f"the {schema.title.lower()} has at least one row", remedy=remedy)
    return raw


def _matches(raw: Raw, first: pl.DataFrame, schema: Schema) -> dict[str, Match]:
    """The columns of the file that stand for ours: by their names, and a column of states by its words too."""

    def fits(ours: str, theirs: str) -> bool:
        return _readable(first[theirs], schema.column(ours), schema)

    matches = matched(raw.header, schema.names, names_of(schema.name), fits)
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
        free = [name for name in raw.header if name not in taken and _holds_states(_texts(first[name]), schema)]
        if len(free) == 1:
            matches["status"] = Match("status", free[0], "its words are those of a status: look at it")
    return matches


def _holds_states(texts: Sequence[str], schema: Schema) -> bool:
    """Whether most words of a column say how a contract stands, and some that one was written off or left."""
    if not 2 <= len(texts) <= _FEW_WORDS:
        return False
    among = words_of_ours(schema, "status")
    means = [meanings("status", word, among) for word in texts]
    return sum(map(bool, means)) >= _MOSTLY * len(means) and any(one and ON_BOOK not in one for one in means)


def _readable(cells: pl.Series, column: Column, schema: Schema) -> bool:
    """Whether most cells could be what our column holds; where it holds words, one of ours or of the trade."""
    counted = column.kind == "date" and cells.dtype.is_integer()
    if impossible(cells.dtype, column) and not counted:
        return False
    if cells.dtype.is_temporal():
        return True
    texts = _texts(cells)
    match column.kind:
        case "date":
            good = sum(map(is_day, texts))
        case "minor" | "number" | "count":
            good = sum(map(is_number, texts))
        case "flag":
            good = sum(truth_of(text) is not None or text.casefold() in ("true", "false", "0", "1") for text in texts)
        case _:
            among = words_of_ours(schema, column.name)
            good = sum(bool(meanings(column.name, text, among)) for text in texts) if among else len(texts)
    return 2 * good >= max(len(texts), 1)


def words_of_ours(schema: Schema, column: str) -> list[str]:
    """The words that a column of a tape may hold, where it holds words of ours: those that no rule of it breaks."""
    rules = [rule for rule in schema.rules if rule.column == column and not rule.beside]
    conditions = [broken for rule in rules if (broken := rule.broken(Circumstances())) is not None]
    if column not in KNOWN_WORDS or not conditions:
        return []
    words = pl.DataFrame({column: list(KNOWN_WORDS[column])})
    return words.filter(~pl.any_horizontal(conditions))[column].to_list()


def _texts(cells: pl.Series) -> list[str]:
    """The different cells of a column as texts without blanks around, in their order; empty ones left out."""
    texts = cells.cast(pl.String).str.strip_chars()
    return texts.filter(texts != "").unique(maintain_order=True).to_list()


def _written(raw: Raw, schema: Schema, matches: Mapping[str, Match], texts: Mapping[str, Sequence[str]]) -> Guess:
    """How days, numbers and amounts are written."""

    def of(*kinds: str) -> dict[str, Sequence[str]]:
        return {ours: texts[ours] for ours in matches if schema.column(ours).kind in kinds}

    counted = {ours: raw.dtypes[match.theirs] for ours, match in matches.items()}
    days = {ours: cells for ours, cells in of("date").items() if counted[ours] == pl.String or counted[ours].is_integer()}
    names = {ours: match.theirs for ours, match in matches.items()}
    money = of("minor")
    numbers = {ours: cells for ours, cells in of("minor", "number", "count").items() if counted[ours] == pl.String}
    return together((
        guess_days(days),
        guess_separators(numbers, list(money), raw.workbook),
        guess_percent(names, texts),
        guess_units({ours: names[ours] for ours in money}, money),
    ))  # fmt: skip


def _trim(first: pl.DataFrame, schema: Schema, matches: Mapping[str, Match]) -> Guess:
    """Columns of texts that have blanks or the signs of a workbook around them."""
    around = r"^\s|\s$|^'|^=\""
    padded = [
        ours
        for ours, match in matches.items()
        if schema.column(ours).kind == "text" and first[match.theirs].cast(pl.String).str.contains(around).any()
    ]
    return sure("trim", padded, "blanks or signs of a workbook around the text") if padded else Guess()


def _batches(raw: Raw, matches: Mapping[str, Match], schema: Schema) -> Iterable[pl.DataFrame]:
    """All rows of the columns that hold words."""
    names = [matches[ours].theirs for ours in _worded(schema) if ours in matches and matches[ours].theirs in raw.header]
    return raw.batches(names, None) if names else ()


def _worded(schema: Schema) -> list[str]:
    """Our columns that hold words: segments, currencies, states, truths."""
    flags = [column.name for column in schema.columns if column.kind == "flag"]
    return [name for name in ("segment", *KNOWN_WORDS) if name in schema.names] + flags


def _words(files: Sequence[Iterable[pl.DataFrame]], matches: Mapping[str, Match], schema: Schema) -> dict[str, tuple[str, ...]]:
    """The different words of some of our columns in all files, sorted; none where no file has the column."""
    words: dict[str, set[str]] = {ours: set() for ours in _worded(schema)}
    for batch in (batch for batches in files for batch in batches):
        for ours in words.keys() & matches.keys():
            if matches[ours].theirs in batch.columns:
                words[ours].update(_texts(batch[matches[ours].theirs]))
    return {ours: tuple(sorted(found)) for ours, found in words.items()}


def _proposed(column: Column, words: Sequence[str], schema: Schema) -> dict[str, tuple[str, ...]]:
    """The words of a column that the tape may not hold, and which of ours each would be."""
    if column.kind == "flag":
        foreign = [word for word in words if word not in ("true", "True", "TRUE", "1", "false", "False", "FALSE", "0")]
        return {word: () if (truth := truth_of(word)) is None else (str(truth).lower(),) for word in foreign}
    if column.name == "currency":
        return {
            word: meanings(column.name, word) for word in words if not (len(word) == 3 and word.isalpha() and word.isupper())
        }
    among = words_of_ours(schema, column.name)
    return proposed(column.name, words, among) if among else {}


def _values(words: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Guess:
    """Words of the file that are one of ours and no other."""
    values = {ours: {theirs: means[0] for theirs, means in found.items() if len(means) == 1} for ours, found in words.items()}
    clear = {ours: found for ours, found in values.items() if found}
    return sure("values", clear, "") if clear else Guess()


def _totals(raws: Sequence[Raw], matches: Mapping[str, Match], schema: Schema) -> Guess:
    """Rows of totals between the contracts."""
    if schema.identity not in matches:
        return Guess()
    assert schema.identity is not None, "it is among the columns"
    theirs = matches[schema.identity].theirs
    found: dict[str, None] = {}
    for batch in (batch for raw in raws if theirs in raw.header for batch in raw.batches([theirs], None)):
        cells = batch[theirs].cast(pl.String).str.strip_chars()
        found |= dict.fromkeys(cells.filter(cells.str.to_lowercase().is_in(TOTALS)).to_list())
    if not found:
        return Guess()
    (first, *others) = found
    totals = sure("total_where", {schema.identity: first}, f"rows of totals, {theirs} is {first}")
    if not others:
        return totals
    return together(
        (totals, open_question("total_where", f"other rows of totals, {theirs} is {', '.join(others)}: take them out"))
    )


def _currency(
    raw: Raw,
    matches: Mapping[str, Match],
    texts: Mapping[str, Sequence[str]],
    worded: Mapping[str, Sequence[str]],
    schema: Schema,
) -> tuple[str, str] | None:
    """The currency of the tape and what shows it: its column, else headers and amounts."""
    if "currency" in matches:
        words = worded["currency"]
        codes = {(meanings("currency", word) or (word,))[0] for word in words}
        return (codes.pop(), f"{matches['currency'].theirs} holds no other") if len(codes) == 1 else None
    money = [text for ours, cells in texts.items() if schema.column(ours).kind == "minor" for text in cells[:100]]
    return currency_said(raw.header, money)


def _constants(schema: Schema, matches: Mapping[str, Match], currency: tuple[str, str] | None) -> Guess:
    """What stands for columns that the file does not have: the currency that it shows, one segment for all."""
    found = []
    if "currency" in schema.names and "currency" not in matches and currency is not None:
        found.append(sure("constant", {"currency": currency[0]}, f"currency: {currency[1]}"))
    if "segment" in schema.names and "segment" not in matches:
        found.append(sure("constant", {"segment": ONE_SEGMENT}, "segment: no column of it was found, so one for all contracts"))
    return together(found)


def _charged_off(first: pl.DataFrame, matches: Mapping[str, Match], schema: Schema) -> Guess:
    """The question of a column that is not read, and says of some contracts that they were written off."""
    if "status" not in schema.names or WRITTEN_OFF not in words_of_ours(schema, "status"):
        return Guess()
    taken = {match.theirs for match in matches.values()}
    said = {
        name: [text for text in _texts(first[name]) if says_charged_off(text)] for name in first.columns if name not in taken
    }
    return together(
        open_question(
            "status",
            f"{name} holds {texts[0]}, and is not read: contracts written off would count as on book",
            f"status = {json.dumps(name, ensure_ascii=False)}",
            table=COLUMNS,
        )
        for name, texts in said.items()
        if texts
    )


def _segments(schema: Schema, matches: Mapping[str, Match], worded: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if "segment" not in schema.names:
        return ()
    return worded["segment"] if "segment" in matches else (ONE_SEGMENT,)


def _faults(tape: TapeFile) -> dict[str, str]:
    """What the schema says of the columns found, read as is proposed, in the first rows of each file: the first fault of each
    column. Rules on columns of words that are left open are not asked, for those are told with the words."""
    faults: dict[str, str] = {}
    unclear = {ours for ours, words in tape.words.items() if any(len(means) != 1 for means in words.values())}
    for path in tape.paths:
        raw = opened(path, str(path), tape.schema, layout_of(ReadTable(**tape.read)))
        absent = [ours for ours, match in tape.matches.items() if match.theirs not in raw.header]
        for ours in absent:
            faults.setdefault(ours, f"{path.name} has no column {tape.matches[ours].theirs}")
        dtypes = {ours: raw.dtypes[match.theirs] for ours, match in tape.matches.items() if ours not in absent}
        untyped = [ours for ours, dtype in dtypes.items() if not _typed(dtype, tape.schema.column(ours), tape)]
        for ours in untyped:
            faults.setdefault(ours, f"a column of {dtypes[ours]} holds no {tape.schema.column(ours).kind}")
        names = [*(ours for ours in tape.matches if ours not in (*absent, *untyped)), *tape.made]
        faults = {**_broken(tape, path, reduced(tape.schema, names, unclear)), **faults}
    return faults


def _typed(dtype: pl.DataType, column: Column, tape: TapeFile) -> bool:
    counted = column.kind == "date" and dtype.is_integer() and "dates" in tape.read
    return counted or not impossible(dtype, column)


def _broken(tape: TapeFile, path: Path, schema: Schema) -> dict[str, str]:
    """The first fault of each column in the first rows of a file."""
    read = {key: _of_columns(value, schema) if key in _BY_COLUMN else value for key, value in tape.read.items()}
    columns = {ours: match.theirs for ours, match in tape.matches.items() if ours in schema.names}
    try:
        source = open_tape(
            path, schema, amounts="major" if tape.amounts == "major" else "minor", columns=columns, ignore=("*",),
            read=ReadTable(**read), currency=None if tape.currency is None else tape.currency[0],
        )  # fmt: skip
        parsed = next(source.batches(FIRST_ROWS))
    except UnusableInput as unusable:
        return {unusable.column or "file": f"{unusable.rule}: {unusable.remedy}"}
    rejects = check(parsed, schema, Circumstances(), path.name).rejects
    faults: dict[str, str] = {}
    for column, value, rule in rejects.select("column", "value", "rule").iter_rows():
        faults.setdefault(column or "rows", f"{value or 'an empty cell'}: {rule}")
    return faults


_BY_COLUMN = ("percent", "per_mille", "units", "values", "trim", "constant", "total_where")
"""Keys of ``read`` that name columns of ours."""


def _of_columns(stated: Any, schema: Schema) -> Any:
    """What a key states of the columns that a schema has."""
    if isinstance(stated, dict):
        return {name: value for name, value in stated.items() if name in schema.names}
    return [name for name in stated if name in schema.names]


def reduced(schema: Schema, names: Collection[str], without_rules: Collection[str]) -> Schema:
    """A schema without the columns that a file does not have, and without what is said of them or of some others."""
    ruled = set(names) - set(without_rules)
    return replace(
        schema,
        columns=tuple(column for column in schema.columns if column.name in names),
        rules=tuple(rule for rule in schema.rules if {rule.column, *rule.beside} <= ruled),
        key=tuple(name for name in schema.key if name in names),
        identity=schema.identity if schema.identity in names else None,
        amount=schema.amount if schema.amount in names else None,
    )
