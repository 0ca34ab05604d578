"""The filed loans and months, in cents and by month number, with the state each row leaves the contract in.

A month number counts months since year 0 (2018-12 is 24227), so months subtract. Rows after a contract's exit
carry cash only and are kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from auto_assumptions import DEFAULT_MISSED

from gaapbridge.terms.errors import UnusableInput

MONEY = {
    "balance_begin": "begin_minor",
    "balance_end": "end_minor",
    "total_paid": "paid_minor",
    "principal_paid": "principal_paid_minor",
    "interest_and_other_paid": "interest_paid_minor",
    "recovered": "recovered_minor",
    "repo_proceeds": "repossession_minor",
    "charge_off": "charge_off_minor",
    "other_adjustment": "adjustment_minor",
}


@dataclass(frozen=True)
class Source:
    """Contracts, their months on book, how they left, and the cash of recoveries and repossessions."""

    contracts: pl.DataFrame
    months: pl.DataFrame
    exits: pl.DataFrame
    cash: pl.DataFrame
    after_exit: pl.DataFrame


def month_number(day: date) -> int:
    """Months since year 0. 2018-12-31 is 24227."""
    return day.year * 12 + day.month - 1


def first_day(month: pl.Expr) -> pl.Expr:
    """First calendar day of a month number."""
    return pl.date(month // 12, month % 12 + 1, 1)


def last_day(month: pl.Expr) -> pl.Expr:
    """Last calendar day of a month number."""
    return first_day(month + 1) - pl.duration(days=1)


def read_source(folder: Path) -> Source:
    """The two filed tables of a folder (``loans.parquet``, ``months.parquet``)."""
    contracts = _contracts(_table(folder / "loans.parquet"))
    filed = _cents(_table(folder / "months.parquet"), MONEY, "months.parquet").with_columns(
        (pl.col("period") // 100 * 12 + pl.col("period") % 100 - 1).alias("month"),
        pl.col("loan_id").alias("contract_id"),
    )
    months = _states(filed.filter(pl.col("event") != "post_exit").sort("contract_id", "month"))
    cash = filed.select(
        "contract_id",
        "month",
        (pl.col("recovered_minor").fill_null(0) + pl.col("repossession_minor").fill_null(0)).alias("cash_minor"),
    ).filter(pl.col("cash_minor") != 0)
    after_exit = filed.filter(pl.col("event") == "post_exit").select("contract_id", "month", "begin_minor")
    return Source(contracts, months, _exits(months, contracts), cash.sort("contract_id", "month"), after_exit)


def _table(path: Path) -> pl.DataFrame:
    if not path.exists():
        raise UnusableInput(file=str(path), rule="the layout has this file", remedy="name the folder that holds it")
    return pl.read_parquet(path)


def _cents(table: pl.DataFrame, names: dict[str, str], file: str) -> pl.DataFrame:
    """Dollar columns as whole cents; a value that is not whole cents is refused, never rounded away."""
    for theirs, ours in names.items():
        cents = table[theirs] * 100
        stray = table.filter((cents.round() - cents).abs() > 1e-4)
        if stray.height:
            value = str(stray[theirs][0])
            raise UnusableInput(file=file, column=theirs, value=value, rule="whole cents", remedy="correct the amount")
        table = table.with_columns(cents.round().cast(pl.Int64).alias(ours))
    return table


def _contracts(loans: pl.DataFrame) -> pl.DataFrame:
    month_of = {name: pl.col(name).dt.year().cast(pl.Int32) * 12 + pl.col(name).dt.month() - 1 for name in _MONTHS}
    return (
        _cents(loans, {"principal": "principal_minor", "instalment": "instalment_minor"}, "loans.parquet")
        .with_columns(
            pl.col("loan_id").alias("contract_id"),
            pl.col("rate_band_src").alias("segment"),
            (pl.col("term_months") - pl.col("grace_months")).cast(pl.Int64).alias("term_instalments"),
            *(expression.alias(f"{name}_number") for name, expression in month_of.items()),
        )
        .sort("contract_id")
    )


_MONTHS = ("origination_month", "first_payment_month", "maturity_month")


def _states(months: pl.DataFrame) -> pl.DataFrame:
    """Adds to each month: months missed before it, the latest default run, its cure, interest cash to date.

    A default starts in the month in which the run of missed months reaches ``DEFAULT_MISSED`` and is cured in
    the first month that is not missed. Both are the latest at or before the row; a cure is null while the run
    goes on.
    """
    missed, own = pl.col("consecutive_missed").cast(pl.Int64), "contract_id"
    before = missed.shift(1).over(own).fill_null(0)
    starts = (missed >= DEFAULT_MISSED) & (before < DEFAULT_MISSED)
    ends = (missed == 0) & (before >= DEFAULT_MISSED)
    return months.with_columns(
        missed.alias("missed"),
        before.alias("missed_before"),
        pl.when(starts).then("month").forward_fill().over(own).alias("default_month"),
        pl.when(ends).then("month").forward_fill().over(own).alias("last_cure"),
        pl.col("interest_paid_minor").cum_sum().over(own).alias("interest_to_date_minor"),
        pl.col("month").shift(-1).over(own).alias("next_month"),
    ).with_columns(pl.when(pl.col("last_cure") > pl.col("default_month")).then("last_cure").alias("cure_month"))


def _exits(months: pl.DataFrame, contracts: pl.DataFrame) -> pl.DataFrame:
    """How and when each contract left: one row per contract that did, described the moment before.

    - ``paid_off`` (and a balance paid below nil): on the last day of its month, with the balance the month
    began with; matured where the month is the last instalment's or later, else prepaid.
    - ``charge_off``: written off on the first day of its month, so that cash of that month is a recovery
    after it.
    - ``left_pool`` (a balance, then no further report): written off on the first day of the next month,
    because the filed rows show repossession proceeds or missed months, and no cash that repays the principal.
    """
    overpaid = (pl.col("event") == "none") & (pl.col("end_minor") <= 0) & (pl.col("begin_minor") > 0)
    paid = (pl.col("event") == "paid_off") | overpaid
    left = pl.col("event") == "left_pool"
    charged = pl.col("event") == "charge_off"
    last_balance = (
        months.filter(pl.col("end_minor") > 0).group_by("contract_id").agg(pl.col("month").max().alias("last_balance_month"))
    )
    own = "contract_id"
    earlier = {name: pl.when(left).then(name).otherwise(pl.col(name).shift(1).over(own)) for name in _AT_EXIT}
    rows = (
        months.with_columns(expression.alias(name) for name, expression in earlier.items())
        .filter(paid | left | charged)
        .join(last_balance, on=own, how="left")
        .filter(pl.col("last_balance_month").is_null() | (pl.col("month") >= pl.col("last_balance_month")))
        .join(contracts.select(own, "first_payment_month_number", "term_instalments"), on=own)
    )
    last_due = pl.col("first_payment_month_number") + pl.col("term_instalments") - 1
    worst = pl.max_horizontal("missed", "missed_before")
    exit_month = pl.col("month") + left.cast(pl.Int32)
    return rows.select(
        own,
        pl.when(~paid)
        .then(pl.lit("written_off"))
        .when(pl.col("month") >= last_due)
        .then(pl.lit("matured"))
        .otherwise(pl.lit("prepaid"))
        .alias("status"),
        pl.col("event").alias("filed_event"),
        exit_month.alias("exit_month"),
        pl.when(paid).then(last_day(exit_month)).otherwise(first_day(exit_month)).alias("exit_date"),
        pl.when(left)
        .then("end_minor")
        .when(charged)
        .then("charge_off_minor")
        .otherwise("begin_minor")
        .alias("outstanding_minor"),
        pl.when(paid).then("missed_before").otherwise(worst).alias("missed"),
        *_AT_EXIT,
    ).sort(own)


_AT_EXIT = ("default_month", "cure_month", "interest_to_date_minor")
