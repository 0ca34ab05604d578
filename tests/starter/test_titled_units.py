"""The unit that a title states is that of every amount whose header names none; what titles leave open is refused."""

from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.tapes.named_units import unit_titled
from gaapbridge.terms.errors import UnusableInput
from tests.starter.test_proposed import US, principal_and_status, proposed, written

HEADER = "借据号,币种,产品名称,放款日期,首期还款日,放款金额{0},贷款余额,年利率(%),期数,还款方式,逾期天数,账户状态"
ROW = "JJ1,CNY,新车贷,20220615,20220715,3.6,1.875,15.4,36,等额本金,0,正常"


def tape(path: Path, *titles: str, unit: str = "") -> Path:
    """A loan of principal 3.6 and balance 1.875, in a unit that titles or headers state."""
    return written(path, "\n".join([*titles, HEADER.format(unit), ROW, ""]))


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("单位:万元", "ten_thousand"), ("金额单位：元", "major"), ("单位：人民币万元", "ten_thousand"),
        ("单位（千元）", "thousand"),
        ("(in thousands)", "thousand"), ("($000s)", "thousand"), ("Amounts in USD thousands", "thousand"),
        ("Trial balance 12/31/2023 (US$'000)", "thousand"), ("(in thousands, except shares)", "thousand"),
        ("In whole dollars", "major"), ("Amounts in cents", "minor"), ("单位：百万元", "million"), ("$ in millions", "million"),
        ("单位：亿元", "hundred_million"), ("(Rs. in crores)", "crore"), ("₹ lakhs", "lakh"), ("Werte in Mio. EUR", "million"),
        ("Alle Beträge in Tsd. EUR", "thousand"), ("Dr / Cr (total)", None),
        ("编制单位：元大小额贷款公司", None), ("Thousand Oaks Lending", None), ("万家小额贷款公司", None),
        ("As of 12/31/2000", None), ("单位：千美元", "thousand"), ("单位：十亿元", "other"),
        ("(in billions of USD)", "other"), ("(USD '000)", "thousand"), ("单位：分", "minor"), ("(in cents)", "minor"),
        ("（十）贷款明细", None), ("In Cash", None), ("单位：美元千元", "thousand"), ("单位：千美金", "thousand"),
        ("單位：新台幣千元", "thousand"), ("單位：仟元", "thousand"), ("单位：仟美元", "thousand"),
        ("单位：美元（千）", "thousand"), ("单位：USD千元", "thousand"), ("单位：千USD", "thousand"),
        ("单位：美元万元", "ten_thousand"), ("单位:千元美元", "other"), ("单位：人民币", "major"),
        ("单位：USD thousand", "thousand"), ("单位：亿联银行", None), ("单位: 万达小额贷款有限公司", None),
        ("Trial balance (USD)", None), ("單位：億元", "hundred_million"), ("Loans of over a million", None),
        ("10K CNY", "ten_thousand"), ("亿联银行贷款台账", None),
    ],
)  # fmt: skip
def test_a_title_names_a_unit_or_none(title: str, unit: str | None) -> None:
    assert unit_titled(title) == unit


def test_the_unit_of_a_title_is_that_of_the_amounts(tmp_path: Path, folder: Path) -> None:
    """1.875 ten thousand yuan are 18,750.00."""
    starter, plan = proposed(folder, tape(tmp_path / "tape20231231.csv", "某某公司贷款台账,单位:万元"))
    loans = plan["tapes"]["loans"]
    assert loans["amounts"] == "major"
    assert loans["read"]["units"] == {"principal_minor": "ten_thousand", "outstanding_principal_minor": "ten_thousand"}
    assert "the title says so: 单位:万元" in starter.plan.read_text(encoding="utf-8")
    assert principal_and_status(starter) == {"JJ1": (1_875_000, "on_book")}


def test_a_title_in_a_unit_without_a_word_is_asked(tmp_path: Path, folder: Path) -> None:
    starter, plan = proposed(folder, tape(tmp_path / "tape.csv", "单位：十亿元"))
    assert "amounts" not in plan["tapes"]["loans"]
    assert "单位：十亿元: a unit that a plan has no word for" in starter.plan.read_text(encoding="utf-8")


def test_the_header_wins_over_the_title(tmp_path: Path, folder: Path) -> None:
    _, plan = proposed(folder, tape(tmp_path / "tape.csv", "单位:万元", unit="(元)"))
    assert plan["tapes"]["loans"]["read"]["units"] == {"outstanding_principal_minor": "ten_thousand"}


def test_a_remark_below_the_rows_states_it_too(tmp_path: Path, folder: Path) -> None:
    path = tape(tmp_path / "tape.csv")
    path.write_text(path.read_text(encoding="utf-8") + "注：金额单位：万元\n", encoding="utf-8")
    _, plan = proposed(folder, path)
    assert set(plan["tapes"]["loans"]["read"]["units"].values()) == {"ten_thousand"}


def test_titles_that_disagree_are_asked_and_refused(tmp_path: Path, folder: Path) -> None:
    starter, plan = proposed(folder, tape(tmp_path / "tape.csv", "单位:万元", "单位:元"))
    assert "amounts" not in plan["tapes"]["loans"]
    assert '\n#amounts = "major"\n#amounts = "minor"\n' in starter.plan.read_text(encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"tapes\.loans\.amounts"):
        check(starter.plan)


def test_titles_of_two_instants_that_disagree_are_asked(tmp_path: Path, folder: Path) -> None:
    files = [tape(tmp_path / f"{name}.csv", f"单位:{name}") for name in ("元", "万元")]
    assert "amounts" not in proposed(folder, *files)[1]["tapes"]["loans"]


def test_a_ledger_in_thousands_is_read_in_them(tmp_path: Path, folder: Path) -> None:
    ledger = written(
        tmp_path / "tb.csv", "Trial Balance ($000s),,\nAcct,Description,Balance\n1001,Cash,500.25\n4001,Capital,-500.25\n"
    )
    _, plan = proposed(folder, written(tmp_path / "trial.csv", US), trial_balance=(ledger,))
    assert plan["trial_balance"]["amounts"] == "major"
    assert plan["trial_balance"]["read"]["units"] == {"balance_minor": "thousand"}
