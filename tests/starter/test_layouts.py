"""Headers of several rows, amounts of the other sign and tapes in several files: what a plan is proposed to say of them."""

from datetime import date
from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.plan import read_plan
from gaapbridge.starter.first_sight import look_at
from gaapbridge.tapes.ledger import open_trial_balance, read_trial_balance
from gaapbridge.terms.errors import UnusableInput
from tests.starter.test_proposed import CHINESE, principal_and_status, proposed, written


def test_a_header_of_two_rows_is_told_by_the_names_in_both(tmp_path: Path, folder: Path) -> None:
    """The names of groups stand over the first of their columns, the number of the loan over nothing."""
    title, day, first, *rest = CHINESE.splitlines()
    names = first.split(",")
    groups = [names[0], "基本信息", *[""] * (len(names) - 5), "状态", "", ""]
    tiers = [",".join(groups), ",".join(["", *names[1:]])]
    _, plan = proposed(folder, written(tmp_path / "trial.csv", "\n".join([title, day, *tiers, *rest]) + "\n"))
    _, alone = proposed(tmp_path / "alone", written(tmp_path / "one.csv", CHINESE))
    loans, one = plan["tapes"]["loans"], alone["tapes"]["loans"]
    assert loans["read"]["header_rows"] == 2 and loans["read"] == {**one["read"], "header_rows": 2}
    assert set(loans["columns"]) == set(one["columns"]) and loans["columns"]["contract_id"] == names[0]
    assert (loans["columns"]["status"], loans["columns"]["exit_date"]) == ("基本信息 账户状态", "状态 结清日期")


TWICE_NAMED = """\
科目编码,科目名称,期初余额,,期末余额,
,,借方,贷方,借方,贷方
1001,银行存款,100.00,,150.00,
4001,实收资本,,100.00,,150.00
"""


def test_names_that_stand_twice_are_told_by_the_row_above(tmp_path: Path, folder: Path) -> None:
    ledger = written(tmp_path / "ledger.csv", TWICE_NAMED)
    _, plan = proposed(folder, written(tmp_path / "trial.csv", CHINESE), trial_balance=(ledger,))
    told = plan["trial_balance"]
    assert told["read"]["header_rows"] == 2
    assert told["columns"] == {
        "account": "科目编码", "name": "科目名称", "debit_minor": "期末余额 借方", "credit_minor": "期末余额 贷方",
    }  # fmt: skip
    assert told["ignore"] == ["期初余额 借方", "期初余额 贷方"]


@pytest.mark.parametrize(
    ("shown", "negative"), [("(12.50)", ["costs_paid_minor"]), ("-12.50", ["costs_paid_minor"]), ("12.50", None)]
)
def test_amounts_below_nil_have_the_other_sign(tmp_path: Path, shown: str, negative: list[str] | None) -> None:
    """What is paid out as a negative amount; a nil says nothing, and one amount above nil leaves the column as it is."""
    cells = [["A-1", shown], ["A-2", "0.00"]]
    tape = look_at([trial(tmp_path, ["Loan #", "Orig Cost"], cells)], LOANS)
    assert tape.read.get("negative") == negative and not tape.faults
    mixed = look_at([trial(tmp_path, ["Loan #", "Orig Cost"], [*cells, ["A-3", "7.00"]])], LOANS)
    assert "negative" not in mixed.read


def trial(folder: Path, header: list[str], rows: list[list[str]]) -> Path:
    return written(folder / "short.csv", "\n".join(",".join(row) for row in [header, *rows]) + "\n")


@pytest.mark.campaign
def test_files_of_one_day_are_one_tape_of_that_instant(tmp_path: Path, folder: Path) -> None:
    """Named by their day, in a folder or by a pattern: one tape of each instant, and the plan names them so."""
    lines = CHINESE.splitlines(keepends=True)
    header, rows = lines[2], lines[3:5]
    for day, part, row in (("20221231", "a", rows[0]), ("20231231", "a", rows[0]), ("20231231", "b", rows[1])):
        (tmp_path / day).mkdir(exist_ok=True)
        written(tmp_path / day / f"loans-{part}-{day}.csv", header + row)
    first, second, third = sorted(tmp_path.glob("*/*.csv"))
    _, named = proposed(folder, second, first, third)
    assert named["tapes"]["loans"]["opening"] == first.as_posix()
    assert named["tapes"]["loans"]["closing"] == [second.as_posix(), third.as_posix()]
    _, folders = proposed(tmp_path / "folders", tmp_path / "20221231", tmp_path / "20231231")
    assert folders["tapes"]["loans"]["closing"] == (tmp_path / "20231231").as_posix()
    _, patterns = proposed(tmp_path / "patterns", first, tmp_path / "20231231" / "*.csv")
    assert patterns["tapes"]["loans"]["closing"] == (tmp_path / "20231231" / "*.csv").as_posix()
    days = {"opening": date(2022, 12, 31), "closing": date(2023, 12, 31)}
    for plan in (named, folders, patterns):
        assert (plan["opening"]["source"], plan["period"]) == ("opening_tape", days)
        assert plan["tapes"]["loans"]["columns"] == named["tapes"]["loans"]["columns"]
    assert read_plan(tmp_path / "patterns" / "plan.toml", DECLARED).tapes.kinds == ("loans",)
    with pytest.raises(UnusableInput, match="a pattern finds files"):
        proposed(tmp_path / "none", tmp_path / "20241231" / "*.csv")


