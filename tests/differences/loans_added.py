"""Loans of a test's own on the closing tape of a starter's lender, closed and calculated again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run

TAPE = "tapes/loans-2023-12-31.csv"
TERMS = {
    "segment": "consumer",
    "currency": "CNY",
    "principal_minor": 12_000_000,
    "annual_rate": 0.12,
    "term_instalments": 12,
    "repayment_type": "level",
    "service_fee_minor": 0,
    "fees_received_minor": 0,
    "costs_paid_minor": 0,
    "billed_unpaid_interest_minor": 0,
    "interest_received_minor": 0,
    "days_past_due": 0,
    "status": "on_book",
    "pd_12m": 0.02,
    "pd_12m_at_origination": 0.02,
}


def closed_with(folder: Path, *added: dict[str, Any]) -> tuple[Run, dict[str, dict[str, Any]]]:
    """The run of a starter's lender with further loans on its closing tape, and what is measured of them, by id.

    The second calculator has to agree on every contract.
    """
    written = pl.read_csv(folder / TAPE, infer_schema=False)
    further = pl.DataFrame(
        [{name: None if cell is None else str(cell) for name, cell in (TERMS | one).items()} for one in added]
    )
    pl.concat([written, further], how="diagonal").write_csv(folder / TAPE)
    run = close(folder / "plan.toml")
    assert reperform(run.folder, sample=None).differences == ()
    ids = [one["contract_id"] for one in added]
    table = run.measurements("loans").filter(pl.col("contract_id").is_in(ids)).collect()
    return run, {row["contract_id"]: row for row in table.iter_rows(named=True)}
