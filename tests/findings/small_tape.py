"""A small tape with a column of every type, which tests read in their lender's writing."""

from __future__ import annotations

from gaapbridge.tapes.schema import Column, Schema, one_of

SMALL = Schema(
    name="small",
    title="Small tape",
    description="Columns of every type.",
    columns=(
        Column("contract_id", "text", "id"),
        Column("day", "date", "a day", nullable=True),
        Column("lent_minor", "minor", "an amount", nullable=True),
        Column("annual_rate", "number", "a ratio", nullable=True),
        Column("months", "count", "a count", nullable=True),
        Column("status", "text", "a word", nullable=True),
        Column("pool", "text", "a word of the lender's", nullable=True),
        Column("related", "flag", "a truth", nullable=True),
    ),
    rules=(one_of("status", ("on_book", "matured")),),
    key=("contract_id",),
    identity="contract_id",
    amount="lent_minor",
)
