"""A lender whose files are in its own writing closes to the figures of the same lender in ours, and can be explained."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gaapbridge.changes.between import changes_between
from gaapbridge.checking import check
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.starter import write_starter

Rewritten = Mapping[str, Callable[[str], str]]


def in_yuan(minor: str) -> str:
    """Minor units as a ledger prints them: 1,234.50 of 123450; nothing of nothing."""
    return f"¥{int(minor) / 100:,.2f}" if minor else ""


def rewritten(
    path: Path, cells: Rewritten, *, names: Mapping[str, str], title: str = "", total: str = "", encoding: str
) -> None:
    """A file of ours in another writing: its cells, its names, a line of title and one of totals."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding=encoding, newline="") as stream:
        stream.write(title)
        writer = csv.writer(stream, delimiter=";")
        writer.writerow([names.get(name, name) for name in rows[0]])
        writer.writerows([cells.get(name, str)(cell) for name, cell in row.items()] for row in rows)
        stream.write(total)


def day(iso: str) -> str:
    return iso.replace("-", "")


STATUS = {"on_book": "正常", "prepaid": "提前结清"}
LOANS: Rewritten = {
    "origination_date": day,
    "first_payment_date": day,
    "exit_date": day,
    "principal_minor": lambda minor: str(int(minor) / 1_000_000),
    "outstanding_principal_minor": in_yuan,
    "annual_rate": lambda rate: f"{float(rate) * 100:g}%",
    "status": STATUS.__getitem__,
}
READ_LOANS = """
[tapes.loans.read]
encoding = "GB18030"
delimiter = ";"
skip_rows = 1
total_rows = 1
dates = ["%Y%m%d"]
thousands = ","
units = { principal_minor = "ten_thousand", outstanding_principal_minor = "major" }
[tapes.loans.read.values.status]
"正常" = "on_book"
"提前结清" = "prepaid"
"""
READ_HAZARD = """
[curves.loans.read.hazard]
columns = { hazard = "PD" }
delimiter = ";"
decimal = ","
percent = ["hazard"]
"""
READ_AWARDS = """
[tapes.awards.read.values.function]
"管理" = "general_and_administrative"
"""
READ_LEDGER = """
[trial_balance.read]
delimiter = ";"
thousands = ","
units = { debit_minor = "major", credit_minor = "major" }
[trial_balance.columns]
account = "科目"
[trial_balance.accounts]
"1001*" = "1001"
"""


def per_cent(ratio: str) -> str:
    return f"{float(ratio) * 100:.10f}".replace(".", ",")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """The starter's lender, and the same in another writing."""
    folders = [tmp_path_factory.mktemp("written") / name for name in ("ours", "theirs")]
    for folder in folders:
        write_starter(folder)
    theirs = folders[1]
    for year in (2022, 2023):
        loans, ledger = theirs / f"tapes/loans-{year}-12-31.csv", theirs / f"ledger/trial-balance-{year}-12-31.csv"
        names = {"contract_id": "借据号", "status": "状态"}
        rewritten(loans, LOANS, names=names, title="贷款明细表\n", total="合计;2;3\n", encoding="GB18030")
        accounts = {
            "account": lambda code: "100101" if code == "1001" else code,
            "debit_minor": in_yuan,
            "credit_minor": in_yuan,
        }
        rewritten(ledger, accounts, names={"account": "科目"}, encoding="utf-8")
    ratios = {"hazard": per_cent, "performing": lambda ratio: ratio.replace(".", ",")}
    awards = theirs / "tapes/awards.csv"
    awards.write_text(awards.read_text(encoding="utf-8").replace("general_and_administrative", "管理"), encoding="utf-8")
    rewritten(theirs / "curves/loans-hazard.csv", ratios, names={"hazard": "PD"}, encoding="utf-8")
    plan = (theirs / "plan.toml").read_text(encoding="utf-8")
    mapped = plan.replace("columns = {}", 'columns = { contract_id = "借据号", status = "状态" }', 1)
    (theirs / "plan.toml").write_text(mapped + READ_LOANS + READ_AWARDS + READ_HAZARD + READ_LEDGER, encoding="utf-8")
    ours, other = (Run(close(folder / "plan.toml").folder) for folder in folders)
    return ours, other


def test_the_figures_are_the_same(closed: tuple[Run, Run]) -> None:
    ours, theirs = closed
    for kind in ours.kinds:
        assert theirs.measurements(kind).collect().equals(ours.measurements(kind).collect())
    assert theirs.listed.findings == ours.listed.findings == ()
    printed = [(run.folder / "statement.json").read_text(encoding="utf-8") for run in closed]
    assert printed[0] == printed[1]


def test_the_second_calculator_agrees(closed: tuple[Run, Run]) -> None:
    outcome = reperform(closed[1].folder)
    assert outcome.differences == ()
    assert sum(len(kind.contract_ids) for kind in outcome.kinds.values()) == 6, "three loans, two guarantees, one award"


def test_an_explanation_shows_what_stands_in_the_file(closed: tuple[Run, Run]) -> None:
    shown = "\n".join(str(table) for table in explain(closed[1], "loan/LOAN-2").tables if table.title.startswith("Input row"))
    for given in ("'annual_rate in the file', '12%'", "'status in the file', '正常'", "'principal_minor in the file', '12.0'"):
        assert given in shown
    assert "'function in the file', '管理'" in str(explain(closed[1], "award/AWARD-1").tables)


def test_what_was_read_otherwise_is_compared(closed: tuple[Run, Run]) -> None:
    """The files are others in place; the plan says how they are read, each table as one value."""
    keys = {change.key for change in changes_between(*closed).keys}
    assert {("tapes", "loans", "read"), ("trial_balance", "read"), ("curves", "loans", "read")} <= keys


def test_rows_left_out_are_said(closed: tuple[Run, Run]) -> None:
    checked = check(closed[1].folder.parents[3] / "plan.toml")
    assert checked.findings == () and checked.rejects.is_empty()
    (loans,) = [file for file in checked.files if file.source == "tapes.loans.closing"]
    assert (loans.rows, loans.left_out) == (3, 1)
    assert "1 row of totals left out" in checked.as_text()
    assert closed[1].manifest.rows_left_out == {"tapes.loans.opening": 1, "tapes.loans.closing": 1}
    assert "Rejected rows: 0. Rows of totals left out: 2." in closed[1].as_text()
    assert closed[0].manifest.rows_left_out is None
