"""Sums of whole minor units by key: integers only, so that order, batch and thread cannot change a total."""

from __future__ import annotations

import numpy as np

from gaapbridge.measure.compile import compiled


@compiled
def sum_by_key(keys, columns, totals):  # type: ignore[no-untyped-def]
    """Add int64 ``columns`` (M x N) into ``totals`` (K x M) by key; returns False if a total would leave 64 bits."""
    limit = np.int64(2**62)
    for m in range(columns.shape[0]):
        for c in range(columns.shape[1]):
            totals[keys[c], m] += columns[m, c]
            if totals[keys[c], m] > limit or totals[keys[c], m] < -limit:
                return False
    return True
