"""A lender that changed its system: the plan says what its two files share, and beneath each instant the rest."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaapbridge.checking import check
from gaapbridge.cli import app
from gaapbridge.tapes.trade_words import meanings
from gaapbridge.terms.errors import UnusableInput
from tests.starter.test_proposed import CHINESE, US, answered, principal_and_status, proposed, workbook, written
from tests.starter.words_expected import with_words_to_come

PAID = ('#"Paid in Full" = "prepaid"  # or matured', '"Paid in Full" = "prepaid"')
OLD = """\
Loan Book,,,,
借据号,产品名称,放款日期,首期还款日,到期日,放款金额,贷款余额,年利率(%),期数,还款方式,逾期天数,账户状态
1001,AUTO,20220615,20220715,20250615,36000.00,29500.50,15.4,36,等额本息,0,正常
1009,AUTO,20220615,20220715,20250615,10000.00,8000.00,9.9,36,等额本息,0,逾期
"""


def test_a_workbook_and_a_text_of_other_columns_are_one_tape(tmp_path: Path, folder: Path) -> None:
    """The opening is a sheet in Chinese without totals, the closing a CSV file of a code page with three rows of them."""
    opening = workbook(tmp_path / "台账2022-12-31.xlsx", OLD)
    closing = written(tmp_path / "trial.csv", US.replace("Corp,", "Corp – Retail,"), "cp1252")
    starter, plan = proposed(folder, opening, closing)
    loans = plan["tapes"]["loans"]
    read, own = loans["read"], loans["read"]["opening"]
    assert own["sheet"] == "Loans 2023" and own["skip_rows"] == 1 and own["columns"]["contract_id"] == "借据号"
    assert read["closing"]["encoding"] == "cp1252" and read["closing"]["total_rows"] == 3
    assert read["closing"]["columns"]["contract_id"] == "Loan #"
    assert "columns" not in loans and loans["amounts"] == "major" and "ignore" not in loans
    assert read["closing"]["ignore"] == ["Officer"] and own["ignore"] == []
    words = {"正常": "on_book", "逾期": "on_book", "Current": "on_book", "30-59 DPD": "on_book", "Charged Off": "written_off"}
    assert read["values"]["status"] == with_words_to_come("loans", status=words)["status"]
    answered(starter, PAID)
    files = {file.source: (file.rows, file.left_out) for file in check(starter.plan).files}
    assert files["tapes.loans.opening"] == (2, 0) and files["tapes.loans.closing"] == (4, 3)
    assert principal_and_status(starter)["1001"] == (1_875_040, "on_book")


@pytest.mark.campaign
def test_what_both_files_share_stands_once(tmp_path: Path, folder: Path) -> None:
    """A column that was named otherwise stands beneath each instant, with nothing beside it but what is not read."""
    opening = written(tmp_path / "opening.csv", US.replace(",DPD,", ",Delinq Days,").replace("2023", "2022"))
    _, plan = proposed(folder, opening, written(tmp_path / "closing.csv", US))
    loans = plan["tapes"]["loans"]
    assert loans["read"]["opening"] == {"columns": {"days_past_due": "Delinq Days"}}
    assert loans["read"]["closing"] == {"columns": {"days_past_due": "DPD"}}
    assert loans["columns"]["contract_id"] == "Loan #" and loans["ignore"] == ["Officer"] and loans["read"]["total_rows"] == 3


def test_a_column_that_came_later_is_of_the_closing_alone(tmp_path: Path, folder: Path) -> None:
    before = US.replace(",Payoff Dt,", ",Branch,")
    for exit_day in ("11/30/2023", "10/10/2023"):
        before = before.replace(exit_day, "North")
    starter, plan = proposed(folder, written(tmp_path / "opening.csv", before), written(tmp_path / "closing.csv", US))
    assert plan["tapes"]["loans"]["read"]["closing"]["columns"] == {"exit_date": "Payoff Dt"}
    assert "columns" not in plan["tapes"]["loans"]["read"]["opening"]
    (before_it,) = [tape.before for tape in starter.tapes.values()]
    assert before_it is not None and "Branch" in before_it.unread


def test_rows_of_totals_by_several_texts_are_left_out(tmp_path: Path, folder: Path) -> None:
    """All that stand in the place of a loan's number: none is asked about."""
    lines = US.split("\n")
    page, subtotal = (f'{word},,,,,"$48,000.00","$21,870.95",,,,,,,,' for word in ("小计", "Subtotal"))
    text = "\n".join([*lines[:4], page, lines[4], subtotal, *lines[5:]])
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert plan["tapes"]["loans"]["read"]["total_where"] == {"contract_id": ["小计", "Subtotal"]}
    assert "total_where" not in {question.about for question in starter.tapes["loans"].guess.questions}


