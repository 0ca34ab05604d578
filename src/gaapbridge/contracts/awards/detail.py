"""The measurement of every award as a table: what the run keeps, and the second path to every total. Minor units."""

from __future__ import annotations

import numpy as np
import polars as pl

from gaapbridge.contracts.awards.columns import AwardColumns
from gaapbridge.contracts.awards.measurement import Measurement
from gaapbridge.contracts.awards.setting import AwardSetting
from gaapbridge.difference import PATHS


def detail_of(columns: AwardColumns, measurement: Measurement, setting: AwardSetting) -> pl.DataFrame:
    """One row an award, in the order of ids: ``us_*`` and ``ifrs_*`` at closing, ``opening_*`` at the opening instant."""
    amounts = {series.removeprefix("closing_"): amount for series, amount in measurement.amounts.items()}
    return pl.DataFrame(
        {
            "contract_id": columns.award_id,
            "segment": np.array(setting.functions)[columns.function],
            "path": np.array(PATHS)[measurement.path],
            "units_granted": measurement.units.granted,
            "units_forfeited": measurement.units.forfeited,
            "units_vested": measurement.units.vested,
            **amounts,
        }
    )
