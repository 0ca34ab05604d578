"""How long reports of a run take: every part as a command of its own, some and all of them together, the demonstration that
ends with them, and the workbook of a large ledger.

    python benchmarks/reports.py demo/runs/example-lender/2023-01-01_2023-12-31/v1 --runs 5 --lines 100000

Processor seconds, user and system, say what a machine has to do; on one that does other things besides, they say it better than
the clock. Both are medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from gaapbridge.report import workbook
from gaapbridge.report.parts import PARTS
from gaapbridge.run.reader import Run


def main() -> None:
    """Measure the reports of the run that is named."""
    named = argparse.ArgumentParser(description="Time the reports of a run.")
    named.add_argument("run", type=Path)
    named.add_argument("--runs", type=int, default=3, help="measurements of each command, after one that is not counted")
    named.add_argument("--lines", type=int, default=100_000, help="journal lines of the large workbook")
    asked = named.parse_args()
    print(f"{'command':<24}{'processor s':>12}{'clock s':>10}")
    for only in (*PARTS, "workbook,pack", ",".join(PARTS)):
        words = ("report", str(asked.run), "--only", only, "--to")
        print_times("report, all" if only.count(",") > 1 else f"report {only}", words, asked.runs)
    print_times("demo, with its report", ("demo", "--folder"), asked.runs)
    for name, processor_s in of_ledger(asked.run, asked.lines).items():
        print(f"{name:<24}{processor_s:>12.2f}")


def print_times(name: str, words: Sequence[str], runs: int) -> None:
    """Print what a command takes."""
    processor_s, clock_s = of_command(words, runs)
    print(f"{name:<24}{processor_s:>12.2f}{clock_s:>10.2f}")


def of_command(words: Sequence[str], runs: int) -> tuple[float, float]:
    """Processor and clock seconds of a command as a whole process, from start to exit, with those beside it; its last word is a
    folder that is to be written."""
    took: list[tuple[float, float]] = []
    for _ in range(runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "gaapbridge", *words, f"{folder}/written", "--quiet"]
            began, before = time.perf_counter(), os.times()
            subprocess.run(command, check=True, capture_output=True, env=os.environ | {"GAAPBRIDGE_PARTS_MB": "0"})
            after = os.times()
        processor_s = after.children_user - before.children_user + after.children_system - before.children_system
        took.append((processor_s, time.perf_counter() - began))
    processor, clock = zip(*took[1:], strict=True)
    return statistics.median(processor), statistics.median(clock)


def of_ledger(folder: Path, lines: int) -> dict[str, float]:
    """Processor seconds of a workbook with that many journal lines: the run's own, posted over and over.

    It is written, and where IronCalc is installed loaded and calculated anew by that.
    """
    run = Run(folder)
    own = run.listed.journals
    run.listed.__dict__["journals"] = (own * (lines // len(own) + 1))[:lines]
    took: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as made:
        began = time.process_time()
        workbook.write(run, Path(made))
        took[f"{lines:,} lines written"] = time.process_time() - began
        if find_spec("ironcalc") is not None:
            import ironcalc

            began = time.process_time()
            model = ironcalc.load_from_xlsx(f"{made}/{workbook.FILE}", "en", "UTC")
            took["loaded"] = time.process_time() - began
            model.evaluate()
            took["calculated"] = time.process_time() - began - took["loaded"]
    return took


if __name__ == "__main__":
    main()
