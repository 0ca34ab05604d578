"""Given notes, closed over two years: against figures worked out by hand in docs/reference/given.md."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.comparison import compare
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from tests.given_lender import cell, closed, copy_of, minor, refused, schedule, write_lender


def test_the_schedule_of_the_lease_is_what_the_standards_give() -> None:
    """Payments of 100,000 at the ends of three years at 5 %: the annuity, worked out here and nowhere in our code."""
    rate, payment, years_left = Decimal("0.05"), Decimal(100_000), 3
    liability = sum(payment / (1 + rate) ** year for year in range(1, years_left + 1))
    ifrs, per_year = liability, liability / years_left
    for year, row in schedule("A given note").items():
        if year != "2021":
            liability = liability * (1 + rate) - payment
            ifrs -= per_year
        figures = {"liability": liability, "asset, US GAAP": liability, "asset, IFRS": ifrs}
        assert {name: minor(row[name]) for name in figures} == {name: round(100 * one) for name, one in figures.items()}
        assert minor(row["difference"]) == minor(row["asset, IFRS"]) - minor(row["asset, US GAAP"])
        assert minor(row["deferred tax at 25 %"]) == round(-minor(row["difference"]) / 4)


def test_a_lease_rolls_over_two_years_as_by_hand(runs: list[Run]) -> None:
    by_hand = schedule("A given note")
    for run, year in zip(runs, ("2022", "2023"), strict=True):
        sheet = f"bs-{year}"
        difference, tax = minor(by_hand[year]["difference"]), minor(by_hand[year]["deferred tax at 25 %"])
        assert cell(run, f"{sheet}/rou/leases") == difference
        assert cell(run, f"{sheet}/dta/leases") - cell(run, f"{sheet}/dtl/leases") == tax
        assert cell(run, f"{sheet}/eq/leases") == difference + tax
        assert cell(run, f"{sheet}/rou/ifrs") == minor(by_hand[year]["asset, IFRS"])
    moved = minor(by_hand["2023"]["its movement"])
    assert (cell(runs[1], "is-2023/ga/leases"), cell(runs[1], "is-2023/fin/leases")) == (-9_225_06, 9_297_06)
    assert (cell(runs[1], "is-2023/pbt/leases"), cell(runs[1], "is-2023/tax/leases")) == (moved, 18_00)


def test_preferred_shares_leave_mezzanine_and_move_equity_on_a_declared_path(runs: list[Run]) -> None:
    by_hand = schedule("Preferred shares")
    for run, year in zip(runs, ("2022", "2023"), strict=True):
        shares = by_hand[year]
        assert cell(run, f"bs-{year}/mezz/us_gaap") == minor(shares["mezzanine, US GAAP"])
        assert cell(run, f"bs-{year}/mezz/ifrs") == 0
        assert cell(run, f"bs-{year}/pref/ifrs") == minor(shares["liability, IFRS"])
        assert cell(run, f"bs-{year}/eq/preferred_shares") == minor(shares["equity, IFRS less US GAAP"])
    assert cell(runs[1], "is-2023/ni/preferred_shares") == -600_00
    (roll,) = runs[1].exact.rolls
    assert roll.paths["preferred_shares"] == {"accretion_not_made": 864_00}
    assert "Accretion not made" in runs[1].notes_text


def test_every_tie_out_holds_and_says_that_the_file_is_its_only_source(runs: list[Run]) -> None:
    for run in runs:
        assert [one.id for one in run.listed.checks if not one.holds] == []
        assert [one.name for one in run.listed.findings] == []
    own = {one.id: one for one in runs[1].listed.checks if one.column in ("leases", "preferred_shares")}
    ids = ["R5/is-2023/leases", "R6/is-2023/leases/proof", "R5/is-2023/preferred_shares", "R6/bs-2023/leases/rate"]
    assert {name: own[name].evidence for name in ids} == dict.fromkeys(ids, "same source")
    assert own["R4/bs-2023/preferred_shares"].expected == own["R4/bs-2023/preferred_shares"].actual == -436_00
    accounts = {one.id: one for one in runs[1].listed.checks if one.id.startswith("R10/bs-2023/")}
    assert accounts["R10/bs-2023/1821"].evidence == accounts["R10/bs-2023/4011"].evidence == "same source"
    assert "independent" not in {one.evidence for one in own.values()}


def test_a_given_note_is_a_note_like_the_others(runs: list[Run]) -> None:
    first, second = runs
    assert [(column.id, column.note) for column in second.exact.columns][-2:] == [("leases", "v"), ("preferred_shares", "vi")]
    assert "(v) Leases, net of tax" in second.notes_text and "ASC 842-20-25-6" in second.notes_text
    carried = (first.folder / "brought_forward.csv").read_text(encoding="utf-8").splitlines()
    assert "leases,1821,all,0,439117" in carried and "preferred_shares,4011,all,1080000,0" in carried
    rolled = json.loads((second.folder / "roll_forward.json").read_text(encoding="utf-8"))
    (asset,) = [one for one in rolled if one["account"] == "1821"]
    assert (asset["opening_minor"], asset["flows_minor"], asset["closing_minor"]) == (
        -439_117, {"depreciation_and_interest": -72_00}, -446_317,
    )  # fmt: skip
    assert [line.account for line in second.listed.journals if line.entry == "v-depreciation_and_interest-given"] == [
        "1821",
        "6602",
        "6691",
    ]


def test_a_cell_opens_down_to_the_rows_of_the_file(runs: list[Run]) -> None:
    told = explain(runs[1], "bs-2023/rou/leases")
    (rows,) = [table for table in told.tables if table.title == "Rows of files"]
    assert [(row[0], row[1], row[-1]) for row in rows.rows] == [
        ("given/leases.csv", 1, -439_117), ("given/leases.csv", 2, -72_00),
    ]  # fmt: skip


def test_check_counts_the_rows_of_given_files(runs: list[Run]) -> None:
    lines = check(runs[1].plan_folder / "plan.toml").as_text().split("\n")
    (told,) = [line for line in lines if "given.leases" in line]
    assert told.split()[2] == "9"


@pytest.mark.campaign
def test_a_changed_file_is_named_as_what_moved_its_column(runs: list[Run], tmp_path: Path) -> None:
    plan = copy_of(runs, tmp_path)
    file = plan.parent / "given" / "preferred_shares.csv"
    text = file.read_text(encoding="utf-8").replace("600.00", "700.00").replace("12100.00", "12200.00")
    before = close(plan)
    file.write_text(text, encoding="utf-8")
    after = close(plan)
    compared = compare(before, after)
    assert [one.name for one in compared.changes.in_place] == ["given.preferred_shares"]
    (moved,) = [one for one in compared.effects if (one.column, one.on) == ("preferred_shares", "equity")]
    assert moved.cell.difference_minor == -100_00
    assert compared.attribution is not None
    (step,) = compared.attribution.steps
    assert step.contributions["bs-2023/pref/preferred_shares"] == 100_00


@pytest.mark.campaign
def test_an_opening_that_is_not_what_the_prior_run_left_goes_through_equity(runs: list[Run], tmp_path: Path) -> None:
    plan = copy_of(runs, tmp_path)
    file = plan.parent / "given" / "leases.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace("-4391.17", "-4491.17").replace("-4463.17", "-4563.17"), encoding="utf-8"
    )
    run = close(plan)
    (finding,) = [one for one in run.listed.findings if one.name == "opening basis difference"]
    assert (finding.where, finding.amount_minor) == ("leases/opening", -100_00 + 25_00)
    assert [one.id for one in run.listed.checks if not one.holds] == []


def test_an_opening_that_the_file_leaves_out_is_what_the_prior_run_left(runs: list[Run], tmp_path: Path) -> None:
    plan = copy_of(runs, tmp_path)
    for name in ("leases", "preferred_shares"):
        file = plan.parent / "given" / f"{name}.csv"
        kept = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("2022")]
        file.write_text("\n".join([*kept, ""]), encoding="utf-8")
    run = close(plan)
    assert [one.name for one in run.listed.findings] == [] == [one.id for one in run.listed.checks if not one.holds]
    assert cell(run, "bs-2022/rou/leases") == -439_117 and cell(run, "bs-2023/eq/preferred_shares") == -436_00


def test_movements_that_do_not_balance_are_refused(runs: list[Run], tmp_path: Path) -> None:
    told = refused(runs, tmp_path, "given/leases.csv", "9297.06", "9297.05")
    assert (told.file, told.row, told.column) == ("given/leases.csv", "2", "path")
    assert "depreciation_and_interest on 2023-12-31 balance" in told.rule and "-1 minor units" in told.rule


def test_every_row_that_cannot_be_posted_is_named_at_once(runs: list[Run], tmp_path: Path) -> None:
    rows = (
        "fair_value,1301,1.00",
        "balance,6692,5.00",
        "Fair value,2831,1.00",
        "balance,4104,1.00",
        "brought_forward,4011,1.00",
    )
    bad = "".join(f"2023-12-31,{row}\n" for row in rows)
    told = refused(
        runs, tmp_path, "given/preferred_shares.csv", "2023-12-31,fair_value,6692", f"{bad}2023-12-31,fair_value,6692"
    )
    assert (told.row, told.column, told.value) == ("5", "account", "1301")
    assert (
        "and 4 more: row 6, account 6692" in told.rule
        and "row 7, path Fair value" in told.rule
        and "row 8, account 4104" in told.rule
    )


def test_a_line_that_is_not_that_of_the_account_is_refused(runs: list[Run], tmp_path: Path) -> None:
    told = refused(runs, tmp_path, "given/leases.csv", "1821,rou,-72.00", "1821,fin,-72.00")
    assert (told.row, told.column, told.value) == ("2", "line", "fin")


def test_a_file_of_another_period_is_refused(runs: list[Run], tmp_path: Path) -> None:
    told = refused(runs, tmp_path, "given/preferred_shares.csv", "2023-12-31", "2024-12-31")
    assert (told.row, told.column) == ("8", "date")
    assert "the file has movements after 2022-12-31, or balances on 2023-12-31" in told.rule


def test_a_difference_that_is_over_asks_for_no_rows(runs: list[Run], tmp_path: Path) -> None:
    """What stood at nil at the opening, and does not move, needs no rows in any later year."""
    plan = copy_of(runs, tmp_path)
    file = plan.parent / "given" / "leases.csv"
    ended = file.read_text(encoding="utf-8").replace("-4391.17", "0.00")
    file.write_text("\n".join([*ended.splitlines()[:2], ""]), encoding="utf-8")
    again = plan.read_text(encoding="utf-8").replace('"prior_run"\nrun', '"opening_tape"\n#run')
    plan.write_text(again, encoding="utf-8")
    assert [line for line in check(plan).as_text().split("\n") if "given.leases" in line]


def test_the_first_close_of_an_older_difference_asks_for_its_opening(runs: list[Run], tmp_path: Path) -> None:
    plan = copy_of(runs, tmp_path)
    plan.write_text(plan.read_text(encoding="utf-8").replace('"prior_run"\nrun', '"opening_tape"\n#run'), encoding="utf-8")
    file = plan.parent / "given" / "leases.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("2022-12-31", "2021-12-31"), encoding="utf-8")
    with pytest.raises(UnusableInput, match="began before the opening has balances on 2022-12-31"):
        check(plan)


def test_balances_that_the_movements_do_not_lead_to_fail_their_checks(runs: list[Run], tmp_path: Path) -> None:
    plan = copy_of(runs, tmp_path)
    file = plan.parent / "given" / "leases.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("-4463.17", "-4463.18"), encoding="utf-8")
    failing = {one.id: one for one in close(plan).listed.checks if not one.holds}
    assert failing["R10/bs-2023/1821"].difference == 1
    assert failing["R5/is-2023/leases"].difference == 1


TAX = """\
2022-12-31,balance,1811,dta,1097.79,office
2023-12-31,tax_on_leases,1811,dta,18.00,office
2023-12-31,tax_on_leases,6801,tax,-18.00,office
2023-12-31,balance,1811,dta,1115.79,office
"""


@pytest.mark.campaign
def test_tax_that_the_file_states_gives_the_same_column(runs: list[Run], tmp_path: Path) -> None:
    plan = copy_of(runs, tmp_path)
    text = plan.read_text(encoding="utf-8")
    stated = text.replace(
        'accounts = ["1821", "6602", "6691"]\ntax = "rate"', 'accounts = ["1821", "6602", "6691"]\ntax = "stated"'
    )
    cut = stated.rindex("[tax.leases]")
    plan.write_text(stated[:cut] + stated[stated.index("[given.preferred_shares]", cut) :], encoding="utf-8")
    file = plan.parent / "given" / "leases.csv"
    file.write_text(file.read_text(encoding="utf-8") + TAX, encoding="utf-8")
    run = close(plan)
    assert [one.id for one in run.listed.checks if not one.holds] == [] == [one.name for one in run.listed.findings]
    for address in ("bs-2023/dta/leases", "bs-2023/eq/leases", "is-2023/tax/leases", "bs-2022/eq/leases"):
        assert cell(run, address) == cell(runs[1], address)


@pytest.mark.campaign
@pytest.mark.parametrize(("effect", "told"), [("Cost comes earlier", True), ("It bears no tax: cost comes earlier", False)])
def test_a_file_that_states_no_tax_on_its_difference_says_why(tmp_path: Path, effect: str, told: bool) -> None:
    """The right-of-use asset is 4,391.17 lower in 2022 and 4,463.17 in 2023: 1,097.79 and 1,115.79 at 25 %."""
    plan = write_lender(tmp_path / "lender")
    text = plan.read_text(encoding="utf-8")
    stated = text.replace(
        'accounts = ["1821", "6602", "6691"]\ntax = "rate"', 'accounts = ["1821", "6602", "6691"]\ntax = "stated"'
    ).replace("Cost comes earlier", effect)
    cut = stated.rindex("[tax.leases]")
    stated = stated[:cut] + stated[stated.index("[given.preferred_shares]", cut) :]
    name = "implied: tax is not what the effect before tax bears"
    found = [
        (one.where, one.amount_minor, one.why.partition(";")[0])
        for run in closed(plan, stated) for one in run.listed.findings if one.name == name
    ]  # fmt: skip
    expected = [
        ("R6/bs-2022/leases/implied", -1_097_79, "expected 109,779, found 0"),
        ("R6/bs-2023/leases/implied", -1_115_79, "expected 111,579, found 0"),
    ]
    assert found == (expected if told else [])


def test_an_account_without_a_line_of_its_own_is_refused(runs: list[Run], tmp_path: Path) -> None:
    plan = copy_of(runs, tmp_path)
    text = plan.read_text(encoding="utf-8")
    plan.write_text(
        text.replace('"Right-of-use assets", line = "rou"', '"Right-of-use assets", line = "tnca"'), encoding="utf-8"
    )
    with pytest.raises(UnusableInput, match="carried in a line, not in a sub-total"):
        check(plan)


INVESTMENT = """
[given.investments]
caption = "Investments"
text = { us_gaap = "At cost less impairment (ASC 321-10-35-2).", ifrs = "At fair value (IFRS 9 5.7.5).", effect = "Higher." }
accounts = ["1831", "4012"]
tax = "rate"
file = "given/investments.csv"
amounts = "major"

