"""Statements that cannot be used: refused with file, row, column, value, rule and remedy, never by a stack trace."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from gaapbridge.cli import app, main
from gaapbridge.filings.reading import read_tables
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.printing import statement_csv
from gaapbridge.statement.tie_out import tie_out
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import verify
from tests.findings.xlsx_made import number, rows, texts, workbook
from tests.published import published

Raw = dict[str, Any]
FILED: Raw = json.loads(published("qifu-2023").read_text(encoding="utf-8"))
TEXT = published("qifu-2023").read_text(encoding="utf-8")
TABLE = statement_csv(read_document(FILED, "qifu-2023.json"))


def row(raw: Raw, row_id: str) -> Raw:
    found: Raw = next(one for one in raw["statements"][0]["rows"] if one["id"] == row_id)
    return found


def refusal(path: Path, **options: Any) -> UnusableInput:
    """What is said of a file; the parts are there, each on the same line."""
    with pytest.raises(UnusableInput) as refused:
        verify(path, **options)
    assert refused.value.rule and refused.value.remedy
    assert "\n" not in str(refused.value)
    return refused.value


def written(path: Path, content: str | bytes | Raw) -> Path:
    if isinstance(content, dict):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


BROKEN: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "not empty"),
    "blank": (" \n\n", "not empty"),
    "cut off": (TEXT[: len(TEXT) // 2], "is JSON"),
    "cut off within a text": (TEXT[: TEXT.index("Financial assets") + 4], "is JSON"),
    "Latin-1": ('{"issuer": "Société"}'.encode("latin-1"), "UTF-8"),
    "UTF-16": (TEXT.encode("utf-16"), "UTF-8"),
    "a number": ("17", "JSON object"),
    "a list": ("[]", "JSON object"),
    "no statements": ('{"columns": []}', "statements"),
    "no rows": ('{"columns": [], "statements": [{"id": "a", "rows": []}]}', "rows"),
    "a key given twice": ('{"columns": [], "columns": []}', "once"),
    "not a number": (TEXT.replace("2982076", "NaN", 1), "number"),
    "infinity": (TEXT.replace("2982076", "-Infinity", 1), "number"),
    "nested without end": ("[" * 200_000, "reconciliation"),
    "a huge number": (TEXT.replace("2982076", "9" * 5_000, 1), ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file(name: str, tmp_path: Path) -> None:
    content, word = BROKEN[name]
    said = refusal(written(tmp_path / "broken.json", content))
    assert said.file == "broken.json"
    assert word in said.rule


CHANGES: dict[str, tuple[Callable[[Raw], object], str, str, str]] = {
    "a row id twice": (lambda raw: row(raw, "rp_c").update(id="far_c"), "bs-2022", "far_c", "once"),
    "a statement id twice": (lambda raw: raw["statements"][1].update(id="bs-2022"), "statements", "bs-2022", "once"),
    "a column id twice": (lambda raw: raw["columns"][1].update(id="ecl"), "columns", "ecl", "once"),
    "a column that is not declared": (lambda raw: row(raw, "far_c")["adj"].update(ecll=1), "bs-2022/far_c", "ecll", "exists"),
    "a row that does not exist": (lambda raw: row(raw, "tca")["of"].append([1, "loan_c"]), "bs-2022/tca", "loan_c", "exists"),
    "a sub-total of itself": (lambda raw: row(raw, "tca")["of"].append([1, "ta"]), "bs-2022", "ta", "itself"),
    "a sign of two": (lambda raw: row(raw, "tca")["of"].append([2, "dta"]), "bs-2022/tca", "2", "1 or -1"),
    "more decimals than anybody prints": (
        lambda raw: row(raw, "far_c").update(us_gaap=1.1234567),
        "bs-2022/far_c",
        "1.1234567",
        "number of presentation units",
    ),
    "a text": (lambda raw: row(raw, "far_c").update(ifrs="1,000"), "bs-2022/far_c", "1,000", "number of presentation units"),
    "true": (lambda raw: row(raw, "far_c").update(ifrs=True), "bs-2022/far_c", "True", "number of presentation units"),
    "null": (lambda raw: row(raw, "far_c").update(ifrs=None), "bs-2022/far_c", "null", "number of presentation units"),
    "an unknown role": (lambda raw: row(raw, "far_c").update(role="totall"), "bs-2022/far_c", "totall", "exists"),
    "a roll of nothing": (lambda raw: raw["rollforward"][0].update(close="bs-2032"), "rollforward 1", "bs-2032", "exists"),
    "a roll by no row": (lambda raw: raw["rollforward"][0].update(retained="ree"), "rollforward 1", "ree", "exists"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_file_that_contradicts_itself(name: str, tmp_path: Path) -> None:
    change, where, value, word = CHANGES[name]
    raw = copy.deepcopy(FILED)
    change(raw)
    said = refusal(written(tmp_path / "changed.json", raw))
    assert (said.file, said.row) == ("changed.json", where)
    assert value in (said.value or "")
    assert word in said.rule


def test_a_missing_amount_is_named(tmp_path: Path) -> None:
    raw = copy.deepcopy(FILED)
    del row(raw, "far_c")["ifrs"]
    said = refusal(written(tmp_path / "changed.json", raw))
    assert (said.row, said.column) == ("bs-2022/far_c", "ifrs")


def test_the_nearest_name_is_offered(tmp_path: Path) -> None:
    raw = copy.deepcopy(FILED)
    row(raw, "tca")["of"][0] = [1, "far_cc"]
    assert "far_c" in refusal(written(tmp_path / "changed.json", raw)).remedy


def table(change: Callable[[list[str]], object]) -> str:
    lines = TABLE.splitlines()
    change(lines)
    return "\n".join(lines) + "\n"


TABLES: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "", "not empty"),
    "a header alone": (TABLE.splitlines()[0] + "\n", "", "rows"),
    "no IFRS": (TABLE.replace(",ifrs,", ",other,", 1), "ifrs", "has this column"),
    "an unknown column": (TABLE.replace(",label,", ",labell,", 1), "labell", "known"),
    "a column twice": (TABLE.replace(",label,", ",id,", 1), "id", "once"),
    "more decimals than anybody prints": (TABLE.replace("2982076", "2982076.1234567", 1), "us_gaap", "decimals"),
    "a word": (TABLE.replace("2982076", "many", 1), "us_gaap", "whole number"),
    "separators in the wrong place": (TABLE.replace("2982076", '"29,82,076"', 1), "us_gaap", "whole number"),
    "a date in another form": (TABLE.replace("2022-12-31,", "31/12/2022,"), "as_of", "2023-12-31"),
    "a date without hyphens": (TABLE.replace("2022-12-31,", "20221231,"), "as_of", "2023-12-31"),
    "a period in words": (TABLE.replace("2022-01-01/2022-12-31", "FY2022"), "period", "2023-01-01/2023-12-31"),
    "a period that ends before it starts": (TABLE.replace("2022-01-01/", "2023-01-01/"), "period", "period"),
    "a year beyond all calendars": (TABLE.replace("2022-01-01/2022-12-31", "9" * 25), "period", "period"),
    "no amount": (TABLE.replace("2982076", "", 1), "us_gaap", "gives this amount"),
    "a cell too many": (table(lambda lines: lines.__setitem__(1, lines[1] + ",1,2")), "", "no more cells"),
    "an open quote": (TABLE.replace("Financial assets", '"Financial assets', 1), "", ""),
    "two dates for a statement": (table(lambda lines: lines.__setitem__(2, lines[2].replace("2022", "2032", 3))), "", ""),
    "Latin-1": (TABLE.replace("Financial", "Financièr", 1).encode("latin-1"), "", "UTF-8"),
    "a row twice": (table(lambda lines: lines.append(lines[-1])), "", "once"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_cannot_be_used(name: str, tmp_path: Path) -> None:
    content, column, word = TABLES[name]
    said = refusal(written(tmp_path / "table.csv", content))
    assert said.file == "table.csv"
    assert word in said.rule
    if column:
        assert said.column == column


def test_a_workbook_that_cannot_be_used(tmp_path: Path) -> None:
    assert "(.xlsx)" in refusal(written(tmp_path / "a.xlsx", b"PK\x03\x04 no workbook")).rule
    assert "(.xlsx)" in refusal(written(tmp_path / "b.xlsx", TABLE)).rule
    book = openpyxl.Workbook()
    book.save(tmp_path / "c.xlsx")
    assert "header" in refusal(tmp_path / "c.xlsx").rule
    book.active.append(["statement", "id", "us_gaap", "x", "ifrs"])
    book.active.append(["a", "re", "=1+1", 1, 3])
    book.save(tmp_path / "d.xlsx")
    assert refusal(tmp_path / "d.xlsx").column == "us_gaap"


@pytest.mark.parametrize(("stored", "refused"), [("", True), ("<v></v>", True), ("<v>-100</v>", False)])
def test_an_adjustment_that_was_never_calculated_is_not_nil(tmp_path: Path, stored: str, refused: bool) -> None:
    """A blank adjustment is nil; a formula without a value is not blank, one whose value is an empty text is."""
    sheet = rows(
        texts("statement", "id", "us_gaap", "ecl", "ifrs"),
        [*texts("bs-2023", "loans"), number(900), f"<c><f>E2-C2</f>{stored}</c>", number(800)],
        [*texts("bs-2023", "cash"), number(5), '<c t="str"><f>IF(E3=C3,"",E3-C3)</f><v></v></c>', number(5)],
    )
    path = workbook(tmp_path / "statement.xlsx", sheet)
    if refused:
        said = refusal(path)
        assert (said.row, said.column, said.value) == ("line 2", "ecl", "=E2-C2")
        assert said.rule == "the formula has no stored value"
    else:
        assert [one["adj"] for one in read_tables(path).statements[0]["rows"]] == [{"ecl": -100}, {}]


@pytest.mark.parametrize("name", ["missing.json", "missing.csv", "missing.xlsx", "notes.pdf", "nothing", "folder"])
def test_a_name_that_leads_nowhere(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    refusal(tmp_path / name)


@pytest.mark.parametrize(
    "options",
    [
        {"statutory_rate": "25"},
        {"statutory_rate": "-0.1"},
        {"statutory_rate": "a quarter"},
        {"statutory_rate": float("nan")},
        {"vat_rate": 1},
        {"vat_rate": "1/0"},
        {"tolerance": -1},
        {"opening": published("sony-2020")},
        {"opening": published("hutchmed-2023h1")},
    ],
)
def test_options_that_cannot_be_used(options: Raw) -> None:
    refusal(published("qifu-2023"), **options)


def test_the_command_line_says_it_in_one_line_and_to_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "cut.json", TEXT[:1_000])
    monkeypatch.setattr("sys.argv", ["gaapbridge", "verify", str(file), "--format", "json"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    error = json.loads(printed.out)["error"]
    assert all(f"{part}: {error[part]}" in printed.err for part in ("file", "row", "rule", "remedy"))
    assert app.registered_commands


@pytest.mark.parametrize(
    ("rate", "taken"),
    [
        ("0.000000000001", True),
        ("0.250000000000000", True),
        ("0.0000000000001", False),
        ("0.2500000000000000001", False),
        ("1e-99", False),
    ],
)
def test_a_rate_on_the_command_line_has_at_most_12_decimals(rate: str, taken: bool) -> None:
    """However large it is; nil at the end does not count."""
    result = CliRunner().invoke(app, ["verify", str(published("qifu-2023")), "--vat-rate", rate])
    assert isinstance(result.exception, UnusableInput) is not taken
    assert taken or "at most 12 decimals" in str(result.exception)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_output_that_cannot_be_written_is_one_line(command: list[str]) -> None:
    line = [*command, "verify", str(published("qifu-2023"))]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("gaapbridge: rule: what is printed can be written (No space left on device)")
    assert len(ended.stderr.splitlines()) == 1


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}), st.just([[1, "re"]])
)


@pytest.mark.campaign
@given(st.data())
def test_no_change_to_a_document_escapes_as_another_error(data: st.DataObject) -> None:
    """Anything in any place: the file is refused or verified, never met by a stack trace."""
    raw = copy.deepcopy(FILED)
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = raw
        while True:
            names = sorted(place) if isinstance(place, dict) else list(range(len(place)))
            name = data.draw(st.sampled_from(names))
            if not (isinstance(place[name], dict | list) and place[name] and data.draw(st.integers(0, 4))):
                break
            place = place[name]
        if data.draw(st.booleans()):
            place[name] = copy.deepcopy(data.draw(JUNK))
        else:
            del place[name]
        if not raw:
            break
    try:
        document = read_document(raw, "changed.json")
    except UnusableInput as refused:
        assert refused.rule
        return
    outcome = tie_out(document, opening=None, statutory_rate=None, vat_rate=None, tolerance=1)
    assert len({check.id for check in outcome.checks}) == len(outcome.checks)
