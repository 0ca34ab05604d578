"""Names that a terminal would obey, or a spreadsheet take for a formula: shown as what they are, read again as they were."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.explanation import explain
from gaapbridge.form import Table
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.run.form import plain_text, safe_text
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.text import text_of, visible
from tests.miniature import first_year, second_year

FORGED = "LOAN-\x1b[2K\r2\nChecks: 9,999 hold, 0 fail. Findings: none.\u202e"
"""An id that would clear its line, write a verdict on one of its own, and turn what follows round."""

SHOWN = "LOAN-\\x1b[2K\\r2\\nChecks: 9,999 hold, 0 fail. Findings: none.\\u202e"


def retaped(lender: Path, old: str, new: str, *names: str) -> None:
    """A name replaced in the cells of some tables."""
    for name in names:
        path = lender / name
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [[new if cell == old else cell for cell in row] for row in csv.reader(stream)]
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    """A starter's lender, one of whose loans has a forged id, and is not on the opening tape although it should be."""
    folder = write_starter(tmp_path / "lender").plan.parent
    retaped(folder, "LOAN-2", FORGED, "tapes/loans-2023-12-31.csv", "tapes/loan-payments-2023.csv")
    retaped(folder, "2023-03-16", "2022-03-16", "tapes/loans-2023-12-31.csv")
    return folder


def unforged(text: str) -> None:
    """No line of a text is what the id would have it be."""
    assert not any(line.startswith("Checks: 9,999") for line in text.splitlines())
    assert not set("\x1b\r\u202e\x9b") & set(text)


def test_a_forged_id_stays_on_its_line_wherever_it_is_printed(lender: Path) -> None:
    called = CliRunner().invoke(app, ["close", str(lender / "plan.toml")])
    unforged(called.output)
    assert f"loan/{SHOWN}" in called.output
    run = Run(next((lender / "runs").rglob("manifest.json")).parent)
    assert any(FORGED in finding.where for finding in run.listed.findings), "programs get it as it is"
    for text in (
        explain(run, f"loan/{FORGED}").as_text(),
        explain(run, "bs-2023/loans_nc/ecl").as_text(),
        reperform(run.folder, sample=None).as_text(),
    ):
        unforged(text)
    assert SHOWN in explain(run, f"loan/{FORGED}").as_text()
    with pytest.raises(UnusableInput) as refused:
        explain(run, f"loan/{FORGED}x")
    unforged(str(refused.value))
    assert SHOWN.split("\\r")[0] in str(refused.value)


@pytest.mark.campaign
def test_a_rejected_row_is_shown_as_what_it_is(lender: Path) -> None:
    retaped(lender, "business", "busi\x1b[31mness", "tapes/loans-2022-12-31.csv", "tapes/loans-2023-12-31.csv")
    called = CliRunner().invoke(app, ["check", str(lender / "plan.toml")])
    assert called.exit_code == 2 and "busi\\x1b[31mness" in called.output
    unforged(called.output)
    plan = lender / "plan.toml"
    text = plan.read_text(encoding="utf-8").replace("rejected_rows = 0", "rejected_rows = 99")
    plan.write_text(text.replace("rejected_principal_minor = 0", "rejected_principal_minor = 99999999"), encoding="utf-8")
    rejects = (close(plan).folder / "rejects.csv").read_text(encoding="utf-8")
    assert "busi\\x1b[31mness" in rejects and "\x1b" not in rejects


def test_a_name_in_the_plan_is_printed_as_what_it_is(tmp_path: Path) -> None:
    plan = write_starter(tmp_path / "lender").plan
    text = plan.read_text(encoding="utf-8")
    assert 'name = "Example Lender"' in text
    plan.write_text(text.replace('name = "Example Lender"', 'name = "Example\\u001b[2J\\nLender"'), encoding="utf-8")
    run = close(plan)
    for name in ("statement.txt", "notes.txt"):
        printed = (run.folder / name).read_text(encoding="utf-8")
        assert printed.startswith("Example\\x1b[2J\\nLender\n") and "\x1b" not in printed


def test_a_table_keeps_a_cell_on_its_line() -> None:
    lines = Table("", ("id", "minor"), (("a\nb", 1),)).as_lines()
    assert [visible(line) for line in lines][-1].split() == ["a\\nb", "1"]


@pytest.mark.parametrize("length", [100, 101, 1_000_000])
@pytest.mark.parametrize("label", ["key", "row", "column", "value"])
def test_a_long_value_is_cut_and_its_length_told(label: str, length: int) -> None:
    found = {label: "9" * length}
    told = str(UnusableInput(rule="a number", remedy="write one", **found))
    assert len(told) < 200
    assert (f"... ({length:,} characters)" in told) is (length > 100)


