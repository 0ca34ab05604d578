"""The close of award tapes, by hand: three awards, two instants, forfeitures in between; amounts in fen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gaapbridge.contracts.added_up import SecondPath
from gaapbridge.contracts.awards import KIND, direct
from gaapbridge.contracts.awards.population import CAUSES, measured
from gaapbridge.contracts.awards.setting import AwardSetting
from gaapbridge.contracts.awards.whole import Awards
from gaapbridge.contracts.measured import Side, both_sides, contribution, sides_of
from gaapbridge.contracts.scan import Part, Scan, Task, done, findings_of, scan
from gaapbridge.differences.share_based_compensation import EXPENSE_ROLES, NOTE, ifrs, journal, us_gaap
from gaapbridge.differences.share_based_compensation.elections import Elections
from gaapbridge.engine.local import Threads
from gaapbridge.engine.sink import Parts

FUNCTIONS = ("sales_and_marketing", "research_and_development")
STRAIGHT = Elections(us_attribution="straight_line", us_forfeitures="as_they_occur")

AWARDS = pl.DataFrame(
    {
        "award_id": ["A3", "A1", "A2", "A4"],
        "grant_date": [date(2023, 7, 1), date(2021, 12, 31), date(2022, 12, 31), date(2024, 1, 1)],
        "function": ["research_and_development", "sales_and_marketing", "sales_and_marketing", "sales_and_marketing"],
        "fair_value_per_unit": [2.5, 10.0, 0.01, 7.0],
    }
)
"""A1 of two yearly tranches; A2 of three fen vesting over three years; A3 vested at its grant; A4 granted too late."""

TRANCHES = pl.DataFrame(
    {
        "award_id": ["A3", "A1", "A1", "A2", "A4"],
        "tranche": ["1", "2", "1", "1", "1"],
        "vesting_date": [date(2023, 7, 1), date(2023, 12, 31), date(2022, 12, 31), date(2025, 12, 30), date(2025, 1, 1)],
        "units": [40, 100, 100, 3, 9],
        "fair_value_per_unit": [None, 12.0, None, None, None],
    },
    schema_overrides={"fair_value_per_unit": pl.Float64},
)

EVENTS = pl.DataFrame(
    {
        "award_id": ["A1", "A1", "A2", "A1", "A2"],
        "tranche": ["2", "1", "1", "2", "1"],
        "event_date": [date(2023, 5, 1), date(2023, 2, 1), date(2023, 6, 1), date(2023, 6, 1), date(2024, 2, 1)],
        "kind": ["forfeiture", "exercise", "modification", "forfeiture", "cancellation"],
        "units": [10, 80, 3, 20, 3],
    }
)
"""30 of the second hundred are forfeited in 2023; exercises change nothing; the cancellation comes after the period."""

READ = Awards(AWARDS, TRANCHES, EVENTS, {})

RATES = {"opening": np.array([[0.2], [0.0]]), "closing": np.array([[0.5], [0.0]])}
"""A fifth a year is expected to be forfeited of marketing's awards, a half from 2023."""

SETTING = AwardSetting(date(2022, 12, 31), date(2023, 12, 31), (us_gaap, ifrs), STRAIGHT, FUNCTIONS, RATES, 2)


def table_of(part: Part) -> dict[str, dict[str, object]]:
    return {row["contract_id"]: row for row in part.table.iter_rows(named=True)}


