"""What the tapes of a history hold: monthly performance, the contracts, and what came of them; columns and rules."""

from __future__ import annotations

import polars as pl

from gaapbridge.estimation.units import TIMES_ANOTHER_UNIT
from gaapbridge.tapes.schema import (
    LARGEST_MINOR,
    MOST_INSTALMENTS,
    Circumstances,
    Column,
    Rule,
    Schema,
    amount_from,
    at_least,
    between,
    one_of,
    ordered,
    real_dates,
)

ON_BOOK, REPAID, CHARGED_OFF, SOLD, GONE = STATUSES = ("on_book", "repaid", "charged_off", "sold", "gone")
"""What became of a contract in a month: still there; repaid in full; its balance written off; left for a reason that is no
outcome; had left before."""

CHARGE_OFF, RECOVERY, COST, PAYOUT = OUTCOMES = ("charge_off", "recovery", "collection_cost", "payout")
"""What came of a contract on a day, with an amount."""

_ID = Column("contract_id", "text", "id of the contract")
_STATIC = (
    Column("segment", "text", "the pool whose curves the contract counts for", nullable=True),
    Column("origination_date", "date", "day on which it was made", nullable=True),
    Column("first_payment_date", "date", "day on which its first instalment was due", nullable=True),
    Column("maturity_date", "date", "day on which its last instalment is due", nullable=True),
    Column("principal_minor", "minor", "principal at origination", nullable=True),
    Column("annual_rate", "number", "contract rate a year", nullable=True),
    Column("fold", "count", "which tenth of the contracts it is of, 0 to 9; by a hash of its id otherwise", nullable=True),
)

STATIC = tuple(column.name for column in _STATIC)
"""Columns that do not change from month to month: of the tape of contracts, or of the first row of each without one."""


def _unstated(circumstances: Circumstances) -> pl.Expr | None:
    return ~pl.col("segment").is_in(list(circumstances.segments)) if circumstances.segments else None


def _rate(_: Circumstances) -> pl.Expr:
    return ~(pl.col("annual_rate").is_finite() & pl.col("annual_rate").is_between(0.0, 1.0))


_RULES_OF_STATIC = (
    *real_dates("origination_date", "first_payment_date", "maturity_date"),
    ordered("maturity_date", "from", "first_payment_date", "correct the dates"),
    amount_from("principal_minor", 1, "correct the principal, or leave the cell empty"),
    Rule(
        "annual_rate_bounds",
        "annual_rate",
        "annual_rate is a finite number from 0 to 1",
        'state the rate as a fraction: 12 % is 0.12; read.percent = ["annual_rate"] reads per cents',
        _rate,
    ),
    between("fold", 0, 9, "number the tenths from 0"),
    Rule(
        "segment_stated",
        "segment",
        "segment is one of those that the history states",
        "add it to segments of [history.KIND], or say in read.values.segment which of them the word means",
        _unstated,
    ),
)


def _as_late_as(_: Circumstances) -> pl.Expr:
    given = pl.col("days_past_due").is_not_null() | pl.col("missed_instalments").is_not_null()
    return ~given & (pl.col("balance_minor") > 0)


PERFORMANCE = Schema(
    name="performance",
    title="Monthly performance",
    description=(
        "One row of each contract and month end, `[history.KIND.performance]`: from the first that the records have to the "
        "one in which it left. How late it is stands in `days_past_due`, or else in `missed_instalments`, each counted as 30 "
        "days. What does not change from month to month may stand here or in `[history.KIND.contracts]`."
    ),
    columns=(
        _ID,
        Column("month_end", "date", "month end of the row; any day of the month stands for it"),
        Column("balance_minor", "minor", "principal owed at the month end; 0 once it has left"),
        Column("days_past_due", "count", "days since the oldest unpaid instalment fell due", nullable=True),
        Column("missed_instalments", "count", "instalments due and not paid", nullable=True),
        Column("instalment_minor", "minor", "instalment due in the month", nullable=True),
        Column("paid_minor", "minor", "paid in the month", nullable=True),
        Column("advanced_minor", "minor", "lent in the month, or capitalised", default=0),
        Column("status", "text", "what became of it in the month: " + ", ".join(STATUSES), default=ON_BOOK),
        Column("remaining_instalments", "count", "instalments due after the month end", nullable=True),
        Column("month_on_book", "count", "instalments due by the month end, from 1 in the month of the first", nullable=True),
        *_STATIC,
    ),
    rules=(
        *real_dates("month_end"),
        amount_from("balance_minor", 0, "correct the balance; what a borrower has paid too much is no balance of a contract"),
        at_least("days_past_due", 0, "correct the days; a contract paid in advance is 0 days past due"),
        at_least("missed_instalments", 0, "correct the number; a contract paid in advance has missed none"),
        Rule(
            "arrears_given",
            "days_past_due",
            "days_past_due or missed_instalments is given where something is owed",
            "state how late the contract is; 0 where nothing is overdue",
            _as_late_as,
            beside=("missed_instalments", "balance_minor"),
            of_giving=True,
        ),
        amount_from("advanced_minor", 0, "correct the amount"),
        one_of("status", STATUSES),
        between("remaining_instalments", 0, MOST_INSTALMENTS, "correct the number; 0 from the month of the last instalment on"),
        at_least("month_on_book", 0, "number the months from 1; 0 before the first instalment is due"),
        *_RULES_OF_STATIC,
    ),
    once=("contract_id", "month_end"),
    identity="contract_id",
    amount="balance_minor",
    given=("days_past_due", "missed_instalments"),
    by_month=True,
)

