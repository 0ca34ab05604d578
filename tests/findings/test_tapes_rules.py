"""Every rule of the loan and events tapes: the row that breaks it is rejected and named, the one beside it goes on."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.tapes.cells import BAD_CELLS, Parsed
from gaapbridge.tapes.checks import ControlTotals, check, exact_sum
from gaapbridge.tapes.schema import LARGEST_MINOR, Circumstances, Schema
from tests.findings.tapes_made import (
    GOOD,
    INSTANT,
    LEFT,
    RATED,
    broken,
    check_frame,
    csv_text,
    loans,
    read_loans,
    rows_of,
    write_csv,
)
from tests.loans_checked import check_loans

SEGMENTS = ("consumer", "sme")
NAN, INFINITE = float("nan"), float("inf")

BREAKS: list[tuple[str, dict[str, Any]]] = [
    *[(column.name, {column.name: None}) for column in LOANS.columns if column.required],
    ("contract_id", {"contract_id": ""}),
    ("contract_id", {"contract_id": " A9"}),
    ("segment", {"segment": "mortgage"}),
    ("segment", {"segment": " consumer"}),
    ("currency", {"currency": "USD"}),
    ("origination_date", {"origination_date": date(2024, 1, 1), "first_payment_date": date(2024, 2, 1), "maturity_date": None}),
    ("first_payment_date", {"first_payment_date": date(2023, 1, 31)}),
    ("maturity_date", {"maturity_date": date(2023, 2, 27)}),
    ("principal_minor", {"principal_minor": 0, "outstanding_principal_minor": 0}),
    ("principal_minor", {"principal_minor": -120_000}),
    ("principal_minor", {"principal_minor": LARGEST_MINOR + 1}),
    ("annual_rate", {"annual_rate": NAN}),
    ("annual_rate", {"annual_rate": INFINITE}),
    ("annual_rate", {"annual_rate": -INFINITE}),
    ("annual_rate", {"annual_rate": -0.01}),
    ("annual_rate", {"annual_rate": 10.0}),
    ("term_instalments", {"term_instalments": 0}),
    ("term_instalments", {"term_instalments": 481}),
    ("repayment_type", {"repayment_type": "Level"}),
    ("instalment_minor", {"instalment_minor": 0}),
    ("instalment_minor", {"instalment_minor": 5, "repayment_type": "bullet"}),
    ("day_count", {"day_count": "actual/365"}),
    ("day_count", {"day_count": "actual/360"}),
    ("day_count", {"day_count": "actual/actual"}),
    ("payment_frequency", {"payment_frequency": "quarterly"}),
    ("service_fee_minor", {"service_fee_minor": -1}),
    ("fees_received_minor", {"fees_received_minor": -1}),
    ("costs_paid_minor", {"costs_paid_minor": -1}),
    ("costs_paid_minor", {"costs_paid_minor": 120_001}),
    ("outstanding_principal_minor", {"outstanding_principal_minor": -1}),
    ("outstanding_principal_minor", {"outstanding_principal_minor": 240_001}),
    ("billed_unpaid_interest_minor", {"billed_unpaid_interest_minor": -1}),
    ("interest_received_minor", {"interest_received_minor": -1}),
    ("service_fees_ahead_minor", {"service_fees_ahead_minor": -1}),
    ("service_fees_ahead_minor", {"service_fees_ahead_minor": 1_000_000_000}),
    ("days_past_due", {"days_past_due": -1}),
    ("status", {"status": "sold", "exit_date": INSTANT}),
    ("exit_date", {"status": "prepaid"}),
    ("exit_date", {"status": "on_book", "exit_date": date(2023, 6, 30)}),
    ("exit_date", {**LEFT, "exit_date": date(2023, 1, 30)}),
    ("exit_date", {**LEFT, "exit_date": date(2024, 1, 1)}),
    ("default_date", {"default_date": date(2023, 1, 30)}),
    ("default_date", {"default_date": date(2024, 1, 1)}),
    ("cured_date", {"cured_date": date(2023, 6, 30)}),
    ("cured_date", {"cured_date": date(2023, 6, 29), "default_date": date(2023, 6, 30)}),
    ("cured_date", {"cured_date": date(2024, 1, 1), "default_date": date(2023, 6, 30)}),
    ("nonaccrual_date", {"nonaccrual_date": date(2023, 1, 30)}),
    ("nonaccrual_date", {"nonaccrual_date": date(2024, 1, 1)}),
    ("claim_at_default_minor", {"claim_at_default_minor": -1}),
    ("origination_date", {"origination_date": date(1970, 1, 1)}),
    ("maturity_date", {"maturity_date": date(2033, 1, 31)}),
    ("maturity_date", {"maturity_date": date(2024, 2, 28)}),
    ("maturity_date", {"maturity_date": date(2023, 12, 28), **LEFT}),
    ("days_past_due", {"days_past_due": 307}),
    ("days_past_due", {"days_past_due": 2**63 - 1}),
    ("days_past_due", {**LEFT, "days_past_due": 123}),
    ("exit_date", {**LEFT, "default_date": date(2023, 7, 1)}),
    ("exit_date", {**LEFT, "default_date": date(2023, 5, 1), "cured_date": date(2023, 7, 1)}),
    ("exit_date", {**LEFT, "nonaccrual_date": date(2023, 7, 1)}),
    ("cured_date", {"default_date": date(2023, 5, 1), "cured_date": date(2023, 11, 1), "days_past_due": 123}),
    ("months_since_last_missed", {"months_since_last_missed": -1}),
    ("months_since_last_missed", {"months_since_last_missed": 2, "days_past_due": 55}),
    ("months_since_last_missed", {"months_since_last_missed": 11}),
    ("months_since_last_missed", {**LEFT, "months_since_last_missed": 5}),
    ("status", {"term_instalments": 10, "maturity_date": None}),
    ("pd_12m", {"pd_12m": 1.01, "pd_12m_at_origination": 0.02}),
    ("pd_12m", {"pd_12m_at_origination": 0.02}),
    ("pd_12m_at_origination", {"pd_12m": 0.02, "pd_12m_at_origination": -0.01}),
    ("pd_12m_at_origination", {"pd_12m": 0.02}),
]

EDGES: list[dict[str, Any]] = [
    {"costs_paid_minor": 120_000},
    {},
    LEFT,
    {"annual_rate": 0.0},
    {"annual_rate": 9.999},
    {"term_instalments": 480, "maturity_date": None},
    {"outstanding_principal_minor": 240_000},
    {"outstanding_principal_minor": 0},
    {"principal_minor": LARGEST_MINOR},
    {"instalment_minor": 11_001},
    {"maturity_date": date(2023, 2, 28), "term_instalments": 1, "days_past_due": 306},
    {"maturity_date": date(2023, 2, 28), "term_instalments": 1, "outstanding_principal_minor": 0},
    {"maturity_date": date(2024, 2, 12)},
    {"maturity_date": date(2024, 1, 10)},
    {**LEFT, "days_past_due": 122},
    {"default_date": date(2023, 5, 1), "cured_date": date(2023, 10, 31), "days_past_due": 123},
    {"default_date": date(2023, 5, 1), "cured_date": date(2023, 11, 1), "days_past_due": 61},
    {"term_instalments": 11, "maturity_date": None},
    {**LEFT, "exit_date": INSTANT},
    {"default_date": INSTANT},
    {"default_date": date(2023, 6, 30), "cured_date": date(2023, 6, 30)},
    {"months_since_last_missed": 10},
    {"months_since_last_missed": 0},
    {"months_since_last_missed": 2, "days_past_due": 56},
    {**LEFT, "months_since_last_missed": 4},
    {"nonaccrual_date": date(2023, 1, 31), "watch_list": True, "forborne": True},
    {**LEFT, "exit_date": date(2023, 1, 31)},
    {"day_count": "30/360", "payment_frequency": "monthly"},
    {"day_count": "30/360", "payment_frequency": " Monthly "},
    {"repayment_type": "bullet"},
    {"repayment_type": "interest_free_instalments", "annual_rate": 0.0},
    {"contract_id": "合同-1"},
    {"pd_12m": 0.0, "pd_12m_at_origination": 1.0},
    {"rating": "of curves without ratings no matter"},
]


def checked(frame: pl.DataFrame, **options: Any):
    return check_loans(frame, instant=INSTANT, currency="CNY", segments=SEGMENTS, file="loans", **options)


@pytest.mark.parametrize(("column", "change"), BREAKS, ids=lambda part: str(part))
def test_a_broken_rule_is_named(column: str, change: dict[str, Any]) -> None:
    result = checked(loans({}, change, {}))
    assert rows_of(result) == [1, 3]
    assert [(row, name) for row, name, _ in broken(result)] == [(2, column)]
    reject = result.rejects.row(0, named=True)
    assert reject["contract_id"] == {**GOOD, "contract_id": "A2", **change}["contract_id"]
    assert reject["amount_minor"] == {**GOOD, **change}["outstanding_principal_minor"]
    assert column in reject["rule"]


@pytest.mark.parametrize("change", EDGES, ids=str)
def test_the_last_allowed_value_is_allowed(change: dict[str, Any]) -> None:
    result = checked(loans({}, change))
    assert broken(result) == []
    assert rows_of(result) == [1, 2]


def test_ratings_are_those_of_curves_by_rating() -> None:
    """Both must be given, and be known; the row that gives both is good."""
    rated = {"rating": "A", "rating_at_origination": "B"}
    result = check_frame(loans(rated, {**rated, "rating": "C"}, {**rated, "rating_at_origination": None}), LOANS, RATED)
    assert rows_of(result) == [1]
    assert [(row, name) for row, name, _ in broken(result)] == [(2, "rating"), (3, "rating_at_origination")]


def test_every_rule_has_a_row_that_breaks_it() -> None:
    days = tuple((segment, 62) for segment in SEGMENTS)
    circumstances = Circumstances(instant=INSTANT, currency="CNY", segments=SEGMENTS, default_days=days)
    dates = ("first_payment_date", "maturity_date", "exit_date", "default_date", "cured_date", "nonaccrual_date")
    stand_ins = [{name: date(9999, 12, 31)} for name in dates]
    frame = loans(*[change for _, change in BREAKS], {"maturity_date": date(2023, 1, 1)}, *stand_ins)
    unbroken = [
        rule.id
        for rule in LOANS.rules
        if (expression := rule.broken(circumstances)) is not None and not frame.select(expression.any()).item()
    ]
    assert unbroken == []


ANYTHING: Mapping[str, list[Any]] = {
    "text": ["consumer", "on_book", "prepaid", "level", "sold", " ", ""],
    "date": [date(1900, 1, 1), date(2022, 6, 30), INSTANT, date(2024, 6, 30)],
    "count": [-1, 0, 12, 1_000],
    "minor": [-1, 0, 120_000, LARGEST_MINOR + 1],
    "number": [NAN, -0.5, 0.5, INFINITE],
    "flag": [True, False],
}
"""Cells of each kind of column, good ones and bad ones."""


@pytest.mark.parametrize("schema", [tape.schema for kind in KINDS.values() for tape in kind.tapes], ids=lambda one: one.name)
def test_an_empty_cell_breaks_no_rule_but_those_of_giving_one(schema: Schema) -> None:
    drawn = random.Random(7)
    cells = {column.name: [drawn.choice([*ANYTHING[column.kind], None]) for _ in range(1_000)] for column in schema.columns}
    rows = pl.DataFrame(cells, schema={column.name: column.dtype for column in schema.columns})
    at = replace(RATED, opening=date(2022, 12, 31), closing=INSTANT, functions=("sales",), contracts=pl.Series(["A1"]))
    for rule in schema.rules:
        broken_where = rule.broken(at)
        assert broken_where is not None, f"{rule.id} is applied"
        empty = rows.with_columns(pl.lit(None, dtype=rows.schema[rule.column]).alias(rule.column))
        assert rule.of_giving or not empty.select(broken_where.any()).item(), rule.id


def test_every_broken_rule_of_every_row_is_named() -> None:
    result = checked(loans({"days_past_due": -1, "annual_rate": NAN}, {}, {"status": "sold", "currency": "USD"}))
    assert broken(result) == [
        (1, "annual_rate", "NaN"),
        (1, "days_past_due", "-1"),
        (3, "currency", "USD"),
        (3, "status", "sold"),
    ]
    assert result.totals() == ControlTotals(3, 30_000, 2, 20_000)


def test_what_a_rule_compares_with_is_shown() -> None:
    result = checked(loans({"maturity_date": date(2023, 1, 1)}))
    assert broken(result) == [
        (1, "maturity_date", "2023-01-01 (origination_date 2023-01-31)"),
        (1, "maturity_date", "2023-01-01 (first_payment_date 2023-02-28)"),
    ]
    late = checked(loans({"default_date": date(2024, 1, 1)})).rejects["rule"][0]
    assert late == "default_date is not after 2023-12-31"


def test_a_repeated_id_rejects_every_row_that_carries_it() -> None:
    result = checked(loans({}, {"contract_id": "X"}, {"contract_id": "X"}, {"contract_id": None}, {"contract_id": None}))
    assert rows_of(result) == [1]
    assert broken(result) == [(2, "contract_id", "X"), (3, "contract_id", "X"), (4, "contract_id", ""), (5, "contract_id", "")]
    assert result.totals() == ControlTotals(5, 50_000, 4, 40_000)


def test_good_and_rejected_rows_are_all_rows() -> None:
    changes = [change for _, change in BREAKS] + EDGES
    result = checked(loans(*changes))
    assert result.totals().rows == len(changes)
    assert result.totals().rejected_rows == len(BREAKS)
    assert sorted([*rows_of(result), *result.rejects["row"].unique().to_list()]) == list(range(1, len(changes) + 1))


def test_defaults_hold_for_an_absent_column_and_an_empty_cell() -> None:
    frame = loans({"service_fee_minor": None, "status": None, "watch_list": None}).drop("fees_received_minor", "exit_date")
    good = checked(frame).good.row(0, named=True)
    assert (good["service_fee_minor"], good["status"], good["watch_list"]) == (0, "on_book", False)
    assert (good["fees_received_minor"], good["exit_date"]) == (0, None)
    assert good.keys() == {"row", *LOANS.names}


def test_a_sum_beyond_64_bits_does_not_wrap() -> None:
    assert exact_sum(pl.Series([2**63 - 1] * 3 + [None, -1])) == 3 * (2**63 - 1) - 1
    assert exact_sum(pl.Series([-(2**63)] * 2)) == -(2**64)
    many = checked(loans(*[{"principal_minor": LARGEST_MINOR, "outstanding_principal_minor": LARGEST_MINOR}] * 1_100))
    assert many.totals().amount_minor == 1_100 * LARGEST_MINOR > 2**63


EVENT = {"contract_id": "A1", "event_date": date(2023, 6, 30), "kind": "recovery", "amount_minor": 5}

EVENT_BREAKS: list[tuple[str, dict[str, Any]]] = [
    *[(column.name, {column.name: None}) for column in EVENTS.columns],
    ("event_date", {"event_date": date(2022, 12, 31)}),
    ("event_date", {"event_date": date(2024, 1, 1)}),
    ("kind", {"kind": "sale"}),
    ("amount_minor", {"amount_minor": 0}),
    ("amount_minor", {"amount_minor": -5}),
    ("contract_id", {"contract_id": "B1"}),
]


@pytest.mark.parametrize(("column", "change"), EVENT_BREAKS, ids=lambda part: str(part))
def test_a_broken_event_is_named(column: str, change: dict[str, Any]) -> None:
    circumstances = Circumstances(opening=date(2022, 12, 31), closing=INSTANT, contracts=pl.Series(["A1", "A2"]))
    schema = {column.name: column.dtype for column in EVENTS.columns}
    rows = [EVENT, {**EVENT, **change}, {**EVENT, "kind": "modification", "amount_minor": 0, "event_date": INSTANT}]
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("row", offset=1)
    parsed = Parsed(frame.cast({"row": pl.Int64}), pl.DataFrame(schema=BAD_CELLS))
    result = check(parsed, EVENTS, circumstances, "events")
    assert rows_of(result) == [1, 3]
    assert [(row, name) for row, name, _ in broken(result)] == [(2, column)]


def test_broken_rows_in_different_row_groups_are_named(tmp_path: Path) -> None:
    frame = loans(*[{"contract_id": f"{n:02d}", "principal_minor": 50_000 + n} for n in range(12)])
    bad = pl.col("contract_id").is_in(["07", "11"])
    late = frame.with_columns(outstanding_principal_minor=pl.when(bad).then(100_100).otherwise(0))
    late.write_parquet(tmp_path / "loans.parquet", row_group_size=1)
    assert broken(read_loans(tmp_path / "loans.parquet")) == [
        (8, "outstanding_principal_minor", "100100 (principal_minor 50007)"),
        (12, "outstanding_principal_minor", "100100 (principal_minor 50011)"),
    ]


def test_a_rule_says_nothing_of_a_row_whose_other_column_is_wrong(tmp_path: Path) -> None:
    """What depends on a status, or on a date, is not asked where that one is unreadable or itself refused."""
    late = {"origination_date": date(2024, 1, 5), "first_payment_date": date(2024, 1, 1), "maturity_date": None}
    assert broken(checked(loans({"status": "sold"}, late, {"status": "prepaid"}))) == [
        (1, "status", "sold"),
        (2, "origination_date", "2024-01-05"),
        (3, "exit_date", "(status prepaid)"),
    ]
    unread = csv_text({"origination_date": "5/1/2023", "first_payment_date": date(2023, 1, 1), "maturity_date": None})
    assert broken(read_loans(write_csv(tmp_path, unread))) == [(1, "origination_date", "5/1/2023")]


def test_a_rule_across_two_good_columns_still_holds() -> None:
    """A column that only breaks a rule beside another one is no excuse: both rules are told."""
    wrong = {"first_payment_date": date(2023, 1, 31), "maturity_date": date(2023, 1, 30)}
    told = [column for _, column, _ in broken(checked(loans(wrong)))]
    assert told == ["first_payment_date", "maturity_date", "maturity_date"]


@pytest.mark.parametrize("order", ["by contract and day", "by day", "shuffled"])
@pytest.mark.parametrize("again", [False, True])
def test_of_rows_without_a_key_those_that_stand_again_are_rejected_in_any_order(order: str, again: bool) -> None:
    days = [date(2023, month, day) for month in (3, 1, 2) for day in (4, 4, 9)]
    rows = [(f"L{number % 4}", day, "recovery", 100 + number) for number, day in enumerate(days)]
    rows = (
        sorted(rows) if order == "by contract and day" else sorted(rows, key=lambda row: row[1]) if order == "by day" else rows
    )
    rows += [rows[2], rows[5]] if again else []
    frame = pl.DataFrame(rows, ["contract_id", "event_date", "kind", "amount_minor"], orient="row")
    parsed = Parsed(frame.with_row_index("row", 1).cast({"row": pl.Int64}), pl.DataFrame(schema=BAD_CELLS))
    checked = check(parsed, EVENTS, Circumstances(), "events.csv")
    named = checked.rejects.filter(pl.col("rule") == "a row stands once on the tape")["row"].to_list()
    assert named == ([10, 11] if again else [])