def test_every_award_by_hand() -> None:
    """A1 opening: 100 x 10.00 vested; the line is half of 2,200.00, so US GAAP has 1,100.00. IFRS expects 80 of the second
    hundred at 12.00, half served: 480.00 on top of 1,000.00. Closing: 70 vested at 12.00, 1,840.00 under both.

    A2, 3 fen: granted on the opening instant. A year of 1,095 days on: a third under US GAAP; a quarter of that under IFRS,
    with half left in each of the two years to vesting.
    """
    rows = table_of(measured(READ, SETTING))
    assert list(rows) == ["A1", "A2", "A3", "A4"]
    costs = ("opening_us_cumulative_cost", "opening_ifrs_cumulative_cost", "us_cumulative_cost", "ifrs_cumulative_cost")
    assert {award: tuple(row[cost] for cost in costs) for award, row in rows.items()} == {
        "A1": (110_000, 148_000, 184_000, 184_000),
        "A2": (0, 0, 1, 0),
        "A3": (0, 0, 10_000, 10_000),
        "A4": (0, 0, 0, 0),
    }
    units = ("units_granted", "units_forfeited", "units_vested")
    assert {award: tuple(row[unit] for unit in units) for award, row in rows.items()} == {
        "A1": (200, 30, 170),
        "A2": (3, 0, 0),
        "A3": (40, 0, 40),
        "A4": (0, 0, 0),
    }
    assert {award: (row["segment"], row["path"]) for award, row in rows.items()} == {
        "A1": ("sales_and_marketing", "stayed"),
        "A2": ("sales_and_marketing", "stayed"),
        "A3": ("research_and_development", "new"),
        "A4": ("sales_and_marketing", "ignored"),
    }


def test_the_table_has_the_columns_of_the_page() -> None:
    assert measured(READ, SETTING).table.columns == [
        "contract_id", "segment", "path", "units_granted", "units_forfeited", "units_vested", "opening_units_granted",
        "opening_units_forfeited", "opening_units_vested", "us_days_left", "ifrs_days_left", "closing_forfeited_value",
        "closing_granted_value", "ifrs_cumulative_cost", "ifrs_expected_forfeitures", "ifrs_unrecognised_cost",
        "us_cumulative_cost", "us_expected_forfeitures", "us_unrecognised_cost", "closing_vested_value",
        "restated_ifrs_cumulative_cost", "restated_us_cumulative_cost", "opening_forfeited_value", "opening_granted_value",
        "opening_ifrs_cumulative_cost", "opening_ifrs_expected_forfeitures", "opening_ifrs_unrecognised_cost",
        "opening_us_cumulative_cost", "opening_us_expected_forfeitures", "opening_us_unrecognised_cost",
        "opening_vested_value",
    ]  # fmt: skip
    unrevised = replace(SETTING, rates=dict.fromkeys(RATES, RATES["opening"]))
    assert not [name for name in measured(READ, unrevised).table.columns if name.startswith("restated_")]


def test_what_is_left_of_an_award_by_hand() -> None:
    """1,200 units of 10.00 in three yearly tranches from the opening instant, 100 of the last forfeited in the year, none
    expected: granted 12,000.00, forfeited 1,000.00, kept 11,000.00, vested 4,000.00.

    US GAAP, straight line: a third of 11,000.00 is 3,666.67, lifted to the 4,000.00 vested; 7,000.00 left in 730 days. IFRS by
    tranche: 4,000.00, 2,000.00 and a third of 3,000.00, 7,000.00; left 2,000.00 in 365 days and 2,000.00 in 730: 547.5 days.
    """
    granted = {"award_id": "C", "grant_date": date(2022, 12, 31), "function": FUNCTIONS[0], "fair_value_per_unit": 10.0}
    days = (date(2023, 12, 31), date(2024, 12, 30), date(2025, 12, 30))
    vesting = [{"award_id": "C", "tranche": str(n), "vesting_date": day, "units": 400} for n, day in enumerate(days)]
    lost = {"award_id": "C", "tranche": "2", "event_date": date(2023, 6, 1), "kind": "forfeiture", "units": 100}
    tranches = pl.DataFrame(vesting).with_columns(fair_value_per_unit=pl.lit(None, pl.Float64))
    never = replace(SETTING, rates=dict.fromkeys(RATES, np.zeros_like(RATES["opening"])))
    (row,) = table_of(measured(Awards(pl.DataFrame([granted]), tranches, pl.DataFrame([lost]), {}), never)).values()
    values = ("granted_value", "forfeited_value", "vested_value")
    assert [row[f"closing_{name}"] for name in values] == [1_200_000, 100_000, 400_000]
    assert [row[f"opening_{name}"] for name in values] == [1_200_000, 0, 0]
    assert (row["us_cumulative_cost"], row["us_unrecognised_cost"], row["us_days_left"]) == (400_000, 700_000, 730)
    assert (row["ifrs_cumulative_cost"], row["ifrs_unrecognised_cost"], row["ifrs_days_left"]) == (700_000, 400_000, 548)
    assert (row["opening_us_unrecognised_cost"], row["opening_ifrs_unrecognised_cost"]) == (1_200_000, 1_200_000)
    assert (row["opening_units_granted"], row["opening_units_forfeited"], row["opening_units_vested"]) == (1_200, 0, 0)
    assert row["us_expected_forfeitures"] == row["ifrs_expected_forfeitures"] == 0


