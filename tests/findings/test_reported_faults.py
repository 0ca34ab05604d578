"""Faults of workbooks as they are reported, each through a whole close: what is right, by the same tape as CSV and by hand.

Beside their rules stand the others: a ledger after closing entries (`test_right_ledger`), tables not in force, rows twice and
contracts that contradict themselves (`test_faults_of_a_kind`, `test_records_contradict`), ids written differently
(`test_reading_ids`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from tests.findings.xlsx_made import EXCEL_2013, number, rows, text, texts, workbook

TAPE = "tapes/loans-2023-12-31.csv"
SINCE_1904 = date(1904, 1, 1)
TEXTS = {"contract_id", "segment", "currency", "repayment_type", "status"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_starter(tmp_path / "mine").plan.parent


def cell(column: str, stored: str) -> str:
    if not stored:
        return ""
    if column.endswith("_date"):
        return number((date.fromisoformat(stored) - SINCE_1904).days, 1)
    return text(stored) if column in TEXTS else number(stored)


def as_workbook(folder: Path, instead: Mapping[tuple[str, str], str] | None = None) -> Path:
    """The plan with the closing loan tape as Excel writes it since 2013 in the system of 1904, behind a sheet of notes; some
    cells, by contract and column, ``instead`` of the tape's."""
    with (folder / TAPE).open(newline="", encoding="utf-8") as opened:
        tape = list(csv.DictReader(opened))
    stated = instead or {}
    lines = [[stated.get((row["contract_id"], name)) or cell(name, row[name]) for name in row] for row in tape]
    sheet = rows(texts(*tape[0]), *lines)
    notes = rows(texts("contract_id", "what to ask"), texts("LOAN-2", "why late"))
    path = (folder / TAPE).with_suffix(".xlsx")
    workbook(path, notes, sheet, names=("notes", "loans"), before='<workbookPr date1904="1"/>', after=EXCEL_2013)
    (folder / TAPE).unlink()
    plan = folder / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace(TAPE, TAPE.replace(".csv", ".xlsx")), encoding="utf-8")
    return plan


def measured(run: Run) -> pl.DataFrame:
    return run.measurements("loans").sort("contract_id").collect()


@pytest.mark.campaign
def test_dates_of_1904_are_those_of_excel(folder: Path, tmp_path: Path) -> None:
    """LOAN-2 was made on 16 March 2023, not four years and a day before: every figure is that of the tape as CSV, and the
    second calculator, which opens the workbook by another library, reads the same days of the same sheet."""
    plain = close(write_starter(tmp_path / "plain").plan)
    run = close(as_workbook(folder))
    assert run.listed.findings == () and measured(run).equals(measured(plain))
    outcome = reperform(run.folder, sample=None)
    assert outcome.differences == () and set(outcome.kinds["loan"].contract_ids) == {"LOAN-1", "LOAN-2", "LOAN-3"}


def test_a_formula_without_its_value_is_no_nil(folder: Path) -> None:
    """Fees of 2 % of 12,000,000 that were never calculated: the loan is rejected by that cell, its fees are not taken as 0."""
    plan = as_workbook(folder, {("LOAN-2", "fees_received_minor"): "<c><f>F3*0.02</f></c>"})
    first = check(plan).rejects.row(0, named=True)
    assert (first["column"], first["value"], first["contract_id"]) == ("fees_received_minor", "=F3*0.02", "LOAN-2")
    with pytest.raises(UnusableInput, match=re.escape("the formula has no stored value")):
        close(plan)


@pytest.mark.parametrize("stored", ["86853301000019907", "868533010000199071"])
def test_an_id_of_more_digits_than_a_workbook_keeps_is_no_other_id(stored: str, folder: Path) -> None:
    """Of 17 and 18 digits Excel keeps 15: what it stores is the id of nobody, or of somebody else."""
    plan = as_workbook(folder, {("LOAN-2", "contract_id"): number(stored)})
    rejects = check(plan).rejects.filter(pl.col("column") == "contract_id", pl.col("file").str.ends_with(".xlsx"))
    assert rejects.select("value", "remedy").rows() == [(stored, "store it as text")]
    with pytest.raises(UnusableInput, match="more than 15 digits cannot be an id"):
        close(plan)
