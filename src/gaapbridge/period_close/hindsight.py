"""Hindsight of a close (R17): each kind's defaults, amounts and losses of the period against what its opening expected.

The total of a kind, and that of all kinds together, is judged at the elected level; segments and buckets of a kind are two
families, each cell at the level divided by their number. What is wrong with all curves alike shows first in the sum: of 22
defaults of loans and 42 of guarantees neither need be a surprise to curves that expect half of them, while 64 are. What the
closing's curves would have expected stands beside: a change of regime explains a finding, it never removes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from itertools import product

import numpy as np

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.contracts.hindsight import PARTS, Hindsight, Whole
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import Measured
from gaapbridge.difference import SIDES
from gaapbridge.measure.outcomes import Band, Expected, band_of_amount, band_of_number, counted_together
from gaapbridge.period_close.furthest import (
    Furthest,
    Place,
    RecoveriesFurthest,
    furthest_of,
    furthest_of_all,
    furthest_of_recoveries,
)
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import INDEPENDENT
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.finding import in_minor

LEAST_PRECISION = 30
"""Square of the expected amount over its variance below which an amount is shown and not tested."""

LEAST_VARIANCE = 5.0
"""Variance of the number of defaults below which an amount is shown and not tested: it is taken for a normal one."""

ALL_KINDS = "all"
"""The kind of all contracts together."""

REMEDY = (
    "see which segments and buckets it lies in (explain RUN hindsight); hold days past due, default dates and losses of both "
    "tapes against the records they were drawn from; if they are right, estimate the curves anew from what came: "
)
REMEDY_OF_RECOVERIES = (
    "hold the recoveries on the tapes against the cash received; if they are right, estimate recoveries and with them losses "
    "given default anew: "
)


@dataclass(frozen=True)
class Held:
    """One cell of the table: what was expected of its contracts in the period, what came, and from where to where that is no
    surprise. Numbers of defaults, amounts in minor units; observed amounts are None where a claim is not known.

    ``tested`` names what is judged: ``number``, ``amount``, both or neither. A number is not where chance explains any, from
    none to all of few contracts: a check that cannot fail proves nothing.
    """

    kind: str
    framework: str
    by: str
    cell: str
    contracts: int
    expected: float
    observed: int
    low: int
    high: int
    expected_by_closing_curves: float
    expected_amount_minor: int
    observed_amount_minor: int | None
    amount_low_minor: int
    amount_high_minor: int
    expected_loss_minor: int
    observed_loss_minor: int | None
    tested: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """The row for a file."""
        return asdict(self) | {"tested": list(self.tested)}


@dataclass(frozen=True)
class KindHindsight:
    """The table of one kind or of ``ALL_KINDS``, what stands outside it, and recoveries of losses taken before the opening, by
    framework-free sums: expected, received, and the bound of no surprise on either side. ``furthest`` says by check where most
    of a difference lies, ``recoveries_furthest`` that of recoveries; it is said of a check that fails, and not written."""

    kind: str
    held: tuple[Held, ...]
    outside: dict[str, int]
    recoveries: dict[str, int]
    furthest: Mapping[Place, Furthest]
    recoveries_furthest: RecoveriesFurthest | None

    def as_dict(self) -> dict[str, object]:
        """The table for a file."""
        return {
            "kind": self.kind,
            "cells": [one.as_dict() for one in self.held],
            "outside": self.outside,
            "recoveries": self.recoveries,
        }


def all_judged(measured: Sequence[Measured]) -> list[KindHindsight]:
    """What is said of each kind of contracts with an opening; and of all of them together, where there are several."""
    seen = {one.kind: one.hindsight for one in measured if one.hindsight is not None}
    tables = [judged(kind, of_kind) for kind, of_kind in seen.items()]
    if len(seen) > 1:
        together = reduce(Hindsight.plus, (of_kind.undivided() for of_kind in seen.values()))
        held = [_held(ALL_KINDS, together, side, ("total", "", [(0, 0)]), 1) for side in range(len(SIDES))]
        tables.append(KindHindsight(ALL_KINDS, tuple(held), {}, {}, furthest_of_all([one.furthest for one in tables]), None))
    return tables


def judged(kind: str, seen: Hindsight) -> KindHindsight:
    """What is said of one kind of contracts."""
    held = [one for side in range(len(SIDES)) for one in _of_side(kind, seen, side)]
    expected, received, squares, contracts = (float(row.sum()) for row in seen.stock)
    bound = band_of_amount(0.0, squares, seen.by.surprise[1]).high
    recoveries = {
        "contracts": round(contracts), "expected_minor": round(expected), "received_minor": round(received),
        "no_surprise_minor": bound,
    }  # fmt: skip
    return KindHindsight(
        kind, tuple(held), dict(seen.outside), recoveries, furthest_of(kind, seen), furthest_of_recoveries(seen)
    )


def checks_of(found: Sequence[KindHindsight], hazards: Mapping[str, str], recovery_files: Mapping[str, str]) -> Iterator[Check]:
    """R17 of every cell that is judged, of numbers and of amounts, and of recoveries of the stock. ``hazards`` and
    ``recovery_files`` are the files of these tables by kind: a check that fails names the one to estimate again."""
    for kind in found:
        for one in kind.held:
            where = f"R17/{one.kind}/{one.framework}/{one.by}" + (f"/{one.cell}" if one.cell else "")
            again = {what: kind.furthest[one.framework, one.by, one.cell, what].told(hazards) for what in one.tested}
            if "number" in one.tested:
                told = f"{one.expected:,.1f} of {one.contracts:,} contracts by the curves of the opening"
                later = f"{one.expected_by_closing_curves:,.1f} by those of the closing"
                band = Band(one.low, one.high)
                shown = f"{told}, {later}"
                remedy = REMEDY + again["number"]
                yield _check(f"{where}/number", round(one.expected), one.observed, band, shown, remedy, "defaults")
            if "amount" in one.tested and one.observed_amount_minor is not None:
                told = f"owed at {one.observed:,} defaults, of {one.expected:,.1f} expected"
                band = Band(one.amount_low_minor, one.amount_high_minor)
                remedy = REMEDY + again["amount"]
                yield _check(f"{where}/amount", one.expected_amount_minor, one.observed_amount_minor, band, told, remedy)
        if kind.recoveries.get("contracts") and kind.recoveries_furthest is not None:
            expected, received = kind.recoveries["expected_minor"], kind.recoveries["received_minor"]
            bound = kind.recoveries["no_surprise_minor"]
            told = f"recoveries of {kind.recoveries['contracts']:,} {KINDS[kind.kind].contracts} lost before the opening"
            band = Band(expected - bound, expected + bound)
            remedy = REMEDY_OF_RECOVERIES + kind.recoveries_furthest.told(recovery_files.get(kind.kind))
            yield _check(f"R17/{kind.kind}/recoveries", expected, received, band, told, remedy)


def not_checked(found: Sequence[KindHindsight]) -> Iterator[NotChecked]:
    """R17 of what has too few contracts for any number of defaults to be a surprise."""
    for kind in found:
        for one in kind.held:
            if "number" not in one.tested:
                why = f"of {one.contracts:,} contracts with {one.expected:,.1f} defaults expected, chance explains any number"
                where = "/".join(filter(None, (one.kind, one.by, one.cell)))
                yield NotChecked("R17", None, where, one.framework, why, "see the totals, of more contracts")


def _check(name: str, expected: int, observed: int, band: Band, told: str, remedy: str, unit: str = "") -> Check:
    low, high = (f"{end:,}" if unit else in_minor(end) for end in (band.low, band.high))
    tolerance = band.high - expected if observed >= expected else expected - band.low
    return Check(
        name, "R17", None, name.split("/")[1], name.split("/")[2], expected, observed, INDEPENDENT, max(tolerance, 0),
        figures=f"{told}; chance explains {low} to {high}", unit=unit, remedy=remedy,
    )  # fmt: skip


def _of_side(kind: str, seen: Hindsight, side: int) -> Iterator[Held]:
    """The rows of one framework: the total, then every segment and every bucket that has contracts."""
    segments, buckets = seen.contracts.shape
    every = list(product(range(segments), range(buckets)))
    yield _held(kind, seen, side, ("total", "", every), 1)
    for by, names, axis in (("segment", seen.by.segments, 0), ("bucket", BUCKETS, 1)):
        cells = [(by, names[n], [at for at in every if at[axis] == n]) for n in range(len(names))]
        present = [one for one in cells if sum(seen.contracts[at] for at in one[2]) > 0]
        for one in present:
            yield _held(kind, seen, side, one, len(present))


def _held(kind: str, seen: Hindsight, side: int, cell: tuple[str, str, list[tuple[int, int]]], family: int) -> Held:
    """One row: distributions mixed over the scenarios of the framework by its own weights."""
    by, name, places = cell
    where = tuple(np.array(places).T)
    alpha, wider = seen.by.surprise[side] / family, seen.by.overdispersion[side]
    scenarios = [(q, weight) for q, (of_side, weight) in enumerate(seen.by.scenarios) if of_side == side]
    numbers = [_expected(seen, q, weight, places, wider) for q, weight in scenarios]
    band = band_of_number(numbers, alpha)
    amounts = {q: int(seen.amount[q][where].sum()) for q, _ in scenarios}
    mean = sum(weight * amounts[q] for q, weight in scenarios)
    variance = sum(weight * (wider * float(seen.spread[q][where].sum()) + (amounts[q] - mean) ** 2) for q, weight in scenarios)
    contracts = int(seen.contracts[where].sum())
    observed, claimed = int(seen.defaults[where].sum()), int(seen.claimed[where].sum())
    of_amount = band_of_amount(mean, variance, alpha)
    known = observed == claimed
    doubtful = sum(one.weight * one.variance for one in numbers) >= LEAST_VARIANCE
    precise = doubtful and mean**2 >= LEAST_PRECISION * variance
    return Held(
        kind=kind,
        framework=SIDES[side],
        by=by,
        cell=name,
        contracts=contracts,
        expected=round(sum(one.weight * one.mean for one in numbers), 6),
        observed=observed,
        low=band.low,
        high=band.high,
        expected_by_closing_curves=round(_weighed(seen.later, scenarios, where) / PARTS, 6),
        expected_amount_minor=round(mean),
        observed_amount_minor=int(seen.claims[where].sum()) if known else None,
        amount_low_minor=of_amount.low,
        amount_high_minor=of_amount.high,
        expected_loss_minor=_weighed(seen.lost, scenarios, where),
        observed_loss_minor=_weighed(seen.lost_observed, scenarios, where) if known else None,
        tested=(("number",) if band.low > 0 or band.high < contracts else ()) + (("amount",) if known and precise else ()),
    )


def _weighed(amounts: Whole, scenarios: Sequence[tuple[int, float]], where: tuple[Whole, ...]) -> int:
    """Amounts of a group of cells, weighed over scenarios."""
    return round(sum(weight * int(amounts[q][where].sum()) for q, weight in scenarios))


def _expected(seen: Hindsight, q: int, weight: float, places: list[tuple[int, int]], wider: float) -> Expected:
    """One scenario's expectation of a group of cells."""
    where = tuple(np.array(places).T)
    cells = [seen.counted.get((q, *place)) for place in places]
    return Expected(
        weight,
        int(seen.probability[q][where].sum()) / PARTS,
        wider * int(seen.doubt[q][where].sum()) / PARTS,
        counted_together(cells) if wider == 1.0 else None,
    )
