"""A tape in several files: found by what the plan names, read as one, and its rows found again in the file they stand in.

The first file has the name of the tape among the sources of a run, the others that name with their number:
`tapes.loans.closing`, `tapes.loans.closing.2`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

import polars as pl

from gaapbridge.tapes.opening import ENDINGS
from gaapbridge.tapes.raw import Raw
from gaapbridge.terms import UnusableInput

Member = TypeVar("Member")

_PATTERN = "*?["
_HIDDEN = (".", "_")


def found(folder: Path, stated: str | Sequence[str], endings: Sequence[str] = ENDINGS) -> list[Path]:
    """The files that a plan names from its folder: one, all of a pattern or of a folder in the order of their names, or those
    of a list in its order. Raises ``UnusableInput`` where there are none, one is named twice, by whatever path, or a folder
    holds files of other ``endings``."""
    names = [stated] if isinstance(stated, str) else stated
    paths = [path for name in names for path in _found(folder, name, endings)]
    seen: dict[Path, Path] = {}
    for path in paths:
        if (first := seen.setdefault(path.resolve(), path)) is not path:
            name, other = os.path.relpath(path, folder), os.path.relpath(first, folder)
            value = None if name == other else f"{other} is the same file"
            rule, remedy = "a tape names each of its files once", "remove it from the list"
            raise UnusableInput(file=name, value=value, rule=rule, remedy=remedy)
    return paths


def _found(folder: Path, name: str, endings: Sequence[str]) -> list[Path]:
    path = _without_ups(folder / name)
    if path.is_dir():
        return _files_in(path, name, endings)
    if path.exists() or not any(mark in name for mark in _PATTERN):
        return [path]
    matching = _matching(path)
    if not matching:
        raise UnusableInput(file=name, rule="a pattern finds files", remedy="correct the pattern, or put the files there")
    return matching


def _matching(path: Path) -> list[Path]:
    """The files of a pattern, in which folders may be left open too, as in ``history/*/*.parquet``; hidden ones aside."""
    place = next(number for number, part in enumerate(path.parts) if any(mark in part for mark in _PATTERN))
    base, rest = Path(*path.parts[:place]), Path(*path.parts[place:])
    inside = (one for one in base.glob(str(rest)) if one.is_file())
    return sorted(one for one in inside if not any(part.startswith(_HIDDEN) for part in one.relative_to(base).parts))


def _without_ups(path: Path) -> Path:
    """A path by which a file may be called: a ``..`` behind a link leads elsewhere than to the folder above its name."""
    plain = Path(os.path.normpath(path))
    return plain if ".." not in path.parts or plain.resolve() == path.resolve() else path.resolve()


def _files_in(folder: Path, name: str, endings: Sequence[str]) -> list[Path]:
    """The files of a folder and of those in it, all of one ending; hidden ones and marks of their writer aside."""
    inside = (one for one in folder.rglob("*") if one.is_file())
    files = sorted(one for one in inside if not any(part.startswith(_HIDDEN) for part in one.relative_to(folder).parts))
    there = sorted({one.suffix.lower() or one.name for one in files})
    if len(there) != 1 or there[0] not in endings:
        raise UnusableInput(
            file=name,
            value=" and ".join(there) or "no file",
            rule=f"a folder of a tape has files of one ending: {', '.join(endings)}",
            remedy='name the files in a list, or by a pattern as in "folder/*.csv"',
        )
    return files


def named(source: str, paths: Sequence[Member]) -> dict[str, Member]:
    """The files of a tape, or the queries in their place, by their names among the sources of a run.

    >>> named("tapes.events", [Path("a.csv"), Path("b.csv")])
    {'tapes.events': PosixPath('a.csv'), 'tapes.events.2': PosixPath('b.csv')}
    """
    return {source if number == 1 else f"{source}.{number}": path for number, path in enumerate(paths, start=1)}


def others(paths: Mapping[str, Path], source: str) -> list[Path]:
    """The files of a tape after its first, among the sources of a run."""
    numbered = (f"{source}.{number}" for number in range(2, len(paths) + 1))
    return [paths[name] for name in numbered if name in paths]


def tape_of(name: str) -> str:
    """The tape of which a source is a file.

    >>> tape_of("tapes.loans.closing.2"), tape_of("tapes.events")
    ('tapes.loans.closing', 'tapes.events')
    """
    first, _, last = name.rpartition(".")
    return first if last.isdigit() else name


def as_one(files: Sequence[Raw], file: str) -> Raw:
    """Several files as one, called ``file``: their rows one after the other. Raises ``UnusableInput`` where their headers or
    the types of their columns differ."""
    if len(files) == 1:
        return files[0]
    dtypes = dict(files[0].dtypes)
    for raw in files[1:]:
        _refuse_other_header(raw, files[0])
        for name, dtype in raw.dtypes.items():
            dtypes[name] = dtype if dtypes[name] == pl.Null() else dtypes[name]
            if dtype not in (dtypes[name], pl.Null()):
                raise UnusableInput(
                    file=raw.file, row="header", column=name, value=f"type {dtype}",
                    rule=f"a column has one type in all files of a tape, {dtypes[name]} in {files[0].file}",
                    remedy="write the files again with one type",
                )  # fmt: skip

    def batches(names: Sequence[str], rows: int | None) -> Iterator[pl.DataFrame]:
        for raw in files:
            for batch in raw.batches(names, rows):
                yield batch.cast({name: dtypes[name] for name in names if batch.schema[name] == pl.Null()})

    starts = [0, *accumulate(raw.rows for raw in files)]
    spoiled = [raw.spoiled.with_columns(pl.col("row") + start) for raw, start in zip(files, starts, strict=False)]
    return replace(
        files[0], file=file, dtypes=dtypes, rows=starts[-1], batches=batches, spoiled=pl.concat(spoiled),
        workbook=any(raw.workbook for raw in files), groups=(), left_out=sum(raw.left_out for raw in files),
        members=tuple((raw.file, raw.rows) for raw in files), cut=tuple(cut for raw in files for cut in raw.cut),
    )  # fmt: skip


def _refuse_other_header(raw: Raw, first: Raw) -> None:
    for name, where in _only_in(first.header, raw.header, raw.file, first.file):
        raise UnusableInput(
            file=raw.file,
            row="header",
            column=name,
            value=f"only in {where}",
            rule=f"all files of a tape have the columns of {first.file}",
            remedy="export the files alike, or name them as tapes of their own",
        )


def _only_in(first: Iterable[str], other: Iterable[str], file: str, first_file: str) -> Iterator[tuple[str, str]]:
    yield from ((name, first_file) for name in first if name not in other)
    yield from ((name, file) for name in other if name not in first)


def located(rows: pl.DataFrame, file: str, members: Sequence[tuple[str, int]]) -> pl.DataFrame:
    """Rows of a tape (``file``, ``row``) by the file of it in which they stand, and their number there."""
    if not members or rows.is_empty():
        return rows
    starts = [0, *accumulate(count for _, count in members)][:-1]
    place = pl.Series(starts).search_sorted(rows["row"] - 1, side="right") - 1
    here = pl.col("file") == file
    names = pl.Series([name for name, _ in members])[place.cast(pl.Int64)]
    numbers = rows["row"] - pl.Series(starts)[place.cast(pl.Int64)]
    return rows.with_columns(
        pl.when(here).then(names).otherwise("file").alias("file"), pl.when(here).then(numbers).otherwise("row").alias("row")
    )
