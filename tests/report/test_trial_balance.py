"""The sheet *Trial balance*: what the ledger calls each account, and an income column that no balance fills."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import gaapbridge
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter


@pytest.mark.parametrize("own", [True, False])
def test_an_account_has_the_codes_of_the_ledger_and_a_balance_no_income(own: bool, tmp_path: Path) -> None:
    """The lender's 10000 and 10010 are cash of the plan; without a chart of its own there is no such column."""
    plan = write_starter(tmp_path / "lender").plan
    if own:
        for path in plan.parent.rglob("trial-balance*.csv"):
            path.write_text(path.read_text(encoding="utf-8").replace("\n1001,", "\n10010,"), encoding="utf-8")
        text = plan.read_text(encoding="utf-8")
        plan.write_text(text + '\n[trial_balance.accounts]\n"10010" = "1001"\n', encoding="utf-8")
    written = gaapbridge.write_report(close(plan), only="workbook", to=tmp_path / "report").folder / "workbook.xlsx"

    rows = list(openpyxl.load_workbook(written)["Trial balance"].iter_rows(min_row=5, values_only=True))
    heads = [str(head) for head in rows[0]]
    assert ("Account of the ledger" in heads) == own
    if own:
        assert {row[0]: row[heads.index("Account of the ledger")] for row in rows[1:]}["1001"] == "10010"
    income, closing = heads.index("U.S. GAAP, income"), heads.index("U.S. GAAP, closing")
    of_balances = [row for row in rows[1:] if row[2] == "BS"]
    assert any(row[closing] for row in of_balances) and not any(row[income] for row in of_balances)
    assert any(row[income] for row in rows[1:] if row[2] == "IS")
