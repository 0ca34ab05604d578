"""Forfeiture by length of service, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gaapbridge.estimation.forfeitures import Grants, count_forfeitures, forfeiture_rates

FIRST, LAST = np.datetime64("2020-01-01"), np.datetime64("2023-12-31")


def day(number: int) -> np.datetime64:
    return FIRST + np.timedelta64(number, "D")


def grants(tranches: list[tuple[int, int, int, int]], forfeitures: list[tuple[int, int, int]]) -> Grants:
    """Tranches: function, day of grant, day of vesting, units; forfeitures: tranche, day, units."""
    begins = np.array([day(one[1]) for one in tranches])
    return Grants(
        function=np.array([one[0] for one in tranches]),
        service_from=begins,
        granted_on=begins,
        vests_on=np.array([day(one[2]) for one in tranches]),
        units=np.array([one[3] for one in tranches]),
        tranche=np.array([one[0] for one in forfeitures], np.int64),
        forfeited_on=np.array([day(one[1]) for one in forfeitures], "datetime64[D]"),
        forfeited_units=np.array([one[2] for one in forfeitures], np.int64),
    )


TWO_YEARS = grants([(0, 0, 730, 100)], [(0, 365, 20)])


def test_units_exposed_and_forfeited_by_year_of_service() -> None:
    found = count_forfeitures(TWO_YEARS, FIRST, LAST)
    assert found.unit_days[0, :3].tolist() == [36_500, 29_200, 0]
    assert found.forfeited_units[0, :3].tolist() == [0, 20, 0]


def test_a_history_that_begins_later_has_what_was_left_then() -> None:
    """From the 400th day on: 80 units for 330 days, in the second year of service."""
    found = count_forfeitures(TWO_YEARS, day(400), LAST)
    assert found.unit_days[0, :2].tolist() == [0, 80 * 330]
    assert found.forfeitures.sum() == 0


def test_nothing_after_the_last_day_is_known() -> None:
    found = count_forfeitures(TWO_YEARS, FIRST, day(100))
    assert (found.unit_days.sum(), found.forfeitures.sum()) == (10_000, 0)


def test_units_that_vested_cannot_be_forfeited() -> None:
    assert count_forfeitures(grants([(0, 0, 100, 10)], [(0, 200, 10)]), FIRST, LAST).forfeitures.sum() == 0


def test_rates_by_function_and_years_of_service() -> None:
    """20 of 180 unit-years over all years; with one forfeiture a row year 1 could stand alone, but year 0 has none."""
    (rate,) = forfeiture_rates(count_forfeitures(TWO_YEARS, FIRST, LAST), 1)
    assert (rate.function, rate.service_years, rate.of_all_functions) == ("origination_and_servicing", 0, False)
    assert rate.annual_rate == pytest.approx(1 - np.exp(-20 / 180))


def test_years_stand_apart_where_each_has_enough() -> None:
    both = count_forfeitures(grants([(1, 0, 730, 100)], [(0, 100, 10), (0, 465, 10)]), FIRST, LAST)
    rates = forfeiture_rates(both, 1)
    assert [(one.service_years, one.forfeitures) for one in rates] == [(0, 1), (1, 1)]
    # 100 for 100 days and 90 for 265; 90 for 100 days and 80 for 265
    assert [one.unit_years for one in rates] == pytest.approx([33_850 / 365, 30_200 / 365])


def test_a_function_of_few_forfeitures_takes_the_rate_of_all() -> None:
    two = grants([(0, 0, 730, 100), (2, 0, 730, 100)], [(0, 365, 20)])
    rates = forfeiture_rates(count_forfeitures(two, FIRST, LAST), 1)
    assert [(one.function, one.of_all_functions) for one in rates][1] == ("general_and_administrative", True)
    assert rates[1].annual_rate == pytest.approx(1 - np.exp(-20 / 380))


def test_chunks_add_up() -> None:
    one = count_forfeitures(TWO_YEARS, FIRST, LAST)
    assert (one + one).unit_days.sum() == 2 * one.unit_days.sum()


def test_a_seeded_history_gives_its_rate_back() -> None:
    """20,000 units of which 15 % leave in the first year and 5 % in each after it: within three standard errors."""
    random = np.random.default_rng(7)
    number = 20_000
    first_year = random.exponential(365 / -np.log(0.85), number)
    later = 365 + random.exponential(365 / -np.log(0.95), number)
    leaves = np.where(first_year < 365, first_year, later).astype(int) + 1
    out = np.flatnonzero(leaves < 1095)
    found = forfeiture_rates(
        count_forfeitures(grants([(0, 0, 1095, 1)] * number, [(int(one), int(leaves[one]), 1) for one in out]), FIRST, LAST),
        500,
    )
    assert [one.annual_rate for one in found] == pytest.approx([0.15, 0.05, 0.05], abs=0.008)
