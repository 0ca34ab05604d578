"""A later rate of tax on what a note has in equity, of either framework: against the figures of docs/reference/given.md."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.plan.tax import NoteTax
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from tests.given.holder import plan_of, write_holder
from tests.given.ledger_book import imported, posted_by
from tests.given_lender import PAGE, cell, closed_one_by_one, minor

HEADER = "date,path,account,amount_minor,tax_in\n"

DAYS = {"before the enactment": "2023-01-10", "after the enactment": "2023-01-20"}
"""The plan's month, in which 30 % are enacted on the 15th, stands for the year of the page."""


def rates_changed(text: str, equity_of: str) -> str:
    """A plan in which the investments' rate is 30 % from February on, enacted in January; ``equity_of`` is a line of theirs."""
    before, table, after = text.partition("[tax.investments]\n")
    later = "0.25 }, { enacted = 2023-01-15, from = 2023-02-01, rate = 0.30 }]"
    before = before.replace('accounts = ["1831", "4012"]\n', f'accounts = ["1831", "4012", "6692"]\n{equity_of}')
    return f"{before}{table}{after.replace('0.25 }]', later, 1)}"


def january(folder: Path, equity_of: str, rows: str, adjustments: str = "") -> tuple[Path, Run]:
    """The plan of January, in which the rate changes, and the run of the year before."""
    plan = write_holder(folder / "books")
    (plan.parent / "investments.csv").write_text(HEADER + rows, encoding="utf-8")
    header = (plan.parent / "adjustments.csv").read_text(encoding="utf-8").partition("\n")[0]
    (plan.parent / "adjustments.csv").write_text(f"{header}\n{adjustments}", encoding="utf-8")
    (before,) = closed_one_by_one(plan, [plan_of(0).replace('"4012"]', '"4012", "6692"]')])
    plan.write_text(rates_changed(plan_of(1), f'equity_of = "{equity_of}"\n' if equity_of else ""), encoding="utf-8")
    return plan, before


def gains(framework: str, day: str, standing: int, tax_in: str = "4012", closing: str = "") -> str:
    """400.00 at the opening, 100.00 more on a day of January; ``standing`` on the 15th, and the reserve at the closing."""
    sign, other = ("", "-") if framework == "ifrs" else ("-", "")
    return (
        f"2022-12-31,balance,1831,{sign}400.00,\n2022-12-31,balance,4012,{other}300.00,\n"
        f"{day},fair_value,1831,{sign}100.00,\n{day},fair_value,4012,{other}100.00,\n"
        f"2023-01-15,balance,1831,{sign}{standing}.00,{tax_in if framework == 'ifrs' else ''}\n"
        f"2023-01-31,balance,1831,{sign}500.00,\n" + (f"2023-01-31,balance,4012,{closing},\n" if closing else "")
    )


def by_hand(first: str) -> dict[str, dict[str, str]]:
    """The rows of the table of the section whose first column is called so."""
    (table,) = [one for one in PAGE.tables if one.heading == "A later rate" and one.header[0] == first]
    return {row[first]: row for row in table.rows}


