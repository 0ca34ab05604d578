"""Tapes as core systems print them: the plan that is proposed for each reads them, and a close needs few answers."""

import csv
import json
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from gaapbridge.checking import check
from gaapbridge.cli import app
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.period_close import close
from gaapbridge.plan import read_plan
from gaapbridge.starter import OwnFiles, Starter, write_starter
from gaapbridge.terms.errors import UnusableInput
from tests.starter.words_expected import with_words_to_come

US = """\
First Example Finance Corp,,,,
"Loan trial as of December 31, 2023",,,,
Loan #,Prod Cd,Orig Dt,First Pmt,Mat Dt,Orig Bal,Curr Bal,Int Rate,Term,Pmt Type,DPD,Stat,Payoff Dt,Int Paid,Officer
1001 ,AUTO,06/15/2022,07/15/2022,06/15/2025,"$36,000.00","$18,750.40",15.40,36,Level Pay,0,Current,,"$4,100.00",JD
1002 ,AUTO,03/16/2023,04/16/2023,03/16/2024,"$12,000.00","$3,120.55",9.90,12,Level Pay,45,30-59 DPD,,$610.00,JD
1003 ,HOME,01/20/2023,02/20/2023,01/20/2025,"$8,000.00","$6,900.00",12.00,24,Level Pay,150,Charged Off,11/30/2023,$90.00,RS
1004 ,HOME,05/05/2023,06/05/2023,05/05/2025,"$5,000.00","$4,300.00",12.00,24,Level Pay,0,Paid in Full,10/10/2023,$240.00,RS
Total,,,,,"$61,000.00","$33,070.95",,,,,,,,
,,,,,,,,,,,,,,
Printed by CORE,,,,,,,,,,,,,,
"""

CHINESE = """\
某某小额贷款有限公司贷款明细表
数据日期：2023年12月31日
借据号,客户名称,产品名称,放款日期,首期还款日,到期日,放款金额(元),贷款余额(万元),年利率(%),期数,还款方式,逾期天数,账户状态,结清日期,已收利息(元),是否重组
JJ1,张三,新车贷,20220615,20220715,20250615,"36,000.00",1.875,15.4,36,等额本息,0,正常,00000000,"4,100.00",否
JJ2,李四,新车贷,20230316,20230416,20240316,"12,000.00",0.6,9.9,12,等额本金,45,逾期,00000000,610.00,是
JJ3,王五,二手车贷,20230120,20230220,20250120,"8,000.00",0.8,12,24,先息后本,150,核销,20231130,90.00,否
JJ4,赵六,二手车贷,20230505,20230605,20250505,"5,000.00",0.43,12,24,等额本息,0,提前结清,20231010,240.00,否
合计,,,,,,"61,000.00",3.705,,,,,,,"5,040.00",
"""


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, text: str) -> Path:
    """The rows of a text as a sheet beside one of remarks; numbers as numbers."""
    book = openpyxl.Workbook()
    book.active.append(["Remarks"])
    sheet = book.create_sheet("Loans 2023")
    for row in csv.reader(text.splitlines()):
        sheet.append([float(cell) if cell.replace(".", "", 1).isdigit() and cell[:2] != "00" else cell for cell in row])
    book.save(path)
    return path


def proposed(folder: Path, *loans: Path, **others: tuple[Path, ...]) -> tuple[Starter, dict[str, Any]]:
    """A plan for a lender's files, and what it holds."""
    starter = write_starter(folder, OwnFiles(loans=loans, **others))
    return starter, tomllib.loads(starter.plan.read_text(encoding="utf-8"))


def answered(starter: Starter, *answers: tuple[str, str]) -> None:
    """Lines of the plan replaced, each of which it must have once."""
    text = starter.plan.read_text(encoding="utf-8")
    for old, new in answers:
        assert text.count(f"\n{old}\n") == 1, old
        text = text.replace(f"\n{old}\n", f"\n{new}\n")
    starter.plan.write_text(text, encoding="utf-8")


def principal_and_status(starter: Starter) -> dict[str, tuple[int, str]]:
    """By contract the principal at closing and the status, as a close of the plan measures them."""
    run = close(starter.plan)
    assert run.rejected_rows == 0
    table = pl.read_parquet(run.folder / "measurements" / "loans" / "*.parquet")
    return {row[0]: row[1:] for row in table.select("contract_id", "closing_principal", "status").iter_rows()}


