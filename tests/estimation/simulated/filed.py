"""The simulated history as a lender files it: rows of contracts and month ends, charge-offs and recoveries apart."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from gaapbridge.estimation import months as words
from gaapbridge.estimation.months import Months

STATUS = {words.STILL: "on book", words.PREPAID: "repaid early", words.MATURED: "matured", words.CHARGED_OFF: "charged off"}
SEGMENTS = ("prime", "middle", "thin")


@dataclass(frozen=True)
class Filed:
    """``performance`` one row a contract and month end, ``charge_offs`` one a contract, ``recoveries`` one a cash receipt."""

    performance: pl.DataFrame
    charge_offs: pl.DataFrame
    recoveries: pl.DataFrame


def month_end(month: int) -> date:
    """31 December 2018 of 24,227."""
    year, place = divmod(month, 12)
    return date(year, place + 1, calendar.monthrange(year, place + 1)[1])


def filed(months: Months, *, repeated: float = 0.0, shuffled: bool = False, seed: int = 0) -> Filed:
    """The rows that a lender has: a month that was not observed is lacking, and rows of recoveries alone are not performance.

    ``repeated`` is the share of rows that stand twice, alike in all columns; ``shuffled`` puts them in no order.
    """
    draw = np.random.default_rng(seed)
    ends = pl.Series("month_end", [month_end(month) for month in months.month.tolist()])
    by_contract = pl.DataFrame(
        {
            "contract_id": [f"K{number:06d}" for number in range(len(months.segment))],
            "segment": [SEGMENTS[segment] for segment in months.segment.tolist()],
            "origination_month": [month_end(month) for month in months.vintage.tolist()],
            "principal_minor": months.principal_minor,
            "rate": months.rate,
        }
    )
    rows = by_contract[months.contract.tolist()].with_columns(
        ends,
        instalments_due=pl.Series(months.age),
        instalments_remaining=pl.Series(months.remaining),
        days_past_due=pl.Series(months.arrears_days),
        balance_minor=pl.Series(months.balance_minor),
        status=pl.Series([STATUS.get(event, "") for event in months.event.tolist()]),
        written_off_minor=pl.Series(months.written_off_minor),
        recovered_minor=pl.Series(months.recovered_minor),
        cost_minor=pl.Series(months.cost_minor),
        observed=pl.Series(months.observed),
    )
    amounts = ("written_off_minor", "recovered_minor", "cost_minor")
    performance = rows.filter(pl.col("observed") & (pl.col("status") != "")).drop(*amounts, "observed")
    twice = draw.random(performance.height) < repeated
    performance = pl.concat([performance, performance.filter(pl.Series(twice))])
    if shuffled:
        performance = performance[draw.permutation(performance.height).tolist()]
    return Filed(
        performance,
        rows.filter(pl.col("written_off_minor") != 0).select("contract_id", "month_end", "written_off_minor"),
        rows.filter(pl.col("recovered_minor") != 0).select("contract_id", "month_end", "recovered_minor", "cost_minor"),
    )
