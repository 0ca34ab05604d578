"""The flat form: a statement written as CSV or XLSX is verified like the document it came from."""

from __future__ import annotations

import copy
import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.printing import statement_csv
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import Verification, verify
from tests.published import published

OPENING = published("qifu-2021")
FILED = json.loads(published("qifu-2023").read_text(encoding="utf-8"))
RATES = {"statutory_rate": "0.25", "vat_rate": "0.06"}


def table_of(content: object) -> str:
    """The flat table of a document given as JSON."""
    return statement_csv(read_document(content, "given.json"))


def found(outcome: Verification) -> set[tuple[str, str, str, int]]:
    return {(finding.check, finding.name, finding.where, finding.difference) for finding in outcome.findings}


def workbook(text: str, path: Path, sheet: str = "statement") -> Path:
    """The table of a CSV text as a workbook, amounts as numbers; a first sheet of something else stands before it."""
    book = openpyxl.Workbook()
    book.active.append(["about", "nothing"])
    table = book.create_sheet(sheet)
    for line, cells in enumerate(csv.reader(io.StringIO(text))):
        table.append([int(cell) if line and cell.lstrip("-").isdigit() else cell or None for cell in cells])
    book.save(path)
    return path


@pytest.mark.parametrize("tolerance", [0, 1])
def test_csv_and_workbook_give_the_findings_of_the_document(tolerance: int, tmp_path: Path) -> None:
    text = table_of(FILED)
    (tmp_path / "qifu.csv").write_text(text, encoding="utf-8")
    expected = verify(published("qifu-2023"), opening=OPENING, tolerance=tolerance, **RATES)
    for file in (tmp_path / "qifu.csv", workbook(text, tmp_path / "qifu.xlsx")):
        outcome = verify(file, opening=OPENING, tolerance=tolerance, **RATES)
        assert found(outcome) == found(expected)
        assert len(outcome.findings) == len(expected.findings) == (7 if tolerance else 12)
        assert len(outcome.checks) == len(expected.checks)
        assert (outcome.issuer, outcome.currency, outcome.unit) == (expected.issuer, expected.currency, expected.unit)


def test_without_opening_the_first_roll_is_reported_as_not_checked(tmp_path: Path) -> None:
    file = tmp_path / "qifu.csv"
    file.write_text(table_of(FILED), encoding="utf-8")
    outcome = verify(file, **RATES)
    assert len(outcome.findings) == 4
    assert {left.check for left in outcome.not_checked if left.statement == "bs-2022"} >= {"R4", "R5", "R6"}


def test_the_opening_may_be_flat_as_well(tmp_path: Path) -> None:
    file = tmp_path / "qifu-2021.csv"
    file.write_text(table_of(json.loads(OPENING.read_text(encoding="utf-8"))), encoding="utf-8")
    by_id = verify(published("qifu-2023"), opening=file, **RATES)
    assert found(by_id) == found(verify(published("qifu-2023"), opening=OPENING, **RATES))


def test_figures_may_stand_as_printed(tmp_path: Path) -> None:
    """Separators, parentheses, dashes for nil, semicolons, a byte order mark and Windows line ends."""
    rows = list(csv.reader(io.StringIO(table_of(FILED))))
    first, last = rows[0].index("us_gaap"), rows[0].index("ifrs")
    for row in rows[1:]:
        for place in range(first, last + 1):
            amount = int(row[place])
            row[place] = "—" if amount == 0 else f"({-amount:,})" if amount < 0 else f"{amount:,}"
    stream = io.StringIO()
    csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows(rows)
    file = tmp_path / "printed.csv"
    file.write_bytes(b"\xef\xbb\xbf" + stream.getvalue().encode())
    assert found(verify(file, opening=OPENING, **RATES)) == found(verify(published("qifu-2023"), opening=OPENING, **RATES))