[tax.investments]
method = "liability_method"
basis = "enacted"
reverses = [1.0]
rates = [{ enacted = 2007-03-16, from = 2008-01-01, rate = 0.25 }]
"""

GAINS = """\
date,path,account,amount_minor
2022-12-31,balance,1831,400.00
2022-12-31,balance,4012,-300.00
2023-12-31,other_comprehensive_income,1831,100.00
2023-12-31,other_comprehensive_income,4012,-100.00
"""


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("closing", ["", "2023-12-31,balance,1831,500.00\n2023-12-31,balance,4012,-375.00\n"])
def test_a_gain_in_other_comprehensive_income_bears_its_tax_there(runs: list[Run], tmp_path: Path, closing: str) -> None:
    """Equity investments through other comprehensive income: a gain of 100 is 75 there and 25 deferred tax (IAS 12.61A); 300 of
    the opening's 400 are there, after tax, and nothing passes through profit."""
    plan = copy_of(runs, tmp_path)
    text = plan.read_text(encoding="utf-8").replace(', "preferred_shares"]', ', "preferred_shares", "investments"]')
    accounts = '"1831" = { name = "Investments", line = "loans_nc" }\n"4012" = { name = "Fair value reserve", line = "apic" }\n'
    text = text.replace("[accounts]\n", f"[accounts]\n{accounts}").replace('"prior_run"\nrun', '"opening_tape"\n#run')
    plan.write_text(text + INVESTMENT, encoding="utf-8")
    (plan.parent / "given" / "investments.csv").write_text(GAINS + closing, encoding="utf-8")
    run = close(plan)
    assert [one.id for one in run.listed.checks if not one.holds] == []
    assert cell(run, "bs-2022/apic/investments") == 300_00 and cell(run, "bs-2022/re/investments") == 0
    assert cell(run, "bs-2023/apic/investments") == cell(run, "bs-2023/eq/investments") == 375_00
    assert cell(run, "is-2023/ni/investments") == cell(run, "is-2023/tax/investments") == 0
    (roll,) = run.exact.rolls
    assert roll.paths["investments"] == {"other_comprehensive_income": 75_00}
    assert roll.paths_pretax["investments"] == {"other_comprehensive_income": 100_00}
