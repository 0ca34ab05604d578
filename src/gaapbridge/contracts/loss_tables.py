"""The loss tables of a close: what the curves in force come to as each framework sees them, folded for the kernels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curves import Curves
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Treatment
from gaapbridge.measure.survival import Risk, loss_weights

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class LossTables:
    """Folded loss tables of both sides: rows of ``weights`` by (side, version), then (pool, bucket, age).

    ``first_row[side, version]`` says where a block starts, ``interest_beside[side]`` how much further that of interest does;
    ``loss_given_default[side]`` is the scenario-weighted mean by version, segment and month since default.
    """

    weights: Numbers
    first_row: dict[tuple[int, int], int]
    interest_beside: tuple[int, int]
    loss_given_default: tuple[Numbers, Numbers]

    @cached_property
    def within(self) -> Numbers:
        """Weights added up: rows x T, the expected loss of one unit owed throughout, recognised within 1..T months."""
        added: Numbers = np.cumsum(self.weights, axis=1)
        return added


@dataclass(frozen=True)
class SeenCurves:
    """The curves as a treatment sees them, over ``months`` ahead: pools are segments by rating."""

    curves: Curves
    elections: Elections
    months: int
    ages: int

    def risk(self, version: int, treatment: Treatment, bucket: int | None = None) -> Risk:
        """Hazards as forecast, of all buckets or of one.

        The longest contract ends with the tables, and its last miss is recognised after that: the last value holds.
        """
        curves, buckets = self.curves, slice(None) if bucket is None else slice(bucket, bucket + 1)
        ahead = np.minimum(np.arange(self.months), curves.hazard.shape[-1] - 1)
        hazard, performing = (
            table[version][..., buckets, :][..., ahead].reshape(len(curves.scenarios), self.pools, -1, self.months)
            for table in (curves.hazard, curves.performing)
        )
        mortality = np.repeat(curves.prepayment[version], len(curves.ratings), axis=0)
        return Risk(
            treatment.forecast(hazard, curves.scenarios, self.elections),
            treatment.forecast(performing, curves.scenarios, self.elections),
            np.concatenate([np.zeros_like(mortality[:, :1]), mortality], axis=1),
            treatment.scenario_weights(curves.scenarios, self.elections),
            self.ages,
        )

    @property
    def pools(self) -> int:
        """Segments by rating."""
        return len(self.curves.segments) * len(self.curves.ratings)


def loss_tables(seen: SeenCurves, versions: list[int], treatments: tuple[Treatment, Treatment]) -> LossTables:
    """The tables of both sides; where interest is lost whole, those of interest lie behind those of principal."""
    curves, elections = seen.curves, seen.elections
    blocks: list[NDArray[np.float64]] = []
    first_row: dict[tuple[int, int], int] = {}
    means, beside = [], []
    for side, treatment in enumerate(treatments):
        weights = treatment.scenario_weights(curves.scenarios, elections)
        lgd = treatment.loss_given_default(curves.lgd_undiscounted, curves.lgd_discounted, elections)
        means.append(np.einsum("z,vzsm->vsm", weights, lgd))
        risks = [seen.risk(version, treatment) for version in versions]
        at_default = [np.repeat(lgd[version, ..., 0], len(curves.ratings), axis=1) for version in versions]
        of_principal = [loss_weights(risk, lost) for risk, lost in zip(risks, at_default, strict=True)]
        for version, block in zip(versions, of_principal, strict=True):
            first_row[side, version] = sum(len(block) for block in blocks)
            blocks.append(block)
        whole = treatment.loses_interest_whole(elections)
        beside.append(sum(len(block) for block in of_principal) if whole else 0)
        blocks += [loss_weights(risk, np.ones_like(lost)) for risk, lost in zip(risks, at_default, strict=True) if whole]
    return LossTables(np.concatenate(blocks), first_row, (beside[0], beside[1]), (means[0], means[1]))


@dataclass(frozen=True)
class Scenario:
    """One scenario of one side with its weight: ``opening`` and ``closing`` are the first rows of its tables in the version of
    the curves in force at either instant, ``lost`` the loss given default by segment at the opening."""

    side: int
    weight: float
    opening: int
    closing: int
    lost: Numbers


@dataclass(frozen=True)
class Recognised:
    """What is expected to be recognised in each month, scenario by scenario: rows of survival x hazard as in ``LossTables``."""

    weights: Numbers
    scenarios: tuple[Scenario, ...]


def recognised_tables(seen: SeenCurves, opening: int, closing: int, treatments: tuple[Treatment, Treatment]) -> Recognised:
    """The tables of every scenario that has a weight, each side as it forecasts."""
    curves, elections = seen.curves, seen.elections
    blocks: list[Numbers] = []
    found: list[Scenario] = []
    for side, treatment in enumerate(treatments):
        lgd = treatment.loss_given_default(curves.lgd_undiscounted, curves.lgd_discounted, elections)
        risks = {version: seen.risk(version, treatment) for version in sorted({opening, closing})}
        for z, weight in enumerate(treatment.scenario_weights(curves.scenarios, elections)):
            if weight > 0.0:
                first = {}
                for version, risk in risks.items():
                    first[version] = sum(len(block) for block in blocks)
                    within = risk.recognised(z)[0]
                    blocks.append(within.reshape(-1, within.shape[-1]))
                found.append(Scenario(side, float(weight), first[opening], first[closing], lgd[opening, z, :, 0]))
    return Recognised(np.concatenate(blocks), tuple(found))
