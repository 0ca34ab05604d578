"""Fee instalments of guarantees added up in one pass over their rows, in whole minor units."""

from __future__ import annotations

from gaapbridge.measure.compile import compiled

SUMS = (
    "total", "collected", "written_off", "earned", "earned_of_due", "lost", "lost_of_due", "owed_of_due", "owed_later",
    "ahead", "ahead_later",
)  # fmt: skip
"""What is added up of a guarantee, in this order."""


@compiled
def sum_fees(place, first, due, fee, collected, written_off, earned, now, in_a_year, sums):  # type: ignore[no-untyped-def]
    """Add ``SUMS`` of N guarantees into ``sums`` S x N, int64: group g of the rows, from ``first[g]`` on, is of guarantee
    ``place[g]``. Due dates, and ``now`` and ``in_a_year`` of each guarantee, are days since 1970; ``earned`` is by row.

    What is written off is lost as far as it was earned and not collected, and what is earned ahead of its due date is not yet
    owed.
    """
    for g in range(place.size):
        c = place[g]
        for row in range(first[g], first[g + 1] if g + 1 < place.size else fee.size):
            lost = min(written_off[row], max(earned[row] - collected[row], 0))
            owed = fee[row] - collected[row] - written_off[row]
            sums[0, c] += fee[row]
            sums[1, c] += collected[row]
            sums[2, c] += written_off[row]
            sums[3, c] += earned[row]
            sums[5, c] += lost
            ahead = 0
            if due[row] <= now[c]:
                sums[4, c] += earned[row]
                sums[6, c] += lost
                sums[7, c] += owed
            else:
                ahead = max(earned[row] - collected[row] - written_off[row], 0)
                sums[9, c] += ahead
            if due[row] > in_a_year[c]:
                sums[8, c] += owed
                sums[10, c] += ahead
