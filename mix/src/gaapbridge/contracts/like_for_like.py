"""Whether a significant increase in credit risk can be told at all: from ratings or probabilities of today and of origination.

Where neither the curves are by rating nor a tape states probabilities, only the curves themselves differ between then and now
(IFRS 9 B5.5.9, B5.5.11): nothing that happened to a borrower but arrears is seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from gaapbridge.contracts.kind import Kind
from gaapbridge.terms.finding import Finding


@dataclass(frozen=True)
class ByCurves:
    """How many contracts on book are compared by their curves alone, and the largest ratio of probabilities among them."""

    contracts: int = 0
    largest: float = 0.0

    @classmethod
    def of(cls, table: pl.DataFrame) -> ByCurves:
        """Those of a table of contracts; none of kinds whose losses are not expected."""
        if "pd_ratio" not in table.columns:
            return cls()
        ratios = table.filter(pl.col("closing_on_book") & ~pl.col("credit_risk_stated"))["pd_ratio"]
        largest = ratios.max()
        return cls(ratios.len(), largest if isinstance(largest, float) else 0.0)

    def __add__(self, other: ByCurves) -> ByCurves:
        return ByCurves(self.contracts + other.contracts, max(self.largest, other.largest))


def told_by_curves_alone(kind: Kind, alone: ByCurves) -> list[Finding]:
    """A finding where contracts on book are compared by their curves alone, with the largest ratio among them."""
    contracts, largest = alone.contracts, alone.largest
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
