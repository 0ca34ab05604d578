"""The run folder: written beside its place and renamed when whole, so an interrupted run leaves nothing half-written."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gaapbridge.scratch import scratch_folder
from gaapbridge.terms.addresses import days_name
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.writing import reason_of

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
PLAN = "plan.toml"
STATEMENT = "statement.json"
STATEMENT_TEXT = "statement.txt"
EXACT = "exact.json"
NOTES = "notes.txt"
NOTES_SAID = "notes.json"
LEDGERS = "ledger.json"
JOURNALS = "journals.csv"
JOURNALS_TABLE = "journals.parquet"
MOVEMENTS = "movements.json"
HINDSIGHT = "hindsight.json"
ROLL_FORWARD = "roll_forward.json"
BROUGHT_FORWARD_FILE = "brought_forward.csv"
GIVEN = "given.csv"
CHECKS = "checks.json"
FINDINGS = "findings.json"
NOT_CHECKED = "not_checked.json"
RESTATEMENT = "restatement.json"
REJECTS = "rejects.csv"
MEASUREMENTS = "measurements"
SAMPLES = "samples"
EXTRACTS = "extracts"
"""Names in a run folder that are read again; the last three are folders: measurements and samples have one for each kind of
contract, extracts a file for each source that a query answered."""

TABLES = frozenset({MEASUREMENTS, SAMPLES, EXTRACTS})
"""The folders among them."""

STATEMENT_TABLE = "statement.csv"
TOTALS = "totals.json"
"""Names in a run folder that others read, and nothing here does."""

FILES = frozenset(
    {
        PLAN, STATEMENT, STATEMENT_TEXT, STATEMENT_TABLE, EXACT, NOTES, NOTES_SAID, LEDGERS, JOURNALS, JOURNALS_TABLE,
        ROLL_FORWARD, HINDSIGHT, MOVEMENTS, BROUGHT_FORWARD_FILE, GIVEN, CHECKS, FINDINGS, NOT_CHECKED, REJECTS,
        TOTALS, RESTATEMENT,
    }
)  # fmt: skip
"""Every file that a run may have but its manifest and the seal of that: each has its writer in ``ARTEFACTS``, and none is taken
for one unlisted."""


def slug(name: str) -> str:
    """A name as a folder: letters and digits, hyphens between.

    >>> slug("Example Lender, Ltd.")
    'example-lender-ltd'
    >>> slug("甲公司")
    '甲公司'
    """
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-") or "entity"


def period_folder(runs: Path, entity: str, opening: date | None, closing: date) -> Path:
    """Folder of all versions of one period, by its first and last day; by its day where there is one instant only.

    >>> period_folder(Path("runs"), "Example", date(2023, 12, 31), date(2024, 6, 30)).as_posix()
    'runs/example/2024-01-01_2024-06-30'
    """
    return runs / slug(entity) / (closing.isoformat() if opening is None else days_name(opening, closing))


def named_by_last_day(period: Path) -> Path:
    """The folder in which versions of a period were kept before: by its last day, so that periods which end together shared it.

    >>> named_by_last_day(Path("runs/example/2024-01-01_2024-06-30")).name
    '2024-06-30'
    """
    return period.with_name(period.name.rpartition("_")[2])


def folders_closing_on(runs: Path, entity: str, closing: date | str) -> list[Path]:
    """The folders of every period of an entity that closes on a day, and of what was kept by that day alone."""
    return sorted((runs / slug(entity)).glob(f"*{closing}"))


def closing_days(runs: Path, entity: str) -> set[date]:
    """The days on which periods of an entity were closed, by the names of their folders."""
    days: set[date] = set()
    for folder in (runs / slug(entity)).glob("*-*-*"):
        with contextlib.suppress(ValueError):
            days.add(date.fromisoformat(folder.name.rpartition("_")[2]))
    return days


def version_folders(runs: Path) -> list[Path]:
    """Every version of every period of every entity under a folder of runs, in the order of their names; of a folder that goes
    meanwhile, or is another user's, none."""
    return sorted(one for entity in _within(runs) for period in _within(entity) for one in _versions_in(period))


