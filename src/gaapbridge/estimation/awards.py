"""The forfeiture rates of a plan's awards, from the grants and events of its history: by function and length of service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from gaapbridge.assumptions.curve_tables import FORFEITURE, FUNCTIONS
from gaapbridge.contracts.awards.schema import AWARD_EVENTS, AWARD_TRANCHES, AWARDS
from gaapbridge.contracts.awards.whole import Awards, read_awards
from gaapbridge.contracts.contract_tapes import files_called, located_in
from gaapbridge.contracts.rejects import together
from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.estimation.forfeitures import DAYS_A_YEAR, ForfeitureRate, Grants, count_forfeitures, forfeiture_rates
from gaapbridge.estimation.seen import last_day, month_name
from gaapbridge.estimation.tables import DECIMALS
from gaapbridge.plan.history import AwardHistory
from gaapbridge.plan.history_file import AWARDS as OF_AWARDS
from gaapbridge.plan.history_file import HistoryPlan
from gaapbridge.plan.refusals import refusal
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.terms.finding import Finding

KIND = "awards"
"""The kind of contracts whose history this is."""

FORFEITURES = "forfeiture.csv"
_SCHEMAS = {"awards": AWARDS, "award_tranches": AWARD_TRANCHES, "award_events": AWARD_EVENTS}


@dataclass(frozen=True)
class AwardHistories:
    """The history of awards, read whole: its tapes, what is good of them, and how rates are made of it."""

    plan: HistoryPlan
    stated: AwardHistory
    sources: Mapping[str, Source]
    awards: Awards

    @property
    def tape_rows(self) -> list[TapeRows]:
        """What was read of each tape, with its control totals."""
        return [
            TapeRows.of(f"{OF_AWARDS}{key}", self.awards.read[key], self.stated.tapes[key].control, source)
            for key, source in self.sources.items()
        ]

    @property
    def rejects(self) -> pl.DataFrame:
        """What is rejected, by the files in which it stands."""
        return together(
            located_in(list(self.sources.values()), part) for read in self.awards.read.values() for part in read.rejects
        )

    def grants(self) -> Grants:
        """Tranches and forfeitures of them; service counts from the grant."""
        tranches = self.awards.tranches.join(
            self.awards.awards.select("award_id", "grant_date", "function"), on="award_id", how="inner"
        ).with_row_index("place")  # fmt: skip
        forfeited = self.awards.events.filter(pl.col("kind") == "forfeiture").join(
            tranches.select("award_id", "tranche", "place"), on=("award_id", "tranche"), how="inner"
        )
        granted = tranches["grant_date"].to_numpy()
        return Grants(
            function=tranches["function"].replace_strict(_PLACES, return_dtype=pl.Int64).to_numpy(),
            service_from=granted,
            granted_on=granted,
            vests_on=tranches["vesting_date"].to_numpy(),
            units=tranches["units"].cast(pl.Int64).to_numpy(),
            tranche=forfeited["place"].cast(pl.Int64).to_numpy(),
            forfeited_on=forfeited["event_date"].to_numpy(),
            forfeited_units=forfeited["units"].cast(pl.Int64).to_numpy(),
        )


_PLACES = {function: place for place, function in enumerate(FUNCTIONS)}


def read_history_of_awards(plan: HistoryPlan, paths: Mapping[str, Path]) -> AwardHistories:
    """The history of a plan's awards. Raises ``UnusableInput``."""
    stated = plan.history.awards
    assert stated is not None, "asked where there is one"
    sources = {key: _opened(plan, stated, key, paths) for key in _SCHEMAS}
    read = read_awards(
        *sources.values(), currency=plan.entity.currency, functions=FUNCTIONS, minor_digits=plan.entity.minor_digits
    )
    for day in plan.known_at:
        if day <= stated.first_day:
            rule = f"rates are known after the first day of the history of awards, {stated.first_day}"
            raise refusal(plan.path, "history.known_at", str(day), rule, "state an earlier first_day, or leave the day out")
    return AwardHistories(plan, stated, sources, read)


def _opened(plan: HistoryPlan, stated: AwardHistory, key: str, paths: Mapping[str, Path]) -> Source:
    source, written = f"{OF_AWARDS}{key}", stated.tapes[key].written
    file, files = files_called(plan, paths, source)
    return open_tape(
        paths[source], _SCHEMAS[key], amounts=written.amounts, minor_digits=plan.entity.minor_digits,
        columns=written.columns, ignore=written.ignore, file=file, read=written.read, currency=plan.entity.currency,
        files=files,
    )  # fmt: skip


@dataclass(frozen=True)
class Forfeitures:
    """The rates of each month end, as a table and as how they were made; what was found; and for how many months tranches were
    under observation, all together, to the last of the month ends."""

    rates: Mapping[int, tuple[ForfeitureRate, ...]]
    minimum: int
    tranche_months: int

    @property
    def table(self) -> pl.DataFrame:
        """Table ``forfeiture``: a version for each month end, with every function that has been seen by the last."""
        rows = [
            (last_day(known), one.function, round(one.annual_rate, DECIMALS), one.service_years)
            for known, rates in self.rates.items()
            for one in rates
        ]
        return pl.DataFrame(rows, schema=FORFEITURE.names, orient="row")

    @property
    def told(self) -> list[dict[str, Any]]:
        """How every row was made."""
        return [
            {
                "known_at": str(last_day(known)), "segment": one.function, "function": one.function,
                "from_service_years": one.service_years, "how": _how(one), "forfeitures": one.forfeitures,
                "unit_years": one.unit_years,
            }
            for known, rates in self.rates.items()
            for one in rates
        ]  # fmt: skip

    @property
    def findings(self) -> Iterator[Finding]:
        """Functions whose rates are not their own."""
        for known, rates in self.rates.items():
            thin = [one.function for one in rates if one.of_all_functions]
            if thin:
                yield Finding(
                    name="forfeitures of a function too few", where=f"history.awards/{month_name(known)}/{', '.join(thin)}",
                    amount_minor=None,
                    why=f"fewer than {self.minimum:,} forfeitures: the rate is that of all functions together",
                    remedy="give a longer history, or state rates of your own; until then say so where they are approved",
                )  # fmt: skip


def _how(one: ForfeitureRate) -> str:
    counts = "counts of all functions" if one.of_all_functions else "own counts"
    return (
        f"from {one.service_years} completed years of service, {counts}: {one.forfeitures:,} forfeitures over "
        f"{one.unit_years:,.0f} unit-years"
    )


def _tranche_months(grants: Grants, first: np.datetime64, last: np.datetime64) -> int:
    """Whole months for which tranches were unvested and under observation, all together."""
    days = np.minimum(grants.vests_on, last) - np.maximum(grants.granted_on, first)
    return int(np.maximum(days.astype("timedelta64[D]").astype(np.int64), 0).sum()) * 12 // DAYS_A_YEAR


def forfeitures_of(history: AwardHistories, known: Sequence[int]) -> Forfeitures:
    """The rates known at each month end, by what happened from the first day of the history on."""
    grants, first = history.grants(), np.datetime64(history.stated.first_day, "D")
    minimum = history.stated.minimum_forfeitures
    exposed = {one: count_forfeitures(grants, first, np.datetime64(last_day(one), "D")) for one in known}
    months = _tranche_months(grants, first, np.datetime64(last_day(known[-1]), "D"))
    last = {FUNCTIONS[place] for place in np.flatnonzero(exposed[known[-1]].unit_days.any(axis=1))}
    return Forfeitures({one: forfeiture_rates(counts, minimum, last) for one, counts in exposed.items()}, minimum, months)
