"""How long commands take that measure nothing: whole processes, alternating, medians, after one round that is not counted."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.timed import ROOT, BenchmarkFailed

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "help": ("--help",),
    "verify": ("verify", "src/gaapbridge/filings/published/autohome-2024.json"),
}
"""What is called, by name; a published reconciliation has findings, so that 1 is no failure of its command."""


@dataclass(frozen=True)
class Start:
    """A command: its median seconds from start to exit, and those of every run."""

    name: str
    process_s: float
    runs: list[float]


def measured_starts(runs: int) -> list[Start]:
    """Every command so many times, one after another in each round. Raises ``BenchmarkFailed`` where one fails."""
    took: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(runs + 1):
        for name, command in COMMANDS.items():
            began = time.perf_counter()
            done = subprocess.run([sys.executable, "-m", "gaapbridge", *command], capture_output=True, text=True, cwd=ROOT)
            seconds = time.perf_counter() - began
            if done.returncode not in (0, 1) or not done.stdout:
                raise BenchmarkFailed(f"gaapbridge {' '.join(command)}\n{done.stderr.strip()}")
            took[name] += [seconds] if number else []
    return [Start(name, statistics.median(seconds), seconds) for name, seconds in took.items()]


def line(starts: list[Start]) -> str:
    """One line: `start: help_s= verify_s=`."""
    return "start: " + " ".join(f"{one.name}_s={one.process_s:.3f}" for one in starts)
