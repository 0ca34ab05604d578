"""Input rows of some contracts, kept in the run so that they can be explained when the tapes have gone.

``samples/KIND`` has a Parquet file for each tape of the kind, called by the tape (``loans.opening.parquet``), whose columns are
``file`` and ``row``, then those of its schema that it has; and ``contracts.csv``: the contracts, and what each is kept for.
``measured.parquet`` has their rows of the table of contracts in a run that keeps totals only, and so no such table.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gaapbridge.run.folder import MEASUREMENTS, SAMPLES, measurement_files
from gaapbridge.run.form import csv_text, plain_text
from gaapbridge.terms.writing import writing

if TYPE_CHECKING:  # an array library, which only writing needs
    import polars as pl

CONTRACTS = "contracts.csv"
MEASURED = "measured.parquet"
_PREFIX = "tapes."

TOTALS_ONLY = 'the run keeps totals only, [runs] detail = "totals" of its plan'
WITH_DETAIL = "close its plan again with --set runs.detail=full"
"""Why what a run has of all its contracts is not there, and what to do."""


def write_sample(run: Path, kind: str, rows: Mapping[str, pl.DataFrame], kept_for: Sequence[tuple[str, str]]) -> None:
    """Write the rows of one kind of contract, by the names of its tapes in the manifest."""
    folder = run / SAMPLES / kind
    content: dict[str, bytes] = {CONTRACTS: csv_text(("contract_id", "kept_for"), kept_for).encode()}
    for source, kept in rows.items():
        stream = io.BytesIO()
        kept.write_parquet(stream)
        content[f"{source.removeprefix(_PREFIX)}.parquet"] = stream.getvalue()
    with writing(folder):
        folder.mkdir(parents=True)
    for name, written in content.items():
        with writing(folder / name):
            (folder / name).write_bytes(written)


def keep_totals_only(run: Path, measured: Mapping[str, pl.DataFrame]) -> None:
    """Put the rows of the contracts whose input rows are kept in the place of the tables of all, by kind."""
    for kind, rows in measured.items():
        path, stream = run / SAMPLES / kind / MEASURED, io.BytesIO()
        rows.write_parquet(stream)
        with writing(path):
            path.write_bytes(stream.getvalue())
    with writing(run / MEASUREMENTS):
        shutil.rmtree(run / MEASUREMENTS)


def sample_files(run: Path, kind: str) -> dict[str, Path]:
    """The files with the rows of one kind of contract, by the name of the tape in the manifest; none where a run keeps none."""
    return {_PREFIX + path.stem: path for path in sorted((run / SAMPLES / kind).glob("*.parquet")) if path.name != MEASURED}


def measured_files(run: Path, kind: str) -> tuple[Path, ...]:
    """The files with what was measured of one kind of contract: of all, or of those with rows kept in a run of totals only."""
    kept = run / SAMPLES / kind / MEASURED
    return measurement_files(run, kind) or ((kept,) if kept.is_file() else ())


def sampled_contracts(run: Path, kind: str) -> tuple[tuple[str, str], ...]:
    """The contracts of one kind that a run keeps, and what each is kept for; none where it keeps none."""
    path = run / SAMPLES / kind / CONTRACTS
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple((plain_text(row["contract_id"]), row["kept_for"]) for row in csv.DictReader(stream))
