"""The fair value of guarantees at inception: as the tape states it, else measured as the plan elects (460-10-30-2).

It is the same in every period: nothing in it depends on the instant, and answers are those of the day it was made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from gaapbridge.contracts.basis import latest
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
    since, measured = latest(setting.inception_days, schedule.origination_date), fees
    for place, inception in enumerate(setting.inceptions):
        asked, rate = empty & (since == place), np.full(len(fees), inception.rate)
        if inception.payouts is not None and asked.any():
            factor = 1.0 / (1.0 + rate_per_month(rate))
            lost = expected_payouts(inception.payouts, schedule, rating, factor, asked, setting.credit)
            measured = np.where(asked, to_minor((1.0 + inception.margin) * share * lost), measured)
        elif inception.basis == DISCOUNTED_FEES and asked.any():
            before, after = (one.discounted(schedule.origination_date, rate) for one in rows)
            measured = np.where(asked, to_minor(np.where(listed, after, before)), measured)
    value = np.where(empty, np.minimum(measured, fees), stated.fill_null(0).to_numpy())
    return FairValues(value, np.where(empty, np.maximum(measured - fees, 0), 0))
