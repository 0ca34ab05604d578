"""Credit risk of a chunk of contracts, loans or guaranteed loans alike: stages, horizons, and the tables made from the curves.

Policy functions choose what enters a table; ``measure.survival`` folds it. Curves are versions with ``valid_from``: a rate
or a default probability at origination uses the version in force then, a loss the version in force at its instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curves import Curves
from gaapbridge.difference import SIDES
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Credit, Treatment
from gaapbridge.measure.calendar import Position, position, whole_months_between
from gaapbridge.measure.survival import DefaultProbabilities, TableIndex, default_probabilities, loss_weights
from gaapbridge.notes import Sides
from gaapbridge.plan import Plan

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

SPLIT_MONTHS = 12
"""Amounts due beyond this many months are non-current (ASC 210-10-45; IAS 1.66)."""

BUCKET_STARTS = np.array([1, 31, 61])
"""First days past due of the delinquency buckets after the first."""


@dataclass(frozen=True)
class StateRows:
    """What the tape says of each contract in one state; rows that are not ``on_book`` then hold nothing of meaning."""

    on_book: Flags
    instant: Dates
    principal: Numbers
    billed_interest: Numbers
    days_past_due: Whole
    default_date: Dates
    cured_date: Dates
    nonaccrual_date: Dates
    watch_list: Flags
    forborne: Flags

    @property
    def bucket(self) -> Whole:
        """Number of the delinquency bucket of each contract."""
        return np.searchsorted(BUCKET_STARTS, self.days_past_due, side="right").astype(np.int64)


@dataclass(frozen=True)
class Schedule:
    """What N loans, own or guaranteed, have agreed: columns for the kernels, amounts in minor units.

    ``rate`` a period; ``first_length`` of the first period in periods; ``kind`` the kernels' number of the repayment type,
    ``instalment`` of level loans and equal principal ``part``; ``segment`` and ``origination_version`` find the curves.
    """

    segment: Whole
    origination_version: Whole
    origination_date: Dates
    first_payment_date: Dates
    first_length: Numbers
    principal: Numbers
    rate: Numbers
    term_instalments: Whole
    kind: Whole
    instalment: Numbers
    part: Numbers


@dataclass(frozen=True)
class LossTables:
    """Folded loss tables of both sides: rows of ``weights`` by (side, version), then (segment, bucket, age).

    ``first_row[side, version]`` says where a block starts; ``loss_given_default[side]`` is the scenario-weighted mean by
    version, segment and month since default.
    """

    weights: Numbers
    first_row: dict[tuple[int, int], int]
    loss_given_default: tuple[Numbers, Numbers]


@dataclass(frozen=True)
class CreditSetting:
    """What is constant over one close for the credit risk of one kind of contract."""

    opening: date
    closing: date
    treatments: tuple[Treatment, Treatment]
    elections: Elections
    segments: tuple[str, ...]
    version_dates: Dates
    opening_version: int
    closing_version: int
    mortality: Numbers
    index: TableIndex
    losses: LossTables
    probabilities: dict[int, DefaultProbabilities]
    at_origination: tuple[DefaultProbabilities, ...]
    guaranteed: bool
    default_days: tuple[int, int]
    default_shift: tuple[float, float]
    exposed_before_instalment: tuple[bool, bool]

    @property
    def revised(self) -> bool:
        """Whether the curves in force at the closing instant differ from those at the opening one."""
        return self.opening_version != self.closing_version

    def curve_row(self, version: Whole | int, segment: Whole) -> Whole:
        """Row of the mortality table; row 0 is the curve in which nobody prepays."""
        return 1 + np.asarray(version, dtype=np.int64) * len(self.segments) + segment

    def version_at(self, dates: Dates) -> Whole:
        """Version in force on each date: the latest that was valid; the first where none was."""
        found = np.searchsorted(self.version_dates, dates, side="right") - 1
        return np.maximum(found, 0)

    def mean_loss(self, side: int, version: int, segment: Whole, months: Whole) -> Numbers:
        """Scenario-weighted loss given default at whole months since default; the last value holds beyond the table."""
        table = self.losses.loss_given_default[side][version]
        found: Numbers = table[segment, np.minimum(months, table.shape[1] - 1)]
        return found


@dataclass(frozen=True)
class RiskTerms:
    """Credit risk of N contracts in one state, both sides: what the loss kernel needs, and the stage of the second side."""

    defaulted: tuple[Flags, Flags]
    horizon: tuple[Whole, Whole]
    table: tuple[Whole, Whole]
    stage: Whole


def credit_setting(plan: Plan, curves: Curves, longest_term: int, sides: Sides, *, guaranteed: bool = False) -> CreditSetting:
    """The setting of a plan's close; ``longest_term`` bounds the months that tables must reach.

    ``guaranteed``: the contracts are guarantees, and the event is their payout at the latest (B5.5.37).
    """
    us, ifrs = treatments = (cast(Treatment, sides[0]), cast(Treatment, sides[1]))
    elections = Elections.of(plan.elections["expected_credit_loss"])
    versions = np.array(curves.versions, dtype="datetime64[D]")
    months = max(longest_term, SPLIT_MONTHS)
    ages = _ages(curves.prepayment, months)
    opening, closing = (_version(versions, day) for day in (plan.period.opening, plan.period.closing))
    used = sorted({opening, closing})
    every = range(len(curves.versions))
    return CreditSetting(
        opening=plan.period.opening,
        closing=plan.period.closing,
        treatments=treatments,
        elections=elections,
        segments=curves.segments,
        version_dates=versions,
        opening_version=opening,
        closing_version=closing,
        mortality=_mortality(curves.prepayment),
        index=TableIndex(curves.hazard.shape[3], ages),
        losses=_losses(curves, used, treatments, elections, months, ages),
        probabilities={v: _probabilities(curves, v, treatments[1], elections, months, ages) for v in used},
        at_origination=tuple(_probabilities(curves, v, treatments[1], elections, months, 1) for v in every),
        guaranteed=guaranteed,
        default_days=(us.default_days(guaranteed, elections), ifrs.default_days(guaranteed, elections)),
        default_shift=(us.default_shift(elections), ifrs.default_shift(elections)),
        exposed_before_instalment=(us.exposed_before_instalment(elections), ifrs.exposed_before_instalment(elections)),
    )


def position_at(schedule: Schedule, at: Dates) -> Position:
    """Where each contract stands in its schedule on a date."""
    first, term = schedule.first_payment_date, schedule.term_instalments
    return position(schedule.origination_date, first, term, schedule.first_length, at)


def contractual_interest(schedule: Schedule, rows: StateRows, at: Position) -> Numbers:
    """Billed unpaid interest plus the contract interest of the running period."""
    running = rows.principal * schedule.rate * at.length * at.elapsed
    return np.where(rows.on_book, rows.billed_interest + running, 0.0)


def risk_terms(schedule: Schedule, rows: StateRows, at: Position, version: int, setting: CreditSetting) -> RiskTerms:
    """Ask both treatments of note (i) for default, stage and horizon of each contract in one state."""
    table_row = setting.index.row(schedule.segment, rows.bucket, at.instalments_due)
    remaining = np.maximum(schedule.term_instalments - at.instalments_due, 1)
    credit = _credit(schedule, rows, at, table_row, remaining, version, setting)
    asked = [_side(treatment, credit, remaining, setting.elections) for treatment in setting.treatments]
    (_, us_defaulted, us_horizon), (lifetime, defaulted, horizon) = asked
    stage = np.where(rows.on_book, np.where(defaulted, 3, np.where(lifetime, 2, 1)), 0)
    tables = [setting.losses.first_row[side, version] + table_row for side in range(len(SIDES))]
    return RiskTerms((us_defaulted, defaulted), (us_horizon, horizon), (tables[0], tables[1]), stage)


def default_date(rows: StateRows, default_days: int) -> Dates:
    """Day of default: as stated, else the day on which the contract became as late as that."""
    reached = rows.instant - np.maximum(rows.days_past_due - default_days, 0)
    stated: Dates = np.where(np.isnat(rows.default_date), reached, rows.default_date)
    return stated


def months_in_default(rows: StateRows, default_days: int) -> Whole:
    """Whole months from the day of default to the state's date."""
    return whole_months_between(default_date(rows, default_days), rows.instant)


