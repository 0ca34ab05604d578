"""What modifications add to the principal of N contracts as interest, and on which days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Dates = NDArray[np.datetime64]


@dataclass(frozen=True)
class Rises:
    """Of N contracts with at most K modifications each: their ``days`` K x N, not-a-time where there are fewer, and
    ``amounts``, minor units."""

    days: Dates
    amounts: Whole

    @classmethod
    def none(cls, contracts: int) -> Rises:
        """Of so many contracts none."""
        return cls(np.zeros((0, contracts), "datetime64[D]"), np.zeros((0, contracts), np.int64))

    def of(self, places: Whole) -> Rises:
        """Those of the contracts at some places."""
        return Rises(self.days[:, places], self.amounts[:, places])

    def at(self, places: Whole, contracts: int) -> Rises:
        """These as those at some places of so many contracts, of which the others have none."""
        days, amounts = (
            np.full((len(self.days), contracts), np.datetime64("NaT", "D")),
            np.zeros((len(self.days), contracts), np.int64),
        )
        days[:, places], amounts[:, places] = self.days, self.amounts
        return Rises(days, amounts)

    def by(self, of: Whole, days: Dates) -> Whole:
        """What has been added to contracts ``of`` by a day each."""
        added = np.zeros(len(of), np.int64)
        for day, amount in zip(self.days, self.amounts, strict=True):
            added += np.where(days >= day[of], amount[of], 0)
        return added

    def each(self) -> tuple[Whole, Dates]:
        """Contracts and days of all amounts above nil."""
        rank, place = np.nonzero(self.amounts > 0)
        return place, self.days[rank, place]

    def last(self) -> Dates:
        """The last day of each on which something was added; not-a-time where nothing was."""
        days = np.where(self.amounts > 0, self.days, np.datetime64("NaT", "D"))
        last: Dates = np.fmax.reduce(days, axis=0, initial=np.datetime64("NaT", "D"))
        return last

    def sharing(self, added: Whole, cured: Dates) -> Rises:
        """What was ``added`` to each in all, on the days of its modifications: by their amounts where these come to it, else on
        that of its cure, or on the last one."""
        on_cure = self.days == cured
        last = self.days == np.fmax.reduce(self.days, axis=0, initial=np.datetime64("NaT", "D"))
        one = np.where(on_cure.any(axis=0), on_cure, last)
        by_amounts = self.amounts.sum(axis=0) == added
        return Rises(self.days, np.where(by_amounts, self.amounts, one * added))
