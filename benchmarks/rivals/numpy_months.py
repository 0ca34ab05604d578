"""NumPy on two processes, a row group each: loans sorted by term, a loop over months, of each those that have it."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from pyarrow import parquet

from benchmarks.rivals.slice import (
    BULLET,
    LEVEL,
    SOLVING_STEPS,
    TERMS,
    Column,
    Columns,
    rounded,
    tables,
    terms,
    timed,
    totals,
)

WORKERS = 2


def main() -> None:
    """The slice of a tape."""
    timed(sliced)


def sliced(tape: Path, folder: Path) -> Column:
    """Totals by segment of all row groups."""
    groups = range(parquet.read_metadata(tape).num_row_groups)
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        found: Column = np.sum(list(pool.map(group, [(tape, folder, number) for number in groups])), axis=0)
    return found


def group(task: tuple[Path, Path, int]) -> Column:
    """Totals by segment of one row group."""
    tape, folder, number = task
    names, assumed = tables(folder)
    with parquet.ParquetFile(tape) as file:
        of = terms(file.read_row_group(number, columns=list(TERMS), use_threads=False), names)
    order = np.argsort(-of["n"], kind="stable")
    of = {name: column[order] for name, column in of.items()}
    return totals(of["segment"], len(names["segments"]), measured(of, assumed))


def measured(of: Columns, assumed: Columns) -> dict[str, Column]:
    """The five amounts of each loan, longest terms first; flows are months x loans."""
    longest, loans = int(of["n"][0]), of["n"].size
    having = [int(np.searchsorted(-of["n"], -month, side="right")) for month in range(longest + 1)]
    balance, flow = schedule(of, longest, having)
    expected, alive, mortality = np.zeros_like(flow), np.ones((longest + 1, loans)), assumed["mortality"].T
    for j in range(1, longest + 1):
        repaid = mortality[j - 1][of["segment"]]
        expected[j] = alive[j - 1] * (flow[j] + repaid * balance[j])
        alive[j] = alive[j - 1] * (1.0 - repaid)
    contractual = solved(flow, of["initial"], 1.0 / (1.0 + of["rate"]), having)
    effective = solved(expected, of["initial"], contractual, having)
    place, own = np.arange(loans), of["outstanding"]
    scale = own / balance[of["k"], place]
    worth, expected_worth, lost, near = np.zeros((4, loans))
    for j in range(longest, 0, -1):
        some = slice(0, having[j])
        ahead = of["k"][some] < j
        worth[some] = np.where(ahead, (worth[some] + flow[j, some]) * contractual[some], worth[some])
        expected_worth[some] = np.where(
            ahead, (expected_worth[some] + expected[j, some]) * effective[some], expected_worth[some]
        )
        month = j - of["k"][some]
        cells, exposed = of["cell"][some], balance[j - 1, some] * scale[some]
        weight = assumed["us"][cells, np.maximum(month, 1) - 1]
        lost[some] += np.where(ahead, weight * exposed, 0.0)
        weight = np.where(month <= of["horizon"][some], assumed["ifrs"][cells, np.maximum(month, 1) - 1], 0.0)
        near[some] = np.where(ahead, (near[some] + weight * exposed) * effective[some], near[some])
    owed = balance[of["k"], place]
    return {
        "outstanding": own,
        "amortised_us": own + rounded((worth - owed) * scale),
        "amortised_ifrs": own + rounded((expected_worth / alive[of["k"], place] - owed) * scale),
        "allowance_us": rounded(lost),
        "allowance_ifrs": rounded(near),
    }


def schedule(of: Columns, longest: int, having: list[int]) -> tuple[Column, Column]:
    """Balances and payments, months x loans."""
    balance, flow = np.zeros((longest + 1, of["n"].size)), np.zeros((longest + 1, of["n"].size))
    balance[0] = of["principal"]
    for j in range(1, longest + 1):
        some = slice(0, having[j])
        before, kind = balance[j - 1, some], of["kind"][some]
        interest = before * of["rate"][some]
        cash = np.where(kind == LEVEL, np.minimum(of["instalment"][some], before + interest), of["part"][some] + interest)
        cash = np.where(kind == BULLET, interest, cash)
        cash = np.where(of["n"][some] == j, before + interest, cash)
        flow[j, some] = cash
        balance[j, some] = np.where(of["n"][some] == j, 0.0, before + interest - cash)
    return balance, flow


def solved(flow: Column, initial: Column, guess: Column, having: list[int]) -> Column:
    """Discount factors at which the flows are worth ``initial``, by Newton's method and Horner's rule."""
    factor = guess.copy()
    for _ in range(SOLVING_STEPS):
        value, slope = np.zeros_like(factor), np.zeros_like(factor)
        for j in range(len(having) - 1, 0, -1):
            some = slice(0, having[j])
            inner = flow[j, some] + value[some]
            slope[some] = inner + factor[some] * slope[some]
            value[some] = inner * factor[some]
        factor -= (value - initial) / slope
    return factor


if __name__ == "__main__":
    main()
