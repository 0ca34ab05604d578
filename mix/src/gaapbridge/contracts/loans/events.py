"""The schema of the events tape: what happened to loans in the period, one row for each event."""

from __future__ import annotations

import polars as pl

from gaapbridge.tapes.schema import (
    LARGEST_MINOR,
    Circumstances,
    Column,
    Rule,
    Schema,
    one_of,
)

EVENT_KINDS = ("write_off", "recovery", "prepayment", "modification")


def in_period(column: str, remedy: str) -> Rule:
    """The rule that something happened in the period: after its opening instant and not after its closing one."""

    def broken(circumstances: Circumstances) -> pl.Expr | None:
        if circumstances.opening is None or circumstances.closing is None:
            return None
        return (pl.col(column) <= circumstances.opening) | (pl.col(column) > circumstances.closing)

    sentence = f"{column} is after {{opening}} and not after {{closing}}"
    return Rule(f"{column}_in_period", column, sentence, remedy, broken)


def on_loan_tapes() -> Rule:
    """The rule that a row is of a contract on the loan tapes."""

    def broken(circumstances: Circumstances) -> pl.Expr | None:
        if circumstances.contracts is None:
            return None
        return ~pl.col("contract_id").is_in(circumstances.contracts.implode())

    return Rule(
        "contract_on_loan_tapes",
        "contract_id",
        "contract_id is on the opening or the closing loan tape",
        "correct the contract, or list it on the closing tape",
        broken,
        looks_up=True,
    )


OF_LOANS_THAT_COUNT = (
    Rule(
        "loan_not_gone",
        "contract_id",
        "the loan is on the closing tape, or on book or written off on the opening tape",
        "list the loan on the closing tape with its status and exit date, or leave out what is not of the period",
        lambda _: pl.col("loan_gone"),
    ),
    Rule(
        "loan_good",
        "contract_id",
        "the rows of the loan are good",
        "correct the rows of the loan that are rejected",
        lambda _: pl.col("loan_rejected"),
        follows=True,
    ),
)
"""The rules that what happened to a loan is measured with it: of one that is not measured nothing is."""


def _amount_wrong(_: Circumstances) -> pl.Expr:
    least = pl.when(pl.col("kind") == "modification").then(0).otherwise(1)
    return ~pl.col("amount_minor").is_between(least, LARGEST_MINOR)


EVENTS = Schema(
    name="events",
    title="Events tape",
    description=(
        "What happened to contracts of the loan tapes in the period, one row for each event. A write_off states the "
        "principal written off: of a contract that left so the outstanding principal of its row on the closing tape, of one "
        "written off in part that part, its row being on book with the rest. A recovery is cash received on what was "
        "written off. A prepayment is principal paid before it was due. A modification "
        "changes the terms; its amount is the interest that it adds to the principal, arrears or that of a holiday of "
        "payments, and may be 0: with a tape of payments, or where nothing was repaid beside, the principal tells it. "
        "Principal that it forgives is a write_off of its day; without payments it counts as repaid where none states it. "
        "Of a contract that was sold, or settled for less, what was received of its principal is a payment and the rest a "
        "write_off of that day; more than it owes is a fee of the payment."
    ),
    columns=(
        Column("contract_id", "text", "the contract of the loan tapes"),
        Column("event_date", "date", "day of the event"),
        Column("kind", "text", "what happened: " + ", ".join(EVENT_KINDS)),
        Column("amount_minor", "minor", "principal or cash concerned"),
    ),
    rules=(
        in_period("event_date", "leave the event to the period it belongs to, or correct the date"),
        one_of("kind", EVENT_KINDS),
        Rule(
            "amount_minor_bounds",
            "amount_minor",
            f"amount_minor is from 1 (0 for a modification) to {LARGEST_MINOR} minor units",
            "state the amount as a positive number",
            _amount_wrong,
            beside=("kind",),
        ),
        on_loan_tapes(),
    ),
    across=OF_LOANS_THAT_COUNT,
    once=("contract_id", "event_date"),
    identity="contract_id",
    amount="amount_minor",
    may_be_empty=True,
)
