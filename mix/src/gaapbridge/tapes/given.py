"""What files must hold that give amounts no contract measures: those of a given note, and adjustments inside notes."""

from __future__ import annotations

import polars as pl

from gaapbridge.tapes.schema import Circumstances, Column, Rule, Schema, amount_from, ordered, real_dates
from gaapbridge.terms.money import LARGEST_TOTAL

BALANCE = "balance"
"""The path of a row that states what stands at an instant."""

ALL = "all"
"""The segment of what is of the whole portfolio."""

FLOW_NAME = "^[a-z][a-z0-9_]{0,59}$"
"""How a flow or a path is called: as those of the measured notes."""


def _named(column: str) -> Rule:
    return Rule(
        f"{column}_named",
        column,
        f"{column} is a name in small letters, digits and underscores, 60 at most",
        "write it as remeasurement or lease_payments",
        lambda _: ~pl.col(column).str.contains(FLOW_NAME),
    )


GIVEN = Schema(
    name="given",
    title="Amounts of a given note",
    description=(
        "The differences of a note that contracts do not measure, IFRS less US GAAP, signed: a debit positive, a credit "
        "negative. Rows of the path `balance` say what stands on an account at an instant; all others are the legs of what "
        "moves it on a day, and balance for each day and path. One file may hold many periods: a close takes the balances "
        "at its two instants and the movements between them."
    ),
    columns=(
        Column("date", "date", "instant of a balance; of a movement the day, after the opening and up to the closing"),
        Column("path", "text", "`balance`, or what the movement is called in the roll-forward"),
        Column("account", "text", "account of the plan, one of those that the note names"),
        Column("line", "text", "row of the statement in which the account is carried; held against the plan", nullable=True),
        Column("segment", "text", "segment; all where the amount is of no one segment", default=ALL),
        Column("amount_minor", "minor", "IFRS less US GAAP, a debit positive"),
        Column(
            "tax_in",
            "text",
            "of a balance on the day on which the rate of its tax changes: the account that takes the change under IFRS, of "
            "equity or of income tax; asked for then",
            nullable=True,
        ),
        Column("item", "text", "what the amount is of, for whom it is explained to: a lease, a class of shares", nullable=True),
    ),
    rules=(
        *real_dates("date"),
        _named("path"),
        amount_from("amount_minor", -LARGEST_TOTAL, "state the amount in a smaller unit of the plan", LARGEST_TOTAL),
    ),
    once=("account", "date"),
    amount="amount_minor",
    may_be_empty=True,
)


def _one_side(_: Circumstances) -> pl.Expr:
    return (pl.col("debit_minor") == 0) == (pl.col("credit_minor") == 0)


_SIGN = "state a negative debit as a credit, and a negative credit as a debit"

ADJUSTMENTS = Schema(
    name="adjustments",
    title="Adjustments",
    description=(
        "Late and top-side journals inside notes, IFRS less US GAAP, one row for each leg; the legs of an id balance. An "
        "adjustment is a flow of its own in the column of its note, is carried forward from then on, and reverses by itself in "
        "the period of its reversing date."
    ),
    columns=(
        Column("id", "text", "number of the adjustment, used once and for ever"),
        Column("note", "text", "key of the note, as in notes.order of the plan"),
        Column("date", "date", "day of the adjustment; the closing where it is empty", nullable=True),
        Column("account", "text", "account of the plan, one of those that the note posts to"),
        Column("line", "text", "row of the statement in which the account is carried; held against the plan", nullable=True),
        Column("segment", "text", "segment; all where the amount is of no one segment", default=ALL),
        Column("debit_minor", "minor", "debit", default=0),
        Column("credit_minor", "minor", "credit", default=0),
        Column(
            "path", "text", "of equity moved otherwise than by profit: what that is called in its roll-forward", nullable=True
        ),
        Column("reason", "text", "why it is made; printed in the notes"),
        Column("prepared_by", "text", "who prepared it"),
        Column("approved_by", "text", "who approved it, another person; empty is a finding", nullable=True),
        Column("source", "text", "the document it rests on", nullable=True),
        Column("reversing_date", "date", "day on which it reverses by itself; empty where it is carried on", nullable=True),
    ),
    rules=(
        *real_dates("date", "reversing_date"),
        ordered("reversing_date", "after", "date", "an adjustment reverses on a later day"),
        _named("path"),
        amount_from("debit_minor", 0, _SIGN, LARGEST_TOTAL),
        amount_from("credit_minor", 0, _SIGN, LARGEST_TOTAL),
        Rule(
            "one_side",
            "debit_minor",
            "a leg is a debit or a credit, exactly one of them",
            "state the other side as nil, or leave the row out",
            _one_side,
            beside=("credit_minor",),
        ),
    ),
    once=("id", "account"),
    may_be_empty=True,
)
