"""How long ``gaapbridge estimate`` takes of a long history: that of a plan, its contracts repeated under other ids.

    python -m benchmarks.estimate examples/auto_abs/plan.toml --months 1000000 10000000

The tapes of the history are Parquet files beside the plan, in the order of contracts. Every size is a process of its own,
timed from start to exit; its peak of memory says whether memory grows with the history. Processor seconds say more than the
clock where the machine does other things besides.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

TAPES = ("performance", "contracts", "outcomes")
ROW_GROUP = 262_144
PEAK = """
import sys
from gaapbridge.cli import app
try:
    app()
finally:
    held = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(int(held.split()[1]) // 1024, file=sys.stderr)
"""
"""The command, which says at its end how many megabytes it held at most, as Linux counts them: what getrusage tells of a
process is never less than its parent held when it began."""


def main() -> None:
    """Measure the plan that is named, at every size."""
    asked = argparse.ArgumentParser(description="Time the estimation of curves from a repeated history.")
    asked.add_argument("plan", type=Path)
    asked.add_argument("--months", type=int, nargs="+", default=[1_000_000, 10_000_000], help="contract-months, about")
    asked.add_argument("--validate", action="store_true")
    named = asked.parse_args()
    print(f"{'contract-months':>16}{'clock s':>10}{'processor s':>13}{'peak MB':>9}")
    for wanted in named.months:
        with TemporaryDirectory() as folder:
            rows = repeated(named.plan, Path(folder), wanted)
            clock_s, processor_s, peak_mb = timed(Path(folder) / named.plan.name, named.validate)
        print(f"{rows:>16,}{clock_s:>10.1f}{processor_s:>13.1f}{peak_mb:>9,}", flush=True)


def repeated(plan: Path, folder: Path, wanted: int) -> int:
    """Write a plan into a folder, with its loans as often as makes so many rows of performance; how many rows it has then."""
    loans: dict[str, Any] = tomllib.loads(plan.read_text(encoding="utf-8"))["history"]["loans"]
    files = {name: plan.parent / loans[name]["path"] for name in TAPES if name in loans}
    height = int(pl.scan_parquet(files["performance"]).select(pl.len()).collect().item())
    times = max(1, round(wanted / height))
    for name, file in files.items():
        column = loans[name].get("columns", {}).get("contract_id", "contract_id")
        frame, target = pl.read_parquet(file), folder / loans[name]["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        copies = [frame.with_columns(pl.format("{}-{}", pl.lit(f"{copy:05d}"), column).alias(column)) for copy in range(times)]
        pl.concat(copies).write_parquet(target, row_group_size=ROW_GROUP)
    (folder / plan.name).write_text(plan.read_text(encoding="utf-8"), encoding="utf-8")
    return height * times


def timed(plan: Path, validate: bool) -> tuple[float, float, int]:
    """Clock and processor seconds of the command, and the megabytes that it held at most. Raises where it fails."""
    words = ["estimate", str(plan), "--quiet", "--set", "history.findings=1000000", *(["--validate"] if validate else [])]
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", PEAK, *words], capture_output=True, text=True)
    clock_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stderr)
    processor_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return clock_s, processor_s, int(done.stderr.splitlines()[-1])


if __name__ == "__main__":
    main()
