"""Credit risk of a chunk of contracts, loans or guaranteed loans alike: stages and horizons, asked of both treatments.

Estimates are versions with ``valid_from``: a rate or a default probability at origination uses the versions in force then, a
loss those in force at its instant, with the techniques in use then (``basis``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curves import Curves
from gaapbridge.contracts.basis import Bases, Basis, ByDay, bases_of, by_day, default_days, elected, latest
from gaapbridge.contracts.buckets import arrears_bucket, hazard_bucket
from gaapbridge.contracts.loss_tables import Recognised
from gaapbridge.difference import SIDES
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Credit, Treatment
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import Position, instalments_paid, position, whole_months_between
from gaapbridge.measure.survival import TableIndex
from gaapbridge.measure.timeline import months_at_risk
from gaapbridge.notes import Sides
from gaapbridge.plan import Plan

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

NEVER = np.datetime64("NaT", "D")

SPLIT_MONTHS = 12
"""Amounts due beyond this many months are non-current (ASC 210-10-45; IAS 1.66)."""


@dataclass(frozen=True)
class StateRows:
    """What the tape says of each contract in one state; rows that are not ``on_book`` then hold nothing of meaning.

    ``fees_ahead`` are service fees paid before they fall due, nil of a guarantee; ``since_missed`` months since the last
    instalment that was not paid when due, ``NOT_KNOWN`` where none is told. Ratings are places among those of the curves,
    0 where these have none; probabilities not a number where the tape has none.
    """

    on_book: Flags
    instant: Dates
    principal: Numbers
    billed_interest: Numbers
    fees_ahead: Numbers
    days_past_due: Whole
    default_date: Dates
    cured_date: Dates
    since_missed: Whole
    nonaccrual_date: Dates
    watch_list: Flags
    forborne: Flags
    rating: Whole
    rating_at_origination: Whole
    pd_12m: Numbers
    pd_12m_at_origination: Numbers

    @property
    def bucket(self) -> Whole:
        """Number of the delinquency bucket of each contract, by days past due."""
        return arrears_bucket(self.days_past_due)


@dataclass(frozen=True)
class Schedule:
    """What N loans, own or guaranteed, have agreed: columns for the kernels, amounts in minor units.

    ``rate`` a period; ``due_day`` of every month; ``first_length`` of the first period in periods; ``kind`` the kernels' number
    of the repayment type, ``instalment`` of level loans and equal principal ``part``; ``segment`` and ``origination_version``
    find the curves.
    """

    segment: Whole
    origination_version: Whole
    origination_date: Dates
    first_payment_date: Dates
    due_day: Whole
    first_length: Numbers
    principal: Numbers
    rate: Numbers
    term_instalments: Whole
    kind: Whole
    instalment: Numbers
    part: Numbers

    def keys(self, states: Mapping[str, StateRows]) -> dict[str, NDArray[Any]]:
        """What totals for disclosures are keyed by: year of origination, and bucket and days past due at both instants."""
        years = self.origination_date.astype("datetime64[Y]").astype(np.int64) + 1970
        buckets = {f"bucket_{name}": states[name].bucket.astype(np.int8) for name in ("opening", "closing")}
        days = {f"days_past_due_{name}": states[name].days_past_due.astype(np.int32) for name in ("opening", "closing")}
        return {"origination_year": years.astype(np.int16), **buckets, **days}

    def terms(self, service_fee: Numbers | None = None) -> kernels.ScheduleTerms:
        """The schedules as the kernels take them, with the fee that each instalment carries; without it for balances alone."""
        fee = np.zeros_like(self.principal) if service_fee is None else service_fee
        return kernels.ScheduleTerms(
            self.principal, self.rate, self.term_instalments, self.kind, self.instalment, self.part, fee, self.first_length
        )


@dataclass(frozen=True)
class CreditSetting:
    """What is constant over one close for the credit risk of one kind of contract."""

    opening: date
    closing: date
    treatments: tuple[Treatment, Treatment]
    segments: tuple[str, ...]
    ratings: tuple[str, ...]
    version_dates: Dates
    known_from: date
    hazards_from: date
    recoveries_from: date | None
    mortality: Numbers
    index: TableIndex
    bases: Bases
    by_day: ByDay
    recognised: Recognised
    guaranteed: bool

    @property
    def revised(self) -> bool:
        """Whether an estimate or a technique of the closing differs from that of the opening."""
        return self.bases.revised

    @property
    def elections(self) -> Elections:
        """The elections of the closing: those that no state asks for itself are policies, and the same in all of them."""
        return self.bases.of["closing"].elections

    def pool(self, segment: Whole, rating: Whole) -> Whole:
        """Pool of each contract: segments by rating, in the order of the curves."""
        return segment * len(self.ratings) + rating

    def curve_row(self, version: Whole | int, segment: Whole) -> Whole:
        """Row of the mortality table; row 0 is the curve in which nobody prepays."""
        return 1 + np.asarray(version, dtype=np.int64) * len(self.segments) + segment

    def version_at(self, dates: Dates) -> Whole:
        """Version of the curves in force on each date: the latest that was valid; the first where none was."""
        return latest(self.version_dates, dates)


Columns = TypeVar("Columns", Schedule, StateRows)


def of_contracts(columns: Columns, places: Whole | slice) -> Columns:
    """The columns of the contracts at some places."""
    return type(columns)(**{one.name: getattr(columns, one.name)[places] for one in fields(columns)})


@dataclass(frozen=True)
class RiskTerms:
    """Credit risk of N contracts in one state, both sides: what the loss kernel needs, and the stage of the second side.

    ``at`` is where each stands in its schedule. ``due`` are the due dates passed, -1 where a contract is not on book or its
    loss is past estimating; ``paid`` the instalments paid in full. ``at_risk`` are the months of the whole life in which a
    default can be recognised, ``row`` is a contract's place in any table of the curves. ``pd_ratio`` is how many times that of
    origination today's default probability is; ``stated`` whether anything but the curves can tell that it rose.
    """

    at: Position
    defaulted: tuple[Flags, Flags]
    due: tuple[Whole, Whole]
    paid: Whole
    lag: tuple[Whole, Whole]
    interest: tuple[Whole, Whole]
    horizon: tuple[Whole, Whole]
    at_risk: tuple[Whole, Whole]
    row: tuple[Whole, Whole]
    table: tuple[Whole, Whole]
    stage: Whole
    pd_ratio: Numbers
    stated: Flags


@dataclass(frozen=True)
class Accrual:
    """What note (ii) says of the interest of N contracts, by side: whether it is accrued, and for how many days it still is
    when a default is recognised, below nil where it stops before."""

    accrues: tuple[Flags, Flags]
    left_at_default: tuple[Whole, Whole]

    def reversed_by_default(self, side: int) -> Flags:
        """Whether interest will have been reversed against income when a default is recognised."""
        reached: Flags = self.left_at_default[side] <= 0
        return reached


def credit_setting(plan: Plan, curves: Curves, longest_term: int, sides: Sides, *, guaranteed: bool = False) -> CreditSetting:
    """The setting of a plan's close; ``longest_term`` bounds the months that tables must reach.

    ``guaranteed``: the contracts are guarantees, and the event is their payout at the latest (B5.5.37).
    """
    treatments = (cast(Treatment, sides[0]), cast(Treatment, sides[1]))
    longest_lag = max(
        int(one.due_dates_before_recognition(by_segment, np.zeros(len(by_segment)), elections).max())
        for elections in elected(plan)
        for one, by_segment in zip(treatments, default_days(treatments, guaranteed, curves, elections), strict=True)
    )
    months = max(longest_term + longest_lag, SPLIT_MONTHS)
    ages = _ages(curves.prepayment, months)
    estimates = by_day(plan, curves, treatments, months, ages)
    bases = bases_of(plan, curves, treatments, guaranteed, months, ages, estimates.days)
    return CreditSetting(
        opening=plan.period.opening,
        closing=plan.period.closing,
        treatments=treatments,
        segments=curves.segments,
        ratings=curves.ratings,
        version_dates=np.array(curves.versions, dtype="datetime64[D]"),
        known_from=curves.known_from,
        hazards_from=curves.hazards_from[bases.of["opening"].version],
        recoveries_from=curves.recoveries_from[bases.of["opening"].version],
        mortality=_mortality(curves.prepayment),
        index=TableIndex(curves.buckets, ages),
        bases=bases,
        by_day=estimates,
        recognised=bases.recognised,
        guaranteed=guaranteed,
    )


def position_at(schedule: Schedule, at: Dates) -> Position:
    """Where each contract stands in its schedule on a date."""
    first, day = schedule.first_payment_date, schedule.due_day
    return position(schedule.origination_date, first, day, schedule.term_instalments, schedule.first_length, at)


def position_of_few(schedule: Schedule, at: Dates, asked: Flags, others: Position | None = None) -> Position:
    """The same of the contracts ``asked`` alone, which mostly are few: of all others what ``others`` say, nil without these."""
    if asked.all():
        return position_at(schedule, at)
    few = np.flatnonzero(asked)
    of_few = position_at(of_contracts(schedule, few), at[few])
    known = {number.name: getattr(of_few if others is None else others, number.name) for number in fields(Position)}
    found = {name: np.zeros(len(asked), of.dtype) if others is None else of.copy() for name, of in known.items()}
    for name, numbers in found.items():
        numbers[few] = getattr(of_few, name)
    return Position(**found)


def positions_of(schedule: Schedule, states: Sequence[StateRows]) -> list[Position]:
    """Where each contract stands in some states: looked for only where a state is of another day than the one before, as the
    closing is of contracts that left."""
    found = [position_at(schedule, rows.instant) for rows in states[:1]]
    for before, rows in pairwise(states):
        found.append(position_of_few(schedule, rows.instant, rows.instant != before.instant, found[-1]))
    return found


def paid_by(schedule: Schedule, at: Dates, days_past_due: Whole, due: Whole) -> Whole:
    """Instalments that each contract has paid in full of those ``due`` on a date, so many days past due."""
    return instalments_paid(schedule.first_payment_date, schedule.due_day, at, days_past_due, due)


def contractual_interest(schedule: Schedule, rows: StateRows, at: Position) -> Numbers:
    """Billed unpaid interest plus the contract interest of the running period."""
    running = rows.principal * schedule.rate * at.elapsed_periods
    return np.where(rows.on_book, rows.billed_interest + running, 0.0)


def risk_terms(
    schedule: Schedule, rows: StateRows, at: Position, basis: Basis, setting: CreditSetting, accrual: Accrual
) -> RiskTerms:
    """Ask both treatments of note (i) for default, stage, horizon and exposure of each contract in one state, on its basis."""
    pool = setting.pool(schedule.segment, rows.rating)
    us, ifrs = (_side(side, schedule, rows, at, pool, basis, setting, accrual) for side in range(len(SIDES)))
    impaired = ifrs.defaulted | ifrs.probation
    stage = np.where(rows.on_book, np.where(impaired, 3, np.where(ifrs.lifetime, 2, 1)), 0)
    due = np.where(rows.on_book, at.due_dates_passed, -1)
    return RiskTerms(
        at=at,
        defaulted=(us.defaulted, ifrs.defaulted),
        due=(np.where(us.defaulted, -1, due), np.where(ifrs.defaulted, -1, due)),
        paid=paid_by(schedule, rows.instant, rows.days_past_due, at.instalments_due),
        lag=(us.lag, ifrs.lag),
        interest=(us.interest, ifrs.interest),
        horizon=(us.horizon, ifrs.horizon),
        at_risk=(us.at_risk, ifrs.at_risk),
        row=(us.row, ifrs.row),
        table=(us.table, ifrs.table),
        stage=stage,
        pd_ratio=ifrs.pd_ratio,
        stated=~np.isnan(rows.pd_12m) | (len(setting.ratings) > 1),
    )


def default_date(rows: StateRows, default_days: Whole) -> Dates:
    """Day of default: as stated, else the day on which the contract became as late as that; that day also where the one stated
    was cured since, and the contract is late again."""
    reached = rows.instant - np.maximum(rows.days_past_due - default_days, 0)
    again = ~np.isnat(rows.cured_date) & (rows.days_past_due >= default_days)
    stated: Dates = np.where(np.isnat(rows.default_date) | again, reached, rows.default_date)
    return stated


def months_in_default(rows: StateRows, default_days: Whole, defaulted: Flags) -> Whole:
    """Whole months from the day of default to the state's date; nil of contracts that are not in default."""
    return whole_months_between(np.where(defaulted, default_date(rows, default_days), NEVER), rows.instant)


