"""The total at the foot of a ledger that the plan leaves out is what its accounts come to, or a finding with both sums."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gaapbridge.plan.ledger import TrialBalances
from gaapbridge.tapes.ledger import open_trial_balance
from gaapbridge.tapes.ledger_foot import unlike_its_total
from gaapbridge.terms import Finding
from tests.findings.tapes_made import write_csv

SIDES = "account,name,debit_minor,credit_minor\n"
LEAVES = "1001,Cash,700,\n1002,Bank,200,\n3001,Capital,,900\n"
PARENT = "1000,Liquid,900,\n"


def findings(path: Path, **read: Any) -> list[Finding]:
    """What the foot of the ledger says of it, as a plan that reads it so finds it."""
    always = {"closing": path.name, "taken": "before_closing", "fiscal_year_end": "12-31", "amounts": "minor"}
    how = TrialBalances.model_validate({**always, **({"read": read} if read else {})})
    return list(unlike_its_total(open_trial_balance(path, how, 2, "CNY")))


AGREE: Mapping[str, tuple[str, dict[str, Any]]] = {
    "no total": (SIDES + LEAVES, {}),
    "its accounts": (SIDES + LEAVES + ",Total,900,900\n", {"total_rows": 1}),
    "between a remark and an empty row": (SIDES + LEAVES + ",Total,900,900\n,,,\n,Printed,,\n", {"total_rows": 2}),
    "by its word": (SIDES + LEAVES + "合计,,900,900\n", {"total_where": {"account": "合计"}}),
    "without what adds up others": (
        SIDES + PARENT + LEAVES + ",Total,900,900\n", {"total_rows": 1, "total_where": {"account": "1000"}},
    ),
    "with what adds up others": (
        SIDES + PARENT + LEAVES + ",Total,1800,900\n", {"total_rows": 1, "total_where": {"account": "1000"}},
    ),
    "one of several": (SIDES + LEAVES + ",Assets,900,1\n,Funds,1,900\n,Total,900,900\n", {"total_rows": 3}),
    "a remark": (SIDES + LEAVES + ",Net income,,55\n,Prepared by,,\n", {"total_rows": 2}),
    "what is no figure": (SIDES + LEAVES + ",Total,nine hundred,900\n", {"total_rows": 1}),
    "nil of signed balances": (
        "account,name,balance_minor\n1001,Cash,900\n3001,Capital,-900\n,Total,0\n", {"total_rows": 1},
    ),
    "a figure that is called no total": (
        "account,name,balance_minor\n1001,Cash,900\n3001,Capital,-900\n,Net income,55\n", {"total_rows": 1},
    ),
    "of balances beside their sides": (
        "account,side,balance_minor\n1001,debit,900\n3001,credit,900\nTotal,,900\n", {"total_rows": 1},
    ),
    "of both sides of signed balances": (
        "account,name,balance_minor\n1001,Cash,900\n3001,Capital,-900\n,Total assets,800\n,Total funds,-800\n",
        {"total_rows": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AGREE)
def test_a_total_that_agrees_or_says_nothing_is_no_finding(name: str, tmp_path: Path) -> None:
    content, read = AGREE[name]
    assert findings(write_csv(tmp_path, content, "ledger.csv"), **read) == []


def test_accounts_that_come_to_more_than_the_total_are_counted_twice(tmp_path: Path) -> None:
    """900 + 700 + 200 of a ledger that says 900; its credits of 900 agree."""
    path = write_csv(tmp_path, SIDES + PARENT + LEAVES + ",Total,900,900\n", "ledger.csv")
    (finding,) = findings(path, total_rows=1)
    assert (finding.name, finding.where, finding.amount_minor) == ("ledger differs from its own total", "ledger.csv", 900)
    assert "debits of the accounts that are read come to 1,800 minor units, the total at its foot says 900" in finding.why
    assert finding.why.endswith("accounts are probably counted with those that add them up")
    assert "total_where" in finding.remedy and finding.check == "R9"


def test_accounts_that_are_not_read_are_missed_by_the_total(tmp_path: Path) -> None:
    """The last account is cut off with the total: 900 of credits are not there."""
    (finding,) = findings(write_csv(tmp_path, SIDES + LEAVES + ",Total,900,900\n", "ledger.csv"), total_rows=2)
    assert (finding.amount_minor, "credits of the accounts that are read come to 0" in finding.why) == (-900, True)
    assert finding.remedy.startswith("read all of its accounts")


def test_a_total_of_balances_is_held_against_either_side(tmp_path: Path) -> None:
    content = "account,side,balance_minor\n1000,debit,900\n1001,debit,900\n3001,credit,1800\n合 计,,900\n"
    (finding,) = findings(write_csv(tmp_path, content, "ledger.csv"), total_rows=1)
    assert finding.amount_minor == 1_800 - 900


def test_a_ledger_is_opened_once_and_keeps_the_rows_that_are_left_out(tmp_path: Path) -> None:
    """Those above its accounts and those at the foot, with their numbers in the file, exact; what is no figure is empty."""
    path = write_csv(tmp_path, SIDES + PARENT + LEAVES + ",Total,900,x\n,Printed,,\n", "ledger.csv")
    always = {"closing": path.name, "taken": "before_closing", "fiscal_year_end": "12-31", "amounts": "major"}
    how = TrialBalances.model_validate({**always, "read": {"total_rows": 2, "total_where": {"account": "1000"}}})
    source = open_trial_balance(path, how, 2, "CNY")
    path.unlink()
    left_out = source.totals().select("row", "account", "debit_minor", "credit_minor").rows()
    assert left_out == [(1, "1000", 90_000, None), (5, None, 90_000, None), (6, None, None, None)]
    assert source.whole().frame["row"].to_list() == [2, 3, 4]


def test_the_total_of_a_workbook(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    rows = (["account", "debit_minor", "credit_minor"], [1000, 9, None], [1001, 9, None], [3001, None, 18], ["Total", 9, 9])
    for row in rows:
        sheet.append(row)
    workbook.save(tmp_path / "ledger.xlsx")
    (finding,) = findings(tmp_path / "ledger.xlsx", total_rows=1)
    assert finding.amount_minor == 9
