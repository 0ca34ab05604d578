"""An estimator tried on many histories of the same process: its bias, and how often what came lies inside the interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.months import Months
from tests.estimation.simulated import held, lost, truth
from tests.estimation.simulated.lender import FIRST, Window, history, live
from tests.estimation.simulated.process import Numbers, Process

Fit = Callable[[Months, int], held.Table]
"""From a history, and the last month that is known, to curves."""


@dataclass(frozen=True)
class Tried:
    """Seed x bucket: ``defaults`` and ``prepaid`` expected by the fit, by the best table there can be, true, and as they came;
    axis 0 of each: those four. ``spread`` the binomial deviation of the fit's expected numbers. ``hazards`` seed x segment x
    bucket x months ahead, and ``best`` the true ones of that history's mix."""

    defaults: Numbers
    prepaid: Numbers
    default_spread: Numbers
    prepaid_spread: Numbers
    hazards: Numbers
    best: Numbers

    def bias(self, of: str, against: int) -> Numbers:
        """Expected over another of the four, by bucket and last of all together, summed over the seeds."""
        sums = getattr(self, of).sum(axis=1)
        with_all = np.hstack([sums, sums.sum(axis=1, keepdims=True)])
        ratio: Numbers = with_all[0] / with_all[against]
        return ratio

    def inside(self, of: str, least: float) -> NDArray[np.bool_]:
        """Whether what came lies within 1.96 deviations and a half: of buckets with so many expected, and of whole books."""
        expected, _, _, came = getattr(self, of)
        spread = self.default_spread if of == "defaults" else self.prepaid_spread
        thick = expected >= least
        off = np.append((came - expected)[thick], (came - expected).sum(axis=1))
        deviation = np.append(spread[thick], np.sqrt((spread**2).sum(axis=1)))
        within: NDArray[np.bool_] = np.abs(off) <= 1.96 * deviation + 0.5
        return within


EXPECTED, BEST, TRUE, CAME = range(4)


def tried(
    fit: Fit,
    seeds: Iterable[int],
    contracts: int,
    chances: dict[int, truth.Ahead],
    *,
    process: Process | None = None,
    window: Window | None = None,
    vintages: int = 48,
    months: int = 12,
) -> Tried:
    """The fit of each seed's history, to the window's end, held against the book there and the year after."""
    shown = window or Window(last=47)
    rows = []
    for seed in seeds:
        lives = live(contracts, seed, process, vintages=vintages)
        table = fit(history(lives, shown, seed), FIRST + shown.last)
        at, book = held.opening(lives, shown)
        best = held.pooled_truth(lives, shown, chances, before_the_last=True)
        foreseen = held.expected(table, book, months)
        four = (
            foreseen,
            held.expected(best, book, months),
            held.true(lives, at, chances, months),
            held.came(lives, at, months),
        )
        sums = np.stack([[held.bucket_sums(book, each[outcome]) for each in four] for outcome in range(2)])
        spread = [np.sqrt(held.bucket_sums(book, each * (1.0 - each))) for each in foreseen]
        ahead = best.hazard.shape[-1]
        rows.append((sums, spread, table.hazard[..., :ahead], best.hazard))
    sums = np.stack([row[0] for row in rows], axis=2)
    spreads = np.stack([row[1] for row in rows], axis=1)
    hazards, bests = (np.stack([row[place] for row in rows]) for place in (2, 3))
    return Tried(sums[0], sums[1], spreads[0], spreads[1], hazards, bests)


LossFit = Callable[[Months, int], tuple[Numbers, Numbers]]
"""From a history, and the last month that is known, to segment x months in default, undiscounted and discounted."""


@dataclass(frozen=True)
class TriedLoss:
    """Seed x segment x whole months in default: what the fit says and what is true of those defaults."""

    undiscounted: Numbers
    discounted: Numbers
    true: lost.TrueLoss

    def ratio(self, discounted: bool = False) -> Numbers:
        """By months in default: fitted over true loss, all seeds and segments by what was owed."""
        fitted, real = (self.discounted, self.true.discounted) if discounted else (self.undiscounted, self.true.undiscounted)
        owed = self.true.owed
        ratio: Numbers = (fitted * owed).sum(axis=(0, 1)) / (real * owed).sum(axis=(0, 1))
        return ratio


def tried_losses(
    fit: LossFit,
    seeds: Iterable[int],
    contracts: int,
    process: Process,
    *,
    window: Window | None = None,
    vintages: int = 48,
    months: int = 10,
) -> TriedLoss:
    """The losses fitted to each seed's history, to the window's end, held against the truth of its first defaults."""
    shown = window or Window(last=47)
    carried = truth.losses(process, vintages)
    fitted, real = [], []
    for seed in seeds:
        lives = live(contracts, seed, process, vintages=vintages)
        fitted.append([each[:, :months] for each in fit(history(lives, shown, seed), FIRST + shown.last)])
        real.append(lost.true_loss(lives, shown, carried, months))
    both = np.stack([np.stack(each) for each in fitted], axis=1)
    true = lost.TrueLoss(*(np.stack([getattr(each, name) for each in real]) for name in vars(real[0])))
    return TriedLoss(both[0], both[1], true)
