"""The lender whose tapes are exported: the example lender, complete with its ledger, curves and plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from gaapbridge.example.demo import measured_year_ends
from gaapbridge.example.lender import INSTANTS, ExampleFiles, complete_ledger, write_example

OPENING, CLOSING = INSTANTS[-2:]


@dataclass(frozen=True)
class Lender:
    """The truth: clean tapes by kind and instant, in our columns and minor units, and the ledger by account and instant.

    `files` are the lender's folder and plans; the plan of 2023 closes as it is.
    """

    files: ExampleFiles
    tapes: Mapping[tuple[str, date], pl.DataFrame]
    ledger: Mapping[date, pl.DataFrame]


def small_lender(folder: Path, loans: int = 5_000, seed: int = 20231231) -> Lender:
    """The lender written into the folder; it has originated so many loans, and guarantees half as many again."""
    files = write_example(folder, loans=loans, seed=seed)
    complete_ledger(files.folder, measured_year_ends(files))
    by_kind = {"loans": files.tapes, "guarantees": files.guarantees, "guarantee_fees": files.guarantee_fees}
    return Lender(
        files,
        {
            (kind, instant): _exact(pl.read_parquet(paths[instant]))
            for kind, paths in by_kind.items()
            for instant in (OPENING, CLOSING)
        },
        {
            instant: pl.read_csv(files.trial_balances[instant], schema_overrides={"account": pl.String})
            for instant in (OPENING, CLOSING)
        },
    )


def _exact(frame: pl.DataFrame) -> pl.DataFrame:
    """Rates as the fractions nearest to what a system states in per cent with two decimals."""
    return frame.with_columns(pl.col(name).round(4) for name in ("annual_rate", "guaranteed_share") if name in frame.columns)
