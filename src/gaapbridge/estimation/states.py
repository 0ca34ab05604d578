"""Where each contract stood at each month's end, as it was known then and never from hindsight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.months import (
    CHARGED_OFF,
    FEWEST_MONTHS,
    GONE,
    LEFT,
    LEFT_WITH_BALANCE,
    MATURED,
    PREPAID,
    STILL,
    Months,
    Small,
    Tiny,
)
from gaapbridge.measure import histories

ENDINGS = {
    STILL: histories.ON_BOOK,
    PREPAID: histories.LEFT_REPAID,
    MATURED: histories.LEFT_OTHERWISE,
    CHARGED_OFF: histories.LEFT_DEFAULTED,
    LEFT_WITH_BALANCE: histories.LEFT_DEFAULTED,
    LEFT: histories.LEFT_OTHERWISE,
    GONE: histories.LEFT_BEFORE,
}
"""What an event of a month ends: a default where there was none, a repayment, or nothing that is counted."""


@dataclass(frozen=True)
class Standings:
    """By row of a history, at the month's end. ``bucket`` is a place in ``BUCKETS``, or ``IN_DEFAULT`` or ``NOT_SEEN``.

    ``recency`` and ``default_recency`` are months since something was overdue, and since default stood recognised, at a
    month's end: 0 now, look-back + 1 not within it. ``step`` is what the month was to who was on book and not in default at
    its start. ``origin`` is true where months ahead can be counted from: not in default, and the look-back is known.
    ``past`` is true from the month in which the last instalment falls due, where the history states how many remain.
    """

    bucket: Tiny
    recency: Small
    default_recency: Small
    step: Tiny
    origin: NDArray[np.bool_]
    past: NDArray[np.bool_]


def standings(months: Months, default_days: int, look_back_months: int) -> Standings:
    """The standing of every row, from what the rows before it say and itself.

    Default is recognised at ``default_days`` past due, and begins without it at a charge-off or where a contract leaves with a
    balance. It is cured at the first month's end with nothing overdue; from there it stands in ``probation`` for
    ``look_back_months``, whenever nothing is overdue. A month that was not observed, or in which a contract leaves otherwise,
    is a step of nobody, and after it the look-back begins anew. It is known where six months in a row have been seen, or all
    since the first instalment was due. In frozen months arrears do not rise; what they would have risen by is left out of the
    count until it falls. Example, default at 90 days: month ends with 0, 30, 60, 90, 30, 0 days stand in ``current``, ``1-30``,
    ``31-60``, default, default (cured is who owes nothing), ``probation``.
    """
    rows = months.contract.size
    ending = np.zeros(max(ENDINGS) + 1, np.int8)
    ending[list(ENDINGS)] = list(ENDINGS.values())
    found = Standings(
        bucket=np.empty(rows, np.int8),
        recency=np.empty(rows, np.int32),
        default_recency=np.empty(rows, np.int32),
        step=np.empty(rows, np.int8),
        origin=np.empty(rows, np.bool_),
        past=np.empty(rows, np.bool_),
    )
    histories.fill_standings(
        months.contract, months.age, months.remaining, months.arrears_days, ending[months.event], months.observed,
        months.frozen, (default_days, look_back_months, FEWEST_MONTHS),
        found.bucket, found.recency, found.default_recency, found.step, found.origin, found.past,
    )  # fmt: skip
    return found
