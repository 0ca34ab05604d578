"""Note (ix): the difference brought forward, and revenue."""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.difference import PATHS, Posted, Sums, entry, minus, plus
from gaapbridge.differences.service_fee.elections import Elections


def post(tapes: Mapping[str, Sums], elections: Elections) -> Posted:
    """The journal of note (ix) from the sums of the fee tapes."""
    opening, closing = (tapes["service_fees"].difference(state, "receivable", PATHS) for state in ("opening", "closing"))
    earned = plus(closing, minus(opening))
    return Posted(
        (
            entry(
                "brought_forward", "receivable", "difference brought forward",
                {"service_fee_receivable": opening, "retained_earnings": minus(opening)},
            ),
        ),
        (
            entry(
                "revenue", "receivable", "fees recognised as collected",
                {"service_fee_receivable": earned, "service_fee_revenue": minus(earned)},
            ),
        ),
    )  # fmt: skip
