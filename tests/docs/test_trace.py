"""docs/trace.md against the run it follows: every figure is looked up where the page says it stands."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.explanation import explain
from gaapbridge.run import Run
from gaapbridge.starter import Starter
from gaapbridge.terms.money import round_half_away
from tests.docs.pages import DOCS, ROOT, Page, PrintedTable, Row, number

TRACE = Page(DOCS / "trace.md")
PERIOD = ROOT / "src/gaapbridge/period_close/period.py"

FOLLOWED = {"LOAN-1": "loans", "GUARANTEE-2": "guarantees", "AWARD-1": "awards"}

Found = tuple[object, ...]


def agrees(cell: str, found: object) -> bool:
    """Whether a cell shows what was found, a decimal number to the decimals printed; an empty cell shows that nothing was.

    >>> agrees("1,234", 1234), agrees("0.12", "0.1184"), agrees("0.12", "0.1284"), agrees("5", None)
    (True, True, False, False)
    """
    if cell == "" or found is None or number(cell) is None:
        return cell == ("" if found is None else str(found))
    figure = cell.replace(",", "")
    return round(Decimal(str(found)), len(figure.partition(".")[2])) == Decimal(figure)


@cache
def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def in_plan(row: Row, starter: Starter, folder: Path) -> Found:
    answer: Any = tomllib.loads(starter.plan.read_text(encoding="utf-8"), parse_float=Decimal)
    for key in row["key in plan.toml"].split("."):
        answer = answer[key]
    if isinstance(answer, list):
        (version,) = answer
        answer = version["value"]
    return (answer,)


def in_tape(row: Row, starter: Starter, folder: Path) -> Found:
    column, _, every = row["column"].partition(", ")
    tape = read_csv(starter.folder / "tapes" / row["tape"])
    own = [line[column] for line in tape if row["contract"] in (line.get("contract_id"), line.get("award_id"))]
    assert every == ("all rows" if len(own) > 1 or every else "")
    return (sum(int(amount) for amount in own) if every else own[0],)


def address(contract: str) -> str:
    """Address of a contract: its kind is the first word of its name."""
    return f"{contract.partition('-')[0].lower()}/{contract}"


@cache
def steps(folder: Path, contract: str) -> Mapping[tuple[str, str], Any]:
    """Steps of a contract's closing state, by framework and name."""
    tables = explain(folder, address(contract)).as_dict()["tables"]
    return {
        (framework, line["step"]): line["value"]
        for table in tables
        for framework in ("US GAAP", "IFRS")
        if table["title"] == f"Steps, at the closing, {framework}"
        for line in table["rows"]
    }


def in_steps(row: Row, starter: Starter, folder: Path) -> Found:
    known = steps(folder, row["contract"])
    return tuple(known.get((framework, row["step"])) for framework in ("US GAAP", "IFRS"))


@cache
def months(folder: Path, contract: str) -> Mapping[tuple[str, int, str], Mapping[str, Any]]:
    """Months behind a contract's closing allowance, by framework, month and scenario."""
    tables = explain(folder, address(contract), months=True).as_dict()["tables"]
    return {
        (framework, int(line["recognised in month"]), line["scenario"]): line
        for table in tables
        for framework in ("US GAAP", "IFRS")
        if table["title"] == f"Months, at the closing, {framework}"
        for line in table["rows"]
    }


def in_months(row: Row, starter: Starter, folder: Path) -> Found:
    known = months(folder, row["contract"])
    return tuple(known[framework, 4, "base"][row["month 4, base"]] for framework in ("US GAAP", "IFRS"))


@cache
def measured(folder: Path, contract: str) -> Mapping[str, Any]:
    table = pl.read_parquet(folder / "measurements" / FOLLOWED[contract] / "part-00000.parquet")
    return table.row(by_predicate=pl.col("contract_id") == contract, named=True)


def in_measurements(row: Row, starter: Starter, folder: Path) -> Found:
    amounts, name = measured(folder, row["contract"]), row["column"]
    state = "opening_" if name.startswith("opening ") else ""
    us_gaap, ifrs = (amounts[f"{state}{side}_{name.removeprefix('opening ')}"] for side in ("us", "ifrs"))
    return us_gaap, ifrs, ifrs - us_gaap


