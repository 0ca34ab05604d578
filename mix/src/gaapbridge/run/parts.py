"""The closes of shorter periods that make up a longer one exactly: its halves, its quarters, its months, or other parts.

Parts of one length are held against the whole by themselves; parts of several lengths only where none of one length make it
up, and then as few of them as do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gaapbridge.run.periods import ClosedPeriod, closed_within
from gaapbridge.terms.addresses import days_name, whole_months

NAMES = {1: "months", 3: "quarters", 6: "halves"}
"""What parts of one length are called, by their months."""


@dataclass(frozen=True)
class Parts:
    """Closed periods, each opening with the closing day of the one before, that together are a longer one; ``name`` says which:
    its halves, quarters or months, or ``parts``."""

    name: str
    periods: tuple[ClosedPeriod, ...]

    @property
    def folders(self) -> tuple[Path, ...]:
        """The version that stands for each: the last one filed, a restatement once it is, else the last one."""
        return tuple(period.standing.folder for period in self.periods)


@dataclass(frozen=True)
class Divisions:
    """How closes of shorter periods make up a longer one; ``beside`` are those that no division has, ``missing`` the days of
    the longer period, each from its first to its last, that none of these has."""

    found: tuple[Parts, ...]
    beside: tuple[ClosedPeriod, ...]
    missing: tuple[str, ...]


def divisions_of(runs: Path, entity: str, opening: date, closing: date) -> Divisions:
    """The divisions there are of a period. Raises ``UnusableInput`` where the manifest of a run cannot be read."""
    within = closed_within(runs, entity, opening, closing)
    by_months: dict[int | None, list[ClosedPeriod]] = {}
    for period in within:
        by_months.setdefault(_months(period), []).append(period)
    found = [
        Parts(NAMES.get(months, "parts"), chain)
        for months, periods in sorted((one for one in by_months.items() if one[0]), key=lambda one: -(one[0] or 0))
        if (chain := _chain(periods, opening, closing)) and months
    ]
    if not found and (mixed := _chain(within, opening, closing)):
        found = [Parts("parts", mixed)]
    taken = [period for parts in found for period in parts.periods]
    beside = tuple(period for period in within if period not in taken)
    return Divisions(tuple(found), beside, tuple(_missing(beside, opening, closing)) if beside else ())


def _chain(periods: Iterable[ClosedPeriod], opening: date, closing: date) -> tuple[ClosedPeriod, ...]:
    """As few periods as lead from one instant to another, in order of time; none where they do not."""
    reached: dict[date, tuple[ClosedPeriod, ...]] = {opening: ()}
    for period in sorted(periods, key=lambda one: (one.closing, one.days)):
        before = reached.get(period.opening) if period.opening else None
        known = reached.get(period.closing)
        if before is not None and (known is None or len(before) + 1 < len(known)):
            reached[period.closing] = (*before, period)
    return reached.get(closing, ())


def _missing(periods: Sequence[ClosedPeriod], opening: date, closing: date) -> Iterable[str]:
    """Stretches of a period that none of some within it has, by their first and last day."""
    until = opening
    for period in sorted(periods, key=lambda one: one.opening or one.closing):
        assert period.opening is not None, "one instant is no part of a period"
        if period.opening > until:
            yield days_name(until, period.opening)
        until = max(until, period.closing)
    if until < closing:
        yield days_name(until, closing)


def _months(period: ClosedPeriod) -> int | None:
    return None if period.opening is None else whole_months(period.opening, period.closing)
