"""The demonstration: the example lender written, two years closed, the reconciliation printed, three commands to go on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gaapbridge.example.ledger import MEASURED_ROLES
from gaapbridge.example.lender import ExampleFiles, complete_ledger, write_example
from gaapbridge.period_close import close
from gaapbridge.period_close.us_gaap import UsGaap, measure_us_gaap
from gaapbridge.progress import Progress
from gaapbridge.run import Run
from gaapbridge.scratch import scratch_folder, temporary_folder
from gaapbridge.statement.evidence import counted
from gaapbridge.terms.text import text_of, visible
from gaapbridge.terms.writing import writing

ELECTION = ('default_timing = "end"', 'default_timing = "middle"')
"""An election of the plan, and the other answer that the demonstration proposes to try."""

EDITED_BY_PEOPLE = (".toml", ".csv")
"""Endings of the files that a person may have edited: plans, curves and trial balances."""


@dataclass(frozen=True)
class Demonstration:
    """Both years closed: the plan of the later, the two runs, the files kept aside, and the seconds by stage."""

    plan: Path
    prior: Run
    run: Run
    kept: tuple[Path, ...]
    elapsed: tuple[tuple[str, float], ...]

    @property
    def exit_code(self) -> int:
        """The worse of the two closes."""
        return max(self.prior.exit_code, self.run.exit_code)

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``: the later close as ``close`` gives it, then the year before and the files kept."""
        return {**self.run.as_dict(), "prior": self.prior.as_dict(), "kept": [str(path) for path in self.kept]}

    def as_text(self, width: int | None = None) -> str:
        """The statement of the later year, then the year before, what was kept, the times, and three commands to go on."""
        told = [*_held(self.prior), *_kept(self.kept), *_times(self.elapsed)]
        return "".join([self.run.as_text(width), text_of([*told, ""], width), _what_next(self)])


def demonstrate(folder: Path, loans: int, progress: Progress) -> Demonstration:
    """Write the example lender into ``folder`` and close both years. A file that a person edited is kept aside first."""
    with scratch_folder(folder, ".unfinished-") as unfinished:
        with progress.stage("simulating the lender"), writing(folder):
            files = write_example(unfinished, loans=loans)
        with progress.stage("measuring for the lender's own ledger"):
            year_ends = measured_year_ends(files)
            with writing(folder):
                complete_ledger(files.folder, year_ends)
        kept = tuple(moved_in(files.folder, folder))
    plans = [folder / files.plans[year].name for year in sorted(files.plans)]
    prior, run = (close(plan, progress=progress) for plan in plans)
    return Demonstration(plans[-1], prior, run, kept, tuple(progress.elapsed))


def moved_in(written: Path, folder: Path) -> Iterator[Path]:
    """Move every file from ``written`` to its place in ``folder``; yields where a file that a person edited is kept instead."""
    for path in sorted(path for path in written.rglob("*") if path.is_file()):
        place = folder / path.relative_to(written)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.suffix in EDITED_BY_PEOPLE and place.exists() and place.read_bytes() != path.read_bytes():
            yield place.rename(_aside(place))
        path.replace(place)


def _aside(place: Path) -> Path:
    """The first free name beside a file: ``plan-kept-1.toml`` for ``plan.toml``."""
    numbered = (place.with_stem(f"{place.stem}-kept-{number}") for number in itertools.count(1))
    return next(path for path in numbered if not path.exists())


def measured_year_ends(files: ExampleFiles) -> dict[date, dict[str, int]]:
    """US GAAP balances and costs by role at every year-end, from a first measurement without the ledger.

    The years are measured side by side: while one is read, which one processor does, the other has kernels to run.
    """
    measured: dict[date, dict[str, int]] = {}
    with ThreadPoolExecutor() as beside:
        years = sorted(files.plans)
        for year, us_gaap in zip(years, beside.map(_measured, [files.plans[year] for year in years]), strict=True):
            known = us_gaap.closing | us_gaap.income | us_gaap.memoranda
            measured.setdefault(date(year - 1, 12, 31), _taken(us_gaap.opening))
            measured[date(year, 12, 31)] = _taken(known)
    return measured


def _measured(plan: Path) -> UsGaap:
    """One year measured, in a folder that goes with it."""
    with temporary_folder() as scratch:
        return measure_us_gaap(plan, scratch)


def _taken(amounts: dict[str, int]) -> dict[str, int]:
    """Those that the lender's ledger takes from a measurement."""
    return {role: amount for role, amount in amounts.items() if role in MEASURED_ROLES}


def _held(prior: Run) -> Iterator[str]:
    findings = len(prior.listed.findings) or "none"
    yield f"The year before: {counted(prior.listed.checks)}. Findings: {findings}. Run: {prior.folder}"


def _kept(kept: tuple[Path, ...]) -> Iterator[str]:
    """One line where files are kept, none otherwise."""
    if kept:
        yield f"Files that differed from the example's are kept: {', '.join(map(str, kept))}"


def _times(elapsed: tuple[tuple[str, float], ...]) -> Iterator[str]:
    spent: dict[str, float] = {}
    for name, seconds in elapsed:
        spent[name] = spent.get(name, 0.0) + seconds
    parts = [f"{name} {seconds:.1f} s" for name, seconds in spent.items()]
    yield f"Elapsed: {', '.join(parts)}; together {sum(spent.values()):.1f} s."


def _what_next(done: Demonstration) -> str:
    """Three commands filled in for the later run."""
    plan, folder = visible(str(done.plan)), visible(str(done.run.folder))
    old, new = ELECTION
    return (
        "\nGo on with (the command is .venv/bin/gaapbridge where it is not on your path):\n"
        f"\n1. Open the largest difference down to the contract\n"
        f"  gaapbridge explain {folder} {_largest(done.run)}\n"
        f"\n2. Calculate 25 contracts again, by the independent calculator\n"
        f"  gaapbridge reperform {folder} --sample 25\n"
        f"\n3. Change an election, close again, see what moved, by which path and why\n"
        f"  sed -i.before 's/{old}/{new}/' {plan}\n"
        f"  gaapbridge close {plan}\n"
        f"  gaapbridge compare previous latest --runs {visible(str(done.plan.parent / 'runs'))}\n"
    )


def _largest(run: Run) -> str:
    """Address of the largest adjustment of the closing balance sheet."""
    sheet = run.exact.statements[0]
    cells = [
        (abs(amount), f"{sheet.id}/{row.id}/{column}")
        for row in sheet.rows
        if row.role == "line"
        for column, amount in row.adjustments.items()
    ]
    return max(cells)[1]