def not_clean(run: Run) -> list[str]:
    """The checks that fail, and the findings."""
    return [one.id for one in run.listed.checks if not one.holds] + [one.name for one in run.listed.findings]


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("when", DAYS)
@pytest.mark.parametrize(("framework", "whose"), [("ifrs", "IFRS's items"), ("us_gaap", "US GAAP's items")])
def test_a_later_rate_moves_the_tax_where_the_framework_has_it(tmp_path: Path, framework: str, whose: str, when: str) -> None:
    """A gain of 400 at 25 % leaves 300 in equity, and bears 100 of deferred tax. 30 % are enacted on the 15th.

    100 more on the 20th, at 30 %: 70 in equity. What stood on the 15th is 400: 5 % more are 20. IFRS has them in equity (IAS
    12.63), 300 + 70 - 20 = 350; US GAAP in profit (740-10-45-15), 300 + 70 = 370, an expense of 20. 100 more on the 10th, at
    25 %: 75 in equity, and 500 on the 15th: 5 % more are 25. IFRS 300 + 75 - 25 = 350; US GAAP 300 + 75 = 375, an expense of
    25. Either way 150 are deferred at the end. Of US GAAP's items the column takes all away.
    """
    rows = by_hand("gain of 2023")
    opening, closing = rows["none, end of 2022"], rows[when]
    column, direction = f"equity, {whose}", 1 if framework == "ifrs" else -1
    reserve, standing = minor(closing[column]), 500 if when == "before the enactment" else 400
    plan, before = january(tmp_path, framework, gains(framework, DAYS[when], standing, closing=f"{-reserve / 100:.2f}"))
    run = close(plan)
    assert not_clean(run) == []
    for one, row in ((before, opening), (run, closing)):
        sheet = one.manifest.statements.closing
        assert cell(one, f"{sheet}/apic/investments") == minor(row[column])
        deferred = cell(one, f"{sheet}/dtl/investments") - cell(one, f"{sheet}/dta/investments")
        assert deferred == direction * minor(row["deferred tax"])
    income, profit = run.manifest.statements.income, minor(closing[f"profit, {whose}"])
    assert cell(run, f"{income}/tax/investments") == cell(run, f"{income}/ni/investments") == profit
    changed = {"350": -20_00 if standing == 400 else -25_00}.get(f"{reserve // 100}")
    moved = reserve - minor(opening[column]) - (changed or 0)
    (roll,) = run.exact.rolls
    assert roll.paths["investments"] == {"fair_value": moved} | ({"change_of_tax_rate": changed} if changed else {})
    assert ("Change of tax rate" in run.notes_text) == (framework == "ifrs")
    booked = posted_by(imported(run.folder, "generic", "movements", tmp_path / "out"))
    assert booked["4012"] == minor(opening[column]) - reserve


@pytest.mark.parametrize(("day", "left"), [("2023-01-10", []), ("2023-01-20", ["tax left in equity"])])
def test_tax_that_items_of_us_gaap_leave_in_equity_is_told(tmp_path: Path, day: str, left: list[str]) -> None:
    """Gains of 400 that bore 25 % are 300 in equity. Sold on the 10th, 300 leave it; sold on the 20th, after 30 % were enacted,
    280 do: 20 stay, which nobody asked for."""
    at_enactment = "-400.00" if left else "0.00"
    rows = "2022-12-31,balance,1831,-400.00,\n2022-12-31,balance,4012,300.00,\n"
    rows += f"{day},sold,1831,400.00,\n{day},sold,4012,-400.00,\n"
    rows += f"2023-01-15,balance,1831,{at_enactment},\n2023-01-31,balance,1831,0.00,\n"
    plan, _ = january(tmp_path, "us_gaap", rows)
    run = close(plan)
    found = run.listed.findings
    assert [one.name for one in found] == left
    assert [(one.where, one.amount_minor) for one in found] == [("investments/4012", -20_00) for _ in left]
    assert abs(cell(run, f"{run.manifest.statements.closing}/apic/investments")) == (20_00 if left else 0)


