"""What is due within twelve months and what later: an allowance goes with the principal that it belongs to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from gaapbridge.period_close import close
from tests.simulation.run_off import write_lender

CLOSING = date(2023, 12, 31)


def test_no_loan_has_more_allowance_than_principal_due_later(tmp_path: Path) -> None:
    """Loans of 6 to 18 months: most have none due later, and no allowance there, though defaults are recognised for fifteen."""
    run = close(write_lender(tmp_path, instants=(CLOSING,))[CLOSING])
    loans = run.measurements("loans").filter(pl.col("closing_on_book")).collect()
    later = pl.col("closing_principal_non_current")
    for framework in ("us", "ifrs"):
        allowance = pl.col(f"{framework}_loss_allowance") - pl.col(f"{framework}_loss_allowance_current")
        assert loans.filter((later == 0) & (allowance != 0)).is_empty()
        assert loans.filter((later > 0) & ((allowance <= 0) | (allowance >= later))).is_empty()
        assert loans.filter((later == 0) & (pl.col(f"{framework}_loss_allowance") > 0)).height > 20
        assert loans.filter(later > 0).height > 2
