"""The exports themselves: written as the systems write, and holding all of their truth."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from gaapbridge.tapes.from_xlsx import read_xlsx
from gaapbridge.tapes.layout import Layout
from tests.messy.american import loan_trial
from tests.messy.chinese import ledger_csv, ledger_sheet
from tests.messy.export import Export
from tests.messy.ledgers import american_ledger, chinese_ledger, chinese_ledger_sheet
from tests.messy.lender import CLOSING, OPENING, Lender, small_lender

LOAN: dict[str, Any] = {
    "contract_id": "L1",
    "segment": "app-b",
    "currency": "CNY",
    "origination_date": date(2023, 3, 16),
    "first_payment_date": date(2023, 4, 16),
    "maturity_date": date(2024, 3, 16),
    "principal_minor": 123_456,
    "annual_rate": 0.154,
    "term_instalments": 12,
    "repayment_type": "level",
    "instalment_minor": None,
    "service_fee_minor": 0,
    "fees_received_minor": 1_200_000,
    "costs_paid_minor": 12_345,
    "outstanding_principal_minor": 98_705,
    "billed_unpaid_interest_minor": 0,
    "interest_received_minor": 100,
    "days_past_due": 45,
    "status": "on_book",
    "exit_date": None,
    "default_date": None,
    "claim_at_default_minor": None,
    "cured_date": None,
    "nonaccrual_date": None,
    "watch_list": True,
    "forborne": False,
    "rating": "weak",
    "rating_at_origination": "fair",
}


def one_loan(**changes: Any) -> pl.DataFrame:
    days = {name: pl.Date for name in LOAN if name.endswith("_date")}
    minor = {name: pl.Int64 for name in LOAN if name.endswith("_minor")}
    return pl.DataFrame([{**LOAN, **changes}], schema_overrides={**days, **minor})


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return small_lender(tmp_path_factory.mktemp("lender"), loans=200)


def lines_of(export: Export) -> list[list[str]]:
    return list(csv.reader(export.path.read_text(encoding=export.encoding).splitlines()))


def test_a_loan_as_an_american_system_prints_it(tmp_path: Path) -> None:
    title, _, header, loan, total, *blank = lines_of(loan_trial(tmp_path, one_loan(), CLOSING))
    assert title == ["FIRST EXAMPLE BANK   LOAN TRIAL   AS OF 12/31/2023"]
    assert total[0] == "TOTAL 1 LOANS" and blank == [[], []]
    shown = dict(zip(header, loan, strict=True))
    assert shown["Loan #"] == "L1            "
    assert [shown[name] for name in ("Orig Dt", "First Pmt", "Mat Dt", "Exit Dt")] == [
        "03/16/2023",
        "04/16/2023",
        "03/16/2024",
        "",
    ]
    assert [shown[name] for name in ("Orig Bal", "Orig Fee", "Orig Cost", "P&I Pmt")] == [
        "$1,234.56",
        "$12,000.00",
        "($123.45)",
        "",
    ]
    assert [shown[name].strip() for name in ("Int Rate", "Stat", "DPD", "Watch", "TDR")] == [
        "15.40%",
        "30-59 DPD",
        "45",
        "Y",
        "N",
    ]
    assert dict(zip(header, total, strict=True))["Curr Bal"] == "$987.05"


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (0, "Current"),
        (1, "1-29 DPD"),
        (29, "1-29 DPD"),
        (30, "30-59 DPD"),
        (60, "60-89 DPD"),
        (89, "60-89 DPD"),
        (90, "90+ DPD"),
    ],
)
def test_the_status_of_an_american_loan_is_its_bucket(tmp_path: Path, days: int, shown: str) -> None:
    _, _, header, loan, *_ = lines_of(loan_trial(tmp_path, one_loan(days_past_due=days), CLOSING))
    assert loan[header.index("Stat")].strip() == shown


def test_the_severe_american_system_has_zeros_for_dates_and_a_comma_behind(tmp_path: Path) -> None:
    _, _, header, loan, *_ = lines_of(loan_trial(tmp_path, one_loan(), CLOSING, severe=True))
    assert (header[-1], loan[-1]) == ("", "")
    assert loan[header.index("Exit Dt")] == "00/00/0000"
    assert loan[header.index("Svc Fee")] == "$ -"


def test_a_loan_as_a_chinese_system_exports_it(tmp_path: Path) -> None:
    header, loan, total = lines_of(ledger_csv(tmp_path, "loans", one_loan(), CLOSING))
    shown = dict(zip(header, loan, strict=True))
    assert shown["借据号"] == "L1\t"
    assert [shown[name] for name in ("放款日期", "首期还款日", "到期日", "结清日期")] == [
        "20230316",
        "20230416",
        "20240316",
        "",
    ]
    assert [shown[name] for name in ("放款金额(元)", "放款手续费(元)", "贷款余额(元)")] == ["1234.56", "12000.00", "987.05"]
    assert [shown[name] for name in ("年利率(%)", "账户状态", "逾期天数", "还款方式")] == ["15.40", "逾期", "45", "等额本息"]
    assert [shown[name] for name in ("币种", "关注标志", "重组标志")] == ["人民币", "是", "否"]
    assert total[0] == "合计" and total[header.index("贷款余额(元)")] == "987.05"


def test_the_severe_chinese_system_shows_a_dash_and_separators(tmp_path: Path) -> None:
    header, loan, _ = lines_of(ledger_csv(tmp_path, "loans", one_loan(), CLOSING, severe=True))
    assert loan[header.index("结清日期")] == "-"
    assert loan[header.index("放款手续费(元)")] == "12,000.00"


def test_a_loan_in_a_report_of_a_chinese_lender(tmp_path: Path) -> None:
    export = ledger_sheet(tmp_path, "loans", one_loan(), CLOSING)
    sheet = openpyxl.load_workbook(export.path)["台账"]
    title, instant, groups, names, loan, total, by = sheet.iter_rows(values_only=True)
    assert title[0] == "贷款借据台账" and instant[0] == "截止日期：2023年12月31日    单位：万元"
    merged = {str(reference) for reference in sheet.merged_cells.ranges}
    width = openpyxl.utils.get_column_letter(len(names))
    assert {f"A1:{width}1", f"A2:{width}2", "A3:A4", "A6:C6"} <= merged
    assert (groups[0], names[0], loan[0]) == ("借据号", None, "L1")
    shown = dict(zip(names, loan, strict=True))
    assert [shown[name] for name in ("放款日期", "放款金额(万元)", "年利率(%)", "结清日期")] == [
        "2023年3月16日",
        0.123456,
        15.4,
        None,
    ]
    assert groups[names.index("放款金额(万元)")] == "金额" and export.columns["principal_minor"] == "金额 放款金额(万元)"
    assert (total[0], by[0]) == ("合计", "制表：财务部    复核：")


TAPES: dict[str, Callable[[Path, Lender, date], Export]] = {
    "American loans": lambda path, of, at: loan_trial(path, of.tapes["loans", at], at),
    "American loans, severe": lambda path, of, at: loan_trial(path, of.tapes["loans", at], at, severe=True),
    **{
        f"Chinese {kind}{', severe' if severe else ''}, {form}": lambda path, of, at, kind=kind, severe=severe, write=write: (
            write(path, kind, of.tapes[kind, at], at, severe=severe)
        )
        for kind in ("loans", "guarantees", "guarantee_fees")
        for form, write in (("CSV", ledger_csv), ("XLSX", ledger_sheet))
        for severe in (False, True)
    },
}


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("instant", [OPENING, CLOSING], ids=str)
@pytest.mark.parametrize("name", TAPES)
def test_an_export_holds_its_truth_cell_by_cell(lender: Lender, tmp_path: Path, name: str, instant: date) -> None:
    """Read here with nothing but what the export says of itself, column by column, without any rounding."""
    export = TAPES[name](tmp_path, lender, instant)
    truth = pl.read_parquet(export.truth)
    assert truth.height > 50 and set(export.columns) == set(truth.columns)
    header, rows = table_of(export)
    for ours, theirs in export.columns.items():
        place = header.index(theirs)
        read = [undone(row[place], ours, truth.schema[ours], export) for row in rows]
        assert read == truth[ours].to_list(), ours


def table_of(export: Export) -> tuple[list[str], list[Sequence[Any]]]:
    """The header, its rows joined with merged cells filled rightward, and the rows without totals."""
    grid: list[Sequence[Any]]
    if export.sheet:
        grid = list(openpyxl.load_workbook(export.path)[export.sheet].iter_rows(values_only=True))
    else:
        grid = [line for line in lines_of(export) if any(line)]
    top = grid[export.skip_rows : export.skip_rows + export.header_rows]
    header = [cell or "" for cell in top[0]]
    if export.header_rows == 2:
        for place, below in enumerate(top[1]):
            group = top[0][place] or header[place - 1].split(" ")[0]
            header[place] = f"{group} {below}" if below else group
    return header, grid[export.skip_rows + export.header_rows : len(grid) - export.total_rows]


def undone(cell: Any, ours: str, dtype: Any, export: Export) -> Any:
    """What a cell means, worked out of its characters."""
    shown = "" if cell is None else str(cell).strip()
    if shown in export.empty:
        return None
    if ours in export.words:
        shown = export.words[ours][shown]
        return shown == "true" if dtype == pl.Boolean else shown
    if dtype == pl.Date:
        numbers = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", shown) or re.fullmatch(r"(\d+)\D(\d+)\D(\d+)\D?", shown)
        assert numbers
        first, second, third = map(int, numbers.groups())
        return date(third, first, second) if "/" in shown else date(first, second, third)
    if dtype == pl.String:
        return shown
    if shown == "$ -":
        return 0
    number = Decimal(re.sub(r"[$,()%]", "", shown)) * (-1 if shown.startswith("(") else 1)
    if ours in export.percent:
        return float(number / 100)
    if ours.endswith("_minor"):
        minor = number * export.unit * 100 * (-1 if ours in export.negative else 1)
        assert minor == int(minor)
        return int(minor)
    return int(number)


@pytest.mark.parametrize("kind", ["loans", "guarantees", "guarantee_fees"])
def test_a_report_is_found_in_its_workbook(lender: Lender, tmp_path: Path, kind: str) -> None:
    """Under its two rows of header, every row and nothing but its rows."""
    export = ledger_sheet(tmp_path, kind, lender.tapes[kind, CLOSING], CLOSING)
    layout = Layout(export.skip_rows, export.header_rows, export.total_rows)
    raw = read_xlsx(export.path, export.path.name, kind, layout)
    assert set(export.columns.values()) <= set(raw.header)
    (read,) = raw.batches([export.columns["contract_id"]], None)
    assert read.to_series().to_list() == pl.read_parquet(export.truth)["contract_id"].to_list()
    assert raw.spoiled.is_empty()


LEDGERS = (american_ledger, chinese_ledger, chinese_ledger_sheet)


@pytest.mark.parametrize("write", LEDGERS)
def test_a_general_ledger_adds_up_to_ours(lender: Lender, tmp_path: Path, write: Callable[..., Export]) -> None:
    export = write(tmp_path, lender.ledger[CLOSING], CLOSING)
    truth = pl.read_parquet(export.truth)
    header, rows = table_of(export)
    number, name, debit, credit = (
        header.index(export.columns[ours]) for ours in ("account", "name", "debit_minor", "credit_minor")
    )
    accounts = [str(row[number]) for row in rows]
    assert len(set(accounts)) == len(accounts) > 1.5 * truth.height and {len(account) for account in accounts} == {10}
    assert all(row[name] for row in rows)
    found = dict.fromkeys(export.ranges, 0)
    sides: dict[str, set[bool]] = {}
    for row, account in zip(rows, accounts, strict=True):
        (ours,) = (one for one, (first, last) in export.ranges.items() if first <= account <= last)
        balance = (minor_of(row[debit]) or 0) - (minor_of(row[credit]) or 0)
        found[ours] += balance
        sides.setdefault(ours, set()).add(balance > 0)
    assert found == {row["account"]: row["debit_minor"] - row["credit_minor"] for row in truth.iter_rows(named=True)}
    assert any(len(both) == 2 for both in sides.values())
    assert sum(found.values()) == 0


def minor_of(cell: Any) -> int | None:
    return None if cell in ("", None) else int(Decimal(str(cell).replace(",", "")) * 100)


def test_totals_of_a_general_ledger_are_those_of_its_rows(lender: Lender, tmp_path: Path) -> None:
    *rows, total = lines_of(chinese_ledger(tmp_path, lender.ledger[OPENING], OPENING))[1:]
    assert total[0] == "合计"
    for side in (2, 3):
        assert minor_of(total[side]) == sum(minor_of(row[side]) or 0 for row in rows)


def bytes_of(folder: Path, lender: Lender) -> Iterator[bytes]:
    folder.mkdir()
    yield loan_trial(folder, lender.tapes["loans", CLOSING], CLOSING).path.read_bytes()
    yield american_ledger(folder, lender.ledger[CLOSING], CLOSING).path.read_bytes()


def test_the_same_seed_writes_the_same_files(lender: Lender, tmp_path: Path) -> None:
    assert list(bytes_of(tmp_path / "one", lender)) == list(bytes_of(tmp_path / "two", lender))
