"""Ours: the kernel of the close, on two threads, a row group each. Arguments: the tape, the folder of the slice's tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from benchmarks.rivals.slice import TERMS, Column, Columns, rounded, tables, terms, timed, totals

WORKERS = 2


def main() -> None:
    """The slice of a tape."""
    timed(sliced)


def sliced(tape: Path, folder: Path) -> Column:
    """Totals by segment of all row groups."""
    names, assumed = tables(folder)
    padded = np.zeros((1 + len(names["segments"]), assumed["mortality"].shape[1] + 1))
    padded[1:, 1:] = assumed["mortality"]
    weights = np.ascontiguousarray(np.vstack([assumed["us"], assumed["ifrs"]]))

    def group(number: int) -> Column:
        with parquet.ParquetFile(tape) as file:
            batch = file.read_row_group(number, columns=list(TERMS), use_threads=False)
        of = terms(batch, names)
        return totals(of["segment"], len(names["segments"]), measured(of, padded, weights, assumed["us"].shape[0]))

    with ThreadPoolExecutor(WORKERS) as pool:
        found: Column = sum(pool.map(group, range(parquet.read_metadata(tape).num_row_groups)))  # type: ignore[assignment]
    return found


def measured(of: Columns, mortality: Column, weights: Column, cells: int) -> dict[str, Column]:
    """The five amounts of each loan, minor units, by the kernel that closes use."""
    from gaapbridge.measure import kernels

    results: Any = kernels.scan_loans(*asked(of, mortality, weights, cells))
    _, _, deferrals, _, lost, _ = results
    own = of["outstanding"]
    return {
        "outstanding": own,
        "amortised_us": own + rounded(deferrals[0]),
        "amortised_ifrs": own + rounded(deferrals[1]),
        "allowance_us": rounded(lost[0]),
        "allowance_ifrs": rounded(lost[1]),
    }


def asked(of: Columns, mortality: Column, weights: Column, cells: int) -> tuple[Any, ...]:
    """What the kernel is given: the rows of both sides at the closing, no deferral in the exposure, no split."""
    from gaapbridge.measure import kernels
    from gaapbridge.measure.timeline import BEFORE_INSTALMENT, NO_INTEREST

    loans = of["n"].size
    none, nil, ones = np.zeros((2, loans)), np.zeros((2, loans), dtype=np.int64), np.ones((2, loans))
    curve = np.vstack([np.zeros(loans, dtype=np.int64), of["segment"] + 1])
    due, outstanding = np.vstack([of["k"], of["k"]]), np.vstack([of["outstanding"]] * 2).astype(np.float64)
    schedule = kernels.ScheduleTerms(
        of["principal"], of["rate"], of["n"], of["kind"], of["instalment"], of["part"], np.zeros(loans), np.ones(loans)
    )
    losses = kernels.LossRows(
        weights=weights, table=np.vstack([of["cell"], of["cell"] + cells]), due=due, paid=nil, lag=nil, elapsed_periods=none,
        horizon=np.minimum(of["n"] - due, np.vstack([of["n"], of["horizon"]])), principal=outstanding, billed=none,
        interest=np.full((2, loans), NO_INTEREST), exposure=np.full(2, BEFORE_INSTALMENT),
        interest_beside=np.zeros(2, dtype=np.int64), shift=np.zeros(2), near_months=0,
    )  # fmt: skip
    sides = np.arange(2)
    return (
        schedule,
        kernels.RateRows(of["initial"], mortality, curve),
        kernels.ValueRows(sides, curve, due, none, ones, outstanding),
        losses,
        kernels.LossRates(sides, np.array([False, True])),
        kernels.DeferredRows(
            np.full(2, -1), np.zeros(2, dtype=np.int64), np.zeros((2, loans), dtype=np.bool_), none, none, none
        ),
        kernels.SplitRows(np.zeros((0, loans), dtype=np.int64), 12),
    )


if __name__ == "__main__":
    main()
