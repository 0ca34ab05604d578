"""The schemas of the guarantee tape and of its fee instalments, both described at one instant.

A straight line multiplies an amount by days in 64 bits. Amounts are therefore at most 10^13 minor units here, and the
dates that bound a straight line at most a hundred years apart.
"""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.last_missed import SINCE_MISSED
from gaapbridge.contracts.schedule_and_standing import (
    CONCERNS,
    DATES,
    RISK,
    SIGN,
    UNUSUAL_RATE,
    balance_columns,
    balance_rules,
    risk_rules,
    schedule_columns,
    schedule_rules,
    standing_columns,
    standing_rules,
)
from gaapbridge.tapes.schema import Circumstances, Column, Rule, Schema, amount_from, at_most, ordered, real_dates

STATUSES = ("on_book", "settled_early", "matured", "paid_out")

MOST_MINOR = 10**13
"""The largest amount of a guarantee or of a fee."""

_CENTURY_DAYS = 36_525


def _within_century(column: str, other: str) -> Rule:
    return Rule(
        f"{column}_within_century",
        column,
        f"{column} is at most 100 years ({_CENTURY_DAYS} days) after {other}",
        "correct the date that is wrong; leave no stand-in for an open end",
        lambda _: pl.col(column) - pl.col(other) > pl.duration(days=_CENTURY_DAYS),
        beside=(other,),
    )


def _covers(column: str, end: str) -> Rule:
    return Rule(
        f"{column}_given",
        column,
        "a fee instalment states the period of coverage it pays for",
        f"give the day on which the coverage {end}",
        lambda _: pl.col(column).is_null(),
        of_giving=True,
    )


def _loan_unnamed(_: Circumstances) -> pl.Expr:
    return pl.col("loan_id").is_null() | (pl.col("loan_id") < "!")


def _share_out_of_bounds(_: Circumstances) -> pl.Expr:
    share = pl.col("guaranteed_share")
    return ~(share.is_finite() & (share > 0.0) & (share <= 1.0))


def _paid_on_another_day(circumstances: Circumstances) -> pl.Expr | None:
    if circumstances.default_days is None:
        return None
    segments, days = zip(*circumstances.default_days, strict=True)
    return pl.col("payout_trigger_days") != pl.col("segment").replace_strict(segments, days, default=None)


def _paid_out_unlike_status(_: Circumstances) -> pl.Expr:
    return (pl.col("status") == "paid_out") != (pl.col("paid_out_minor") > 0)


GUARANTEES = Schema(
    name="guarantees",
    title="Guarantee tape",
    description=(
        "Guarantees issued, one row for each, with the terms of the loan it guarantees; one tape for each instant. The "
        "closing tape lists every guarantee that was on book at any time in the period; one that left is described as it "
        "was the moment before, with its status and exit date. Guarantees paid out earlier stay listed while recoveries "
        "are expected. The opening tape lists what was on book at the opening instant, and the guarantees paid out of "
        "which something is still recovered. A guarantee of which a fee instalment is rejected is rejected too. Amounts "
        "and dates have bounds within which a straight line over days is exact."
    ),
    columns=(
        Column("contract_id", "text", "identifies the guarantee on every tape and in every year; unique"),
        Column("loan_id", "text", "the loan that is guaranteed"),
        *schedule_columns(maturity="day on which the guarantee ends; the last due date of the schedule where empty"),
        Column("guaranteed_share", "number", "share of the loan that is guaranteed, as a fraction", default=1.0),
        Column(
            "payout_trigger_days",
            "count",
            "days past due at which the funder is paid, where the contract says so; those of its segment where empty",
            nullable=True,
        ),
        Column(
            "stand_ready_minor",
            "minor",
            "fair value of the guarantee at inception; measured as the plan elects where empty",
            nullable=True,
        ),
        *balance_columns(unpaid="interest fallen due and not paid"),
        *standing_columns(STATUSES),
        *CONCERNS,
        *RISK,
        Column("related_party", "flag", "whether the fees are due from a related party", default=False),
        Column("paid_out_minor", "minor", "amount paid to the funder, of a guarantee paid out", default=0),
        Column("recovered_minor", "minor", "amount recovered of it to date", default=0),
    ),
    rules=(
        Rule(
            "loan_id_given",
            "loan_id",
            "a guarantee names the loan it guarantees",
            "name the guaranteed loan, starting with a visible character",
            _loan_unnamed,
            of_giving=True,
        ),
        *schedule_rules(MOST_MINOR),
        _within_century("first_payment_date", "origination_date"),
        _within_century("maturity_date", "origination_date"),
        Rule(
            "guaranteed_share_bounds",
            "guaranteed_share",
            "guaranteed_share is a finite number above 0 and at most 1",
            "state the share as a fraction: 80 % is 0.8",
            _share_out_of_bounds,
        ),
        Rule(
            "payout_days_of_hazards",
            "payout_trigger_days",
            "payout_trigger_days is the day for which the hazards of the segment are made",
            "correct the cell, or give the guarantee a segment whose hazards have that day in default_days",
            _paid_on_another_day,
            beside=("segment",),
        ),
        amount_from("stand_ready_minor", 0, "state the fair value as a positive number, or leave the cell empty", MOST_MINOR),
        *balance_rules(MOST_MINOR),
        *standing_rules(STATUSES),
        *risk_rules(),
        amount_from("paid_out_minor", 0, "state what was paid to the funder as a positive number", MOST_MINOR),
        Rule(
            "paid_out_of_paid_out",
            "paid_out_minor",
            "paid_out_minor is at least 1 for status paid_out and nil for any other",
            "state what was paid to the funder, or correct the status",
            _paid_out_unlike_status,
            beside=("status",),
        ),
        amount_from("recovered_minor", 0, SIGN, MOST_MINOR),
        at_most(
            "recovered_minor",
            "paid_out_minor",
            "correct the amount that is wrong; what is collected above it is not a recovery",
            ", so nil of a guarantee not paid out",
        ),
    ),
    across=(
        Rule(
            "fees_good",
            "contract_id",
            "every fee instalment of the guarantee is good",
            "correct its fee instalments that are rejected",
            lambda _: pl.col("fees_rejected"),
            follows=True,
        ),
    ),
    key=("contract_id",),
    identity="contract_id",
    amount="outstanding_principal_minor",
    unusual=(UNUSUAL_RATE,),
    given=(SINCE_MISSED,),
)

