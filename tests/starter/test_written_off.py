"""No loan that was written off is on book by a guess: words, columns that are not read, and what the plan asks."""

from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.starter.first_sight import look_at
from gaapbridge.tapes.trade_words import meanings
from gaapbridge.terms.errors import UnusableInput
from tests.starter.test_proposed import CHINESE, US, proposed, written

STATUSES = ["on_book", "prepaid", "matured", "written_off"]
WRITTEN_OFF = [
    "核销", "已核销", "呆账核销", "账销案存", "charge off", "Charged-Off - Recovery", "Default - Charged Off", "C/O", "WO",
    "COFF", "charged off", "chargeoff", "Charge-Off", "Charged_Off", "CO", "w/o", "Written Off", "write-off",
    "Bad Debt Written Off", "C/O - Bankruptcy", "Charged Off (Deceased)", "Charged off 2022", "坏账核销",
    "已核销（死亡）", "核销处理",
]  # fmt: skip
OPEN = [
    "loss", "损失", "呆账", "坏账", "bad debt", "Sold", "In Recovery", "未核销", "待核销", "部分核销", "Partial charge-off",
    "Charge-off reversed", "C/O pending", "To Be Charged Off", "Charge-Off Recommended", "Charge Off Review", "CO Candidate",
    "Eligible for Charge Off", "Charge Off Prevented", "Charge-off avoided", "Re-instated from Charge Off", "Charge-off waived",
    "Charged off in error", "50% charged off", "W/O default", "Current (charged off 2022)", "Charged Off?", "Scheduled C/O",
    "To Charge Off", "Charge off in 120 days",
    "可核销", "符合核销条件", "核销审批中", "核销转回", "申请核销", "核销后结清", "已核销？",
]  # fmt: skip


@pytest.mark.parametrize("word", WRITTEN_OFF)
def test_a_word_that_says_written_off_is_nothing_else(word: str) -> None:
    assert meanings("status", word, STATUSES) == ("written_off",)


@pytest.mark.campaign(but=3)
@pytest.mark.parametrize("word", OPEN)
def test_a_word_of_more_than_one_meaning_is_none_until_it_is_answered(word: str, tmp_path: Path, folder: Path) -> None:
    """The plan has it switched off, and the row is rejected as it stands."""
    assert meanings("status", word, STATUSES) == ()
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", CHINESE.replace(",核销,", f",{word},")))
    assert word not in plan["tapes"]["loans"]["read"]["values"]["status"]
    checked = check(starter.plan)
    assert checked.exit_code == 2 and word in checked.rejects["value"].to_list()


def flagged(folder: Path, status: str, flag: str, header: str = "是否核销") -> tuple[str, ...]:
    """The columns that a plan may not ignore, of a tape with a status and a flag beside it."""
    rows = f"借据号,账户状态,{header}\nJJ1,正常,否\nJJ2,{status},{flag}\n"
    return look_at([written(folder / "tape.csv", rows)], LOANS).unexplained


def test_a_flag_of_write_off_beside_a_status_on_book_is_asked(tmp_path: Path) -> None:
    assert flagged(tmp_path, "正常", "是") == ("是否核销",)
    assert flagged(tmp_path, "正常", "8,000.00", "核销本金") == ("核销本金",)


def test_a_flag_that_the_status_bears_out_is_not_asked(tmp_path: Path) -> None:
    """Nor one that says no of every loan, or nil."""
    assert flagged(tmp_path, "核销", "是") == ()
    assert flagged(tmp_path, "正常", "否") == ()
    assert flagged(tmp_path, "正常", "0.00", "核销本金") == ()


def test_check_stops_at_a_flag_that_nobody_reads(tmp_path: Path, folder: Path) -> None:
    """Loan 1001 is current by its status, and was charged off by a column beside it."""
    text = US.replace(",Officer", ",Charge-Off Flag").replace(",JD", ",Y").replace(",RS", ",N")
    starter, plan = proposed(folder, written(tmp_path / "trial.csv", text))
    assert plan["tapes"]["loans"]["ignore"] == []
    with pytest.raises(UnusableInput, match="Charge-Off Flag"):
        check(starter.plan)
