"""Contracts older than the first version of their curves, which then stands for that of their origination: a finding says so.

At an instant a version that is not yet in force is refused. At origination a refusal would stop every lender whose contracts
are older than its curves, so the earliest version is used there.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from gaapbridge.contracts.scan import Cause

OLDER = "older than the curves"

CAUSE = Cause(
    "contract older than its curves",
    None,
    "no version of the curves was in force at origination; the effective rate under IFRS and the default probability at "
    "origination are those of the earliest version",
    "add the version that was in force then, or allow for the finding in [thresholds]",
)
"""The wording of the finding."""


def older_than(known_from: date) -> pl.Expr:
    """Whether a contract that the period measures was originated before the first curves; ``path`` names what became of it."""
    return ~pl.col("path").is_in(["ignored", "written_off_earlier"]) & (pl.col("origination_date") < known_from)
