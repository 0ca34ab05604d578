"""Whether a significant increase in credit risk can be told at all: from ratings or probabilities of today and of origination.

Where neither the curves are by rating nor a tape states probabilities, only the curves themselves differ between then and now
(IFRS 9 B5.5.9, B5.5.11): nothing that happened to a borrower but arrears is seen.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gaapbridge.contracts.kind import Kind
from gaapbridge.engine.sink import scan_parts
from gaapbridge.terms.finding import Finding


def told_by_curves_alone(kind: Kind, table: Path) -> list[Finding]:
    """A finding where contracts on book are compared by their curves alone, with the largest ratio among them."""
    parts = scan_parts(table)
    if "pd_ratio" not in parts.collect_schema().names():
        return []
    alone = parts.filter(pl.col("closing_on_book") & ~pl.col("credit_risk_stated"))
    contracts, largest = alone.select(pl.len(), pl.col("pd_ratio").max()).collect().row(0)
    if not contracts:
        return []
    return [
        Finding(
            name="credit risk compared by curves alone",
            where=f"{kind.key}/closing",
            amount_minor=None,
            why=f"{contracts:,} contract{'s have' if contracts > 1 else ' has'} neither a rating of curves by rating nor a "
            f"probability of today and of origination; the largest probability is {largest:.2f} times that of origination",
            remedy="state rating and rating_at_origination with curves by rating, or pd_12m and pd_12m_at_origination",
        )
    ]
