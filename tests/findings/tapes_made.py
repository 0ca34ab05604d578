"""Small tapes made in a test: one good row, changed cell by cell, in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from gaapbridge.contracts.awards.schema import AWARD_EVENTS, AWARD_TRANCHES, AWARDS
from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES, GUARANTEES
from gaapbridge.contracts.loans.payments import PAYMENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.tapes.cells import BAD_CELLS, Parsed
from gaapbridge.tapes.checks import Checked, check
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances, Schema

INSTANT = date(2023, 12, 31)
CIRCUMSTANCES = Circumstances(
    instant=INSTANT, currency="CNY", segments=("consumer", "sme"), default_days=(("consumer", 62), ("sme", 31))
)
RATED = replace(CIRCUMSTANCES, ratings=("A", "B"))
"""Circumstances of curves by rating."""

GOOD: Mapping[str, Any] = {
    "contract_id": "A1",
    "segment": "consumer",
    "currency": "CNY",
    "origination_date": date(2023, 1, 31),
    "first_payment_date": date(2023, 2, 28),
    "maturity_date": date(2024, 1, 31),
    "principal_minor": 120_000,
    "annual_rate": 0.18,
    "term_instalments": 12,
    "repayment_type": "level",
    "instalment_minor": None,
    "day_count": None,
    "payment_frequency": None,
    "service_fee_minor": 0,
    "fees_received_minor": 1_000,
    "costs_paid_minor": 500,
    "outstanding_principal_minor": 10_000,
    "billed_unpaid_interest_minor": 0,
    "service_fees_ahead_minor": 0,
    "interest_received_minor": 9_000,
    "days_past_due": 0,
    "status": "on_book",
    "exit_date": None,
    "default_date": None,
    "cured_date": None,
    "months_since_last_missed": None,
    "claim_at_default_minor": None,
    "nonaccrual_date": None,
    "watch_list": False,
    "forborne": False,
    "rating": None,
    "rating_at_origination": None,
    "pd_12m": None,
    "pd_12m_at_origination": None,
}

LEFT = {"status": "prepaid", "exit_date": date(2023, 6, 30)}

GOOD_ROWS: Mapping[str, Mapping[str, Any]] = {
    PAYMENTS.name: {
        "contract_id": "A1",
        "date": date(2023, 6, 30),
        "principal_minor": 40_000,
        "interest_minor": 600,
        "fees_minor": 0,
        "service_fees_minor": 0,
        "payment_id": "N1",
    },
    GUARANTEES.name: {
        "contract_id": "G1",
        "loan_id": "L1",
        **{name: GOOD[name] for name in GUARANTEES.names if name in GOOD and name != "contract_id"},
        "guaranteed_share": 0.9,
        "payout_trigger_days": None,
        "stand_ready_minor": 4_000,
        "related_party": False,
        "paid_out_minor": 0,
        "recovered_minor": 0,
    },
    GUARANTEE_FEES.name: {
        "contract_id": "G1",
        "due_date": date(2023, 2, 28),
        "coverage_start": date(2023, 1, 31),
        "coverage_end": date(2023, 2, 28),
        "fee_minor": 500,
        "collected_minor": 300,
        "written_off_minor": 200,
    },
    AWARDS.name: {
        "award_id": "W1",
        "grant_date": date(2022, 7, 1),
        "function": "research_and_development",
        "currency": "CNY",
        "fair_value_per_unit": 12.5,
        "condition": "service",
    },
    AWARD_TRANCHES.name: {
        "award_id": "W1",
        "tranche": "1",
        "vesting_date": date(2024, 7, 1),
        "units": 1_000,
        "fair_value_per_unit": None,
    },
    AWARD_EVENTS.name: {
        "award_id": "W1",
        "tranche": "1",
        "event_date": date(2023, 7, 1),
        "kind": "forfeiture",
        "units": 100,
    },
}
"""A good row of every other tape of contracts."""


def rows_for(schema: Schema, *changes: Mapping[str, Any]) -> pl.DataFrame:
    """Good rows of a tape, each with its changes, in exact types."""
    rows = [{**GOOD_ROWS[schema.name], **change} for change in changes]
    good = pl.DataFrame(rows, schema={column.name: column.dtype for column in schema.columns}, orient="row")
    assert good.columns == list(schema.names)
    return good


def check_frame(frame: pl.DataFrame, schema: Schema, circumstances: Circumstances) -> Checked:
    """The rows of a frame held against a contract, as those of a file of its name."""
    numbered = frame.with_row_index("row", offset=1).cast({"row": pl.Int64})
    return check(Parsed(numbered, pl.DataFrame(schema=BAD_CELLS)), schema, circumstances, schema.name)


def write_formats(folder: Path, frame: pl.DataFrame, name: str) -> list[Path]:
    """The frame as a Parquet, a CSV and an XLSX file."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(frame.columns)
    for row in frame.iter_rows():
        sheet.append(row)
    workbook.save(folder / f"{name}.xlsx")
    frame.write_csv(folder / f"{name}.csv")
    frame.write_parquet(folder / f"{name}.parquet")
    return [folder / f"{name}.{ending}" for ending in ("parquet", "csv", "xlsx")]


def loans(*changes: Mapping[str, Any]) -> pl.DataFrame:
    """Good loans A1, A2, ..., each with its changes, in exact types."""
    rows = [{**GOOD, "contract_id": f"A{number}", **change} for number, change in enumerate(changes, start=1)]
    return pl.DataFrame(rows, schema={column.name: column.dtype for column in LOANS.columns}, orient="row")


def as_text(cell: Any) -> str:
    """A cell as a careful lender would export it to CSV."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime():
            return cell.isoformat(" ")
        case _:
            return str(cell)


def csv_text(*changes: Mapping[str, Any]) -> str:
    """Good loans as CSV, each with its changes; a text change is written as it is."""
    rows = [{**GOOD, "contract_id": f"A{number}", **change} for number, change in enumerate(changes, start=1)]
    lines = [",".join(GOOD), *[",".join(as_text(cell) for cell in row.values()) for row in rows]]
    return "\n".join(lines) + "\n"


def write_csv(folder: Path, text: str | bytes, name: str = "loans.csv") -> Path:
    """The text as a file."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def write_xlsx(folder: Path, *changes: Mapping[str, Any], name: str = "loans.xlsx") -> Path:
    """Good loans as a workbook, with real date and truth cells."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(list(GOOD))
    for number, change in enumerate(changes, start=1):
        sheet.append(list({**GOOD, "contract_id": f"A{number}", **change}.values()))
    path = folder / name
    workbook.save(path)
    return path


def write_parquet(folder: Path, frame: pl.DataFrame, name: str = "loans.parquet") -> Path:
    """The frame as a file."""
    path = folder / name
    frame.write_parquet(path)
    return path


def read_loans(path: Path, **options: Any) -> Checked:
    """The loans of a file, read and checked."""
    source = open_tape(path, LOANS, file=path.name, **options)
    return check(source.whole(), LOANS, CIRCUMSTANCES, source.file)


def broken(checked: Checked) -> list[tuple[int, str | None, str | None]]:
    """Row, column and value of every reject; that each also has a rule, a remedy and a file is asserted."""
    for reject in checked.rejects.iter_rows(named=True):
        assert reject["file"] and reject["rule"] and reject["remedy"]
    return [(row, column, value) for row, column, value in checked.rejects.select("row", "column", "value").iter_rows()]


def rows_of(checked: Checked) -> Sequence[int]:
    """Data rows of the good loans."""
    return checked.good["row"].to_list()
