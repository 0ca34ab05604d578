"""What is estimated of one history as it was known on one day: curves by segment, before scenarios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """Curves of S segments, ``known`` at the end of a month; nothing later went into them.

    ``hazard`` and ``performing``: segment x bucket (``BUCKETS``) x month ahead 1..480; ``mortality``: segment x month on book
    1..480; ``lgd_undiscounted`` and ``lgd_discounted``: segment x whole months since default 0..479; ``recovery``: segment x
    whole months since write-off. ``default_days`` is the day of recognition, ``look_back_months`` within how many months a
    default or a missed instalment puts a contract that owes nothing overdue into a bucket of its own.
    """

    known: int
    segments: tuple[str, ...]
    default_days: int
    look_back_months: int
    hazard: Numbers
    performing: Numbers
    mortality: Numbers
    lgd_undiscounted: Numbers
    lgd_discounted: Numbers
    recovery: Numbers
