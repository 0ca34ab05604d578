"""creditriskengine, the US GAAP allowance of each loan by `cecl_pd_lgd`, and the IFRS one by `ecl_lifetime`, a call each.

It is given what is exposed each month, made before the clock starts, and the rates that NumPy found. Its IFRS allowance drops
the discounting of a rate that is not above nil, so of those loans it is not compared. Reads no array library but NumPy and
pyarrow: it runs in an environment of its own.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from benchmarks.rivals.numpy_months import measured, schedule, solved
from benchmarks.rivals.slice import TERMS, Column, Columns, rounded, tables, terms
from benchmarks.timed import report

LOANS = 5000


def main() -> None:
    """The allowances of the first loans of a tape."""
    tape, folder = Path(sys.argv[1]), Path(sys.argv[2])
    work_s, found = allowances(tape, folder)
    report(work_s, found)


def allowances(tape: Path, folder: Path) -> tuple[float, dict[str, Any]]:
    """Processor seconds of both allowances, and what they are compared by: loans, and how many minor units differ in all."""
    from creditriskengine.ecl.cecl.cecl_calc import cecl_pd_lgd
    from creditriskengine.ecl.ifrs9.ecl_calc import ecl_lifetime

    names, assumed = tables(folder)
    with parquet.ParquetFile(tape) as file:
        batch = file.read_row_group(0, columns=list(TERMS), use_threads=False).slice(0, LOANS)
    of = terms(batch, names)
    of = {name: column[np.argsort(-of["n"], kind="stable")] for name, column in of.items()}
    exposed, rate = exposures(of, assumed)
    of_cells = zip(of["cell"], exposed, strict=True)
    weights = [(assumed["us"][cell, : one.size], assumed["ifrs"][cell, : one.size]) for cell, one in of_cells]
    near = [min(one.size, horizon) for one, horizon in zip(exposed, of["horizon"], strict=True)]
    began = time.process_time()
    us = [cecl_pd_lgd(lost[0], 1.0, one) for lost, one in zip(weights, exposed, strict=True)]
    ifrs = [
        ecl_lifetime(lost[1][:months], 1.0, one[:months], own)
        for lost, one, months, own in zip(weights, exposed, near, rate, strict=True)
    ]
    took = time.process_time() - began
    ours, positive = measured(of, assumed), rate > 0.0
    apart = int(np.abs(rounded(np.array(us)) - ours["allowance_us"]).sum())
    apart += int(np.abs(rounded(np.array(ifrs)) - ours["allowance_ifrs"])[positive].sum())
    return took, {"loans": int(positive.size), "not_compared": int((~positive).sum()), "apart": apart, "equal": apart == 0}


def exposures(of: Columns, assumed: Columns) -> tuple[list[Column], Column]:
    """What each loan has exposed in the months ahead, and its monthly IFRS rate."""
    longest = int(of["n"][0])
    having = [int(np.searchsorted(-of["n"], -month, side="right")) for month in range(longest + 1)]
    balance, flow = schedule(of, longest, having)
    scale = of["outstanding"] / balance[of["k"], np.arange(of["n"].size)]
    exposed = [balance[k:n, loan] * scale[loan] for loan, (k, n) in enumerate(zip(of["k"], of["n"], strict=True))]
    expected, alive = np.zeros_like(flow), np.ones(of["n"].size)
    for j in range(1, longest + 1):
        repaid = assumed["mortality"].T[j - 1][of["segment"]]
        expected[j] = alive * (flow[j] + repaid * balance[j])
        alive = alive * (1.0 - repaid)
    factor = solved(expected, of["initial"], 1.0 / (1.0 + of["rate"]), having)
    return exposed, 1.0 / factor - 1.0


if __name__ == "__main__":
    main()
