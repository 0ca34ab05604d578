"""The loan trial of a bank's core system in the United States, as CSV."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tests.messy.export import Export, Heading, Row, body, grouped_digits, names_of, totals, write_csv, year_month_day

BUCKETS = ((0, "Current"), (29, "1-29 DPD"), (59, "30-59 DPD"), (89, "60-89 DPD"))
LATER = "90+ DPD"
LEFT = {"prepaid": "Prepaid", "matured": "Paid in Full", "written_off": "Charged Off"}
REPAYMENT = {
    "level": "P&I",
    "equal_principal": "LEVEL PRIN",
    "bullet": "INT ONLY",
    "interest_free_instalments": "0% INSTL",
}
FLAGS = {False: "N", True: "Y"}
DATES = "%m/%d/%Y"
NO_DATE, NO_AMOUNT = "00/00/0000", "$ -"
NEGATIVE = ("costs_paid_minor",)
PERCENT = ("annual_rate",)
OFFICERS = ("B. OAKES", "J. MARSH", "R. LINDEN")


def loan_trial(folder: Path, loans: pl.DataFrame, instant: date, *, severe: bool = False, seed: int = 1) -> Export:
    """The loans of one instant as the system prints them; their currency is the dollar."""
    truth = loans.with_columns(currency=pl.lit("USD"))
    random = np.random.Generator(np.random.PCG64(seed))
    headings = _headings(random.integers(1, 40, truth.height), random.integers(0, len(OFFICERS), truth.height), severe)
    numbered = truth.with_row_index("line")
    above = [[f"FIRST EXAMPLE BANK   LOAN TRIAL   AS OF {instant:{DATES}}"], ["RUN 01/03/2024 04:12 AM", "RPT LN0410"]]
    lines = [
        *above,
        [heading.theirs for heading in headings],
        *body(numbered, headings),
        totals(numbered, headings, f"TOTAL {truth.height:,} LOANS"),
        [],
        [],
    ]
    name = f"loan-trial-{instant}{'-severe' if severe else ''}"
    truth.write_parquet(folder / f"{name}-truth.parquet")
    return Export(
        path=write_csv(folder / f"{name}.csv", lines, "utf-8", behind="," if severe else ""),
        truth=folder / f"{name}-truth.parquet",
        columns=names_of(headings),
        words={
            "status": {
                **{word: "on_book" for _, word in BUCKETS},
                LATER: "on_book",
                **{word: ours for ours, word in LEFT.items()},
            },
            "repayment_type": {word: ours for ours, word in REPAYMENT.items()},
            "watch_list": {word: str(flag).lower() for flag, word in FLAGS.items()},
            "forborne": {word: str(flag).lower() for flag, word in FLAGS.items()},
        },
        skip_rows=len(above),
        total_rows=1,
        dates=DATES,
        percent=PERCENT,
        negative=NEGATIVE,
        empty=("", NO_DATE) if severe else ("",),
    )


def dollars(minor: int | None, *, severe: bool = False) -> str:
    """An amount as it is printed: `$1,234.56`, `($1,234.56)` where negative; nothing where it is not known."""
    if minor is None:
        return ""
    if minor == 0 and severe:
        return NO_AMOUNT
    return f"(${grouped_digits(-minor)})" if minor < 0 else f"${grouped_digits(minor)}"


def status(row: Row) -> str:
    """The bucket of arrears of a loan on book, the way in which another left."""
    if row["status"] != "on_book":
        return LEFT[row["status"]]
    return next((word for most, word in BUCKETS if row["days_past_due"] <= most), LATER)


def _headings(branches: Any, officers: Any, severe: bool) -> list[Heading]:
    def text(theirs: str, ours: str, width: int) -> Heading:
        return Heading(theirs, ours, lambda row: f"{row[ours] or '':<{width}}")

    def day(theirs: str, ours: str) -> Heading:
        return Heading(theirs, ours, lambda row: year_month_day(row[ours], DATES, NO_DATE if severe else ""))

    def money(theirs: str, ours: str, sign: int = 1) -> Heading:
        def shown(row: Row) -> str:
            return dollars(None if row[ours] is None else sign * row[ours], severe=severe)

        return Heading(theirs, ours, shown, total=ours == "outstanding_principal_minor")

    def flag(theirs: str, ours: str) -> Heading:
        return Heading(theirs, ours, lambda row: FLAGS[row[ours]])

    return [
        text("Loan #", "contract_id", 14),
        Heading("Br", None, lambda row: f"{branches[row['line']]:03d}"),
        Heading("Officer", None, lambda row: OFFICERS[officers[row["line"]]]),
        text("Prod Cd", "segment", 12),
        text("Ccy", "currency", 3),
        day("Orig Dt", "origination_date"),
        day("First Pmt", "first_payment_date"),
        day("Mat Dt", "maturity_date"),
        money("Orig Bal", "principal_minor"),
        money("Curr Bal", "outstanding_principal_minor"),
        Heading("Int Rate", "annual_rate", lambda row: f"{row['annual_rate'] * 100:.2f}%"),
        Heading("Term", "term_instalments", lambda row: row["term_instalments"]),
        Heading("Amort", "repayment_type", lambda row: f"{REPAYMENT[row['repayment_type']]:<10}"),
        money("P&I Pmt", "instalment_minor"),
        money("Svc Fee", "service_fee_minor"),
        money("Orig Fee", "fees_received_minor"),
        money("Orig Cost", "costs_paid_minor", -1),
        money("Int Due", "billed_unpaid_interest_minor"),
        money("Int Pd LTD", "interest_received_minor"),
        Heading("Escrow", None, lambda row: dollars(-(row["line"] % 7) * 1_050, severe=severe)),
        Heading("DPD", "days_past_due", lambda row: row["days_past_due"]),
        Heading("Stat", "status", lambda row: f"{status(row):<12}"),
        day("Exit Dt", "exit_date"),
        day("Dflt Dt", "default_date"),
        money("Dflt Claim", "claim_at_default_minor"),
        day("Cure Dt", "cured_date"),
        day("NonAccr Dt", "nonaccrual_date"),
        flag("Watch", "watch_list"),
        flag("TDR", "forborne"),
        text("Risk Rtg", "rating", 8),
        text("Orig Rtg", "rating_at_origination", 8),
    ]
