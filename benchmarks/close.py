"""How long a close takes against merely reading the same tapes: whole processes, warm, paired runs, medians.

    python benchmarks/close.py --loans 1000000

For N/10 and N loans, as many guarantees and their fee instalments, the tapes are written once under build/bench/.
Then each pair of runs starts two processes: one reads every row group of the tapes with two threads and drops them,
one closes the period from the plan. Their times run from start to exit, so both carry the interpreter's start. The
first pair is not counted: it warms the page cache and compiles kernels. Peak memory is the closing process's own. A
planted bad row tells whether the tapes are checked in the very code that is timed. Everything goes to
build/bench.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
CHILD = "benchmarks.child"
READING_THREADS = 2
PLANTED_LOANS = 1000


class BenchmarkFailed(Exception):
    """A child process that did not do its work; carries what it printed."""


@dataclass(frozen=True)
class Timed:
    """One child process: seconds from start to exit, seconds of its work alone, peak memory, its answer."""

    process_s: float
    work_s: float
    rss_mb: float
    answer: dict[str, Any]


@dataclass(frozen=True)
class Size:
    """What one size of tape came to: medians, the runs behind them, the ledger all runs agreed on."""

    loans: int
    rows: dict[str, int]
    tape_bytes: int
    population_checked: bool
    read_s: float
    close_s: float
    ratio: float
    rss_mb: float
    ledger: str
    read_runs: list[Timed]
    close_runs: list[Timed]

    def line(self) -> str:
        """One line, its end fixed: `N= read_s= close_s= ratio= rss_mb= ledger=`."""
        checked = "yes" if self.population_checked else "NO"
        return (
            f"tape checks executed: {checked}; {len(self.close_runs)} paired runs, medians: "
            f"N={self.loans} read_s={self.read_s:.3f} close_s={self.close_s:.3f} ratio={self.ratio:.2f} "
            f"rss_mb={self.rss_mb:.0f} ledger={self.ledger[:12]}"
        )


def main() -> int:
    """Measure, print and keep the figures; 1 if runs disagree on a ledger or the tapes were not checked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--loans", type=int, default=1_000_000, help="loans on the closing tape (and a tenth of it)")
    parser.add_argument("--runs", type=int, default=5, help="paired runs that count")
    parser.add_argument("--young", action="store_true", help="short consumer terms, a smaller opening tape")
    asked = parser.parse_args()
    if asked.loans < 10 or asked.runs < 1:
        parser.error("--loans must be at least 10 and --runs at least 1")
    facts = machine()
    print(" · ".join(f"{name} {fact}" for name, fact in facts.items()))
    try:
        checked = planted_row_is_refused()
        sizes = []
        for loans in (asked.loans // 10, asked.loans):
            sizes.append(measured(loans, asked.runs, young=asked.young, checked=checked))
            print(sizes[-1].line(), flush=True)
    except BenchmarkFailed as failure:
        print(f"benchmark failed: {failure}", file=sys.stderr)
        return 1
    kept = {"machine": facts, "young": asked.young, "sizes": [asdict(size) for size in sizes]}
    (BUILD / "bench.json").write_text(json.dumps(kept, indent=1) + "\n")
    slope = (sizes[1].close_s - sizes[0].close_s) / (sizes[1].loans - sizes[0].loans)
    print(f"beyond start-up {slope * 1e9:.0f} ns a loan; all runs in {(BUILD / 'bench.json').relative_to(ROOT)}")
    return 0 if checked else 1


def measured(loans: int, runs: int, *, young: bool, checked: bool) -> Size:
    """Alternate reading and closing; the first pair only warms up."""
    written = tapes(loans, young=young)
    paths = written["tapes"]
    reads, closes = [], []
    for number in range(runs + 1):
        progress(f"{loans:,} loans, pair {number} of {runs}" + (" (warming up)" if number == 0 else ""))
        read = child("read", str(READING_THREADS), *paths)
        closed = close_once(written)
        if number:
            reads.append(read)
            closes.append(closed)
    progress("")
    ledgers = {run.answer["ledger"] for run in closes}
    if len(ledgers) != 1:
        raise BenchmarkFailed(f"{runs} closes of the same tapes gave {len(ledgers)} ledgers: {sorted(ledgers)}")
    return Size(
        loans=loans,
        rows=written["rows"],
        tape_bytes=sum(Path(path).stat().st_size for path in paths),
        population_checked=checked,
        read_s=statistics.median(run.process_s for run in reads),
        close_s=statistics.median(run.process_s for run in closes),
        ratio=statistics.median(ours.process_s / theirs.process_s for ours, theirs in zip(closes, reads, strict=True)),
        rss_mb=max(run.rss_mb for run in closes),
        ledger=ledgers.pop(),
        read_runs=reads,
        close_runs=closes,
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


def close_once(written: dict[str, Any]) -> Timed:
    """One close into an empty folder of runs, removed again: runs are immutable and would pile up."""
    runs = Path(written["plan"]).parent / "runs"
    shutil.rmtree(runs, ignore_errors=True)
    closed = child("close", written["plan"])
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


def child(*arguments: str, may_fail: bool = False) -> Timed:
    """Run one piece of work as a process of its own and time it from start to exit."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", CHILD, *arguments], capture_output=True, text=True, cwd=ROOT)
    process_s = time.perf_counter() - began
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise BenchmarkFailed(f"{' '.join(arguments[:2])}\n{done.stderr.strip() or done.stdout.strip()}")
    answer = json.loads(lines[-1])
    if answer.get("refused") and not may_fail:
        raise BenchmarkFailed(f"{' '.join(arguments[:2])}\n{answer['refused']}")
    return Timed(process_s, answer.pop("work_s"), answer.pop("rss_mb"), answer)


def machine() -> dict[str, str]:
    """What the figures depend on, so that two results can be told apart."""
    names = ("numba", "numpy", "pyarrow", "polars")
    return {
        "processor": processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "python": platform.python_version(),
        **{name: version(name) for name in names},
    }


def processor() -> str:
    """The processor's name where the system tells it."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def progress(text: str) -> None:
    """Say on a terminal what is going on; nothing in a pipe."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