SOLD = {
    "sold in 2022": ("0.00", ""),
    "sold before the enactment": ("400.00", "2023-01-10"),
    "sold after the enactment": ("400.00", "2023-01-20"),
}


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("when", SOLD)
def test_nothing_of_shares_that_are_sold_is_taxed_anew(tmp_path: Path, when: str) -> None:
    """A gain of 400 at 25 %: 300 stay in equity when the shares go (IFRS 9 B5.7.1), where US GAAP has 400 in profit.

    Sold in 2022: no difference and no deferred tax at either end, so nothing moves: profit nil. Sold on the 10th: the 100 that
    were deferred are tax of that profit, -400 + 100 = -300; on the 15th nothing stands to be taxed anew, and 300 are left.
    Sold on the 20th: 400 stood on the 15th, 5 % of it are 20 less in equity, 280; 120 were deferred then: -400 + 120 = -280.
    """
    row, (opening, day) = by_hand("shares")[when], SOLD[when]
    rows = f"2022-12-31,balance,1831,{opening},\n2022-12-31,balance,4012,-300.00,\n"
    rows += f"{day},sold,1831,-400.00,\n{day},sold,6692,400.00,\n" if day else ""
    rows += f"2023-01-15,balance,1831,{row['difference at the enactment']},4012\n2023-01-31,balance,1831,0.00,\n"
    plan, _ = january(tmp_path, "ifrs", rows)
    run = close(plan)
    assert not_clean(run) == []
    sheet, income = run.manifest.statements.closing, run.manifest.statements.income
    addresses = {"profit before tax": "pbt", "tax": "tax", "profit": "ni"}
    assert {name: cell(run, f"{income}/{at}/investments") for name, at in addresses.items()} == {
        name: minor(row[name]) for name in addresses
    }
    assert cell(run, f"{sheet}/apic/investments") == minor(row["equity, reserve"])
    assert cell(run, f"{sheet}/dtl/investments") == cell(run, f"{sheet}/dta/investments") == 0
    (roll,) = run.exact.rolls
    assert roll.paths.get("investments", {}).get("change_of_tax_rate", 0) == minor(row["change of tax rate"])
    (proof,) = [one for one in run.listed.checks if one.id == f"R6/{income}/investments/proof"]
    assert proof.expected == proof.actual == minor(row["tax"])
    lines = [line.split() for line in run.notes_text.splitlines()]
    assert ("Income tax at 25 %, then 30 % " + row["tax"].split(".")[0]).split() in lines or not day
    assert not [line for line in lines if line[:3] == ["Change", "of", "rate,"]]


def test_the_tax_proof_has_the_change_on_what_stood(tmp_path: Path) -> None:
    """500 of US GAAP's items stood on the 15th: 5 % of them, 25, are all of the income tax."""
    plan, _ = january(tmp_path, "us_gaap", gains("us_gaap", "2023-01-10", 500))
    lines = [line.split() for line in close(plan).notes_text.splitlines()]
    assert ["Change", "of", "rate,", "on", "what", "stood", "that", "day", "25"] in lines


def test_balances_of_one_note_go_where_each_says(tmp_path: Path) -> None:
    """300 of the 400 are shares with their gain in equity, 100 a fund through profit: 15 of the 20 are equity's, 5 profit's.

    The reserve is 300 x 75 % = 225 before, and 225 - 15 = 210 after, which is 300 x 70 %.
    """
    rows = (
        "2022-12-31,balance,1831,400.00,\n2022-12-31,balance,4012,-225.00,\n"
        "2023-01-15,balance,1831,300.00,4012\n2023-01-15,balance,1831,100.00,6801\n2023-01-31,balance,1831,400.00,\n"
    )
    plan, _ = january(tmp_path, "ifrs", rows)
    run = close(plan)
    assert not_clean(run) == []
    assert cell(run, f"{run.manifest.statements.closing}/apic/investments") == 210_00
    assert cell(run, f"{run.manifest.statements.income}/ni/investments") == -5_00


def refusals(plan: Path) -> list[UnusableInput]:
    with pytest.raises(UnusableInput) as told:
        check(plan)
    return [told.value, *told.value.further]


def test_a_later_rate_asks_whose_equity_it_is_and_what_stood(tmp_path: Path) -> None:
    """Both at once, with what the opening of 400.00 and the gain of the 10th lead to."""
    rows = gains("ifrs", "2023-01-10", 500)
    plan, _ = january(tmp_path, "", "".join(line for line in rows.splitlines(keepends=True) if "01-15" not in line))
    whose, stood = refusals(plan)
    (plan.parent / "investments.csv").write_text(HEADER + rows, encoding="utf-8")
    assert [one.key for one in refusals(plan)] == ["given.investments.equity_of"]
    assert "the rate goes from 25.0000% to 30.0000% on 2023-01-15" in whose.rule
    assert whose.key == "given.investments.equity_of" and "where both have them there, state the tax" in whose.remedy
    assert (stood.file, stood.column, stood.value) == ("investments.csv", "date", "missing")
    assert "dated 2023-01-15" in stood.remedy and "lead to 1831 50,000 minor units" in stood.remedy


def test_a_movement_that_runs_over_the_enactment_is_refused(tmp_path: Path) -> None:
    """All of January's gain dated the 31st, while 450.00 stood on the 15th: 50.00 of it came before."""
    plan, _ = january(tmp_path, "us_gaap", gains("us_gaap", "2023-01-31", 450))
    (told,) = refusals(plan)
    assert (told.row, told.column) == ("5", "amount_minor") and "1831 by 5,000 minor units" in told.rule
    assert "divide a movement" in told.remedy


