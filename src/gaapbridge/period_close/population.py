"""The population of a close: tapes read and checked, opening and closing rows brought together chunk by chunk.

Nothing is lost on the way: a row is measured, or rejected with its reason, or left out for a reason that is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from gaapbridge.difference import PATHS
from gaapbridge.engine.local import map_in_order
from gaapbridge.measure.kernels import NEVER_REPAID, NO_SIGN_CHANGE
from gaapbridge.period_close.columns import TERMS, contracts_of, side_by_side
from gaapbridge.period_close.detail import detail_of
from gaapbridge.period_close.loans import measure
from gaapbridge.period_close.setting import Setting
from gaapbridge.period_close.totals import LoanTotals, total
from gaapbridge.terms.finding import Finding

Progress = Callable[[int], None]

NAMED_CONTRACTS = 5
"""How many contracts a finding names; the rest are counted."""


@dataclass
class Scan:
    """What a scan of the loan tapes leaves: totals, rejects found while measuring, and findings by cause."""

    totals: LoanTotals | None = None
    rejects: list[pl.DataFrame] = field(default_factory=list)
    causes: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def note(self, cause: str, rows: pl.DataFrame) -> None:
        """Remember contracts that share a cause: id and outstanding principal."""
        found = self.causes.setdefault(cause, [])
        found += list(zip(rows["contract_id"].to_list(), rows["amount_minor"].fill_null(0).to_list(), strict=True))


@dataclass(frozen=True)
class _Part:
    """The outcome of one chunk."""

    totals: LoanTotals
    detail: pl.DataFrame
    rejects: pl.DataFrame
    causes: dict[str, pl.DataFrame]
    rows: int


def scan_population(
    pairs: Iterator[tuple[pl.DataFrame, pl.DataFrame]],
    events: pl.DataFrame,
    setting: Setting,
    detail_path: Path,
    file: str,
    workers: int,
    progress: Progress,
) -> Scan:
    """Measure every pair of chunks, keep the detail, add the totals. Results do not depend on chunks or workers."""
    by_contract = events_by_contract(events)
    scan = Scan()
    writer = None
    import pyarrow.parquet as parquet

    try:
        for part in map_in_order(lambda pair: _measure_pair(pair, by_contract, setting, file), pairs, workers):
            table = part.detail.to_arrow()
            if writer is None:
                writer = parquet.ParquetWriter(detail_path, table.schema, compression="zstd")
            writer.write_table(table)
            scan.totals = part.totals if scan.totals is None else scan.totals.plus(part.totals)
            if part.rejects.height:
                scan.rejects.append(part.rejects)
            for cause, rows in part.causes.items():
                scan.note(cause, rows)
            progress(part.rows)
    finally:
        if writer is not None:
            writer.close()
    return scan


def events_by_contract(events: pl.DataFrame) -> pl.DataFrame:
    """Amounts of the period's events by contract: recovered, written off, prepaid, and whether terms were modified."""
    amount = pl.col("amount_minor")
    return events.group_by("contract_id").agg(
        amount.filter(pl.col("kind") == "recovery").sum().alias("recovered_minor"),
        amount.filter(pl.col("kind") == "write_off").sum().alias("event_written_off_minor"),
        (pl.col("kind") == "modification").any().alias("modified"),
    )


def _measure_pair(pair: tuple[pl.DataFrame, pl.DataFrame], events: pl.DataFrame, setting: Setting, file: str) -> _Part:
    opening, closing = pair
    opening = opening.filter(pl.col("status").is_in(["on_book", "written_off"]))
    joined = side_by_side(opening, closing, events)
    contracts = contracts_of(joined, setting)
    measurement = measure(contracts, setting)
    failed = joined.filter(pl.Series(measurement.outcomes != 0)).with_columns(
        pl.Series("outcome", measurement.outcomes[measurement.outcomes != 0])
    )
    path = pl.Series("path", [PATHS[p] for p in contracts.path.tolist()])
    return _Part(
        total(contracts, measurement, setting.segments),
        detail_of(contracts, measurement, setting),
        _without_rate(failed, file),
        _causes(joined.with_columns(path), setting),
        joined.height,
    )


