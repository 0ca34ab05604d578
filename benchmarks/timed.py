"""One child process of a benchmark, timed from start to exit by the clock and by its processors, and the machine it ran on."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
CHILD = (sys.executable, "-m", "benchmarks.child")
KEPT = "GAAPBRIDGE_PARTS_MB"
os.environ[KEPT] = "0"  # what is timed measures, but where a child is told to take up what is kept
LIBRARIES = ("numba", "llvmlite", "numpy", "pyarrow", "polars")


class BenchmarkFailed(Exception):
    """A child process that did not do its work; carries what it printed."""


@dataclass(frozen=True)
class Timed:
    """One child process: seconds from start to exit and of its work alone, processor seconds, peak memory, its answer.

    ``thread_s`` is user and system time of the process and of every worker that it started and waited for: on a machine that
    does other things besides it moves less than the clock. ``rss_mb`` is the peak of the process itself, ``worker_rss_mb`` that
    of the largest process it started, nil where it started none.
    """

    process_s: float
    thread_s: float
    work_s: float
    rss_mb: float
    worker_rss_mb: float
    answer: dict[str, Any]


def child(*arguments: str, may_fail: bool = False, command: Sequence[str] = CHILD) -> Timed:
    """Run one piece of work as a process of its own and time it from start to exit.

    Raises ``BenchmarkFailed`` where it fails, or refuses its input and may not.
    """
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, cwd=ROOT)
    process_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise BenchmarkFailed(f"{' '.join(arguments[:2])}\n{done.stderr.strip() or done.stdout.strip()}")
    answer = json.loads(lines[-1])
    if answer.get("refused") and not may_fail:
        raise BenchmarkFailed(f"{' '.join(arguments[:2])}\n{answer['refused']}")
    thread_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    inside = (answer.pop("work_s"), answer.pop("rss_mb"), answer.pop("worker_rss_mb", 0.0))
    return Timed(process_s, thread_s, *inside, answer)


def report(work_s: float, answer: dict[str, Any]) -> None:
    """What a child prints about itself, last: seconds of its work, peaks of memory in MB, its answer."""
    peaks = {"rss_mb": _peak_mb(resource.RUSAGE_SELF), "worker_rss_mb": _peak_mb(resource.RUSAGE_CHILDREN)}
    print(json.dumps({"work_s": work_s, **peaks, **answer}))


def _peak_mb(whose: int) -> float:
    """Peak resident memory in MB, of this process or of the largest that it waited for."""
    return resource.getrusage(whose).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def hash_of(files: Iterable[Path]) -> str:
    """SHA-256 of the bytes of files, one after another: the same tapes give the same, and any other byte another."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def machine() -> dict[str, str]:
    """What the figures depend on, so that two results can be told apart."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _processor() -> str:
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
