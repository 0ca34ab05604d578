"""The schemas of share awards: the awards, their tranches, and what happened to them over their whole life."""

from __future__ import annotations

import polars as pl

from gaapbridge.assumptions.curve_tables import FUNCTIONS
from gaapbridge.tapes.schema import (
    LARGEST_MINOR,
    Circumstances,
    Column,
    Rule,
    Schema,
    between,
    of_entity,
    one_of,
    ordered,
    real_dates,
)

AWARD_EVENT_KINDS = ("forfeiture", "exercise", "expiry", "modification", "cancellation")

SETTLEMENTS = ("exercise", "expiry")
"""Events of units that have vested."""

MOST_UNITS = 10**12
"""The most units of a tranche or an event, so that their sums stay within 64 bits."""

_DATES = "correct the date that is wrong"

WHOLE_AWARD = Rule(
    "award_whole",
    "award_id",
    "an award is measured whole: its row, its tranches and its events are all good",
    "correct the rows of the award that are rejected for a reason of their own",
    lambda _: pl.col("award_rejected"),
    follows=True,
)
"""The last rule of every row: what is left of an award of which something is rejected cannot be measured."""

_ON_AWARDS_TAPE = Rule(
    "award_on_tape",
    "award_id",
    "award_id is on the award tape",
    "list the award, or correct its id",
    lambda _: ~pl.col("award_listed"),
    looks_up=True,
)


def _fair_value_out_of_bounds(_: Circumstances) -> pl.Expr:
    value = pl.col("fair_value_per_unit")
    return ~(value.is_finite() & (value >= 0.0))


_FAIR_VALUE = Rule(
    "fair_value_per_unit_bounds",
    "fair_value_per_unit",
    "fair_value_per_unit is a finite number from 0",
    "state the grant-date fair value of a unit in major units",
    _fair_value_out_of_bounds,
)

_UNITS = between("units", 1, MOST_UNITS, "state the units as a positive whole number")


def _function_without_rates(circumstances: Circumstances) -> pl.Expr | None:
    if circumstances.functions is None:
        return None
    return ~pl.col("function").is_in(list(circumstances.functions))


AWARDS = Schema(
    name="awards",
    title="Award tape",
    description=(
        "Equity-settled share awards, one row for each award. The three tapes of awards cover the whole life of every "
        "award: one set of files serves every instant, and what is dated after an instant does not count at it. An award is "
        "measured whole, or not at all where its row, one of its tranches or one of its events is rejected."
    ),
    columns=(
        Column("award_id", "text", "identifies the award on every tape and in every year; unique"),
        Column("grant_date", "date", "day of the grant"),
        Column("function", "text", "the expense line of the cost: " + ", ".join(FUNCTIONS)),
        Column("currency", "text", "ISO 4217 code of the fair value"),
        Column("fair_value_per_unit", "number", "grant-date fair value of a unit, in major units, decimals allowed"),
        Column("condition", "text", "what vesting depends on: service"),
        Column(
            "vesting_start_date", "date", "day from which service counts, where the tape has one: the grant date", nullable=True
        ),
    ),
    rules=(
        *real_dates("grant_date"),
        one_of("function", FUNCTIONS),
        Rule(
            "function_has_rates",
            "function",
            "function is a function of the forfeiture rates",
            "give its forfeiture rates in every version",
            _function_without_rates,
        ),
        of_entity("state the award in the entity's currency, or leave it to the entity that measures it"),
        _FAIR_VALUE,
        Rule(
            "condition_of_service",
            "condition",
            "condition is service",
            "take the award off the tape: performance and market conditions are not measured",
            lambda _: pl.col("condition") != "service",
        ),
        Rule(
            "vesting_start_of_grant",
            "vesting_start_date",
            "vesting_start_date is grant_date: service is counted from the grant, and none before it is measured",
            "where the award is granted for service after its grant, empty the cell, and give units that are vested at the "
            "grant a tranche of their own that vests on grant_date; otherwise take the award off the tapes",
            lambda _: pl.col("vesting_start_date") != pl.col("grant_date"),
            beside=("grant_date",),
        ),
    ),
    across=(
        Rule(
            "award_has_tranche",
            "award_id",
            "award_id has at least one tranche",
            "list the tranches of the award, or take it off the tape",
            lambda _: ~pl.col("tranche_listed"),
        ),
        WHOLE_AWARD,
    ),
    key=("award_id",),
    identity="award_id",
)

