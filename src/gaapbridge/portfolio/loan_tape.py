"""The contract of the loan tape: one row for each loan, described at one instant."""

from __future__ import annotations

import polars as pl

from gaapbridge.portfolio.contract import (
    LARGEST_MINOR,
    Circumstances,
    Column,
    Contract,
    Rule,
    amount_from,
    at_least,
    between,
    one_of,
)

REPAYMENT_TYPES = ("level", "equal_principal", "bullet", "interest_free_instalments")
STATUSES = ("on_book", "prepaid", "matured", "written_off")
MOST_INSTALMENTS = 480

COLUMNS = (
    Column("contract_id", "text", "identifies the contract on every tape and in every year; unique"),
    Column("segment", "text", "the pool whose curves apply to the contract"),
    Column("currency", "text", "ISO 4217 code of every amount in the row"),
    Column("origination_date", "date", "day on which the principal was paid out"),
    Column("first_payment_date", "date", "due date of the first instalment; its day of month is kept"),
    Column("maturity_date", "date", "contractual maturity, where the lender keeps it", nullable=True),
    Column("principal_minor", "minor", "principal paid out at origination"),
    Column("annual_rate", "number", "nominal rate for a year, as a fraction (0.18 is 18 %)"),
    Column("term_instalments", "count", "number of instalments agreed"),
    Column("repayment_type", "text", "how the principal is repaid: " + ", ".join(REPAYMENT_TYPES)),
    Column(
        "instalment_minor",
        "minor",
        "level instalment as contracted; computed where empty",
        nullable=True,
    ),
    Column(
        "service_fee_minor",
        "minor",
        "fee of each instalment that is part of the yield",
        default=0,
    ),
    Column(
        "fees_received_minor",
        "minor",
        "fees received from the borrower at origination",
        default=0,
    ),
    Column("costs_paid_minor", "minor", "direct costs paid at origination", default=0),
    Column(
        "outstanding_principal_minor",
        "minor",
        "principal not yet repaid; of a contract that left, as it was the moment before",
    ),
    Column("billed_unpaid_interest_minor", "minor", "interest fallen due and not paid", default=0),
    Column(
        "interest_received_minor",
        "minor",
        "interest received in cash since origination",
        default=0,
    ),
    Column("days_past_due", "count", "days since the oldest unpaid instalment fell due"),
    Column("status", "text", "whether it is on book, or how it left: " + ", ".join(STATUSES), default="on_book"),
    Column("exit_date", "date", "day on which it left the book", nullable=True),
    Column("default_date", "date", "day on which it became credit-impaired", nullable=True),
    Column("cured_date", "date", "day on which the criteria of default ceased", nullable=True),
    Column("nonaccrual_date", "date", "last day of accrual, where the lender keeps one", nullable=True),
    Column("watch_list", "flag", "whether the contract is on the watch list", default=False),
    Column("forborne", "flag", "whether concessions were granted to the borrower", default=False),
)


def _rate_out_of_bounds(_: Circumstances) -> pl.Expr:
    rate = pl.col("annual_rate")
    return ~(rate.is_finite() & (rate >= 0.0) & (rate < 10.0))


def _segment_unknown(circumstances: Circumstances) -> pl.Expr | None:
    if circumstances.segments is None:
        return None
    return ~pl.col("segment").is_in(list(circumstances.segments))


def _other_currency(circumstances: Circumstances) -> pl.Expr | None:
    return None if circumstances.currency is None else pl.col("currency") != circumstances.currency


def _after_instant(column: str, remedy: str) -> Rule:
    def broken(circumstances: Circumstances) -> pl.Expr | None:
        return None if circumstances.instant is None else pl.col(column) > circumstances.instant

    return Rule(f"{column}_by_instant", column, f"{column} is not after {{instant}}", remedy, broken)


def _ordered(column: str, word: str, other: str, remedy: str) -> Rule:
    strict = word == "after"
    return Rule(
        f"{column}_{'after' if strict else 'from'}_{other}",
        column,
        f"{column} is {'after' if strict else 'not before'} {other}",
        remedy,
        lambda _: pl.col(column) <= pl.col(other) if strict else pl.col(column) < pl.col(other),
        beside=(other,),
    )


_SIGN = "state the amount as a positive number; the column already says which way it flows"
_DATES = "correct the date that is wrong"

