"""What many findings ask of the contracts of a range, worked out once and laid beside them.

A condition is an expression over a whole range. What path or status a contract has is a comparison of words: worked out anew in
each of fifty conditions it costs more than all that they are about.
"""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.schedule_and_standing import last_due_date
from gaapbridge.difference import ROLLED, WRITTEN_OFF

IN_PERIOD = pl.col("in_period")
"""Whether a contract was on book in the period, and is known to have remained or how it left."""

BORN = pl.col("born")
"""Whether ``path`` has a contract on book in the period and not at its opening."""

ON_BOTH = pl.col("on_both")
"""Whether a contract stands on both tapes."""

LEFT_WITH_LOSS = pl.col("left_with_loss")
"""Whether a contract left in the period by a write-off or payout."""

LAST_DAY = pl.col("last_day")
"""The day on which a contract ends: its maturity, or else its last due date."""


def with_often_asked(joined: pl.DataFrame) -> pl.DataFrame:
    """Contracts with these columns, of their ``path`` and what both tapes say of them.

    >>> from datetime import date
    >>> due = {"first_payment_date": date(2023, 2, 10), "maturity_date": None, "term_instalments": 12}
    >>> asked = with_often_asked(pl.DataFrame({"path": "new", "status": "on_book", "status_opening": None, **due}))
    >>> asked.select("in_period", "born", "on_both", "left_with_loss").row(0)
    (True, True, False, False)
    """
    path = pl.col("path")
    return joined.with_columns(
        in_period=path.is_in(ROLLED),
        born=path.str.starts_with("new"),
        on_both=pl.col("status").is_not_null() & pl.col("status_opening").is_not_null(),
        left_with_loss=path.is_in(WRITTEN_OFF),
        last_day=pl.coalesce("maturity_date", last_due_date()),
    )