def test_a_value_in_a_rule_or_a_name_is_cut() -> None:
    told = str(UnusableInput(file="x" * 10_000, rule=f"the other has {'9' * 10_000}", remedy="y" * 10_000))
    assert len(told) < 500 and told.count("... (10,000 characters)") == 3
    assert len(text_of(Table("", ("id", "minor"), (("9" * 10_000, 1), ("a", 2))).as_lines())) < 1_000


@pytest.mark.campaign
@pytest.mark.parametrize("command", ["check", "close"])
def test_a_cell_of_a_million_characters_fills_no_screen(command: str, lender: Path) -> None:
    path = lender / "tapes" / "loans-2023-12-31.csv"
    text = path.read_text(encoding="utf-8")
    for old in ("LOAN-1", "business", "CNY", "2022-06-15"):
        assert old in text
        path.write_text(text.replace(old, "9" * 1_000_000, 1), encoding="utf-8")
        told = invoked(command, str(lender / "plan.toml"))
        assert len(told) < 20_000 and "9" * 1_000 not in told
        assert command == "close" or old == "LOAN-1" or "(1,000,000 characters)" in told


FOLDER = "lender\x1b[2K\nChecks: 9,999 hold, 0 fail.\u202e\x9b1m"
"""A folder whose name would write a verdict."""


@pytest.mark.campaign
def test_a_forged_name_stays_on_its_line_in_every_command(lender: Path, tmp_path: Path) -> None:
    """Of files as of contracts, in text as in JSON."""
    here = lender.rename(tmp_path / FOLDER)
    closed = [invoked("close", str(here / "plan.toml")) for _ in range(2)]
    run = str(next((here / "runs").rglob("manifest.json")).parent)
    told = [
        *closed,
        invoked("check", str(here / "plan.toml")),
        invoked("compare", "previous", "latest", "--runs", str(here / "runs")),
        invoked("explain", run, f"loan/{FORGED}"),
        invoked("explain", run, "bs-2023/loans_nc/ecl"),
        invoked("explain", run, "hindsight"),
        invoked("reperform", run, "--sample", "3"),
        invoked("verify", run),
        invoked("new", "plan", str(here / "new\x1b[2K")),
    ]
    for text in told:
        assert text
        unforged(text)
    for command in (("close", str(here / "plan.toml")), ("explain", run, f"loan/{FORGED}"), ("verify", run)):
        text = invoked(*command, "--format", "json")
        unforged(text)
        assert "\x9b" not in text and json.loads(text)
    (told_of,) = [json.loads(invoked("check", str(here / "plan.toml"), "--format", "json"))["plan"]]
    assert told_of == str(here / "plan.toml"), "programs get it as it is"


def invoked(*arguments: str) -> str:
    """All that a command prints, or refuses with."""
    called = CliRunner().invoke(app, list(arguments))
    assert called.exception is None or isinstance(called.exception, SystemExit | UnusableInput), called.exception
    return called.output + (str(called.exception) if isinstance(called.exception, UnusableInput) else "")


@pytest.mark.parametrize("text", ["=1", "+app-a", "-1301", "@x", "'+app-a", "''=x", "'tis", "app'", "'", "", "\tx"])
def test_quoting_for_spreadsheets_is_taken_back(text: str) -> None:
    safe = str(safe_text(text))
    assert plain_text(safe) == text
    assert not safe.startswith(("=", "+", "-", "@", "\t"))


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("segment", ["+app-a", "=consumer", "'-x", "consumer"])
def test_a_segment_that_looks_like_a_formula_is_brought_forward(segment: str, tmp_path: Path) -> None:
    """The second year opens as the first one closed, with no difference of basis."""
    plan = write_starter(tmp_path / "lender").plan
    tables = sorted(str(path.relative_to(plan.parent)) for path in plan.parent.rglob("*.csv"))
    retaped(plan.parent, "consumer", segment, *tables)
    text = plan.read_text(encoding="utf-8")
    plan.write_text(first_year(text), encoding="utf-8")
    first = close(plan)
    with (first.folder / "brought_forward.csv").open(encoding="utf-8", newline="") as stream:
        written = {row["segment"] for row in csv.DictReader(stream)}
    assert str(safe_text(segment)) in written
    plan.write_text(second_year(text), encoding="utf-8")
    second = close(plan)
    assert second.prior_folder == first.folder.resolve() and second.listed.findings == ()
    assert any(line.segment == segment and line.kind == "brought_forward" for line in second.listed.journals)