def test_what_was_granted_is_recognised_left_or_forfeited() -> None:
    for row in table_of(measured(READ, SETTING)).values():
        for state, values in (("opening_", "opening_"), ("", "closing_")):
            for side in ("us", "ifrs"):
                parts = ("cumulative_cost", "unrecognised_cost", "expected_forfeitures")
                accounted = sum(row[f"{state}{side}_{part}"] for part in parts) + row[f"{values}forfeited_value"]
                assert accounted == row[f"{values}granted_value"]
            assert row[f"{state}us_expected_forfeitures"] == 0


def test_revised_rates_are_a_flow_of_their_own() -> None:
    """1,000 units of 10.00 vest in two years from the opening instant. Half served under IFRS: at a fifth forfeited a year 800
    are expected to stay, 4,000.00; at a half 500, 2,500.00. The period's service costs 4,000.00, the revision gives 1,500.00
    back. Under US GAAP units count until they are forfeited: 5,000.00 whatever is expected.
    """
    granted = {"award_id": "B", "grant_date": date(2022, 12, 31), "function": FUNCTIONS[0], "fair_value_per_unit": 10.0}
    vesting = {"award_id": "B", "tranche": "1", "vesting_date": date(2024, 12, 30), "units": 1_000}
    awards = pl.DataFrame([granted])
    tranches = pl.DataFrame([vesting]).with_columns(fair_value_per_unit=pl.lit(None, pl.Float64))
    part = measured(Awards(awards, tranches, EVENTS.clear(), {}), SETTING)
    (row,) = table_of(part).values()
    assert (row["restated_us_cumulative_cost"], row["us_cumulative_cost"]) == (500_000, 500_000)
    assert (row["restated_ifrs_cumulative_cost"], row["ifrs_cumulative_cost"]) == (400_000, 250_000)
    posted = journal.post({"awards": part.totals.sums()}, STRAIGHT)
    charged = {
        entry.flow: sum(p.amount_minor for p in entry.postings if p.role == "share_based_marketing")
        for entry in posted.movements
    }
    assert charged == {"service_cost": -100_000, "assumptions": -150_000}


@pytest.mark.parametrize(
    ("fair_value", "units", "expected"),
    [(48.65, 1, 4_865), (1.145, 1, 115), (0.285, 3, 86), (46.272247855399065, 89_661, 414_881_601), (1e-07, 50_000, 1)],
)
def test_a_fair_value_keeps_all_its_decimals_and_its_halves(fair_value: float, units: int, expected: int) -> None:
    """1.145 is 114.5 fen, rounded away from zero; 3 x 28.5 is 85.5; 89,661 x 46.272247855399065 is 414,881,601.4963 fen."""
    awards = AWARDS.filter(pl.col("award_id") == "A3").with_columns(fair_value_per_unit=pl.lit(fair_value))
    tranches = TRANCHES.filter(pl.col("award_id") == "A3").with_columns(units=pl.lit(units))
    (row,) = table_of(measured(Awards(awards, tranches, EVENTS.clear(), {}), SETTING)).values()
    assert (row["us_cumulative_cost"], row["ifrs_cumulative_cost"]) == (expected, expected)


def test_the_order_of_rows_on_the_tapes_does_not_matter() -> None:
    turned = Awards(AWARDS.reverse(), TRANCHES.reverse(), EVENTS.reverse(), {})
    assert measured(turned, SETTING).table.equals(measured(READ, SETTING).table)
    assert measured(READ, SETTING).table.height == 4


def scanned_into(table: Path, awards: Awards) -> Scan:
    task = Task(measured, awards, SETTING, Parts(table), 0, SecondPath.of(KIND, direct, {}))
    return scan(done, [task], Threads(1), lambda rows: None)


@pytest.fixture
def scanned(tmp_path: Path) -> tuple[Scan, Path]:
    return scanned_into(tmp_path, READ), tmp_path


