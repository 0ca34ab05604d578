"""The independent calculation of one share award: cumulative cost at both instants, and its measured row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import localcontext
from fractions import Fraction

from gaapbridge.reperform.assumptions import Versions
from gaapbridge.reperform.awards.left import cost_left, days_left, values_at
from gaapbridge.reperform.awards.state import Award, AwardEvent, Tranche, forfeited_until
from gaapbridge.reperform.calculation import (
    AS_WRITTEN,
    NIL,
    Calculation,
    Choices,
    Figure,
    State,
    StateKind,
    column_prefix,
    proportion,
    whole,
)
from gaapbridge.reperform.elections import AwardElections
from gaapbridge.reperform.exact import EXACT, FRAMEWORKS, ONE, Framework, Step, decimal_of

AWARD = "award"
CUMULATIVE_COST = "cumulative_cost"
UNITS = ("units_granted", "units_forfeited", "units_vested")
FACTS = ("segment", "path")
VALUES = ("granted_value", "forfeited_value", "vested_value")
COST_LEFT = ("unrecognised_cost", "expected_forfeitures")
DAYS_LEFT = ("days_left",)
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class AwardRows:
    """What the tapes say of one award: tranches and events over its whole life."""

    award: Award
    tranches: tuple[Tranche, ...]
    events: tuple[AwardEvent, ...]

    @property
    def problem(self) -> str:
        """Why nothing can be measured, or an empty text."""
        return "" if self.tranches else "no tranche"


@dataclass(frozen=True, slots=True)
class TrancheAt:
    """A tranche at an instant: units n, expected units e, unit value p in minor units, elapsed share s, vested or not."""

    name: str
    units: int
    expected: Fraction
    value: Fraction
    elapsed: Fraction
    is_vested: bool

    @property
    def is_estimate(self) -> bool:
        """Whether expected units are a guess about the future."""
        return self.expected != self.units


def calculate_award(
    rows: AwardRows,
    forfeitures: Versions,
    elections: AwardElections,
    *,
    detail: bool = True,
    choices: Choices = AS_WRITTEN,
) -> Calculation:
    """The measured row of an award. An award leaves no honest alternative open, and its steps are few: they are kept."""
    award, problem = rows.award, rows.problem
    before, after = elections.opening, elections.closing
    dates: tuple[tuple[StateKind, date, date], ...] = (
        ("opening", before, before),
        ("closing", after, after),
        ("restated", after, before),
    )
    states = {
        (kind, framework): award_state(rows, day, framework, forfeitures, elections, rates_of=rates_of)
        for kind, day, rates_of in dates
        for framework in FRAMEWORKS
        if award.grant_date <= day and not problem
    }
    figures = {
        f"{column_prefix(kind)}{framework}_{name}": states[kind, framework].figure(name) if (kind, framework) in states else NIL
        for kind, _, _ in dates
        for framework in FRAMEWORKS
        for name in (CUMULATIVE_COST, *(COST_LEFT if kind != "restated" else ()), *(DAYS_LEFT if kind == "closing" else ()))
    }
    for kind, day in (("opening_", before), ("closing_", after)):
        known = award.grant_date <= day and not problem
        at = values_at(award, rows.tranches, rows.events, day, elections.minor_digits) if known else dict.fromkeys(VALUES, NIL)
        figures |= {f"{kind}{name}": figure for name, figure in at.items()}
        figures |= {f"{kind.replace('closing_', '')}{name}": figure for name, figure in _units(rows, day).items()}
    facts: dict[str, str | int] = {"segment": award.function, "path": _path(award, elections)}
    return Calculation(AWARD, award.award_id, states, figures, facts, problem=problem)


def award_state(
    rows: AwardRows,
    day: date,
    framework: Framework,
    forfeitures: Versions,
    elections: AwardElections,
    *,
    rates_of: date | None = None,
) -> State:
    """Cumulative cost at an instant on or after the grant, rounded once; `rates_of` names the forfeiture rates of another."""
    rates = rates_of or day
    tranches = [tranche_at(rows, tranche, day, forfeitures, elections, rates) for tranche in rows.tranches]
    estimates = framework == "ifrs" or elections.us_forfeitures == "estimated"
    if framework == "us" and elections.us_attribution == "straight_line":
        cost, steps = _straight_line(rows, tranches, day, estimates)
    else:
        cost, steps = _graded(tranches, estimates, "IFRS 2 IG11" if framework == "ifrs" else "718-10-35-8")
    guessed = estimates and any(tranche.is_estimate for tranche in tranches)
    figure = proportion(cost, is_estimate=guessed)
    kept = sum((tranche.units * tranche.value for tranche in tranches), Fraction(0))
    left = cost_left(kept, _value(tranches, estimates), figure, is_estimate=guessed)
    days = days_left(_ahead(rows, tranches, day, estimates), elections, framework)
    last = Step("cumulative cost", figure.amount, "IFRS 2.10" if framework == "ifrs" else "718-10-35-2", "rounded once")
    steps = (*(step for tranche in tranches for step in _tranche_steps(tranche)), *steps, last)
    some = left["unrecognised_cost"].amount > 0
    return State(day, {CUMULATIVE_COST: figure, **left, "days_left": days if some else NIL}, steps=steps)


def _ahead(rows: AwardRows, tranches: list[TrancheAt], day: date, estimates: bool) -> list[tuple[Fraction, int]]:
    """Of each tranche with units left the cost not served yet, and the days to its vesting."""
    return [
        (_units_of(at, estimates) * at.value * (1 - at.elapsed), max((one.vesting_date - day).days, 0))
        for one, at in zip(rows.tranches, tranches, strict=True)
        if at.units > 0
    ]


def tranche_at(
    rows: AwardRows, tranche: Tranche, day: date, forfeitures: Versions, elections: AwardElections, rates_of: date
) -> TrancheAt:
    """A tranche at an instant; expected units are n (1 - q)^(days to vesting / 365) (IFRS 2.20; 718-10-35-3)."""
    award, is_vested = rows.award, tranche.vesting_date <= day
    units = tranche.units - forfeited_until(rows.events, day, tranche.tranche)
    service, served = (tranche.vesting_date - award.grant_date).days, (day - award.grant_date).days
    expected = Fraction(units)
    rate = forfeitures.rate(rates_of, (award.function,))
    if not is_vested and rate:
        with localcontext(EXACT):
            staying = (ONE - rate) ** (EXACT.divide((tranche.vesting_date - day).days, DAYS_A_YEAR))
        expected *= Fraction(staying)
    stated = award.fair_value_per_unit if tranche.fair_value_per_unit is None else tranche.fair_value_per_unit
    return TrancheAt(
        tranche.tranche,
        units,
        expected,
        Fraction(stated) * 10**elections.minor_digits,
        Fraction(min(served, service), service) if service > 0 else Fraction(1),
        is_vested,
    )


def _straight_line(rows: AwardRows, tranches: list[TrancheAt], day: date, estimates: bool) -> tuple[Fraction, tuple[Step, ...]]:
    """The whole award over the days to the last vesting of units left, never below what has vested (718-10-35-8)."""
    granted = rows.award.grant_date
    ends = [one.vesting_date for one, at in zip(rows.tranches, tranches, strict=True) if at.units > 0]
    days = (max(ends, default=granted) - granted).days
    share = Fraction(min((day - granted).days, days), days) if days > 0 else Fraction(1)
    value = _value(tranches, estimates)
    floor = sum((tranche.units * tranche.value for tranche in tranches if tranche.is_vested), Fraction(0))
    steps = (
        Step("value of the award", decimal_of(value), "718-10-30-3", "minor units"),
        Step("elapsed share of the award", decimal_of(share), "718-10-35-8", f"of {days} days to the last vesting"),
        Step("straight line", decimal_of(value * share), "718-10-35-8", ""),
        Step("value vested", decimal_of(floor), "718-10-35-8", "the floor"),
    )
    return max(value * share, floor), steps


def _graded(tranches: list[TrancheAt], estimates: bool, paragraph: str) -> tuple[Fraction, tuple[Step, ...]]:
    """Each tranche an award of its own over its own days."""
    parts = [(_units_of(tranche, estimates) * tranche.value * tranche.elapsed, tranche.name) for tranche in tranches]
    steps = tuple(
        Step(f"cost of tranche {name}", decimal_of(part), paragraph, "units x value x elapsed") for part, name in parts
    )
    return sum((part for part, _ in parts), Fraction(0)), steps


def _value(tranches: list[TrancheAt], estimates: bool) -> Fraction:
    return sum((_units_of(tranche, estimates) * tranche.value for tranche in tranches), Fraction(0))


def _units_of(tranche: TrancheAt, estimates: bool) -> Fraction:
    """Units m that count: those expected to vest, or those not forfeited so far."""
    return tranche.expected if estimates else Fraction(tranche.units)


def _tranche_steps(tranche: TrancheAt) -> tuple[Step, ...]:
    note = "vested" if tranche.is_vested else "not yet vested"
    return (
        Step(f"units of tranche {tranche.name}", tranche.units, "", f"{note}; less forfeitures to date"),
        Step(f"units expected of tranche {tranche.name}", decimal_of(tranche.expected), "IFRS 2.20; 718-10-35-3", note),
        Step(f"elapsed share of tranche {tranche.name}", decimal_of(tranche.elapsed), "", "days served of days to vesting"),
    )


def _units(rows: AwardRows, day: date) -> dict[str, Figure]:
    """Units granted, forfeited and vested by a day; none of an award granted after it."""
    if rows.award.grant_date > day:
        return dict.fromkeys(UNITS, NIL)
    gone = {one.tranche: forfeited_until(rows.events, day, one.tranche) for one in rows.tranches}
    vested = sum(one.units - gone[one.tranche] for one in rows.tranches if one.vesting_date <= day)
    return {
        "units_granted": whole(sum(tranche.units for tranche in rows.tranches)),
        "units_forfeited": whole(sum(gone.values())),
        "units_vested": whole(vested),
    }


def _path(award: Award, elections: AwardElections) -> str:
    if award.grant_date <= elections.opening:
        return "stayed"
    return "new" if award.grant_date <= elections.closing else "ignored"
