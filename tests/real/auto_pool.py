"""A pool of auto loans in the filed layout, made by rule: large enough that curves can be estimated from it, and sound."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

FIRST, LAST = (2017, 7), (2019, 6)
OPENING, CLOSING = date(2018, 12, 31), date(2019, 6, 30)
LOANS = 200
LOAN: dict[str, Any] = {
    "pool": "first",
    "credit_score": 700,
    "origination_month": date(2017, 5, 1),
    "first_payment_month": date(2017, 6, 1),
    "maturity_month": date(2023, 5, 1),
    "principal": 12_000.0,
    "annual_rate": 0.06,
    "term_months": 73,
    "grace_months": 1,
    "instalment": 140.0,
}
MONTH: dict[str, Any] = {
    "total_paid": 0.0,
    "principal_paid": 0.0,
    "interest_and_other_paid": 0.0,
    "recovered": None,
    "repo_proceeds": 0.0,
    "charge_off": 0.0,
    "other_adjustment": 0.0,
    "event": "none",
    "consecutive_missed": 0,
}
NUMBERS = {"period": pl.Int32, "recovered": pl.Float64, "balance_begin": pl.Float64, "balance_end": pl.Float64}

Row = dict[str, Any]


def periods(first: tuple[int, int] = FIRST, last: tuple[int, int] = LAST) -> list[int]:
    """Months as the layout writes them, from first to last: 201707, 201708 and so on."""
    numbers = range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1])
    return [number // 12 * 100 + number % 12 + 1 for number in numbers]


def missed_in(loan: int, months: int) -> set[int]:
    """The months, by place, in which a loan pays nothing.

    One in five misses a single month twice, one in fifty two in a row, one in forty three; one in fifty misses five and is
    charged off in the month after.
    """
    if loan % 50 == 7:
        return {6, 7, 8, 9, 10}
    if loan % 40 == 5:
        return {4, 5, 6}
    if loan % 50 == 9:
        return {3, 4}
    return {loan % 7, 9 + loan % 11} & set(range(months)) if loan % 5 == 1 else set()


def history(loan: int) -> list[Row]:
    """The reports of one loan: 100 of principal and 40 of interest a month, but where it misses, is repaid or charged off."""
    name, balance, run, rows = f"loan-{loan:03}", 12_000.0, 0, list[Row]()
    missed = missed_in(loan, len(periods()))
    for place, period in enumerate(periods()):
        run = run + 1 if place in missed else 0
        row = {**MONTH, "loan_id": name, "period": period, "balance_begin": balance, "consecutive_missed": run}
        if loan % 50 == 7 and place == 11:
            return [*rows, {**row, "balance_end": 0.0, "charge_off": balance, "event": "charge_off", "repo_proceeds": 4_000.0}]
        if loan % 40 == 3 and place == 12 + loan // 40:
            paid = {"total_paid": balance + 40.0, "principal_paid": balance, "interest_and_other_paid": 40.0}
            return [*rows, {**row, **paid, "balance_end": 0.0, "event": "paid_off"}]
        if not run:
            row |= {"total_paid": 140.0, "principal_paid": 100.0, "interest_and_other_paid": 40.0}
            balance -= 100.0
        rows.append({**row, "balance_end": balance})
    return rows


def pool() -> tuple[list[Row], list[Row]]:
    """Rows of both files."""
    return (
        [{**LOAN, "loan_id": f"loan-{loan:03}"} for loan in range(LOANS)],
        [row for loan in range(LOANS) for row in history(loan)],
    )


def write(folder: Path, loans: Iterable[Row], months: Iterable[Row]) -> Path:
    """The two files of the layout, in a folder that is made."""
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(list(loans), infer_schema_length=None).write_parquet(folder / "loans.parquet")
    frame = pl.DataFrame(list(months), infer_schema_length=None, schema_overrides=NUMBERS)
    frame.write_parquet(folder / "months.parquet")
    return folder
