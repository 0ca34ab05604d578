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
    found = _table(run, kind, measured_files(run, kind)).filter(one_of("contract_id", contract_ids)).collect()
    return {row["contract_id"]: row for row in found.iter_rows(named=True)}


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