def test_a_tape_of_an_american_core_system_closes_after_one_answer(tmp_path: Path, folder: Path) -> None:
    """What is paid in full was repaid early or at maturity: only the lender knows."""
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", US))
    assert plan["tapes"]["loans"]["read"] == {
        "skip_rows": 2, "total_rows": 3, "dates": ["%m/%d/%Y"], "thousands": ",", "percent": ["annual_rate"],
        "trim": ["contract_id"], "constant": {"currency": "USD"},
        "values": with_words_to_come("loans", repayment_type={"Level Pay": "level"}, status={
            "Current": "on_book", "30-59 DPD": "on_book", "Charged Off": "written_off"}),
    }  # fmt: skip
    assert (plan["entity"]["currency"], plan["tapes"]["loans"]["amounts"]) == ("USD", "major")
    assert str(plan["period"]["closing"]) == "2023-12-31" and str(plan["period"]["opening"]) == "2022-12-31"
    assert plan["tapes"]["loans"]["ignore"] == ["Officer"]
    assert check(starter.plan).rejects["value"].to_list() == ["Paid in Full"]
    answered(starter, ('#"Paid in Full" = "prepaid"  # or matured', '"Paid in Full" = "prepaid"'))
    assert principal_and_status(starter) == {
        "1001": (1_875_040, "on_book"), "1002": (312_055, "on_book"), "1003": (0, "written_off"), "1004": (0, "prepaid"),
    }  # fmt: skip


def test_a_tape_of_a_chinese_core_system_closes_unanswered(tmp_path: Path, folder: Path) -> None:
    starter, plan = proposed(folder, written(tmp_path / "明细.csv", CHINESE, "gb18030"))
    assert plan["tapes"]["loans"]["read"] == {
        "encoding": "GB18030", "skip_rows": 2, "total_rows": 1, "dates": ["%Y%m%d"], "empty": ["00000000"], "thousands": ",",
        "percent": ["annual_rate"], "units": {"outstanding_principal_minor": "ten_thousand"}, "constant": {"currency": "CNY"},
        "values": with_words_to_come(
            "loans", repayment_type={"等额本息": "level", "等额本金": "equal_principal", "先息后本": "bullet"},
            status={"正常": "on_book", "逾期": "on_book", "核销": "written_off", "提前结清": "prepaid"},
            forborne={"是": True, "否": False}),
    }  # fmt: skip
    assert principal_and_status(starter) == {
        "JJ1": (1_875_000, "on_book"), "JJ2": (600_000, "on_book"), "JJ3": (0, "written_off"), "JJ4": (0, "prepaid"),
    }  # fmt: skip


def test_a_workbook_with_another_sheet_and_titles_is_read(tmp_path: Path, folder: Path) -> None:
    starter, plan = proposed(folder, workbook(tmp_path / "loans.xlsx", CHINESE))
    read = plan["tapes"]["loans"]["read"]
    assert (read["sheet"], read["skip_rows"], read["total_rows"]) == ("Loans 2023", 2, 1)
    assert "encoding" not in read and "delimiter" not in read
    assert principal_and_status(starter)["JJ1"] == (1_875_000, "on_book")


def test_a_hidden_sheet_is_not_proposed(tmp_path: Path, folder: Path) -> None:
    """Nobody saw it who approved the file, though it stands first and is the same."""
    path = workbook(tmp_path / "loans.xlsx", CHINESE)
    book = openpyxl.load_workbook(path)
    book.move_sheet(book.copy_worksheet(book["Loans 2023"]), -2)
    book.worksheets[0].sheet_state = "hidden"
    del book["Sheet"]
    book.save(path)
    starter, plan = proposed(folder, path)
    assert "sheet" not in plan["tapes"]["loans"]["read"], "the only sheet that shows is read without being named"
    assert principal_and_status(starter)["JJ1"] == (1_875_000, "on_book")


