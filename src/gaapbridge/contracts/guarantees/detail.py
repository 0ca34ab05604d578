"""The measurement of every guarantee as a table: what the run keeps, and the second path to every total.

Columns: ``us_*`` and ``ifrs_*`` are the closing state or, for a flow, the period; ``opening_*``, ``exit_*`` (the moment before
leaving) and ``restated_*`` (closing under opening assumptions, only where they were revised) are the other states.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from gaapbridge.contracts.guarantees.columns import Guarantees
from gaapbridge.contracts.guarantees.measurement import Measurement
from gaapbridge.contracts.guarantees.setting import GuaranteeSetting
from gaapbridge.difference import PATHS
from gaapbridge.notes import SIDES


def detail_of(guarantees: Guarantees, measurement: Measurement, setting: GuaranteeSetting) -> pl.DataFrame:
    """One row for each measured guarantee, in the order of the chunk."""
    columns: dict[str, object] = {
        "contract_id": guarantees.contract_id,
        "segment": np.array(setting.credit.segments)[guarantees.schedule.segment],
        "related_party": guarantees.related,
        "path": np.array(PATHS)[guarantees.course.path],
        "status": guarantees.status,
        "opening_on_book": guarantees.course.opened,
        "closing_on_book": guarantees.course.remained,
        "stage_opening": measurement.stage_opening.astype(np.int8),
        "stage_closing": measurement.stage_closing.astype(np.int8),
    }
    for series in sorted(measurement.amounts):
        amounts = measurement.amounts[series]
        state, _, rest = series.partition("_")
        if state == "late":
            if setting.revised:
                columns[f"restated_{rest}"] = np.where(guarantees.course.remained, amounts, 0)
        elif state == "closing" and rest.partition("_")[0] in SIDES:
            columns[rest] = amounts
        elif series != "closing_live":
            columns[series] = amounts
    return pl.DataFrame(columns | measurement.at_exit).filter(pl.Series(measurement.outcomes == 0))
