"""What had to be decided where the files allow of more than one reading: named, never silent."""

from __future__ import annotations

from datetime import date

import polars as pl
from auto_filed import first_day, month_number
from auto_source import Source

MEANING = {
    "row filed twice": "equal rows count once",
    "month not reported": "taken with the balance and missed months of the report before it, and left out of the history",
    "reports stop with a balance": "read as having left the pool: written off on the first day of the next month",
    "credit balance at exit": "overpaid: it left as repaid on that day, and what is owed back is no loan",
    "loan reinstated": "on book again after it had left; within the period it never left, and where it had left by the opening "
    "the close finds it as well; in the history it has left",
    "charged off in part": "it stays on book with the rest; the part is no event and is listed in excluded.csv",
    "balance moved between reports": "a month begins with another balance than the last one ended with; listed in excluded.csv",
    "balance not explained by its month": "payments, charge-off and adjustment do not add up; listed in excluded.csv",
    "first reported after the opening": "originated before it and not on the opening tape: the close finds it as well",
}
LISTED = 3  # contracts that the printed line of a finding names


def findings(source: Source, opening: date) -> pl.DataFrame:
    """One row per contract and month of which a finding is; ``source`` is what is known at the closing."""
    found = pl.concat([source.noted, _late_comers(source, opening)])
    return found.select(
        "finding",
        pl.col("contract_id").alias("where"),
        (pl.col("month") // 12 * 100 + pl.col("month") % 12 + 1).alias("month"),
        "amount_minor",
        pl.col("finding").replace_strict(MEANING, return_dtype=pl.String).alias("meaning"),
    ).sort("finding", "where", "month")


def _late_comers(source: Source, opening: date) -> pl.DataFrame:
    """Contracts originated by the opening of which the first report is later."""
    first = source.months.filter(pl.col("month") == pl.col("month").min().over("contract_id")).filter(
        pl.col("month") > month_number(opening)
    )
    by_then = source.contracts.filter(first_day(pl.col("origination_month_number")) <= opening).select("contract_id")
    return first.join(by_then, on="contract_id").select(
        pl.lit("first reported after the opening").alias("finding"),
        "contract_id",
        "month",
        pl.col("begin_minor").alias("amount_minor"),
    )


def lines(found: pl.DataFrame) -> list[str]:
    """A printed line for each finding: ``Finding: loan reinstated, 1 (8,000.00), LOAN: what is made of it``."""
    return [_line(str(name), rows) for (name,), rows in found.group_by("finding", maintain_order=True)]


def _line(name: str, rows: pl.DataFrame) -> str:
    amounts = rows["amount_minor"].drop_nulls()
    amount = f" ({amounts.sum() / 100:,.2f})" if amounts.len() else ""
    named = rows["where"].unique(maintain_order=True).to_list()
    more = f" and {len(named) - LISTED:,} others" if len(named) > LISTED else ""
    return f"Finding: {name}, {rows.height:,}{amount}, {', '.join(named[:LISTED])}{more}: {rows['meaning'][0]}"
