"""The share awards of a run: their tapes, forfeiture rates and elections, and the columns measured of them."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from gaapbridge.reperform.assumptions import read_rates
from gaapbridge.reperform.awards.cost import (
    AWARD,
    COST_LEFT,
    CUMULATIVE_COST,
    DAYS_LEFT,
    FACTS,
    UNITS,
    VALUES,
    AwardRows,
    calculate_award,
)
from gaapbridge.reperform.awards.state import AWARD_FIELDS, EVENT_FIELDS, TRANCHE_FIELDS, Award, AwardEvent, Tranche
from gaapbridge.reperform.book import Book
from gaapbridge.reperform.calculation import Calculate
from gaapbridge.reperform.elections import AwardElections
from gaapbridge.reperform.sample import Strata, sizes_of
from gaapbridge.reperform.sources import Sources
from gaapbridge.reperform.tapes import by_key, read_each

AWARD_STRATA = Strata(
    ("segment", "path"),
    lambda row: f"{row['segment']}, {row['path']}",
    sizes_of(("", "opening_"), (CUMULATIVE_COST,)),
)


def open_book(sources: Sources) -> Book:
    """The share awards of a run."""
    elections = AwardElections.from_plan(sources.plan, sources.plan_file)
    forfeitures = read_rates(sources.needed_table("awards", "forfeiture"), ("function",), "annual_rate")
    awards, tranches, events = (sources.tape(name) for name in ("awards", "award_tranches", "award_events"))
    digits = elections.minor_digits

    def calculations(wanted: Collection[str]) -> dict[str, Calculate]:
        if awards is None:
            return {}
        parts = [] if tranches is None else read_each(tranches, digits, TRANCHE_FIELDS, lambda row: Tranche(**row), wanted)
        happened = [] if events is None else read_each(events, digits, EVENT_FIELDS, lambda row: AwardEvent(**row), wanted)
        by_award, events_by_award = by_key(parts, lambda one: one.award_id), by_key(happened, lambda one: one.award_id)
        return {
            award.award_id: partial(
                calculate_award,
                AwardRows(award, by_award.get(award.award_id, ()), events_by_award.get(award.award_id, ())),
                forfeitures,
                elections,
            )
            for award in read_each(awards, digits, AWARD_FIELDS, lambda row: Award(**row), wanted)
        }

    return Book(
        kind=AWARD,
        measurements=sources.measurements("awards"),
        columns=expected_columns(),
        may_be_absent=may_be_absent,
        carried=frozenset(),
        strata=AWARD_STRATA,
        tapes=() if awards is None else ((awards, "award_id"),),
        calculations=calculations,
    )


def expected_columns() -> tuple[str, ...]:
    """Columns a measurement must have for the comparison.

    >>> expected_columns()[-2:]
    ('us_cumulative_cost', 'ifrs_cumulative_cost')
    """
    pairs = sizes_of(("opening_", ""), (CUMULATIVE_COST,))
    return ("contract_id", *FACTS, *UNITS, *(column for pair in pairs for column in pair))


def may_be_absent(column: str) -> bool:
    """Whether a run may lack a column: where no rates were revised, or of a version that kept nothing of what is left of cost.

    >>> may_be_absent("us_unrecognised_cost"), may_be_absent("opening_units_vested"), may_be_absent("units_vested")
    (True, True, False)
    """
    of_opening = column.startswith("opening_") and column.removeprefix("opening_") in UNITS
    return column.startswith("restated_") or of_opening or column.endswith((*VALUES, *COST_LEFT, *DAYS_LEFT))
