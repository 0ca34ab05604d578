"""A later rate of tax on what stands in equity, of either framework: against the figures of docs/reference/given.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from tests.given.holder import plan_of, rates_changed, write_holder
from tests.given.ledger_book import imported, posted_by
from tests.given_lender import cell, minor, schedule

GAINS = """\
date,path,account,amount_minor
2022-12-31,balance,1831,{sign}400.00
2022-12-31,balance,4012,{other}300.00
2023-01-31,fair_value,1831,{sign}100.00
2023-01-31,fair_value,4012,{other}100.00
2023-01-31,balance,1831,{sign}500.00
2023-01-31,balance,4012,{other}{closing}
"""


def january(folder: Path, equity_of: str, gains: str, adjustments: str = "") -> tuple[Path, Run]:
    """The plan of January, in which the rate changes, and the run of the year before."""
    plan = write_holder(folder / "books")
    (plan.parent / "investments.csv").write_text(gains, encoding="utf-8")
    header = (plan.parent / "adjustments.csv").read_text(encoding="utf-8").partition("\n")[0]
    (plan.parent / "adjustments.csv").write_text(f"{header}\n{adjustments}", encoding="utf-8")
    plan.write_text(plan_of(0), encoding="utf-8")
    before = close(plan)
    plan.write_text(rates_changed(plan_of(1), equity_of), encoding="utf-8")
    return plan, before


@pytest.mark.parametrize(
    ("framework", "sign", "other", "column"),
    [("ifrs", "", "-", "equity, IFRS's items"), ("us_gaap", "-", "", "equity, US GAAP's items")],
)
def test_a_later_rate_moves_the_tax_where_the_framework_has_it(
    tmp_path: Path, framework: str, sign: str, other: str, column: str
) -> None:
    """Gains of 400, then 500, at 25 %, then 30 %: of IFRS's the 20 more of tax are other comprehensive income (IAS 12.63); of
    US GAAP's they were profit there (740-10-45-15), which the column takes back."""
    by_hand = schedule("A later rate")
    reserve = {year: minor(row[column]) for year, row in by_hand.items()}
    direction = 1 if framework == "ifrs" else -1
    gains = GAINS.format(sign=sign, other=other, closing=f"{abs(reserve['2023']) / 100:.2f}")
    plan, before = january(tmp_path, f'equity_of = "{framework}"\n', gains)
    run = close(plan)
    assert [one.id for one in run.listed.checks if not one.holds] == [] == [one.name for one in run.listed.findings]
    tax = {year: direction * minor(row["deferred tax"]) for year, row in by_hand.items()}
    for year, one in (("2022", before), ("2023", run)):
        sheet = one.manifest.statements.closing
        assert cell(one, f"{sheet}/apic/investments") == reserve[year]
        assert cell(one, f"{sheet}/dtl/investments") - cell(one, f"{sheet}/dta/investments") == tax[year]
    income = run.manifest.statements.income
    profit = minor(by_hand["2023"]["profit, IFRS's items" if framework == "ifrs" else "profit, US GAAP's items"])
    assert cell(run, f"{income}/tax/investments") == cell(run, f"{income}/ni/investments") == profit
    (roll,) = run.exact.rolls
    moved = {"fair_value": direction * 70_00} | ({"change_of_tax_rate": -20_00} if framework == "ifrs" else {})
    assert roll.paths["investments"] == moved
    assert ("Change of tax rate" in run.notes_text) == (framework == "ifrs")
    booked = posted_by(imported(run.folder, "generic", "movements", tmp_path / "out"))
    assert booked["4012"] == reserve["2022"] - reserve["2023"]


def test_a_later_rate_asks_whose_equity_it_is(tmp_path: Path) -> None:
    plan, _ = january(tmp_path, "", GAINS.format(sign="", other="-", closing="350.00"))
    with pytest.raises(UnusableInput, match=r"the rate goes from 25\.0000% to 30\.0000%") as told:
        check(plan)
    assert told.value.key == "given.investments.equity_of" and "where both have them there, state the tax" in told.value.remedy


def test_an_adjustment_of_equity_is_carried_on_after_its_tax(tmp_path: Path) -> None:
    """10.00 in other comprehensive income, 7.50 there after tax; 7.00 at the later rate, and nothing through profit."""
    adjustment = (
        "A-1,investments,2022-12-31,1831,10.00,,late_quote,Quote came late,Li,Wang,\n"
        "A-1,investments,2022-12-31,4012,,10.00,late_quote,Quote came late,Li,Wang,\n"
    )
    plan, before = january(tmp_path, 'equity_of = "ifrs"\n', GAINS.format(sign="", other="-", closing="350.00"), adjustment)
    assert cell(before, f"{before.manifest.statements.closing}/apic/investments") == 307_50
    plan.write_text(plan_of(1), encoding="utf-8")
    gains = plan.parent / "investments.csv"
    text = gains.read_text(encoding="utf-8")
    gains.write_text(text.replace("4012,-350.00", "4012,-375.00"), encoding="utf-8")
    same_rate = close(plan)
    gains.write_text(text, encoding="utf-8")
    plan.write_text(rates_changed(plan_of(1), 'equity_of = "ifrs"\n'), encoding="utf-8")
    later_rate = close(plan)
    for run, reserve in ((same_rate, 375_00 + 7_50), (later_rate, 350_00 + 7_00)):
        assert [one.id for one in run.listed.checks if not one.holds] == [] == [one.name for one in run.listed.findings]
        sheets = run.manifest.statements
        assert cell(run, f"{sheets.closing}/apic/investments") == reserve
        assert cell(run, f"{sheets.income}/ni/investments") == 0
