"""Where most of what hindsight (R17) finds lies: the table, version, segment and bucket to estimate again first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.contracts.hindsight import PARTS, Hindsight
from gaapbridge.difference import SIDES
from gaapbridge.terms.finding import in_minor

Numbers = NDArray[np.float64]

Place = tuple[str, str, str, str]
"""Framework, what cells are told apart by, the cell, and whether of numbers or of amounts."""


@dataclass(frozen=True)
class Furthest:
    """The segment and bucket of one kind in which most of a difference lies, its way: what was expected there and what came,
    defaults or minor units; ``gap`` is the whole difference of the cells it was looked for in."""

    kind: str
    segment: str
    bucket: str
    hazards_from: date
    expected: float
    came: float
    of_amounts: bool
    gap: float

    def told(self, hazards: Mapping[str, str]) -> str:
        """What to estimate again, in words; ``hazards`` are the files of hazards by kind."""
        expected, came = (
            (in_minor(round(self.expected)), in_minor(round(self.came)))
            if self.of_amounts
            else (f"{self.expected:,.1f}", f"{self.came:,.0f}")
        )
        return (
            f"gaapbridge estimate PLAN makes {hazards[self.kind]} again; most of it lies in the version from "
            f"{self.hazards_from}, segment {self.segment}, bucket {self.bucket}: expected {expected}, came {came}"
        )


@dataclass(frozen=True)
class RecoveriesFurthest:
    """The segment in which most of a difference of recoveries lies, its way: minor units expected of contracts lost before the
    opening, by the recoveries ``since`` a day, and received; ``since`` is None where no recovery was stated."""

    segment: str
    since: date | None
    expected: float
    received: float

    def told(self, file: str | None) -> str:
        """What to estimate again, in words; ``file`` is that of the recoveries, None where the plan names none."""
        expected, received = (in_minor(round(amount)) for amount in (self.expected, self.received))
        where = f"segment {self.segment}, column remaining_recovery_ratio: expected {expected}, received {received}"
        if file is None or self.since is None:
            return f"the plan names no recovery table, so nothing is expected; most came in {where}"
        return f"gaapbridge estimate PLAN makes {file} again; most of it lies in the version from {self.since}, {where}"


def furthest_of_recoveries(seen: Hindsight) -> RecoveriesFurthest:
    """In which segment most of the difference of recoveries lies: of 10 and 4 expected 12 and 1 came, so the second."""
    apart = seen.stock[1] - seen.stock[0]
    segment = int(np.argmax(apart * np.sign(apart.sum())))
    expected, received = (float(amount) for amount in seen.stock[:2, segment])
    return RecoveriesFurthest(seen.by.segments[segment], seen.by.recoveries_from, expected, received)


def furthest_of(kind: str, seen: Hindsight) -> dict[Place, Furthest]:
    """Of every cell of a kind of contracts that is judged, by framework, where most of its difference lies.

    Of buckets that expect 10 and 4 defaults, 12 and 1 came, one less in all: it is the second.
    """
    return {place: one for side in range(len(SIDES)) for place, one in _of_side(kind, seen, side)}


def furthest_of_all(kinds: Sequence[Mapping[Place, Furthest]]) -> dict[Place, Furthest]:
    """Of all kinds together, those of the one in which most of the whole difference lies."""
    found = {}
    for place in kinds[0]:
        if place[1] == "total":
            each = [of_kind[place] for of_kind in kinds]
            way = np.sign(sum(one.gap for one in each))
            found[place] = max(each, key=lambda one: float(one.gap * way))
    return found


def _of_side(kind: str, seen: Hindsight, side: int) -> Iterator[tuple[Place, Furthest]]:
    weighed = [(q, weight) for q, (of_side, weight) in enumerate(seen.by.scenarios) if of_side == side]
    expected = {
        "number": sum((weight * seen.probability[q] / PARTS for q, weight in weighed), np.zeros(seen.contracts.shape)),
        "amount": sum((weight * seen.amount[q] for q, weight in weighed), np.zeros(seen.contracts.shape)),
    }
    came = {"number": seen.defaults, "amount": seen.claims}
    every = np.ones(seen.contracts.shape, np.bool_)
    for what in expected:
        for by, cell, within in _cells(seen, every):
            place = (SIDES[side], by, cell, what)
            yield place, _furthest(kind, seen, expected[what], came[what].astype(np.float64), within, what == "amount")


def _cells(seen: Hindsight, every: NDArray[np.bool_]) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """The cells that are judged: all, each segment and each bucket, as the segments and buckets within."""
    segment, bucket = np.indices(every.shape)
    yield "total", "", every
    yield from (("segment", name, segment == place) for place, name in enumerate(seen.by.segments))
    yield from (("bucket", BUCKETS[place], bucket == place) for place in range(every.shape[1]))


def _furthest(
    kind: str, seen: Hindsight, expected: Numbers, came: Numbers, within: NDArray[np.bool_], of_amounts: bool
) -> Furthest:  # fmt: skip
    apart = np.where(within, came - expected, 0.0)
    gap = float(apart.sum())
    most = np.unravel_index(np.argmax(np.where(within, apart * np.sign(gap), -np.inf)), apart.shape)
    segment, bucket = (int(place) for place in most)
    return Furthest(
        kind, seen.by.segments[segment], BUCKETS[bucket], seen.by.hazards_from, float(expected[most]), float(came[most]),
        of_amounts, gap,
    )  # fmt: skip
