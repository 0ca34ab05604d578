"""Share awards by the independent calculator against figures worked out by hand.

1,000 units of 10.00 granted on 31 December 2022: 600 vest after 365 days, at the closing instant, 400 after 730.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gaapbridge.reperform.assumptions import forfeitures_from_rows
from tests.parity.award_facts import FIRST, FUNCTION, SECOND, calculated, costs, forfeited, forfeitures, tranche


@pytest.mark.parametrize(
    ("attribution", "forfeiture_election", "us"),
    [
        ("straight_line", "as_they_occur", 600_000),  # half of 1,000,000, but 600,000 have vested
        ("straight_line", "estimated", 600_000),  # half of 960,000
        ("graded", "as_they_occur", 800_000),  # 600,000 and half of 400,000
        ("graded", "estimated", 780_000),  # 600,000 and half of 360 units
    ],
)
def test_attribution_and_forfeitures(attribution: str, forfeiture_election: str, us: int) -> None:
    """A tenth is expected to be forfeited a year; the floor binds because most units vest first."""
    found = calculated(rates=forfeitures("0.1"), us_attribution=attribution, us_forfeitures=forfeiture_election)
    assert costs(found) == (us, 780_000)
    assert costs(found, "opening_") == (0, 0)  # the day of the grant
    assert found.facts["path"] == "stayed"


def test_the_line_where_the_floor_does_not_bind() -> None:
    """100 of 1,000 units vested, half of the days gone."""
    found = calculated(tranche("1", date(2023, 12, 31), 100), tranche("2", date(2024, 12, 30), 900))
    assert costs(found) == (500_000, 100_000 + 450_000)


def test_odd_days_are_rounded_once() -> None:
    """365 of 1,000 days: 1,001 units of 3.33 make 333,333: 121,666.545; graded by 365 of 1,000 too."""
    found = calculated(tranche("1", date(2025, 9, 26), 1_001), fair_value="3.33")
    assert costs(found) == (121_667, 121_667)
    assert found.figures["us_cumulative_cost"].exact == Decimal("121666.545")


def test_a_half_is_exact_where_nothing_is_estimated() -> None:
    """One unit of 10.01 after half its days: 500.5, away from zero, and no other answer."""
    found = calculated(tranche("1", date(2024, 12, 30), 1), fair_value="10.01")
    assert costs(found) == (501, 501)
    assert found.figures["us_cumulative_cost"].slack == found.figures["ifrs_cumulative_cost"].slack == 0


def test_an_estimate_near_half_has_slack() -> None:
    """Ten units of 1.11 less a tenth, half of the days gone: 499.5."""
    found = calculated(tranche("1", date(2024, 12, 30), 10), fair_value="1.11", rates=forfeitures("0.1"))
    assert costs(found) == (555, 500)
    assert found.figures["us_cumulative_cost"].slack == 0
    assert found.figures["ifrs_cumulative_cost"].slack == 1


def test_forfeiture_before_vesting_takes_the_cost_back() -> None:
    """100 of the second tranche gone in June; 300 remain: US GAAP half of 900,000, IFRS half of 300 less a tenth."""
    gone = (forfeited(100, date(2023, 6, 30)),)
    line = calculated(tranche("1", date(2023, 12, 31), 100), SECOND, events=gone, rates=forfeitures("0.1"))
    assert costs(line) == (200_000, 100_000 + 135_000)
    all_gone = calculated(SECOND, events=(forfeited(400, date(2023, 6, 30)),))
    assert costs(all_gone) == (0, 0)
    assert {name: all_gone.figures[name].amount for name in ("units_granted", "units_forfeited", "units_vested")} == {
        "units_granted": 400,
        "units_forfeited": 400,
        "units_vested": 0,
    }


def test_the_line_runs_to_the_last_vesting_of_units_left() -> None:
    """500 units of 730 days and 400 of 1,095, the latter all forfeited in June: 365 of 730 days of 500,000, not of 1,095."""
    parts = (tranche("1", date(2024, 12, 30), 500), tranche("2", date(2025, 12, 30), 400))
    found = calculated(*parts, events=(forfeited(400, date(2023, 6, 30)),))
    assert costs(found) == (250_000, 250_000)
    steps = {step.name: step.note for step in found.states["closing", "us"].steps}
    assert steps["elapsed share of the award"] == "of 730 days to the last vesting"
    one_left = calculated(*parts, events=(forfeited(399, date(2023, 6, 30)),))
    assert costs(one_left)[0] == 167_000  # a third of 501,000
    later = calculated(*parts, events=(forfeited(400, date(2024, 1, 1)),))
    assert costs(later)[0] == 300_000  # a third of 900,000


def test_what_is_dated_after_an_instant_does_not_count_at_it() -> None:
    found = calculated(events=(forfeited(400, date(2024, 1, 1)),))
    assert costs(found) == (600_000, 800_000)
    assert found.figures["units_forfeited"].amount == 0


def test_exercise_and_expiry_change_no_cost() -> None:
    events = (forfeited(50, date(2023, 12, 31), "1", "exercise"), forfeited(50, date(2023, 12, 31), "1", "expiry"))
    assert costs(calculated(events=events)) == costs(calculated())


def test_immediate_vesting() -> None:
    """Vested on the day of the grant: the whole cost at once, under both and by every attribution."""
    at_once = tranche("1", date(2023, 5, 1), 70)
    for attribution in ("straight_line", "graded"):
        found = calculated(at_once, grant=date(2023, 5, 1), us_attribution=attribution)
        assert costs(found) == (70_000, 70_000)
        assert found.facts["path"] == "new"
    half = calculated(at_once, tranche("2", date(2024, 12, 26), 30), grant=date(2023, 5, 1))  # 244 of 605 days
    assert costs(half) == (70_000, 70_000 + round(30_000 * 244 / 605))


def test_rate_in_force_at_the_instant() -> None:
    """No rate is yet in force at the first opening: the first version applies; from June the second does."""
    rates = forfeitures("0.5", "0.1", valid_from=("2023-02-01", "2023-06-30"))
    found = calculated(tranche("1", date(2024, 12, 30), 400), rates=rates, grant=date(2022, 12, 30))
    assert costs(found)[1] == round(400 * 1_000 * 0.9 * 366 / 731)
    opening = Decimal(400_000) * Decimal("0.5") ** (Decimal(730) / 365) / 731
    assert abs(found.figures["opening_ifrs_cumulative_cost"].exact - opening) < Decimal("1e-20")


def test_a_tranche_with_a_fair_value_of_its_own() -> None:
    found = calculated(FIRST, tranche("2", date(2024, 12, 30), 400, "2.005"))
    assert costs(found)[1] == 600_000 + 40_100  # 400 x 200.5 x 1/2


def test_granted_after_the_closing() -> None:
    found = calculated(tranche("1", date(2025, 1, 31), 10), grant=date(2024, 1, 31))
    assert found.facts["path"] == "ignored"
    assert costs(found) == (0, 0)
    assert found.figures["units_granted"].amount == 0
    assert found.states == {}


def test_every_step_of_an_award() -> None:
    found = calculated(rates=forfeitures("0.1"))
    us = {step.name: step.value for step in found.states["closing", "us"].steps}
    assert us["straight line"] == 500_000 and us["value vested"] == 600_000 and us["cumulative cost"] == 600_000
    ifrs = {step.name: step.value for step in found.states["closing", "ifrs"].steps}
    assert ifrs["units expected of tranche 2"] == 360
    assert (ifrs["cost of tranche 1"], ifrs["cost of tranche 2"]) == (600_000, 180_000)


def test_what_is_left_of_the_cost_by_hand() -> None:
    """600 units vested, 100 of 400 forfeited, half of the days of the rest gone, a tenth a year expected to go: kept 900,000,
    of which 30,000 is expected to go. US GAAP: 600,000 recognised, 300,000 left; IFRS: 735,000 and 135,000."""
    found = calculated(events=(forfeited(100, date(2023, 6, 30)),), rates=forfeitures("0.1"))
    left = {name: figure.amount for name, figure in found.figures.items()}
    values = ("granted_value", "forfeited_value", "vested_value")
    assert [left[f"closing_{name}"] for name in values] == [1_000_000, 100_000, 600_000]
    assert costs(found) == (600_000, 735_000)
    assert (left["us_unrecognised_cost"], left["ifrs_unrecognised_cost"]) == (300_000, 135_000)
    assert (left["us_expected_forfeitures"], left["ifrs_expected_forfeitures"]) == (0, 30_000)
    assert (left["us_days_left"], left["ifrs_days_left"]) == (365, 365)


def test_forfeiture_by_length_of_service() -> None:
    """1,000 units of 1,095 days, a year served: in the second year a fifth leaves, from the third on a tenth: 720 stay."""
    rows = [
        {"valid_from": "2020-01-01", "function": FUNCTION, "annual_rate": rate, "service_years": year}
        for year, rate in enumerate(("0.5", "0.2", "0.1"))
    ]
    found = calculated(tranche("1", date(2025, 12, 30), 1_000), rates=forfeitures_from_rows(rows, "forfeiture"))
    assert costs(found) == (333_333, 240_000)
