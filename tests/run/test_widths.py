"""What is printed fits a terminal of 80, 100 and 120 columns; no number is broken or cut, whatever captions hold."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from gaapbridge.checking import check
from gaapbridge.cli import app
from gaapbridge.cli.options import text_width
from gaapbridge.cli.outcomes import Outcome
from gaapbridge.comparison import compare
from gaapbridge.explanation import explain
from gaapbridge.form import Table
from gaapbridge.reperform.run import reperform
from gaapbridge.run import open_run
from gaapbridge.statement.document import Document
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.printing import print_statement
from gaapbridge.terms.wrapping import columns_of, least_columns, padded, wrapped
from gaapbridge.verification import verify
from tests.published import published
from tests.run.terminal import on_terminal

WIDTHS = (80, 100, 120)
HUGE = 123_456_789_012_345_678
FIGURE = re.compile(r"\(?\d{1,3}(?:,\d{3})+(?:\.\d+)?\)?")
"""A number that is printed with its thousands apart."""

LONG = (
    "Guarantee liabilities-contingent of the consolidated variable interest entities and their subsidiaries without recourse",
    "合并可变利益实体及其附属公司的或有担保负债净额（扣除损失准备后）不附追索权的部分",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
    "elections.expected_credit_loss.a_key_of_the_plan_that_nobody_would_give_such_a_name_to",
)


def figures(text: str) -> list[str]:
    """Every number of a text, in order of its digits."""
    return sorted(FIGURE.findall(text))


def too_wide(text: str, width: int) -> list[str]:
    return [line for line in text.split("\n") if columns_of(line) > width]


def hostile() -> Document:
    """A reconciliation with every caption long and every amount of 18 digits."""
    content = json.loads(published("qifu-2023").read_text(encoding="utf-8"))
    captions = itertools.cycle(LONG)
    for column in content["columns"]:
        column["label"] = next(captions)
    for number, row in enumerate(row for statement in content["statements"] for row in statement["rows"]):
        row["label"] = next(captions)
        row["us_gaap"], row["ifrs"] = HUGE - number, -HUGE - number
        row["adj"] = {column["id"]: (-1) ** number * (HUGE - 7 * number) for column in content["columns"]}
    return read_document(content, "hostile.json")


@pytest.mark.parametrize("width", [*WIDTHS, 40, 200])
def test_a_statement_of_long_captions_and_huge_amounts_fits(width: int) -> None:
    document = hostile()
    wide, narrow = print_statement(document), print_statement(document, width)
    assert too_wide(narrow, width) == []
    assert figures(narrow) == figures(wide) and len(figures(wide)) > 400 and f"{HUGE:,}" in narrow


@pytest.mark.parametrize("width", WIDTHS)
def test_a_statement_as_published_fits(width: int) -> None:
    document = read_document(json.loads(published("qifu-2023").read_text(encoding="utf-8")), "qifu-2023.json")
    wide, narrow = print_statement(document), print_statement(document, width)
    assert too_wide(narrow, width) == []
    assert figures(wide) == figures(narrow) and len(figures(wide)) > 250
    assert print_statement(document, max(map(len, wide.split("\n")))) == wide


def test_a_statement_is_cut_into_columns_with_its_captions_again() -> None:
    document = read_document(json.loads(published("qifu-2023").read_text(encoding="utf-8")), "qifu-2023.json")
    first = print_statement(document, 80).split("\n\n")[1:3]
    assert first[1].startswith("As of ") and first[1].split("\n")[0].endswith(", continued")
    captions = [[line[:30].strip() for line in block.split("\n") if line.startswith(("TOTAL", "Total"))] for block in first]
    assert captions[0] == captions[1] and len(captions[0]) > 4


CELLS = st.one_of(
    st.integers(-HUGE, HUGE), st.sampled_from(LONG), st.text(max_size=60), st.none(), st.just("bs-2023/loans_nc/ecl")
)


@given(
    header=st.lists(st.sampled_from(["exact", "equity: old", "difference", *LONG[:2]]), min_size=1, max_size=9),
    rows=st.data(),
    width=st.integers(40, 130),
)
def test_a_table_fits_and_loses_nothing(header: list[str], rows: st.DataObject, width: int) -> None:
    content = rows.draw(st.lists(st.tuples(*[CELLS for _ in header]), max_size=5))
    table = Table("", tuple(header), tuple(content))
    wide, narrow = table.as_lines(), table.as_lines(width)
    assert too_wide("\n".join(narrow), width) == []
    if max(map(columns_of, wide)) <= width:
        assert narrow == wide
    whole = [
        f"({-value:,})" if value < 0 else f"{value:,}" for row in content for value in row if isinstance(value, int) and value
    ]
    for amount in whole:
        assert any(re.search(rf"(?<![\d,(]){re.escape(amount)}(?![\d,)])", line) for line in narrow), amount
    characters = "".join(sorted(set("".join(wide).replace(" ", ""))))
    assert set(characters) <= set("".join(narrow)), "no cell is cut"


def test_a_table_adds_up_in_its_last_block_only() -> None:
    rows = (("loans", *[HUGE] * 4), ("cash", *[-1] * 4))
    lines = Table("", ("row", "a", "b", "c", "d"), rows, adds_up=True).as_lines(80)
    assert [line.split() for line in lines if "Total" in line] == [["Total", f"{HUGE - 1:,}"]]
    assert lines[-1].startswith("  Total  ") and lines.count("") == 1


@example("贷款，净额（123,456）", 8)
@example("a (123,456,789,012,345,678) b", 10)
@given(st.text(), st.integers(4, 60))
def test_wrapping_keeps_every_character_but_spaces(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert columns_of(line) <= max(columns, least_columns(line) + columns // 3)


@given(st.integers(-HUGE, HUGE), st.text(), st.integers(4, 60))
def test_no_number_is_broken(amount: int, text: str, columns: int) -> None:
    shown = f"{amount:,}"
    assert any(shown in line for line in wrapped(f"{text} {shown} {text}", columns))


def test_wide_characters_take_two_columns() -> None:
    assert (
        columns_of("贷款 net") == 8
        and columns_of("ｎｅｔ") == 6
        and columns_of("é") == columns_of(unicodedata.normalize("NFD", "é")) == 1
    )
    assert padded("贷款", 6) == "贷款  " and padded("贷款", 6, right=True) == "  贷款"
    lines = Table("", ("行", "金额"), (("贷款净额", 1200), ("cash", -5))).as_lines()
    assert {columns_of(line) for line in lines} == {2 + 8 + 2 + 5}
    assert wrapped("贷款，净额", 5, hanging=0) == ["贷", "款，", "净额"], "no line begins with a comma"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lender with a Chinese name, closed twice, the second time with another answer."""
    from gaapbridge.period_close import close
    from gaapbridge.starter import write_starter

    folder = write_starter(tmp_path_factory.mktemp("widths") / "lender").folder
    close(folder / "plan.toml")
    close(folder / "plan.toml", settings=["elections.expected_credit_loss.default_timing=middle", "vat.rate=0.05"])
    return folder


