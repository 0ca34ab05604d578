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
    """Folded loss tables of both sides on one basis: rows of ``weights`` by side, then (pool, bucket, age).

    ``first_row[side]`` says where a block starts, ``defaults_beside[side]`` how much further that of defaults does, which lose
    all; ``interest_beside[side]`` is the same where interest is lost whole, else nil. ``loss_given_default[side]`` is the
    scenario-weighted mean by segment and month since default.
    """

    weights: Numbers
    first_row: tuple[int, int]
    defaults_beside: tuple[int, int]
    interest_beside: tuple[int, int]
    loss_given_default: tuple[Numbers, Numbers]


@dataclass(frozen=True)
class SeenCurves:
    """A version of the curves as a treatment sees it by elections, over ``months`` ahead: pools are segments by rating."""

    curves: Curves
    version: int
    elections: Elections
    months: int
    ages: int

    def risk(self, treatment: Treatment, bucket: int | None = None) -> Risk:
        """Hazards as forecast, of all buckets or of one.

        The longest contract ends with the tables, and its last miss is recognised after that: the last value holds.
        """
        curves, buckets = self.curves, slice(None) if bucket is None else slice(bucket, bucket + 1)
        ahead = np.minimum(np.arange(self.months), curves.hazard.shape[-1] - 1)
        hazard, performing = (
            table[self.version][..., buckets, :][..., ahead].reshape(len(curves.scenarios), self.pools, -1, self.months)
            for table in (curves.hazard, curves.performing)
        )
        mortality = np.repeat(curves.prepayment[self.version], len(curves.ratings), axis=0)
        return Risk(
            treatment.forecast(hazard, curves.scenarios, self.elections),
            treatment.forecast(performing, curves.scenarios, self.elections),
            np.concatenate([np.zeros_like(mortality[:, :1]), mortality], axis=1),
            treatment.scenario_weights(curves.scenarios, self.elections),
            self.ages,
        )

    def lost(self, treatment: Treatment) -> Numbers:
        """Loss given default by scenario, segment and month since default."""
        plain, discounted = self.curves.lgd_undiscounted[self.version], self.curves.lgd_discounted[self.version]
        return treatment.loss_given_default(plain, discounted, self.elections)

    def alike(self, other: SeenCurves) -> bool:
        """Whether the same version is seen by the same elections."""
        return (self.version, self.elections) == (other.version, other.elections)

    @property
    def pools(self) -> int:
        """Segments by rating."""
        return len(self.curves.segments) * len(self.curves.ratings)


def mean_losses(seen: SeenCurves, treatment: Treatment) -> Numbers:
    """Scenario-weighted loss given default by segment and month since default."""
    weights = treatment.scenario_weights(seen.curves.scenarios, seen.elections)
    mean: Numbers = np.einsum("z,zsm->sm", weights, seen.lost(treatment))
    return mean


def loss_tables(seen: SeenCurves, treatments: tuple[Treatment, Treatment]) -> LossTables:
    """The tables of both sides; those of defaults, of which all is lost, lie behind those of losses."""
    blocks: list[Numbers] = []
    for treatment in treatments:
        risk, at_default = seen.risk(treatment), np.repeat(seen.lost(treatment)[..., 0], len(seen.curves.ratings), axis=1)
        blocks += [loss_weights(risk, at_default), loss_weights(risk, np.ones_like(at_default))]
    us, ifrs = treatments
    rows, ends = len(blocks[0]), np.cumsum([len(block) for block in blocks])
    return LossTables(
        weights=np.concatenate(blocks),
        first_row=(0, int(ends[1])),
        defaults_beside=(rows, rows),
        interest_beside=(
            rows * us.loses_interest_whole(seen.elections), rows * ifrs.loses_interest_whole(seen.elections)
        ),
        loss_given_default=(mean_losses(seen, us), mean_losses(seen, ifrs)),
    )  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """One scenario of one side with its weight at the opening: ``opening`` and ``closing`` are the first rows of its tables on
    the basis of either instant, ``lost`` the loss given default by segment at the opening."""

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

    @cached_property
    def within(self) -> Numbers:
        """The same added up: rows x T + 1, what is recognised within 0..T months."""
        added = np.cumsum(self.weights, axis=1)
        return np.concatenate([np.zeros_like(added[:, :1]), added], axis=1)


def recognised_tables(opening: SeenCurves, closing: SeenCurves, treatments: tuple[Treatment, Treatment]) -> Recognised:
    """The tables of every scenario that has a weight at the opening, each side as it forecasts."""
    curves, blocks, found = opening.curves, list[Numbers](), list[Scenario]()
    bases = (opening,) if opening.alike(closing) else (opening, closing)
    for side, treatment in enumerate(treatments):
        lgd, risks = opening.lost(treatment), [seen.risk(treatment) for seen in bases]
        for z, weight in enumerate(treatment.scenario_weights(curves.scenarios, opening.elections)):
            if weight > 0.0:
                first = []
                for risk in risks:
                    first.append(sum(len(block) for block in blocks))
                    within = risk.recognised(z)[0]
                    blocks.append(within.reshape(-1, within.shape[-1]))
                found.append(Scenario(side, float(weight), first[0], first[-1], lgd[z, :, 0]))
    return Recognised(np.concatenate(blocks), tuple(found))