def test_semicolons_and_decimal_commas(tmp_path: Path, folder: Path) -> None:
    text = (
        "Loan ID;Segment;Currency;Origination Date;First Payment Date;Principal;Rate;Term;Repayment Type;Balance;DPD\n"
        "A;x;EUR;15.06.2022;15.07.2022;36.000,00;0,154;36;level;18.750,40;0\n"
        "B;x;EUR;16.03.2023;16.04.2023;12.000,00;0,099;12;level;3.120,55;45\n"
    )
    starter, plan = proposed(folder, written(tmp_path / "loans.csv", text))
    assert plan["tapes"]["loans"]["read"] == {"delimiter": ";", "dates": ["%d.%m.%Y"], "thousands": ".", "decimal": ","}
    assert principal_and_status(starter)["A"] == (1_875_040, "on_book")


def test_days_that_may_be_either_are_asked_and_not_guessed(tmp_path: Path, folder: Path) -> None:
    """03/04/2022 and 05/06/2022 are of March and May, or of April and June."""
    text = US.replace("06/15/2022", "03/04/2022").replace("07/15/2022", "04/04/2022")
    lines = [line for line in text.split("\n") if not line.startswith(("1002", "1003", "1004"))]
    text = "\n".join(lines).replace("06/15/2025", "03/04/2025")
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert "dates" not in plan["tapes"]["loans"]["read"]
    (question,) = starter.tapes["loans"].guess.questions
    assert question.choices == ('dates = ["%d/%m/%Y"]', 'dates = ["%m/%d/%Y"]') and "03/04/2022" in question.why
    assert '\n#dates = ["%m/%d/%Y"]\n' in starter.plan.read_text()
    assert check(starter.plan).exit_code == 2
    answered(starter, ('#dates = ["%m/%d/%Y"]', 'dates = ["%m/%d/%Y"]'))
    assert list(principal_and_status(starter)) == ["1001"]


@pytest.mark.parametrize("word", ["Charged Off", "C/O", "Written-Off - BK", "核销"])
def test_a_word_of_charge_off_is_written_off(word: str, tmp_path: Path, folder: Path) -> None:
    _, plan = proposed(folder, written(tmp_path / "trial.csv", US.replace("Charged Off", word)))
    assert plan["tapes"]["loans"]["read"]["values"]["status"][word] == "written_off"


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("word", ["Not charged off", "Charge-off pending", "坏账", "Sold", "Legal"])
def test_a_word_that_is_not_sure_is_left_out(word: str, tmp_path: Path, folder: Path) -> None:
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", US.replace("Charged Off", word)))
    assert word not in plan["tapes"]["loans"]["read"]["values"]["status"]
    assert f'#"{word}" = ""  # not known; one of on_book, prepaid, matured, written_off' in starter.plan.read_text()


def test_a_column_of_states_is_known_by_its_words(tmp_path: Path, folder: Path) -> None:
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", US.replace(",Stat,", ",Zustand,")))
    assert plan["tapes"]["loans"]["columns"]["status"] == "Zustand"
    assert starter.tapes["loans"].matches["status"].why == "its words are those of a status: look at it"


def test_a_column_that_says_charged_off_and_is_not_read_keeps_the_plan_open(tmp_path: Path, folder: Path) -> None:
    """Otherwise every loan would be on book where the tape has no other status."""
    text = (
        US.replace(",Stat,", ",Zustand,").replace("Current", "blue").replace("30-59 DPD", "red").replace("Paid in Full", "grey")
    )
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert plan["tapes"]["loans"]["ignore"] == ["Officer"] and "status" not in plan["tapes"]["loans"]["columns"]
    assert '\n#status = "Zustand"\n' in starter.plan.read_text()
    with pytest.raises(UnusableInput, match="Zustand"):
        check(starter.plan)


def test_days_of_payoff_and_of_charge_off_are_one_column(tmp_path: Path, folder: Path) -> None:
    """The loan that was charged off left on that day, whatever was paid later."""
    text = US.replace("Payoff Dt,Int Paid,Officer", "Payoff Dt,Int Paid,Chargeoff Dt").replace(",JD", ",").replace(",RS", ",")
    text = text.replace("11/30/2023,$90.00,", "12/20/2023,$90.00,11/30/2023")
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    told = plan["tapes"]["loans"]
    assert told["read"]["first_of"] == {"exit_date": ["Chargeoff Dt", "Payoff Dt"]}
    assert "exit_date" not in told["columns"] and told["ignore"] == [] and starter.tapes["loans"].faults == {}
    answered(starter, ('#"Paid in Full" = "prepaid"  # or matured', '"Paid in Full" = "prepaid"'))
    assert principal_and_status(starter)["1003"] == (0, "written_off")