def _without_rate(failed: pl.DataFrame, file: str) -> pl.DataFrame:
    """Contracts without an effective rate, as rejects of the tape."""
    no_change, never = pl.col("outcome") == NO_SIGN_CHANGE, pl.col("outcome") == NEVER_REPAID
    return failed.select(
        pl.lit(file).alias("file"),
        pl.coalesce(pl.col("row"), pl.col("row_opening")).cast(pl.Int64).alias("row"),
        pl.lit("principal_minor, fees_received_minor, costs_paid_minor").alias("column"),
        pl.format("{} - {} + {}", "principal_minor", "fees_received_minor", "costs_paid_minor").alias("value"),
        pl.when(no_change)
        .then(pl.lit("the cash flows must change sign to have an effective rate"))
        .when(never)
        .then(pl.lit("the scheduled balance must not grow beyond twice the principal: the instalment is below the interest"))
        .otherwise(pl.lit("the effective rate must lie between -50 % and +100 % a period"))
        .alias("rule"),
        pl.lit("correct principal, fees, costs or instalments of this contract").alias("remedy"),
        pl.col("contract_id"),
        pl.coalesce(pl.col("outstanding_principal_minor"), pl.col("outstanding_principal_minor_opening")).alias("amount_minor"),
    )


def _causes(joined: pl.DataFrame, setting: Setting) -> dict[str, pl.DataFrame]:
    """Rows that a finding must speak of, by cause."""
    both = pl.col("status").is_not_null() & pl.col("status_opening").is_not_null()
    given = [name for name in TERMS if f"{name}_opening" in joined.columns]
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_opening")) for name in given)
    off = pl.col("path").is_in(["written_off", "new_written_off"])
    conditions = {
        "lost": pl.col("path") == "lost",
        "terms changed": both & changed & ~pl.col("modified").fill_null(False),
        "modified": pl.col("modified").fill_null(False),
        "write-off amount": off & (pl.col("event_written_off_minor") != pl.col("outstanding_principal_minor")),
        "write-off event": ~off & (pl.col("event_written_off_minor").fill_null(0) > 0),
        "recovery without write-off": (pl.col("recovered_minor").fill_null(0) > 0)
        & ~off
        & (pl.col("path") != "written_off_earlier"),
        "left before": pl.col("path") == "ignored",
    }
    amount = pl.coalesce(pl.col("outstanding_principal_minor"), pl.col("outstanding_principal_minor_opening"))
    found = {
        cause: joined.filter(condition).select("contract_id", amount.alias("amount_minor"))
        for cause, condition in conditions.items()
    }
    return {cause: rows for cause, rows in found.items() if rows.height}


_EXPLAINED = {
    "lost": (
        "contract left without a reason",
        "R9",
        "on the opening tape, on neither the closing tape nor among the exits",
        "list it on the closing tape with its status and exit date",
    ),
    "terms changed": (
        "terms changed without a modification",
        None,
        "the opening and closing tapes disagree on terms that do not change",
        "correct the tape, or add a modification event",
    ),
    "modified": (
        "modification not measured",
        None,
        "a modified contract is measured on the terms its tape shows; no gain or loss is measured",
        "assess the contract by hand (310-20-35-9; IFRS 9 5.4.3)",
    ),
    "write-off amount": (
        "write-off amount differs",
        "R9",
        "the write-off event is not the outstanding principal of the row that left",
        "correct the event or the row",
    ),
    "write-off event": (
        "write-off event of a contract not written off",
        "R9",
        "the tape does not show the contract as written off in the period",
        "correct its status and exit date, or remove the event",
    ),
    "recovery without write-off": (
        "recovery of a contract not written off",
        "R9",
        "a recovery is cash received on an amount written off; nothing is written off on this contract",
        "list the contract as written off, or record the cash as a payment",
    ),
    "left before": (
        "row of a contract that left before the period",
        "R9",
        "it was settled on or before the opening instant and counts for nothing",
        "leave it off the closing tape",
    ),
}


def findings_of(scan: Scan, rejected: frozenset[str]) -> list[Finding]:
    """One finding for each cause: how many contracts, how much principal, and the first of them by name.

    A contract that is missing because its row was ``rejected`` has its reason there and is not lost.
    """
    findings = []
    for cause, every in sorted(scan.causes.items()):
        name, check, why, remedy = _EXPLAINED[cause]
        rows = [row for row in every if cause != "lost" or row[0] not in rejected]
        if not rows:
            continue
        first = sorted(rows)[:NAMED_CONTRACTS]
        named = ", ".join(contract for contract, _ in first) + (" and others" if len(rows) > len(first) else "")
        amount = sum(amount for _, amount in rows)
        findings.append(Finding(name, f"loan/{named}", amount, f"{len(rows)} contracts: {why}", remedy, check))
    return findings
