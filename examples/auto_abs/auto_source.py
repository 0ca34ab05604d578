"""What is known of the contracts at an instant: their months on book, the state each leaves them in, and how they left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from auto_assumptions import DEFAULT_MISSED
from auto_filed import Filed, first_day, last_day, month_number, read_filed

from gaapbridge.terms.errors import UnusableInput

_OWN = "contract_id"


@dataclass(frozen=True)
class Source:
    """Contracts, their months on book, how they left, the cash of recoveries and repossessions, and what was noted in reading.

    A contract that left and came back has no exit before its return: ``exits`` are the last known ones.
    """

    contracts: pl.DataFrame
    months: pl.DataFrame
    exits: pl.DataFrame
    cash: pl.DataFrame
    after_exit: pl.DataFrame
    noted: pl.DataFrame

    def known_at(self, instant: date) -> Source:
        """The source as it was at a month end: who left and came back later had left."""
        known = pl.col("month") <= month_number(instant)
        months, cash, after_exit, noted = (rows.filter(known) for rows in (self.months, self.cash, self.after_exit, self.noted))
        return _source(Filed(self.contracts, months, after_exit, cash, noted))


def read_source(folder: Path) -> Source:
    """The two filed tables of a folder (``loans.parquet``, ``months.parquet``), all months of them."""
    return _source(read_filed(folder))


def _source(filed: Filed) -> Source:
    months = _states(filed.months)
    return Source(filed.contracts, months, _exits(months, filed.contracts), filed.cash, filed.after_exit, filed.noted)


def refuse_instants(source: Source, opening: date, closing: date) -> None:
    """Refuses instants that are no month ends, do not follow each other, or of which the source does not know the loans."""
    for name, day in (("--opening", opening), ("--closing", closing)):
        if (day + timedelta(days=1)).day != 1:
            raise UnusableInput(key=name, value=str(day), rule="a month end", remedy="give the last day of the month")
    if closing <= opening:
        raise UnusableInput(
            key="--closing", value=str(closing), rule=f"after the opening, {opening}", remedy="give a later month end"
        )
    reported = source.months.filter("filed").join(source.contracts.select(_OWN, "pool"), on=_OWN)
    for name, day in (("--opening", opening), ("--closing", closing)):
        _refuse_unreported(reported, name, day)
    if source.months.filter((pl.col("month") == month_number(opening)) & (pl.col("end_minor") > 0)).is_empty():
        raise UnusableInput(
            key="--opening", value=str(opening), rule="a loan is on book at the opening", remedy="give an earlier month end"
        )


def _refuse_unreported(reported: pl.DataFrame, name: str, day: date) -> None:
    """A pool that has loans and no report of them in the month; one whose loans had all left by then needs none."""
    number = month_number(day)
    for (pool,), rows in reported.group_by("pool", maintain_order=True):
        first, last = (rows.select(last_day(month)).item() for month in (pl.col("month").min(), pl.col("month").max()))
        live = rows.filter(
            (pl.col("month") == rows["month"].max()) & (pl.col("end_minor") > 0) & (pl.col("event") != "left_pool")
        )
        ran_off = day > last and live.is_empty()
        if ran_off or (rows["month"] == number).any():
            continue
        raise UnusableInput(
            key=name,
            value=str(day),
            rule=f"pool {pool} has loans and a report of them in that month; it reports from {first} to {last}",
            remedy="give a month end within, or a folder without this pool",
        )


def _states(months: pl.DataFrame) -> pl.DataFrame:
    """Adds to each month: months missed before it, the latest missed, default run, claim and cure, interest cash to date.

    A default starts in the month in which the run of missed months reaches ``DEFAULT_MISSED`` and is cured in
    the first month that is not missed. Both are the latest at or before the row; a cure is null while the run
    goes on. ``default_minor`` is the balance at the end of the month in which the default began.
    """
    missed = pl.col("missed")
    before = missed.shift(1).over(_OWN).fill_null(0)
    starts = (missed >= DEFAULT_MISSED) & (before < DEFAULT_MISSED)
    ends = (missed == 0) & (before >= DEFAULT_MISSED)
    return months.with_columns(
        before.alias("missed_before"),
        pl.when(starts).then("month").forward_fill().over(_OWN).alias("default_month"),
        pl.when(starts).then("end_minor").forward_fill().over(_OWN).alias("default_minor"),
        pl.when(ends).then("month").forward_fill().over(_OWN).alias("last_cure"),
        pl.when(missed > 0).then("month").forward_fill().over(_OWN).alias("missed_month"),
        pl.col("interest_paid_minor").cum_sum().over(_OWN).alias("interest_to_date_minor"),
    ).with_columns(pl.when(pl.col("last_cure") > pl.col("default_month")).then("last_cure").alias("cure_month"))


FELL = (pl.col("brought_minor") > 0) & (pl.col("end_minor") <= 0)
"""Whether a month ends without the balance that it was brought, or with a credit balance instead of it."""

CHARGED = FELL & (pl.col("charge_off_minor") > 0)
"""Whether it was written off in it; otherwise it was repaid, or overpaid."""

LEFT = (pl.col("event") == "left_pool") & (pl.col("end_minor") > 0)
"""Whether it is the last report of a contract that leaves its pool with a balance."""


def _exits(months: pl.DataFrame, contracts: pl.DataFrame) -> pl.DataFrame:
    """How and when each contract left: one row per contract that did, described the moment before.

    - Repaid (and a balance paid below nil): on the last day of its month, with the balance the month
      began with; matured where the month is the last instalment's or later, else prepaid.
    - Charged off: written off on the first day of its month, so that cash of that month is a recovery
      after it.
    - Left the pool (a balance, then no further report): written off on the first day of the next month,
      because the filed rows show repossession proceeds or missed months, and no cash that repays the principal.
    """
    last_balance = months.filter(pl.col("end_minor") > 0).group_by(_OWN).agg(pl.col("month").max().alias("last_balance_month"))
    earlier = {name: pl.when(LEFT).then(name).otherwise(pl.col(name).shift(1).over(_OWN)) for name in _AT_EXIT}
    rows = (
        months.with_columns(expression.alias(name) for name, expression in earlier.items())
        .filter(FELL | LEFT)
        .join(last_balance, on=_OWN, how="left")
        .filter(pl.col("last_balance_month").is_null() | (pl.col("month") >= pl.col("last_balance_month")))
        .join(contracts.select(_OWN, "first_payment_month_number", "term_instalments"), on=_OWN)
    )
    last_due = pl.col("first_payment_month_number") + pl.col("term_instalments") - 1
    repaid = FELL & ~CHARGED
    worst = pl.max_horizontal("missed", "missed_before")
    exit_month = pl.col("month") + LEFT.cast(pl.Int32)
    return rows.select(
        _OWN,
        pl.when(~repaid)
        .then(pl.lit("written_off"))
        .when(pl.col("month") >= last_due)
        .then(pl.lit("matured"))
        .otherwise(pl.lit("prepaid"))
        .alias("status"),
        exit_month.alias("exit_month"),
        pl.when(repaid).then(last_day(exit_month)).otherwise(first_day(exit_month)).alias("exit_date"),
        pl.when(LEFT)
        .then("end_minor")
        .when(CHARGED)
        .then("charge_off_minor")
        .otherwise("brought_minor")
        .alias("outstanding_minor"),
        pl.when(repaid).then("missed_before").otherwise(worst).alias("missed"),
        *_AT_EXIT,
    ).sort(_OWN)


_AT_EXIT = ("default_month", "default_minor", "cure_month", "missed_month", "interest_to_date_minor")
