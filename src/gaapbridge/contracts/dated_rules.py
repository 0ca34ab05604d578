"""Defaults that a tape tells of days in which the hazards in force count none, as a dated rule left arrears as they were.

Under a rule ``count_unchanged`` no default is recognised in its months but by a charge-off. A tape that has one puts its
contract in ``probation`` or in default, among contracts whose default counted: the hazards are of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import or_

import polars as pl

from gaapbridge.assumptions.account import Unchanged
from gaapbridge.contracts.scan import Cause

UNCOUNTED = "default not counted"


FLAGGED = {UNCOUNTED: pl.col("default_not_counted")}
"""The contracts concerned by cause, once ``default_not_counted`` stands beside their rows."""


def default_not_counted(rules: Sequence[Unchanged], closing: date) -> pl.Expr:
    """Whether the closing tape has a contract on book that defaulted in days of a rule about it: by ``default_date``, else by
    the day on which its days past due came to ``default_days``, which stand beside.

    Days past due are 100 on 30 September, and a default is recognised at 90: it was on 20 September.
    """
    reached = pl.lit(closing) - pl.duration(days=pl.col("days_past_due") - pl.col("default_days"))
    by_days = pl.when(pl.col("days_past_due") >= pl.col("default_days")).then(reached)
    day = pl.coalesce("default_date", by_days)
    found = [(day >= rule.first) & (day < rule.end) & _about(rule) for rule in rules]
    return (pl.col("status") == "on_book") & reduce(or_, found, pl.lit(value=False))


def _about(rule: Unchanged) -> pl.Expr:
    if not (rule.contracts or rule.segments):
        return pl.lit(value=True)
    return pl.col("contract_id").is_in(rule.contracts) | pl.col("segment").is_in(rule.segments)


NOT_COUNTED: Mapping[str, Cause] = {
    UNCOUNTED: Cause(
        "default that the hazards do not count",
        None,
        "the tape has a default in months in which arrears stayed as they were for the hazards in force, by a rule "
        "count_unchanged of the estimation.json beside them: it stands in probation, or in default, among contracts whose "
        "default counted; the amount is the principal",
        "state default_date, cured_date, days_past_due and months_since_last_missed under the rule too, or estimate the "
        "hazards without it; where it defaulted for another reason than days past due, accept it in records.severity",
    ),
}
"""The wording of the finding."""