@pytest.mark.campaign
def test_rows_of_totals_of_one_file_are_stated_of_it_alone(tmp_path: Path, folder: Path) -> None:
    """With the closing's three rows of totals left out of both, the last three loans of the opening would be gone."""
    opening = written(tmp_path / "opening.csv", US[: US.index("Total,")])
    starter, plan = proposed(folder, opening, written(tmp_path / "closing.csv", US))
    assert plan["tapes"]["loans"]["read"]["closing"]["total_rows"] == 3
    assert "total_rows" not in {**plan["tapes"]["loans"]["read"], **plan["tapes"]["loans"]["read"].get("opening", {})}
    assert [(file.rows, file.left_out) for file in check(starter.plan).files[:2]] == [(4, 0), (4, 3)]


WHOLE = "Loan Id,Orig Bal,Curr Bal\nA-1,5000,4000\n"
CENTS = "Loan #,Orig Bal,Curr Bal\nA-1,5000.50,4000.25\n"
TWO_UNITS = "单位：万元,,\n单位：元,,\n借据号,放款金额,贷款余额\nA-1,5,4\n"


@pytest.mark.parametrize(
    ("opening", "closing", "stated"),
    [
        (TWO_UNITS, CENTS, "closing"), (CENTS, TWO_UNITS, "opening"),
        (WHOLE, CENTS, "closing"), (CENTS, WHOLE, "opening"),
    ],
)  # fmt: skip
def test_an_answer_to_one_file_is_not_read_for_the_other(
    opening: str, closing: str, stated: str, tmp_path: Path, folder: Path
) -> None:
    """Nothing says how one of the files states money, not the decimals of the other: the plan is none until that is answered,
    and the other keeps its own."""
    files = [written(tmp_path / "one.csv", opening), written(tmp_path / "two.csv", closing)]
    starter, plan = proposed(folder, *files)
    loans = plan["tapes"]["loans"]
    assert "amounts" not in loans and loans["read"][stated]["amounts"] == "major"
    assert '#amounts = "major"\n#amounts = "minor"' in starter.plan.read_text(encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        check(starter.plan)
    assert refused.value.key == "tapes.loans.amounts"


def test_columns_that_one_file_does_not_read_are_asked_of_it(tmp_path: Path, folder: Path) -> None:
    opening = written(tmp_path / "opening.csv", US.replace(",Officer", ",Accrued Fee").replace(",JD", ",12.50"))
    told = CliRunner().invoke(
        app, ["new", "plan", str(folder), "--format", "json", "--loans", str(opening), "--loans",
              str(written(tmp_path / "closing.csv", CHINESE))],
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    seen = json.loads(told.stdout)["tapes"]["loans"]
    assert seen["opening"]["columns"]["contract_id"] == "Loan #" and seen["columns"]["contract_id"] == "借据号"
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    assert "tapes.loans.read.opening.ignore: Accrued Fee holds amounts" in text


def test_interest_of_this_year_and_principal_past_due_are_taken_for_no_other(tmp_path: Path, folder: Path) -> None:
    """The first is not since origination, the second no interest: neither is proposed, not even switched off."""
    text = US.replace(",Int Paid,Officer", ",YTD Int Pd,Prin Past Due").replace(",JD", ",7.50").replace(",RS", ",7.50")
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert plan["tapes"]["loans"]["ignore"] == ["YTD Int Pd", "Prin Past Due"]
    said = starter.plan.read_text(encoding="utf-8")
    assert "#interest_received_minor" not in said and "#billed_unpaid_interest_minor" not in said


def test_a_day_of_charge_off_by_its_letters_is_one_of_exit(tmp_path: Path, folder: Path) -> None:
    text = US.replace(",Officer", ",C/O Date").replace(",JD", ",").replace(",RS", ",")
    _, plan = proposed(
        folder,
        written(tmp_path / "trial.csv", text.replace("Charged Off,11/30/2023,$90.00,", "Charged Off,,$90.00,11/30/2023")),
    )
    assert plan["tapes"]["loans"]["read"]["first_of"] == {"exit_date": ["C/O Date", "Payoff Dt"]}


@pytest.mark.parametrize("word", ["逾期120天以上", "逾期90天及以上", "逾期30天以内"])
def test_days_past_due_in_words_are_on_book(word: str) -> None:
    assert meanings("status", word, ["on_book", "written_off"]) == ("on_book",)


HISTORY = """\
Post Date,Loan #,Tran Desc,Principal,Interest,Total
01/13/2023,1001,Payment,"1,000.00",10.00,"1,010.00"
02/13/2023,1001,Advance,"(5,000.00)",0.00,"(5,000.00)"
03/13/2023,1002,Payoff,"2,000.00",20.00,"2,020.00"
03/14/2023,1003,Charge-off,700.00,0.00,700.00
"""


def test_rows_of_payments_among_all_transactions(tmp_path: Path, folder: Path) -> None:
    """Payments and payoffs are read, advances and write-offs left out; a reversal is asked for, and refused until then."""
    loans = written(tmp_path / "trial.csv", US)
    history = written(tmp_path / "history.csv", HISTORY)
    starter, plan = proposed(folder, loans, payments=(history,))
    payments = plan["tapes"]["payments"]
    assert payments["read"]["only"] == {"Tran Desc": ["Payment", "Payoff"]}
    assert payments["read"]["left_out"] == {"Tran Desc": ["Advance", "Charge-off"]}
    assert payments["ignore"] == ["Total"] and "principal_minor" not in starter.tapes["payments"].faults
    written(history, HISTORY + '03/15/2023,1001,Reversal,"(1,000.00)",0.00,"(1,000.00)"\n')
    asked, _ = proposed(tmp_path / "asked", loans, payments=(history,))
    (question,) = [one for one in asked.tapes["payments"].guess.questions if one.about == "only"]
    assert "Reversal" in question.why
    with pytest.raises(UnusableInput, match="a kind of row is taken or left out"):
        check(asked.plan)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("column", ["Type", "Tran Desc"])
def test_events_among_all_transactions_are_asked(column: str, tmp_path: Path, folder: Path) -> None:
    """Payments and advances are rows of other tapes: the two lines that are switched off leave them out. So do
    those of a column that is not known for the kinds of events."""
    history = written(tmp_path / "history.csv", HISTORY.replace("Total", "Amount").replace("Tran Desc", column))
    starter, _ = proposed(folder, written(tmp_path / "trial.csv", US), events=(history,))
    (question,) = [one for one in starter.tapes["events"].guess.questions if one.about == "only"]
    assert question.why.startswith(f"{column} holds Payment, Advance, as a file of all transactions does")
    only, left_out = f'{{ "{column}" = ["Payoff", "Charge-off"] }}', f'{{ "{column}" = ["Payment", "Advance"] }}'
    answers = [(f"#only = {only}", f"only = {only}"), (f"#left_out = {left_out}", f"left_out = {left_out}")]
    answered(starter, PAID, *answers)
    if column == "Tran Desc":  # the kinds of events are still asked for
        return
    (file,) = [one for one in check(starter.plan).files if one.source == "tapes.events"]
    assert (file.rows, file.others) == (2, {"Payment": 1, "Advance": 1})


def test_events_of_a_file_of_their_own_are_not_asked(tmp_path: Path, folder: Path) -> None:
    events = "Post Date,Loan #,Tran Desc,Amount\n03/14/2023,1003,Charge-off,700.00\n03/15/2023,1001,Payoff,500.00\n"
    starter, _ = proposed(folder, written(tmp_path / "trial.csv", US), events=(written(tmp_path / "events.csv", events),))
    assert "only" not in {one.about for one in starter.tapes["events"].guess.questions}


@pytest.mark.parametrize("of_opening", [True, False])
def test_a_segment_at_one_instant_only_is_asked(tmp_path: Path, folder: Path, of_opening: bool) -> None:
    """The other file has none, so all its contracts would be of one segment and move."""
    opening = workbook(tmp_path / "台账2022-12-31.xlsx", OLD if of_opening else OLD.replace("产品名称", "备用"))
    closing = written(tmp_path / "trial.csv", US.replace("Prod Cd", "Spare") if of_opening else US)
    starter, plan = proposed(folder, opening, closing)
    alone, column = ("closing", "产品名称") if of_opening else ("opening", "Prod Cd")
    assert plan["tapes"]["loans"]["read"][alone]["constant"]["segment"] == "all"
    table = starter.plan.read_text(encoding="utf-8").split(f"[tapes.loans.read.{alone}]")[1].split("\n[")[0]
    assert f"# OPEN, segment: {column} says it in the file of the other instant" in table
    assert starter.as_text().count(f"{column} says it in the file of the other instant") == 1


@pytest.mark.campaign
def test_a_segment_at_both_instants_or_at_none_is_not_asked(tmp_path: Path, folder: Path) -> None:
    closing = written(tmp_path / "trial.csv", US)
    starter, _ = proposed(folder, workbook(tmp_path / "台账2022-12-31.xlsx", OLD), closing)
    bare = written(tmp_path / "bare.csv", US.replace("Prod Cd", "Spare"))
    other, _ = proposed(folder.with_name("other"), workbook(tmp_path / "bare.xlsx", OLD.replace("产品名称", "备用")), bare)
    assert not any("OPEN, segment" in one.plan.read_text(encoding="utf-8") for one in (starter, other))
