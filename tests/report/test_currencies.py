"""Reports in currencies of no decimals and of three: amounts in the currency have its decimals, and all of it adds up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import gaapbridge
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter
from tests.report.packs import pages
from tests.report.recalculated import Calculated


@pytest.mark.campaign
@pytest.mark.parametrize(("currency", "digits", "unit"), [("JPY", 0, 1_000_000), ("BHD", 3, 1_000)])
def test_amounts_have_the_decimals_of_their_currency(currency: str, digits: int, unit: int, tmp_path: Path) -> None:
    plan = write_starter(tmp_path / "lender").plan
    for path in (plan, *plan.parent.rglob("*.csv")):
        path.write_text(path.read_text(encoding="utf-8").replace("CNY", currency), encoding="utf-8")
    text = plan.read_text(encoding="utf-8").replace("minor_digits = 2", f"minor_digits = {digits}")
    plan.write_text(text.replace("presentation_unit = 1\n", f"presentation_unit = {unit}\n"), encoding="utf-8")
    run = close(plan)
    report = gaapbridge.write_report(run, only="workbook,pack", to=tmp_path / "report").folder

    book = Calculated(report / "workbook.xlsx")
    assert [one for one in book.formulas() if not one.agrees] == []
    of_money = [one for one in book.formulas() if one.sheet == "Note i" and f"/{10**digits},{digits})" in one.formula]
    formats = {book.written[one.sheet][one.cell].number_format.partition("_")[0] for one in of_money}
    assert of_money and formats == {f"#,##0.{'0' * digits}".rstrip(".")}

    line = next(line for line in run.listed.journals if line.amount_minor > 10**digits)
    whole, part = divmod(line.amount_minor, 10**digits)
    shown = f"{whole:,}.{part:0{digits}}" if digits else f"{whole:,}"
    journals = "".join(pages(report / "pack")["journals.html"].texts)
    assert re.search(rf"(?<![\d,]){re.escape(shown)}(?![\d.,])", journals)
