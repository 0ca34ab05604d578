"""The demonstration: the example lender written, two years closed, the reconciliation printed, three commands to go on."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import TextIO

from gaapbridge.example.ledger import MEASURED_ROLES
from gaapbridge.example.lender import ExampleFiles, complete_ledger, write_example
from gaapbridge.period_close.period import Run, close, measure_us_gaap
from gaapbridge.progress import Progress

ELECTION = ('default_timing = "end"', 'default_timing = "middle"')
"""An election of the plan, and the other answer that the demonstration proposes to try."""


def run_demo(folder: Path, loans: int, progress: Progress, out: TextIO) -> int:
    """Write the example lender into ``folder``, close both years and print; returns the exit code of the last close."""
    with progress.stage("simulating the lender"):
        files = write_example(folder, loans=loans)
    with progress.stage("measuring for the lender's own ledger"):
        complete_ledger(folder, measured_year_ends(files))
    runs = [close(files.plans[year], progress=progress) for year in sorted(files.plans)]
    out.write(runs[-1].as_text())
    out.write(_held(runs[0]))
    out.write(_times(progress))
    out.write(_what_next(files.plans[max(files.plans)], runs[-1]))
    return max(run.exit_code for run in runs)


def measured_year_ends(files: ExampleFiles) -> dict[date, dict[str, int]]:
    """US GAAP balances and costs by role at every year-end, from a first measurement without the ledger."""
    measured: dict[date, dict[str, int]] = {}
    for year in sorted(files.plans):
        with tempfile.TemporaryDirectory() as scratch:
            us_gaap = measure_us_gaap(files.plans[year], Path(scratch))
        known = us_gaap.closing | us_gaap.income | us_gaap.memoranda
        measured.setdefault(date(year - 1, 12, 31), _taken(us_gaap.opening))
        measured[date(year, 12, 31)] = _taken(known)
    return measured


def _taken(amounts: dict[str, int]) -> dict[str, int]:
    """Those that the lender's ledger takes from a measurement."""
    return {role: amount for role, amount in amounts.items() if role in MEASURED_ROLES}


def _held(prior: Run) -> str:
    held, findings = sum(check.holds for check in prior.checks), len(prior.findings) or "none"
    return f"The year before: {held:,} of {len(prior.checks):,} hold. Findings: {findings}. Run: {prior.folder}\n"


def _times(progress: Progress) -> str:
    spent: dict[str, float] = {}
    for name, seconds in progress.elapsed:
        spent[name] = spent.get(name, 0.0) + seconds
    parts = [f"{name} {seconds:.1f} s" for name, seconds in spent.items()]
    return f"Elapsed: {', '.join(parts)}; together {sum(spent.values()):.1f} s.\n"


def _what_next(plan: Path, run: Run) -> str:
    """Three commands filled in for this run."""
    old, new = ELECTION
    return (
        "\nGo on with (the command is .venv/bin/gaapbridge where it is not on your path):\n"
        f"\n1. Open the largest difference down to the contract\n"
        f"  gaapbridge explain {run.folder} {_largest(run)}\n"
        f"\n2. Calculate 25 contracts again, by the independent calculator\n"
        f"  gaapbridge reperform {run.folder} --sample 25\n"
        f"\n3. Change an election, close again, see what moved and why\n"
        f"  sed -i.before 's/{old}/{new}/' {plan}\n"
        f"  gaapbridge close {plan}\n"
        f"  gaapbridge compare previous latest --runs {plan.parent / 'runs'}\n"
    )


def _largest(run: Run) -> str:
    """Address of the largest adjustment of the closing balance sheet."""
    sheet = json.loads((run.folder / "exact.json").read_text(encoding="utf-8"))["statements"][0]
    cells = [
        (abs(amount), f"{sheet['id']}/{row['id']}/{column}")
        for row in sheet["rows"]
        if row["role"] == "line"
        for column, amount in row["adj"].items()
    ]
    return max(cells)[1]
