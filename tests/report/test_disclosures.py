"""The disclosures against the tapes and ledger of the lender, read without ours; and where the books say another thing."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.example.demo import Demonstration
from gaapbridge.report.exhibit.disclosure_pages import disclosures_of
from gaapbridge.report.told.disclosed import IN_INCOME, ON_SHEET, Books, Disclosure
from gaapbridge.report.told.disclosures import told_disclosures
from gaapbridge.report.told.footing import footed
from gaapbridge.report.told.not_disclosed import not_disclosed
from gaapbridge.run import Run
from gaapbridge.run.movements import LINES, STAGES
from gaapbridge.terms.languages import ENGLISH
from tests.made_once import MadeOnce
from tests.report.disclosures_read import paragraphs


@pytest.fixture(scope="module")
def done(made_once: MadeOnce) -> Demonstration:
    """Both years of an example lender large enough to have loans on non-accrual."""
    return made_once.demonstration(2_000)


@pytest.fixture(scope="module")
def told(done: Demonstration) -> dict[str, Disclosure]:
    """The disclosures of its later year, by title."""
    return {one.title: one for one in told_disclosures(done.run)}


def tape(done: Demonstration, name: str) -> pl.DataFrame:
    """A tape of the lender."""
    return pl.read_parquet(done.plan.parent / "tapes" / f"{name}.parquet")


def test_each_agrees_to_the_books_in_both_years(done: Demonstration) -> None:
    for run in (done.prior, done.run):
        ties = [tie for one in told_disclosures(run) for tie in one.ties]
        assert len(ties) == 40 and all(tie.disclosed_minor for tie in ties)
        assert sum(tie.against in (ON_SHEET, IN_INCOME) for tie in ties) == 8
        assert [tie for tie in ties if not tie.holds] == []
        of_itself = (
            "Share awards not vested: opening and causes",
            "Allowance for financial assets receivable: opening and causes",
        )
        assert {tie.what for tie in ties}.isdisjoint(of_itself)


def test_every_table_is_held_against_something(told: dict[str, Disclosure]) -> None:
    """But the units of awards, whose cost is held below them."""
    assert [title for title, one in told.items() if not one.ties] == ["Share awards not vested"]


def test_every_line_stage_and_bucket_of_a_run_has_its_words(done: Demonstration) -> None:
    lines = {name for one in done.run.movements for name in one.lines}
    assert lines == {"opening", *LINES}
    assert {stage for one in done.run.movements for stage in one.closing} == set(STAGES)


def rows_of(told: dict[str, Disclosure], title: str) -> dict[str, tuple[int, ...]]:
    """The rows of a disclosure by their captions."""
    return {row.caption: row.amounts for row in told[title].rows}


def measured(done: Demonstration, *columns: str) -> pl.DataFrame:
    """Columns of the loans of the later year, each of which is in the run as it was measured."""
    return done.run.measurements("loans").select("contract_id", *columns).collect()


def test_what_is_past_due_is_that_of_the_tape(done: Demonstration, told: dict[str, Disclosure]) -> None:
    """Amortised cost: principal of the tape, and what was measured of deferrals and interest, by days past due of the tape."""
    loans = tape(done, "loans-2023-12-31").filter(pl.col("status") == "on_book")
    loans = loans.join(measured(done, "us_deferred_fees", "us_deferred_costs", "us_accrued_interest"), on="contract_id")
    parts = ("outstanding_principal_minor", "us_deferred_fees", "us_deferred_costs", "us_accrued_interest")
    days, cost = pl.col("days_past_due"), pl.sum_horizontal(parts)
    late = (days.is_between(1, 30), days.is_between(31, 60), days.is_between(61, 89), days >= 90)
    bands = (*late, days >= 1, days == 0, days >= 0)
    by = loans.group_by("segment").agg(cost.filter(band).sum().alias(str(at)) for at, band in enumerate(bands))
    expected = {row[0]: row[1:] for row in by.iter_rows()}
    rows = rows_of(told, "Aging of loans, amortised cost")
    assert {name: amounts for name, amounts in rows.items() if name != "Total"} == expected
    assert rows["Total"] == tuple(map(sum, zip(*expected.values(), strict=True))) and all(rows["Total"])


def test_bands_contain_the_days_that_the_plan_elects(done: Demonstration, tmp_path: Path) -> None:
    """Default at 45 days, non-accrual at 120: loans 90 days past due or more are told, and those of them that accrue."""
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    text = (other / "plan.toml").read_text(encoding="utf-8")
    for key, day in (("nonaccrual_days_past_due", 120), ("default_days_past_due", 45)):
        assert f"{key} = 90\n" in text
        text = text.replace(f"{key} = 90\n", f"{key} = {day}\n")
    (other / "plan.toml").write_text(text, encoding="utf-8")
    for file in (other / "measurements" / "loans").glob("*.parquet"):
        frozen = pl.col("nonaccrual_closing") & (pl.col("days_past_due_closing") >= 120)
        pl.read_parquet(file).with_columns(nonaccrual_closing=frozen).write_parquet(file)
    run = Run(other)
    made = {one.title: one for one in told_disclosures(run)}
    aging = made["Aging of loans, amortised cost"]
    bands = ("1-30 days", "31-44 days", "45-60 days", "61-89 days", "90-119 days", "120 days or more")
    assert aging.heads == (*bands, "Total past due", "Current", "Total") and all(tie.holds for tie in aging.ties)
    frozen = made["Loans on non-accrual, amortised cost"]
    amounts = dict(zip(frozen.heads, rows_of(made, frozen.title)["Total"], strict=True))
    in_all = dict(zip(aging.heads, rows_of(made, aging.title)["Total"], strict=True))
    assert amounts["90 days past due or more, accruing"] == in_all["90-119 days"] > 0
    assert amounts["As of December 31, 2023"] == in_all["120 days or more"] > 0
    assert not any("50-16(c)" in paragraph for paragraph, *_ in not_disclosed(Books(run)))


def test_a_run_without_days_tells_the_buckets_that_it_keeps(
    done: Demonstration, told: dict[str, Disclosure], tmp_path: Path
) -> None:
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    for file in (other / "measurements" / "loans").glob("*.parquet"):
        frame = pl.read_parquet(file)
        frame.drop("days_past_due_opening", "days_past_due_closing").write_parquet(file)
    made = {one.title: one for one in told_disclosures(Run(other))}
    title = "Aging of loans, amortised cost"
    assert made[title].heads[:3] == ("1-30 days", "31-60 days", "61 days or more")
    late, now = rows_of(made, title)["Total"], rows_of(told, title)["Total"]
    assert late == (*now[:2], now[2] + now[3], *now[4:]) and all(now)
    assert "61 days past due or more" in rows_of(made, "Loans by year of origination")


def test_what_is_on_non_accrual_is_that_of_the_tape(done: Demonstration, told: dict[str, Disclosure]) -> None:
    frozen_from = 90
    assert f"nonaccrual_days_past_due = {frozen_from}\n" in done.plan.read_text(encoding="utf-8")
    late = pl.col("days_past_due") >= frozen_from
    closing = tape(done, "loans-2023-12-31").filter((pl.col("status") == "on_book") & late)
    closing = closing.join(measured(done, "us_deferred_fees", "us_deferred_costs", "us_accrued_interest"), on="contract_id")
    parts = ("outstanding_principal_minor", "us_deferred_fees", "us_deferred_costs", "us_accrued_interest")
    rows = rows_of(told, "Loans on non-accrual, amortised cost")
    assert rows["Total"][1] == closing.select(pl.sum_horizontal(parts).sum()).item() > 0
    opening = tape(done, "loans-2022-12-31").filter((pl.col("status") == "on_book") & late)
    before = [f"opening_us_{name}" for name in ("deferred_fees", "deferred_costs", "accrued_interest")]
    opening = opening.join(measured(done, *before), on="contract_id")
    assert rows["Total"][0] == opening.select(pl.sum_horizontal("outstanding_principal_minor", *before).sum()).item()


def test_write_offs_by_year_are_those_of_the_events(done: Demonstration, told: dict[str, Disclosure]) -> None:
    """Of the events the principal; what it carried beside it that day is of the run, and is all that is added."""
    events = tape(done, "events-2023").filter(pl.col("kind") == "write_off")
    dated = tape(done, "loans-2023-12-31").select("contract_id", year=pl.col("origination_date").dt.year())
    lost = ("exit_us_deferred_fees", "exit_us_deferred_costs", "exit_us_accrued_interest")
    events = events.join(dated, on="contract_id").join(measured(done, *lost), on="contract_id")
    by_year = events.group_by("year").agg(pl.sum_horizontal("amount_minor", *lost).sum())
    expected = {str(year): amount for year, amount in by_year.iter_rows()}
    made = told["Loans by year of origination"]
    written = dict(zip(made.heads, made.rows[-1].amounts, strict=True))
    assert made.rows[-1].caption == "Gross write-offs of the period" and len(expected) > 1
    assert {year: amount for year, amount in written.items() if year != "Total" and amount} == expected


def test_a_gross_carrying_amount_rolls_forward_by_loans(done: Demonstration, told: dict[str, Disclosure]) -> None:
    """Originated and repaid are told from the tapes: who is listed when, and not from the paths that the run gives them."""
    closing, opening = tape(done, "loans-2023-12-31"), tape(done, "loans-2022-12-31")
    was = opening.filter(pl.col("status") == "on_book")["contract_id"].implode()
    stays = closing.filter(pl.col("status") == "on_book")["contract_id"].implode()
    gone = closing.filter(pl.col("status").is_in(["matured", "prepaid"]))["contract_id"].implode()
    before = pl.sum_horizontal("opening_principal", *(f"opening_ifrs_{part}" for part in PARTS))
    after = pl.sum_horizontal("closing_principal", *(f"ifrs_{part}" for part in PARTS))
    table = done.run.measurements("loans").select("contract_id", before.alias("before"), after.alias("after")).collect()
    rows, known = rows_of(told, "Gross carrying amount of loans"), pl.col("contract_id")
    repaid = table.filter(known.is_in(was) & known.is_in(gone))["before"].sum()
    new = table.filter(~known.is_in(was) & known.is_in(stays))["after"].sum()
    off_within = -rows["Written off"][3]
    assert rows["Derecognised: repaid in full"][-1] == -repaid < 0
    assert rows["Originated in the period"][-1] == new + off_within > off_within > 0
    assert rows["Transferred between stages"][-1] == 0 and any(rows["Transferred between stages"])


PARTS = ("accrued_interest", "deferred_costs", "deferred_fees")


def test_the_allowance_by_segment_provides_what_the_ledger_does(done: Demonstration, told: dict[str, Disclosure]) -> None:
    """The ledger of the lender is kept beside its tapes: expense 6701, recoveries by the events."""
    ledger = json.loads((done.run.folder / "ledger.json").read_text(encoding="utf-8"))["is-2023"]
    recovered = tape(done, "events-2023").filter(pl.col("kind") == "recovery")["amount_minor"].sum()
    opening, provided, off, recoveries, closing = rows_of(told, "Allowance for credit losses of loans, by segment")["Total"]
    assert provided == ledger["6701"] > 0 and recoveries == recovered
    assert closing == opening + provided + off + recoveries


def test_awards_not_vested_are_those_of_the_tapes(done: Demonstration, told: dict[str, Disclosure]) -> None:
    """Units by tape: of awards granted by then whose tranches have not vested, less what was forfeited."""
    awards, tranches = tape(done, "awards"), tape(done, "award-tranches")
    events = tape(done, "award-events").filter(pl.col("kind") == "forfeiture")
    held = tranches.join(awards.select("award_id", "grant_date"), on="award_id")

    def unvested(day: date) -> int:
        lost = (
            events.filter(pl.col("event_date") <= day).group_by("award_id", "tranche").agg(pl.col("units").sum().alias("lost"))
        )
        left = held.filter((pl.col("grant_date") <= day) & (pl.col("vesting_date") > day))
        left = left.join(lost, on=["award_id", "tranche"], how="left")
        return int(left.select((pl.col("units") - pl.col("lost").fill_null(0)).sum()).item())

    made = told["Share awards not vested"]
    opening, *_, closing = made.rows
    assert (opening.amounts[0], closing.amounts[0]) == (unvested(date(2022, 12, 31)), unvested(date(2023, 12, 31)))
    granted = held.filter(pl.col("grant_date").is_between(date(2023, 1, 1), date(2023, 12, 31)))["units"].sum()
    rows = rows_of(told, "Share awards not vested")
    assert rows["Granted"][0] == granted and sum(row.amounts[0] for row in made.rows[:-1]) == closing.amounts[0]


def test_cost_not_recognised_is_told_with_the_years_it_will_take(told: dict[str, Disclosure]) -> None:
    rows = rows_of(told, "Cost of share awards not yet recognised")
    recognised = rows_of(told, "Cost of share awards recognised to date")["Cost of the period"]
    assert rows["Recognised in the period"] == tuple(-amount for amount in recognised)
    us, ifrs = rows["Weighted average period, years"]
    assert 0 < ifrs < us < 4 * 365, "by tranche more of what is left vests soon; no award runs longer than four years"


def test_a_run_of_before_says_what_it_does_not_keep(done: Demonstration, tmp_path: Path) -> None:
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    for file in (other / "measurements" / "awards").glob("*.parquet"):
        frame = pl.read_parquet(file)
        later = [
            name for name in frame.columns if name.endswith(("_value", "_days_left", "_forfeitures", "_unrecognised_cost"))
        ]
        frame.drop(later).write_parquet(file)
    lacking = [one for one in told_disclosures(Run(other)) if one.lacks]
    assert len(lacking) == 2 and all(one.lacks.startswith("Not kept by the version that made this run") for one in lacking)
    said = [block.text for block in disclosures_of(Run(other), ENGLISH).blocks if block.block == "paragraph"]
    assert sum("Close its plan again" in text for text in said) == 2


def test_fees_collected_are_those_of_the_tape(done: Demonstration, told: dict[str, Disclosure]) -> None:
    closing = tape(done, "guarantee-fees-2023-12-31").select("contract_id", "due_date", end="collected_minor")
    opening = tape(done, "guarantee-fees-2022-12-31").select("contract_id", "due_date", begin="collected_minor")
    both = closing.join(opening, on=["contract_id", "due_date"], how="left")
    collected = both.select((pl.col("end") - pl.col("begin").fill_null(0)).sum()).item()
    assert rows_of(told, "Financial assets receivable, gross")["Collected"][-1] == -collected


def test_the_stand_ready_liability_is_that_of_the_statement(done: Demonstration, told: dict[str, Disclosure]) -> None:
    exact = json.loads((done.run.folder / "exact.json").read_text(encoding="utf-8"))
    rows = next(one["rows"] for one in exact["statements"] if one["id"] == "bs-2023")
    (stated,) = [row["us_gaap"] for row in rows if row["id"] == "gl_sr"]
    assert told["Guarantee liabilities, stand-ready"].rows[-1].amounts[-1] == stated > 0


def test_what_is_added_to_the_liability_is_added_to_the_receivable(told: dict[str, Disclosure]) -> None:
    """As in the filings of lenders: 6,626,322 thousand of both in 2021."""
    liability, receivable = (
        rows_of(told, "Guarantee liabilities, stand-ready"),
        rows_of(told, "Financial assets receivable, gross"),
    )
    assert liability["Fair value of guarantees issued"] == receivable["Guarantees issued"]
    assert all(liability["Fair value of guarantees issued"])


def test_the_contingent_liability_provides_what_the_ledger_does(done: Demonstration, told: dict[str, Disclosure]) -> None:
    ledger = json.loads((done.run.folder / "ledger.json").read_text(encoding="utf-8"))["is-2023"]
    rows = rows_of(told, "Guarantee liabilities, contingent, net of recoveries expected")
    provided = rows["Provision, guarantees issued"][0] + rows["Provision, changes in estimate"][0]
    assert provided == ledger["6703"] > 0
    before = tape(done, "guarantees-2022-12-31").select("contract_id", before="recovered_minor")
    both = tape(done, "guarantees-2023-12-31").join(before, on="contract_id", how="left")
    recovered = both.select((pl.col("recovered_minor") - pl.col("before").fill_null(0)).sum()).item()
    assert rows["Recovered after payout"][0] == recovered > 0


def test_the_allowance_for_fees_provides_what_the_income_statement_prints(
    done: Demonstration, told: dict[str, Disclosure]
) -> None:
    """Net of the tax in fees written off, which is owed no longer: 6/106 of them, from the tape of fees."""
    rows = rows_of(told, "Allowance for financial assets receivable")
    relieved = rows["Provision"][-1] - rows["Provision in the income statement"][-1]
    assert relieved == round(-rows["Written off"][-1] * 6 / 106) > 0
    ledger = json.loads((done.run.folder / "ledger.json").read_text(encoding="utf-8"))["is-2023"]
    assert rows["Provision in the income statement"][-1] == ledger[done.run.manifest.posting["provision_for_fee_receivable"]]


@pytest.mark.parametrize(("booked", "agrees"), [("net", True), ("whole", True), ("between", False), ("beyond", False)])
def test_a_provision_for_fees_is_stated_whole_or_net_of_all_its_tax(
    done: Demonstration, told: dict[str, Disclosure], tmp_path: Path, booked: str, agrees: bool
) -> None:
    rows = rows_of(told, "Allowance for financial assets receivable")
    whole, net = rows["Provision"][-1], rows["Provision in the income statement"][-1]
    stated = {"net": net, "whole": whole, "between": (whole + net) // 2, "beyond": net - 100_000}[booked]
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    exact = json.loads((other / "exact.json").read_text(encoding="utf-8"))
    (of_income,) = (one for one in exact["statements"] if one["id"] == "is-2023")
    next(row for row in of_income["rows"] if row["id"] == "p_far")["us_gaap"] = stated
    (other / "exact.json").write_text(json.dumps(exact), encoding="utf-8")
    (made,) = (one for one in told_disclosures(Run(other)) if one.title == "Allowance for financial assets receivable")
    assert all(tie.holds for tie in made.ties) is agrees


def test_tax_rounded_guarantee_by_guarantee_is_a_row(done: Demonstration, tmp_path: Path) -> None:
    """A ledger whose expense is three minor units another: the table says so, and no column takes it up in silence."""
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    exact = json.loads((other / "exact.json").read_text(encoding="utf-8"))
    (of_income,) = (one for one in exact["statements"] if one["id"] == "is-2023")
    stated = next(row for row in of_income["rows"] if row["id"] == "p_far")
    before, stated["us_gaap"] = stated["us_gaap"], stated["us_gaap"] + 3
    (other / "exact.json").write_text(json.dumps(exact), encoding="utf-8")
    made = next(one for one in told_disclosures(Run(other)) if one.title == "Allowance for financial assets receivable")
    *_, rounding, expense = made.rows
    assert (rounding.caption, rounding.amounts[-1]) == ("Rounding of the tax of each guarantee by itself", 3)
    assert expense.amounts[-1] == before + 3 and all(tie.holds for tie in made.ties)
    of_demo = next(one for one in told_disclosures(done.run) if one.title == made.title)
    assert "Rounding" not in " ".join(row.caption for row in of_demo.rows)


@pytest.mark.campaign
def test_a_ledger_that_says_another_thing_is_told(done: Demonstration, tmp_path: Path) -> None:
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    ledgers = json.loads((other / "ledger.json").read_text(encoding="utf-8"))
    ledgers["bs-2023"]["2111"] -= 700
    (other / "ledger.json").write_text(json.dumps(ledgers), encoding="utf-8")
    run = Run(other)
    failing = [tie for one in told_disclosures(run) for tie in one.ties if not tie.holds]
    assert [(tie.what, tie.books_minor - tie.disclosed_minor) for tie in failing] == [
        ("Guarantee liabilities, stand-ready", 700)
    ]
    said = paragraphs(run)
    assert any(text.startswith("These do not agree: Guarantee liabilities, stand-ready.") for text in said)
    agreed = [text for text in paragraphs(done.run) if text.startswith("Every amount in the tables below agrees.")]
    assert len(agreed) == 2 and agreed == paragraphs(done.run)[-2:]


def test_a_provision_that_the_income_statement_does_not_print_is_told(done: Demonstration, tmp_path: Path) -> None:
    """Each framework by itself, and the carrying amounts of the balance sheet, recoveries expected among them."""
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    exact = json.loads((other / "exact.json").read_text(encoding="utf-8"))
    wrong = {
        ("p_far", "us_gaap"): 1_000_000,
        ("p_loans", "us_gaap"): 3,
        ("p_loans", "ifrs"): 5,
        ("loans_c", "us_gaap"): 7,
        ("loans_nc", "ifrs"): 11,
    }
    for statement in (one for one in exact["statements"] if one["id"] in ("bs-2023", "is-2023")):
        for row in statement["rows"]:
            for column in ("us_gaap", "ifrs"):
                row[column] += wrong.get((row["id"], column), 0)
    (other / "exact.json").write_text(json.dumps(exact), encoding="utf-8")
    failing = [tie for one in told_disclosures(Run(other)) for tie in one.ties if not tie.holds]
    assert {tie.what: tie.books_minor - tie.disclosed_minor for tie in failing} == {
        "Provision for financial assets receivable, U.S. GAAP": 1_000_000,
        "Provision for loans, U.S. GAAP": 3,
        "Provision for loans, IFRS": 5,
        "Provision in the allowance by segment": 3,
        "Carrying amount of loans, U.S. GAAP": 7,
        "Carrying amount of loans, IFRS": 11,
    }


def test_an_opening_that_the_ledger_does_not_have_is_told(done: Demonstration, tmp_path: Path) -> None:
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    ledgers = json.loads((other / "ledger.json").read_text(encoding="utf-8"))
    ledgers["bs-2022"]["1311"] -= 900
    (other / "ledger.json").write_text(json.dumps(ledgers), encoding="utf-8")
    failing = {tie.what for one in told_disclosures(Run(other)) for tie in one.ties if not tie.holds}
    assert failing == {"Loss allowance of loans: opening", "Allowance for credit losses of loans, by segment: opening"}


def test_what_is_expected_of_loans_written_off_is_in_stage_3(done: Demonstration, told: dict[str, Disclosure]) -> None:
    rows = rows_of(told, "Loans by days past due and stage")
    expected = rows["Expected recoveries of loans written off"]
    assert expected == (0, 0, measured(done, "ifrs_expected_recoveries")["ifrs_expected_recoveries"].sum(), expected[-1])
    sheet = json.loads((done.run.folder / "exact.json").read_text(encoding="utf-8"))["statements"]
    printed = [
        row["ifrs"] for one in sheet if one["id"] == "bs-2023" for row in one["rows"] if row["id"] in ("loans_c", "loans_nc")
    ]
    assert rows["Carrying amount"][-1] == sum(printed) and expected[-1] > 0


def test_what_is_required_and_in_no_table_is_listed_last(done: Demonstration) -> None:
    listed = list(not_disclosed(Books(done.run)))
    *_, heading, pairs = disclosures_of(done.run, ENGLISH).blocks
    assert heading.block == "heading" and heading.text == "Required and not disclosed here"
    assert [left for left, _ in pairs.rows] == [paragraph for paragraph, *_ in listed]
    captioned = " ".join(one.paragraph for one in told_disclosures(done.run))
    assert "326-20-50-16(a), (c), (d)" in captioned and "(b)" not in captioned
    assert any("326-20-50-16(b)" in paragraph for paragraph, *_ in listed)


def test_amounts_that_are_nil_stay_nil_and_sums_are_nearest() -> None:
    """2.4 and 2.4 over 1.3 and 1.3 come to 7.4: 7, in rows of 5 and 2 (4.8, 2.6), columns of 4 and 3 (3.7 each)."""
    printed = footed([[2_400, 2_400], [0, 0], [1_300, 1_300]], 1_000)
    assert printed[1] == [0, 0] and sum(map(sum, printed)) == 7
    assert [sum(row) for row in printed] == [5, 0, 2] and sorted(map(sum, zip(*printed, strict=True))) == [3, 4]
    assert footed([[-1_500]], 1_000) == [[-2]] and footed([], 1_000) == []