@dataclass(frozen=True)
class _SideTerms:
    defaulted: Flags
    probation: Flags
    lifetime: Flags
    lag: Whole
    interest: Whole
    horizon: Whole
    at_risk: Whole
    row: Whole
    table: Whole
    pd_ratio: Numbers


def _side(
    side: int, schedule: Schedule, rows: StateRows, at: Position, pool: Whole, basis: Basis, setting: CreditSetting,
    accrual: Accrual,
) -> _SideTerms:  # fmt: skip
    """What one treatment says; the ratio of default probabilities is 1 where they are not compared."""
    treatment, elections = setting.treatments[side], basis.elections
    days = basis.default_days[side][schedule.segment]
    lag = treatment.due_dates_before_recognition(days, at.stub, elections)
    remaining = months_at_risk(schedule.term_instalments, at.due_dates_passed, lag)
    unknown = np.full(len(days), np.nan)
    known = Credit(
        setting.guaranteed, rows.instant, rows.days_past_due, days, rows.default_date, rows.cured_date, rows.watch_list,
        rows.forborne, unknown, unknown, unknown,
    )  # fmt: skip
    probation = treatment.in_probation(known, elections)
    bucket = hazard_bucket(
        rows.days_past_due, probation, rows.cured_date, rows.instant, rows.since_missed, schedule.segment, basis.look_back
    )
    row = setting.index.row(pool, bucket, at.due_dates_passed)
    compared = treatment.compares_with_origination()
    credit = _with_probabilities(known, schedule, rows, at, row, remaining, basis, setting) if compared else known
    lifetime = treatment.lifetime(credit, elections)
    return _SideTerms(
        defaulted=treatment.in_default(credit, elections),
        probation=probation,
        lifetime=lifetime,
        lag=lag,
        interest=treatment.interest_in_exposure(credit, accrual.accrues[side], accrual.reversed_by_default(side), elections),
        horizon=treatment.horizon(lifetime, remaining),
        at_risk=remaining,
        row=row,
        table=basis.first_row[side] + row,
        pd_ratio=np.divide(credit.pd_now, credit.pd_at_origination, out=np.ones(len(row)), where=credit.pd_at_origination > 0),
    )


