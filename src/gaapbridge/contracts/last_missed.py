"""The last missed instalment of a contract, as a tape states it: its column and the rules of its cells."""

from __future__ import annotations

from datetime import date

import polars as pl

from gaapbridge.tapes.schema import MOST_INSTALMENTS, Circumstances, Column, Rule, between

SINCE_MISSED = "months_since_last_missed"

SHORTEST_MONTH = 28
"""Days of the shortest month: so many days past due are at least as many whole months."""


def missed_column() -> Column:
    """The column: what tells contracts that were late a while ago from those that never were."""
    return Column(
        SINCE_MISSED,
        "count",
        "whole months since the last instalment due that was not paid when due, 0 within the last month; empty where none is "
        "known",
        nullable=True,
    )


def missed_rules() -> tuple[Rule, ...]:
    """The rules of the column. A contract 45 days past due missed an instalment in the last month, or the month before: 0 or 1
    are good, 2 is not."""
    return (
        between(SINCE_MISSED, 0, MOST_INSTALMENTS, "state whole months; leave the cell empty where no instalment was missed"),
        Rule(
            f"{SINCE_MISSED}_within_arrears",
            SINCE_MISSED,
            f"{SINCE_MISSED} of a contract past due is at most its days_past_due in months",
            "count from the last instalment that was missed, not from the first, or correct the days past due",
            lambda _: (pl.col("days_past_due") > 0) & (pl.col(SINCE_MISSED) > pl.col("days_past_due") // SHORTEST_MONTH),
            beside=("days_past_due",),
        ),
        Rule(
            f"{SINCE_MISSED}_since_first_payment",
            SINCE_MISSED,
            f"{SINCE_MISSED} reaches back to a month in which an instalment was due, of a contract that left counted from "
            "exit_date",
            "correct the months or first_payment_date; leave the cell empty where nothing was due yet or none was missed",
            _before_anything_was_due,
            beside=("first_payment_date", "exit_date"),
        ),
    )


def as_of(instant: date) -> pl.Expr:
    """The day on which a contract is described: the instant of the tape, its exit where it left before."""
    return pl.min_horizontal("exit_date", pl.lit(instant))


def _before_anything_was_due(circumstances: Circumstances) -> pl.Expr | None:
    if circumstances.instant is None:
        return None
    day, first = as_of(circumstances.instant), pl.col("first_payment_date")
    months = (day.dt.year() - first.dt.year()) * 12 + day.dt.month() - first.dt.month()
    return pl.col(SINCE_MISSED) > months
