"""Payouts expected of guarantees at origination, present value: note (i)'s kernel at a contract that has just begun.

Nothing is due, missed or paid; bucket, rating, estimates and techniques are those of origination, so that every period comes to
the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from gaapbridge.assumptions.curves import Curves
from gaapbridge.contracts.basis import CURRENT, NOTE, latest, seen_by_day
from gaapbridge.contracts.credit import CreditSetting, Schedule
from gaapbridge.contracts.side_by_side import Dates, Flags, Numbers, Whole
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.measure import kernels
from gaapbridge.measure.survival import loss_weights
from gaapbridge.measure.timeline import TO_RECOGNITION, months_at_risk
from gaapbridge.plan import Plan


@dataclass(frozen=True)
class PayoutTables:
    """Folded loss tables of contracts that begin: rows of ``weights`` by the day in ``days`` from which curves, weights and
    forecast were those, then pool."""

    days: Dates
    weights: Numbers
    pools: int


@dataclass(frozen=True)
class Payouts:
    """What is asked of the payouts of guarantees made from a day on: ``lag`` are by segment the due dates between the first
    miss of a payout and its day, ``exposure`` what a payout finds exposed."""

    tables: PayoutTables
    lag: Whole
    exposure: int


def payouts_by_day(
    plan: Plan, curves: Curves, longest_term: int, credit: CreditSetting, days: Sequence[date]
) -> tuple[Payouts, ...]:
    """What is asked of guarantees made from each of some days on, as US GAAP sees the curves."""
    treatment, begun = credit.treatments[0], np.zeros(len(curves.segments))
    answers = [Elections.of(plan.answers_at(NOTE, day)) for day in days]
    lags = [
        treatment.due_dates_before_recognition(treatment.default_days(True, curves.segments, elections), begun, elections)
        for elections in answers
    ]
    tables = _tables(plan, curves, longest_term + max(int(lag.max()) for lag in lags), credit)
    return tuple(Payouts(tables, lag, treatment.exposure(one)) for lag, one in zip(lags, answers, strict=True))


def _tables(plan: Plan, curves: Curves, months: int, credit: CreditSetting) -> PayoutTables:
    """The tables, with recoveries discounted: a fair value is a present value (460-10-30-2)."""
    treatment = credit.treatments[0]
    days, every = seen_by_day(plan, curves, months, ages=1)
    blocks = [
        loss_weights(
            seen.risk(treatment, CURRENT),
            np.repeat(curves.lgd_discounted[seen.version, ..., 0], len(curves.ratings), axis=1),
        )
        for seen in every
    ]
    return PayoutTables(days, np.concatenate(blocks), every[0].pools)


def expected_payouts(
    payouts: Payouts, schedule: Schedule, rating: Whole, factor: Numbers, asked: Flags, credit: CreditSetting
) -> Numbers:
    """Payouts expected of the guaranteed loans, less recoveries, at discount factors a period; nil where not ``asked``.

    Minor units of N, estimates. ``rating`` is that of origination.
    """
    contracts, tables = len(schedule.principal), payouts.tables
    lag = payouts.lag[schedule.segment]
    nil, none = np.zeros((1, contracts), np.int64), np.zeros((1, contracts))
    row = latest(tables.days, schedule.origination_date) * tables.pools + credit.pool(schedule.segment, rating)
    (lost,), _ = kernels.scan_guaranteed(
        schedule.terms(),
        kernels.LossRows(
            weights=tables.weights,
            table=row[None],
            due=np.where(asked, 0, -1)[None],
            paid=nil,
            lag=lag[None],
            elapsed_periods=none,
            horizon=months_at_risk(schedule.term_instalments, nil[0], lag)[None],
            principal=schedule.principal[None],
            billed=none,
            interest=np.full((1, contracts), TO_RECOGNITION),
            exposure=np.array([payouts.exposure]),
            interest_beside=np.zeros(1, np.int64),
            shift=np.zeros(1),
            near_months=0,
        ),
        factor[None],
    )  # fmt: skip
    found: Numbers = lost
    return found