STATES = "CA,TX,FL,NY,PA,IL,OH,GA,NC,MI,NJ,VA,WA"


@pytest.mark.parametrize(("codes", "asked"), [(f"{STATES},CO", False), ("AC,PO,CO", True)])
def test_a_code_of_two_letters_is_asked_among_few(tmp_path: Path, folder: Path, codes: str, asked: bool) -> None:
    """CO is charged off among three codes, and Colorado among fourteen."""
    rows = [f"{number},{code}" for number, code in enumerate(codes.split(","))]
    starter, _ = proposed(folder, written(tmp_path / "tape.csv", "\n".join(["loan id,where", *rows]) + "\n"))
    assert (starter.tapes["loans"].unexplained == ("where",)) == asked


def test_both_instants_make_a_period(tmp_path: Path, folder: Path) -> None:
    """The opening tape has no loan of the year; its words and days count too."""
    before = [line for line in US.split("\n") if not line.startswith(("1002", "1003", "1004"))]
    opening = "\n".join(before).replace("18,750.40", "29,500.00").replace("2023", "2022").replace("Current", "Active")
    files = [written(tmp_path / f"trial-{year}.csv", text) for year, text in ((2022, opening), (2023, US))]
    starter, plan = proposed(folder, *files)
    assert plan["opening"]["source"] == "opening_tape"
    assert (str(plan["period"]["opening"]), str(plan["period"]["closing"])) == ("2022-12-31", "2023-12-31")
    assert plan["tapes"]["loans"]["read"]["values"]["status"]["Active"] == "on_book"
    answered(starter, ('#"Paid in Full" = "prepaid"  # or matured', '"Paid in Full" = "prepaid"'))
    assert principal_and_status(starter)["1001"] == (1_875_040, "on_book")


def test_a_column_that_one_of_the_files_of_an_instant_lacks_is_named(tmp_path: Path, folder: Path) -> None:
    first = written(tmp_path / "loans-a-20231231.csv", US.replace(",DPD,", ",Officer No,"))
    starter, _ = proposed(folder, first, written(tmp_path / "loans-b-20231231.csv", US))
    assert starter.tapes["loans"].faults["days_past_due"] == "loans-a-20231231.csv has no column DPD"


def test_rows_of_totals_of_one_file_of_an_instant_are_asked(tmp_path: Path, folder: Path) -> None:
    """With the three rows of totals of the second left out of both, the last three loans of the first would be gone."""
    first = written(tmp_path / "loans-a-20231231.csv", US[: US.index("Total,")])
    starter, plan = proposed(folder, first, written(tmp_path / "loans-b-20231231.csv", US))
    assert "total_rows" not in plan["tapes"]["loans"]["read"]
    (question,) = starter.tapes["loans"].guess.questions
    assert question.about == "total_rows" and "have none and 3" in question.why
    assert check(starter.plan).exit_code == 2


def test_rows_of_totals_between_contracts_are_left_out(tmp_path: Path, folder: Path) -> None:
    lines = US.split("\n")
    subtotal = 'Subtotal,,,,,"$48,000.00","$21,870.95",,,,,,,,'
    text = "\n".join([*lines[:5], subtotal, *lines[5:]])
    _, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert plan["tapes"]["loans"]["read"]["total_where"] == {"contract_id": "Subtotal"}


GUARANTEES = """\
担保合同编号,借据号,产品,币种,担保起始日,首次还款日,担保到期日,担保金额,担保余额,年利率,期数,还款方式,担保比例(%),逾期天数,担保状态,解保日期,关联方
D1,JJ1,消费贷,人民币,2023/3/1,2023/4/1,2024/3/1,12000.00,3000.00,18.00%,12,等额本息,80,0,在保,,否
D2,JJ2,消费贷,人民币,2023/5/1,2023/6/1,2024/5/1,12000.00,5000.00,18.00%,12,等额本息,100,0,在保,,是
"""
FEES = """\
担保合同编号,应收日期,保障起始日,保障到期日,应收保费,已收保费
D1,2023/3/1,2023/3/1,2024/3/1,600.00,600.00
D2,2023/5/1,2023/5/1,2024/5/1,600.00,500.50
"""


