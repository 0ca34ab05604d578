"""Payouts expected of guarantees at origination, present value: note (i)'s kernel at a contract that has just begun.

Nothing is due, missed or paid; bucket, rating and curves are those of origination, so that every period comes to the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaapbridge.assumptions.curves import Curves
from gaapbridge.contracts.credit import CURRENT, CreditSetting, Schedule
from gaapbridge.contracts.loss_tables import SeenCurves
from gaapbridge.contracts.side_by_side import Flags, Numbers, Whole
from gaapbridge.measure import kernels
from gaapbridge.measure.survival import loss_weights
from gaapbridge.measure.timeline import TO_RECOGNITION, months_at_risk


@dataclass(frozen=True)
class PayoutTables:
    """Folded loss tables of contracts that begin: rows of ``weights`` by version of the curves, then pool; and by segment the
    due dates between the first miss of a payout and its day (``lag``). ``exposure`` is what a payout finds exposed."""

    weights: Numbers
    pools: int
    lag: Whole
    exposure: int


def payout_tables(curves: Curves, longest_term: int, credit: CreditSetting) -> PayoutTables:
    """The tables as US GAAP sees the curves, with recoveries discounted: a fair value is a present value (460-10-30-2)."""
    treatment, elections = credit.treatments[0], credit.elections
    lag = treatment.due_dates_before_recognition(credit.default_days[0], np.zeros(len(curves.segments)), elections)
    seen = SeenCurves(curves, elections, longest_term + int(lag.max()), ages=1)
    blocks = [
        loss_weights(
            seen.risk(version, treatment, CURRENT),
            np.repeat(curves.lgd_discounted[version, ..., 0], len(curves.ratings), axis=1),
        )
        for version in range(len(curves.versions))
    ]
    return PayoutTables(np.concatenate(blocks), seen.pools, lag, treatment.exposure(elections))


def expected_payouts(
    tables: PayoutTables, schedule: Schedule, rating: Whole, factor: Numbers, asked: Flags, credit: CreditSetting
) -> Numbers:
    """Payouts expected of the guaranteed loans, less recoveries, at discount factors a period; nil where not ``asked``.

    Minor units of N, estimates. ``rating`` is that of origination.
    """
    contracts = len(schedule.principal)
    lag = tables.lag[schedule.segment]
    nil, none = np.zeros((1, contracts), np.int64), np.zeros((1, contracts))
    row = schedule.origination_version * tables.pools + credit.pool(schedule.segment, rating)
    (payouts,), _ = kernels.scan_guaranteed(
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
            exposure=np.array([tables.exposure]),
            interest_beside=np.zeros(1, np.int64),
            shift=np.zeros(1),
            near_months=0,
        ),
        factor[None],
    )  # fmt: skip
    found: Numbers = payouts
    return found