def by_role(side: Side) -> dict[str, dict[str, int]]:
    """Amounts of a side by role, their parts together."""
    return {
        name: {role: sum(parts.values()) for role, parts in getattr(side, name).items()}
        for name in ("opening", "closing", "income", "memoranda")
    }


def test_both_paths_come_to_the_same(scanned: tuple[Scan, Path]) -> None:
    """R10: what the journal posts is IFRS less US GAAP measured from the table, account by account."""
    found, _ = scanned
    assert found.totals is not None and found.added is not None
    posted = journal.post({"awards": found.totals.sums()}, STRAIGHT)
    us, other = (by_role(side) for side in both_sides(SecondPath.of(KIND, direct, {}).amounts(found.added)))
    paid_in = "additional_paid_in_capital"
    assert (us["opening"], us["closing"]) == ({paid_in: -110_000}, {paid_in: -194_001})
    assert (other["opening"], other["closing"]) == ({paid_in: -148_000}, {paid_in: -194_000})

    def on(role: str, *entries: tuple[journal.FlowEntry, ...]) -> int:
        return sum(p.amount_minor for part in entries for entry in part for p in entry.postings if p.role == role)

    assert on(paid_in, posted.brought_forward) == other["opening"][paid_in] - us["opening"][paid_in] == -38_000
    assert on(paid_in, posted.brought_forward, posted.movements) == other["closing"][paid_in] - us["closing"][paid_in] == 1
    assert us["income"] == {
        **dict.fromkeys(EXPENSE_ROLES.values(), 0),
        "share_based_marketing": 74_001,
        "share_based_research": 10_000,
    }
    assert {role: on(role, posted.movements) for role in us["income"]} == {
        role: other["income"][role] - us["income"][role] for role in us["income"]
    }
    assert on("share_based_marketing", posted.movements) == -38_001


@pytest.mark.parametrize(
    ("role", "instant", "expected"),
    [
        ("additional_paid_in_capital", "opening", {"A1": -38_000}),
        ("additional_paid_in_capital", "closing", {"A2": 1}),
        ("share_based_marketing", "closing", {"A1": -38_000, "A2": -1}),
        ("share_based_research", "closing", {}),
    ],
)
def test_what_each_award_contributes(role: str, instant: str, expected: dict[str, int]) -> None:
    amount = contribution(sides_of(direct, instant, {}), NOTE, role)
    assert amount is not None
    rows = measured(READ, SETTING).table.select("contract_id", amount.alias("minor")).iter_rows()
    assert {award: minor for award, minor in rows if minor} == expected


def test_awards_have_no_part_in_other_roles() -> None:
    assert contribution(sides_of(direct, "closing", {}), NOTE, "deferred_tax_assets") is None


def test_a_modification_is_found_and_what_comes_after_the_period_is_not(scanned: tuple[Scan, Path]) -> None:
    (finding,) = findings_of(scanned[0], CAUSES, "award")
    assert (finding.name, finding.where, finding.amount_minor) == ("modification of an award not measured", "award/A2", 1)
    later = replace(SETTING, opening=date(2023, 12, 31), closing=date(2024, 12, 31))
    assert sorted(measured(READ, later).causes) == ["cancellation", "modification"]


@pytest.mark.parametrize("side", [us_gaap, ifrs])
def test_equal_policies_make_no_difference(side) -> None:
    rows = measured(READ, replace(SETTING, treatments=(side, side))).table
    assert (rows["us_cumulative_cost"] == rows["ifrs_cumulative_cost"]).all()
    assert (rows["opening_us_cumulative_cost"] == rows["opening_ifrs_cumulative_cost"]).all()
    assert rows["us_cumulative_cost"].sum() > 0


def test_no_award_leaves_a_table_without_rows(tmp_path: Path) -> None:
    found = scanned_into(tmp_path, Awards(AWARDS.clear(), TRANCHES.clear(), EVENTS.clear(), {}))
    assert found.totals is not None and found.totals.amounts.sum() == 0
    assert found.added is not None
    assert set(by_role(both_sides(SecondPath.of(KIND, direct, {}).amounts(found.added))[0])["closing"].values()) == {0}
