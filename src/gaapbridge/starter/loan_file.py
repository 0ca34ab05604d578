"""A lender's own loan tape at first sight: which of its columns are which of ours, how it states money, what is wrong.

Only the header and the first rows are looked at, and of all rows the words of a few columns. Everything here is a guess
that the lender reads again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.starter.names import Match, matched
from gaapbridge.starter.words import KNOWN_WORDS, foreign, meanings
from gaapbridge.tapes.cells import Reading, convert, impossible
from gaapbridge.tapes.checks import check
from gaapbridge.tapes.raw import Raw
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Amounts, Circumstances, Column, Schema
from gaapbridge.terms.errors import UnusableInput

FIRST_ROWS = 1_000
"""Rows that are looked at."""

_DECIMALS = r"^-?[0-9]*\.([0-9]*[1-9]|[0-9]{2,})[0-9]*$"
"""Decimals that say something: a whole number of minor units may well be written ``500.0``, but not ``500.00``."""


@dataclass(frozen=True)
class LoanFile:
    """What a loan tape seems to hold.

    ``decimal`` is a column and a cell of it that show money in major units, None where none does; ``faults`` say, by our
    column, what cannot be used in the first rows; ``currency`` is stated where the first rows have a single one. Of all rows:
    ``segments``, and ``words`` that a tape may not hold, by our column, with those of ours that each would be.
    """

    path: Path
    matches: Mapping[str, Match]
    unread: tuple[str, ...]
    decimal: tuple[str, str] | None
    currency: str | None
    segments: tuple[str, ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    faults: Mapping[str, str]

    @property
    def amounts(self) -> Amounts:
        """How the file seems to state money."""
        return "minor" if self.decimal is None else "major"

    @property
    def missing(self) -> tuple[Column, ...]:
        """Columns that a loan tape must have and this one does not seem to."""
        return tuple(column for column in LOANS.columns if column.required and column.name not in self.matches)

    @property
    def defaulted(self) -> tuple[Column, ...]:
        """Columns that a loan tape may have and this one does not seem to."""
        return tuple(column for column in LOANS.columns if not column.required and column.name not in self.matches)

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "file": str(self.path),
            "columns": {ours: match.theirs for ours, match in self.matches.items()},
            "guessed": {ours: match.why for ours, match in self.matches.items()},
            "amounts": self.amounts,
            "currency": self.currency,
            "missing": [column.name for column in self.missing],
            "defaulted": {column.name: column.default for column in self.defaulted},
            "ignored": list(self.unread),
            "segments": list(self.segments),
            "words": {ours: {theirs: list(means) for theirs, means in words.items()} for ours, words in self.words.items()},
            "faults": dict(self.faults),
        }


def look_at(path: Path) -> LoanFile:
    """A loan tape at first sight. Raises ``UnusableInput`` for a file that cannot be read as a table at all."""
    raw = open_tape(path, replace(LOANS, columns=()), ignore=("*",)).raw
    first = next(raw.batches(raw.header, FIRST_ROWS))

    def fits(ours: str, theirs: str) -> bool:
        return _readable(first[theirs], LOANS.column(ours), raw)

    matches = matched(raw.header, LOANS.names, fits)
    if not matches:
        raise UnusableInput(
            file=path.name,
            row="header",
            value=", ".join(raw.header),
            rule="some columns are ones of a loan tape, under their own names or common other ones",
            remedy="name the file of the loans, or give its columns names of docs/reference/tapes.md",
        )
    taken = {match.theirs for match in matches.values()}
    decimal = _decimal(first, matches)
    amounts: Amounts = "minor" if decimal is None else "major"
    currencies = _words([first], matches, ("currency",))["currency"]
    texts = [matches[ours].theirs for ours in ("segment", *KNOWN_WORDS) if ours in matches]
    worded = _words(raw.batches(texts, None) if texts else (), matches, ("segment", *KNOWN_WORDS))
    words = {ours: found for ours in KNOWN_WORDS if (found := foreign(ours, worded[ours]))}
    return LoanFile(
        path=path,
        matches=matches,
        unread=tuple(name for name in raw.header if name not in taken),
        decimal=decimal,
        currency=currencies[0] if len(currencies) == 1 else None,
        segments=worded["segment"],
        words=words,
        faults={**_per_cent(first, matches), **_faults(path, raw, matches, amounts, words)},
    )


def _readable(cells: pl.Series, column: Column, raw: Raw) -> bool:
    """Whether most cells could be what our column holds; where it holds words, one of ours or of the trade."""
    if impossible(cells.dtype, column):
        return False
    if column.name in KNOWN_WORDS:
        words = cells.cast(pl.String).drop_nulls().to_list()
        return 2 * sum(bool(meanings(column.name, word)) for word in words) >= max(len(words), 1)
    converted = convert(cells, column, Reading("major", workbook=raw.workbook))
    given = cells.len() - cells.null_count()
    return 2 * (converted.len() - converted.null_count()) >= max(given, 1)


def _decimal(first: pl.DataFrame, matches: Mapping[str, Match]) -> tuple[str, str] | None:
    """The first column of money that has a cell with decimals, and the cell."""
    for ours, match in matches.items():
        cells = first[match.theirs]
        if LOANS.column(ours).kind != "minor":
            continue
        if cells.dtype.is_float() or cells.dtype.is_decimal():
            broken = cells.filter((cells - cells.floor()).fill_null(0) != 0)
        else:
            broken = cells.cast(pl.String).filter(cells.cast(pl.String).str.contains(_DECIMALS).fill_null(False))
        if broken.len():
            return match.theirs, str(broken[0])
    return None


def _words(batches: Iterable[pl.DataFrame], matches: Mapping[str, Match], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The different words of some of our columns, sorted; none where the file does not have the column."""
    words: dict[str, set[str]] = {ours: set() for ours in names}
    for batch in batches:
        for ours in words.keys() & matches.keys():
            words[ours].update(batch[matches[ours].theirs].unique().drop_nulls().cast(pl.String).to_list())
    return {ours: tuple(sorted(found)) for ours, found in words.items()}