CONTRACTS = Schema(
    name="contracts",
    title="Contracts of a history",
    description="One row of each contract, `[history.KIND.contracts]`: what does not change from month to month. Optional.",
    columns=(_ID, *_STATIC),
    rules=_RULES_OF_STATIC,
    key=("contract_id",),
    identity="contract_id",
    amount="principal_minor",
    by_month=True,
)


def _sign(_: Circumstances) -> pl.Expr:
    return (pl.col("amount_minor") < 0) & (pl.col("what") != RECOVERY)


OUTCOME = Schema(
    name="outcomes",
    title="Outcomes of a history",
    description=(
        "What was written off, recovered, spent on collection and paid out, `[history.KIND.outcomes]`: a row of each contract, "
        "day and kind. Proceeds of collateral are recoveries, before and after the charge-off alike. Optional."
    ),
    columns=(
        _ID,
        Column("date", "date", "day on which it happened"),
        Column("what", "text", "what happened: " + ", ".join(OUTCOMES)),
        Column("amount_minor", "minor", "amount; below 0 where a recovery was reversed"),
    ),
    rules=(
        *real_dates("date"),
        one_of("what", OUTCOMES),
        amount_from("amount_minor", -LARGEST_MINOR, "correct the amount"),
        Rule(
            "amount_minor_sign",
            "amount_minor",
            "amount_minor is at least 0 but of a recovery that was reversed",
            "state what was written off, spent or paid out as a positive amount",
            _sign,
            beside=("what",),
        ),
    ),
    once=("contract_id", "date"),
    identity="contract_id",
    amount="amount_minor",
    may_be_empty=True,
    by_month=True,
)


def _closed(_: Circumstances) -> pl.Expr:
    return pl.col("collected_minor") + pl.col("written_off_minor") > pl.col("fee_minor")


def _dated(what: str) -> Rule:
    return Rule(
        f"{what}_on_given",
        f"{what}_on",
        f"{what}_on is given where {what}_minor is above 0",
        "give the day",
        lambda _: pl.col(f"{what}_on").is_null() & (pl.col(f"{what}_minor") > 0),
        beside=(f"{what}_minor",),
        of_giving=True,
    )


FEES = Schema(
    name="fees",
    title="Fees of a history",
    description=(
        "One row of each guarantee and due date, `[history.guarantees.fees]`: every fee to the end of the term, and what "
        "became of it. What is neither collected nor written off is open until the guarantee ends: with a payout it is lost, "
        "otherwise it is no longer owed, and not lost. Optional."
    ),
    columns=(
        _ID,
        Column("due_date", "date", "day on which the fee falls due"),
        Column("fee_minor", "minor", "the fee"),
        Column("collected_minor", "minor", "what of it was collected", default=0),
        Column("collected_on", "date", "day on which it was collected", nullable=True),
        Column("written_off_minor", "minor", "what of it was written off", default=0),
        Column("written_off_on", "date", "day on which it was written off", nullable=True),
        Column("let_off_on", "date", "day on which the rest was no longer owed, because the loan was settled", nullable=True),
    ),
    rules=(
        *real_dates("due_date", "collected_on", "written_off_on", "let_off_on"),
        amount_from("fee_minor", 0, "correct the fee"),
        amount_from("collected_minor", 0, "correct the amount"),
        amount_from("written_off_minor", 0, "correct the amount"),
        _dated("collected"),
        _dated("written_off"),
        Rule(
            "closed_within_fee",
            "fee_minor",
            "no more of a fee is collected and written off than it is",
            "correct the amounts; what was written off and collected afterwards was collected",
            _closed,
            beside=("collected_minor", "written_off_minor"),
        ),
    ),
    once=("contract_id", "due_date"),
    identity="contract_id",
    amount="fee_minor",
)

SCHEMAS = {"performance": PERFORMANCE, "contracts": CONTRACTS, "outcomes": OUTCOME, "fees": FEES}
"""The tapes of a history, by their keys."""

ONE_A_MONTH = Rule(
    "one_row_a_month",
    "month_end",
    "a contract has one row of a month",
    "leave the one that is right",
    lambda _: pl.col("repeated"),
)
"""Two rows of a contract and month that differ: both are rejected."""

STAYS_AWAY = Rule(
    "stays_away",
    "balance_minor",
    "a contract that left by an earlier row owes nothing afterwards",
    "correct the row by which it left, or remove those after it; a charge-off that was undone is none",
    lambda _: pl.col("back_on_book"),
    beside=("month_end",),
)
"""A row with a balance after the contract was repaid, written off or sold: a default, or an end, that did not happen."""

LISTED = Rule(
    "contract_listed",
    "contract_id",
    "the contract has a good row on the tape of contracts",
    "add it there, or correct its row",
    lambda _: ~pl.col("listed"),
    looks_up=True,
)
"""A row whose contract the other tape does not have."""

PERFORMED = Rule(
    "contract_performed",
    "contract_id",
    "the contract has good rows of monthly performance, the first not after the month of the outcome",
    "add its months, or remove the outcome",
    lambda _: ~pl.col("performed"),
    beside=("date",),
    looks_up=True,
)
"""An outcome of a contract that has no month by then."""

IN_UNIT = Rule(
    "in_unit",
    "amount_minor",
    f"what was charged off or paid out is at most {TIMES_ANOTHER_UNIT} times what the contract ever owed",
    "correct amounts of [history.KIND.outcomes] or of its performance, one of which is in another unit; or correct the amount",
    lambda _: pl.col("in_another_unit"),
    beside=("contract_id",),
)
"""A charge-off that cannot be, as of cents read as units."""

FEE_OF_PERFORMED = Rule(
    "fee_of_performed",
    "contract_id",
    "the guarantee has good rows of monthly performance",
    "add its months, or remove its fees",
    lambda _: ~pl.col("performed"),
    looks_up=True,
)
"""A fee of a guarantee that has no month."""
