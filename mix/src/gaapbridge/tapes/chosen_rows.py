"""Which rows of a file are its content: not those of totals, nor those of a kind that the plan leaves to another tape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from gaapbridge.tapes.how import How
from gaapbridge.tapes.raw import BATCH_ROWS, Raw
from gaapbridge.terms import UnusableInput, nearest

_MIDNIGHT = r" 00:00:00(\.0+)?$"
_BLANK = r"^[\s\u{00A0}\u{FEFF}]*$"


@dataclass(frozen=True)
class Apart:
    """What is left out of a file: its rows of ``totals``, numbered, as the file has them, and the number of ``others`` by the
    word of their kind."""

    totals: pl.DataFrame = field(default_factory=pl.DataFrame)
    others: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ChosenRows:
    """How the rows of content are told: ``totals`` has by the columns that make one of ours the texts of a row of totals, and
    ``kinds`` by a column of the file the words of kinds that are taken, and of those that are left out."""

    totals: Mapping[tuple[str, ...], Sequence[str]]
    kinds: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    empty: Sequence[str]

    @property
    def columns(self) -> list[str]:
        """The columns of the file that are looked at."""
        return [*dict.fromkeys([*(name for names in self.totals for name in names), *self.kinds])]

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows of content among some."""
        content = rows.filter(~self._is_total()) if self.totals else rows
        return content.filter(self._is_taken()) if self.kinds else content

    def apart(self, raw: Raw, beside: Mapping[str, str]) -> Apart:
        """The rows of a file that are left out, those of totals with some columns ``beside``. Raises ``UnusableInput`` at a
        word of a kind that is neither taken nor left out."""
        if not self.columns:
            return Apart()
        totals, others, done = [], Counter[str](), 0
        for batch in raw.batches([*dict.fromkeys([*self.columns, *beside.values()])], BATCH_ROWS):
            rows = numbered(batch, done)
            done += batch.height
            if self.totals:
                totals.append(rows.filter(self._is_total()))
                rows = rows.filter(~self._is_total())
            if self.kinds:
                self._refuse_unknown(rows, raw.file)
                left = rows.filter(~self._is_taken()).select(self._left().alias("word"))["word"]
                others.update(left.to_list())
        return Apart(pl.concat(totals) if totals else pl.DataFrame(), dict(others))

    def _is_total(self) -> pl.Expr:
        """Where a row is one of totals, by what stands in some of its columns: one text, or one of several."""
        return pl.all_horizontal(
            given(names, self.empty).str.strip_chars().is_in(list(texts)).fill_null(value=False)
            for names, texts in self.totals.items()
        )

    def _is_taken(self) -> pl.Expr:
        return pl.all_horizontal(_word(name).is_in(list(taken)) for name, (taken, _) in self.kinds.items())

    def _left(self) -> pl.Expr:
        """The word for which a row is left out."""
        return pl.coalesce(pl.when(_word(name).is_in(list(left))).then(_word(name)) for name, (_, left) in self.kinds.items())

    def _refuse_unknown(self, rows: pl.DataFrame, file: str) -> None:
        for name, (taken, left) in self.kinds.items():
            unknown = rows.filter(~_word(name).is_in([*taken, *left]))
            if unknown.height:
                word = unknown.select(_word(name)).item(0, 0)
                known = sorted({*taken, *left})
                near = nearest(word, known)
                meant = f", as {near[0]} is" if near else ""
                raise UnusableInput(
                    file=file, row=str(unknown["row"][0]), column=name, value=word or "an empty cell",
                    rule=f"a kind of row is taken or left out; the plan knows {', '.join(known)}",
                    remedy=f"add it to read.only or to read.left_out of the plan{meant}",
                )  # fmt: skip


def chosen_rows(how: How, sources: Mapping[str, tuple[str, ...]]) -> ChosenRows:
    """How the rows of content of a file are told; ``sources`` are the columns that make ours."""
    texts = {sources[ours]: (one,) if isinstance(one, str) else tuple(one) for ours, one in how.total_where.items()}
    kinds = {name: (frozenset(taken), frozenset(how.left_out.get(name, ()))) for name, taken in how.only.items()}
    return ChosenRows(texts, kinds, how.empty)


def given(names: Sequence[str], empty: Sequence[str], timestamps: Collection[str] = ()) -> pl.Expr:
    """What stands in the first of some columns that holds anything: empty cells are those that hold nothing, blanks or what the
    plan calls empty. Of ``timestamps`` at midnight it is the day."""
    return pl.coalesce(_given(name, empty, name in timestamps) for name in names)


def _given(name: str, empty: Sequence[str], timestamp: bool) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    if timestamp:
        text = text.str.replace(_MIDNIGHT, "")
    nothing = text.str.contains(_BLANK)
    if empty:
        nothing |= text.str.strip_chars().is_in(list(empty))
    return pl.when(~nothing).then(text)


def _word(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).str.strip_chars().fill_null("")


def numbered(batch: pl.DataFrame, done: int) -> pl.DataFrame:
    """Rows of a file with their number in it, below some that went before."""
    return batch.with_columns(pl.int_range(done + 1, done + batch.height + 1, dtype=pl.Int64).alias("row"))
