"""A ledger that lists accounts with those beneath them: what adds up others is left out where figures say so, else asked."""

import tomllib
from pathlib import Path

from gaapbridge.starter.chart import starter_chart
from gaapbridge.starter.ledger_file import LedgerFile, accounts_of, look_at_ledger
from gaapbridge.starter.own_report import told_of_own

CLOSING = """\
科目编码,科目名称,借方余额,贷方余额
1002,银行存款,500.00,
100201,工商银行基本户,300.00,
10020101,工商银行-甲,300.00,
100202,招商银行,200.00,
1012,其他货币资金,40.00,
101201,受限保证金,40.00,
4001,实收资本,,400.00
400101,实收资本-甲,,400.00
6602,管理费用,20.00,
660201,管理费用-薪酬,12.00,
660202,利息收入,8.00,
6011,利息收入,,160.00
601101,贷款利息收入,,160.00
"""
"""1002 is 300 + 200, 6602 is 12 + 8; debits and credits are 560 without what adds up others."""


def looked(folder: Path, *texts: str) -> LedgerFile:
    paths = [folder / f"{place}.csv" for place in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return look_at_ledger(paths, starter_chart())


def test_what_adds_up_others_in_every_file_is_left_out(tmp_path: Path) -> None:
    ledger = looked(tmp_path, CLOSING.replace("500.00", "510.00").replace("200.00", "210.00"), CLOSING)
    left_out = ["1002", "100201", "1012", "4001", "6011", "6602"]
    assert ledger.tape.read["total_where"] == {"account": left_out}
    assert ledger.tape.guess.questions == ()
    assert [one.code for one in ledger.accounts] == ["10020101", "100202", "101201", "400101", "601101", "660201", "660202"]
    table = "\n".join(accounts_of("trial_balance", ledger))
    assert tomllib.loads(table)["trial_balance"]["read"]["total_where"] == {"account": left_out}


def test_a_part_is_what_the_account_above_it_is(tmp_path: Path) -> None:
    """Two levels down a name that says nothing; income beneath an expense is income, and asked; a row is that of the part."""
    found = {one.code: one for one in looked(tmp_path, CLOSING).accounts}
    posting = starter_chart().posting
    assert (found["10020101"].ours, found["100202"].ours) == ("1001", "1001")
    assert found["100202"].why == "part of 1002 银行存款: look at it"
    assert (found["101201"].ours, found["101201"].row) == ("101201", "tca")
    assert found["601101"].why == "its name"
    assert found["660202"].ours == posting["financing_income"], "its own name goes before that of the account above it"


def test_a_profit_is_no_part_of_a_balance(tmp_path: Path) -> None:
    text = CLOSING.replace("招商银行,", "汇兑损失,")
    found = {one.code: one for one in looked(tmp_path, text).accounts}
    assert (found["100202"].ours, found["10020101"].ours) == (None, "1001")


def test_what_does_not_add_up_in_one_file_is_asked_and_refused(tmp_path: Path) -> None:
    """Six accounts have others beneath them; in the opening none of them is their sum. All are named."""
    opening = CLOSING
    for whole in ("1002,银行存款,500", "100201,工商银行基本户,300", "1012,其他货币资金,40", "6602,管理费用,20"):
        opening = opening.replace(whole, f"{whole}9")
    for whole in ("4001,实收资本,,400", "6011,利息收入,,160"):
        opening = opening.replace(whole, f"{whole}9")
    ledger = looked(tmp_path, opening, CLOSING)
    assert "total_where" not in ledger.tape.read
    (question,) = ledger.tape.guess.questions
    assert question.why.startswith("1002, 100201, 1012, 4001, 6011, 6602 may be totals of accounts that begin so")
    asked = {one.code: one.parts for one in ledger.unclear if one.parts}
    assert list(asked) == ["1002", "100201", "1012", "4001", "6011", "6602"]
    assert asked["1002"] == ("10020101", "100202")
    accounts = tomllib.loads("\n".join(accounts_of("trial_balance", ledger)))["trial_balance"]["accounts"]
    assert {code for code, ours in accounts.items() if ours == ""} >= set(asked)
    report = "\n".join(told_of_own({}, ledger))
    assert "the total of 10020101, 100202" in " ".join(report.split())


def test_a_ledger_that_is_not_read_asks_of_every_one(tmp_path: Path) -> None:
    """A balance that is no number: nothing is known of the sums."""
    ledger = looked(tmp_path, CLOSING.replace("12.00", "twelve"))
    assert [one.code for one in ledger.unclear if one.parts] == ["1002", "100201", "1012", "4001", "6011", "6602"]


def test_rows_of_totals_stay_left_out_beside_them(tmp_path: Path) -> None:
    """合计 between accounts, and balances beside a side."""
    lines = CLOSING.replace("借方余额,贷方余额", "期末余额,方向").splitlines()
    sided = [line.replace(",,", ",") + ",贷" if ",," in line else line.rstrip(",") + ",借" for line in lines[1:]]
    ledger = looked(tmp_path, "\n".join([lines[0], *sided[:6], "合计,,0.00,平", *sided[6:]]) + "\n")
    assert ledger.tape.read["total_where"] == {"account": ["合计", "1002", "100201", "1012", "4001", "6011", "6602"]}
    assert all(one.code != "合计" for one in ledger.accounts)