def _within(folder: Path) -> list[Path]:
    """The folders in a folder that can be looked into; none where it is gone."""
    try:
        with os.scandir(folder) as entries:
            return [Path(one.path) for one in entries if one.is_dir() and os.access(one.path, os.R_OK | os.X_OK)]
    except OSError:
        return []


def _versions_in(period: Path) -> list[Path]:
    """The versions of a period; none where it is gone."""
    try:
        return versions(period)
    except OSError:
        return []


def versions(*folders: Path) -> list[Path]:
    """Runs in some folders of one period, oldest first."""
    found = (path for folder in {*folders} if folder.is_dir() for path in folder.iterdir())
    return sorted(
        (path for path in found if re.fullmatch(r"v[1-9][0-9]*", path.name)), key=lambda path: (number_of(path), path)
    )


def number_of(version: Path) -> int:
    """The number of a version, from its folder's name.

    >>> number_of(Path("runs/example/2024-06-30/v12"))
    12
    """
    return int(version.name[1:])


def measured_kinds(run: Path) -> list[str]:
    """The kinds of contracts that a run has measured; where it keeps no table of them, those that it keeps some of."""
    tables = [path.name for path in (run / MEASUREMENTS).glob("*") if path.is_dir()]
    return sorted(tables or (path.name for path in (run / SAMPLES).glob("*") if path.is_dir()))


def measurement_path(run: Path, kind: str) -> Path:
    """The folder of the table of one kind's contracts, in parts."""
    return run / MEASUREMENTS / kind


def measurement_files(run: Path, kind: str) -> tuple[Path, ...]:
    """The files of a run that hold what was measured of one kind of contract; none where it measured none."""
    return tuple(sorted(measurement_path(run, kind).glob("*.parquet")))


def extract_path(run: Path, source: str) -> Path:
    """The file of a run with what a query gave for a source."""
    return run / EXTRACTS / f"{source}.parquet"


@dataclass
class Version:
    """A version of a period: where it is written, and once it is whole the run's own folder."""

    folder: Path


@contextlib.contextmanager
def new_version(period: Path, may_stand: Callable[[], object] = lambda: None) -> Iterator[Version]:
    """A folder to write a run in; on success it becomes the next version of its period, on failure it is removed.

    ``may_stand`` raises where no further version may stand beside those there are. It is asked again for every number that is
    tried: whoever closes meanwhile takes the number, so that what was looked at is what there is.
    """
    with contextlib.ExitStack() as made:
        made.callback(_remove_empty, period)
        try:
            beside = made.enter_context(scratch_folder(period, ".unfinished-"))
        except OSError as refused:
            raise UnusableInput(
                file=str(period),
                rule=f"runs can be written there ({reason_of(refused)})",
                remedy="check [runs] folder in the plan",
            ) from None
        version = Version(beside)
        yield version
        version.folder = _renamed(beside, period, may_stand)


def _remove_empty(period: Path) -> None:
    """Leave no empty folders of a period that was never closed."""
    with contextlib.suppress(OSError):
        period.rmdir()
        period.parent.rmdir()


def _renamed(beside: Path, period: Path, may_stand: Callable[[], object]) -> Path:
    """The next version of a period, renamed from beside its place; a number that another close takes meanwhile is its own.

    None is used again that stands in the folder by the last day alone. The number is counted before it is asked whether the
    version may stand: one that is written in between has it, and the renaming fails.
    """
    while True:
        known = versions(period, named_by_last_day(period))
        place = period / f"v{number_of(known[-1]) + 1 if known else 1}"
        may_stand()
        try:
            return beside.rename(place)
        except OSError:
            if not os.path.lexists(place):
                raise
