"""The demonstration: the example lender written, two years closed, the reconciliation printed, three commands to go on."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import TextIO

from gaapbridge.example.lender import ExampleFiles, complete_ledger, write_example
from gaapbridge.period_close.period import Run, close, measure_us_gaap
from gaapbridge.progress import Progress


def run_demo(folder: Path, loans: int, progress: Progress, out: TextIO) -> int:
    """Write the example lender into ``folder``, close both years and print; returns the exit code of the last close."""
    with progress.stage("simulating the lender"):
        files = write_example(folder, loans=loans)
    with progress.stage("measuring for the lender's own ledger"):
        complete_ledger(folder, measured_year_ends(files))
    runs = [close(files.plans[year], progress=progress) for year in sorted(files.plans)]
    out.write(runs[-1].as_text())
    out.write(_times(progress))
    out.write(_what_next(runs[-1]))
    return max(run.exit_code for run in runs)


def measured_year_ends(files: ExampleFiles) -> dict[date, dict[str, int]]:
    """US GAAP balances by role at every year-end, from a first measurement without the ledger."""
    measured: dict[date, dict[str, int]] = {}
    for year in sorted(files.plans):
        with tempfile.TemporaryDirectory() as scratch:
            opening, closing = measure_us_gaap(files.plans[year], Path(scratch))
        measured.setdefault(date(year - 1, 12, 31), opening)
        measured[date(year, 12, 31)] = closing
    return measured


def _times(progress: Progress) -> str:
    spent: dict[str, float] = {}
    for name, seconds in progress.elapsed:
        spent[name] = spent.get(name, 0.0) + seconds
    parts = [f"{name} {seconds:.1f} s" for name, seconds in spent.items()]
    return f"Elapsed: {', '.join(parts)}; together {sum(spent.values()):.1f} s.\n"


def _what_next(run: Run) -> str:
    """Three commands filled in for this run."""
    exact = json.loads((run.folder / "exact.json").read_text(encoding="utf-8"))
    sheet = exact["statements"][0]
    largest = max(
        (
            (abs(amount), row["id"], column)
            for row in sheet["rows"]
            if row["role"] == "line"
            for column, amount in row["adj"].items()
        ),
        default=(0, "re", "ecl"),
    )
    return (
        "\nGo on with:\n"
        f"  gaapbridge explain {run.folder} {sheet['id']}/{largest[1]}/{largest[2]}\n"
        f"  gaapbridge reperform {run.folder} --sample 25\n"
        f"  gaapbridge verify {run.folder / 'statement.json'} --statutory-rate 0.25\n"
    )
