"""What a plan says of reading is held to its form: keys that are none, words, files and accounts that do not exist."""

from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.plan import Plan, read_plan
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
    "a format that is none": ('[tapes.loans.read]\ndates = ["DD/MM/YYYY"]', f"{READ}.dates", 'as in "%d/%m/%Y"'),
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


def test_no_file_is_no_tape(stated: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="a file, a pattern, a folder or a list"):
        read(tmp_path, stated.replace('closing = "tapes/loans-2023-12-31.csv"', "closing = []"))


def test_what_is_said_of_no_file(stated: str, tmp_path: Path) -> None:
    without = stated.replace("recovery           =", "#recovery =")
    assert without != stated
    with pytest.raises(UnusableInput) as caught:
        read(tmp_path, without + "\n[curves.loans.read.recovery]\n")
    assert caught.value.key == "curves.loans.read.recovery"
