"""Holding rows against their schema: the good ones go on, of the others every broken rule is named.

A chunk without a break costs one pass over its columns; only rows that break something are written
down, with each rule they break. Nothing is dropped, clipped or filled: a default applies to an empty
cell of a column that declares one, and every row read is either good or rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from gaapbridge.tapes.cells import NO_BAD_CELLS, Parsed, as_written, empty_cells_of
from gaapbridge.tapes.schema import UNSEEN, Circumstances, Rule, Schema
from gaapbridge.terms import UnusableInput

REJECTS = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "column": pl.String(),
        "value": pl.String(),
        "rule": pl.String(),
        "remedy": pl.String(),
        "contract_id": pl.String(),
        "amount_minor": pl.Int64(),
    }
)
"""One row for each rule that a rejected row breaks; `row` counts data rows from 1, the header excluded."""

NO_REJECTS = pl.DataFrame(schema=REJECTS)
"""The rejects of rows that are all good."""

_Tested = tuple[Rule, pl.Expr]
"""A rule with the expression that is true of a row that breaks it."""


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """What was read and what of it was rejected, in rows and in the amount of the schema.

    `amount_minor` and `rows` include the rejected ones, so that they compare with the lender's control
    totals; a rejected row whose amount cannot be read counts as 0.

    >>> ControlTotals(2, 300, 1, 100) + ControlTotals(1, 50, 0, 0)
    ControlTotals(rows=3, amount_minor=350, rejected_rows=1, rejected_amount_minor=100)
    """

    rows: int = 0
    amount_minor: int = 0
    rejected_rows: int = 0
    rejected_amount_minor: int = 0

    def __add__(self, other: ControlTotals) -> ControlTotals:
        return ControlTotals(
            self.rows + other.rows,
            self.amount_minor + other.amount_minor,
            self.rejected_rows + other.rejected_rows,
            self.rejected_amount_minor + other.rejected_amount_minor,
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows held against their schema: `good` in the schema's exact columns, `rejects` (`REJECTS`).

    `good` has every column of the schema in its order and first `row`, the data row in the file.
    `amount` names the column that weighs a row, None where the schema has none.
    """

    good: pl.DataFrame
    rejects: pl.DataFrame
    amount: str | None = None

    def totals(self) -> ControlTotals:
        """Rows and amounts, in exact integers."""
        kept = exact_sum(self.good[self.amount]) if self.amount else 0
        if self.rejects.is_empty():  # nearly always
            return ControlTotals(self.good.height, kept)
        rejected = self.rejects.unique("row")
        refused = sum(rejected["amount_minor"].drop_nulls().to_list())
        return ControlTotals(self.good.height + rejected.height, kept + refused, rejected.height, refused)


def check(
    parsed: Parsed,
    schema: Schema,
    circumstances: Circumstances,
    file: str,
    *,
    in_order: bool = False,
) -> Checked:
    """The rows of a batch held against the schema in the circumstances.

    `in_order`: the rows are known to lie in the order of their identity, of which each has its own where that is the key.
    """
    frame = with_defaults(parsed.frame, schema)
    applied = _applied(_concerned(frame, schema.rules), circumstances)
    fired = [*_empty(frame, schema), *_broken(frame, [*_blank(schema, applied), *_unseen(frame, schema), *applied])]
    repeated = _repeated(frame, schema, circumstances, in_order)
    if not fired and repeated is None and parsed.bad.is_empty():
        return _all_good(frame, schema)
    named = [parsed.bad, *_all_named(frame, fired, circumstances, parsed.bad)]
    if repeated is not None:
        rule = _unique(schema.key) if schema.key else _once(schema)
        named.append(_named(frame.filter(repeated), rule, pl.lit(True), circumstances, parsed.bad))
    checked = _parted(frame, named, schema, file)
    return replace(checked, rejects=as_written(checked.rejects, parsed.written))


def check_across(frame: pl.DataFrame, schema: Schema, rules: Sequence[Rule], file: str) -> Checked:
    """Good rows of a tape held against rules that look at other tapes.

    Beside the schema's columns the frame has those that the rules compare with; they do not go on.
    """
    circumstances, bad = Circumstances(), NO_BAD_CELLS
    fired = _broken(frame, _applied(rules, circumstances))
    good = frame.select("row", *schema.names)
    if not fired:
        return _all_good(good, schema)
    return _parted(good, [_named(frame, rule, broken, circumstances, bad) for rule, broken in fired], schema, file)


def refusal(rejects: pl.DataFrame, *, of_rule: str = "", of_remedy: str = "") -> UnusableInput:
    """The first of some rejects, where a file of which rows are rejected cannot be used; texts added to its rule and remedy."""
    first = rejects.row(0, named=True)
    return UnusableInput(
        file=first["file"],
        row=str(first["row"]),
        column=first["column"],
        value=first["value"],
        rule=first["rule"] + of_rule,
        remedy=first["remedy"] + of_remedy,
    )