def test_guarantees_and_their_fees(tmp_path: Path, folder: Path) -> None:
    """The number of the guarantee is the contract's, that of the note the loan's."""
    files = {
        "guarantees": (written(tmp_path / "g.csv", GUARANTEES),),
        "guarantee_fees": (written(tmp_path / "f.csv", FEES),),
    }
    starter, plan = proposed(folder, **files)
    columns = plan["tapes"]["guarantees"]["columns"]
    assert (columns["contract_id"], columns["loan_id"], columns["guaranteed_share"]) == (
        "担保合同编号",
        "借据号",
        "担保比例(%)",
    )
    read = plan["tapes"]["guarantees"]["read"]
    assert read["percent"] == ["guaranteed_share"] and read["dates"] == ["%Y/%m/%d"]
    assert read["values"] == with_words_to_come(
        "guarantees", currency={"人民币": "CNY"}, repayment_type={"等额本息": "level"}, status={"在保": "on_book"},
        related_party={"否": False, "是": True},
    )  # fmt: skip
    assert set(plan["tapes"]) == {"guarantees", "guarantee_fees"} and set(plan["curves"]) == {"guarantees"}
    assert plan["tapes"]["guarantee_fees"]["columns"]["collected_minor"] == "已收保费"
    run = close(starter.plan)
    table = pl.read_parquet(run.folder / "measurements" / "guarantees" / "*.parquet").sort("contract_id")
    assert run.rejected_rows == 0 and table["us_fee_receivable"].to_list() == [0, 9950]


def test_awards_with_tranches_and_events(tmp_path: Path, folder: Path) -> None:
    texts = {
        "awards": "Grant ID,Grant Date,Department,Currency,GDFV,Vesting Type\nG1,01/15/2022,R&D,CNY,10.00,Time-based\n",
        "award_tranches": "Grant ID,Vest Number,Vest Date,Shares\nG1,1,01/15/2024,100\n",
        "award_events": "Grant ID,Vest Number,Date,Event,Shares\nG1,1,02/20/2023,Forfeited,10\n",
    }
    files = {key: (written(tmp_path / f"{key}.csv", text),) for key, text in texts.items()}
    _, plan = proposed(folder, **files)
    read = plan["tapes"]["awards"]["read"]
    assert read["values"] == {"function": {"R&D": "research_and_development"}, "condition": {"Time-based": "service"}}
    words = with_words_to_come("award_events", kind={"Forfeited": "forfeiture"})
    assert plan["tapes"]["award_events"]["read"]["values"] == words
    assert plan["notes"]["order"] == ["share_based_compensation"] and read_plan(folder / "plan.toml", DECLARED)


LEDGER = """\
科目编码,科目名称,期末借方余额,期末贷方余额
1001,银行存款,"48,500.00",
1301,贴现资产,100.00,
1302,发放贷款,"21,870.00",
2241,其他应付款,,470.00
2299,清算资金往来,,
4001,实收资本,,"70,000.00"
合计,,"70,470.00","70,470.00"
"""


def test_accounts_are_mapped_by_their_names_and_asked_where_they_are_not_clear(tmp_path: Path, folder: Path) -> None:
    """The plan has an account 1301 that is called otherwise, so it may not be taken for it; no note touches 2241, whose name
    says what it is; 2299 may be anything."""
    ledger = written(tmp_path / "ledger.csv", LEDGER)
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", CHINESE), trial_balance=(ledger,))
    told = plan["trial_balance"]
    assert told["accounts"] == {"1001": "1001", "1301": "", "1302": ["1301", "1302"], "2241": "2241", "4001": "4001"}
    assert plan["accounts"]["2241"] == {"name": "其他应付款", "line": "tcl"} and "2299" not in plan["accounts"]
    assert told["columns"]["credit_minor"] == "期末贷方余额" and told["read"] == {"total_rows": 1, "thousands": ","}
    assert (told["amounts"], told["cash"]) == ("major", {})
    assert '\n#"2299" = ""  # OPEN: 清算资金往来\n' in starter.plan.read_text(encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"value: 1301 .*and 1 more: 2299"):
        check(starter.plan)
    asked = '"1301" = ""  # OPEN: 贴现资产; may be 1301 Principal of loans, current'
    text = starter.plan.read_text(encoding="utf-8")
    answered(starter, (asked, '"1301" = ["1201", "1202"]'))
    with pytest.raises(
        UnusableInput, match=r"those are guarantees, and the plan has no tape of them.*add \[tapes.guarantees\]"
    ):
        check(starter.plan)
    starter.plan.write_text(text, encoding="utf-8")
    answered(starter, (asked, '"1301" = "1303"'))
    with pytest.raises(UnusableInput, match="2299"):
        check(starter.plan)
    examples = ["trial_balance.fiscal_year_end", "trial_balance.same_source", "trial_balance.shared"]
    assert plan["starter"]["unanswered"][-3:] == examples, "what the example's ledger is said to be is not said of this one"


