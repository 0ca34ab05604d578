"""Published tables pasted as their filings print them: each gets through, with what it is known to hold and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaapbridge.filings.reading import read_tables
from gaapbridge.verification import Verification, verify
from tests.filing.printed_page import as_page, as_pasted, side_by_side
from tests.published import published

PASTED = Path(__file__).parent / "pasted"


def found(outcome: Verification) -> list[tuple[str, str | None, str | None, int]]:
    return [(one.check, one.statement, one.row, one.difference) for one in outcome.findings]


@pytest.mark.parametrize("name", ["conagra-606-2019", "finv-2020", "hsbc-ifrs9-2018-asprinted"])
def test_tables_in_decimals_and_with_a_column_of_sums_hold(name: str) -> None:
    """The carrying amount post reclassification is the sum of those before it, which made fifteen false findings of R1."""
    outcome = verify(PASTED / f"{name}.csv")
    assert found(outcome) == []
    assert {"conagra-606-2019": 5, "finv-2020": 4, "hsbc-ifrs9-2018-asprinted": 30}[name] == len(outcome.checks)


def test_redeemable_shares_are_read_as_mezzanine() -> None:
    outcome = verify(PASTED / "spac-1838108.csv")
    assert [one for one in outcome.findings if one.check in ("R1", "R2", "R12")] == []
    assert sum(one.check == "R1" for one in outcome.checks) == 18


def test_a_table_without_ids_and_roles_is_read_with_both() -> None:
    """IBM's second quarter 2025, Form 10-Q: 2,193 + 443 + 17 is 2,653, printed 2,652."""
    outcome = verify(PASTED / "ibm-2025.csv")
    assert ("R1", "is-2025q2", "ni", -1) in found(outcome)
    assert {one.statement for one in outcome.checks} == {"is-2025q2", "is-2025h1"}
    assert outcome.unit == "million" and outcome.findings[0].wording.to_gaap == "Operating (non-GAAP)"


@pytest.mark.parametrize("break_after", [1, 12, 99])
def test_a_filing_gives_the_same_as_a_page_as_it_does_transcribed(break_after: int, tmp_path: Path) -> None:
    """Qifu's Exhibit 99.1 with three cells to a figure, a layout table around, and page breaks that repeat the headings."""
    filed = json.loads(published("qifu-2023").read_text(encoding="utf-8"))
    options = {"opening": published("qifu-2021"), "statutory_rate": "0.25"}
    expected = verify(published("qifu-2023"), **options)
    (tmp_path / "exhibit.htm").write_text(as_page(filed, break_after=break_after), encoding="utf-8")
    outcome = verify(tmp_path / "exhibit.htm", **options)
    assert sorted(found(outcome)) == sorted(found(expected)) and len(outcome.findings) == 7
    own = [
        sorted(
            (one.statement, one.expected, one.actual) for one in of.checks if one.check == "R1" and one.statement != "bs-2021"
        )
        for of in (outcome, expected)
    ]
    assert own[0] == own[1] and len(own[0]) == 75


def test_headings_of_three_rows_over_two_periods_of_a_page(tmp_path: Path) -> None:
    """HUTCHMED's statements of operations: dates over all columns of a period, one caption over its adjustments."""
    filed = json.loads(published("hutchmed-2022h1").read_text(encoding="utf-8"))
    shared = {one["id"] for one in filed["statements"][0]["rows"]} & {one["id"] for one in filed["statements"][1]["rows"]}
    for statement in filed["statements"][:2]:
        statement["rows"] = [one for one in statement["rows"] if one["id"] in shared]
    periods = ["Six Months Ended June 30, 2022", "Six Months Ended June 30, 2021"]
    path = tmp_path / "exhibit.htm"
    path.write_text(side_by_side(filed, periods, "IFRS adjustments"), encoding="utf-8")
    read = read_tables(path)
    assert [(one["id"], one["label"], one["note"]) for one in read.columns] == [
        ("lease_amortization", "Lease amortization", "a"),
        ("issuance_costs", "Issuance costs", "b"),
        ("divestment_of_an_equity_investee", "Divestment of an equity investee", "c"),
    ]
    assert [(one["id"], one["period"]) for one in read.statements] == [
        ("is-2022h1", "2022-01-01/2022-06-30"),
        ("is-2021h1", "2021-01-01/2021-06-30"),
    ]
    assert (read.top["currency"], read.top["unit"]) == ("USD", "thousand")
    outcome = verify(path)
    assert found(outcome) == [] and sum(one.check == "R1" for one in outcome.checks) == 2 * len(shared) >= 10


