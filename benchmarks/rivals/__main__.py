"""One written slice of a close by ours and by others, as whole processes: what each takes, and whether they agree.

    python -m benchmarks.rivals --loans 1000000

What a rival computes is compared only where it is equal to the minor unit; else its line says void. A rival whose library is
not installed is named as not run. `requirements.txt` and `requirements-creditriskengine.txt` beside are installed in
environments of their own, build/rivals and build/rivals-creditriskengine. Everything goes to build/rivals.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.close import tapes
from benchmarks.rivals.slice import write_tables
from benchmarks.timed import BUILD, BenchmarkFailed, Timed, child, machine, progress


@dataclass(frozen=True)
class Rival:
    """A module of this package, the library it needs, whose environment it runs in, and how many times ours it is to take."""

    module: str
    name: str
    library: str
    environment: str
    target: float


OURS = Rival("ours", "ours", "numba", "", 1.0)
SLICED = (
    Rival("numpy_months", "NumPy, 2 processes", "numpy", "", 2.5),
    Rival("duckdb_sql", "DuckDB", "duckdb", "rivals", 5.0),
    Rival("polars_explode", "Polars", "polars", "", 6.0),
    Rival("pandas_grouped", "pandas", "pandas", "rivals", 6.0),
)
"""Rivals that do the whole slice."""

PARTIAL = (
    Rival("pyxirr_rates", "pyxirr, a rate", "pyxirr", "rivals", 15.0),
    Rival("creditriskengine_allowance", "creditriskengine, an allowance", "creditriskengine", "rivals-creditriskengine", 100.0),
)
"""Rivals that do a part of it, in processor seconds inside one process and thread."""


@dataclass(frozen=True)
class Compared:
    """A rival of one size: medians, and how many times ours it takes; None where it is void or was not run."""

    name: str
    target: float
    process_s: float | None = None
    thread_us: float | None = None
    rss_mb: float | None = None
    times_ours: float | None = None
    said: str = ""

    def line(self) -> str:
        """One line of the table."""
        if self.times_ours is None:
            return f"{self.name:<32}{self.said}"
        seconds = "" if self.process_s is None else f"{self.process_s:.3f} s"
        return (
            f"{self.name:<32}{seconds:>12}{self.thread_us or 0.0:>10.2f} thread_us"
            f"{self.rss_mb or 0.0:>8.0f} MB{self.times_ours:>8.1f} x ours (target {self.target:g})  {self.said}"
        )


def main() -> int:
    """Compare, print and keep; 1 where something is void."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--loans", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3, help="paired runs that count")
    parser.add_argument("--only", default="", help="modules, by commas")
    asked = parser.parse_args()
    chosen = set(asked.only.split(",")) if asked.only else {rival.module for rival in (*SLICED, *PARTIAL)}
    written = tapes(asked.loans, young=False)
    tables = Path(written["plan"]).parent / "slice"
    write_tables(Path(written["plan"]), tables)
    where = (str(written["closing_tape"]), str(tables))
    try:
        ours = [done(OURS, where) for _ in range(asked.runs + 1)][1:]
        found = [of_ours(ours, asked.loans)]
        found += [sliced(rival, where, ours, asked.loans) for rival in SLICED if rival.module in chosen]
        found += [partial(rival, where, ours, asked.loans) for rival in PARTIAL if rival.module in chosen]
    except BenchmarkFailed as failure:
        print(f"benchmark failed: {failure}", file=sys.stderr)
        return 1
    for one in found:
        print(one.line())
    kept = {"machine": machine(), "loans": asked.loans, "compared": [asdict(one) for one in found]}
    (BUILD / "rivals.json").write_text(json.dumps(kept, indent=1) + "\n")
    return int(any(one.said.startswith("void") for one in found))


def interpreter(rival: Rival) -> str | None:
    """The Python that has what a rival needs: that of its environment, else this one; None where neither has it."""
    for python in (str(BUILD / rival.environment / "bin" / "python") if rival.environment else "", sys.executable):
        probe = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({rival.library!r}) is None)"
        if Path(python).is_file() and subprocess.run([python, "-c", probe]).returncode == 0:
            return python
    return None


def done(rival: Rival, where: Sequence[str]) -> Timed:
    """One run of a rival as a process of its own. Raises ``BenchmarkFailed``."""
    progress(rival.name)
    return child(*where, command=(interpreter(rival) or sys.executable, "-m", f"benchmarks.rivals.{rival.module}"))


def of_ours(ours: Sequence[Timed], loans: int) -> Compared:
    """Ours as the first line."""
    return Compared(
        OURS.name, 1.0, statistics.median(run.process_s for run in ours), _thread_us(ours, loans), _peak(ours), 1.0,
        f"sha256 {ours[0].answer['sha256'][:12]}",
    )  # fmt: skip


def sliced(rival: Rival, where: Sequence[str], ours: Sequence[Timed], loans: int) -> Compared:
    """A rival that does the whole slice, each run paired with one of ours."""
    if interpreter(rival) is None:
        return Compared(rival.name, rival.target, said=f"not run: {rival.library} is not installed")
    runs = [done(rival, where) for _ in ours]
    if {run.answer["sha256"] for run in runs} != {ours[0].answer["sha256"]}:
        return Compared(rival.name, rival.target, said=f"void: {_apart(runs[0], ours[0])}")
    times = statistics.median(run.thread_s for run in runs) / statistics.median(run.thread_s for run in ours)
    return Compared(
        rival.name, rival.target, statistics.median(run.process_s for run in runs), _thread_us(runs, loans), _peak(runs),
        statistics.median(run.process_s / own.process_s for run, own in zip(runs, ours, strict=True)),
        f"equal; {times:.1f} x in processor time",
    )  # fmt: skip


def partial(rival: Rival, where: Sequence[str], ours: Sequence[Timed], loans: int) -> Compared:
    """A rival that does a part: its processor time of a contract against ours of the same rates, or of the whole slice."""
    if interpreter(rival) is None:
        return Compared(rival.name, rival.target, said=f"not run: {rival.library} is not installed")
    run = min((done(rival, where) for _ in ours), key=lambda one: one.work_s)
    if not run.answer["equal"]:
        return Compared(rival.name, rival.target, said=f"void: {run.answer['apart']} apart")
    theirs = run.work_s / run.answer["loans"] * 1e6
    if "ours_s" in run.answer:
        own, against = run.answer["ours_s"] / run.answer["loans"] * 1e6, "ours the same rates"
    else:
        theirs, own, against = theirs / 2, _thread_us(ours, loans), "ours the whole slice, start-up included"
    return Compared(rival.name, rival.target, None, theirs, run.rss_mb, theirs / own, f"equal; against {against}")


def _thread_us(runs: Sequence[Timed], loans: int) -> float:
    """Processor microseconds of a loan."""
    return statistics.median(run.thread_s for run in runs) / loans * 1e6


def _peak(runs: Sequence[Timed]) -> float:
    """The largest peak of memory, of a process or of its workers."""
    return max(max(run.rss_mb, run.worker_rss_mb) for run in runs)


def _apart(theirs: Timed, ours: Timed) -> str:
    """By how many minor units each total is apart."""
    sums = {name: theirs.answer["sums"][name] - own for name, own in ours.answer["sums"].items()}
    return ", ".join(f"{name} {apart:+}" for name, apart in sums.items() if apart) or "totals agree, segments do not"


if __name__ == "__main__":
    sys.exit(main())