@pytest.mark.parametrize(
    ("framework", "tax_in", "remedy"),
    [
        ("ifrs", "", "write 4012 or 4104 where its gains are there, 6801 where they were in profit"),
        ("ifrs", "1831", "write 4012 or 4104"),
        ("us_gaap", "4012", "leave tax_in blank, or write 6801"),
    ],
)
def test_where_the_change_goes_is_no_default(tmp_path: Path, framework: str, tax_in: str, remedy: str) -> None:
    rows = gains(framework, "2023-01-10", 500)
    written = rows.replace("01-15,balance,1831,500.00,4012", f"01-15,balance,1831,500.00,{tax_in}")
    written = written.replace("01-15,balance,1831,-500.00,", f"01-15,balance,1831,-500.00,{tax_in}")
    plan, _ = january(tmp_path, framework, written)
    (told,) = refusals(plan)
    assert (told.row, told.column, told.value) == ("5", "tax_in", tax_in) and told.remedy.startswith(remedy)


LATE = (
    "A-1,investments,{day},1831,10.00,,late_quote,Quote came late,Li,Wang,\n"
    "A-1,investments,{day},4012,,10.00,late_quote,Quote came late,Li,Wang,\n"
)


def test_an_adjustment_of_equity_is_carried_on_after_its_tax(tmp_path: Path) -> None:
    """10.00 in other comprehensive income, 7.50 there after tax; 7.00 at the later rate, and nothing through profit."""
    rows = gains("ifrs", "2023-01-20", 400, closing="-350.00")
    plan, before = january(tmp_path, "ifrs", rows, LATE.format(day="2022-12-31"))
    assert cell(before, f"{before.manifest.statements.closing}/apic/investments") == 307_50
    later, file = plan.read_text(encoding="utf-8"), plan.parent / "investments.csv"
    plan.write_text(plan_of(1).replace('"4012"]', '"4012", "6692"]'), encoding="utf-8")
    file.write_text((HEADER + rows).replace("-350.00", "-375.00"), encoding="utf-8")
    same_rate = close(plan)
    plan.write_text(later, encoding="utf-8")
    file.write_text(HEADER + rows, encoding="utf-8")
    later_rate = close(plan)
    for run, reserve in ((same_rate, 375_00 + 7_50), (later_rate, 350_00 + 7_00)):
        assert not_clean(run) == []
        sheets = run.manifest.statements
        assert cell(run, f"{sheets.closing}/apic/investments") == reserve
        assert cell(run, f"{sheets.income}/ni/investments") == 0


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize(
    ("framework", "day", "reserve", "profit"),
    [
        ("ifrs", "2023-01-10", 350_00 + 7_00, 0),
        ("ifrs", "2023-01-20", 350_00 + 7_00, 0),
        ("us_gaap", "2023-01-10", -370_00 + 7_50, 20_00 - 50),
        ("us_gaap", "2023-01-20", -370_00 + 7_00, 20_00),
    ],
)
def test_an_adjustment_bears_the_rate_of_its_day(tmp_path: Path, framework: str, day: str, reserve: int, profit: int) -> None:
    """10.00 beside the gains of 400 and of 100 on the 20th: 7.50 or 7.00 in equity; made before the 15th, 5 % of it are 0.50.

    Of IFRS's items that is equity's, 7.50 - 0.50 = 7.00; of US GAAP's profit's, 20.00 - 0.50. It is carried on as it stands.
    """
    stated = {"ifrs": "-350.00", "us_gaap": "370.00"}[framework]
    plan, _ = january(tmp_path, framework, gains(framework, "2023-01-20", 400, closing=stated), LATE.format(day=day))
    run = close(plan)
    assert not_clean(run) == []
    assert cell(run, f"{run.manifest.statements.closing}/apic/investments") == reserve
    assert cell(run, f"{run.manifest.statements.income}/ni/investments") == profit


