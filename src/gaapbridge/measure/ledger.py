"""Sums of whole minor units by key: integers only, so that order, batch and thread cannot change a total."""

from __future__ import annotations

from gaapbridge.measure.compile import compiled


@compiled
def sum_by_key(keys, columns, totals, largest_amount, largest_total):  # type: ignore[no-untyped-def]
    """Add int64 ``columns`` (M x N) into ``totals`` (K x M) by key; returns False if an amount or a total is beyond its
    largest. Both have to be well within 64 bits, so that nothing wraps before it is seen."""
    for m in range(columns.shape[0]):
        for c in range(columns.shape[1]):
            if columns[m, c] == 0:  # as most are
                continue
            if columns[m, c] > largest_amount or columns[m, c] < -largest_amount:
                return False
            totals[keys[c], m] += columns[m, c]
            if totals[keys[c], m] > largest_total or totals[keys[c], m] < -largest_total:
                return False
    return True


@compiled
def add_halves(keys, amounts, upper, lower):  # type: ignore[no-untyped-def]
    """Add int64 ``amounts`` N by key: what is above their lower 32 bits into ``upper`` K, these into ``lower``. Whatever the
    amounts, neither wraps below 2^31 of them."""
    for c in range(keys.size):
        if amounts[c] != 0:  # most are nil
            upper[keys[c]] += amounts[c] >> 32
            lower[keys[c]] += amounts[c] & 0xFFFFFFFF
