"""What a plan says of reading is held to its form: keys that are none, words, files and accounts that do not exist."""

from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.reading import ReadTable
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_starter(tmp_path_factory.mktemp("stated") / "lender").plan.read_text(encoding="utf-8")


def read(folder: Path, text: str) -> Plan:
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path, DECLARED)


def test_a_file_a_pattern_and_a_list(stated: str, tmp_path: Path) -> None:
    closing = 'closing = "tapes/loans-2023-12-31.csv"'
    for files, expected in (
        ('"tapes/*.csv"', "tapes/*.csv"),
        ('["a.csv", "b.csv"]', ["a.csv", "b.csv"]),
        ('["a.csv"]', "a.csv"),
    ):
        tape = read(tmp_path, stated.replace(closing, f"closing = {files}")).tapes.at_both("loans")
        assert tape is not None and tape.closing == expected


READ = "tapes.loans.read"
REFUSED: dict[str, tuple[str, str, str]] = {
    "a key that is none": ("[tapes.loans.read]\ndate = []", f"{READ}.date", "did you mean dates"),
    "a key that is none, of curves": ("[curves.loans.read.hazard]\ncolumn = {}", "curves.loans.read.hazard.column", "columns"),
    "a table that is none": ("[curves.loans.read.hasard]", "curves.loans.read.hasard", "did you mean hazard"),
    "an encoding that is none": ('[tapes.loans.read]\nencoding = "GBK"', f"{READ}.encoding", "GB18030"),
    "a unit that is none": (
        '[tapes.loans.read.units]\nprincipal_minor = "thousands"',
        f"{READ}.units.principal_minor",
        "did you mean thousand",
    ),
    "a constant that is none": ("[tapes.loans.read.constant]\ncurrency = []", f"{READ}.constant.currency", "text in quotes"),
    "totals by a number": (
        "[tapes.loans.read.total_where]\ncontract_id = [1303]",
        f"{READ}.total_where.contract_id",
        'write "合计" or ["合计", "1303"]',
    ),
    "totals by nothing": (
        "[tapes.loans.read.total_where]\ncontract_id = []",
        f"{READ}.total_where.contract_id",
        "a text or a list of texts",
    ),
    "days either way": (
        '[tapes.loans.read]\ndates = ["%d/%m/%Y", "%m/%d/%Y"]',
        f"{READ}.dates",
        "state the one the file is written in",
    ),
    "years and days of two digits": (
        '[tapes.loans.read]\ndates = ["%d/%m/%y", "%y/%m/%d"]',
        f"{READ}.dates",
        "read the same cell as two different days",
    ),
    "what looks as ISO 8601 does": (
        '[tapes.loans.read]\ndates = ["%Y-%d-%m"]',
        f"{READ}.dates",
        "read the same cell as two different days",
    ),
    "what looks as ISO 8601 does at midnight": (
        '[tapes.loans.read]\ndates = ["%Y-%d-%m %H:%M:%S"]',
        f"{READ}.dates",
        "%Y-%m-%d and %Y-%d-%m %H:%M:%S read the same cell as two different days",
    ),
    "days either way beside a time of day": (
        '[tapes.loans.read]\ndates = ["%d/%m/%Y", "%m/%d/%Y %H:%M:%S"]',
        f"{READ}.dates",
        "read the same cell as two different days",
    ),
    "days either way behind a time of day": (
        '[tapes.loans.read]\ndates = ["%H:%M %d/%m/%Y", "%m/%d/%Y"]',
        f"{READ}.dates",
        "read the same cell as two different days",
    ),
    "days of six digits that a workbook counts": (
        '[tapes.loans.read]\ndates = ["excel", "%y%m%d"]',
        f"{READ}.dates",
        "excel and %y%m%d read the same cell as two different days",
    ),
    "days of six digits, then counted": (
        '[tapes.loans.read]\ndates = ["%d%m%y", "excel"]',
        f"{READ}.dates",
        "read the same cell as two different days",
    ),
    "days of eight digits in two orders": (
        '[tapes.loans.read]\ndates = ["%d%m%Y", "%Y%m%d"]',
        f"{READ}.dates",
        "read the same cell as two different days",
    ),
    "a time of day that may be a part of the day": (
        '[tapes.loans.read]\ndates = ["%y%m%d%H", "%Y%m%d"]',
        f"{READ}.dates",
        "read the same cell as two different days",
    ),
    "months by their names, long or short": (
        '[tapes.loans.read]\ndates = ["%b %d %y", "%B %y %d"]',
        f"{READ}.dates",
        "read the same cell as two different days",
    ),
    "a format twice": ('[tapes.loans.read]\ndates = ["%d/%m/%Y", "%d/%m/%Y"]', f"{READ}.dates", "is stated once"),
    "a format that is none": ('[tapes.loans.read]\ndates = ["DD/MM/YYYY"]', f"{READ}.dates", 'as in "%d/%m/%Y"'),
    "a range of accounts from its end": (
        '[trial_balance.accounts]\n"4999-4000" = "1001"',
        "trial_balance.accounts.4999-4000",
        'a range of accounts begins with the lower one; write "4000-4999"',
    ),
    "an account that is none": (
        '[trial_balance.accounts]\n"12*" = "9999"',
        "trial_balance.accounts.12*",
        "add it to [accounts]",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_reading_is_refused(name: str, stated: str, tmp_path: Path) -> None:
    lines, key, said = REFUSED[name]
    with pytest.raises(UnusableInput) as caught:
        read(tmp_path, f"{stated}\n{lines}\n")
    assert caught.value.key == key
    assert said in f"{caught.value.rule}; {caught.value.remedy}"


TOGETHER = [
    ["%Y-%m-%d"],
    ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"],
    ["%d/%m/%Y", "%d/%m/%Y %H:%M:%S", "%H:%M %d/%m/%Y"],
    ["%Y年%m月%d日", "%Y年%m月%d日 %H时%M分"],
    ["excel", "%Y%m%d"],
    ["%d %b %Y", "%d %B %Y"],
    ["%m/%d/%Y", "%d.%m.%Y"],
]
"""Formats of which no cell is two days: one order of day and month, beside a time of day too; or other signs between them."""


@pytest.mark.parametrize("formats", TOGETHER, ids=str)
def test_formats_that_read_each_cell_in_one_way_go_together(formats: list[str]) -> None:
    assert ReadTable(dates=formats).dates == formats


@pytest.mark.parametrize("key", ["4000-4999", "4000-4000", "4999-400", "1001-01"])
def test_what_is_no_exchanged_range_is_taken(key: str, stated: str, tmp_path: Path) -> None:
    assert read(tmp_path, f'{stated}\n[trial_balance.accounts]\n"{key}" = "1001"\n').trial_balance is not None


def test_no_file_is_no_tape(stated: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="a file, a pattern, a folder or a list"):
        read(tmp_path, stated.replace('closing = "tapes/loans-2023-12-31.csv"', "closing = []"))


def test_what_is_said_of_no_file(stated: str, tmp_path: Path) -> None:
    without = stated.replace("recovery           =", "#recovery =")
    assert without != stated
    with pytest.raises(UnusableInput) as caught:
        read(tmp_path, without + "\n[curves.loans.read.recovery]\n")
    assert caught.value.key == "curves.loans.read.recovery"
