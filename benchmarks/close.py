"""How long a close takes against merely reading the same tapes: whole processes, warm, paired runs, medians.

    python -m benchmarks.close --loans 1000000

For N/10 and N loans, as many guarantees and their fee instalments, the tapes are written once under build/bench/.
Then each round starts a process that reads every row group of the tapes with two threads and drops them, one that reads
only the columns that the tapes had at first, and one that closes the period from the plan. Their times run from start to
exit, so all carry the interpreter's start. The first round is not counted: it warms the page cache and compiles kernels.
Peak memory is the closing process's own, and that of its largest worker. A planted bad row tells whether the tapes are
checked in the very code that is timed. Everything goes to build/bench.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import statistics
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.starts import line, measured_starts
from benchmarks.timed import BUILD, ROOT, BenchmarkFailed, Timed, child, hash_of, machine, progress

READING_THREADS = 2
PLANTED_LOANS = 1000
CAME_SINCE = ("claim_at_default_minor", "rating", "rating_at_origination")
"""Columns that the tapes did not have when reading them was first the measure: the more is read, the smaller the ratio."""

WAYS: Mapping[str, tuple[str, ...]] = {
    "again": ("kept=8000",),
    "one": ("workers=1",),
    "totals": ("runs.detail=totals",),
    "contracts": (),
}
"""Ways of closing, each with what the child is told: again, all contracts taken up as the first round measured them; by one
worker; into a run that keeps totals only; and as ever, which is printed last."""


@dataclass(frozen=True)
class Closes:
    """The closes of one size in one way: medians and the runs behind them.

    ``ratio`` is against reading all columns, ``ratio_first`` against reading those the tapes had at first, both the median of
    paired ratios; ``thread_us`` are processor microseconds of a contract, loans and guarantees of the closing tapes.
    """

    way: str
    close_s: float
    thread_us: float
    ratio: float
    ratio_first: float
    rss_mb: float
    runs: list[Timed]


@dataclass(frozen=True)
class Size:
    """What one size of tape came to: the tapes, the readings, the closes by way, the ledger all runs agreed on."""

    loans: int
    rows: dict[str, int]
    tape_bytes: int
    tapes_sha256: str
    population_checked: bool
    read_s: float
    ledger: str
    read_runs: list[Timed]
    read_first_runs: list[Timed]
    closes: list[Closes]

    def line(self, closes: Closes) -> str:
        """One line, its end fixed: `N= read_s= close_s= ratio= rss_mb= ledger=`."""
        checked = "yes" if self.population_checked else "NO"
        return (
            f"tape checks executed: {checked}; {len(closes.runs)} paired runs, medians: way={closes.way} "
            f"ratio_first={closes.ratio_first:.2f} thread_us={closes.thread_us:.1f} tapes={self.tapes_sha256[:12]} "
            f"N={self.loans} read_s={self.read_s:.3f} close_s={closes.close_s:.3f} ratio={closes.ratio:.2f} "
            f"rss_mb={closes.rss_mb:.0f} ledger={self.ledger[:12]}"
        )


def main() -> int:
    """Measure, print and keep the figures; 1 if runs disagree on a ledger or the tapes were not checked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--loans", type=int, default=1_000_000, help="loans on the closing tape (and a tenth of it)")
    parser.add_argument("--runs", type=int, default=5, help="paired runs that count")
    parser.add_argument("--young", action="store_true", help="short consumer terms, a smaller opening tape")
    parser.add_argument("--ways", default="totals,contracts", help=f"ways of closing, by commas: {', '.join(WAYS)}")
    asked = parser.parse_args()
    ways = [way for way in WAYS if way in asked.ways.split(",")]
    if asked.loans < 10 or asked.runs < 1 or len(ways) != len(asked.ways.split(",")):
        parser.error(f"--loans must be at least 10, --runs at least 1, --ways of {', '.join(WAYS)}")
    facts = machine()
    print(" · ".join(f"{name} {fact}" for name, fact in facts.items()))
    try:
        checked = planted_row_is_refused()
        starts = measured_starts(asked.runs)
        print(line(starts), flush=True)
        sizes = []
        for loans in (asked.loans // 10, asked.loans):
            sizes.append(measured(loans, asked.runs, ways, young=asked.young, checked=checked))
            for closes in sizes[-1].closes:
                print(sizes[-1].line(closes), flush=True)
    except BenchmarkFailed as failure:
        print(f"benchmark failed: {failure}", file=sys.stderr)
        return 1
    begun = [asdict(one) for one in starts]
    kept = {"machine": facts, "young": asked.young, "starts": begun, "sizes": [asdict(size) for size in sizes]}
    (BUILD / "bench.json").write_text(json.dumps(kept, indent=1) + "\n")
    print(f"{beyond_start_up(sizes)}; all runs in {(BUILD / 'bench.json').relative_to(ROOT)}")
    return 0 if checked else 1


def beyond_start_up(sizes: list[Size]) -> str:
    """What a loan more costs, with its guarantee and fees: the two sizes' difference, which start-up has no part in."""
    small, large = (size.closes[-1] for size in sizes)
    loans = sizes[1].loans - sizes[0].loans
    thread_us = (large.thread_us * sizes[1].loans - small.thread_us * sizes[0].loans) / loans
    close_ns = (large.close_s - small.close_s) / loans * 1e9
    return f"beyond start-up {close_ns:.0f} ns a loan, {thread_us:.1f} thread_us a contract"


def measured(loans: int, runs: int, ways: list[str], *, young: bool, checked: bool) -> Size:
    """Alternate reading and closing; the first round only warms up."""
    written = tapes(loans, young=young)
    paths = written["tapes"]
    reads, firsts = [], []
    closed: dict[str, list[Timed]] = {way: [] for way in ways}
    for number in range(runs + 1):
        progress(f"{loans:,} loans, round {number} of {runs}" + (" (warming up)" if number == 0 else ""))
        read = child("read", str(READING_THREADS), "", *paths)
        first = child("read", str(READING_THREADS), ",".join(CAME_SINCE), *paths)
        made = {way: close_once(written, *WAYS[way]) for way in ways}
        if number:
            reads.append(read)
            firsts.append(first)
            for way, one in made.items():
                closed[way].append(one)
    progress("")
    ledgers = {run.answer["ledger"] for one in closed.values() for run in one}
    if len(ledgers) != 1:
        raise BenchmarkFailed(f"{runs * len(ways)} closes of the same tapes gave {len(ledgers)} ledgers: {sorted(ledgers)}")
    return Size(
        loans=loans,
        rows=written["rows"],
        tape_bytes=sum(Path(path).stat().st_size for path in paths),
        tapes_sha256=hash_of(map(Path, paths)),
        population_checked=checked,
        read_s=statistics.median(run.process_s for run in reads),
        ledger=ledgers.pop(),
        read_runs=reads,
        read_first_runs=firsts,
        closes=[closes_of(way, loans, closed[way], reads, firsts) for way in ways],
    )


def closes_of(way: str, loans: int, closes: list[Timed], reads: list[Timed], firsts: list[Timed]) -> Closes:
    """Medians of the closes in one way, and against the readings they are paired with."""

    def against(others: list[Timed]) -> float:
        return statistics.median(own.process_s / other.process_s for own, other in zip(closes, others, strict=True))

    return Closes(
        way=way,
        close_s=statistics.median(run.process_s for run in closes),
        thread_us=statistics.median(run.thread_s for run in closes) / (2 * loans) * 1e6,
        ratio=against(reads),
        ratio_first=against(firsts),
        rss_mb=max(max(run.rss_mb, run.worker_rss_mb) for run in closes),
        runs=closes,
    )


def tapes(loans: int, *, young: bool) -> dict[str, Any]:
    """The tapes of a size, written unless the same writer has written them before."""
    writer = hashlib.sha256()
    for source in (*sorted((ROOT / "src/gaapbridge/example").glob("*.py")), Path(__file__).with_name("tapes.py")):
        writer.update(source.read_bytes())
    folder = BUILD / "bench" / f"{'young' if young else 'loans'}-{loans}-{writer.hexdigest()[:8]}"
    told = folder / "written.json"
    if not told.exists():
        progress(f"writing tapes of {loans:,} loans")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        answer = child("write", str(folder), str(loans), "young" if young else "all").answer
        told.write_text(json.dumps(answer))
    written: dict[str, Any] = json.loads(told.read_text())
    return written


def close_once(written: dict[str, Any], *told: str) -> Timed:
    """One close into an empty folder of runs, removed again: runs are immutable and would pile up."""
    runs = Path(written["plan"]).parent / "runs"
    shutil.rmtree(runs, ignore_errors=True)
    closed = child("close", written["plan"], *told)
    shutil.rmtree(runs, ignore_errors=True)
    return closed


def planted_row_is_refused() -> bool:
    """Whether a close of a small tape with one impossible row rejects the row or refuses the tape."""
    written = tapes(PLANTED_LOANS, young=False)
    sound = child("close", written["plan"]).answer
    plan = child("plant", written["plan"], written["closing_tape"]).answer["plan"]
    planted = child("close", plan, may_fail=True).answer
    shutil.rmtree(Path(plan).parent, ignore_errors=True)
    shutil.rmtree(Path(written["plan"]).parent / "runs", ignore_errors=True)
    refused = planted.get("refused") is not None or planted["rejects"] > 0
    return sound["rejects"] == 0 and refused


if __name__ == "__main__":
    sys.exit(main())
