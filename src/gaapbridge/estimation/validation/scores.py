"""Whether high probabilities fall on those who default (discrimination), whether they are right (calibration), whether the book
and the curves stay alike from opening to opening (stability): of counts by fine bands of the probability expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.validation.cells import PARTS
from gaapbridge.estimation.validation.intervals import Spread, interval_of_number
from gaapbridge.estimation.validation.verdict import TOO_FEW, verdict_of

Numbers = NDArray[np.float64]

FINE = 400
"""Fine bands of log-odds, from ``LOWEST`` to its opposite: 0.04 each, so that a band's contracts are as good as alike."""

LOWEST = -8.0

BANDS = 10
"""Bands in which probabilities are shown, of as many contracts each as the fine ones allow."""

STEPS, HALVINGS = 50, 20
"""Steps of a regression, and how often one is halved that makes it worse."""


@dataclass
class Scores:
    """By opening and fine band: contracts, outcomes that came, sum of probabilities in parts."""

    openings: tuple[int, ...]
    counts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.counts = np.zeros((len(self.openings), FINE, 3), dtype=np.int64)

    def add(self, opening: int, probability: Numbers, came: NDArray[np.bool_]) -> None:
        """Add contracts of an opening."""
        clipped = np.clip(probability, 1e-12, 1.0 - 1e-12)
        place = np.clip(((np.log(clipped / (1.0 - clipped)) - LOWEST) / (-2.0 * LOWEST) * FINE).astype(np.int64), 0, FINE - 1)
        at = self.openings.index(opening)
        for column, value in enumerate((np.ones_like(probability), came.astype(np.float64), np.rint(probability * PARTS))):
            self.counts[at, :, column] += np.bincount(place, value, FINE).astype(np.int64)


def discrimination(counts: NDArray[np.int64]) -> dict[str, Any] | None:
    """Area under the curve and Gini of bands of N contracts with their outcomes; None where all or none came.

    The area is the share of pairs of one that came and one that did not in which the first was expected to more, a tie half;
    its error that of DeLong, from the two kinds of contracts. Contracts at 0.1, 0.2 without and 0.2, 0.4 with outcome: of
    four pairs three and a half are right, 0.875.
    """
    with_outcome = counts[:, 1].astype(np.float64)
    without = counts[:, 0].astype(np.float64) - with_outcome
    many, few = without.sum(), with_outcome.sum()
    if many == 0 or few == 0:
        return None
    below = (np.cumsum(without) - 0.5 * without) / many
    above = 1.0 - (np.cumsum(with_outcome) - 0.5 * with_outcome) / few
    area = float((with_outcome * below).sum() / few)
    variance = float((with_outcome * (below - area) ** 2).sum() / max(few - 1, 1) / few)
    variance += float((without * (above - area) ** 2).sum() / max(many - 1, 1) / many)
    return {"area": area, "gini": 2.0 * area - 1.0, "error": sqrt(variance), "came": int(few), "contracts": int(many + few)}


