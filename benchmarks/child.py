"""One piece of work of the benchmark as a process of its own; prints one line of JSON about itself.

write FOLDER LOANS all|young   tapes and plan of a size
read THREADS WITHOUT PATH...   every row group of the tapes, decoded and dropped; columns named in WITHOUT, by commas, left out
close PLAN [TOLD...]           the close of a period; workers=N, kept=MEGABYTES of parts, or a key of the plan with its value
plant PLAN TAPE                a copy of a plan's folder whose tape has one impossible row
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.timed import KEPT, report


def main() -> None:
    """Do the work asked for, then report seconds, peak memory and what came of it."""
    works: dict[str, Callable[..., tuple[float, dict[str, Any]]]]
    works = {"write": write, "read": read, "close": close, "plant": plant}
    work_s, answer = works[sys.argv[1]](*sys.argv[2:])
    report(work_s, answer)


def read(threads: str, without: str, *paths: str) -> tuple[float, dict[str, Any]]:
    """What any close must at least do: decode each row group once, one task each, single-threaded inside."""
    from pyarrow import parquet

    began = time.perf_counter()
    left_out = set(without.split(","))

    def rows_of(task: tuple[str, int]) -> int:
        path, group = task
        with parquet.ParquetFile(path) as file:
            columns = [name for name in file.schema_arrow.names if name not in left_out]
            return int(file.read_row_group(group, columns=columns, use_threads=False).num_rows)

    tasks = [(path, group) for path in paths for group in range(parquet.read_metadata(path).num_row_groups)]
    with ThreadPoolExecutor(int(threads)) as pool:
        rows = sum(pool.map(rows_of, tasks))
    return time.perf_counter() - began, {"rows": rows}


def close(plan: str, *told: str) -> tuple[float, dict[str, Any]]:
    """The close itself; a refusal of the input is an answer, not a failure."""
    began = time.perf_counter()
    from gaapbridge.engine.local import Threads
    from gaapbridge.period_close import close as close_period
    from gaapbridge.terms.errors import UnusableInput

    workers = [int(one.removeprefix("workers=")) for one in told if one.startswith("workers=")]
    os.environ[KEPT] = next((one.removeprefix("kept=") for one in told if one.startswith("kept=")), "0")
    settings = [one for one in told if not one.startswith(("workers=", "kept="))]
    try:
        close_period(Path(plan), settings=settings, engine=Threads(workers[0]) if workers else None)
    except UnusableInput as refusal:
        return time.perf_counter() - began, {"refused": str(refusal), "rejects": 0}
    work_s = time.perf_counter() - began
    folder = max((Path(plan).parent / "runs").rglob("totals.json"), key=lambda path: path.stat().st_mtime).parent
    return work_s, {"ledger": ledger(folder / "totals.json"), "rejects": rejects(folder / "rejects.csv")}


def ledger(totals: Path) -> str:
    """The hash that the totals carry; of the file itself if it carries none."""
    told = json.loads(totals.read_text())
    for name in ("sha256", "sha_256", "hash"):
        if isinstance(told, dict) and isinstance(told.get(name), str):
            return str(told[name])
    return hashlib.sha256(totals.read_bytes()).hexdigest()


def rejects(listed: Path) -> int:
    """Rows of the rejects file below its header."""
    return max(len(listed.read_text().splitlines()) - 1, 0) if listed.exists() else 0


def write(folder: str, loans: str, kind: str) -> tuple[float, dict[str, Any]]:
    """The tapes, the curves and the plan of a size."""
    from benchmarks.tapes import write_bench_tapes

    began = time.perf_counter()
    files = write_bench_tapes(Path(folder), int(loans), young=kind == "young")
    return time.perf_counter() - began, {
        "plan": str(files.plan),
        "tapes": [str(path) for path in files.tapes],
        "closing_tape": str(files.loans[1]),
        "rows": {
            "loans": sum(files.loan_rows),
            "guarantees": sum(files.guarantee_rows),
            "fee instalments": sum(files.fee_rows),
        },
    }


def plant(plan: str, tape: str) -> tuple[float, dict[str, Any]]:
    """Copy the plan's folder and make one contract on its closing tape older than its own tape allows."""
    import pyarrow
    from pyarrow import parquet

    began = time.perf_counter()
    source = Path(plan).parent
    folder = source.with_name(source.name + "-planted")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("runs"))
    target = folder / Path(tape).relative_to(source)
    table = parquet.read_table(target)
    at = table.schema.get_field_index("days_past_due")
    days = [-1, *table.column(at).to_pylist()[1:]]
    field = table.schema.field(at)
    parquet.write_table(table.set_column(at, field, pyarrow.array(days, type=field.type)), target)
    return time.perf_counter() - began, {"plan": str(folder / Path(plan).name)}


if __name__ == "__main__":
    main()