LEDGERS = {
    "a balance with its sign": (
        "Account,Description,Ending Balance\n1001,Cash,150.00\n4001,Common stock,(150.00)\n",
        {"balance_minor": "Ending Balance"},
        {},
    ),
    "a balance beside its side": (
        "科目编码,科目名称,方向,期末余额\n1001,银行存款,借,150.00\n4001,实收资本,贷,150.00\n1003,存放中央银行款项,平,0.00\n",
        {"balance_minor": "期末余额", "side": "方向"},
        {"side": {"借": "debit", "贷": "credit", "平": "nil"}},
    ),
    "a side that the sign says too": (
        "科目编码,科目名称,方向,期末余额\n1001,银行存款,借,150.00\n4001,实收资本,贷,-150.00\n",
        {"balance_minor": "期末余额"},
        {},
    ),
    "movements and a balance": (
        "Account,Description,Debit,Credit,Balance\n1001,Cash,70.00,20.00,150.00\n4001,Common stock,20.00,70.00,-150.00\n",
        {"balance_minor": "Balance"},
        {},
    ),
    "a balance and its sides": (
        "Account,Description,Debit,Credit,Balance\n1001,Cash,150.00,,150.00\n4001,Common stock,,150.00,-150.00\n",
        {"debit_minor": "Debit", "credit_minor": "Credit"},
        {},
    ),
}


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("name", LEDGERS)
def test_a_ledger_is_read_in_the_form_that_its_figures_show(name: str, tmp_path: Path, folder: Path) -> None:
    """Cash of 150.00 against capital in every form; what is not of the form is not read."""
    text, columns, words = LEDGERS[name]
    ledger = written(tmp_path / "ledger.csv", text)
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", CHINESE), trial_balance=(ledger,))
    told = plan["trial_balance"]
    header = text.split("\n")[0].split(",")
    assert {ours: theirs for ours, theirs in told["columns"].items() if ours not in ("account", "name")} == columns
    assert told.get("read", {}).get("values", {}) == words
    assert told["ignore"] == [theirs for theirs in header[2:] if theirs not in columns.values()]
    how = read_plan(starter.plan, DECLARED).trial_balance
    assert how is not None
    read = read_trial_balance(open_trial_balance(ledger, how, 2, "CNY"), dict.fromkeys(["1001", "1003", "4001"], ""), {})
    assert {account: balance for account, balance in read.balances.items() if balance} == {"1001": 15_000, "4001": -15_000}


def test_balances_of_one_sign_are_asked_for_their_side(tmp_path: Path, folder: Path) -> None:
    ledger = written(tmp_path / "ledger.csv", "Account,Name,Balance\n1001,Cash,150.00\n4001,Common stock,150.00\n")
    starter, _ = proposed(folder, written(tmp_path / "trial.csv", CHINESE), trial_balance=(ledger,))
    text = starter.plan.read_text(encoding="utf-8")
    assert (
        '\n# OPEN, side: all balances have one sign, and no column that says debit or credit was found.\n#side = ""\n' in text
    )


def test_a_tape_of_events_without_its_days_is_looked_at_all_the_same(tmp_path: Path) -> None:
    """What it lacks is asked; that no row stands twice cannot be told without it."""
    tape = look_at(
        [written(tmp_path / "events.csv", "Loan #,Tran Type,Tran Amt\n1001,Payoff,5.00\n1001,Payoff,5.00\n")], EVENTS
    )
    assert [column.name for column in tape.missing] == ["event_date"] and not tape.faults


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("apart", "stated"), [(",", None), (";", ";"), ("|", "|")])
def test_a_tab_behind_each_id_parts_no_cells(apart: str, stated: str | None, tmp_path: Path, folder: Path) -> None:
    """An export keeps workbooks from taking an id for a number so; of these titles few have a delimiter of their own."""
    header = [
        "借据号",
        "币种",
        "产品名称",
        "放款日期",
        "首期还款日",
        "放款金额(元)",
        "贷款余额(元)",
        "年利率(%)",
        "期数",
        "还款方式",
        "逾期天数",
    ]
    rows = [
        [f"{number}\t", "CNY", "新车贷", "20220615", "20220715", "36000.00", "18750.40", "15.4", "36", "等额本息", "0"]
        for number in range(2022000001, 2022000009)
    ]
    lines = ["某某小额贷款有限公司", "贷款台账", "制表人 张三", *(apart.join(row) for row in (header, *rows))]
    starter, plan = proposed(folder, written(tmp_path / "tape.csv", "\n".join(lines) + "\n"))
    read = plan["tapes"]["loans"]["read"]
    assert (read.get("delimiter"), read["skip_rows"], read["trim"]) == (stated, 3, ["contract_id"])
    assert list(principal_and_status(starter)) == [row[0].strip() for row in rows]
