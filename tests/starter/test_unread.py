"""Columns that nothing reads: amounts among them are named, and reading one takes the one line that is switched off."""

import tomllib
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.awards.schema import AWARDS
from gaapbridge.contracts.loans.payments import PAYMENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.starter import OwnFiles, write_starter
from gaapbridge.starter.first_sight import look_at
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.terms.errors import UnusableInput
from tests.starter.test_proposed import US, answered, principal_and_status, proposed, written

MORE = US.replace("Int Paid,Officer", "Int Paid,Deferred Acquisition Costs,LTV (%),Sort Key").replace(
    ",JD\n", ",$175.15,80.55,7\n"
)
MORE = MORE.replace(",RS\n", ",$20.00,75.20,8\n")
"""The American tape with costs under a name that is not known, a ratio, and a number of nothing."""


def seen(folder: Path, header: str, *rows: str) -> TapeFile:
    return look_at([written(folder / "tape.csv", "\n".join([header, *rows, ""]))], LOANS)


def test_amounts_that_nothing_reads_are_listed_with_what_they_may_be(tmp_path: Path, folder: Path) -> None:
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", MORE))
    said = "tapes.loans.ignore: Deferred Acquisition Costs holds amounts (may be costs_paid_minor)"
    assert [one for one in plan["starter"]["unanswered"] if "ignore" in one] == [said]
    assert plan["tapes"]["loans"]["ignore"] == ["Deferred Acquisition Costs", "LTV (%)", "Sort Key"]
    assert said in check(starter.plan).as_text()
    answered(
        starter,
        ('#costs_paid_minor = "Deferred Acquisition Costs"', 'costs_paid_minor = "Deferred Acquisition Costs"'),
        ('#"Paid in Full" = "prepaid"  # or matured', '"Paid in Full" = "prepaid"'),
    )
    assert principal_and_status(starter)["1001"] == (1_875_040, "on_book")


@pytest.mark.parametrize(
    ("name", "cells", "amounts"),
    [
        ("授信额度(万元)", ["5", "10"], True), ("Escrow Balance", ["500", "0"], True), ("Extra", ["1,500.25", "7"], True),
        ("Extra", ["15", "7"], False), ("Escrow Balance", ["0.00", "0.00"], False), ("LTV", ["80.55", "75.20"], False),
        ("Rate floor", ["0.55", "1.25"], False), ("客户编号", ["1001", "1002"], False), ("Escrow", ["none", "n/a"], False),
    ],
)  # fmt: skip
def test_an_amount_is_told_by_name_unit_or_writing(name: str, cells: list[str], amounts: bool, tmp_path: Path) -> None:
    found = seen(tmp_path, f"contract_id,{name}", *(f'{number},"{cell}"' for number, cell in enumerate(cells)))
    assert found.money == ((name,) if amounts else ())


def test_a_chinese_column_may_be_the_one_that_is_nearest(tmp_path: Path) -> None:
    """Three of the five characters of 手续费净收 are those of 手续费."""
    found = seen(tmp_path, "借据号,手续费净收(元),客户名称", "JJ1,500.00,张三")
    assert found.nearest("fees_received_minor") == ["手续费净收(元)"]


def test_what_a_column_may_be_is_told_by_its_cells_where_its_name_misleads(tmp_path: Path) -> None:
    """A receipt's number is near a day of receipt by name, and a currency near the current rating."""
    header = "Acct No,Unit,Day 1,Day 2,Carried,Status"
    loans = seen(tmp_path, header, "PT-1,USD,04/10/2022,03/10/2025,1050.50,Open", "PT-2,USD,08/12/2022,07/12/2024,9.00,Open")
    assert (loans.nearest("currency"), loans.nearest("rating")) == (["Unit"], [])
    assert loans.nearest("first_payment_date") == loans.nearest("origination_date") == ["Day 1", "Day 2"]
    assert loans.nearest("outstanding_principal_minor") == ["Carried"]
    assert loans.nearest("fees_received_minor") == [], "what a tape may leave out is not any amount"
    rows = "Acct No,Day Banked,Prin,Receipt #\nPT-1,01/10/2024,10.50,PT-1-021\nPT-1,02/13/2024,10.50,PT-1-022\n"
    cash = look_at([written(tmp_path / "cash.csv", rows)], PAYMENTS)
    assert (cash.nearest("date"), cash.nearest("payment_id")) == (["Day Banked"], ["Receipt #"])