def _faults(
    path: Path, raw: Raw, matches: Mapping[str, Match], amounts: Amounts, foreign_in: Collection[str]
) -> dict[str, str]:
    """What the schema of a loan tape says of the columns found, in the first rows: the first fault of each column.

    Rules on a column of foreign words are left out, for what those break is told with the words they would be.
    """
    types = {ours: raw.dtypes[match.theirs] for ours, match in matches.items()}
    untyped = [ours for ours, dtype in types.items() if impossible(dtype, LOANS.column(ours))]
    faults = {ours: f"a column of {types[ours]} holds no {LOANS.column(ours).kind}" for ours in untyped}
    reduced = _reduced([ours for ours in matches if ours not in untyped], foreign_in)
    columns = {ours: matches[ours].theirs for ours in reduced.names}
    source = open_tape(path, reduced, amounts=amounts, columns=columns, ignore=("*",))
    rejects = check(next(source.batches(FIRST_ROWS)), reduced, Circumstances(), path.name).rejects
    for column, value, rule in rejects.select("column", "value", "rule").iter_rows():
        faults.setdefault(column, f"{value or 'an empty cell'}: {rule}")
    return faults


def _per_cent(first: pl.DataFrame, matches: Mapping[str, Match]) -> dict[str, str]:
    """The fault of rates that are admissible and yet hardly fractions: 5.9 would be 590 %."""
    if "annual_rate" not in matches:
        return {}
    rates = convert(first[matches["annual_rate"].theirs], LOANS.column("annual_rate"), Reading()).drop_nulls()
    above = rates.filter(rates > 1.0)
    return {"annual_rate": f"{above[0]}: a rate is a fraction, 18 % is 0.18"} if 2 * above.len() > rates.len() else {}


def _reduced(names: Collection[str], without_rules: Collection[str]) -> Schema:
    """The schema of a loan tape without the columns that a file does not have, and without what is said of them or of some
    others.
    """
    ruled = set(names) - set(without_rules)
    return replace(
        LOANS,
        columns=tuple(column for column in LOANS.columns if column.name in names),
        rules=tuple(rule for rule in LOANS.rules if {rule.column, *rule.beside} <= ruled),
        key=tuple(name for name in LOANS.key if name in names),
        identity=LOANS.identity if LOANS.identity in names else None,
        amount=LOANS.amount if LOANS.amount in names else None,
    )
