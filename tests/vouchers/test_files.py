"""Every layout, read by another program: vouchers balance, accounts come to what the run posted, captions are the ledger's."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import gaapbridge
from gaapbridge.cli import app
from gaapbridge.vouchers.layout import packaged
from tests.vouchers.lender import ANSWERS, LEDGERS, posted, sums, table, vouchers

BOTH = pytest.mark.parametrize("book", ["movements", "balances"])
EACH = pytest.mark.parametrize("ledger", ANSWERS)


def test_every_packaged_layout_is_tried() -> None:
    """Each file of the folder, and the help of the command names each."""
    assert packaged() == LEDGERS == [*ANSWERS] and {"generic", "sap", "kingdee-k3", "xero"} <= {*LEDGERS}
    shown = CliRunner().invoke(app, ["export", "--help"], env={"COLUMNS": "200"}).stdout
    assert all(re.search(rf"\b{ledger}\b", shown) for ledger in LEDGERS)


def test_a_manual_journal_of_xero(years: tuple[Path, Path], tmp_path: Path) -> None:
    """Credits are negative in one column, days as 31/12/2023, and lines of a journal have its number for narration."""
    rows = table(file_of(years[1], "xero", "movements", tmp_path / "out"))
    assert rows[0] == [
        "*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount",
        "TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2",
    ]  # fmt: skip
    assert {row[1] for row in rows[1:]} == {"31/12/2023"} and {row[4] for row in rows[1:]} == {"Tax Exempt"}
    assert all(len(row[0]) == 16 and re.fullmatch(r"-?\d+\.\d\d", row[5]) for row in rows[1:])
    assert any(row[5].startswith("-") for row in rows[1:])


def file_of(run: Path, ledger: str, book: str, to: Path, form: str | None = None) -> Path:
    """The file that an export writes."""
    done = gaapbridge.export(run, ledger, book=book, answers=ANSWERS[ledger], form=form, to=to)
    (name,) = done.files
    return to / name


@pytest.mark.campaign(but=5)
@EACH
@BOTH
@pytest.mark.parametrize("form", [None, "csv"])
def test_vouchers_balance_and_accounts_come_to_the_journals(
    years: tuple[Path, Path], tmp_path: Path, ledger: str, book: str, form: str | None
) -> None:
    run = years[1]
    read = vouchers(ledger, file_of(run, ledger, book, tmp_path / "out", form))
    assert len(read) == len({one.number for one in read}) > 6
    for one in read:
        assert len(one.lines) > 1 and sum(amount for _, amount in one.lines) == 0
    first = [line for one in read if one.posted == "2023-01-01" for line in one.lines]
    last = [line for one in read if one.posted == "2023-12-31" for line in one.lines]
    if book == "movements":
        assert sums(first) == {} and sums(last) == posted(run, "movement", "tax")
    else:
        assert sums(last) == posted(run)
        assert sums(first) == {account: -amount for account, amount in posted(run, "brought_forward").items()}
    assert len(first) + len(last) == sum(len(one.lines) for one in read)


@BOTH
def test_parquet_holds_the_same_as_csv(years: tuple[Path, Path], tmp_path: Path, book: str) -> None:
    written = table(file_of(years[1], "generic", book, tmp_path / "csv"), "utf-8-sig")
    typed = table(file_of(years[1], "generic", book, tmp_path / "parquet", "parquet"))
    assert [[str(cell) for cell in row] for row in typed] == written


def test_captions_of_generic_kingdee_and_netsuite(years: tuple[Path, Path], tmp_path: Path) -> None:
    stated = {
        "generic": "document,reference,entity,ledger,posting date,document date,currency,prepared by,run,kind,line,account,"
        "account name,debit,credit,note,segment,text",
        "kingdee": "日期,会计期间,凭证字,凭证号,附件数,制单人,分录号,摘要,科目代码,科目名称,币别,汇率,原币金额,"
        "借方金额,贷方金额,核算项目",
        "netsuite": "External ID,Date,Posting Period,Subsidiary,Currency,Exchange Rate,Accounting Book,Memo,Account,Debit,"
        "Credit,Line Memo,Department,Class,Location",
    }
    for ledger, captions in stated.items():
        encoding = "utf-8-sig" if ledger == "generic" else "utf-8"
        assert table(file_of(years[1], ledger, "movements", tmp_path / ledger), encoding)[0] == captions.split(",")


def test_a_journal_entry_of_sap(years: tuple[Path, Path], tmp_path: Path) -> None:
    """Technical names above captions, as the template has them; days as it takes them; the run in the header."""
    rows = table(file_of(years[1], "sap", "balances", tmp_path / "out"))
    start = next(place for place, row in enumerate(rows) if row[0] == 1)
    names = ["BUKRS", "BLART", "BLDAT", "BUDAT", "MONAT", "BKTXT", "WAERS", "LDGRP", "XBLNR", "STGRD", "STODT"]
    run = gaapbridge.Run(years[1]).manifest.content_sha256[:12]
    assert rows[start + 1][1:12] == names
    assert rows[start + 3][1:8] == ["1000", "SA", "20221231", "20230101", 1, f"{run} ecl reversal", "CNY"]
    assert rows[start + 3][8:12] == ["2L", rows[start + 3][9], "", ""]


def test_oracle_has_every_column_of_its_template_and_no_captions(years: tuple[Path, Path], tmp_path: Path) -> None:
    path = file_of(years[1], "oracle", "movements", tmp_path / "out")
    assert path.name == "GlInterface.csv"
    for row in table(path):
        assert len(row) == 95 and row[:2] == ["NEW", "300000001"] and row[2] == "2023/12/31" and row[94] == "Dec-23"
        assert row[8] == "101" and row[66] == "20231231" and len(row[45]) == 16


def test_kingdee_opens_as_it_is_read_there(years: tuple[Path, Path], tmp_path: Path) -> None:
    """Amounts are numbers with two decimals, 摘要 begins with the note in Chinese, 凭证号 is a whole number."""
    rows = table(file_of(years[1], "kingdee", "movements", tmp_path / "out"))
    for row in rows[1:]:
        cells = dict(zip(rows[0], row, strict=True))
        assert isinstance(cells["凭证号"], int) and cells["凭证号"] < 2**31
        assert isinstance(cells["原币金额"], int | float) and cells["原币金额"] == (cells["借方金额"] or cells["贷方金额"])
        assert cells["核算项目"] != "all"
        assert re.match("预期信用损失|实际利率|股份支付|财务担保", cells["摘要"])


def test_a_reversal_says_so_where_no_column_does(years: tuple[Path, Path], tmp_path: Path) -> None:
    read = vouchers("kingdee", file_of(years[1], "kingdee", "balances", tmp_path / "out"))
    said = {one.posted: [text.partition(": ")[2] for text in one.texts] for one in read}
    assert all(text.startswith("冲回期初差异: ") for text in said["2023-01-01"])
    assert not any("冲回" in text for text in said["2023-12-31"])


def test_every_voucher_leads_back_to_the_run(years: tuple[Path, Path], tmp_path: Path) -> None:
    """The hash in a voucher is that of what sha256sum lists of the run's files, as the page says."""
    run = years[1]
    files = sorted(str(path.relative_to(run)) for path in run.rglob("*") if path.is_file() and path.stem != "manifest")
    listed = subprocess.run(["sha256sum", *files], cwd=run, capture_output=True, check=True).stdout
    content = hashlib.sha256(listed).hexdigest()
    rows = table(file_of(run, "generic", "balances", tmp_path / "out"), "utf-8-sig")
    stated = json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))
    assert stated["run"]["content_sha256"] == content
    assert {row[rows[0].index("run")] for row in rows[1:]} == {f"v1 {content[:12]}"}
    assert (
        stated["files_sha256"]["vouchers.csv"] == hashlib.sha256((tmp_path / "out" / "vouchers.csv").read_bytes()).hexdigest()
    )
    read = vouchers("generic", tmp_path / "out" / "vouchers.csv")
    written = [
        (voucher["number"], voucher["posting_date"], voucher["lines"], voucher["debit"]) for voucher in stated["vouchers"]
    ]
    debits = [sum(max(amount, 0) for _, amount in one.lines) for one in read]
    found = [(one.number[0], one.posted, len(one.lines)) for one in read]
    assert written == [(*one, f"{debit / 100:.2f}") for one, debit in zip(found, debits, strict=True)]


@EACH
def test_the_same_bytes_whenever_it_is_written(years: tuple[Path, Path], tmp_path: Path, ledger: str) -> None:
    paths = [file_of(years[1], ledger, "movements", tmp_path / name) for name in ("one", "two")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    if paths[0].suffix == ".xlsx":
        said = openpyxl.load_workbook(paths[0]).properties
        assert said.created.year == said.modified.year == 1980, "a workbook says no time of its making"
    told = [(path.parent / "export.json").read_text(encoding="utf-8") for path in paths]
    assert told[0] == told[1] and str(tmp_path) not in told[0]