def test_a_name_of_two_meanings_is_read_where_its_cells_are_of_one(tmp_path: Path) -> None:
    header = "Acct No,Curr,1st Pmt Due,Matures,Status"
    loans = seen(tmp_path, header, "PT-1,USD,04/10/2022,03/10/2025,Open", "PT-2,USD,08/12/2022,07/12/2024,Open")
    read = {ours: match.theirs for ours, match in loans.matches.items()}
    assert (read["currency"], read["first_payment_date"], read["maturity_date"]) == ("Curr", "1st Pmt Due", "Matures")
    rated = seen(tmp_path, header.replace("Matures", "Ccy"), "PT-1,AAA,04/10/2022,USD,Open", "PT-2,BBB,08/12/2022,USD,Open")
    assert rated.matches["currency"].theirs == "Ccy", "a column of ratings is no currency"
    cash = look_at([written(tmp_path / "cash.csv", "Acct No,Posted,Prin\nPT-1,01/10/2024,10.50\n")], PAYMENTS)
    assert cash.matches["date"].theirs == "Posted"
    unclear = look_at([written(tmp_path / "cash.csv", "Acct No,Posted,Prin\nPT-1,yes,10.50\n")], PAYMENTS)
    assert "date" not in unclear.matches


def test_a_lender_whose_words_nobody_knows_is_asked_by_the_cells_of_its_columns(tmp_path: Path, folder: Path) -> None:
    """Amounts in thousands of euros, and no name for how many instalments, what stands and who left when."""
    header = "Deal,Lent (k EUR),Steps,Still there (k EUR),Where it stands,Gone,Profile"
    rows = ("KV-1,38.40000,36,2.41194,running,-,annuity", "KV-2,22.10000,24,6.77356,given up,14-Nov-24,balloon at end")
    loans = seen(tmp_path, header, *rows)
    assert (loans.amounts, loans.read["units"]["principal_minor"]) == ("major", "thousand")
    assert loans.read["units"]["outstanding_principal_minor"] == "thousand", "where it is read"
    asked = ("outstanding_principal_minor", "term_instalments", "status", "exit_date", "repayment_type")
    found = [loans.nearest(ours) for ours in asked]
    assert found == [["Still there (k EUR)"], ["Steps"], ["Where it stands"], ["Gone"], ["Profile"]]
    path = written(tmp_path / "deals.csv", "\n".join((header, *rows, "")))
    plan = write_starter(folder, OwnFiles(loans=[path])).plan
    said = "tapes.loans.ignore: Where it stands holds words (may be status)"
    assert said in tomllib.loads(plan.read_text(encoding="utf-8"))["starter"]["unanswered"], "not on book by a guess"


EVENTS = "借据号,记帐日,类型码,发生数额({unit})\nJJ3,2023年1月13日,核销,{amount}\n"


def test_a_column_that_may_be_read_has_its_unit_words_and_days_stated(tmp_path: Path, folder: Path) -> None:
    """Of events that only the id is known of: 0.1429 ten thousand yuan are written off on 13 January."""
    events = written(tmp_path / "events.csv", EVENTS.format(unit="万元", amount="0.1429"))
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", US), events=(events,))
    tape = plan["tapes"]["events"]
    assert tape["columns"] == {"contract_id": "借据号"} and tape["amounts"] == "major"
    assert tape["read"]["units"] == {"amount_minor": "ten_thousand"}
    assert tape["read"]["values"]["kind"]["核销"] == "write_off", "words that the file does not have stand below it"
    text = starter.plan.read_text(encoding="utf-8")
    assert '\n#amount_minor = "发生数额(万元)"\n' in text and '\n#kind = "类型码"\n' in text


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("unit", "amount", "stated"), [("元", "1429", "major"), ("分", "1429", "minor"), ("笔", "1429", None)])
def test_without_an_amount_that_is_read_the_unit_is_that_of_one_that_may_be_or_open(
    unit: str, amount: str, stated: str | None, tmp_path: Path, folder: Path
) -> None:
    events = written(tmp_path / "events.csv", EVENTS.format(unit=unit, amount=amount))
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", US), events=(events,))
    assert plan["tapes"]["events"].get("amounts") == stated
    if stated is None:
        with pytest.raises(UnusableInput, match=r"tapes\.events\.amounts"):
            check(starter.plan)


