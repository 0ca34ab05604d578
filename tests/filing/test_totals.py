"""Totals that do not say what they add up: a plain sum is the reading, and an error of twice a row is not explained away."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.misprints import SAID, SEEN, SIGNS, Watch, misprints
from gaapbridge.verification import Verification, verify


def outcome_of(text: str, folder: Path) -> Verification:
    (folder / "table.tsv").write_text(text.replace(" | ", "\t"), encoding="utf-8")
    return verify(folder / "table.tsv")


def found(outcome: Verification) -> set[tuple[str, str, int]]:
    return {(one.check, one.where, one.difference) for one in outcome.findings}


LEASES = """\
Effect of adopting ASC 842, balance sheet, January 1, 2019 (in thousands)
 | As reported | Adjustment | As adjusted
Cash | 720 | — | 720
Property and equipment | 880 | — | 880
Right-of-use assets | — | 340 | 340
Total assets | 1,600 | {0} | {1}
"""
WHOLE = """\
As of December 31, 2023 (in thousands)
 | US GAAP | Credit losses | IFRS
Cash | 210 | — | 210
Loans | 900 | 80 | 980
Other | 140 | 30 | 170
Total assets | 1,250 | {0} | {1}
Borrowings | 500 | — | 500
Total liabilities | 500 | — | 500
Share capital | 150 | — | 150
Retained earnings | 600 | {0} | {2}
Total equity | 750 | {0} | {3}
"""
FLOW = """\
For the year ended December 31, 2023 (RMB in thousands)
 | As previously reported | Correction | As restated
Revenue | 7,000 | (300) | 6,700
Cost of revenue | (4,000) | 90 | (3,910)
Gross profit | 3,000 | (210) | 2,790
Operating expenses | (1,200) | (40) | (1,240)
Operating income | 1,800 | {0} | {1}
"""
COSTS = """\
For the year ended December 31, 2023 (RMB in thousands)
 | US GAAP | Credit losses | Leases | IFRS
Revenue | 8,000 | 70 | — | 8,070
Provision for loans | 2,100 | (60) | — | 2,040
Rent expense | 450 | — | (450) | —
Depreciation of right-of-use assets | — | — | 390 | 390
Finance costs | — | — | 85 | 85
Income before income tax | 5,450 | 130 | {0} | {1}
"""
ALLOWANCE = """\
Loss allowances (RMB in thousands)
 | IAS 39 | Remeasurement | IFRS 9
