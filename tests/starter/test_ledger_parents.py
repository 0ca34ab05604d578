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
    assert question.why.startswith("1002, 100201, 1012, 4001, 6011, 6602 may be totals of those whose codes begin so")
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


US_CLOSING = """\
Acct No.,Account Description,Debit,Credit
001000,Cash & Due from Banks,900.00,
001010,  Operating Account,700.00,
001020,  Lockbox,200.00,
001300,Loans & Receivables,1000.00,
001310,  Loans Receivable - Principal,1100.00,
001390,  Allowance for Loan Losses,,100.00
002000,Borrowings,,1300.00
002010,  Senior Notes Payable,,1300.00
003000,Equity,,550.00
003010,  Common Stock,,500.00
003020,  Retained Earnings,,50.00
004000,Revenue,,50.00
004010,  Interest Income - Loans,,50.00
,Total,2000.00,2000.00
"""
"""A chart whose totals end in nils: 900 is 700 + 200, 1000 is 1100 - 100; debits are 2000 without them."""


def test_zeros_at_the_end_of_a_code_are_a_total_of_what_it_covers(tmp_path: Path) -> None:
    """Revenue is nil at the opening, closed to retained earnings, as is what it adds up."""
    opening = US_CLOSING.replace("Earnings,,50.00", "Earnings,,100.00").replace("Equity,,550", "Equity,,600")
    opening = opening.replace("Revenue,,50.00", "Revenue,,").replace("Loans,,50.00", "Loans,,")
    ledger = looked(tmp_path, opening, US_CLOSING)
    left_out = ["001000", "001300", "002000", "003000", "004000"]
    assert ledger.tape.read["total_where"] == {"account": left_out} and ledger.tape.read["total_rows"] == 1
    assert ledger.tape.guess.questions == ()
    found = {one.code: one for one in ledger.accounts}
    assert not found.keys() & set(left_out)
    assert (found["001010"].ours, found["001310"].ours, found["003020"].ours) == ("1001", "1301", "4104")
    assert found["001010"].why == "part of 001000 Cash & Due from Banks: look at it"


def test_a_total_of_one_file_that_is_none_of_the_other_is_asked_without_a_hint(tmp_path: Path) -> None:
    """Cash at the opening is 950, and the ledger is out of balance by as much as it differs."""
    ledger = looked(tmp_path, US_CLOSING.replace("Banks,900.00", "Banks,950.00"), US_CLOSING)
    assert ledger.tape.read["total_where"] == {"account": ["001300", "002000", "003000", "004000"]}
    (asked,) = [one for one in ledger.unclear if one.parts]
    assert (asked.code, asked.parts, asked.near) == ("001000", ("001010", "001020"), ())
    assert "001000 may be totals of those that their codes cover" in ledger.tape.guess.questions[0].why


def test_a_row_that_is_the_sum_of_those_below_it_is_left_out(tmp_path: Path) -> None:
    """Codes that say nothing of each other."""
    text = "account code,account name,debit,credit\nK1,Assets,900.00,\nA7,Cash,700.00,\nB2,Loans receivable,200.00,\n"
    text += "M9,Funds,,900.00\nD4,Common stock,,500.00\nC5,Retained earnings,,400.00\n"
    assert looked(tmp_path, text).tape.read["total_where"] == {"account": ["K1", "M9"]}
