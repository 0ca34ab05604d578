"""The schema of the loan tape: one row for each loan, described at one instant."""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.last_missed import SINCE_MISSED
from gaapbridge.contracts.schedule_and_standing import (
    CONCERNS,
    RISK,
    SIGN,
    UNUSUAL_RATE,
    balance_columns,
    balance_rules,
    dated_rules,
    risk_rules,
    schedule_columns,
    schedule_rules,
    standing_columns,
    standing_rules,
    term_rule,
)
from gaapbridge.tapes.schema import LARGEST_MINOR, Column, Rule, Schema, amount_from, at_most, real_dates

STATUSES = ("on_book", "prepaid", "matured", "written_off")

COUNTING = ("on_book", "written_off")
"""Statuses on the opening tape with which a loan can still bring something into the period."""

LOANS = Schema(
    name="loans",
    title="Loan tape",
    description=(
        "One tape for each instant. The closing tape lists every contract that was on book at any time in the "
        "period; one that left is described as it was the moment before, with its status and exit date: paid off "
        "in default it is prepaid or matured, as late as it was or with its default_date, and not cured. "
        "Contracts written off earlier stay listed while recoveries are expected. The opening tape lists what "
        "was on book at the opening instant, and the written-off contracts still recovering."
    ),
    columns=(
        Column("contract_id", "text", "identifies the contract on every tape and in every year; unique"),
        *schedule_columns(maturity="contractual maturity, where the lender keeps it"),
        Column("service_fee_minor", "minor", "fee of each instalment that is part of the yield", default=0),
        Column("fees_received_minor", "minor", "fees received from the borrower at origination", default=0),
        Column("costs_paid_minor", "minor", "direct costs paid at origination", default=0),
        *balance_columns(unpaid="interest fallen due and not paid, with the service fees that are"),
        Column("service_fees_ahead_minor", "minor", "service fees paid before they fall due, not yet due", default=0),
        Column("interest_received_minor", "minor", "interest received in cash since origination, with service fees", default=0),
        *standing_columns(STATUSES),
        Column("nonaccrual_date", "date", "last day of accrual, where the lender keeps one", nullable=True),
        *CONCERNS,
        *RISK,
    ),
    rules=(
        *schedule_rules(LARGEST_MINOR),
        term_rule(),
        amount_from("service_fee_minor", 0, SIGN),
        amount_from("fees_received_minor", 0, SIGN),
        amount_from("costs_paid_minor", 0, SIGN),
        at_most("costs_paid_minor", "principal_minor", "correct the costs, or the unit of their column"),
        *balance_rules(LARGEST_MINOR),
        amount_from("service_fees_ahead_minor", 0, SIGN),
        Rule(
            "service_fees_ahead_within_term",
            "service_fees_ahead_minor",
            "service_fees_ahead_minor is at most the service fees of all instalments",
            "state service fees paid before they fall due alone, and the fee of each instalment in service_fee_minor",
            lambda _: pl.col("service_fees_ahead_minor") > pl.col("service_fee_minor") * pl.col("term_instalments"),
            beside=("service_fee_minor", "term_instalments"),
        ),
        amount_from("interest_received_minor", 0, SIGN),
        *standing_rules(STATUSES),
        *risk_rules(),
        *dated_rules("nonaccrual_date"),
        *real_dates("nonaccrual_date"),
    ),
    key=("contract_id",),
    identity="contract_id",
    amount="outstanding_principal_minor",
    unusual=(UNUSUAL_RATE,),
    given=(SINCE_MISSED,),
)
