"""How far back a default or a missed instalment counts, by what a hazard table states of each version and segment.

Contracts on which nothing is overdue are not alike: who was in default within a year, or missed an instalment, defaults more
often. A table that has been estimated for them apart says so by its bucket ``recently_late`` and by ``look_back_months``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import ALWAYS, BUCKETS, RECENTLY_LATE
from gaapbridge.assumptions.versions import in_force
from gaapbridge.terms import UnusableInput

UNSTATED = 0
"""Of a table that says nothing of how far back it looks."""


@dataclass(frozen=True)
class LookBack:
    """``months`` within which a cure or a miss counts, ``UNSTATED`` where none are, and whether the table knows contracts that
    are ``recently_late``: version x segment, of one version by segment."""

    months: NDArray[np.int64]
    recently_late: NDArray[np.bool_]

    def of(self, version: int) -> LookBack:
        """Those of one version, by segment."""
        return LookBack(self.months[version], self.recently_late[version])


def with_recently_late(hazards: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The rows of a hazard table and its buckets. Where some version or segment has ``recently_late``, the others have their
    hazards of ``current`` under that name too: no contract of theirs stands there, and every segment has every bucket.

    Raises nothing: a version in which one scenario has the bucket and another lacks it is refused as a gap.
    """
    late = pl.col("bucket") == RECENTLY_LATE
    if not hazards.select(late.any()).item():
        return hazards, ALWAYS
    without = hazards.filter(~late.any().over("valid_from", "segment") & (pl.col("bucket") == "current"))
    return pl.concat([hazards, without.with_columns(bucket=pl.lit(RECENTLY_LATE))]), BUCKETS


def look_back(hazards: pl.DataFrame, file: str, versions: Sequence[date], segments: Sequence[str]) -> LookBack:
    """What a hazard table, as it is given, states of each version and segment. Raises ``UnusableInput`` for two numbers in one
    segment."""
    months = stated_once(
        hazards, "look_back_months", file, versions, segments, "the buckets of a segment are made for one look-back",
        "keep the rows of one; state it in every row of the segment, or in none",
    )  # fmt: skip
    late = hazards.group_by("valid_from", "segment").agg((pl.col("bucket") == RECENTLY_LATE).any())
    known = {(day, segment): found for day, segment, found in late.iter_rows()}
    own = sorted({day for day, _ in known})
    return LookBack(months, np.array([[known[own[in_force(own, day)], segment] for segment in segments] for day in versions]))


def stated_once(
    table: pl.DataFrame, column: str, file: str, versions: Sequence[date], segments: Sequence[str], rule: str, remedy: str
) -> NDArray[np.int64]:  # fmt: skip
    """The one number that each version states for a segment, version x segment, ``UNSTATED`` where it is empty. Raises
    ``UnusableInput`` by ``rule`` and ``remedy`` where rows differ."""
    numbers = table.group_by("valid_from", "segment", maintain_order=True).agg(pl.col(column).unique().sort())
    stated = {(day, segment): found for day, segment, found in numbers.iter_rows()}
    for (day, segment), found in sorted(stated.items()):
        if len(found) > 1:
            told = ", ".join("none" if number is None else str(number) for number in found)
            raise UnusableInput(file=file, column=column, value=f"{day}, {segment}: {told}", rule=rule, remedy=remedy)
    own = sorted({day for day, _ in stated})
    return np.array([[stated[own[in_force(own, day)], segment][0] or UNSTATED for segment in segments] for day in versions])
