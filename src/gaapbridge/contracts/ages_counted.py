"""Contracts of other months on book than those from which the hazards in force were counted: a finding says so.

Hazards are by months ahead. Those counted from young contracts alone are of a young book, and what is older, or younger,
defaults sooner or later than they say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from gaapbridge.contracts.contradictions import in_default
from gaapbridge.contracts.scan import Cause

AGED = "age not counted"

OF_AGES = {AGED: pl.col("age_not_counted")}
"""The contracts concerned by cause, once ``age_not_counted`` stands beside their rows."""


def age_not_counted(ages: tuple[int, int] | None, closing: date) -> pl.Expr:
    """Whether the closing tape has a contract on book and not in default whose months on book are none of the ``ages`` from
    which hazards were counted, the first and the last of them counted; nothing is where they were counted from all.

    Months on book are instalments due: on 30 June a contract whose first fell due on 15 February has 5.
    """
    if ages is None:
        return pl.lit(value=False)
    first = pl.col("first_payment_date")
    due = (closing.year - first.dt.year()) * 12 + closing.month - first.dt.month() + 1
    return (pl.col("status") == "on_book") & ~in_default("") & ~due.clip(lower_bound=0).is_between(*ages)


AGES_NOT_COUNTED: Mapping[str, Cause] = {
    AGED: Cause(
        "months on book that the hazards do not count",
        None,
        "the hazards in force were counted from other months on book alone, by origins of the estimation.json beside them, "
        "and are of a book of those; the amount is the principal",
        "let origins of [history] be the months on book of the book, or leave it out, and estimate the hazards again; of a few "
        "contracts accept it in records.severity",
    ),
}
"""The wording of the finding."""