def _with_probabilities(
    credit: Credit, schedule: Schedule, rows: StateRows, at: Position, row: Whole, remaining: Whole, basis: Basis,
    setting: CreditSetting,
) -> Credit:  # fmt: skip
    """Default probabilities like for like (IFRS 9 B5.5.9, B5.5.11): now as the contract stands; at origination current, at the
    same age over the same remaining life, by the rating, the curves and the weights of then, or of the last day that the basis
    knows: nothing later is compared with what it has of now. What a tape states of both goes before."""
    now, last = basis.probabilities, basis.probabilities.shape[1] - 1
    first = TableIndex(1, setting.index.ages).row(
        setting.pool(schedule.segment, rows.rating_at_origination), 0, at.due_dates_passed
    )
    within_life = np.minimum(remaining, last)
    known = setting.by_day.place(np.minimum(schedule.origination_date, basis.until))
    then = setting.by_day.at_origination[known, first, within_life]
    stated = ~(np.isnan(rows.pd_12m) | np.isnan(rows.pd_12m_at_origination))
    within_year = now[row, np.minimum(remaining, SPLIT_MONTHS)]
    return replace(
        credit,
        pd_now=np.where(stated, rows.pd_12m, now[row, within_life]),
        pd_at_origination=np.where(stated, rows.pd_12m_at_origination, then),
        pd_12m=np.where(np.isnan(rows.pd_12m), within_year, rows.pd_12m),
    )


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