def with_defaults(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The frame in the schema's columns and order, `row` first; defaults in absent and empty cells."""
    chosen: list[pl.Expr] = [pl.col("row")]
    empty_cells = empty_cells_of(frame)
    for column in schema.columns:
        if column.name not in empty_cells:
            chosen.append(pl.lit(column.default, dtype=column.dtype).alias(column.name))
        elif column.default is not None and empty_cells[column.name]:
            chosen.append(pl.col(column.name).fill_null(pl.lit(column.default, dtype=column.dtype)))
        else:
            chosen.append(pl.col(column.name))
    return frame.select(chosen)


def exact_sum(amounts: pl.Series) -> int:
    """The sum of an int64 column as a Python integer; a 64-bit sum would wrap without a word.

    >>> exact_sum(pl.Series([2**62, 2**62, 2**62])) == 3 * 2**62
    True
    """
    given = (amounts.drop_nulls() if amounts.null_count() else amounts).to_numpy()
    return (int((given >> 32).sum()) << 32) + int((given & np.int64(0xFFFFFFFF)).sum())


def _all_good(frame: pl.DataFrame, schema: Schema) -> Checked:
    return Checked(frame, NO_REJECTS, schema.amount)


def _parted(frame: pl.DataFrame, named: list[pl.DataFrame], schema: Schema, file: str) -> Checked:
    """The rows that break nothing, and the others as rejects."""
    broken_rules = pl.concat(named)
    good = frame.filter(~frame["row"].is_in(broken_rules["row"].implode()))
    return Checked(good, _as_rejects(broken_rules, frame, schema, file), schema.amount)


def _concerned(frame: pl.DataFrame, rules: Sequence[Rule]) -> list[Rule]:
    """The rules that some row may break: where every cell of a column is empty, those of giving one alone."""
    empty = {cells.name for cells in frame.get_columns() if cells.null_count() == frame.height}
    return [rule for rule in rules if rule.of_giving or rule.column not in empty]


def _applied(rules: Sequence[Rule], circumstances: Circumstances) -> list[_Tested]:
    return [(rule, broken) for rule in rules if (broken := rule.broken(circumstances)) is not None]


def _empty(frame: pl.DataFrame, schema: Schema) -> list[_Tested]:
    """The rule that a required cell is given, of each column where one is not and no rule of its own says so."""
    own = {rule.column for rule in schema.rules if rule.of_giving}
    return [
        (_given(column.name), pl.col(column.name).is_null())
        for column in schema.columns
        if column.required and column.name not in own and frame[column.name].null_count()
    ]


def _blank(schema: Schema, applied: list[_Tested]) -> list[_Tested]:
    """The rule that a required text starts with a visible character, of each that no other rule looks at."""
    ruled = {rule.column for rule, _ in applied}
    return [
        (_not_blank(column.name), pl.col(column.name) < "!")
        for column in schema.columns
        if column.required and column.kind == "text" and column.name not in ruled
    ]


def _unseen(frame: pl.DataFrame, schema: Schema) -> list[_Tested]:
    """The rule that an id has nothing in it that no eye sees: another that looks the same would be another contract. No such
    sign has one byte, as all have of nearly every id."""
    name = schema.identity
    if name is None or schema.column(name).kind != "text":
        return []
    signs = pl.col(name).str
    if frame.select(signs.len_bytes().sum() == signs.len_chars().sum()).item():
        return []
    rule = Rule(
        f"{name}_seen",
        name,
        f"{name} has no sign that is not seen (U+200B, U+2060, U+FEFF, or U+00AD, a soft hyphen)",
        f'take it out of the id, which looks like another without it; around an id, trim = ["{name}"] in the read table does',
        lambda _: None,
    )
    return [(rule, pl.col(name).str.contains(f"[{UNSEEN}]"))]


def _broken(frame: pl.DataFrame, applied: list[_Tested]) -> list[_Tested]:
    """Those of the rules that some row of the frame breaks."""
    if not applied or frame.is_empty():
        return []
    bounded = sorted({rule.column for rule, _ in applied if rule.bounds is not None})
    ends: dict[str, tuple[Any, Any]] = {name: (frame[name].min(), frame[name].max()) for name in bounded}
    others = {index: broken for index, (rule, broken) in enumerate(applied) if rule.bounds is None}
    seen = frame.select(broken.any().alias(str(index)) for index, broken in others.items()).row(0, named=True) if others else {}
    fired: list[_Tested] = []
    for index, (rule, broken) in enumerate(applied):
        if rule.bounds is None:
            breaks = seen[str(index)]
        else:
            lowest, highest = ends[rule.column]
            breaks = lowest is not None and (lowest < rule.bounds[0] or highest > rule.bounds[1])
        if breaks:
            fired.append((rule, broken))
    return fired


def _given(name: str) -> Rule:
    return Rule(f"{name}_given", name, f"{name} is given in every row", "fill the cell", lambda _: None)


def _not_blank(name: str) -> Rule:
    return Rule(
        f"{name}_not_blank",
        name,
        f"{name} starts with a visible character",
        "fill the cell, or cut the spaces",
        lambda _: None,
    )


def _repeated(frame: pl.DataFrame, schema: Schema, circumstances: Circumstances, in_order: bool) -> pl.Series | None:
    """Where the key of the schema stands more than once, or a row without a key again; None where that is nowhere."""
    if not schema.key:
        return _again(frame, schema, in_order, circumstances.counts_same) if schema.once else None
    if in_order and schema.key == (schema.identity,):
        return None
    repeated = frame.select(schema.key).is_duplicated()
    if not repeated.any():
        return None
    for name in schema.key:
        repeated &= frame[name].is_not_null()
    return repeated if repeated.any() else None


def _again(frame: pl.DataFrame, schema: Schema, in_order: bool, counts_same: bool) -> pl.Series | None:
    """Where a row stands that is the same as one before it, or, where those without a number all count, has its number; None
    where that is nowhere. Whole rows are compared only where the
    columns that mostly tell them apart do not."""
    if in_order and _later(frame, *schema.once):
        return None
    alike = frame.select(schema.once).is_duplicated()
    if counts_same and schema.number is not None:
        alike &= frame[schema.number].is_not_null()
    if not alike.any():
        return None
    candidates = frame.filter(alike)
    again = candidates.filter(~candidates.select(pl.struct(schema.names).is_first_distinct()).to_series())
    return frame["row"].is_in(again["row"].implode()) if again.height else None


def _later(frame: pl.DataFrame, identity: str, day: str) -> bool:
    """Whether of rows in the order of their identity each is of a later day than the one before it, or of another identity:
    identities are compared only where days do not rise."""
    days, ids = frame[day].to_numpy(), frame[identity]
    places = np.flatnonzero(~(days[1:] > days[:-1])) + 1  # the first row has none before it; an empty day is above none
    return not (ids[places] == ids[places - 1]).any()


def _unique(key: tuple[str, ...]) -> Rule:
    return Rule(
        "key_unique",
        key[0],
        f"{' and '.join(key)} stands once on the tape" if len(key) == 1 else f"{', '.join(key)} stand together once",
        "leave one of the rows, or tell them apart",
        lambda _: None,
        beside=key[1:],
    )


def _once(schema: Schema) -> Rule:
    numbered = (
        f', or give each its number in {schema.number}; where rows without may both have happened, state same_rows = "counted"'
        if schema.number
        else ""
    )
    return Rule(
        "row_once",
        schema.once[0],
        "a row stands once on the tape",
        f"leave one of the rows that are the same; add up what did happen twice{numbered}",
        lambda _: None,
        beside=tuple(name for name in schema.names if name != schema.once[0]),
    )


def _all_named(
    frame: pl.DataFrame, fired: Sequence[_Tested], circumstances: Circumstances, bad: pl.DataFrame
) -> list[pl.DataFrame]:
    """The rows that break each rule, but none for a rule that compares with a cell which breaks a rule of its own."""
    named = [(rule, _named(frame, rule, broken, circumstances, bad)) for rule, broken in fired]
    alone = pl.concat([bad.clear(), *(rows for rule, rows in named if not rule.beside)])
    return [
        rows.filter(~pl.col("row").is_in(alone.filter(pl.col("column").is_in(rule.beside))["row"].implode()))
        for rule, rows in named
    ]


def _named(frame: pl.DataFrame, rule: Rule, broken: pl.Expr, circumstances: Circumstances, bad: pl.DataFrame) -> pl.DataFrame:
    """The rows that break one rule, as a report (`BAD_CELLS`); not those in which it saw a bad cell as an empty one."""
    column = pl.col("column")
    blind = bad.filter(column.is_null() | column.is_in([rule.column, *rule.beside]))["row"]
    value = pl.col(rule.column).cast(pl.String).fill_null("")
    for other in rule.beside:
        value = value + pl.format(" ({} {})", pl.lit(other), pl.col(other).cast(pl.String).fill_null("empty"))
    breaking = frame.filter(broken & ~pl.col("row").is_in(blind.implode()))
    return breaking.rechunk().select(  # Polars cannot format a column that lies in more chunks than it has rows
        "row",
        pl.lit(rule.column).alias("column"),
        value.str.strip_chars_start().alias("value"),
        pl.lit(rule.sentence.format(**circumstances.words())).alias("rule"),
        pl.lit(rule.remedy).alias("remedy"),
    )


def _as_rejects(named: pl.DataFrame, frame: pl.DataFrame, schema: Schema, file: str) -> pl.DataFrame:
    identity = pl.col(schema.identity) if schema.identity else pl.lit(None, dtype=pl.String)
    shifted = pl.col("row").is_in(named.filter(pl.col("column").is_null())["row"].implode())
    amount = pl.when(~shifted).then(pl.col(schema.amount)) if schema.amount else pl.lit(None, dtype=pl.Int64)
    owners = frame.filter(pl.col("row").is_in(named["row"].implode())).select(
        "row", identity.alias("contract_id"), amount.alias("amount_minor")
    )
    return (
        named.join(owners, on="row", how="left", maintain_order="left")
        .sort("row", maintain_order=True)
        .select(pl.lit(file).alias("file"), *[pl.col(name) for name in REJECTS.names()[1:]])
    )