def test_and_so_it_does_pasted_with_tabs(tmp_path: Path) -> None:
    filed = json.loads(published("qifu-2023").read_text(encoding="utf-8"))
    (tmp_path / "exhibit.txt").write_text(as_pasted(filed), encoding="utf-8")
    options = {"opening": published("qifu-2021"), "statutory_rate": "0.25", "tolerance": 0}
    expected = verify(published("qifu-2023"), **options)
    assert sorted(found(verify(tmp_path / "exhibit.txt", **options))) == sorted(found(expected))


# What five other issuers printed, line by line with the tabs that a page leaves in what is copied from it.

DUN_AND_BRADSTREET = """\
The cumulative effect of the changes made to our consolidated balance sheet as of January 1, 2018 was as follows (in millions):
	Balance at December 31, 2017		Adjustment Increase (Decrease)		Balance at January 1, 2018
ASSETS
Accounts Receivable (1)(3)	$	596.8	$	(318.9	)	$	277.9
Other Current Assets (2)		1.6		3.3		4.9
Deferred Income Tax (4)		57.1		25.8		82.9
Deferred Costs (5)		—		74.4		74.4
Other Non-Current Assets (2)		60.8		2.2		63.0
LIABILITIES
Accounts Payable (3)	$	37.4	$	12.1		$	49.5
Deferred Revenue - Current (1)(6)(7)		684.4		(145.2	)	539.2
Other Non-Current Liabilities (1)		100.7		1.3		102.0
EQUITY
Retained Earnings (4)(5)(6)(7)	$	3,176.3	$	(81.4	)	$	3,094.9
"""
"""Form 10-Q for the first quarter of 2018, note on new revenue accounting: two dates stand for the frameworks."""

CITY_HOLDING = """\
January 1, 2020
The following table illustrates the impact of ASC 326 (in thousands):
	As Reported Under		Pre-ASC 326		Impact of ASC 326
	ASC 326		Adoption		Adoption
Gross Loans	$	3,618,825	$	3,616,099	$	2,726
Allowance for Credit Losses		(17,349)		(11,589)		(5,760)
Deferred Tax Assets, net		7,380		6,669		711
Shareholders' Equity		655,648		657,983		(2,335)
"""
"""Form 10-Q for the second quarter of 2020: the adjusted column first, the adjustment last, headings over two rows."""

OWENS_ILLINOIS = """\
The effect of the change on the condensed consolidated results of operations for the quarter ended March 31, 2011 is as follows:
	As originally
	reported under			Effect of			As
	LIFO			Change			Adjusted
Manufacturing, shipping and delivery expense	$	(1,386	)	$	10		$	(1,376	)
Amounts attributable to the Company:
Net earnings from continuing operations		73			10			83
Basic earnings per share		0.44			0.06			0.50
Diluted earnings per share		0.44			0.06			0.50
The effect of the change on the condensed consolidated balance sheets is as follows:
	As originally
	reported under			Effect of			As
December 31, 2011	LIFO			Change			Adjusted
Assets:
Inventories	$	1,012		$	49		$	1,061
Share owners’ equity:
Retained earnings (loss)		(428	)		49			(379	)
March 31, 2011
Assets:
Inventories	$	1,054		$	49		$	1,103
Share owners’ equity:
Retained earnings		154			49			203
"""
"""Form 10-Q for the first quarter of 2012, note 1, from LIFO to average cost: headings over three rows, dates in the table."""

