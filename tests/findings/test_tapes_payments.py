"""The payments tape: every rule has a row that breaks it, every form of file reads alike, and a bad row is named in `check`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.checking import check as check_plan
from gaapbridge.contracts.loans.payments import PAYMENTS
from gaapbridge.starter import write_starter
from gaapbridge.tapes.checks import check
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import LARGEST_MINOR, Circumstances
from tests.findings.tapes_made import broken, check_frame, rows_for, rows_of, write_formats

PERIOD = Circumstances(opening=date(2022, 12, 31), closing=date(2023, 12, 31), contracts=pl.Series(["A1", "A2"]))

BREAKS: list[tuple[str, dict[str, Any]]] = [
    *[(name, {name: None}) for name in ("contract_id", "date", "principal_minor")],
    ("date", {"date": date(2022, 12, 31)}),
    ("date", {"date": date(2024, 1, 1)}),
    ("principal_minor", {"principal_minor": -1}),
    ("interest_minor", {"interest_minor": LARGEST_MINOR + 1}),
    ("fees_minor", {"fees_minor": -1}),
    ("service_fees_minor", {"service_fees_minor": -1}),
    ("service_fees_minor", {"fees_minor": 7, "service_fees_minor": 8}),
    ("principal_minor", {"principal_minor": 0, "interest_minor": 0}),
    ("contract_id", {"contract_id": "B1"}),
]


@pytest.mark.parametrize(("column", "change"), BREAKS, ids=str)
def test_a_broken_payment_is_named(column: str, change: dict[str, Any]) -> None:
    last_day = {"date": date(2023, 12, 31), "principal_minor": 0, "interest_minor": 0, "fees_minor": 1}
    found = check_frame(rows_for(PAYMENTS, {}, change, last_day, {"contract_id": "A2"}), PAYMENTS, PERIOD)
    assert rows_of(found) == [1, 3, 4]
    assert [(row, name) for row, name, _ in broken(found)] == [(2, column)]


def test_every_rule_has_a_row_that_breaks_it() -> None:
    rows = rows_for(PAYMENTS, *[change for _, change in BREAKS])
    told = set(check_frame(rows, PAYMENTS, PERIOD).rejects["rule"])
    words = {"opening": "2022-12-31", "closing": "2023-12-31"}
    assert {rule.sentence.format(**words) for rule in PAYMENTS.rules} <= told


def test_several_payments_of_a_day_and_an_empty_tape_are_no_fault() -> None:
    assert broken(check_frame(rows_for(PAYMENTS, {}, {"fees_minor": 1}), PAYMENTS, PERIOD)) == []
    assert broken(check_frame(rows_for(PAYMENTS), PAYMENTS, PERIOD)) == []


def test_a_payment_stands_once() -> None:
    """Of three rows that are the same the first counts: 40,000 of principal, not 120,000."""
    found = check_frame(rows_for(PAYMENTS, {}, {"contract_id": "A2"}, {}, {}), PAYMENTS, PERIOD)
    assert rows_of(found) == [1, 2]
    amounts = "(principal_minor 40000) (interest_minor 600) (fees_minor 0) (service_fees_minor 0)"
    value = f"A1 (date 2023-06-30) {amounts} (payment_id N1)"
    assert broken(found) == [(3, "contract_id", value), (4, "contract_id", value)]
    assert found.totals().rejected_amount_minor == 80_000


def test_two_equal_payments_of_a_day_are_told_apart_by_their_numbers() -> None:
    """Two instalments of 40,000 on one day are both received; the second of them exported twice is still found."""
    rows = rows_for(PAYMENTS, {"payment_id": "N1"}, {"payment_id": "N2"}, {"payment_id": "N2"}, {"payment_id": None})
    found = check_frame(rows, PAYMENTS, PERIOD)
    assert rows_of(found) == [1, 2, 4] and found.totals().amount_minor == 160_000
    (reject,) = found.rejects.iter_rows(named=True)
    assert reject["row"] == 3 and reject["remedy"].partition("payment_id")[0].endswith("or give each its number in ")


def test_equal_payments_without_a_number_count_where_the_plan_says_so() -> None:
    """Three of 40,000 are received; of two that have one number the second is still recorded twice."""
    rows = rows_for(PAYMENTS, *[{"payment_id": None}] * 3, {"payment_id": "N1"}, {"payment_id": "N1"})
    found = check_frame(rows, PAYMENTS, replace(PERIOD, counts_same=True))
    assert rows_of(found) == [1, 2, 3, 4] and [row for row, _, _ in broken(found)] == [5]
    assert rows_of(check_frame(rows, PAYMENTS, PERIOD)) == [1, 4]


def test_every_form_of_file_reads_alike(tmp_path: Path) -> None:
    given = rows_for(PAYMENTS, {}, {"contract_id": "A2", "fees_minor": 7})
    for path in write_formats(tmp_path, given, "payments"):
        source = open_tape(path, PAYMENTS, file=path.name)
        found = check(source.whole(), PAYMENTS, PERIOD, source.file)
        assert found.good.drop("row").equals(given), path.suffix
        assert found.totals().amount_minor == 80_000


def test_an_amount_that_is_blank_in_every_row_is_as_one_left_out(tmp_path: Path) -> None:
    """Nil is stated as 0, and one row that states something is enough."""
    amounts = pl.col("interest_minor", "fees_minor", "service_fees_minor")
    given = rows_for(PAYMENTS, {}, {"contract_id": "A2"}).with_columns(amounts * None)
    told = given.with_columns(pl.Series("service_fees_minor", [None, 0], pl.Int64))
    for path in write_formats(tmp_path, given, "payments"):
        source = open_tape(path, PAYMENTS, file=path.name)
        assert set(source.lacking) >= {"interest_minor", "fees_minor", "service_fees_minor"}, path.suffix
        assert source.whole().frame["principal_minor"].to_list() == [40_000] * 2
    for path in write_formats(tmp_path, told, "payments"):
        assert "service_fees_minor" not in open_tape(path, PAYMENTS, file=path.name).lacking, path.suffix
    for path in write_formats(tmp_path, given.clear(), "payments"):
        assert "fees_minor" not in open_tape(path, PAYMENTS, file=path.name).lacking, "a tape of no payments says that"


def test_a_bad_payment_is_named_before_anything_is_measured(tmp_path: Path) -> None:
    plan = write_starter(tmp_path).plan
    tape = tmp_path / "tapes" / "loan-payments-2023.csv"
    assert check_plan(plan).exit_code == 0
    tape.write_text(tape.read_text().replace("LOAN-1,2023-01-15", "LOAN-1,2024-01-15"))
    found = check_plan(plan)
    assert found.exit_code == 2
    assert found.rejects.select("file", "row", "column", "amount_minor").rows() == [
        ("tapes/loan-payments-2023.csv", 1, "date", 1_000_000)
    ]
