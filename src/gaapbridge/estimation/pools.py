"""Segments whose defaults are recognised on the same day: they are counted and fitted together, those of other days apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.exclusions import contracts_of
from gaapbridge.estimation.months import Months, Small
from gaapbridge.plan.history import ContractHistory


@dataclass(frozen=True)
class Pool:
    """Segments of one day of recognition: their names, their numbers among all of the history, and how they are estimated, with
    the day as ``default_days``."""

    segments: tuple[str, ...]
    numbers: tuple[int, ...]
    stated: ContractHistory
    whole: bool

    def of(self, months: Months) -> Months:
        """The months of its contracts, segments numbered within it."""
        if self.whole:
            return months
        cut = contracts_of(months, self.has(months.segment))
        return replace(cut, segment=self.renumbered(cut.segment))

    def has(self, segment: Small) -> NDArray[np.bool_]:
        """Which contracts are of its segments."""
        return np.isin(segment, self.numbers)

    def renumbered(self, segment: Small) -> Small:
        """Segments of the history by their numbers within it."""
        return np.searchsorted(np.array(self.numbers), segment).astype(np.int32)


def pools_of(stated: ContractHistory, segments: Sequence[str]) -> tuple[Pool, ...]:
    """The segments of a history by the days on which their defaults are recognised, the earliest day first.

    Funders of bank and trust are paid on day 62, those of insurers on day 90: two pools, ("bank", "trust") and ("insurer",).
    """
    days = [stated.days_of(segment) for segment in segments]
    found = []
    for day in sorted(set(days)):
        numbers = tuple(number for number, one in enumerate(days) if one == day)
        named = tuple(segments[number] for number in numbers)
        found.append(Pool(named, numbers, stated.model_copy(update={"default_days": day}), len(numbers) == len(days)))
    return tuple(found)
