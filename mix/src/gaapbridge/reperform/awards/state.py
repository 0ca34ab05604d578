"""One share award as the independent calculator reads it: its grant, its tranches, its forfeitures."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """An award as its tape describes it; `fair_value_per_unit` is that of the grant date, in major units.

    `function` is what the holder does for the lender, and where the cost is presented.
    """

    award_id: str
    grant_date: date
    function: str
    fair_value_per_unit: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """Units of an award that vest together; without a fair value of their own they take the award's."""

    award_id: str
    tranche: str
    vesting_date: date
    units: int
    fair_value_per_unit: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardEvent:
    """What happened to units of a tranche: forfeiture, exercise, expiry; modification and cancellation are not measured."""

    award_id: str
    tranche: str
    event_date: date
    kind: str
    units: int


AWARD_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Award))
TRANCHE_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Tranche))
EVENT_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(AwardEvent))


def forfeited_until(events: tuple[AwardEvent, ...], day: date, tranche: str) -> int:
    """Units of a tranche forfeited on or before `day`.

    >>> gone = AwardEvent(award_id="A", tranche="1", event_date=date(2023, 5, 1), kind="forfeiture", units=30)
    >>> forfeited_until((gone,), date(2023, 5, 1), "1"), forfeited_until((gone,), date(2023, 4, 30), "1")
    (30, 0)
    """
    return sum(
        event.units for event in events if event.kind == "forfeiture" and event.event_date <= day and event.tranche == tranche
    )