def in_totals(row: Row, starter: Starter, folder: Path) -> Found:
    kind, path, series = row["series in totals.json"].split("/")
    return (read_json(folder / "totals.json")["measured"][kind][path][series][row["segment"]],)


def in_journals(row: Row, starter: Starter, folder: Path) -> Found:
    names = ("entry", "account", "segment")
    (line,) = [j for j in read_csv(folder / "journals.csv") if all(j[name] == row[name] for name in names)]
    return line["debit_minor"], line["credit_minor"]


def in_statements(row: Row, starter: Starter, folder: Path) -> Found:
    statement, line, column = row["cell"].split("/")
    amounts = []
    for file in ("exact.json", "statement.json"):
        (rows,) = [one["rows"] for one in read_json(folder / file)["statements"] if one["id"] == statement]
        (found,) = [one for one in rows if one["id"] == line]
        amounts.append(found["adj"].get(column, 0))
    return tuple(amounts)


def in_checks(row: Row, starter: Starter, folder: Path) -> Found:
    (check,) = [one for one in read_json(folder / "checks.json") if one["id"] == row["check in checks.json"]]
    return check["expected"], check["actual"]


WHERE: Mapping[tuple[str, ...], tuple[int, Callable[[Row, Starter, Path], Found]]] = {
    ("key in plan.toml", "answer"): (1, in_plan),
    ("contract", "tape", "column", "value"): (1, in_tape),
    ("contract", "step", "US GAAP", "IFRS"): (2, in_steps),
    ("contract", "month 4, base", "US GAAP", "IFRS"): (2, in_months),
    ("contract", "column", "US GAAP", "IFRS", "IFRS less US GAAP"): (3, in_measurements),
    ("series in totals.json", "segment", "total"): (1, in_totals),
    ("entry", "account", "segment", "debit", "credit"): (2, in_journals),
    ("cell", "exact", "printed"): (2, in_statements),
    ("check in checks.json", "expected", "found"): (2, in_checks),
}
"""How each kind of table is looked up, by its header: the number of last columns that hold figures, and where they stand."""


def wrong(table: PrintedTable, starter: Starter, folder: Path) -> list[str]:
    """Figures of a table that are not what the run holds."""
    figures, look_up = WHERE[table.header]
    return [
        f"{' '.join(row.values())}: found {found}"
        for row in table.rows
        for cell, found in zip(list(row.values())[-figures:], look_up(row, starter, folder), strict=True)
        if not agrees(cell, found)
    ]


@pytest.mark.parametrize("table", TRACE.tables, ids=lambda table: table.heading)
def test_every_figure_of_a_table_is_the_runs(table: PrintedTable, starter: Starter, folder: Path) -> None:
    assert wrong(table, starter, folder) == []


@pytest.mark.parametrize("table", TRACE.tables, ids=lambda table: table.heading)
def test_another_figure_is_seen(table: PrintedTable, starter: Starter, folder: Path) -> None:
    last = table.header[-1]
    rows = tuple({**row, last: "9" + row[last].lstrip("-")} for row in table.rows if row[last])
    assert len(wrong(replace(table, rows=rows), starter, folder)) == len(rows)


def test_every_figure_in_a_sentence_is_in_a_file(starter: Starter, folder: Path) -> None:
    sentences = "\n".join(line for line in TRACE.prose.splitlines() if not line.startswith("|"))
    figures = {
        figure.replace(",", "") for figure in re.findall(r"(?<![\w-])\d[\d,]*,\d{3}(?:\.\d+)?\b|\b\d+\.\d+\b", sentences)
    }
    files = [path for path in starter.folder.rglob("*") if path.suffix in (".csv", ".json", ".toml")]
    known = {figure for path in files for figure in re.findall(r"\d+(?:\.\d+)?", path.read_text(encoding="utf-8"))}
    known |= {cell.replace(",", "") for table in TRACE.tables for row in table.rows for cell in row.values()}
    known |= {str(result) for _, result in sums(TRACE)} | by_hand(folder)
    assert len(figures) > 5
    assert figures - known == set()


def sums(page: Page) -> list[tuple[str, int]]:
    """Every sum written out in whole numbers, and what the page says it comes to."""
    found = re.findall(r"([(\d][\d,]*(?: [-+x/] [\d,()]+)+) = ([\d,]*\d)", page.prose)
    return [(written, int(result.replace(",", ""))) for written, result in found]


