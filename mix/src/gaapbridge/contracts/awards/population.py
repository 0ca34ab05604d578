"""The share awards of a close: tapes read whole and checked against each other, every award measured."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.contracts.awards import KIND, direct
from gaapbridge.contracts.awards.columns import columns_of
from gaapbridge.contracts.awards.measurement import detail_of, measure
from gaapbridge.contracts.awards.setting import AwardSetting, award_setting
from gaapbridge.contracts.awards.tapes import open_tapes
from gaapbridge.contracts.awards.whole import Awards
from gaapbridge.contracts.kept_rows import Ranking, kept_rows
from gaapbridge.contracts.population import Population
from gaapbridge.contracts.rows import Rows
from gaapbridge.contracts.scan import Cause, Part
from gaapbridge.contracts.totals import Standing, total
from gaapbridge.plan import Plan

CAUSES = {
    "modification": Cause(
        "modification of an award not measured",
        None,
        "a modified award is measured as granted; incremental value is not",
        "assess the award by hand (718-20-35-2A to 35-4; IFRS 2.27)",
    ),
    "cancellation": Cause(
        "cancellation of an award not measured",
        None,
        "a cancelled award is measured as if it ran on; its remaining cost is not recognised at once",
        "assess the award by hand (718-20-35-9; IFRS 2.28)",
    ),
}
"""The wording of each finding, by the kind of event that causes it."""


def open_population(plan: Plan, paths: Mapping[str, Path]) -> Population:
    """Read the awards of a plan. Raises ``UnusableInput``."""
    tapes = open_tapes(plan, paths)
    return Population(tapes, CAUSES, partial(award_setting, plan, tapes.forfeitures), measured, direct, plan.closing_answers)


def measured(read: Awards, setting: AwardSetting) -> Part:
    """Totals, table and causes of the awards read."""
    columns = columns_of(read, setting)
    measurement = measure(columns, setting, Rows.of(KIND, len(columns.award_id)))
    table = detail_of(columns, measurement, setting)
    none = np.zeros(table.height, dtype=np.int64)
    standing = Standing(columns.function, measurement.path, none, none)
    return Part(
        read.read,
        total(standing, measurement.rows, setting.functions),
        table,
        causes=_causes(read.events.filter(pl.col("event_date") <= setting.closing), table),
        kept=kept_rows(Ranking.of(KIND), table, read.good).beside(read.written),
    )


def _causes(events: pl.DataFrame, table: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Awards with an event that is not measured, by its kind, with the cost measured of them under US GAAP."""
    cost = table.select("contract_id", pl.col("us_cumulative_cost").alias("amount_minor"))
    found = {
        kind: cost.join(events.filter(pl.col("kind") == kind), left_on="contract_id", right_on="award_id", how="semi")
        for kind in CAUSES
    }
    return {kind: awards for kind, awards in found.items() if awards.height}