def _side(treatment: Treatment, credit: Credit, remaining: Whole, elections: Elections) -> tuple[Flags, Flags, Whole]:
    lifetime = treatment.lifetime(credit, elections)
    return lifetime, treatment.in_default(credit, elections), treatment.horizon(lifetime, remaining)


def _credit(
    schedule: Schedule, rows: StateRows, at: Position, table_row: Whole, remaining: Whole, version: int,
    setting: CreditSetting,
) -> Credit:  # fmt: skip
    """Credit risk now and, for the same remaining life, as seen at origination (current, age nil)."""
    now, due = setting.probabilities[version], at.instalments_due
    original = np.zeros(len(due))
    for known, probabilities in enumerate(setting.at_origination):
        then = schedule.origination_version == known
        if then.any():
            first = schedule.segment[then] * setting.index.buckets
            original[then] = probabilities.between(first, due[then], schedule.term_instalments[then])
    return Credit(
        setting.guaranteed, rows.instant, rows.days_past_due, rows.default_date, rows.cured_date, rows.watch_list,
        rows.forborne, now.within(table_row, remaining), original, now.within(table_row, np.minimum(remaining, SPLIT_MONTHS)),
    )  # fmt: skip


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
    curves: Curves, versions: list[int], treatments: tuple[Treatment, Treatment], elections: Elections, months: int, ages: int
) -> LossTables:
    blocks: list[NDArray[np.float64]] = []
    first_row: dict[tuple[int, int], int] = {}
    means = []
    for side, treatment in enumerate(treatments):
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
    curves: Curves, version: int, treatment: Treatment, elections: Elections, months: int, ages: int
) -> DefaultProbabilities:
    hazard = treatment.forecast(curves.hazard[version, ..., :months], curves.scenarios, elections)
    weights = treatment.scenario_weights(curves.scenarios, elections)
    return default_probabilities(hazard, _month_on_book(curves.prepayment[version]), weights, ages)
