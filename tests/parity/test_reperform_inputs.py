"""The independent calculator's own readers: tapes, curves and plan, and what they refuse."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.loan import Loan, Payment
from gaapbridge.reperform.tapes import Tape, column_values, read_contracts, read_events, read_payments, read_rows
from gaapbridge.reperform.workbook import Sheet
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Column, Schema
from gaapbridge.terms.errors import UnusableInput
from tests.parity.reperform_facts import curve_rows, in_two_versions, loan, plan

ROW: dict[str, Any] = {
    "loan_no": "A-1",
    "segment": "s",
    "currency": "CNY",
    "origination_date": "2023-04-01",
    "first_payment_date": "2023-05-01",
    "principal_minor": "1000.00",
    "annual_rate": "0.12",
    "term_instalments": "12",
    "repayment_type": "level",
    "outstanding_principal_minor": "812.5",
    "instalment_minor": "",
    "watch_list": "TRUE",
    "forborne": "no",
    "region": "north",
}
EXPECTED = loan(contract_id="A-1", outstanding_principal_minor=81_250, watch_list=True)


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def write_xlsx(path: Path, rows: list[dict[str, Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(path)
    return path


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    parquet.write_table(arrow.Table.from_pylist(rows), path)
    return path


def read_one(path: Path) -> Loan:
    return read_contracts(Tape(path, {"contract_id": "loan_no"}, "major"), 2, {"A-1"})["A-1"]


def test_a_tape_reads_the_same_from_every_format(tmp_path: Path) -> None:
    other = {**ROW, "loan_no": "B-2"}
    assert read_one(write_csv(tmp_path / "a.csv", [ROW, other])) == EXPECTED
    assert read_one(write_parquet(tmp_path / "a.parquet", [ROW, other])) == EXPECTED
    typed = {
        **ROW,
        "origination_date": datetime(2023, 4, 1),
        "first_payment_date": datetime(2023, 5, 1),
        "principal_minor": 1000,
        "outstanding_principal_minor": 812.5,
        "annual_rate": 0.12,
        "watch_list": True,
        "instalment_minor": None,
    }
    assert read_one(write_xlsx(tmp_path / "a.xlsx", [typed])) == EXPECTED
    assert list(column_values(tmp_path / "a.csv", "loan_no")) == ["A-1", "B-2"]
    assert list(column_values(tmp_path / "a.parquet", "loan_no")) == ["A-1", "B-2"]


def test_interest_received_is_known_where_the_tape_has_the_column(tmp_path: Path) -> None:
    """Blank it is nil; without the column nothing is known of it. In files of every format, under their own names."""
    writers = {".csv": write_csv, ".parquet": write_parquet, ".xlsx": write_xlsx}
    for ending, write in writers.items():
        for text, expected in (("12.5", 1_250), ("", 0)):
            path = write(tmp_path / f"with{expected}{ending}", [{**ROW, "paid to date": text}])
            tape = Tape(path, {"contract_id": "loan_no", "interest_received_minor": "paid to date"}, "major")
            assert tape.states("interest_received_minor") and not tape.states("service_fee_minor")
            assert read_contracts(tape, 2)["A-1"].interest_received_minor == expected
        assert read_one(write(tmp_path / f"without{ending}", [ROW])).interest_received_minor is None
    with pytest.raises(UnusableInput, match="unreadable"):
        Tape(tmp_path / "gone.csv", {}, "minor").states("interest_received_minor")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("principal_minor", "10.001"),
        ("principal_minor", "much"),
        ("origination_date", "2023-02-30"),
        ("watch_list", "perhaps"),
        ("repayment_type", "rent"),
        ("term_instalments", "0"),
        ("segment", ""),
    ],
)
def test_a_row_that_makes_no_contract_is_left_out(tmp_path: Path, column: str, value: str) -> None:
    path = write_csv(tmp_path / "a.csv", [{**ROW, column: value}])
    assert read_contracts(Tape(path, {"contract_id": "loan_no"}, "major"), 2) == {}


def test_events_by_contract(tmp_path: Path) -> None:
    rows = [
        {"contract_id": "A", "event_date": "2023-05-01", "kind": "recovery", "amount_minor": amount}
        for amount in ("12.30", "x", "0.70")
    ]
    found = read_events(Tape(write_csv(tmp_path / "e.csv", rows), {}, "major"), 2)
    assert [event.amount_minor for event in found["A"]] == [1230, 70]


def test_an_unreadable_tape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    for name in ("a.parquet", "missing.csv", "a.doc"):
        with pytest.raises(UnusableInput):
            list(read_rows(tmp_path / name))


@pytest.mark.parametrize(
    ("table", "changed", "rule"),
    [
        (0, {"single_monthly_mortality": "1.5"}, "between 0 and 1"),
        (0, {"month_on_book": "2"}, "without a gap"),
        (0, {"segment": ""}, "complete"),
        (1, {"hazard": "high"}, "dates and numbers"),
        (1, {"month_on_book": "6"}, "one table for all ages"),
        (2, {"months_since_default": "1"}, "one row per key"),
    ],
)
def test_a_curve_with_a_fault_is_refused(table: int, changed: dict[str, str], rule: str) -> None:
    tables = curve_rows()
    tables[table][0] |= changed
    with pytest.raises(UnusableInput, match=rule):
        Assumptions.from_rows(*tables[:3], recovery=tables[3])


def test_a_segment_without_curves_is_refused() -> None:
    with pytest.raises(UnusableInput, match="every segment"):
        Assumptions.from_rows(*curve_rows()[:3]).single_monthly_mortality(date(2023, 1, 1), "t")
    with pytest.raises(UnusableInput, match="has rows"):
        Assumptions.from_rows([], *curve_rows()[1:3])


def test_the_version_in_force() -> None:
    curves = in_two_versions(curve_rows(hazard="0.01"), curve_rows(hazard="0.02", valid_from="2023-06-30"))
    days = (date(2001, 1, 1), date(2023, 6, 29), date(2023, 6, 30), date(2030, 1, 1))
    found = [curves.default_curves(day, "base", "s", "current", None).hazard.at(400) for day in days]
    assert found == [Decimal("0.01"), Decimal("0.01"), Decimal("0.02"), Decimal("0.02")]


def test_without_a_recovery_curve_nothing_is_expected() -> None:
    curves = Assumptions.from_rows(*curve_rows()[:3])
    assert curves.remaining_recovery_ratio(date(2023, 1, 1), "s").at(0) == 0
    assert in_two_versions(curve_rows(), curve_rows(valid_from="2021-01-01")).remaining_recovery_ratio(
        date(2023, 1, 1), "s"
    ).at(3) == Decimal(0)


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (("elections", "expected_credit_loss", "us_method"), "guess", "not a choice"),
        (("elections", "expected_credit_loss", "ifrs_scenarios"), [{"valid_from": date(2020, 1, 1)}], "weights"),
        (("elections", "effective_interest"), 3, "table"),
        (("period", "opening"), "soon", "date"),
        (("entity",), {}, "every election"),
    ],
)
def test_a_plan_with_a_fault_is_refused(path: tuple[str, ...], value: object, rule: str) -> None:
    stated = plan()
    table = stated
    for name in path[:-1]:
        table = table[name]
    table[path[-1]] = value
    with pytest.raises(UnusableInput, match=rule):
        Elections.from_plan(stated)


def test_a_plan_without_vat_has_none() -> None:
    stated = plan()
    del stated["vat"]
    assert Elections.from_plan(stated).vat_rate == 0


def workbook(path: Path, sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    book.save(path)
    return path


LOAN_IDS = Schema(
    "loans",
    "Loan tape",
    "Ids and amounts.",
    (Column("contract_id", "text", "id"), Column("principal_minor", "minor", "lent")),
    (),
)
LOANS = [[], ["contract_id", "principal_minor"], ["A-1", 5]]
OTHER = [["contract_id", "principal_minor"], ["A-1", 7]]


@pytest.mark.parametrize(
    ("sheets", "hidden"),
    [({"notes": OTHER, "loans": LOANS}, ()), ({"old": OTHER, "June": LOANS}, ("old",)), ({"June": LOANS}, ())],
    ids=["called like the tape", "the only visible one", "the only one"],
)
def test_the_sheet_is_the_one_that_was_measured(
    sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...], tmp_path: Path
) -> None:
    """As the measured run chooses it: by its name, whatever stands before it; a blank row above its header is none."""
    file = workbook(tmp_path / "a.xlsx", sheets, hidden)
    assert list(Sheet(file, "loans").rows()) == [{"contract_id": "A-1", "principal_minor": 5}]
    whole = open_tape(file, LOAN_IDS).whole()
    assert whole.frame["principal_minor"].to_list() == [5]


def test_a_workbook_of_several_sheets_and_none_of_the_name_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", {"May": OTHER, "June": LOANS})
    with pytest.raises(UnusableInput, match="one visible sheet, or one called loans"):
        list(Sheet(file, "loans").rows())
    with pytest.raises(UnusableInput, match="one named loans"):
        open_tape(file, LOAN_IDS)


@pytest.mark.parametrize(("counts_same", "received"), [(False, 1_500), (True, 2_500)])
def test_equal_payments_count_where_the_plan_says_so(tmp_path: Path, counts_same: bool, received: int) -> None:
    """Two equal payments of 10.00 without a number, and one of 5.00 whose number stands twice: that one counts once."""
    row = {"contract_id": "A-1", "date": "2023-05-01", "principal_minor": "10", "interest_minor": "1", "payment_id": ""}
    numbered = {**row, "principal_minor": "5", "payment_id": "P1"}
    tape = Tape(write_csv(tmp_path / "payments.csv", [row, numbered, row, numbered]), {}, "major")
    found = read_payments(tape, 2, date(2022, 12, 31), date(2023, 12, 31), counts_same=counts_same)["A-1"]
    assert sum(payment.principal_minor for payment in found) == received
    assert [payment for payment in found if payment.payment_id] == [Payment("A-1", date(2023, 5, 1), 500, 100, 0, 0, "P1")]
