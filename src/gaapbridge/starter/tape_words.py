"""The words in a file where a tape has words of its own: states, kinds of events, currencies, truths, segments."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

import polars as pl

from gaapbridge.starter.guess import COLUMNS, NONE, NOTHING, Guess, open_question, sure, together
from gaapbridge.starter.names import Match
from gaapbridge.tapes.raw import BATCH_ROWS, Raw
from gaapbridge.tapes.schema import Column, Schema
from gaapbridge.tapes.trade_words import (
    KNOWN_WORDS,
    OFF,
    ON_BOOK,
    meanings,
    proposed,
    says_charged_off,
    truth_of,
    words_of_ours,
)

Words = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By our column the words of a file that a tape may not hold, and which of ours each would be."""

FEW_WORDS = 60
"""A column of more different texts holds no words of a state."""

_FEW_CODES, _CODE = 12, 2
"""Among more different texts than that, one of two letters is a code of something else: CO is Colorado among the states."""

MOSTLY = 0.9
"""The share of different texts from which a column holds words of a kind."""

_TRUTHS = ("true", "True", "TRUE", "1", "false", "False", "FALSE", "0")


def different(cells: pl.Series) -> list[str]:
    """The different cells of a column as texts without blanks around, in their order; empty ones left out."""
    texts = cells.cast(pl.String).str.strip_chars()
    return texts.filter(texts != "").unique(maintain_order=True).to_list()


def holds_states(texts: Sequence[str], schema: Schema) -> bool:
    """Whether most words of a column say how a contract stands, and some that one was written off or left."""
    if not 2 <= len(texts) <= FEW_WORDS:
        return False
    among = words_of_ours(schema, "status")
    means = [meanings("status", word, among) for word in texts]
    return sum(map(bool, means)) >= MOSTLY * len(means) and any(one and ON_BOOK not in one for one in means)


def worded(schema: Schema) -> list[str]:
    """Our columns that hold words: segments, currencies, states, truths."""
    flags = [column.name for column in schema.columns if column.kind == "flag"]
    return [name for name in ("segment", *KNOWN_WORDS) if name in schema.names] + flags


def words_in(raws: Sequence[Raw], matches: Mapping[str, Match], schema: Schema) -> dict[str, tuple[str, ...]]:
    """The different words of some of our columns in all files, sorted; none where no file has the column."""
    words: dict[str, set[str]] = {ours: set() for ours in worded(schema)}
    for batch in (batch for raw in raws for batch in _batches(raw, matches, schema)):
        for ours in words.keys() & matches.keys():
            if matches[ours].theirs in batch.columns:
                words[ours].update(different(batch[matches[ours].theirs]))
    return {ours: tuple(sorted(found)) for ours, found in words.items()}


def _batches(raw: Raw, matches: Mapping[str, Match], schema: Schema) -> Iterable[pl.DataFrame]:
    """All rows of the columns that hold words."""
    read = [matches[ours].theirs for ours in worded(schema) if ours in matches]
    names = [theirs for theirs in dict.fromkeys(read) if theirs in raw.header]
    return raw.batches(names, BATCH_ROWS) if names else ()


def foreign_words(column: Column, words: Sequence[str], schema: Schema) -> dict[str, tuple[str, ...]]:
    """The words of a column that the tape may not hold, and which of ours each would be."""
    if column.kind == "flag":
        foreign = [word for word in words if word not in _TRUTHS]
        return {word: () if (truth := truth_of(word)) is None else (str(truth).lower(),) for word in foreign}
    if column.name == "currency":
        return {
            word: meanings(column.name, word) for word in words if not (len(word) == 3 and word.isalpha() and word.isupper())
        }
    among = words_of_ours(schema, column.name)
    return proposed(column.name, words, among) if among else {}


def clear_words(words: Words) -> Guess:
    """Words of the file that are one of ours and no other."""
    values = {
        ours: {theirs: _stated(means[0]) for theirs, means in found.items() if len(means) == 1} for ours, found in words.items()
    }
    clear = {ours: found for ours, found in values.items() if found}
    return sure("values", clear, "") if clear else NONE


def _stated(meant: str) -> str | int:
    """A word of ours as a plan states it: days are a number."""
    return int(meant) if meant.isdecimal() else meant


def unread_write_offs(
    raws: Sequence[Raw], first: pl.DataFrame, matches: Mapping[str, Match], read: Collection[str], schema: Schema
) -> dict[str, str]:
    """Columns that are not ``read`` and say of some contracts that they were written off, by a word or by what they are called,
    with what they say; not of contracts whose status says so too."""
    if "status" not in schema.names or not set(OFF) & set(words_of_ours(schema, "status")):
        return {}
    few = [
        name
        for name, dtype in first.schema.items()
        if name not in read and dtype == pl.String and first[name].n_unique() <= FEW_WORDS
    ]
    codes = {name for name in few if first[name].n_unique() > _FEW_CODES}
    said: dict[str, str] = {}
    for raw in raws:
        called = [name for name in raw.header if name not in read and says_charged_off(name)]
        names = list(dict.fromkeys([*called, *(name for name in few if name in raw.header)]))
        status = [matches["status"].theirs] if "status" in matches and matches["status"].theirs in raw.header else []
        for batch in raw.batches([*names, *status], BATCH_ROWS) if names else ():
            others = batch.filter(~says_written_off(batch[status[0]], schema)) if status else batch
            for name in names:
                for text in different(others[name]):
                    by_word = says_charged_off(text) and (len(text) > _CODE or name not in codes)
                    if by_word or (name in called and _holds(text)):
                        said.setdefault(name, text)
    return said


def says_written_off(status: pl.Series, schema: Schema) -> pl.Series:
    """Where the words of a status say written off, and nothing else."""
    among = words_of_ours(schema, "status")
    texts = status.cast(pl.String).str.strip_chars()
    off = [one for one in OFF if one in among]
    clear = [word for word in different(texts) if word in off or meanings("status", word, among) in [(one,) for one in off]]
    return texts.is_in(clear).fill_null(value=False)


def _holds(text: str) -> bool:
    """Whether a cell holds anything but nil, a no, or a sign that there is nothing."""
    return bool(text.strip("0.,$¥ -/")) and text.casefold() not in (*NOTHING, "false") and truth_of(text) is not False


def written_off_elsewhere(said: Mapping[str, str], matches: Mapping[str, Match]) -> Guess:
    """The question that each of those columns is: a contract written off may not count as on book."""
    read = (
        f"see that {matches['status'].theirs} says so too, then list it in ignore"
        if "status" in matches
        else "map it to status"
    )
    return together(
        open_question(
            "status",
            f"{name} holds {text}, and is not read: {read}",
            f"status = {json.dumps(name, ensure_ascii=False)}",
            table=COLUMNS,
        )
        for name, text in said.items()
    )
