"""Tables in decimals, of other frameworks, with columns that add up others: read as printed, and told so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import Verification, verify

Json = dict[str, object]


def row(name: str, first: object, adjustments: Json, last: object, **more: object) -> Json:
    return {"id": name, "us_gaap": first, "adj": adjustments, "ifrs": last, **more}


def verified(rows: list[Json], folder: Path, columns: tuple[Json, ...] = ({"id": "asc606"},), **top: object) -> Verification:
    content = {"columns": list(columns), "statements": [{"id": "bs", "kind": "list", "rows": rows}], **top}
    (folder / "table.json").write_text(json.dumps(content), encoding="utf-8")
    return verify(folder / "table.json")


def test_decimals_are_exact_and_written_as_printed(tmp_path: Path) -> None:
    """Conagra at 2019-05-26: 1,571.7 and -3.1 are 1,568.6; 0.1 more is a finding of 0.1."""
    right, wrong = row("inv", 1571.7, {"asc606": -3.1}, 1568.6), row("pre", 93.8, {"asc606": -16.6}, 77.3)
    outcome = verified([right, wrong], tmp_path, pair="ASC 605 -> ASC 606")
    (finding,) = outcome.findings
    assert finding.as_dict()["difference"] == 0.1
    assert finding.why.startswith("93.8 -16.6 = 77.2, printed 77.3; ASC 605 plus the adjustments is not the ASC 606 amount")
    assert "bs/pre/ifrs: +0.1  row" in outcome.as_text()
    assert [check.as_dict()["expected"] for check in outcome.checks] == [1568.6, 77.2]


def test_a_memo_has_decimals_of_its_own(tmp_path: Path) -> None:
    rows = [row("ni", 100, {"asc606": -10}, 90), row("eps", 1.25, {"asc606": -0.12}, 1.12, role="memo")]
    outcome = verified(rows, tmp_path)
    assert [(one.where, one.as_dict()["difference"]) for one in outcome.findings] == [("bs/eps/ifrs", -0.01)]
    assert [check.as_dict()["actual"] for check in outcome.checks] == [90, 1.12]


def test_a_column_of_sums_is_footed_and_adjusts_nothing(tmp_path: Path) -> None:
    columns = (
        {"id": "fvpl"},
        {"id": "post", "role": "sum", "of": ["us_gaap", "fvpl"]},
        {"id": "note", "role": "memo"},
        {"id": "remeasured"},
    )
    held = row("trading", 287995, {"fvpl": 4329, "post": 292324, "note": 12, "remeasured": 1}, 292325)
    broken = row("banks", 90393, {"fvpl": -7099, "post": 83295, "note": 13, "remeasured": -23}, 83271)
    outcome = verified([held, broken], tmp_path, columns)
    assert [(one.where, one.difference) for one in outcome.findings] == [("bs/banks/post", 1)]


@pytest.mark.parametrize("amount", [1.2345678, float("1e400"), "12.5", None, True])
def test_what_is_no_printed_figure_is_refused(amount: object, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"an amount is a number"):
        verified([row("inv", amount, {}, 1)], tmp_path)


def test_an_opening_in_whole_units_is_compared_with_tenths(tmp_path: Path) -> None:
    """Equity effect 100 at the opening, income effect 10.5, closing 110.4: -0.1 does not roll forward."""

    def sheet(day: str, effect: object, total: object) -> Json:
        return {"id": f"bs-{day[:4]}", "kind": "balance sheet", "as_of": day, "rows": [row("eq", 900, {"x": effect}, total)]}

    def written(name: str, *statements: Json, **more: object) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({"columns": [{"id": "x"}], "statements": list(statements), **more}), encoding="utf-8")
        return path

    income = {"id": "is", "kind": "income statement", "period": "2023", "rows": [row("ni", 50, {"x": 10.5}, 60.5)]}
    roll = {"open": "before#bs-2022", "close": "bs-2023", "flow": "is", "retained": "eq", "flow_row": "ni"}
    opening = written("before.json", sheet("2022-12-31", 100, 1000))
    closing = written("after.json", sheet("2023-12-31", 110.4, 1010.4), income, rollforward=[roll])
    found = verify(closing, opening=opening, tolerance=0).findings
    assert [(one.check, one.as_dict()["difference"]) for one in found] == [("R4", -0.1)]
