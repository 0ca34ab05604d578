"""Facts shared by the tests of share awards: one award in two tranches, forfeiture rates, the plan's elections."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from gaapbridge.reperform.assumptions import Versions, forfeitures_from_rows
from gaapbridge.reperform.awards.cost import AwardRows, calculate_award
from gaapbridge.reperform.awards.state import Award, AwardEvent, Tranche
from gaapbridge.reperform.calculation import Calculation
from gaapbridge.reperform.elections import AwardElections
from tests.parity.reperform_facts import plan

GRANT = date(2022, 12, 31)
FUNCTION = "research_and_development"


def forfeitures(*rates: str, valid_from: tuple[str, ...] = ("2020-01-01", "2023-06-30")) -> Versions:
    """Yearly rates of the function, one a version."""
    rows = [
        {"valid_from": day, "function": FUNCTION, "annual_rate": rate} for day, rate in zip(valid_from, rates, strict=False)
    ]
    return forfeitures_from_rows(rows, "forfeiture")


def tranche(name: str, vesting_date: date, units: int, fair_value: str | None = None) -> Tranche:
    return Tranche(
        award_id="A1",
        tranche=name,
        vesting_date=vesting_date,
        units=units,
        fair_value_per_unit=None if fair_value is None else Decimal(fair_value),
    )


FIRST, SECOND = tranche("1", date(2023, 12, 31), 600), tranche("2", date(2024, 12, 30), 400)
"""365 and 730 days from the grant."""


def forfeited(units: int, day: date, name: str = "2", kind: str = "forfeiture") -> AwardEvent:
    return AwardEvent(award_id="A1", tranche=name, event_date=day, kind=kind, units=units)


def elections(**changed: object) -> AwardElections:
    return replace(AwardElections.from_plan(plan()), **changed)  # type: ignore[arg-type]


def calculated(
    *tranches: Tranche,
    events: tuple[AwardEvent, ...] = (),
    rates: Versions | None = None,
    fair_value: str = "10.00",
    grant: date = GRANT,
    **elected: Any,
) -> Calculation:
    """The row of an award of 10.00 a unit; the two tranches above, and no expected forfeitures, unless given."""
    award = Award(award_id="A1", grant_date=grant, function=FUNCTION, fair_value_per_unit=Decimal(fair_value))
    rows = AwardRows(award, tranches or (FIRST, SECOND), events)
    return calculate_award(rows, rates or forfeitures("0"), elections(**elected))


def costs(found: Calculation, prefix: str = "") -> tuple[int, int]:
    """Cumulative cost under US GAAP and IFRS."""
    us, ifrs = (found.figures[f"{prefix}{framework}_cumulative_cost"].amount for framework in ("us", "ifrs"))
    return us, ifrs