def outcomes(folder: Path) -> Iterator[tuple[str, Outcome]]:
    """What the commands come to, by name."""
    from gaapbridge.period_close import close

    plan, runs = folder / "plan.toml", folder / "runs"
    latest = open_run("latest", runs)
    yield "close", close(plan, settings=["runs.folder=others", "entity.name=甲乙丙丁金融科技有限公司"])
    yield "check", check(plan)
    yield "compare", compare(open_run("previous", runs), latest)
    yield "explain a contract", explain(latest, "loan/LOAN-2", months=True)
    yield "explain a cell", explain(latest, "bs-2023/loans_c/ecl")
    yield "reperform", reperform(latest, sample=3)
    yield "verify", verify(published("qifu-2023"), opening=published("qifu-2021"))


@pytest.mark.campaign
def test_every_outcome_fits_a_terminal_and_says_every_figure(closed: Path) -> None:
    unbroken = re.compile(r"\S{36,}")
    for name, outcome in outcomes(closed):
        wide = outcome.as_text()
        for width in WIDTHS:
            narrow = outcome.as_text(width)
            assert [line for line in too_wide(narrow, width) if not unbroken.search(line)] == [], name
            assert set(figures(wide)) - set(figures(narrow)) == set(), name
            assert wide == narrow or too_wide(wide, width), name


@pytest.mark.campaign
def test_a_terminal_tells_its_width_and_a_pipe_has_none(closed: Path, command: list[str]) -> None:
    line = [*command, "explain", "latest", "loan/LOAN-2", "--runs", str(closed / "runs")]
    piped = subprocess.run(line, capture_output=True, text=True, check=False).stdout
    assert max(map(columns_of, piped.split("\n"))) > 100
    for columns in (80, 100):
        done = on_terminal(line, columns)
        assert done.code == 0 and too_wide(done.written.replace("\r", ""), columns) == []
    stated = on_terminal([*line, "--width", "60"], 120).written.replace("\r", "")
    assert too_wide(stated, 60) == [] and stated != piped


def test_the_environment_tells_the_width_of_a_terminal_not_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    assert text_width(None) is None and text_width(64) == 64
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(isatty=lambda: True, fileno=lambda: -1))
    for told, width in (("100", 100), ("20", 40), ("0", None), ("wide", None), ("", None), ("²", None)):
        monkeypatch.setenv("COLUMNS", told)
        assert text_width(None) == width and text_width(64) == 64


@pytest.mark.campaign
def test_commands_to_go_on_with_are_never_broken(tmp_path: Path) -> None:
    narrow = CliRunner().invoke(app, ["demo", "--loans", "100", "--folder", str(tmp_path / "demo"), "--width", "40"]).stdout
    for command in (
        "  gaapbridge explain ",
        "  gaapbridge reperform ",
        "  sed -i.before ",
        "  gaapbridge compare previous latest",
    ):
        (line,) = [line for line in narrow.split("\n") if line.startswith(command)]
        assert line.endswith(("bs-2023/gl_sr/fg", "--sample 25", "plan.toml", "/runs"))
