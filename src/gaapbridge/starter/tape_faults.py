"""What cannot be used of a file even as it is proposed to be read, by the schema of its tape."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.plan.reading import ReadTable
from gaapbridge.starter.tape_file import FIRST_ROWS, TapeFile
from gaapbridge.tapes.cells import impossible
from gaapbridge.tapes.checks import check
from gaapbridge.tapes.how import BY_COLUMN
from gaapbridge.tapes.raw import Raw
from gaapbridge.tapes.read import as_tape
from gaapbridge.tapes.schema import Circumstances, Column, Rule, Schema
from gaapbridge.terms.errors import UnusableInput


def faults_of(tape: TapeFile, raws: Sequence[Raw]) -> dict[str, str]:
    """What the schema says of the columns found, read as is proposed, in the first rows of each file: the first fault of each
    column. Columns with words that are left open are not asked, for those are told. ``raws`` are the files, open."""
    faults: dict[str, str] = {}
    unclear = {ours for ours, words in tape.words.items() if any(len(means) != 1 for means in words.values())}
    for path, raw in zip(tape.paths, raws, strict=True):
        absent = [ours for ours, match in tape.matches.items() if match.theirs not in raw.header]
        for ours in absent:
            faults.setdefault(ours, f"{path.name} has no column {tape.matches[ours].theirs}")
        dtypes = {ours: raw.dtypes[match.theirs] for ours, match in tape.matches.items() if ours not in absent}
        untyped = [ours for ours, dtype in dtypes.items() if not _typed(dtype, tape.schema.column(ours), tape)]
        for ours in untyped:
            faults.setdefault(ours, f"a column of {dtypes[ours]} holds no {tape.schema.column(ours).kind}")
        names = [*(ours for ours in tape.matches if ours not in (*absent, *untyped, *unclear)), *tape.made]
        faults = {**_broken(tape, raw, path, reduced(tape.schema, names)), **faults}
    return faults


def _typed(dtype: pl.DataType, column: Column, tape: TapeFile) -> bool:
    counted = column.kind == "date" and dtype.is_integer() and "dates" in tape.read
    return counted or not impossible(dtype, column)


def _broken(tape: TapeFile, raw: Raw, path: Path, schema: Schema) -> dict[str, str]:
    """The first fault of each column in the first rows of a file."""
    read = of_columns(tape, schema.names)
    columns = {ours: match.theirs for ours, match in tape.renamed.items() if ours in schema.names}
    try:
        source = as_tape(
            raw, path, schema, amounts=tape.amounts, columns=columns, ignore=("*",),
            read=ReadTable(**read), currency=None if tape.currency is None else tape.currency[0],
        )  # fmt: skip
        parsed = next(source.batches(FIRST_ROWS)) if source.rows else source.whole()
    except UnusableInput as unusable:
        return {unusable.column or "file": f"{unusable.rule}: {unusable.remedy}"}
    rejects = check(parsed, schema, Circumstances(), path.name).rejects
    faults: dict[str, str] = {}
    for column, value, rule in rejects.select("column", "value", "rule").iter_rows():
        faults.setdefault(column or "rows", f"{value or 'an empty cell'}: {rule}")
    return faults


def of_columns(tape: TapeFile, names: Collection[str]) -> dict[str, Any]:
    """The keys of ``read`` with what they state of some columns alone."""
    read = {key: _stated_of(value, names) if key in BY_COLUMN else value for key, value in tape.read.items()}
    return {key: value for key, value in read.items() if value or key not in BY_COLUMN}


def _stated_of(stated: Any, names: Collection[str]) -> Any:
    if isinstance(stated, dict):
        return {name: value for name, value in stated.items() if name in names}
    return [name for name in stated if name in names]


def reduced(schema: Schema, names: Collection[str]) -> Schema:
    """A schema without the columns that are not named, and without what is said of them."""
    return replace(
        schema,
        columns=tuple(column for column in schema.columns if column.name in names),
        rules=tuple(rule for rule in schema.rules if _read_by(rule) <= set(names)),
        key=tuple(name for name in schema.key if name in names),
        once=schema.once if set(schema.once) <= set(names) else (),
        identity=schema.identity if schema.identity in names else None,
        amount=schema.amount if schema.amount in names else None,
    )


def _read_by(rule: Rule) -> set[str]:
    """The columns that a rule is about, shows or reads."""
    broken = rule.broken(Circumstances())
    return {rule.column, *rule.beside, *(() if broken is None else broken.meta.root_names())}