VERU = """\
			As of June 30, 2023
	As Reported		Adjustment		As Restated
Assets
Notes receivable, short term portion	$	8,536,535	$	(8,536,535)	$	—
Total current assets	$	43,221,164	$	(8,536,535)	$	34,684,629
Notes receivable, long-term portion	$	4,437,850	$	(4,437,850)	$	—
Total assets	$	75,195,414	$	(12,974,385)	$	62,221,029
Liabilities and Stockholders' Equity
Accumulated deficit	$	(234,895,079)	$	(12,974,385)	$	(247,869,464)
Total stockholders' equity	$	34,387,251	$	(12,974,385)	$	21,412,866
Total liabilities and stockholders' equity	$	75,195,414	$	(12,974,385)	$	62,221,029
			Three Months Ended June 30, 2023
	As Reported		Adjustment		As Restated
Gain on sale of ENTADFI® assets	$	17,456,814	$	(12,733,191)	$	4,723,623
Operating income (loss)	$	4,859,345	$	(12,733,191)	$	(7,873,846)
Other income, net	$	372,327	$	(241,194)	$	131,133
Total non-operating income	$	1,512,410	$	(241,194)	$	1,271,216
Income (loss) before income taxes	$	6,371,755	$	(12,974,385)	$	(6,602,630)
Net income (loss)	$	6,314,204	$	(12,974,385)	$	(6,660,181)
Net income (loss) per basic common shares outstanding	$	0.07	$	(0.15)	$	(0.08)
Diluted weighted average common shares outstanding		88,301,516		(35,364)		88,266,152
"""
"""Form 10-K for fiscal 2023, summary of the error: balance sheet and quarter in one table, rows per share and of shares."""

QIWI = """\
Loss allowances under IAS 39 reconciled to those under IFRS 9
	Loan loss provision		ECLs under
	under IAS 39/IAS 37		IFRS 9 as of
Impairment allowance for:	as of December 31, 2017	Remeasurement	January 1, 2018
Debt instruments	 —	(5)	(5)
Trade and other receivables	(545)	(33)	(578)
Loans issued	(321)	(108)	(429)
Undrawn credit commitments	 —	(111)	(111)
	(866)	(257)	(1,123)
"""
"""Form 20-F for 2018, effect of the transition to IFRS 9: the total has no caption."""

NAMES_AND_ROWS = {
    "dun and bradstreet": (
        DUN_AND_BRADSTREET,
        "Balance at December 31, 2017",
        "Balance at January 1, 2018",
        {"bs-2018-01-01": 9},
    ),
    "city holding": (CITY_HOLDING, "Pre-ASC 326 Adoption", "As Reported Under ASC 326", {"bs-2020-01-01": 4}),
    "owens-illinois": (
        OWENS_ILLINOIS,
        "As originally reported under LIFO",
        "As Adjusted",
        {"is-2011q1": 4, "bs-2011": 2, "bs-2011-03-31": 2},
    ),
    "veru": (VERU, "As Reported", "As Restated", {"bs-2023-06-30": 7, "is-2023q2": 8}),
    "qiwi": (QIWI, "Loan loss provision under IAS 39/IAS 37", "ECLs under IFRS 9", {"bs-2018-01-01": 5}),
}


@pytest.mark.parametrize("name", NAMES_AND_ROWS)
def test_a_table_gets_through_as_it_was_copied(name: str, tmp_path: Path) -> None:
    """Without a map of its columns: statements, dates and both names are read, every row foots across."""
    text, before, after, rows = NAMES_AND_ROWS[name]
    (tmp_path / "copied.txt").write_text(text, encoding="utf-8")
    outcome = verify(tmp_path / "copied.txt")
    across = [one for one in outcome.checks if one.check == "R1"]
    assert {one: sum(check.statement == one for check in across) for one in rows} == rows
    assert len(across) == sum(rows.values()) and all(one.holds for one in across)
    assert {(one.wording.from_gaap, one.wording.to_gaap) for one in across} == {(before, after)}


MISPRINTED = {
    **{"dun and bradstreet": "277.9", "city holding": "7,380", "owens-illinois": "(1,376", "veru": "131,133"},
    "qiwi": "(429)",
}


@pytest.mark.parametrize("name", NAMES_AND_ROWS)
def test_a_figure_of_it_misprinted_is_found(name: str, tmp_path: Path) -> None:
    text, *_ = NAMES_AND_ROWS[name]
    printed = MISPRINTED[name]
    (tmp_path / "copied.txt").write_text(text.replace(printed, printed[:-2] + "0" + printed[-1]), encoding="utf-8")
    outcome = verify(tmp_path / "copied.txt")
    assert [one.check for one in outcome.findings if one.check == "R1"] == ["R1"]
