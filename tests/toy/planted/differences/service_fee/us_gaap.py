"""Note (ix) under US GAAP: revenue in equal parts over the term."""

from __future__ import annotations

from gaapbridge.differences.service_fee.treatment import Whole


def receivable(earned: Whole, collected: Whole) -> Whole:
    """Fee receivable: earned and not collected, below nil where collected ahead (606-10-45-1)."""
    return earned - collected
