"""The fair value of guarantees at inception: as the tape states it, else measured as the plan elects (460-10-30-2).

It is the same in every period: nothing in it depends on the instant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from gaapbridge.contracts.credit import Schedule
from gaapbridge.contracts.guarantees.expected_payouts import expected_payouts
from gaapbridge.contracts.guarantees.fee_rows import FeeRows
from gaapbridge.contracts.guarantees.setting import GuaranteeSetting
from gaapbridge.contracts.side_by_side import Flags, Numbers, Whole
from gaapbridge.measure.guarantee import DISCOUNTED_FEES, rate_per_month
from gaapbridge.measure.rounding import to_minor


@dataclass(frozen=True)
class FairValues:
    """Fair values at inception of N guarantees in minor units, and what of a measured one is ``above_fees``.

    A receivable for fees is not worth more than they come to, so that a fair value ends there (460-10-30-2(a)).
    """

    value: Whole
    above_fees: Whole


def fair_values(
    stated: pl.Series, rows: tuple[FeeRows, FeeRows], schedule: Schedule, share: Numbers, rating: Whole,
    setting: GuaranteeSetting,
) -> FairValues:  # fmt: skip
    """Fair values of a chunk; fees are those of the closing tape, of the opening one where they are on that only.

    ``share`` of the loan is guaranteed, ``rating`` is that of origination.
    """
    empty: Flags = stated.is_null().to_numpy()
    listed = rows[1].total > 0
    fees = np.where(listed, rows[1].total, rows[0].total)
    inception = setting.inception
    rate = np.full(len(fees), inception.rate)
    measured = fees
    if inception.payouts is not None:
        factor = 1.0 / (1.0 + rate_per_month(rate))
        lost = expected_payouts(inception.payouts, schedule, rating, factor, empty, setting.credit)
        measured = to_minor((1.0 + inception.margin) * share * lost)
    elif inception.basis == DISCOUNTED_FEES:
        before, after = (one.discounted(schedule.origination_date, rate) for one in rows)
        measured = to_minor(np.where(listed, after, before))
    value = np.where(empty, np.minimum(measured, fees), stated.fill_null(0).to_numpy())
    return FairValues(value, np.where(empty, np.maximum(measured - fees, 0), 0))
