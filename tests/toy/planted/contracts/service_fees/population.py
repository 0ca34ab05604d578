"""The service fees of a close: earned and collected at both instants, and what passed through income between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.population import Population
from gaapbridge.contracts.rows import Rows, table_of
from gaapbridge.contracts.scan import Cause, Part
from gaapbridge.contracts.service_fees import KIND, direct
from gaapbridge.contracts.service_fees.schema import SERVICE_FEES
from gaapbridge.contracts.service_fees.tapes import CLOSING_TAPE, OPENING_TAPE, open_tapes
from gaapbridge.contracts.totals import Standing, total
from gaapbridge.difference import PATHS, SIDES
from gaapbridge.differences.service_fee.elections import Elections
from gaapbridge.differences.service_fee.treatment import Treatment
from gaapbridge.notes import Treatments
from gaapbridge.plan import Plan
from gaapbridge.tapes.ranges import Held, not_given

SEGMENTS = ("services",)

CAUSES = {
    "lost": Cause(
        "fee left without a reason", "R9", "on the opening tape and not on the closing tape",
        "list the fee on the closing tape for as long as the year in which its service ends",
    ),
    "not on the opening tape": Cause(
        "fee missing at the opening", "R9", "its service began on or before the opening instant; not on the opening tape",
        "list it on the opening tape, and close the period before again",
    ),
}  # fmt: skip
"""What findings say of fees that the close does not take as they stand; each has a folder in the catalogue of findings."""


@dataclass(frozen=True)
class FeeSetting:
    """What is constant over one close of service fees; plain data, which may travel to another process."""

    opening: date
    closing: date
    treatments: tuple[Treatment, Treatment]
    elections: Elections


def open_population(plan: Plan, paths: Mapping[str, Path]) -> Population:
    """Open the service fees of a plan. Raises ``UnusableInput``."""
    tapes = open_tapes(plan, paths)
    return Population(tapes, CAUSES, partial(_setting, plan), tapes.measured(measured), direct, plan.closing_answers)


def _setting(plan: Plan, treatments: Treatments) -> FeeSetting:
    us, ifrs = treatments["service_fee"]
    return FeeSetting(
        opening=plan.period.opening,
        closing=plan.period.closing,
        treatments=(cast(Treatment, us), cast(Treatment, ifrs)),
        elections=Elections.of(plan.closing_answers["service_fee"]),
    )


def measured(tapes: Mapping[str, Held], setting: FeeSetting) -> Part:
    """Totals, table and causes of the fees of a range. A tape that the plan does not name is not in ``tapes``."""
    opening, closing = (tapes.get(source, not_given(SERVICE_FEES)) for source in (OPENING_TAPE, CLOSING_TAPE))
    fees = _side_by_side(opening.good, closing.good)
    opened, listed = (fees[name].is_not_null().to_numpy() for name in ("collected_before", "collected_minor"))
    before, after = (fees[name].fill_null(0).to_numpy() for name in ("collected_before", "collected_minor"))
    rows = Rows.of(KIND, fees.height)
    for side, treatment in zip(SIDES, setting.treatments, strict=True):
        for state, instant, there, collected in (
            ("opening", setting.opening, opened, before),
            ("closing", setting.closing, listed, after),
        ):
            receivable = treatment.receivable(_earned(fees, instant, treatment, setting), collected)
            rows[f"{state}_{side}_receivable"] = np.where(there, receivable, 0)
    rows["cash"] = np.where(listed, after - before, 0)
    for side in SIDES:
        rows[f"{side}_revenue"] = rows[f"closing_{side}_receivable"] - rows[f"opening_{side}_receivable"] + rows["cash"]
    words = np.select([~listed, opened], ["lost", "stayed"], "new")
    facts = {"contract_id": fees["contract_id"], "segment": np.full(fees.height, SEGMENTS[0]), "path": words}
    none = np.zeros(fees.height, np.int64)
    # Whole numbers say where a fee is added: here the first of SEGMENTS, and stage 0, which is none, at both instants.
    standing = Standing(
        segment=none, path=np.array([PATHS.index(word) for word in words], np.int64), stage_opening=none, stage_closing=none
    )
    return Part(
        totals=total(standing, rows, SEGMENTS),
        # All are tabled; a kind whose tapes list what left before the period leaves those out.
        table=table_of(facts, rows, measured=np.ones(fees.height, np.bool_)),
        causes=_causes(fees, opened, listed, setting, with_opening_tape=OPENING_TAPE in tapes),
    )


def _side_by_side(opening: pl.DataFrame, closing: pl.DataFrame) -> pl.DataFrame:
    """A row for each fee of either tape, in the order of ids: a fee that is on one of them only is not dropped."""
    terms = ("start_date", "end_date", "fee_minor")
    earlier = {"collected_minor": "collected_before"} | {name: f"{name}_before" for name in terms}
    before = opening.select("contract_id", *(pl.col(name).alias(renamed) for name, renamed in earlier.items()))
    both = closing.join(before, on="contract_id", how="full", coalesce=True)
    return both.with_columns(pl.coalesce(name, f"{name}_before").alias(name) for name in terms).sort("contract_id")


def _causes(
    fees: pl.DataFrame, opened: NDArray[np.bool_], listed: NDArray[np.bool_], setting: FeeSetting, *, with_opening_tape: bool
) -> dict[str, pl.DataFrame]:
    """The fees concerned by each cause; without an opening tape none is missing on it."""
    begun = (fees["start_date"] <= setting.opening).to_numpy()
    found = {"lost": ~listed, "not on the opening tape": ~opened & begun & with_opening_tape}
    named = fees.select("contract_id", pl.col("fee_minor").alias("amount_minor"))
    return {cause: named.filter(pl.Series(concerned)) for cause, concerned in found.items() if concerned.any()}


def _earned(fees: pl.DataFrame, instant: date, treatment: Treatment, setting: FeeSetting) -> NDArray[np.int64]:
    """Fees earned by an instant in equal parts a day, in whole numbers rounded down."""
    start, end = (fees[name].to_numpy().astype("datetime64[D]") for name in ("start_date", "end_date"))
    term, elapsed = (
        treatment.days_of_service(setting.elections, (day - start).astype(np.int64)) for day in (end, np.datetime64(instant))
    )
    earned: NDArray[np.int64] = fees["fee_minor"].to_numpy() * np.clip(elapsed, 0, term) // np.maximum(term, 1)
    return earned
