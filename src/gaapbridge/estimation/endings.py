"""How contracts left a history, held against what was written off of them: a charge-off is a default in any month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation import months as m

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Endings:
    """By month ``event`` and ``written_off_minor``, by contract the place at which it ``left``; and by contract what was
    written off in other months than that (``moved_minor``), or although a row says repaid (``repaid_minor``)."""

    left: Whole
    event: NDArray[np.int8]
    written_off_minor: Whole
    moved_minor: Whole
    repaid_minor: Whole


def with_charge_offs(
    number: Whole, left: Whole, event: NDArray[np.int8], balance: Whole, written_off: Whole, repaid: Flags, sold: Flags
) -> Endings:
    """Endings of contracts in which a charge-off counts as one.

    By month ``number`` of the contract, ``event``, ``balance``, ``written_off`` as stated, and whether its row says ``repaid``
    or ``sold``. What is written off in the month in which a contract left, or later, makes it charged off, and so does what was
    written off before where the balance did not fall by it, unless the row says repaid. All of it counts in the month in which
    it left: of a contract that left with a balance, in the month after its last row.
    """
    contracts, places = len(left), np.arange(len(number))
    ended = left[number] < len(number)
    ends_at = np.where(ended, left[number], len(number))
    one_before = np.where(np.append(True, np.diff(number) != 0)[: len(number)], balance, np.roll(balance, 1))
    told = (written_off > 0) & ended
    kept = told & (places < ends_at) & (balance > np.maximum(one_before - written_off, 0))
    at_end = np.minimum(ends_at, max(len(number) - 1, 0))
    counts = told & ((places >= ends_at) | (kept & ~repaid[at_end])) & ~sold[at_end]
    total = np.zeros(contracts, np.int64)
    np.add.at(total, number[counts], written_off[counts])
    whose = np.flatnonzero(total > 0)
    at = left[whose]
    by_rows_end = np.isin(event[at], (m.LEFT, m.LEFT_WITH_BALANCE))
    after = np.minimum(at + 1, max(len(number) - 1, 0))
    by_rows_end &= number[after] == whose
    found, off, gone = event.copy(), np.where(counts, 0, written_off), left.copy()
    found[at[by_rows_end]] = m.STILL
    moved_to = np.where(by_rows_end, after, at)
    there = np.where(counts[moved_to], written_off[moved_to], 0)
    elsewhere = np.zeros(contracts, np.int64)
    elsewhere[whose] = total[whose] - there
    off[moved_to] = total[whose]
    said = np.zeros(contracts, np.int64)
    said[whose] = np.where(repaid[at], total[whose], 0)
    found[moved_to] = m.CHARGED_OFF
    gone[whose] = moved_to
    return Endings(gone, found, off, np.where(said > 0, 0, elsewhere), said)