RULES = (
    Rule(
        "segment_in_curves",
        "segment",
        "segment is a segment of the curves",
        "correct the segment, or give its curves in every table",
        _segment_unknown,
    ),
    Rule(
        "currency_of_entity",
        "currency",
        "currency is the entity's currency {currency}",
        "translate the contract, or leave it to the entity that holds it",
        _other_currency,
    ),
    _after_instant("origination_date", "take the contract off the tape, or correct the date"),
    _ordered("first_payment_date", "after", "origination_date", _DATES),
    _ordered("maturity_date", "after", "origination_date", _DATES),
    _ordered("maturity_date", "from", "first_payment_date", _DATES),
    amount_from("principal_minor", 1, "state the original principal, above nil"),
    Rule(
        "annual_rate_bounds",
        "annual_rate",
        "annual_rate is a finite number from 0 to below 10",
        "state the nominal yearly rate as a fraction: 18 % is 0.18",
        _rate_out_of_bounds,
    ),
    between("term_instalments", 1, MOST_INSTALMENTS, "state the number of monthly instalments agreed"),
    one_of("repayment_type", REPAYMENT_TYPES),
    amount_from("instalment_minor", 1, "leave the cell empty to have the instalment computed"),
    Rule(
        "instalment_of_level_loan",
        "instalment_minor",
        "instalment_minor is given for repayment_type level only",
        "leave the cell empty, or correct the repayment type",
        lambda _: pl.col("instalment_minor").is_not_null() & (pl.col("repayment_type") != "level"),
        beside=("repayment_type",),
    ),
    amount_from("service_fee_minor", 0, _SIGN),
    amount_from("fees_received_minor", 0, _SIGN),
    amount_from("costs_paid_minor", 0, _SIGN),
    amount_from("outstanding_principal_minor", 0, "state the principal not yet repaid"),
    Rule(
        "outstanding_within_twice_principal",
        "outstanding_principal_minor",
        "outstanding_principal_minor is at most twice principal_minor",
        "check the unit of both amounts; state further drawings as contracts of their own",
        lambda _: (
            pl.col("principal_minor").is_between(1, LARGEST_MINOR)
            & (pl.col("outstanding_principal_minor") > pl.col("principal_minor") * 2)
        ),
        beside=("principal_minor",),
    ),
    amount_from("billed_unpaid_interest_minor", 0, _SIGN),
    amount_from("interest_received_minor", 0, _SIGN),
    at_least("days_past_due", 0, "state 0 for a contract that is paid up or ahead"),
    one_of("status", STATUSES),
    Rule(
        "exit_date_given",
        "exit_date",
        "exit_date is given for a contract that is not on_book",
        "give the day on which the contract left, or correct the status",
        lambda _: pl.col("exit_date").is_null() & (pl.col("status") != "on_book"),
        beside=("status",),
    ),
    Rule(
        "exit_date_absent",
        "exit_date",
        "exit_date is empty for a contract that is on_book",
        "state how the contract left in status, or empty the date",
        lambda _: pl.col("exit_date").is_not_null() & (pl.col("status") == "on_book"),
        beside=("status",),
    ),
    _ordered("exit_date", "after", "origination_date", _DATES),
    _after_instant("exit_date", "describe the contract as it was on the instant of the tape"),
    _ordered("default_date", "from", "origination_date", _DATES),
    _after_instant("default_date", "describe the contract as it was on the instant of the tape"),
    Rule(
        "cured_date_needs_default_date",
        "cured_date",
        "cured_date is given only with a default_date",
        "give the day of default, or empty the date",
        lambda _: pl.col("cured_date").is_not_null() & pl.col("default_date").is_null(),
        beside=("default_date",),
    ),
    _ordered("cured_date", "from", "default_date", _DATES),
    _after_instant("cured_date", "describe the contract as it was on the instant of the tape"),
    _ordered("nonaccrual_date", "from", "origination_date", _DATES),
    _after_instant("nonaccrual_date", "describe the contract as it was on the instant of the tape"),
)

LOANS = Contract(
    name="loans",
    title="Loan tape",
    description=(
        "One tape for each instant. The closing tape lists every contract that was on book at any time in the "
        "period; one that left is described as it was the moment before, with its status and exit date. "
        "Contracts written off earlier stay listed while recoveries are expected. The opening tape lists what "
        "was on book at the opening instant, and the written-off contracts still recovering."
    ),
    columns=COLUMNS,
    rules=RULES,
    key=("contract_id",),
    identity="contract_id",
    amount="outstanding_principal_minor",
)
