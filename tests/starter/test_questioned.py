"""Columns that are called as ours are and hold something else by their figures, and amounts written off beside nil balances."""

from pathlib import Path

import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.starter.first_sight import look_at
from gaapbridge.starter.unread import money_in
from tests.starter.test_proposed import CHINESE, US, answered, principal_and_status, proposed, written

PAID = ('#"Paid in Full" = "prepaid"  # or matured', '"Paid in Full" = "prepaid"')


def with_column(text: str, name: str, *cells: str, last: str = "Officer") -> str:
    """A tape with one more column after its last, a cell for each of the first rows below its header."""
    lines = text.splitlines()
    place = next(number for number, line in enumerate(lines) if line.endswith(last))
    added = [name, *cells]
    return "\n".join(
        f"{line},{added[at]}" if 0 <= (at := number - place) < len(added) else line for number, line in enumerate(lines)
    )


def test_an_instalment_that_some_loans_may_not_state_is_switched_off(tmp_path: Path, folder: Path) -> None:
    """Loan 1001 pays interest only: 36,000.00 at 15.4 % are 462.00 a month, and no instalment of the tape's is that."""
    text = with_column(US, "P&I Pmt", "$462.00", '"$1,054.12"', "$376.59", "$235.37").replace(
        "36,Level Pay", "36,Interest Only"
    )
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert "instalment_minor" not in plan["tapes"]["loans"]["columns"]
    assert plan["tapes"]["loans"]["ignore"] == ["Officer", "P&I Pmt"]
    assert "instalment_minor is given for repayment_type level only" in starter.as_text().replace("\n" + " " * 32, " ")
    answered(starter, PAID)
    assert len(check(starter.plan).rejects) == 0
    answered(starter, ('#instalment_minor = "P&I Pmt"', 'instalment_minor = "P&I Pmt"'))
    assert check(starter.plan).rejects["contract_id"].to_list() == ["1001"]


def test_an_instalment_of_nil_is_switched_off(tmp_path: Path, folder: Path) -> None:
    text = with_column(US, "P&I Pmt", "$0.00", '"$1,054.12"', "$376.59", "$235.37")
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert "instalment_minor" not in plan["tapes"]["loans"]["columns"]
    assert "# OPEN, instalment_minor: 0 " in starter.plan.read_text(encoding="utf-8")


def test_an_instalment_that_every_loan_may_state_is_read(tmp_path: Path, folder: Path) -> None:
    text = with_column(US, "P&I Pmt", '"$1,254.87"', '"$1,054.12"', "$376.59", "$235.37")
    _, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert plan["tapes"]["loans"]["columns"]["instalment_minor"] == "P&I Pmt"


@pytest.mark.parametrize(
    ("name", "late", "read"),
    [("应收利息(元)", "0", False), ("应收利息(元)", "60", True), ("逾期利息(元)", "0", True), ("应收未收利息(元)", "0", True)],
)
def test_interest_of_loans_that_are_not_late_is_none_that_was_billed(
    tmp_path: Path, folder: Path, name: str, late: str, read: bool
) -> None:
    """Of the three loans with it one is late in one case and two in the other; a name that says unpaid goes before."""
    text = with_column(CHINESE, name, "210.00", "30.00", "0.00", "40.00", last="是否重组").replace(
        "36,等额本息,0", f"36,等额本息,{late}"
    )
    starter, plan = proposed(folder, written(tmp_path / "明细.csv", text))
    loans = plan["tapes"]["loans"]
    assert (loans["columns"].get("billed_unpaid_interest_minor") == name) == read
    assert (f"tapes.loans.ignore: {name} holds amounts" in plan["starter"]["unanswered"]) != read
    assert ("2 of 3 contracts with it are 0 days past due" in starter.as_text().replace("\n" + " " * 32, " ")) != read


def test_interest_billed_on_the_last_day_is_read(tmp_path: Path, folder: Path) -> None:
    """The only loan with it is 0 days past due, but so are two without: of interest that accrues all have some."""
    text = with_column(CHINESE, "应收利息(元)", "0.00", "0.00", "0.00", "40.00", last="是否重组").replace(
        "等额本金,45", "等额本金,0"
    )
    _, plan = proposed(folder, written(tmp_path / "明细.csv", text))
    assert plan["tapes"]["loans"]["columns"]["billed_unpaid_interest_minor"] == "应收利息(元)"


@pytest.mark.campaign
def test_an_amount_charged_off_is_the_principal_where_the_balance_is_nil_since(tmp_path: Path, folder: Path) -> None:
    text = with_column(US, "C/O Amt", "", "", '"$6,900.00"', "").replace('"$6,900.00",12.00', "$0.00,12.00")
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    loans = plan["tapes"]["loans"]
    assert loans["read"]["first_of"] == {"outstanding_principal_minor": ["C/O Amt", "Curr Bal"]}
    assert loans["ignore"] == ["Officer"] and "outstanding_principal_minor" not in loans["columns"]
    answered(starter, PAID)
    assert principal_and_status(starter)["1002"] == (312_055, "on_book")
    assert look_at([tmp_path / "trial.csv"], LOANS).faults == {}


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize(
    ("amounts", "balance"),
    [
        (["0.00", "0.00", "$6,900.00", "0.00"], "$0.00"),  # nil of a loan on book would be its principal
        (["$10.00", "", "$6,900.00", ""], "$0.00"),  # of a loan on book
        (["", "", "$6,900.00", ""], '"$6,900.00"'),  # the balance stands
        (["", "", "$0.00", ""], "$0.00"),  # no amount
    ],
)
def test_any_other_amount_charged_off_is_not_read(tmp_path: Path, folder: Path, amounts: list[str], balance: str) -> None:
    text = with_column(US, "C/O Amt", *(f'"{one}"' for one in amounts)).replace('"$6,900.00",12.00', f"{balance},12.00")
    _, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert "first_of" not in plan["tapes"]["loans"]["read"]


@pytest.mark.parametrize(
    ("name", "cell", "money"),
    [
        ("下次还款日", "20230123", False),
        ("Next Pmt", "20230123", False),
        ("还款", "20231423", True),
        ("本年还款额", "5000.25", True),
    ],
)
def test_a_day_written_as_a_number_is_no_amount(name: str, cell: str, money: bool) -> None:
    assert (money_in([name], pl.DataFrame({name: [cell, ""]})) == [name]) == money
