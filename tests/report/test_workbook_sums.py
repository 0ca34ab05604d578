"""Ids that SUMIFS takes for others: accounts that are patterns, comparisons, or one number written in two ways."""

from __future__ import annotations

import re
from pathlib import Path

from gaapbridge.period_close import close
from gaapbridge.report.workbook import FILE, write
from gaapbridge.starter import write_starter
from tests.report.recalculated import Calculated

RENAMED = {"1301": "13*", "1302": "130?", "1201": "~1", "1001": "<9", "1002": "0100", "1203": "100"}
"""Accounts of the starter's lender by codes that Excel takes for a pattern, a comparison, and each other."""


def test_an_account_that_is_a_pattern_is_one_account(tmp_path: Path) -> None:
    """Each formula comes to the figure beside it, as an engine of others calculates it."""
    plan = write_starter(tmp_path / "lender").plan
    for path in (plan, *(plan.parent / "ledger").glob("*.csv")):
        text = path.read_text(encoding="utf-8")
        for code, renamed in RENAMED.items():
            text = re.sub(rf"^{code},", f"{renamed},", text.replace(f'"{code}"', f'"{renamed}"'), flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8")
    run = close(plan)
    assert {*RENAMED.values()} <= set(run.ledgers[run.manifest.statements.closing])
    write(run, tmp_path)
    formulas = list(Calculated(tmp_path / FILE).formulas())
    assert [one for one in formulas if not one.agrees] == []
    assert any("SUMPRODUCT((" in one.formula for one in formulas)
    assert not any("SUMIFS" in one.formula for one in formulas)
