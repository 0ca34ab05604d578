"""What a run has measured of its contracts: the table of all of them, or of a run of totals only the rows that it keeps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaapbridge.run.folder import measured_kinds, measurement_files
from gaapbridge.run.samples import TOTALS_ONLY, WITH_DETAIL, measured_files
from gaapbridge.terms.errors import UnusableInput

if TYPE_CHECKING:  # an array library, which only frames need
    import polars as pl


def every_contract(run: Path, kind: str) -> pl.LazyFrame:
    """The table of one kind's contracts. Raises ``UnusableInput`` where none of it was measured, and where none is kept."""
    if not (files := measurement_files(run, kind)) and measured_files(run, kind):
        rule = f"what asks for every contract has them ({TOTALS_ONLY})"
        raise UnusableInput(file=str(run), value=kind, rule=rule, remedy=WITH_DETAIL)
    return _table(run, kind, files)


def some_contracts(run: Path, kind: str, contract_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The rows of contracts by id, read at once; one that was not measured, or is not kept, is left out."""
    files = measured_files(run, kind)
    if len(contract_ids) <= MOST_SOUGHT < len(files):
        files = tuple(sorted({file for one in contract_ids for file in _near(files, one)}))
    found = _table(run, kind, files).filter(one_of("contract_id", contract_ids)).collect()
    return {row["contract_id"]: row for row in found.iter_rows(named=True)}


def ids_beside(run: Path, kind: str, contract_id: str) -> list[str]:
    """The ids of one kind's contracts that one may stand for: of a table of many parts those of the part that would hold it."""
    files = measurement_files(run, kind)
    if len(files) > MOST_SOUGHT:
        files = tuple(_near(files, contract_id))
    return _table(run, kind, files).select("contract_id").collect()["contract_id"].to_list()


MOST_SOUGHT = 4
"""Contracts that are looked for one by one in a table of more parts than that; of more all parts are asked at once."""


def _near(files: Sequence[Path], contract_id: str) -> Sequence[Path]:
    """The part that may hold a contract: parts are cut at ids and numbered in their order, and each says its first and last.

    Where that is not so, as in a table of before, all of them.
    """
    low, high = 0, len(files) - 1
    while low < high:
        middle = (low + high) // 2
        if (ends := _ends(files[middle])) is None:
            return files
        low, high = (middle + 1, high) if contract_id > ends[1] else (low, middle)
    ends = _ends(files[low])
    return files if ends is None else files[low : low + 1]


def _ends(file: Path) -> tuple[str, str] | None:
    """The first and the last id of a part, by its statistics; None where it has none."""
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(file) as opened:
        metadata, place = opened.metadata, opened.schema_arrow.get_field_index("contract_id")
        found = [metadata.row_group(group).column(place).statistics for group in range(metadata.num_row_groups)]
    if not found or any(one is None or not one.has_min_max for one in found):
        return None
    return min(one.min for one in found), max(one.max for one in found)


def one_of(column: str, ids: Collection[str]) -> pl.Expr:
    """Whether a column holds one of some ids, given as one list: of a Python list of a hundred Polars compares each with what
    every part of a file says it holds, which takes longer than reading it."""
    import polars as pl

    return pl.col(column).is_in(pl.Series(list(ids), dtype=pl.String).implode())


def _table(run: Path, kind: str, files: Sequence[Path]) -> pl.LazyFrame:
    import polars as pl

    if not files:
        rule = f"this run measured {', '.join(measured_kinds(run))}"
        raise UnusableInput(file=str(run), value=kind, rule=rule, remedy="name one of these")
    return pl.scan_parquet(list(files), glob=False)
