"""Balance sheets that state what is owed below nil, as British ones do: assets of 1,100 less (720) leave net assets of 380."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge import verify

SHEET = """\
"As of December 31, 2023","U.S. GAAP","(i) Expected credit losses","IFRS"
Non-current assets,,,
Loans receivable,700,-40,660
Current assets,,,
Loans receivable,300,-20,280
Cash,100,0,100
Total assets,1100,-60,1040
Current liabilities,,,
Borrowings,-400,0,-400
Deferred tax,-20,15,-5
Non-current liabilities,,,
Borrowings,-300,0,-300
Total liabilities,-720,15,-705
Net assets,380,-45,335
Equity,,,
Share capital,100,0,100
Retained earnings,280,-45,235
Total equity,380,-45,335
"""


def found(tmp_path: Path, text: str) -> list[str]:
    """What is found in a sheet, its rate of tax 25 %, with the difference of each."""
    path = tmp_path / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    findings = verify(path, statutory_rate="0.25").findings
    return [f"{one.check} {one.where} {one.difference}" for one in findings]


def test_liabilities_below_nil_are_no_break(tmp_path: Path) -> None:
    assert found(tmp_path, SHEET) == []
    assert found(tmp_path, SHEET.replace("Net assets,380,-45,335\n", "")) == []


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        ("Total equity,380,-45,335", "Total equity,385,-45,340", {"R3 bs-2023/ta/us_gaap", "R3 bs-2023/ta/ifrs"}),
        ("Total liabilities,-720,15,-705", "Total liabilities,-725,15,-710", {"R3 bs-2023/ta/us_gaap", "R3 bs-2023/ta/ifrs"}),
        ("Deferred tax,-20,15,-5", "Deferred tax,-20,-15,-35", {"R2 bs-2023/tl/ecl", "R6 bs-2023/deferred_tax/ecl"}),
    ],
)
def test_what_is_wrong_in_such_a_sheet_is_found(tmp_path: Path, old: str, new: str, breaks: set[str]) -> None:
    assert breaks <= {line.rpartition(" ")[0] for line in found(tmp_path, SHEET.replace(old, new))}


def test_one_total_below_nil_is_an_error_and_no_way_to_write(tmp_path: Path) -> None:
    """A sign that is lost under one framework is no British sheet."""
    plain = SHEET.replace("-400,0,-400", "400,0,400").replace("-300,0,-300", "300,0,300").replace("-20,15,-5", "20,-15,5")
    plain = plain.replace("-720,15,-705", "720,-15,705")
    assert found(tmp_path, plain) == []
    assert "R3 bs-2023/ta/us_gaap 1440" in found(tmp_path, plain.replace("720,-15,705", "-720,-15,705"))
