"""Tapes and tables that the plan says how to read, or that lie in several files: as the run read them, under our names.

What a lender's writing means is read once: a second reader of it would be the same rules again. Their cells are still plain
text of ours or what the file holds; whether they make a contract, and what it comes to, is calculated apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.plan.reading import ReadTable
from gaapbridge.reperform.workbook import Sheet
from gaapbridge.tapes.cells import IN_THE_FILE
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.tapes.schema import Schema
from gaapbridge.terms.errors import UnusableInput

_ROWS = 20_000


@dataclass(frozen=True)
class Translated:
    """A file, or several, opened as the run opened it."""

    source: Source

    def __str__(self) -> str:
        return self.source.file

    def rows(self, id_column: str = "", ids: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
        """The rows under our names, cells as text or typed as in the file; of some ids only, found in `id_column`."""
        for batch in self.source.numbered(_ROWS):
            of_ids = batch if ids is None else batch.filter(pl.col(id_column).cast(pl.String).is_in(list(ids)))
            beside = [name for name in of_ids.columns if name.endswith(IN_THE_FILE)]
            yield from of_ids.drop("row", *beside).iter_rows(named=True)


Lying = Path | Sheet | Translated
"""Where a tape or a table of assumptions lies: in a file of our writing, on a sheet, or opened as the run opened it."""


def translated_tape(name: str, paths: Sequence[Path], described: Mapping[str, Any], entity: Mapping[str, Any]) -> Lying:
    """A tape as `described` in the plan: its path, where it is one file of our writing."""
    schema = next(tape.schema for kind in KINDS.values() for tape in kind.tapes if tape.key == name)
    if len(paths) == 1 and "read" not in described:
        return _plain(paths[0], schema)
    return _opened(paths, schema, described, described.get("read"), entity)


def translated_table(kind: str, name: str, path: Path, described: Mapping[str, Any], entity: Mapping[str, Any]) -> Lying:
    """A table of assumptions of a kind of contract; `described` says of its tables how they are read."""
    schema = next(table.schema for table in KINDS[kind].tables if table.key == name)
    if name not in described:
        return _plain(path, schema)
    stated = dict(described[name])
    names = {key: stated.pop(key) for key in ("columns", "ignore") if key in stated}
    return _opened([path], schema, names, stated, entity)


def _plain(path: Path, schema: Schema) -> Path | Sheet:
    return Sheet(path, schema.name) if path.suffix.lower() == ".xlsx" else path


def _opened(
    paths: Sequence[Path],
    schema: Schema,
    described: Mapping[str, Any],
    read: Mapping[str, Any] | None,
    entity: Mapping[str, Any],
) -> Translated:
    try:
        how = None if read is None else ReadTable.model_validate(read)
    except ValidationError as wrong:
        file = str(paths[0])
        raise UnusableInput(file=file, rule=f"a read table is one of a plan: {wrong}", remedy="restore the run") from None
    source = open_tape(
        paths[0], schema, amounts=described.get("amounts", "minor"), minor_digits=int(entity.get("minor_digits", 2)),
        columns=described.get("columns", {}), ignore=described.get("ignore", ()), read=how, currency=entity.get("currency"),
        files={str(path): path for path in paths},
    )  # fmt: skip
    return Translated(source)
