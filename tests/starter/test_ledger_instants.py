"""One file of a ledger with opening, movement and closing: the columns of each instant are proposed, never the same twice."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.plan.ledger import TrialBalances
from gaapbridge.starter import write_starter
from gaapbridge.starter.chart import starter_chart
from gaapbridge.starter.ledger_file import LedgerFile, accounts_of, look_at_ledger
from gaapbridge.starter.own_files import OwnFiles
from gaapbridge.starter.own_report import told_of_own
from gaapbridge.tapes.ledger import open_trial_balance, read_trial_balance

CHINESE = """\
科目编码,科目名称,期初余额,,本期发生额,,期末余额,
,,借方,贷方,借方,贷方,借方,贷方
1001,现金,500.00,,40.00,10.00,530.00,
4001,实收资本,,400.00,,,,400.00
4104,未分配利润,,100.00,,,,100.00
6011,利息收入,,,,30.00,,30.00
"""
SIDED = """\
科目编码,科目名称,期初方向,期初余额,本期借方,本期贷方,期末方向,期末余额
1001,现金,借,500.00,40.00,10.00,借,530.00
4001,实收资本,贷,400.00,,,贷,400.00
4104,未分配利润,贷,100.00,,,贷,100.00
6011,利息收入,平,0.00,,30.00,贷,30.00
"""
AMERICAN = """\
Account Number,Account Name,Beginning Balance,Debits,Credits,Ending Balance
1001,Cash,500.00,40.00,10.00,530.00
4001,Common stock,-400.00,,,-400.00
4104,Retained earnings,-100.00,,,-100.00
6011,Interest income,0.00,,30.00,-30.00
"""
FILES = {
    "debits and credits": (CHINESE, {"debit_minor": "期初余额 借方", "credit_minor": "期初余额 贷方"}),
    "balances beside their sides": (SIDED, {"balance_minor": "期初余额", "side": "期初方向"}),
    "signed balances": (AMERICAN, {"balance_minor": "Beginning Balance"}),
}
OPENING = {"1001": 50_000, "4001": -40_000, "4104": -10_000, "6011": 0}
CLOSING = {"1001": 53_000, "4001": -40_000, "4104": -10_000, "6011": -3_000}
"""Cash of 500 takes 40 and gives 10; income is 30."""


def written(folder: Path, text: str) -> Path:
    path = folder / "ledger.csv"
    path.write_text(text, encoding="utf-8")
    return path


def proposed(ledger: LedgerFile) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads("\n".join(accounts_of("trial_balance", ledger)))["trial_balance"]
    return table


def read_at(state: str, path: Path, ledger: LedgerFile) -> Mapping[str, int]:
    """The balances at an instant, as the tables that are proposed read the file."""
    table = {name: value for name, value in proposed(ledger).items() if name != "accounts"}
    always = {"opening": path.name, "closing": path.name, "taken": "before_closing", "fiscal_year_end": "12-31"}
    plan = {**always, **table, "amounts": ledger.tape.amounts, "ignore": list(ledger.tape.unread)}
    how = TrialBalances.model_validate(plan).at(state)
    return read_trial_balance(open_trial_balance(path, how, 2, "CNY"), dict.fromkeys(OPENING, ""), {}).balances


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("named", ["once", "twice"])
@pytest.mark.parametrize("form", FILES)
def test_the_columns_of_the_opening_are_proposed_and_read(form: str, named: str, tmp_path: Path) -> None:
    text, columns = FILES[form]
    path = written(tmp_path, text)
    ledger = look_at_ledger([path] * (2 if named == "twice" else 1), starter_chart(), both=True)
    assert proposed(ledger)["read"]["opening"]["columns"] == columns
    assert not {*columns.values()} & {*ledger.tape.unread}
    assert read_at("opening", path, ledger) == OPENING
    assert read_at("closing", path, ledger) == CLOSING


def test_one_instant_has_no_opening(tmp_path: Path) -> None:
    ledger = look_at_ledger([written(tmp_path, CHINESE)], starter_chart(), both=False)
    assert ledger.opening == {} and "期初余额 借方" in ledger.tape.unread


def test_the_ledgers_of_two_instants_are_read_by_their_closing_columns(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    before = written(tmp_path / "before", CHINESE.replace("530.00", "530.01").replace("30.00\n", "30.01\n"))
    assert look_at_ledger([before, written(tmp_path, CHINESE)], starter_chart(), both=True).opening == {}


def test_a_file_named_twice_that_has_one_instant_is_asked(tmp_path: Path) -> None:
    text = "科目编码,科目名称,期末借方,期末贷方\n1001,现金,500.00,\n4001,实收资本,,500.00\n"
    ledger = look_at_ledger([written(tmp_path, text)] * 2, starter_chart(), both=True)
    (question,) = ledger.tape.guess.questions
    assert question.about == "opening" and "both instants would take the same columns of ledger.csv" in question.why


def test_an_account_that_adds_up_others_at_the_closing_only_is_asked(tmp_path: Path) -> None:
    """1001 is 100101 at the closing; at the opening it is 500, and that 400."""
    text = CHINESE.replace("\n4001,", "\n100101,现金-甲,400.00,,140.00,10.00,530.00,\n4001,", 1)
    ledger = look_at_ledger([written(tmp_path, text)], starter_chart(), both=True)
    assert "total_where" not in ledger.tape.read and [one.code for one in ledger.unclear if one.parts] == ["1001"]


def test_a_plan_names_the_file_for_both_instants(tmp_path: Path) -> None:
    """The ledger is named once beside two loan tapes; the plan has it at both, and the report says which columns are which."""
    tapes = []
    for year in (2022, 2023):
        tape = tmp_path / f"loans-{year}1231.csv"
        tape.write_text(
            "loan id,orig date,first payment date,maturity date,original amount,note rate,balance,status,days past due\n"
            f"L1,2022-01-15,2022-02-15,2025-01-15,9000.00,0.12,{year}.00,Current,0\n",
            encoding="utf-8",
        )
        tapes.append(tape)
    ledger = written(tmp_path, AMERICAN)
    starter = write_starter(tmp_path / "own", OwnFiles(loans=tuple(tapes), trial_balance=(ledger,)))
    table = tomllib.loads(starter.plan.read_text(encoding="utf-8"))["trial_balance"]
    assert table["opening"] == table["closing"] == ledger.as_posix()
    assert table["columns"]["balance_minor"] == "Ending Balance"
    assert table["read"]["opening"]["columns"] == {"balance_minor": "Beginning Balance"}
    assert table["ignore"] == ["Debits", "Credits"]
    assert "Of the opening, in the same file" in "\n".join(told_of_own(starter.tapes, starter.ledger))
    assert starter.as_dict()["trial_balance"]["columns_of_opening"] == {"balance_minor": "Beginning Balance"}
