"""The columns of awards: awards, their tranches and their forfeitures as arrays, and how the tranches stand at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.awards.setting import AwardSetting
from gaapbridge.contracts.awards.whole import Awards
from gaapbridge.measure.vesting import Tranches

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]


@dataclass(frozen=True)
class AwardColumns:
    """N awards in the order of their ids, T tranches in the order of award and tranche, and E forfeitures.

    ``function`` and ``grant_date`` are by award; ``award`` is the place of each tranche's award, ``value`` the grant-date
    value of a unit in minor units; ``lost_tranche`` is the place of the tranche that each forfeiture is of.
    """

    award_id: pl.Series
    function: Whole
    grant_date: Dates
    award: Whole
    vesting_date: Dates
    units: Whole
    value: Numbers
    lost_tranche: Whole
    lost_date: Dates
    lost_units: Whole

    def forfeited_by(self, instant: date) -> Whole:
        """Units of each tranche forfeited on or before an instant."""
        lost = np.zeros_like(self.units)
        counts = self.lost_date <= np.datetime64(instant)
        np.add.at(lost, self.lost_tranche[counts], self.lost_units[counts])
        return lost

    def tranches_at(self, instant: date, rates: Numbers) -> Tranches:
        """The tranches as they stand at an instant, with yearly forfeiture rates by function."""
        granted = self.grant_date[self.award]
        return Tranches(
            award=self.award,
            awards=len(self.award_id),
            units=(self.units - self.forfeited_by(instant)).astype(np.float64),
            value=self.value,
            elapsed_days=(np.datetime64(instant) - granted).astype(np.int64),
            vesting_days=(self.vesting_date - granted).astype(np.int64),
            annual_forfeiture_rate=rates[self.function[self.award]],
        )


def columns_of(read: Awards, setting: AwardSetting) -> AwardColumns:
    """The arrays of the good rows of the tapes; their order on the tapes does not matter."""
    awards = read.awards.sort("award_id").with_row_index("award")
    of_award = awards.select("award_id", "award", pl.col("fair_value_per_unit").alias("award_value"))
    tranches = read.tranches.join(of_award, on="award_id").sort("award", "tranche").with_row_index("place")
    lost = read.events.filter(pl.col("kind") == "forfeiture").join(
        tranches.select("award_id", "tranche", "place"), on=["award_id", "tranche"]
    )
    value = tranches["fair_value_per_unit"].fill_null(tranches["award_value"])
    place_of = {function: place for place, function in enumerate(setting.functions)}
    return AwardColumns(
        award_id=awards["award_id"],
        function=awards["function"].replace_strict(place_of, return_dtype=pl.Int64).to_numpy(),
        grant_date=_dates(awards["grant_date"]),
        award=tranches["award"].to_numpy().astype(np.int64),
        vesting_date=_dates(tranches["vesting_date"]),
        units=tranches["units"].to_numpy().astype(np.int64),
        value=_in_minor_units(value, setting.minor_digits),
        lost_tranche=lost["place"].to_numpy().astype(np.int64),
        lost_date=_dates(lost["event_date"]),
        lost_units=lost["units"].to_numpy().astype(np.int64),
    )


def _in_minor_units(value: pl.Series, minor_digits: int) -> Numbers:
    """Fair values shifted by their decimal digits: 48.65 in binary times 100 is not 4,865, and a half would be lost."""
    return np.array([float(Decimal(repr(amount)).scaleb(minor_digits)) for amount in value.to_list()], dtype=np.float64)


def _dates(days: pl.Series) -> Dates:
    return days.to_numpy().astype("datetime64[D]")