def calibration(counts: NDArray[np.int64], alpha: float, total: Mapping[str, Any], least_expected: float) -> dict[str, Any]:
    """Bands by probability with what was expected and came, each with a verdict; and intercept and slope of the outcome's
    log-odds over those expected, nil and one where probabilities are right, with their errors.

    ``total`` is the row of all contracts. What overlap adds to chance, and what curves and calendar are as a share of the
    number expected, a band takes from it: of a band alone they are not known.
    """
    reasons = total["variance"]
    of_chance = reasons["overlap"] / reasons["chance"] if reasons["chance"] else 0.0
    of_number = (reasons["curves"] + reasons["calendar"]) / total["expected"] ** 2 if total["expected"] else 0.0
    contracts, came, parts = (counts[:, column].astype(np.float64) for column in range(3))
    expected = parts / PARTS
    edges = np.searchsorted(np.cumsum(contracts), np.linspace(0, contracts.sum(), BANDS + 1)[1:-1])
    place = np.searchsorted(edges, np.arange(FINE), side="left")
    bands = []
    for band in range(BANDS):
        fine = (place == band) & (contracts > 0)
        number, mean = contracts[fine].sum(), expected[fine].sum()
        if number == 0:
            continue
        chance = float((expected[fine] * (1.0 - expected[fine] / contracts[fine])).sum())
        interval = interval_of_number(
            float(mean), Spread(chance, of_chance * chance, of_number * float(mean) ** 2, 0.0), None, alpha
        )
        bands.append(
            {
                "contracts": int(number), "probability": float(mean / number), "came_share": float(came[fine].sum() / number),
                "expected": float(mean), "came": int(came[fine].sum()), "low": interval.low, "high": interval.high,
                "verdict": verdict_of(interval, int(came[fine].sum()), enough=float(mean) >= least_expected, few=TOO_FEW),
            }
        )  # fmt: skip
    return {"bands": bands, **_fitted_line(contracts, came, expected)}


def _fitted_line(contracts: Numbers, came: Numbers, expected: Numbers) -> dict[str, float | None]:
    """Intercept and slope by maximum likelihood with step halving; None where the outcomes cannot tell them."""
    seen = contracts > 0
    number, hit, share = contracts[seen], came[seen], np.clip(expected[seen] / contracts[seen], 1e-9, 1.0 - 1e-9)
    nothing: dict[str, float | None] = dict.fromkeys(("intercept", "slope", "intercept_error", "slope_error"))
    if len(number) < 2 or hit.sum() in (0.0, number.sum()):
        return nothing
    design = np.stack([np.ones_like(share), np.log(share / (1.0 - share))], axis=1)

    def likelihood(line: Numbers) -> float:
        odds = design @ line
        return float((hit * odds - number * np.logaddexp(0.0, odds)).sum())

    line = np.array([0.0, 1.0])
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-(design @ line)))
        information = design.T @ (design * (number * chance * (1.0 - chance))[:, None])
        if np.linalg.cond(information) > 1e12:
            return nothing
        step = np.linalg.solve(information, design.T @ (hit - number * chance))
        for _ in range(HALVINGS):
            if likelihood(line + step) >= likelihood(line):
                break
            step = step / 2.0
        line = line + step
        if np.abs(step).max() < 1e-10:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return {
        "intercept": float(line[0]), "slope": float(line[1]),
        "intercept_error": float(errors[0]), "slope_error": float(errors[1]),
    }  # fmt: skip


def stability(first: NDArray[np.int64], later: NDArray[np.int64]) -> float:
    """Population stability index of two distributions of counts over the places that either has, half a contract added to each.

    sum (later - first) log(later / first), in shares: 0 where they are alike; by custom under 0.1 is stable, from 0.25 moved.
    """
    seen = first + later > 0
    before, after = (counts[seen].astype(np.float64) + 0.5 for counts in (first, later))
    before, after = before / before.sum(), after / after.sum()
    return float(((after - before) * np.log(after / before)).sum())


def drift(months: list[int], expected: list[float], came: list[int]) -> dict[str, float] | None:
    """By how much a year the log of observed over expected moves from opening to opening, weighted by what came, and its error;
    None where fewer than two openings have outcomes. Windows that overlap make the error too small."""
    told = [(month / 12.0, log(o / e), o) for month, e, o in zip(months, expected, came, strict=True) if o > 0 and e > 0]
    if len({year for year, _, _ in told}) < 2:
        return None
    year, ratio, weight = (np.array(column, dtype=np.float64) for column in zip(*told, strict=True))
    middle = (weight * year).sum() / weight.sum()
    spread = (weight * (year - middle) ** 2).sum()
    slope = (weight * (year - middle) * ratio).sum() / spread
    return {"per_year": float(slope), "error": float(1.0 / sqrt(spread))}
