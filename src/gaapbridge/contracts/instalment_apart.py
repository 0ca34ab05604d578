"""Level instalments that are far from those which repay the loan in its term: the tape's terms are not those of one contract.

A loan is measured by the instalment that its tape states, and its last one takes what is left. One of a tenth leaves nearly all
of the principal to the last; one of ten times repays it in a tenth of the term.
"""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.contradictions import IN_PERIOD
from gaapbridge.contracts.scan import Cause

APART = "instalment apart"
"""The cause of a finding about such a contract."""

_FAR = 2.0
"""How many times the one that repays it an instalment is far above it, or goes into it where it is far below."""

FAR_FROM_TERM = Cause(
    "instalment far from the term",
    None,
    "the level instalment on the tape is more than twice the one that repays the principal in term_instalments, or less than "
    "half of it; the amount is the principal outstanding",
    "correct the instalment, the rate or the term; of a loan that is repaid for a large part with its last, accept the finding "
    "in [records.severity]",
)


def instalment_apart() -> pl.Expr:
    """Whether a contract on book in the period has a level instalment far from that of its principal, rate and term."""
    principal, instalments = pl.col("principal_minor").cast(pl.Float64), pl.col("term_instalments").cast(pl.Float64)
    rate = pl.col("annual_rate") / 12.0
    paid_off = 1.0 - (-instalments * rate.log1p()).exp()
    level = pl.when(rate > 0.0).then(principal * rate / paid_off).otherwise(principal / instalments)
    times = pl.col("instalment_minor") / level
    return IN_PERIOD & (pl.col("repayment_type") == "level") & ((times > _FAR) | (times < 1.0 / _FAR))