def test_the_month_after_opens_with_what_was_left(tmp_path: Path) -> None:
    """All gains of US GAAP came before the enactment: 375.00, less an adjustment of 10.00 at 25 %, 7.50; then nothing moves."""
    rows = gains("us_gaap", "2023-01-10", 500, closing="375.00")
    plan, _ = january(tmp_path, "us_gaap", rows, LATE.format(day="2023-01-10"))
    first = close(plan)
    after = rows + "2023-02-28,balance,1831,-500.00,\n2023-02-28,balance,4012,375.00,\n"
    (plan.parent / "investments.csv").write_text(HEADER + after, encoding="utf-8")
    (second,) = closed_one_by_one(plan, [rates_changed(plan_of(2), 'equity_of = "us_gaap"\n')])
    for run in (first, second):
        assert not_clean(run) == []
        assert cell(run, f"{run.manifest.statements.closing}/apic/investments") == -367_50
    assert cell(second, f"{second.manifest.statements.income}/ni/investments") == 0


def test_an_adjustment_of_equity_states_its_day(tmp_path: Path) -> None:
    plan, _ = january(tmp_path, "ifrs", gains("ifrs", "2023-01-20", 400))
    with (plan.parent / "adjustments.csv").open("a", encoding="utf-8") as stream:
        stream.write(LATE.format(day=""))
    (told,) = refusals(plan)
    assert (told.row, told.column, told.remedy) == ("1", "date", "state the date in each leg")


def rates(*stated: tuple[str | None, str, str]) -> list[dict[str, object]]:
    """Rates by the day of enactment, the first day and the rate."""
    dated = [
        (enacted and date.fromisoformat(enacted), date.fromisoformat(first), Decimal(rate)) for enacted, first, rate in stated
    ]
    return [{"enacted": enacted, "from": first, "rate": rate} for enacted, first, rate in dated]


NEARER = (("2015-06-30", "2010-01-01", "0.25"), ("2015-06-30", "2024-01-01", "0.20"))


@pytest.mark.parametrize(
    ("stated", "reverses", "changes"),
    [
        ((("1993-08-10", "1993-01-01", "0.35"), ("2023-12-22", "2024-01-01", "0.21")), ["1"], {"2023-12-22": "-0.14"}),
        ((("2007-03-16", "2008-01-01", "0.25"), ("2023-06-30", "2030-01-01", "0.30")), ["1"], {}),
        (NEARER, ["0.5", "0.5"], {"2023-12-31": "-0.025"}),
        ((*NEARER, ("2023-09-30", "2024-01-01", "0.28")), ["0.5", "0.5"], {"2023-09-30": "0.08", "2023-12-31": "-0.025"}),
        (((None, "2020-01-01", "0.25"), (None, "2023-01-01", "0.24"), (None, "2023-07-01", "0.26")), None,
         {"2022-12-31": "-0.01", "2023-06-30": "0.02"}),
    ],
    ids=["enacted", "of years after all reverses", "years come nearer", "both", "a group's"],
)  # fmt: skip
def test_a_rate_changes_on_the_day_on_which_it_is_enacted(
    stated: tuple[tuple[str | None, str, str], ...], reverses: list[str] | None, changes: dict[str, str]
) -> None:
    """In 2023. 35 % to 21 % from 2024 on, enacted nine days before: -14 % on that day, for what reverses after the closing.

    25 %, and 20 % from 2024 on, known since 2015; half reverses in each of two years. At the opening (25 + 20) / 2 = 22.5 %, at
    the closing 20 %: -2.5 % there, by no law of the year. Where 28 % from 2024 on are enacted in September: 8 % more than 20 %
    then. A group's rate is another from the first of January and of July: on what stood the evening before.
    """
    tax = NoteTax.model_validate(
        {
            "method": "liability_method",
            "basis": "enacted" if reverses else "group_effective",
            "rates": rates(*stated),
            **({"reverses": [Decimal(one) for one in reverses]} if reverses else {}),
        }
    )
    told = tax.changes(date(2022, 12, 31), date(2023, 12, 31))
    assert told == {date.fromisoformat(day): Fraction(change) for day, change in changes.items()}
    opened, closed = tax.rate_at(date(2022, 12, 31)), tax.rate_at(date(2023, 12, 31))
    assert reverses is None or closed - opened == sum(told.values())
