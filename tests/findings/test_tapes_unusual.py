"""Rates above 100 % a year: good rows, counted and named in one finding a tape, however the tape is cut."""

from __future__ import annotations

import shutil
from functools import reduce
from operator import add
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.contracts.guarantees.schema import GUARANTEES
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.contracts.tape_rows import TapeRows, tape_findings
from gaapbridge.example import write_example
from gaapbridge.tapes import ranges, survey
from gaapbridge.tapes.ranges import cut_alike, open_contracts
from gaapbridge.tapes.unusual import UnusualRows
from tests.findings.tapes_made import CIRCUMSTANCES, loans, rows_for

NAME = "annual rate above 100 %"


def seen(*parts: pl.DataFrame) -> UnusualRows:
    unusual = LOANS.unusual[0]
    return sum((UnusualRows.of(unusual, part) for part in parts), UnusualRows(unusual))


def test_what_is_above_one_is_counted_and_named() -> None:
    frame = loans(
        *[{"contract_id": name, "annual_rate": rate} for name, rate in zip("BADC", (1.0, 7.9, 1.01, 0.18), strict=True)]
    )
    found = seen(frame)
    assert (found.rows, found.first_ids, found.named) == (2, ("A", "D"), "A, D")
    assert (seen(frame.head(1)).rows, seen(frame.head(0)).rows, seen().named) == (0, 0, "")


@pytest.mark.parametrize("size", [1, 3, 4, 20])
def test_neither_count_nor_names_depend_on_chunks(size: int) -> None:
    frame = loans(*[{"contract_id": f"L{number * 7 % 20:02}", "annual_rate": 0.5 + number % 3} for number in range(20)])
    found = seen(*(frame.slice(start, size) for start in range(0, 20, size)))
    assert found == seen(frame)
    assert found.rows == 13 and len(found.first_ids) == 5 and found.named.endswith(" and others")
    expected = frame.filter(pl.col("annual_rate") > 1)["contract_id"].sort().head(5)
    assert list(found.first_ids) == expected.to_list()


@pytest.mark.parametrize("contract", [LOANS, GUARANTEES], ids=lambda contract: contract.name)
@pytest.mark.parametrize("in_order", [True, False])
def test_a_tape_has_one_finding(contract, in_order: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rejected row is not counted: what is wrong with it is told already."""
    for module in (ranges, survey):
        monkeypatch.setattr(module, "MARK_ROWS", 1)
    monkeypatch.setattr(ranges, "CHUNK_ROWS", 2)
    changes = [{"annual_rate": 7.9}, {}, {"annual_rate": 2.0, "days_past_due": -1}, {"annual_rate": 3.5}]
    named = [{"contract_id": f"A{number}", **change} for number, change in enumerate(changes)]
    frame = loans(*named) if contract is LOANS else rows_for(contract, *named)
    (frame if in_order else frame.reverse()).write_parquet(tmp_path / "tape.parquet")
    tape = open_contracts(
        tmp_path / "tape.parquet", contract, CIRCUMSTANCES, amounts="minor", minor_digits=2, columns={}, ignore=(), file="tape"
    )  # fmt: skip
    parts = [part["tape"].held(contract) for part in cut_alike({"tape": tape}, tmp_path)]
    assert len(parts) > 1 and sum(part.good.height for part in parts) == 3
    read = reduce(add, [part.read for part in parts])
    (finding,) = tape_findings([TapeRows("tapes.x.closing", read)])
    assert (finding.name, finding.where, finding.amount_minor) == (NAME, "tapes.x.closing/annual_rate", None)
    assert finding.why == "annual_rate is above 1 in 2 rows: A0, A3"
    assert "7.9 % is 0.079" in finding.remedy and "thresholds.findings" in finding.remedy


@pytest.mark.campaign
def test_check_and_close_both_tell_it(tmp_path: Path) -> None:
    """A loan at 7.9 and a guarantee at 7.9, from the command line: two findings, exit code 1, the same words."""
    folder = tmp_path / "lender"
    plan = write_example(folder, loans=100).plans[2022]
    text = plan.read_text()
    plan.write_text(text[: text.index("[trial_balance]")] + text[text.index("[thresholds]") :])
    for name in ("loans", "guarantees"):
        path = folder / "tapes" / f"{name}-2022-12-31.parquet"
        frame = pl.read_parquet(path)
        open_end = (pl.col("status") == "on_book") & (pl.col("instalment_minor").is_null() if name == "loans" else True)
        first = frame.with_row_index().filter(open_end)["index"][0]
        rate = pl.when(pl.int_range(pl.len()) == first).then(7.9 / 2).otherwise("annual_rate")
        frame.with_columns(annual_rate=rate).write_parquet(path)
    lines = []
    for command in ("check", "close"):
        shutil.rmtree(folder / "runs", ignore_errors=True)
        ended = CliRunner().invoke(app, [command, str(plan)])
        assert ended.exit_code == 1, ended.output
        lines.append([line for line in ended.output.splitlines() if NAME in line])
    assert [len(told) for told in lines] == [2, 2]
    assert all("7.9 % is 0.079" in line for told in lines for line in told)