def small(paths: dict[str, object]) -> dict[str, object]:
    """Equity moves by 80, net income is 50; 30 came by a path outside profit."""

    def row(name: str, amount: int) -> dict[str, object]:
        return {"id": name, "label": f"={name}", "role": "line", "us_gaap": 1_000, "adj": {"x": amount}, "ifrs": 1_000 + amount}

    def sheet(name: str, day: str, amount: int) -> dict[str, object]:
        return {"id": name, "kind": "balance sheet", "as_of": day, "rows": [row("re", amount)]}

    income = {"id": "is", "kind": "income statement", "period": "2022-12-31/2023-12-31"}
    return {
        "issuer": "=Lender",
        "currency": "CNY",
        "unit": "thousand",
        "columns": [{"id": "x", "label": "A difference"}],
        "rollforward": [{"open": "b22", "close": "b23", "flow": "is", "retained": "re", "flow_row": "ni", **paths}],
        "statements": [
            sheet("b22", "2022-12-31", 20),
            sheet("b23", "2023-12-31", 100),
            {**income, "rows": [row("pbt", 50), row("ni", 50)]},
        ],
    }


@pytest.mark.parametrize("declared", [True, False])
def test_declared_paths_survive_the_flat_form(declared: bool, tmp_path: Path) -> None:
    paths = {"x": {"opening_basis_difference": 30}}
    document = small({"paths": paths, "paths_pretax": paths} if declared else {})
    (tmp_path / "s.json").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "s.csv").write_text(table_of(document), encoding="utf-8")
    outcomes = [verify(tmp_path / name, tolerance=0) for name in ("s.json", "s.csv")]
    for outcome in outcomes:
        assert [finding.check for finding in outcome.findings] == ([] if declared else ["R4", "R5"])
    assert outcomes[1].issuer == "=Lender"


def test_a_text_is_no_formula() -> None:
    """A spreadsheet that opens the table shows texts that begin like a formula as they are."""
    for cells in csv.reader(io.StringIO(table_of(small({})))):
        assert not any(cell[:1] in ("=", "+", "@") for cell in cells)


@pytest.mark.parametrize(("said", "checked"), [("", {"eir"}), ("fg", {"eir"}), ("eir fg", set())])
def test_what_lines_hold_beside_value_added_tax_survives_the_flat_form(said: str, checked: set[str], tmp_path: Path) -> None:
    """The filing has a value-added tax leg in its column eir alone."""
    document = copy.deepcopy(FILED)
    for column in document["columns"]:
        if column["id"] in said.split():
            column["vat_in_lines"] = False
    text = table_of(document)
    (tmp_path / "said.json").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "said.csv").write_text(text, encoding="utf-8")
    for file in (tmp_path / "said.json", tmp_path / "said.csv", workbook(text, tmp_path / "said.xlsx")):
        outcome = verify(file, **RATES)
        assert {check.column for check in outcome.checks if check.check == "R7"} == checked
        assert {left.column for left in outcome.not_checked if left.check == "R7"} == {"eir"} - checked


def test_a_table_that_does_not_say_what_its_lines_hold_is_not_checked_for_it(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(table_of(FILED))))
    place = rows[0].index("no_vat_in_lines")
    (tmp_path / "unsaid.csv").write_text(
        "\n".join(",".join(f'"{cell}"' for cell in [*row[:place], *row[place + 1 :]]) for row in rows), encoding="utf-8"
    )
    outcome = verify(tmp_path / "unsaid.csv", **RATES)
    assert "R7" not in {check.check for check in outcome.checks}
    left = [one for one in outcome.not_checked if one.check == "R7"]
    assert {one.column for one in left} == {"eir"}
    assert all("no_vat_in_lines" in one.remedy for one in left)


def test_a_column_it_names_and_does_not_have_is_refused(tmp_path: Path) -> None:
    text = table_of(FILED).splitlines()
    (tmp_path / "odd.csv").write_text("\n".join([text[0], text[1] + "gf", *text[2:]]), encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        verify(tmp_path / "odd.csv")
    assert (refused.value.row, refused.value.column, refused.value.value) == ("line 2", "no_vat_in_lines", "gf")