AWARD_TRANCHES = Schema(
    name="award_tranches",
    title="Award tranche tape",
    description="What vests of each award and when, one row for each tranche.",
    columns=(
        Column("award_id", "text", "the award of the award tape"),
        Column("tranche", "text", "identifies the tranche within its award"),
        Column("vesting_date", "date", "day on which the tranche vests"),
        Column("units", "count", "units granted"),
        Column(
            "fair_value_per_unit",
            "number",
            "grant-date fair value of a unit of the tranche, in major units; the award's where empty",
            nullable=True,
        ),
    ),
    rules=(*real_dates("vesting_date"), _UNITS, _FAIR_VALUE),
    across=(
        _ON_AWARDS_TAPE,
        ordered("vesting_date", "from", "grant_date", "give units that are vested at the grant the grant date; else " + _DATES),
        Rule(
            "tranche_value_bounds",
            "units",
            f"units times fair_value_per_unit is at most {LARGEST_MINOR} minor units",
            "check the units and the fair value of a unit",
            lambda _: pl.col("value_minor") > LARGEST_MINOR,
            beside=("value_minor",),
        ),
        WHOLE_AWARD,
    ),
    key=("award_id", "tranche"),
    identity="award_id",
    sums=("units",),
)


def _forfeited_late(_: Circumstances) -> pl.Expr:
    return (pl.col("kind") == "forfeiture") & (pl.col("event_date") >= pl.col("vesting_date"))


def _settled_early(_: Circumstances) -> pl.Expr:
    return pl.col("kind").is_in(SETTLEMENTS) & (pl.col("event_date") < pl.col("vesting_date"))


AWARD_EVENTS = Schema(
    name="award_events",
    title="Award event tape",
    description=(
        "What happened to units of the awards since their grants, one row for each event. A forfeiture is of units not yet "
        "vested; an exercise or an expiry is of vested ones and changes no cost. A modification or a cancellation is not "
        "measured: the award is measured on the terms its tapes show, and a finding names it."
    ),
    columns=(
        Column("award_id", "text", "the award of the award tape"),
        Column("tranche", "text", "the tranche of the award"),
        Column("event_date", "date", "day of the event"),
        Column("kind", "text", "what happened: " + ", ".join(AWARD_EVENT_KINDS)),
        Column("units", "count", "units concerned"),
    ),
    rules=(*real_dates("event_date"), one_of("kind", AWARD_EVENT_KINDS), _UNITS),
    across=(
        _ON_AWARDS_TAPE,
        Rule(
            "tranche_on_tape",
            "tranche",
            "tranche is a tranche of the award",
            "list the tranche, or correct the event",
            lambda _: pl.col("award_listed") & ~pl.col("tranche_listed"),
        ),
        ordered("event_date", "from", "grant_date", _DATES),
        Rule(
            "forfeiture_before_vesting",
            "event_date",
            "a forfeiture is dated before vesting_date: from then on nothing is unvested",
            "correct the date, or state units given up after vesting as an expiry",
            _forfeited_late,
            beside=("vesting_date",),
        ),
        Rule(
            "forfeited_within_unvested",
            "units",
            "no more units are forfeited to date than were unvested",
            "correct the units of the forfeitures of the tranche",
            lambda _: (pl.col("kind") == "forfeiture") & (pl.col("units_forfeited_to_date") > pl.col("units_granted")),
            beside=("units_forfeited_to_date", "units_granted"),
        ),
        Rule(
            "settlement_from_vesting",
            "event_date",
            "an exercise or an expiry is not dated before vesting_date",
            "correct the date, or state units given up before vesting as a forfeiture",
            _settled_early,
            beside=("vesting_date",),
        ),
        Rule(
            "settled_within_vested",
            "units",
            "no more units are exercised or expired to date than have vested",
            "correct the units of the exercises and expiries of the tranche",
            lambda _: pl.col("kind").is_in(SETTLEMENTS) & (pl.col("units_settled_to_date") > pl.col("units_vested")),
            beside=("units_settled_to_date", "units_vested"),
        ),
        WHOLE_AWARD,
    ),
    once=("award_id", "event_date"),
    identity="award_id",
    sums=("units",),
    may_be_empty=True,
)
