"""The versions of a period, under either name of its folder: which there are, and which of them stands for the period.

A version that was filed stands until another one is filed; where none was, the last one does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gaapbridge.plan import Plan
from gaapbridge.run.folder import closing_days, folders_closing_on, number_of, versions
from gaapbridge.run.manifest import Manifest, has_manifest, read_manifest
from gaapbridge.terms.errors import UnusableInput


@dataclass(frozen=True)
class ClosedVersion:
    """One version of a period: its folder, and what it says of itself."""

    folder: Path
    manifest: Manifest

    @property
    def number(self) -> int:
        """Its number among the versions of its period."""
        return number_of(self.folder)

    @property
    def filed(self) -> bool:
        """Whether its statements were filed."""
        return self.manifest.status == "filed"

    def __str__(self) -> str:
        return f"{self.folder.name}, {self.manifest.status}" if self.manifest.status else self.folder.name


@dataclass(frozen=True)
class ClosedPeriod:
    """The versions of one period, oldest first; ``opening`` is None where one instant was measured."""

    opening: date | None
    closing: date
    versions: tuple[ClosedVersion, ...]

    @property
    def filed(self) -> ClosedVersion | None:
        """The version that was filed last; None where none was."""
        return next((version for version in reversed(self.versions) if version.filed), None)

    @property
    def standing(self) -> ClosedVersion:
        """The version that stands for the period: the last one filed, else the last one."""
        return self.filed or self.versions[-1]

    @property
    def days(self) -> int:
        """Its length; nil of one instant."""
        return 0 if self.opening is None else (self.closing - self.opening).days


def closed_within(runs: Path, entity: str, opening: date, closing: date) -> list[ClosedPeriod]:
    """Every shorter period of an entity that was closed and lies in one from an instant to another, in order of time.

    Raises ``UnusableInput`` where a manifest cannot be read.
    """
    days = {day for day in closing_days(runs, entity) if opening < day <= closing}
    periods = [period for day in sorted(days) for period in closed_periods(runs, entity, day)]
    whole = (opening, closing)
    return [one for one in periods if one.opening and one.opening >= opening and (one.opening, one.closing) != whole]


def closed_periods(runs: Path, entity: str, closing: date) -> list[ClosedPeriod]:
    """Every period of an entity that was closed on a day, the longest first.

    Raises ``UnusableInput`` where a manifest cannot be read: whether that version was filed is not known then.
    """
    found: dict[date | None, list[ClosedVersion]] = {}
    for folder in versions(*folders_closing_on(runs, entity, closing)):
        if has_manifest(folder):
            manifest = _manifest_of(folder)
            opening = None if manifest.statements.opening is None else date.fromisoformat(manifest.period.opening)
            found.setdefault(opening, []).append(ClosedVersion(folder, manifest))
    periods = (ClosedPeriod(opening, closing, tuple(kept)) for opening, kept in found.items())
    return sorted(periods, key=lambda period: -period.days)


def _manifest_of(folder: Path) -> Manifest:
    try:
        return read_manifest(folder)
    except UnusableInput as damaged:
        if damaged.key != "format":
            damaged.remedy = "restore the run, or move its folder away: whether it was filed is not known"
        raise


def period_of(periods: Iterable[ClosedPeriod], opening: date | None) -> ClosedPeriod | None:
    """The one of some periods that opens at an instant; None where none does."""
    return next((period for period in periods if period.opening == opening), None)


def versions_of(plan: Plan) -> ClosedPeriod | None:
    """The versions there are of the period that a plan closes; None where it was not closed yet."""
    opening = None if plan.opening.source == "none" else plan.period.opening
    return period_of(closed_periods(plan.locate(plan.runs.folder), plan.entity.name, plan.period.closing), opening)
