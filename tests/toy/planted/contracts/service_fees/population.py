"""The service fees of a close: earned and collected at both instants, and what passed through income between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from gaapbridge.contracts.service_fees import KIND, direct
from gaapbridge.contracts.service_fees.schema import SERVICE_FEES
from gaapbridge.contracts.service_fees.tapes import CLOSING_TAPE, OPENING_TAPE, open_tapes
from gaapbridge.differences.service_fee.elections import Elections
from numpy.typing import NDArray

from gaapbridge.contracts.population import Population
from gaapbridge.contracts.rows import Rows, table_of
from gaapbridge.contracts.scan import Part
from gaapbridge.contracts.totals import Standing, total
from gaapbridge.difference import PATHS, SIDES
from gaapbridge.notes import Treatments
from gaapbridge.plan import Plan
from gaapbridge.tapes.ranges import Held, not_given

SEGMENTS = ("services",)


@dataclass(frozen=True)
class FeeSetting:
    """What is constant over one close of service fees."""

    opening: date
    closing: date
    treatments: Any
    elections: Elections


def open_population(plan: Plan, paths: Mapping[str, Path]) -> Population:
    """Open the service fees of a plan. Raises ``UnusableInput``."""
    tapes = open_tapes(plan, paths)
    return Population(tapes, {}, partial(_setting, plan), tapes.measured(measured), direct, plan.elections)


def _setting(plan: Plan, treatments: Treatments) -> FeeSetting:
    elections = Elections.of(plan.elections["service_fee"])
    return FeeSetting(plan.period.opening, plan.period.closing, treatments["service_fee"], elections)


def measured(tapes: Mapping[str, Held], setting: FeeSetting) -> Part:
    """Totals and table of the fees of a range."""
    opening, closing = (tapes.get(source, not_given(SERVICE_FEES)) for source in (OPENING_TAPE, CLOSING_TAPE))
    before = opening.good.select("contract_id", pl.col("collected_minor").alias("collected_before"))
    fees = closing.good.join(before, on="contract_id", how="left", maintain_order="left")
    opened = fees["collected_before"].is_not_null().to_numpy()
    rows = Rows.of(KIND, fees.height)
    for state, instant, collected in (
        ("opening", setting.opening, fees["collected_before"].fill_null(0)),
        ("closing", setting.closing, fees["collected_minor"]),
    ):
        for side, treatment in zip(SIDES, setting.treatments, strict=True):
            receivable = treatment.receivable(_earned(fees, instant, setting), collected.to_numpy())
            rows[f"{state}_{side}_receivable"] = np.where(opened | (state == "closing"), receivable, 0)
    rows["cash"] = (fees["collected_minor"] - fees["collected_before"].fill_null(0)).to_numpy()
    for side in SIDES:
        rows[f"{side}_revenue"] = rows[f"closing_{side}_receivable"] - rows[f"opening_{side}_receivable"] + rows["cash"]
    path = np.where(opened, PATHS.index("stayed"), PATHS.index("new"))
    none = np.zeros(fees.height, np.int64)
    facts = {"contract_id": fees["contract_id"], "segment": np.full(fees.height, SEGMENTS[0]), "path": np.array(PATHS)[path]}
    return Part(
        totals=total(Standing(none, path, none, none), rows, SEGMENTS),
        table=table_of(facts, rows, np.ones(fees.height, np.bool_)),
    )


def _earned(fees: pl.DataFrame, instant: date, setting: FeeSetting) -> NDArray[np.int64]:
    """Fees earned by an instant in equal parts a day, in whole numbers rounded down."""
    start, end = (fees[name].to_numpy().astype("datetime64[D]") for name in ("start_date", "end_date"))
    first = 1 if setting.elections.first_day == "counted" else 0
    term = (end - start).astype(np.int64) + first
    elapsed = np.clip((np.datetime64(instant) - start).astype(np.int64) + first, 0, term)
    earned: NDArray[np.int64] = fees["fee_minor"].to_numpy() * elapsed // np.maximum(term, 1)
    return earned
