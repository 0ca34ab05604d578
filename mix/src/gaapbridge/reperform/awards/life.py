"""The cost of one share award by year since its grant, under both frameworks: what a picture of vesting is drawn from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from gaapbridge.reperform.assumptions import read_rates
from gaapbridge.reperform.awards.cost import CUMULATIVE_COST, AwardRows, award_state
from gaapbridge.reperform.awards.state import AWARD_FIELDS, EVENT_FIELDS, TRANCHE_FIELDS, Award, AwardEvent, Tranche
from gaapbridge.reperform.elections import AwardElections
from gaapbridge.reperform.exact import FRAMEWORKS
from gaapbridge.reperform.sources import read_sources
from gaapbridge.reperform.tapes import read_each

MOST_YEARS = 10
"""Years that are told; an award that vests over more of them has no picture."""


@dataclass(frozen=True, slots=True)
class Vesting:
    """An award's cost in each year since its grant, minor units, forfeitures and rates as known at the closing."""

    award_id: str
    granted: date
    tranches: int
    us_attribution: str
    us: tuple[int, ...]
    ifrs: tuple[int, ...]


def vesting_of(run: str | os.PathLike[str], award_id: str) -> Vesting | None:
    """The cost of an award whose input rows a run keeps, by year; None where it keeps none.

    Raises ``UnusableInput`` where the table of forfeitures has gone or is not as it was.
    """
    sources = read_sources(run, ("awards",), kept=True)
    elections = AwardElections.from_plan(sources.plan, sources.plan_file)
    rates = read_rates(sources.needed_table("awards", "forfeiture"), ("function",), "annual_rate")
    awards, tranches, events = (sources.tape(name) for name in ("awards", "award_tranches", "award_events"))
    digits, wanted = elections.minor_digits, {award_id}
    if awards is None or tranches is None:
        return None
    found = [Award(**row) for row in read_each(awards, digits, AWARD_FIELDS, dict, wanted)]
    parts = tuple(Tranche(**row) for row in read_each(tranches, digits, TRANCHE_FIELDS, dict, wanted))
    given = () if events is None else read_each(events, digits, EVENT_FIELDS, dict, wanted)
    happened = tuple(AwardEvent(**row) for row in given)
    if not found or not parts:
        return None
    rows = AwardRows(found[0], parts, happened)
    granted, last = found[0].grant_date, max(one.vesting_date for one in parts)
    ends = [_years_on(granted, year) for year in range(1, MOST_YEARS + 1)]
    ends = ends[: next((place + 1 for place, end in enumerate(ends) if end >= last), 0)]
    costs: dict[str, tuple[int, ...]] = {}
    for side in FRAMEWORKS:
        states = (award_state(rows, day, side, rates, elections, rates_of=elections.closing) for day in ends)
        reached = [0, *(state.figure(CUMULATIVE_COST).amount for state in states)]
        costs[side] = tuple(after - before for before, after in pairwise(reached))
    return Vesting(award_id, granted, len(parts), elections.us_attribution, costs["us"], costs["ifrs"]) if ends else None


def _years_on(day: date, years: int) -> date:
    """The same day of a later year; February 28 where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