def test_the_unit_of_whole_numbers_is_asked_and_refused_until_it_is_answered(starter_copy: Path, folder: Path) -> None:
    """Fees of 160 for a guarantee are dollars or cents: a plan that says one of them closes a hundredth, or a hundredfold."""
    fees = starter_copy / "fees.csv"
    fees.write_text(
        "Guaranty No,Fee Due,Covers From,Covers To,Fee,Fee Collected,Fee Written Off\n"
        "GTY-01,2023-06-30,2023-06-30,2024-06-29,160,0,0\nGTY-02,2023-09-30,2023-09-30,2024-09-29,135,135,0\n"
    )
    starter = write_starter(
        folder, OwnFiles(guarantees=(starter_copy / "tapes" / "guarantees-2023-12-31.csv",), guarantee_fees=(fees,))
    )
    plan = starter.plan.read_text(encoding="utf-8")
    table = plan[plan.index("[tapes.guarantee_fees]") :].split("\n[")[0]
    why = "no cell has decimals, and no header names the unit, of Fee, Fee Collected, Fee Written Off: 5000 may be"
    assert why in " ".join(table.replace("\n# ", " ").split())
    assert '\n#amounts = "major"\n#amounts = "minor"\n' in table
    with pytest.raises(UnusableInput) as refused:
        check(starter.plan)
    assert refused.value.key == "tapes.guarantee_fees.amounts"


def test_a_header_in_another_currency_than_its_column_is_asked(tmp_path: Path) -> None:
    """kEUR beside a column of currencies that has CNY alone: one of them is wrong, and neither is taken without a word."""
    found = seen(tmp_path, "Loan No,Ccy,Loan Amount kEUR,Balance", "L1,CNY,508.5,300.5")
    assert found.currency is not None and found.currency[0] == "CNY" and found.read["units"] == {"principal_minor": "thousand"}
    (why,) = [question.why for question in found.guess.questions if question.about == "currency"]
    assert why == "Loan Amount kEUR names another than CNY: Ccy holds no other"
    own = seen(tmp_path, "Loan No,Ccy,Loan Amount kEUR", "L1,EUR,508.5")
    assert [question for question in own.guess.questions if question.about == "currency"] == []


AWARD = "Grant No,Grant Date,Dept,Ccy,FMV at Grant,Plan\nG1,2022-01-15,R&D,USD,12.40,RSU\nG2,2022-02-15,R&D,USD,13.10,RSU\n"


def test_the_market_value_at_grant_may_be_the_fair_value_and_the_only_word_is_stated(tmp_path: Path, folder: Path) -> None:
    """12.40 a unit is offered and not read: of an option it is not its fair value. No column of RSU says what vesting needs."""
    found = look_at([written(tmp_path / "awards.csv", AWARD)], AWARDS)
    assert "fair_value_per_unit" not in found.matches and found.nearest("fair_value_per_unit") == ["FMV at Grant"]
    assert found.nearest("condition") == []
    said = 'where it is so of every row, add condition = "service" to read.constant of the tape'
    assert found.advice("condition") == [said]
    plan = write_starter(folder, OwnFiles(awards=[tmp_path / "awards.csv"])).plan.read_text(encoding="utf-8")
    assert said in " ".join(plan.replace("\n# ", " ").split()) and '\n#fair_value_per_unit = "FMV at Grant"\n' in plan


@pytest.mark.parametrize("name", ["期限(天)", "Term (Days)", "Loan Term in Weeks", "TermDays"])
def test_a_term_in_days_is_no_number_of_instalments(name: str, tmp_path: Path) -> None:
    found = seen(tmp_path, f"contract_id,{name}", "1,360")
    assert "term_instalments" not in found.matches and found.nearest("term_instalments") == []
    (said,) = found.unlike("term_instalments")
    assert said.startswith(f"{name} is not a number of instalments")


@pytest.mark.parametrize("name", ["月利率(%)", "Monthly Rate", "日利率"])
def test_a_rate_for_a_month_is_not_the_one_for_a_year(name: str, tmp_path: Path, folder: Path) -> None:
    path = written(tmp_path / "tape.csv", f"contract_id,{name}\n1,1.2\n")
    starter, plan = proposed(folder, path)
    assert "annual_rate" not in plan["tapes"]["loans"]["columns"]
    text = starter.plan.read_text(encoding="utf-8")
    assert '\n#annual_rate = ""\n' in text and "no key annualises it" in " ".join(text.replace("\n# ", " ").split())


def test_an_apr_is_to_be_looked_at_and_gives_way_to_a_note_rate(tmp_path: Path) -> None:
    alone = seen(tmp_path, "contract_id,APR (%)", "1,21.99")
    assert alone.matches["annual_rate"].why.endswith("may contain fees (Reg Z): look at it")
    both = seen(tmp_path, "contract_id,APR (%),Note Rate (%)", "1,21.99,19.99")
    assert both.matches["annual_rate"].theirs == "Note Rate (%)"