Receivables | 610 | 45 | 655
Loans issued | 290 | 150 | 440
Undrawn commitments | — | 95 | 95
Total loss allowance | 900 | {0} | {1}
"""
TABLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, int]]] = {
    "a new line of assets": (LEASES, ("340", "1,940"), ("(340)", "1,260"), ("bs-2019-01-01/ta/adjustment", -680)),
    "a new line left out": (LEASES, ("340", "1,940"), ("—", "1,600"), ("bs-2019-01-01/ta/adjustment", -340)),
    "less the row above": (
        WHOLE, ("110", "1,360", "710", "860"), ("50", "1,300", "650", "800"), ("bs-2023/ta/credit_losses", -60),
    ),
    "a cost added": (FLOW, ("(250)", "1,550"), ("(170)", "1,630"), ("is-2023/operating_income/correction", 80)),
    "new costs added": (COSTS, ("(25)", "5,555"), ("145", "5,725"), ("is-2023/pbt/leases", 170)),
    "a commitment taken off": (ALLOWANCE, ("290", "1,190"), ("100", "1,000"), ("is/total_loss_allowance/remeasurement", -190)),
}  # fmt: skip
"""The table, what is right, what is printed instead, and the finding."""


@pytest.mark.parametrize("name", TABLES)
def test_a_total_off_by_twice_a_row_is_found(name: str, tmp_path: Path) -> None:
    """Rows that are nil under one framework foot there under either sign, so no sign is taken from them."""
    text, right, wrong, (where, difference) = TABLES[name]
    assert not outcome_of(text.format(*right), tmp_path).findings
    assert found(outcome_of(text.format(*wrong), tmp_path)) == {("R2", where, difference)}


def test_readings_are_printed(tmp_path: Path) -> None:
    """The reader sees what a total was read as, on a narrow terminal as well; a program has the rows."""
    outcome = outcome_of(COSTS.format("(25)", "5,555"), tmp_path)
    (read,) = outcome.totals
    named = "Provision for loans, Rent expense, Depreciation of right-of-use assets, Finance costs"
    assert (
        read.text == f"Income before income tax = Revenue - {named.replace(', ', ' - ')}" and read.so == f"taken off: {named}"
    )
    told = outcome.as_dict()["totals_as_read"]
    assert isinstance(told, list) and told[0]["of"][:2] == [[1, "revenue"], [-1, "provision_for_loans"]]
    assert f"Totals as read\n  is-2023: {read.text} (read so: {read.so})" in outcome.as_text()
    assert max(map(len, outcome.as_text(60).splitlines())) <= 60
    (plain,) = outcome_of(ALLOWANCE.format("290", "1,190"), tmp_path).totals
    assert str(plain) == "is: Total loss allowance = Receivables + Loans issued + Undrawn commitments"


def test_many_rows_are_named_by_the_first_and_the_last(tmp_path: Path) -> None:
    rows = "\n".join(f"Item {number} | {number} | 1 | {number + 1}" for number in range(100, 110))
    outcome = outcome_of(f"In thousands\n | US GAAP | Adj | IFRS\n{rows}\nTotal | 1,045 | 10 | 1,055\n", tmp_path)
    assert outcome.totals[0].text == "Total = Item 100 + Item 101 + Item 102 + Item 103 + Item 104 + ... + Item 109 (10 rows)"


def test_rows_that_a_reading_leaves_out_are_said(tmp_path: Path) -> None:
    """700 and 70 are the last two rows under both frameworks, and cash is in no total."""
    text = WHOLE.format("110", "1,150", "710", "860").replace("1,250 | 110", "1,040 | 110")
    outcome = outcome_of(text, tmp_path)
    assert ("R2", "ta") in {(one.check, one.row) for one in outcome.not_checked if "leaves Cash out" in one.why}
    assert outcome.totals[0].so == "left out: Cash"


def test_a_new_cost_that_is_added_to_income_is_said(tmp_path: Path) -> None:
    """A plain sum under both frameworks, and yet income of 1,050 would be 950 if depreciation were taken off as elsewhere."""
    text = "For the year ended December 31, 2023\n | US GAAP | Leases | IFRS\nRevenue | 1,000 | — | 1,000\n"
    text += "Depreciation of right-of-use assets | — | 50 | 50\nIncome before income tax | 1,000 | {} | {}\n"
    added = outcome_of(text.format("50", "1,050"), tmp_path)
    assert [one.row for one in added.not_checked if "nil under one framework" in one.why] == ["pbt"]
    taken_off = outcome_of(text.format("(50)", "950"), tmp_path)
    assert not taken_off.findings and not [one for one in taken_off.not_checked if one.row == "pbt"]


def test_equity_adds_up_no_assets(tmp_path: Path) -> None:
    """Assets move by 50 and liabilities by nil, as equity does; 1,000 and 700 are no equity of 300 for that."""
    text = " | US GAAP | Adj | IFRS\nCash | 400 | — | 400\nLoans | 600 | 50 | 650\nTotal assets | 1,000 | 50 | 1,050\n"
    outcome = outcome_of(
        text + "Deposits | 700 | — | 700\nTotal liabilities | 700 | — | 700\nTotal equity | 300 | 50 | 350\n", tmp_path
    )
    assert not outcome.findings and any(one.row == "eq" and one.check == "R2" for one in outcome.not_checked)


@pytest.mark.parametrize("total", ["資產總計", "Summe Vermögenswerte"])
def test_a_statement_of_which_no_total_is_known_is_said(total: str, tmp_path: Path) -> None:
    text = f" | US GAAP | Adj | IFRS\n甲 | 100 | — | 100\n乙 | 900 | (100) | 800\n{total} | 1,200 | (150) | 1,050\n"
    outcome = outcome_of(text, tmp_path)
    assert outcome.findings or any(one.check == "R2" for one in outcome.not_checked)
    unknown = outcome_of(text.replace(total, "丙"), tmp_path)
    assert ["none of its 3 rows is known as a total" in one.why for one in unknown.not_checked if one.check == "R2"] == [True]
    assert "Nothing was left unchecked" not in unknown.as_text()


def test_columns_beyond_the_second_framework_are_said(tmp_path: Path) -> None:
    """They name a framework each, and nothing stands between them."""
    text = " | GAAP net income | Awards | Non-GAAP net income | GAAP net income per share | Non-GAAP net income per share\n"
    outcome = outcome_of(
        text + "Q2 2024 | 1,700 | 5,600 | 7,300 | 0.05 | 0.19\nQ2 2023 | 900 | 600 | 1,500 | 0.02 | 0.04\n", tmp_path
    )
    assert [one.row for one in outcome.not_checked if one.check == "file"] == [
        "column GAAP net income per share",
        "column Non-GAAP net income per share",
    ]


def test_a_sum_of_the_adjustments_that_leaves_one_out_is_told_once_a_row(tmp_path: Path) -> None:
    """It is wrong in every row, and what IFRS is made of; still it adds up adjustments, and not US GAAP with them."""
    rows = [
        "Loans | 700 | (60) | (4) | (60) | 640",
        "Leases | 80 | — | (9) | — | 80",
        "Total assets | 780 | (60) | (13) | (60) | 720",
    ]
    head = " | U.S. GAAP | Credit losses | Leases | Total adjustments | IFRS\n"
    outcome = outcome_of(head + "\n".join(rows) + "\n", tmp_path)
    assert {one[1:] for one in found(outcome)} == {
        ("bs/loans/total_adjustments", 4), ("bs/leases/total_adjustments", 9), ("bs/ta/total_adjustments", 13),
    }  # fmt: skip
    assert outcome.findings[0].why.startswith("-60 -4 = -64, printed -60; the columns that it adds up do not come to the sum")
    assert outcome.findings[0].why.endswith("; IFRS with it: 700 -60 -4 = 636, printed 640")


def sheet(chance: random.Random, wrong: bool) -> str:
    """A balance sheet in which half of the rows are nil under one framework; wrong, total assets take one row twice off."""
    lines, totals = [], {}
    for total, number in (("Total assets", chance.randint(2, 7)), ("Total liabilities", chance.randint(2, 5))):
        rows = []
        for place in range(number):
            before = chance.randint(50, 9_000) if place % 2 == 0 else 0
            after = (
                before + chance.choice([-1, 1]) * chance.randint(1, max(1, before // 2)) if before else chance.randint(20, 900)
            )
            rows.append((before, chance.choice([before, after]) if place else after))
        lines += [f"{total[6:7].upper()}{total[7:9]} {place} | {a} | {b - a} | {b}" for place, (a, b) in enumerate(rows)]
        moved = [b - a for a, b in rows if a != b]
        off = -2 * chance.choice(moved) if wrong and total == "Total assets" else 0
        totals[total] = (sum(a for a, _ in rows), sum(b for _, b in rows) + off)
        a, b = totals[total]
        lines.append(f"{total} | {a} | {b - a} | {b}")
    a, b = (totals["Total assets"][place] - totals["Total liabilities"][place] for place in (0, 1))
    return (
        "\n".join(["As of December 31, 2023", " | US GAAP | Leases | IFRS", *lines, f"Total equity | {a} | {b - a} | {b}"])
        + "\n"
    )


@pytest.mark.campaign
def test_sheets_with_new_lines_hold_where_they_are_right_and_nowhere_else(tmp_path: Path) -> None:
    """Two hundred sheets drawn at random: no finding in one that is right, one in each that is not."""
    chance = random.Random(842)
    for _ in range(100):
        assert not outcome_of(sheet(chance, wrong=False), tmp_path).findings
        assert {(one.check, one.row) for one in outcome_of(sheet(chance, wrong=True), tmp_path).findings} == {("R2", "ta")}


@pytest.mark.campaign
@pytest.mark.parametrize("plain", [False, True])
def test_signs_taken_for_the_other_in_published_tables_are_seen(plain: bool, tmp_path: Path) -> None:
    """Of plain tables too, though a total that no reading holds is no finding there; it is said."""
    watch = Watch(tmp_path)
    made = [(one, watch.sees(one)) for one in misprints(150, plain=plain, changes=SIGNS)]
    seen, said = (sum(what == kind for _, what in made) / len(made) for kind in (SEEN, SAID))
    assert {one.kind for one, _ in made} == SIGNS.keys() and seen > (0.55 if plain else 0.95) and seen + said > 0.9


@pytest.mark.parametrize(
    "caption",
    [
        "Right-of-use assets, net of accumulated depreciation", "Deferred tax on loss allowance",
        "Property, less accumulated depreciation", "Allowance recoverable from insurer", "Reissue of treasury shares",
    ],
)  # fmt: skip
def test_a_caption_that_only_mentions_an_allowance_is_taken_off_nothing(caption: str, tmp_path: Path) -> None:
    """750 + 25 - 100: a total of 1,000, (125), 875 is off by twice the 25 that its sign would explain away."""
    head = "As of December 31, 2023\n | US GAAP | ECL | IFRS\nCash | 400 | — | 400\nLoans | 600 | (100) | 500\n"
    outcome = outcome_of(f"{head}{caption} | — | 25 | 25\nTotal assets | 1,000 | (125) | 875\n", tmp_path)
    assert {one[0] for one in found(outcome)} == {"R2"} and outcome.exit_code == 1


def test_a_contra_account_of_a_positive_amount_is_taken_off(tmp_path: Path) -> None:
    head = "As of December 31, 2023\n | US GAAP | ECL | IFRS\nLoans | 6,000 | — | 6,000\n"
    allowance = "Allowance for credit losses | 400 | 90 | 490\n"
    assert found(outcome_of(f"{head}{allowance}Total assets | 5,600 | (90) | 5,510\n", tmp_path)) == set()


@pytest.mark.parametrize(
    ("caption", "us_gaap", "effect", "ifrs"),
    [
        ("Other income", "30", "—", "30"), ("Fair value gains", "30", "20", "50"), ("Interest income", "—", "25", "25"),
        ("Reversal of impairment losses", "—", "25", "25"), ("Income from associates", "—", "25", "25"),
    ],
)  # fmt: skip
def test_income_is_taken_off_by_no_reading(caption: str, us_gaap: str, effect: str, ifrs: str, tmp_path: Path) -> None:
    """Revenue 1,000 less costs of 600 and 100: an operating profit with the row taken off is found, or said to be unproved."""
    amount, moved = (int(one.replace("—", "0")) for one in (us_gaap, effect))
    profit, change = 300 - amount, 50 - moved
    table = (
        "For the year ended December 31, 2023\n | US GAAP | Leases | IFRS\n"
        "Revenue | 1,000 | — | 1,000\nCost of sales | 600 | (40) | 560\n"
        f"Administrative expenses | 100 | (10) | 90\n{caption} | {us_gaap} | {effect} | {ifrs}\n"
        f"Operating profit | {profit} | {change} | {profit + change}\n"
    )
    outcome = outcome_of(table, tmp_path)
    said = [one for one in outcome.not_checked if one.check == "R2"]
    assert outcome.findings or said
    assert not any(f"- {caption}" in line for line in outcome.as_text().split("\n"))


@pytest.mark.parametrize(("current", "total"), [(900, 1_290), (990, 1_200)])
def test_all_that_is_current_and_all_that_is_not_are_the_whole(current: int, total: int, tmp_path: Path) -> None:
    """900 and 300 are 1,200 and no 1,290 that holds more; 990 and 300 are no 1,200."""
    outcome = outcome_of(
        "As of December 31, 2023\n | As reported | Adjustment | As restated\n"
        f"Total current assets | {current} | 10 | {current + 10}\nTotal non-current assets | 300 | (5) | 295\n"
        f"Total assets | {total} | 5 | {total + 5}\n",
        tmp_path,
    )
    assert found(outcome) == {("R2", "bs-2023/ta/us_gaap", total - current - 300)}


SIDES = """\
{{"columns": [{{"id": "ecl"}}], "statements": [{{"id": "bs", "kind": "balance sheet", "complete": true, "rows": [
{{"id": "loans", "label": "Loans", "us_gaap": 100, "adj": {{}}, "ifrs": 100}},
{{"id": "all", "label": "Allowance for credit losses", "us_gaap": -10, "adj": {{}}, "ifrs": -10}},
{{"id": "ta", "label": "Total assets", "us_gaap": {assets}, "adj": {{}}, "ifrs": {assets}}},
{{"id": "debt", "label": "Debt", "us_gaap": 60, "adj": {{}}, "ifrs": 60}},
{{"id": "owed", "label": "{owed}", "us_gaap": 20, "adj": {{}}, "ifrs": 20}},
{{"id": "tl", "label": "Total liabilities", "us_gaap": {owed_all}, "adj": {{}}, "ifrs": {owed_all}}},
{{"id": "cap", "label": "Capital", "us_gaap": 3, "adj": {{"ecl": 5}}, "ifrs": 8}},
{{"id": "re", "label": "Retained earnings", "us_gaap": 7, "adj": {{"ecl": -5}}, "ifrs": 2}},
{{"id": "eq", "label": "Total equity", "us_gaap": 10, "adj": {{}}, "ifrs": 10}}]}}]}}
"""


@pytest.mark.parametrize(
    ("assets", "owed", "owed_all", "wrong"),
    [
        (90, "Payables", 80, set()),
        (90, "Payables", 84, {("bs/tl/us_gaap", 4)}),
        (97, "Payables", 80, {("bs/ta/us_gaap", 7)}),
        (90, "of which due to banks", 60, set()),
        (90, "Redeemable shares", 84, set()),
    ],
)
def test_the_total_of_a_side_is_held_against_all_of_it(
    assets: int, owed: str, owed_all: int, wrong: set[tuple[str, int]], tmp_path: Path
) -> None:
    """Without sections and `of`: 60 and 20 are not 84, 100 and -10 not 97; a part of a row is left out."""
    text = SIDES.format(assets=assets, owed=owed, owed_all=owed_all)
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    outcome = verify(tmp_path / "x.json")
    assert {(one.where, one.difference) for one in outcome.findings if one.check in ("R2", "R12")} == wrong