GUARANTEE_FEES = Schema(
    name="guarantee_fees",
    title="Guarantee fee tape",
    description=(
        "What is charged for each guarantee of the guarantee tape of the same instant: all its instalments, due or not, one "
        "row for each. Of a guarantee that left, they are described as they were the moment before, with what was collected "
        "and written off up to then. The rows of a guarantee count together or not at all."
    ),
    columns=(
        Column("contract_id", "text", "the guarantee of the guarantee tape; has a row for each of its instalments"),
        Column("due_date", "date", "day on which the instalment falls due"),
        Column("coverage_start", "date", "first day of the coverage that the instalment pays for"),
        Column("coverage_end", "date", "day on which that coverage ends"),
        Column("fee_minor", "minor", "the instalment"),
        Column("collected_minor", "minor", "what of it was collected to date", default=0),
        Column("written_off_minor", "minor", "what of it was written off to date", default=0),
    ),
    rules=(
        _covers("coverage_start", "starts"),
        _covers("coverage_end", "ends"),
        ordered("coverage_end", "after", "coverage_start", DATES),
        _within_century("coverage_end", "coverage_start"),
        *real_dates("due_date", "coverage_start", "coverage_end"),
        amount_from("fee_minor", 1, "state the instalment as a positive number; leave one of nil off the tape", MOST_MINOR),
        amount_from("collected_minor", 0, SIGN, MOST_MINOR),
        amount_from("written_off_minor", 0, SIGN, MOST_MINOR),
        Rule(
            "settled_within_fee",
            "collected_minor",
            "collected_minor and written_off_minor are together at most fee_minor",
            "correct the amount that is wrong",
            lambda _: pl.col("collected_minor") + pl.col("written_off_minor") > pl.col("fee_minor"),
            beside=("written_off_minor", "fee_minor"),
        ),
    ),
    across=(
        Rule(
            "contract_on_guarantee_tape",
            "contract_id",
            "contract_id is on the guarantee tape of the same instant",
            "list the guarantee, or correct the contract of the instalment",
            lambda _: pl.col("guarantee_unlisted"),
            looks_up=True,
        ),
        Rule(
            "guarantee_good",
            "contract_id",
            "the guarantee of the instalment is good, and so are all its instalments",
            "correct the rows of the guarantee that are rejected",
            lambda _: pl.col("guarantee_rejected"),
            follows=True,
        ),
    ),
    once=("contract_id", "due_date"),
    identity="contract_id",
    amount="fee_minor",
    sums=("collected_minor", "written_off_minor"),
)