def worked_out(written: str) -> int:
    """A sum worked out exactly and rounded half away from zero."""
    exact = re.sub(r"\d+", r"Fraction(\g<0>)", written.replace(",", "").replace("x", "*"))
    return round_half_away(eval(exact, {"Fraction": Fraction}))


def test_every_sum_adds_up() -> None:
    assert len(sums(TRACE)) == 13
    assert [(written, worked_out(written)) for written, _ in sums(TRACE)] == sums(TRACE)


def by_hand(folder: Path) -> set[str]:
    """What the page works out of a default ahead under US GAAP, by the terms of the loan, its rate and the curve alone."""
    rate, lost = Decimal("0.0087954674"), 18_000_000 * Decimal("0.6")
    late = 90 / Decimal("30.4375")
    part, owed = late - 2, 15 * 1_000_000
    left = sum((1_000_000 + 10_000 * Decimal(15 - paid)) / (1 + rate) ** (paid + 1) for paid in range(15))
    worth, runs = left * (1 + rate) ** part, owed * Decimal("1.01") ** part
    deferred = (worth - runs) * 18 / 15
    chance = Decimal("0.9709207939") * Decimal("0.001631")
    loss = months(folder, "LOAN-1")["US GAAP", 4, "base"]["loss"]
    assert agrees(str(round((lost + deferred) * chance, 2)), loss)
    days = {"30.4375", str(round(late, 3)), str(round(part, 3))}
    return days | {str(owed), *(str(round(amount)) for amount in (left, worth, runs)), str(round(deferred * chance, 2))}


def test_the_kernels_rates_are_those_shown(folder: Path) -> None:
    own = measured(folder, "LOAN-1")
    (row,) = [row for row in TRACE.table("4.").rows if row["step"] == "effective rate per period"]
    assert agrees(row["US GAAP"], own["us_rate_per_period"])
    assert agrees(row["IFRS"], own["ifrs_rate_per_period"])


def test_the_output_shown_is_what_explain_prints(folder: Path) -> None:
    (shown,) = TRACE.fenced
    printed = explain(folder, "bs-2023/loans_nc/ecl").as_text()
    assert [block for block in shown.strip("\n").split("\n\n") if block not in printed] == []


@pytest.mark.parametrize("contract", FOLLOWED)
def test_the_two_calculations_agree(contract: str, folder: Path) -> None:
    assert explain(folder, address(contract)).facts["independent calculation"] == "agrees"


def test_the_commands_do_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [command for command in re.findall(r"`gaapbridge ([^`]+)`", TRACE.prose) if "lender" in command]
    assert [command.split()[0] for command in commands] == ["new", "close", "explain", "explain"]
    for command in commands:
        done = CliRunner().invoke(app, command.split())
        assert done.exit_code == 0, done.output


def test_the_functions_stand_in_the_order_of_the_close() -> None:
    order = ["read_plan", "read_inputs", "post_notes", "make_statements", "close_ties", "write_run"]
    linked = [text.strip("`") for text, _ in TRACE.links]
    assert sorted(order, key=linked.index) == order
    source = PERIOD.read_text(encoding="utf-8")
    reconciling = source.partition("def measure_and_reconcile")[2]
    assert sorted(order[2:5], key=lambda name: reconciling.index(f"{name}(")) == order[2:5]
    closing = source.partition("def close(")[2]
    called = [*order[:2], "measure_and_reconcile", "write_run"]
    assert sorted(called, key=lambda name: closing.index(f"{name}(")) == called


def test_the_close_is_clean_and_stands_where_the_page_says(run: Run, starter: Starter) -> None:
    assert (run.exit_code, run.listed.findings, run.rejected_rows) == (0, (), 0)
    assert f"`{run.folder.relative_to(starter.folder).as_posix()}`" in TRACE.text
    paths = [measured(run.folder, contract)["path"] for contract in FOLLOWED]
    assert ", ".join(f"`{path}`" for path in paths) in TRACE.text


def test_each_followed_contract_is_alone_where_its_totals_are_taken_for_it(folder: Path) -> None:
    counted = read_json(folder / "totals.json")["measured"]
    for contract, kind in FOLLOWED.items():
        own = measured(folder, contract)
        assert counted[kind][own["path"]]["contracts"][own["segment"]] == 1
