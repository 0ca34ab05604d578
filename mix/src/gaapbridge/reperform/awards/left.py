"""What of an award's cost is left at an instant: grant-date values of units, cost not recognised, and the days it will take."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from gaapbridge.reperform.awards.state import Award, AwardEvent, Tranche, forfeited_until
from gaapbridge.reperform.calculation import Figure, proportion, total, whole
from gaapbridge.reperform.elections import AwardElections


def values_at(
    award: Award, tranches: tuple[Tranche, ...], events: tuple[AwardEvent, ...], day: date, minor_digits: int
) -> dict[str, Figure]:
    """Grant-date value of the units granted, forfeited and vested by a day on or after the grant; what is forfeited is what was
    granted less what is kept."""
    granted = kept = vested = Fraction(0)
    for one in tranches:
        stated = award.fair_value_per_unit if one.fair_value_per_unit is None else one.fair_value_per_unit
        value = Fraction(stated) * 10**minor_digits
        left = one.units - forfeited_until(events, day, one.tranche)
        granted += one.units * value
        kept += left * value
        vested += left * value if one.vesting_date <= day else 0
    all_units, units_left = proportion(granted, is_estimate=False), proportion(kept, is_estimate=False)
    return {
        "granted_value": all_units,
        "forfeited_value": total((1, all_units), (-1, units_left)),
        "vested_value": proportion(vested, is_estimate=False),
    }


def cost_left(kept: Fraction, expected: Fraction, recognised: Figure, *, is_estimate: bool) -> dict[str, Figure]:
    """Cost not yet recognised, of the units that count, and the value of those kept that are expected to be forfeited."""
    counted = proportion(expected, is_estimate=is_estimate)
    return {
        "unrecognised_cost": total((1, counted), (-1, recognised)),
        "expected_forfeitures": total((1, proportion(kept, is_estimate=False)), (-1, counted)),
    }


def days_left(parts: list[tuple[Fraction, int]], elections: AwardElections, framework: str) -> Figure:
    """Average days ahead in which what is left is recognised, of (cost left, days to vesting) by tranche; of the straight line
    the days to the last vesting of units left."""
    if framework == "us" and elections.us_attribution == "straight_line":
        return whole(max((days for _, days in parts), default=0))
    weights = sum((left for left, _ in parts), Fraction(0))
    summed = sum((left * days for left, days in parts), Fraction(0))
    return proportion(summed / weights if weights else Fraction(0), is_estimate=True)
