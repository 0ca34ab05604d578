"""A fund that IFRS alone consolidates, with interests that are not the parent's: figures of docs/reference/given.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaapbridge.run import Run
from tests.given.holder import MONTHS, ledger_of, plan_of, write_holder
from tests.given.ledger_book import imported, posted_by, together, trial_balance, unlike_rows, year_closed
from tests.given_lender import PAGE, cell, closed_one_by_one, minor

ACCOUNTS = """\
[accounts]
"1841" = { name = "Investments of the fund", line = "loans_nc" }
"4401" = { name = "Non-controlling interests", line = "nci_eq" }
"6901" = { name = "Attributable to non-controlling interests", line = "nci" }
"""

NOTE = """\
[given.fund]
caption = "Consolidation"
text = { us_gaap = "No variable interest (810-10-15-14).", ifrs = "Control (IFRS 10.7).", effect = "It bears no tax." }
accounts = ["1841", "4401", "6602", "6901"]
tax = "stated"
file = "fund.csv"
amounts = "major"

[adjustments]
"""

ROWS = """\
date,path,account,amount_minor
2022-12-31,balance,1841,1000.00
2022-12-31,balance,4401,-300.00
2023-01-31,result,1841,100.00
2023-01-31,result,6602,-100.00
2023-01-31,attributed,6901,30.00
2023-01-31,attributed,4401,-30.00
2023-01-31,balance,1841,1100.00
2023-01-31,balance,4401,-330.00
"""


def with_fund(text: str) -> str:
    """The plan of the holder with the note."""
    text = text.replace('"preferred_shares"]', '"preferred_shares", "fund"]').replace("[accounts]\n", ACCOUNTS)
    return text.replace("[adjustments]\n", NOTE)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """The year, and January."""
    plan = write_holder(tmp_path_factory.mktemp("fund") / "books")
    file = plan.parent / "layout.json"
    layout = json.loads(file.read_text(encoding="utf-8"))
    sheet, income = (one["rows"] for one in layout["statements"])
    interests = {"label": "Non-controlling interests", "role": "line"}
    sheet.append({"id": "nci_eq", "after": "eq_parent", "in": "eq", "section": "equity", "normal": "credit", **interests})
    income.append({"id": "nci", "after": "ni", "in": "ni_attr", "section": "profit", "normal": "debit", **interests})
    file.write_text(json.dumps(layout), encoding="utf-8")
    (plan.parent / "fund.csv").write_text(ROWS, encoding="utf-8")
    return closed_one_by_one(plan, [with_fund(plan_of(place)) for place in (0, 1)])


def test_interests_share_net_income_and_equity(runs: list[Run]) -> None:
    """R13 by column: total less attributable is the interests' share, of net income and of equity; R4 and R5 roll the total."""
    (table,) = [one for one in PAGE.tables if one.heading == "Non-controlling interests"]
    for run, row in zip(runs, table.rows, strict=True):
        assert [one.id for one in run.listed.checks if not one.holds] == [] == [one.name for one in run.listed.findings]
        sheet = run.manifest.statements.closing
        figures = {"re": "equity of the parent", "nci_eq": "interests", "eq": "total equity"}
        assert {one: cell(run, f"{sheet}/{one}/fund") for one in figures} == {
            one: minor(row[name]) for one, name in figures.items()
        }
    income = runs[1].manifest.statements.income
    assert [cell(runs[1], f"{income}/{row}/fund") for row in ("ni", "nci", "ni_attr")] == [100_00, 30_00, 70_00]
    checks = {one.id: one for one in runs[1].listed.checks}
    assert checks[f"R13/{income}/ni_attr/fund"].expected == -30_00
    sheet = runs[1].manifest.statements.closing
    assert checks[f"R13/{sheet}/eq/fund"].expected == checks[f"R13/{sheet}/eq/ifrs"].expected == 330_00
    assert checks[f"R5/{income}/fund"].actual == 100_00 and checks[f"R10b/{income}/6901"].holds


def test_what_is_attributed_is_booked(runs: list[Run], tmp_path: Path) -> None:
    held: dict[str, int] = {}
    for place, run in enumerate(runs):
        us_gaap = trial_balance(run.plan_folder / ledger_of(MONTHS[place]), 100)
        held = together(held, posted_by(imported(run.folder, "generic", "movements", tmp_path / str(place))))
        assert unlike_rows(run.folder, run.manifest.statements.closing, together(us_gaap, held), "ifrs") == {}
        held = held if place else year_closed(held, run.folder)
    assert held["6901"] == 30_00 and held["4401"] == -330_00
