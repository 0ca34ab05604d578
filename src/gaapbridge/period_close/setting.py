"""What is constant over one close of the loan tape: instants, treatments, elections, and tables made from the curves.

Policy functions choose what enters a table; ``measure.survival`` folds it. Curves are versions with ``valid_from``: a
rate uses the version in force at origination, a carrying amount or loss the version in force at its instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import ModuleType
from typing import cast

import numpy as np
from numpy.typing import NDArray

from gaapbridge.differences.effective_interest import elections as interest_elections
from gaapbridge.differences.effective_interest import ifrs as interest_ifrs
from gaapbridge.differences.effective_interest import us_gaap as interest_us_gaap
from gaapbridge.differences.effective_interest.treatment import Treatment as InterestTreatment
from gaapbridge.differences.expected_credit_loss import elections as loss_elections
from gaapbridge.differences.expected_credit_loss import ifrs as loss_ifrs
from gaapbridge.differences.expected_credit_loss import us_gaap as loss_us_gaap
from gaapbridge.differences.expected_credit_loss.treatment import Treatment as LossTreatment
from gaapbridge.measure.credit_loss import TIMING_SHIFT
from gaapbridge.measure.survival import DefaultProbabilities, TableIndex, default_probabilities, loss_weights
from gaapbridge.measure.tax import vat_fraction
from gaapbridge.plan import Plan
from gaapbridge.portfolio.curves import Curves

SIDES = ("us", "ifrs")
"""The two measures, in the order in which they are subtracted: ifrs less us."""

BUCKET_STARTS = np.array([1, 31, 61])
"""First days past due of the delinquency buckets after the first."""


@dataclass(frozen=True)
class Treatments:
    """The two treatments of each note, by side. The conformance suite puts one framework on both sides."""

    interest: tuple[InterestTreatment, InterestTreatment]
    loss: tuple[LossTreatment, LossTreatment]


def standard_treatments() -> Treatments:
    """US GAAP on the first side, IFRS on the second."""
    return Treatments(
        (_interest(interest_us_gaap), _interest(interest_ifrs)),
        (_loss(loss_us_gaap), _loss(loss_ifrs)),
    )


def _interest(module: ModuleType) -> InterestTreatment:
    return cast(InterestTreatment, module)


def _loss(module: ModuleType) -> LossTreatment:
    return cast(LossTreatment, module)


@dataclass(frozen=True)
class LossTables:
    """Folded loss tables of both sides: rows of ``weights`` by (side, version), then (segment, bucket, age).

    ``first_row[side, version]`` says where a block starts; ``loss_given_default[side]`` is the scenario-weighted mean by
    version, segment and month since default.
    """

    weights: NDArray[np.float64]
    first_row: dict[tuple[int, int], int]
    loss_given_default: tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Setting:
    """Everything a chunk of contracts needs besides its own rows."""

    opening: date
    closing: date
    treatments: Treatments
    interest: interest_elections.Elections
    loss: loss_elections.Elections
    vat: Fraction
    vat_components: tuple[str, ...]
    segments: tuple[str, ...]
    version_dates: NDArray[np.datetime64]
    opening_version: int
    closing_version: int
    mortality: NDArray[np.float64]
    index: TableIndex
    losses: LossTables
    probabilities: dict[int, DefaultProbabilities]
    at_origination: tuple[DefaultProbabilities, ...]
    recovery: NDArray[np.float64]
    default_shift: float

    def curve_row(self, version: NDArray[np.int64] | int, segment: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of the mortality table; row 0 is the curve in which nobody prepays."""
        return 1 + np.asarray(version, dtype=np.int64) * len(self.segments) + segment

    def version_at(self, dates: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """Version in force on each date: the latest that was valid; the first where none was."""
        found = np.searchsorted(self.version_dates, dates, side="right") - 1
        return np.maximum(found, 0)


def make_setting(plan: Plan, curves: Curves, longest_term: int, treatments: Treatments | None = None) -> Setting:
    """The setting of a plan's close; ``longest_term`` bounds the months that tables must reach."""
    chosen = treatments or standard_treatments()
    loss = loss_elections.Elections.of(plan.elections["expected_credit_loss"])
    versions = np.array(curves.versions, dtype="datetime64[D]")
    months = max(longest_term, 12)
    ages = _ages(curves.prepayment, months)
    opening, closing = (_version(versions, day) for day in (plan.period.opening, plan.period.closing))
    used = sorted({opening, closing})
    probability = {v: _probabilities(curves, v, chosen.loss[1], loss, months, ages) for v in used}
    return Setting(
        opening=plan.period.opening,
        closing=plan.period.closing,
        treatments=chosen,
        interest=interest_elections.Elections.of(plan.elections["effective_interest"]),
        loss=loss,
        vat=vat_fraction(plan.vat.rate),
        vat_components=tuple(plan.vat.inclusive),
        segments=curves.segments,
        version_dates=versions,
        opening_version=opening,
        closing_version=closing,
        mortality=_mortality(curves.prepayment),
        index=TableIndex(curves.hazard.shape[3], ages),
        losses=_losses(curves, used, chosen, loss, months, ages),
        probabilities=probability,
        at_origination=tuple(_probabilities(curves, v, chosen.loss[1], loss, months, 1) for v in range(len(curves.versions))),
        recovery=curves.recovery,
        default_shift=TIMING_SHIFT[loss.default_timing],
    )


def _version(versions: NDArray[np.datetime64], day: date) -> int:
    return max(int(np.searchsorted(versions, np.datetime64(day), side="right")) - 1, 0)


def _ages(prepayment: NDArray[np.float64], months: int) -> int:
    """Ages that need a row of their own: up to the last month on book at which prepayment still changes."""
    changes = np.nonzero((prepayment[..., 1:] != prepayment[..., :-1]).any(axis=(0, 1)))[0]
    return min(int(changes[-1]) + 2 if changes.size else 1, months + 1)


def _mortality(prepayment: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mortality by curve row and month on book (column 0 unused), with the row of no prepayment first."""
    versions, segments, months = prepayment.shape
    table = np.zeros((1 + versions * segments, months + 1))
    table[1:, 1:] = prepayment.reshape(versions * segments, months)
    return table


def _month_on_book(prepayment: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([np.zeros_like(prepayment[:, :1]), prepayment], axis=1)


def _losses(
    curves: Curves, versions: list[int], treatments: Treatments, elections: loss_elections.Elections, months: int, ages: int
) -> LossTables:
    blocks: list[NDArray[np.float64]] = []
    first_row: dict[tuple[int, int], int] = {}
    means = []
    for side, treatment in enumerate(treatments.loss):
        weights = treatment.scenario_weights(curves.scenarios, elections)
        lgd = treatment.loss_given_default(curves.lgd_undiscounted, curves.lgd_discounted, elections)
        means.append(np.einsum("z,vzsm->vsm", weights, lgd))
        for version in versions:
            hazard = treatment.forecast(curves.hazard[version, ..., :months], curves.scenarios, elections)
            mortality = _month_on_book(curves.prepayment[version])
            first_row[side, version] = sum(len(block) for block in blocks)
            blocks.append(loss_weights(hazard, mortality, lgd[version, ..., 0], weights, ages))
    return LossTables(np.concatenate(blocks), first_row, (means[0], means[1]))


def _probabilities(
    curves: Curves, version: int, treatment: LossTreatment, elections: loss_elections.Elections, months: int, ages: int
) -> DefaultProbabilities:
    hazard = treatment.forecast(curves.hazard[version, ..., :months], curves.scenarios, elections)
    weights = treatment.scenario_weights(curves.scenarios, elections)
    return default_probabilities(hazard, _month_on_book(curves.prepayment[version]), weights, ages)
