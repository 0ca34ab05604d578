"""Which of the fees that borrowers paid are service fees of instalments; the others are income of their day, beside the yield.

A tape of payments may tell them apart. Where it does not, fees are service fees as far as the schedule has billed any that are
not paid: what is beyond is a fee for paying ahead or late, whatever multiple of a service fee it comes to.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.credit import Schedule, StateRows, of_contracts, paid_by, position_at

AHEAD = np.timedelta64(15, "D")
"""Days before its instalment falls due on which a service fee may be paid already, half a month."""


def with_service_fees(
    payments: pl.DataFrame, contracts: pl.Series, schedule: Schedule, states: Mapping[str, StateRows], fee: NDArray[np.int64],
    ahead: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> pl.DataFrame:  # fmt: skip
    """The payments with ``service_fees_minor`` by the schedules of ``contracts``: of each at most what fell due by 15 days
    after it and was paid neither by the opening nor since, at ``fee`` minor units an instalment. Of who is ``ahead`` at the
    end, by some minor units at either row, all that fell due by then, and these.

    900 fall due each month from 15 January on, and none is paid: of fees of 500 on 20 January, 500 on 10 March and 5,000 on 20
    March 500, 500 and 1,700 are service fees.
    """
    opening, at_end = states["opening"], position_at(schedule, states["late"].instant).instalments_due
    due = position_at(schedule, opening.instant).instalments_due
    before = np.minimum(paid_by(schedule, opening.instant, opening.days_past_due, due), schedule.term_instalments - 1)
    paid = np.where(opening.on_book, before, 0)
    asked = pl.DataFrame({"contract_id": contracts, "place": np.arange(len(contracts)), "fee": fee}).filter(pl.col("fee") > 0)
    charged = payments.filter(pl.col("fees_minor") > 0).join(asked, on="contract_id", how="inner").sort("place", "date")
    place = charged["place"].to_numpy()
    days: NDArray[np.datetime64] = charged["date"].to_numpy().astype("datetime64[D]")
    due = position_at(of_contracts(schedule, place), days + AHEAD).instalments_due
    before, end = (amounts[place] for amounts in ahead)
    due = np.where(end > 0, at_end[place], due)
    billed = np.maximum(charged["fee"].to_numpy() * np.maximum(due - paid[place], 0) + end - before, 0)
    fees, left = pl.col("fees_minor").cum_sum(), pl.col("billed") - pl.col("fees_minor").cum_sum()
    to_date = fees + left.cum_min().clip(upper_bound=0)
    of_each = (to_date - to_date.shift(1, fill_value=0)).over("place").alias("service_fees_minor")
    charged = charged.with_columns(billed=pl.Series(billed)).with_columns(of_each)
    others = payments.join(asked, on="contract_id", how="anti").with_columns(service_fees_minor=pl.lit(0, pl.Int64))
    without = payments.filter(pl.col("fees_minor") <= 0).join(asked, on="contract_id", how="semi")
    without = without.with_columns(service_fees_minor=pl.lit(0, pl.Int64))
    return pl.concat([frame.select(payments.columns) for frame in (charged, without, others)])
