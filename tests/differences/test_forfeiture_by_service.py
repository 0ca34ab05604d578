"""Forfeiture rates by length of service: a close by hand, and the same by the independent calculator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaapbridge.measure.vesting import expected_units, level_rate
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform

FUNCTIONS = ("origination_and_servicing", "sales_and_marketing", "general_and_administrative", "research_and_development")
RATES = (0.3, 0.2, 0.1)
"""In the first year after the grant, in the second, and in all after it."""


def rows(rates: tuple[float, ...]) -> str:
    told = [f"2020-01-01,{function},{year},{rate}" for function in FUNCTIONS for year, rate in enumerate(rates)]
    return "\n".join(["valid_from,function,service_years,annual_rate", *told, ""])


def test_an_award_by_years_of_service(starter_copy: Path) -> None:
    """2,000 units vested, 2,000 each in 92 and 457 days and 1,600 in 822; 639 days are served, of which the second year has 91
    days left: those at a fifth a year, all others at a tenth. Each tranche earns 639 of its days at 5.00 a unit."""
    (starter_copy / "curves" / "awards-forfeiture.csv").write_text(rows(RATES))
    run = close(starter_copy / "plan.toml")
    row = run.measurement("awards", "AWARD-1")
    assert row is not None
    left = [(2_000, 731), (2_000, 1_096), (1_600, 1_461)]
    cost = 2_000 * 500 + sum(units * 0.8 ** (91 / 365) * 0.9 ** ((days - 730) / 365) * 500 * 639 / days for units, days in left)
    assert row["ifrs_cumulative_cost"] == round(cost)
    assert reperform(run.folder, sample=None).differences == ()


def test_one_rate_in_all_years_moves_no_figure(starter_copy: Path) -> None:
    before = close(starter_copy / "plan.toml").measurement("awards", "AWARD-1")
    (starter_copy / "curves" / "awards-forfeiture.csv").write_text(rows((0.05, 0.05)))
    assert close(starter_copy / "plan.toml").measurement("awards", "AWARD-1") == before


@pytest.mark.parametrize(("elapsed", "vesting"), [(0, 1_461), (364, 366), (639, 731), (2_000, 2_100), (100, 100), (500, 90)])
def test_one_rate_loses_as_much_as_those_by_year(elapsed: int, vesting: int) -> None:
    """Day by day, each at the rate of its year."""
    rate = level_rate(np.array([RATES, (0.05, 0.05, 0.05)]), np.array([elapsed] * 2), np.array([vesting] * 2))
    stays = np.prod([(1 - RATES[min(day // 365, 2)]) ** (1 / 365) for day in range(elapsed, vesting)])
    days = np.array([vesting - elapsed] * 2)
    assert expected_units(np.array([1.0, 1.0]), rate, days)[0] == pytest.approx(stays, rel=1e-12)
    assert rate[1] == 0.05
