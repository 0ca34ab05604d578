"""pyxirr, an effective rate of each loan from its list of payments, against ours: of the slice its US GAAP rates alone.

Lists are made before the clock starts, and ours is timed on the same payments, one thread, so both solve and nothing else.
Rates must agree to a billionth.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from benchmarks.rivals.numpy_months import schedule
from benchmarks.rivals.slice import TERMS, tables, terms
from benchmarks.timed import report

AGREED = 1e-9


def main() -> None:
    """The rates of the first row group of a tape."""
    tape, folder = Path(sys.argv[1]), Path(sys.argv[2])
    work_s, found = rates(tape, folder)
    report(work_s, found)


def rates(tape: Path, folder: Path) -> tuple[float, dict[str, Any]]:
    """Processor seconds of pyxirr, and what it is compared by: seconds of ours, loans, the largest difference of a rate."""
    import pyxirr

    from gaapbridge.measure.effective_rates import solve_factor

    names, _ = tables(folder)
    with parquet.ParquetFile(tape) as file:
        of = terms(file.read_row_group(0, columns=list(TERMS), use_threads=False), names)
    of = {name: column[np.argsort(-of["n"], kind="stable")] for name, column in of.items()}
    longest, loans = int(of["n"][0]), of["n"].size
    having = [int(np.searchsorted(-of["n"], -month, side="right")) for month in range(longest + 1)]
    balance, flow = schedule(of, longest, having)
    lists = [[-of["initial"][loan], *flow[1 : of["n"][loan] + 1, loan].tolist()] for loan in range(loans)]
    guesses = of["rate"].tolist()
    began = time.process_time()
    theirs = np.array(
        [pyxirr.irr(amounts, guess=guess) for amounts, guess in zip(lists, guesses, strict=True)], dtype=np.float64
    )
    took = time.process_time() - began
    own = np.ascontiguousarray(flow.T), np.ascontiguousarray(balance.T), np.zeros(longest + 1)
    ours = solve_all(solve_factor, of, *own)
    began = time.process_time()
    ours = solve_all(solve_factor, of, *own)
    ours_s = time.process_time() - began
    apart = float(np.abs(theirs - (1.0 / ours - 1.0)).max())
    return took, {"ours_s": ours_s, "loans": loans, "apart": apart, "equal": apart <= AGREED}


def solve_all(solve_factor: Any, of: Any, flow: Any, balance: Any, mortality: Any) -> Any:
    """Our factors of all loans, by the part of the kernel that solves, in a compiled loop."""
    import numba

    if not hasattr(solve_all, "compiled"):

        @numba.njit
        def every(initial, balance, flow, mortality, n, rate):  # type: ignore[no-untyped-def]
            found = np.ones(n.size)
            for c in range(n.size):
                found[c], _ = solve_factor(initial[c], balance[c], flow[c], mortality, n[c], 1.0, 1.0 / (1.0 + rate[c]))
            return found

        solve_all.compiled = every  # type: ignore[attr-defined]
    return solve_all.compiled(of["initial"], balance, flow, mortality, of["n"], of["rate"])  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
