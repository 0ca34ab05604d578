"""A monthly history of earlier loans whose end is known: a row for each instalment that the file implies, as a lender has them.

No file has their payments by month. ``implied_instalments`` says after how many, on its schedule, a loan was repaid or stopped
paying; what was late and paid after all, and when, it does not say.
"""

from __future__ import annotations

from fractions import Fraction

import marketplace_assumptions as stated
import polars as pl
from marketplace_tape import minor

from gaapbridge.terms.money import round_half_away

_OWN, _NUMBER = "contract_id", "instalment"


def history(resolved: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tapes of the history by name: performance, contracts and outcomes.

    A loan that stopped after 15.2 instalments was seen paying in 16 months. Its days past due then run from the first that it
    missed: on the 15th, so 15 or 16 at that month's end, past 90 at the end of the fourth, and it is charged off in the fifth.
    """
    resolved = resolved.with_columns(pl.col("loan_id").cast(pl.String)).sort("loan_id")
    loans = resolved.select(
        pl.col("loan_id").alias(_OWN),
        pl.col("grade").alias("segment"),
        (pl.col("origination_month").dt.offset_by(f"{stated.DUE_DAY - 1}d")).alias("origination_date"),
        (pl.col("status") == stated.WRITTEN_OFF_STATUS).alias("lost"),
        _months_paid(),
        pl.Series("principal_minor", [minor(amount, "principal") for amount in resolved["principal"]], dtype=pl.Int64),
        pl.Series("owed_minor", [minor(amount, "charged_off_principal") for amount in resolved["charged_off_principal"]]),
        "annual_rate",
        # each month of origination by itself, so that a validation holds it against curves of the others
        (pl.col("origination_month").rank("dense") - 1).cast(pl.Int64).alias("fold"),
    )
    loans = loans.with_columns(
        pl.col("origination_date").dt.offset_by("1mo").alias("first_payment_date"),
        pl.col("origination_date").dt.offset_by(f"{stated.TERM_INSTALMENTS}mo").alias("maturity_date"),
    )
    contracts = loans.select(
        _OWN, "segment", "origination_date", "first_payment_date", "maturity_date", "principal_minor", "annual_rate",
        "fold",
    )  # fmt: skip
    return {"performance": _performance(loans), "contracts": contracts, "outcomes": _outcomes(resolved, loans)}


def _months_paid() -> pl.Expr:
    """In how many months it paid: the implied instalments, rounded up and at least one; not in the last, of who was lost."""
    most = stated.TERM_INSTALMENTS - (pl.col("status") == stated.WRITTEN_OFF_STATUS).cast(pl.Int64)
    seen = pl.col("implied_instalments").cast(pl.Float64).round(3).ceil().cast(pl.Int64)
    return pl.min_horizontal(seen.clip(lower_bound=1), most).alias("paid")


def _performance(loans: pl.DataFrame) -> pl.DataFrame:
    """A row for each month end up to that of repayment or charge-off, in the order of loan and month."""
    last = pl.col("paid") + pl.when("lost").then(stated.MONTHS_TO_CHARGE_OFF).otherwise(0)
    rows = loans.with_columns(pl.int_ranges(1, last + 1, dtype=pl.Int64).alias(_NUMBER), last.alias("last")).explode(_NUMBER)
    number = pl.col(_NUMBER)
    growth = 1 + pl.col("annual_rate") / 12
    left = (growth**stated.TERM_INSTALMENTS - growth**number) / (growth**stated.TERM_INSTALMENTS - 1)
    gone = number == pl.col("last")
    due = pl.col("origination_date").dt.offset_by(pl.format("{}mo", number))
    month_end = due.dt.month_end()
    missed_first = pl.col("origination_date").dt.offset_by(pl.format("{}mo", pl.col("paid") + 1))
    return rows.select(
        _OWN,
        month_end.alias("month_end"),
        pl.when(gone)
        .then(0)
        .when(pl.col("lost") & (number >= pl.col("paid")))
        .then("owed_minor")  # as filed: on schedule until then, short of it where the last was paid in part
        .otherwise((pl.col("principal_minor") * left).round())
        .cast(pl.Int64)
        .alias("balance_minor"),
        pl.when(number > pl.col("paid")).then((month_end - missed_first).dt.total_days()).otherwise(0).alias("days_past_due"),
        pl.when(gone & pl.col("lost"))
        .then(pl.lit("charged_off"))
        .when(gone)
        .then(pl.lit("repaid"))
        .otherwise(pl.lit("on_book"))
        .alias("status"),
    )


def _outcomes(resolved: pl.DataFrame, loans: pl.DataFrame) -> pl.DataFrame:
    """What was charged off, and what came of it after the collectors' fee: nobody tells when, so a stated time after."""
    lost = resolved.filter(pl.col("status") == stated.WRITTEN_OFF_STATUS)
    day = loans.filter("lost").select(
        pl.col("origination_date").dt.offset_by(pl.format("{}mo", pl.col("paid") + stated.MONTHS_TO_CHARGE_OFF))
    )
    dates = day.to_series()
    net = [
        round_half_away(100 * (Fraction(str(received)) - Fraction(str(fee))))  # fees are filed in mills
        for received, fee in lost.select("recoveries", "collection_fee").iter_rows()
    ]
    own = lost["loan_id"]
    both = [
        pl.DataFrame({_OWN: own, "date": dates, "what": "charge_off", "amount_minor": loans.filter("lost")["owed_minor"]}),
        pl.DataFrame(
            {
                _OWN: own,
                "date": dates.dt.offset_by(f"{stated.RECOVERY_DELAY_MONTHS}mo"),
                "what": "recovery",
                "amount_minor": net,
            }
        ),
    ]
    return pl.concat(both).filter(pl.col("amount_minor") != 0).sort(_OWN, "date", "what")