def test_files_that_cannot_be_together_are_refused(tmp_path: Path, folder: Path) -> None:
    tape = written(tmp_path / "trial.csv", US)
    with pytest.raises(UnusableInput, match="name the file of loans too"):
        write_starter(folder, OwnFiles(events=(tape,)))
    with pytest.raises(UnusableInput, match="at most 2 files of loans"):
        write_starter(folder, OwnFiles(loans=(tape,) * 3))
    with pytest.raises(UnusableInput, match="a ledger comes with contracts"):
        write_starter(folder, OwnFiles(trial_balance=(tape,)))
    assert not folder.exists()


def test_check_names_what_is_still_an_examples(tmp_path: Path, folder: Path) -> None:
    """The currency and the period are told from the tape; the lender's name is none of it."""
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", CHINESE))
    left = ["entity.name", "elections", "vat", "tax", "deferred_tax", "accounts", "posting", "curves"]
    assert plan["starter"]["unanswered"] == left
    checked = check(starter.plan)
    assert checked.as_dict()["unanswered"] == left and checked.exit_code == 0
    assert f"  an example's     {', '.join(left)}: unanswered, says [starter] of the plan\n" in checked.as_text()
    text = starter.plan.read_text(encoding="utf-8")
    starter.plan.write_text(text.replace('"entity.name", ', ""), encoding="utf-8")
    assert check(starter.plan).as_dict()["unanswered"] == left[1:]


def test_every_option_reaches_its_tape(tmp_path: Path, folder: Path) -> None:
    """The command line has an option for each file, and the JSON says what was found in each."""
    texts = {
        "loans": CHINESE, "events": "借据号,发生日期,类型,金额\nJJ3,20231130,核销,8000.00\n",
        "payments": "借据号,还款日期,还本金额,利息\nJJ1,20230115,100.00,1.50\n",
        "guarantees": GUARANTEES, "fees": FEES,
        "awards": "Grant ID,Grant Date,Department,Currency,GDFV,Vesting Type\nG1,01/15/2022,R&D,CNY,10.00,Time-based\n",
        "award-tranches": "Grant ID,Vest Number,Vest Date,Shares\nG1,1,01/15/2024,100\n",
        "award-events": "Grant ID,Vest Number,Date,Event,Shares\nG1,1,02/20/2023,Forfeited,10\n",
        "trial-balance": LEDGER,
    }  # fmt: skip
    files = {option: written(tmp_path / f"{option}.csv", text) for option, text in texts.items()}
    options = [part for option, path in files.items() for part in (f"--{option}", str(path))]
    result = CliRunner().invoke(app, ["new", "plan", str(folder), *options, "--format", "json"])
    assert result.exit_code == 0
    found = json.loads(result.output)
    keys = {tape.key for kind in KINDS.values() for tape in kind.tapes}
    assert {key: tape["files"] for key, tape in found["tapes"].items()} == {
        key: [str(files["fees" if key == "guarantee_fees" else key.replace("_", "-")])] for key in keys
    }
    assert found["tapes"]["events"]["read"]["values"] == {"kind": {"核销": "write_off"}}
    assert all(not tape["missing"] and not tape["faults"] for tape in found["tapes"].values())
    assert found["trial_balance"]["accounts"]["1302"] == ["1301", "1302"]
