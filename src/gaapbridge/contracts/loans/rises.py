"""What modifications add to the principal of N contracts as interest, and what is off it without cash, and on which days."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Dates = NDArray[np.datetime64]


@dataclass(frozen=True)
class Rises:
    """Of N contracts with at most K of them each: their ``days`` K x N, not-a-time where there are fewer, and ``amounts``,
    minor units, below nil of what is written off in part."""

    days: Dates
    amounts: Whole

    @classmethod
    def none(cls, contracts: int) -> Rises:
        """Of so many contracts none."""
        return cls(np.zeros((0, contracts), "datetime64[D]"), np.zeros((0, contracts), np.int64))

    @classmethod
    def by_day(cls, rows: pl.DataFrame, contracts: pl.Series) -> Rises:
        """Of rows with ``contract_id``, ``date`` and ``amount_minor`` those of some contracts, one a day."""
        asked = pl.DataFrame({"contract_id": contracts, "place": np.arange(len(contracts))})
        found = rows.join(asked, on="contract_id").group_by("place", "date").agg(pl.col("amount_minor").sum())
        found = found.sort("place", "date").with_columns(rank=pl.int_range(pl.len()).over("place"))
        rank, place = found["rank"].to_numpy(), found["place"].to_numpy()
        shape = int(rank.max(initial=-1)) + 1, len(contracts)
        days, amounts = np.full(shape, np.datetime64("NaT", "D")), np.zeros(shape, np.int64)
        days[rank, place] = found["date"].to_numpy().astype("datetime64[D]")
        amounts[rank, place] = found["amount_minor"].to_numpy()
        return cls(days, amounts)

    def of(self, places: Whole) -> Rises:
        """Those of the contracts at some places."""
        return Rises(self.days[:, places], self.amounts[:, places])

    def at(self, places: Whole, contracts: int) -> Rises:
        """These as those at some places of so many contracts, of which the others have none."""
        shape = len(self.days), contracts
        days, amounts = np.full(shape, np.datetime64("NaT", "D")), np.zeros(shape, np.int64)
        days[:, places], amounts[:, places] = self.days, self.amounts
        return Rises(days, amounts)

    def beside(self, other: Rises) -> Rises:
        """These and those."""
        return Rises(np.concatenate([self.days, other.days]), np.concatenate([self.amounts, other.amounts]))

    @property
    def added(self) -> Rises:
        """What is added alone."""
        return replace(self, amounts=np.maximum(self.amounts, 0))

    def by(self, of: Whole, days: Dates) -> Whole:
        """What has been added to contracts ``of`` by a day each, less what is off."""
        added = np.zeros(len(of), np.int64)
        for day, amount in zip(self.days, self.amounts, strict=True):
            added += np.where(days >= day[of], amount[of], 0)
        return added

    def each(self) -> tuple[Whole, Dates]:
        """Contracts and days of all amounts."""
        rank, place = np.nonzero(self.amounts)
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
