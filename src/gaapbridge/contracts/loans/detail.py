"""The measurement of every contract as a table: what the run keeps, and the second path to every total.

Columns: ``us_*`` and ``ifrs_*`` are the closing state; ``opening_*``, ``exit_*`` (the moment before leaving) and
``restated_*`` (closing under opening assumptions, only where curves were revised) are the other states. Minor units.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from gaapbridge.contracts.loans.columns import Contracts
from gaapbridge.contracts.loans.measurement import Measurement
from gaapbridge.contracts.loans.setting import LoanSetting
from gaapbridge.difference import PATHS
from gaapbridge.notes import SIDES


def detail_of(contracts: Contracts, measurement: Measurement, setting: LoanSetting) -> pl.DataFrame:
    """One row for each contract with an effective rate, in the order of the chunk."""
    remained, left = contracts.course.remained, contracts.course.left
    columns: dict[str, object] = {
        "contract_id": contracts.contract_id,
        "segment": np.array(setting.credit.segments)[contracts.schedule.segment],
        "path": np.array(PATHS)[contracts.course.path],
        "status": contracts.status,
        "opening_on_book": contracts.course.opened,
        "closing_on_book": remained,
        "stage_opening": measurement.stage_opening.astype(np.int8),
        "stage_closing": measurement.stage_closing.astype(np.int8),
        "us_rate_per_period": measurement.rates[0],
        "ifrs_rate_per_period": measurement.rates[1],
    }
    for series in sorted(measurement.amounts):
        amounts = measurement.amounts[series]
        state, _, rest = series.partition("_")
        if state == "late":
            columns[f"exit_{rest}"] = np.where(left, amounts, 0)
            if setting.credit.revised:
                columns[f"restated_{rest}"] = np.where(remained, amounts, 0)
        elif state == "closing" and rest.partition("_")[0] in SIDES:
            columns[rest] = amounts
        else:
            columns[series] = amounts
    return pl.DataFrame(columns).filter(pl.Series(measurement.outcomes == 0))
