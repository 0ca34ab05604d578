"""Award tapes: every rule broken once, alone and across the three tapes; an award is measured whole or not at all."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaapbridge.contracts.awards.schema import AWARD_EVENTS, AWARD_TRANCHES, AWARDS, FUNCTIONS, MOST_UNITS
from gaapbridge.contracts.awards.whole import Awards, read_awards
from gaapbridge.tapes.checks import REJECTS, check
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import LARGEST_MINOR, Circumstances, Schema
from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import broken, check_frame, rows_for, rows_of, write_formats

CIRCUMSTANCES = Circumstances(currency="CNY", functions=FUNCTIONS[2:])
WHOLE = "an award is measured whole: its row, its tranches and its events are all good"
Changes = Sequence[dict[str, Any]]

# Of every rule of a row by itself: a change that breaks it and no other, and the value that the reject shows.
BREAKS: dict[tuple[str, str], list[tuple[dict[str, Any], str]]] = {
    ("awards", "grant_date_real"): [({"grant_date": date(1900, 1, 1)}, "1900-01-01")],
    ("awards", "function_known"): [],
    ("awards", "function_has_rates"): [({"function": FUNCTIONS[0]}, "origination_and_servicing")],
    ("awards", "currency_of_entity"): [({"currency": "USD"}, "USD")],
    ("awards", "fair_value_per_unit_bounds"): [
        ({"fair_value_per_unit": -0.01}, "-0.01"),
        ({"fair_value_per_unit": float("nan")}, "NaN"),
        ({"fair_value_per_unit": float("inf")}, "inf"),
    ],
    ("awards", "condition_of_service"): [({"condition": "market"}, "market"), ({"condition": "performance"}, "performance")],
    ("awards", "vesting_start_of_grant"): [({"vesting_start_date": date(2022, 1, 1)}, "2022-01-01 (grant_date 2022-07-01)")],
    ("award_tranches", "vesting_date_real"): [({"vesting_date": date(2099, 12, 31)}, "2099-12-31")],
    ("award_tranches", "units_bounds"): [({"units": 0}, "0"), ({"units": MOST_UNITS + 1}, "1000000000001")],
    ("award_tranches", "fair_value_per_unit_bounds"): [({"fair_value_per_unit": -1.0}, "-1.0")],
    ("award_events", "event_date_real"): [({"event_date": date(1899, 12, 30)}, "1899-12-30")],
    ("award_events", "kind_known"): [({"kind": "lapse"}, "lapse")],
    ("award_events", "units_bounds"): [({"units": 0}, "0"), ({"units": -5}, "-5")],
}
CONTRACTS = {contract.name: contract for contract in (AWARDS, AWARD_TRANCHES, AWARD_EVENTS)}
CASES = [(CONTRACTS[name], rule, *case) for (name, rule), cases in BREAKS.items() for case in cases]


@pytest.mark.parametrize(("contract", "rule", "change", "value"), CASES, ids=lambda part: str(getattr(part, "name", part)))
def test_a_broken_rule_is_named(contract: Schema, rule: str, change: dict[str, Any], value: str) -> None:
    frame = rows_for(contract, {}, {"award_id": "W2", **change}, {"award_id": "W3"})
    result = check_frame(frame, contract, CIRCUMSTANCES)
    assert rows_of(result) == [1, 3]
    declared = next(one for one in contract.rules if one.id == rule)
    assert result.rejects.rows() == [
        (
            contract.name,
            2,
            declared.column,
            value,
            declared.sentence.format(currency="CNY"),
            declared.remedy,
            "W2",
            None,
        )
    ]


def test_every_rule_is_broken_once() -> None:
    assert list(BREAKS) == [(contract.name, rule.id) for contract in CONTRACTS.values() for rule in contract.rules]
    unknown = check_frame(rows_for(AWARDS, {"function": "treasury"}), AWARDS, CIRCUMSTANCES)
    assert unknown.rejects["rule"].to_list() == [
        "function is one of origination_and_servicing, sales_and_marketing, general_and_administrative, "
        "research_and_development",
        "function is a function of the forfeiture rates",
    ]


def test_performance_conditions_are_said_not_to_be_measured() -> None:
    result = check_frame(rows_for(AWARDS, {"condition": "performance"}), AWARDS, CIRCUMSTANCES)
    assert result.rejects["remedy"].to_list() == [
        "take the award off the tape: performance and market conditions are not measured"
    ]


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.name)
def test_a_required_cell_is_given(contract: Schema) -> None:
    names = [column.name for column in contract.columns if column.required]
    rows = [{"award_id": f"W{number}", name: None} for number, name in enumerate(names)]
    result = check_frame(rows_for(contract, *rows), contract, CIRCUMSTANCES)
    assert [(row, name) for row, name, _ in broken(result)] == [*enumerate(names, start=1)]


def test_an_award_and_a_tranche_of_it_stand_once() -> None:
    assert broken(check_frame(rows_for(AWARDS, {}, {}), AWARDS, CIRCUMSTANCES)) == [
        (1, "award_id", "W1"),
        (2, "award_id", "W1"),
    ]
    tranches = rows_for(AWARD_TRANCHES, {}, {"tranche": "2"}, {"award_id": "W2"}, {"tranche": "2"})
    assert broken(check_frame(tranches, AWARD_TRANCHES, CIRCUMSTANCES)) == [
        (2, "award_id", "W1 (tranche 2)"),
        (4, "award_id", "W1 (tranche 2)"),
    ]
    events = rows_for(AWARD_EVENTS, {}, {"units": 101}, {})
    assert broken(check_frame(events, AWARD_EVENTS, CIRCUMSTANCES)) == [
        (3, "award_id", "W1 (tranche 1) (event_date 2023-07-01) (kind forfeiture) (units 100)"),
    ]


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.name)
def test_every_format_gives_the_same_rows(contract: Schema, tmp_path: Path) -> None:
    frame = rows_for(contract, {}, {"award_id": "W2"})
    for path in write_formats(tmp_path, frame, contract.name):
        source = open_tape(path, contract, file=path.name)
        result = check(source.whole(), contract, CIRCUMSTANCES, source.file)
        assert broken(result) == []
        assert result.good.drop("row").equals(frame), path.suffix


def read(folder: Path, awards: Changes, tranches: Changes, events: Changes | None, minor_digits: int = 2) -> Awards:
    """The three tapes with these rows, written as CSV and read."""
    sources = []
    for contract, changes in zip(CONTRACTS.values(), (awards, tranches, events), strict=True):
        if changes is None:
            sources.append(None)
            continue
        path = folder / f"{contract.name}.csv"
        rows_for(contract, *changes).write_csv(path)
        sources.append(open_tape(path, contract, file=path.name))
    granted, vesting, happened = sources
    assert granted and vesting
    return read_awards(granted, vesting, happened, currency="CNY", functions=FUNCTIONS[2:], minor_digits=minor_digits)


def kept(found: Awards) -> tuple[list[str], list[str], list[str]]:
    return tuple(frame["award_id"].to_list() for frame in (found.awards, found.tranches, found.events))


def rejects(found: Awards) -> pl.DataFrame:
    """Rejects of all tapes, each in the order of its rows."""
    parts = [pl.concat(read.rejects).sort("row", maintain_order=True) for read in found.read.values() if read.rejects]
    return pl.concat([pl.DataFrame(schema=REJECTS), *parts])


def own(found: Awards) -> list[tuple[Any, ...]]:
    """Rejects for a reason of their own: file, row, column, value, rule."""
    return rejects(found).filter(pl.col("rule") != WHOLE).drop("remedy", "contract_id", "amount_minor").rows()


AFTER = {"event_date": date(2024, 7, 1)}

# Of every rule across tapes: the rows of an award W9 that break it beside a good award W1, and the reject.
ACROSS: dict[str, tuple[Changes, Changes, Changes, tuple[Any, ...], str]] = {
    "award_has_tranche": (
        [{}],
        [],
        [],
        ("awards.csv", 2, "award_id", "W9", "award_id has at least one tranche"),
        "list the tranches of the award, or take it off the tape",
    ),
    "tranche of an unknown award": (
        [],
        [{}],
        [],
        ("award_tranches.csv", 2, "award_id", "W9", "award_id is on the award tape"),
        "list the award, or correct its id",
    ),
    "vesting_date_from_grant_date": (
        [{}],
        [{"vesting_date": date(2022, 6, 30)}],
        [],
        (
            "award_tranches.csv",
            2,
            "vesting_date",
            "2022-06-30 (grant_date 2022-07-01)",
            "vesting_date is not before grant_date",
        ),
        "give units that are vested at the grant the grant date; else correct the date that is wrong",
    ),
    "tranche_value_bounds": (
        [{"fair_value_per_unit": 90.1}],
        [{"units": MOST_UNITS}],
        [],
        (
            "award_tranches.csv",
            2,
            "units",
            "1000000000000 (value_minor 9010000000000000.0)",
            "units times fair_value_per_unit is at most 9007199254740991 minor units",
        ),
        "check the units and the fair value of a unit",
    ),
    "event of an unknown award": (
        [],
        [],
        [{}],
        ("award_events.csv", 2, "award_id", "W9", "award_id is on the award tape"),
        "list the award, or correct its id",
    ),
    "tranche_on_tape": (
        [{}],
        [{}],
        [{"tranche": "2"}],
        ("award_events.csv", 2, "tranche", "2", "tranche is a tranche of the award"),
        "list the tranche, or correct the event",
    ),
    "event_date_from_grant_date": (
        [{}],
        [{}],
        [{"event_date": date(2022, 6, 30)}],
        ("award_events.csv", 2, "event_date", "2022-06-30 (grant_date 2022-07-01)", "event_date is not before grant_date"),
        "correct the date that is wrong",
    ),
    "forfeiture_before_vesting": (
        [{}],
        [{}],
        [AFTER],
        (
            "award_events.csv",
            2,
            "event_date",
            "2024-07-01 (vesting_date 2024-07-01)",
            "a forfeiture is dated before vesting_date: from then on nothing is unvested",
        ),
        "correct the date, or state units given up after vesting as an expiry",
    ),
    "forfeited_within_unvested": (
        [{}],
        [{}],
        [{"units": 901, "event_date": date(2023, 8, 1)}, {}],
        (
            "award_events.csv",
            2,
            "units",
            "901 (units_forfeited_to_date 1001) (units_granted 1000)",
            "no more units are forfeited to date than were unvested",
        ),
        "correct the units of the forfeitures of the tranche",
    ),
    "settlement_from_vesting": (
        [{}],
        [{}],
        [{"kind": "exercise", "event_date": date(2024, 6, 30)}],
        (
            "award_events.csv",
            2,
            "event_date",
            "2024-06-30 (vesting_date 2024-07-01)",
            "an exercise or an expiry is not dated before vesting_date",
        ),
        "correct the date, or state units given up before vesting as a forfeiture",
    ),
    "settled_within_vested": (
        [{}],
        [{}],
        [{"kind": "exercise", "units": 800, **AFTER}, {"kind": "expiry", "units": 101, **AFTER}, {}],
        (
            "award_events.csv",
            3,
            "units",
            "101 (units_settled_to_date 901) (units_vested 900)",
            "no more units are exercised or expired to date than have vested",
        ),
        "correct the units of the exercises and expiries of the tranche",
    ),
}


@pytest.mark.parametrize("name", ACROSS)
def test_a_rule_across_tapes_is_named(name: str, tmp_path: Path) -> None:
    awards, tranches, events, expected, remedy = ACROSS[name]
    bad = [[{"award_id": "W9", **row} for row in rows] for rows in (awards, tranches, events)]
    found = read(tmp_path, [{}, *bad[0]], [{}, *bad[1]], [{}, *bad[2]])
    assert own(found) == [expected]
    [reject] = rejects(found).filter(pl.col("rule") != WHOLE).to_dicts()
    assert (reject["remedy"], reject["contract_id"], reject["amount_minor"]) == (remedy, "W9", None)
    assert kept(found) == (["W1"], ["W1"], ["W1"])
    others = rejects(found).filter(pl.col("rule") == WHOLE)
    assert others.height == sum(map(len, bad)) - 1
    assert set(others["contract_id"]) <= {"W9"}
    assert rejects(found).schema == REJECTS


def test_every_rule_across_tapes_is_broken_once() -> None:
    declared = {rule.id for contract in CONTRACTS.values() for rule in contract.across} - {"award_on_tape", "award_whole"}
    assert declared == {name for name in ACROSS if " " not in name}


def test_the_rest_of_an_award_is_reported_with_the_rule_that_it_is_whole(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [{}, {"award_id": "W2", "condition": "market"}, {"award_id": "W3"}],
        [{}, {"award_id": "W2"}, {"award_id": "W3"}, {"award_id": "W3", "tranche": "2", "units": 0}],
        [{"award_id": "W2"}, {"award_id": "W3"}, {}],
    )
    assert kept(found) == (["W1"], ["W1"], ["W1"])
    assert rejects(found).select("file", "row", "column", "value", "rule", "contract_id").rows() == [
        ("awards.csv", 2, "condition", "market", "condition is service", "W2"),
        ("awards.csv", 3, "award_id", "W3", WHOLE, "W3"),
        ("award_tranches.csv", 2, "award_id", "W2", WHOLE, "W2"),
        ("award_tranches.csv", 3, "award_id", "W3", WHOLE, "W3"),
        ("award_tranches.csv", 4, "units", "0", "units is from 1 to 1000000000000", "W3"),
        ("award_events.csv", 1, "award_id", "W2", WHOLE, "W2"),
        ("award_events.csv", 2, "award_id", "W3", WHOLE, "W3"),
    ]
    assert found.rows == 10


def test_a_rejected_award_is_still_known(tmp_path: Path) -> None:
    found = read(tmp_path, [{"currency": "USD"}, {"award_id": "W2"}], [{"units": 0}, {"award_id": "W2"}], [{}])
    assert [(file, rule) for file, _, _, _, rule in own(found)] == [
        ("awards.csv", "currency is the entity's currency CNY"),
        ("award_tranches.csv", "units is from 1 to 1000000000000"),
    ]
    assert kept(found) == (["W2"], ["W2"], [])


def test_the_last_allowed_values_are_allowed(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [{}, {"award_id": "W2", "grant_date": date(2024, 7, 1), "fair_value_per_unit": 0.0}],
        [{}, {"tranche": "2", "units": 10, "fair_value_per_unit": 3.25}, {"award_id": "W2"}],
        [
            {"event_date": date(2022, 7, 1), "units": 400},
            {"event_date": date(2024, 6, 30), "units": 300},
            {"kind": "exercise", "units": 100, **AFTER},
            {"kind": "expiry", "units": 200, "event_date": date(2029, 1, 1)},
            {"tranche": "2", "units": 10},
            {"kind": "modification", "units": 5_000},
            {"kind": "cancellation", "units": 5_000},
        ],
    )
    assert rejects(found).rows() == []
    assert (found.awards.height, found.tranches.height, found.events.height) == (2, 3, 7)
    assert found.awards.columns == ["row", *AWARDS.names]
    assert found.events["row"].to_list() == [1, 2, 3, 4, 5, 6, 7]


def test_units_count_by_date_and_not_by_place_on_the_tape(tmp_path: Path) -> None:
    late, early = {"units": 600, "event_date": date(2024, 1, 1)}, {"units": 500, "event_date": date(2023, 1, 1)}
    assert [(row, column) for _, row, column, _, _ in own(read(tmp_path, [{}], [{}], [late, early]))] == [(1, "units")]
    assert [(row, column) for _, row, column, _, _ in own(read(tmp_path, [{}], [{}], [early, late]))] == [(2, "units")]


def test_what_a_tranche_is_worth_counts_minor_digits(tmp_path: Path) -> None:
    tranche = [{"units": MOST_UNITS, "fair_value_per_unit": 1_000.0}]
    assert own(read(tmp_path, [{}], tranche, None))[0][2:4] == ("units", "1000000000000 (value_minor 1e+17)")
    assert own(read(tmp_path, [{}], tranche, None, minor_digits=0)) == []
    assert MOST_UNITS * 1_000 < LARGEST_MINOR


def test_without_an_events_tape_nothing_happened(tmp_path: Path) -> None:
    found = read(tmp_path, [{}], [{}], None)
    assert (found.rows, rejects(found).height, found.events.height) == (2, 0, 0)
    assert found.events.columns == ["row", *AWARD_EVENTS.names]
    assert read(tmp_path, [{}], [{}], []).events.schema == found.events.schema


def test_awards_without_rows_are_unusable(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="the award tape has at least one row"):
        read(tmp_path, [], [{}], None)


DAYS = [date(2022, 6, 30), date(2022, 7, 1), date(2023, 7, 1), date(2024, 7, 1), date(2024, 7, 2)]
IDS = st.sampled_from(["W1", "W2", "W3", None])
AWARD_ROWS = st.fixed_dictionaries({"award_id": IDS, "condition": st.sampled_from(["service"] * 4 + ["market"])})
TRANCHE_ROWS = st.fixed_dictionaries(
    {"award_id": IDS, "tranche": st.sampled_from(["1", "2"]), "vesting_date": st.sampled_from(DAYS[1:4])}
)
EVENT_ROWS = st.fixed_dictionaries(
    {
        "award_id": IDS,
        "tranche": st.sampled_from(["1", "1", "2"]),
        "event_date": st.sampled_from(DAYS),
        "kind": st.sampled_from(["forfeiture", "exercise", "expiry"]),
        "units": st.sampled_from([0, 1, 400, 600]),
    }
)


@pytest.mark.campaign
@given(
    awards=st.lists(AWARD_ROWS, min_size=1, max_size=4),
    tranches=st.lists(TRANCHE_ROWS, min_size=1, max_size=5),
    events=st.lists(EVENT_ROWS, max_size=6),
)
def test_every_row_is_good_or_rejected_and_every_good_award_whole(
    awards: Changes, tranches: Changes, events: Changes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = read(tmp_path_factory.mktemp("awards"), awards, tranches, events)
    given_rows = {"awards.csv": len(awards), "award_tranches.csv": len(tranches), "award_events.csv": len(events)}
    assert found.rows == sum(given_rows.values())
    good = dict(zip(given_rows, (found.awards, found.tranches, found.events), strict=True))
    for file, rows in given_rows.items():
        bad = rejects(found).filter(pl.col("file") == file)["row"].unique().to_list()
        assert sorted([*good[file]["row"].to_list(), *bad]) == list(range(1, rows + 1))
    assert (whole := set(found.awards["award_id"])) == set(found.tranches["award_id"])
    assert set(found.events["award_id"]) <= whole
    assert whole.isdisjoint(rejects(found)["contract_id"].to_list())
