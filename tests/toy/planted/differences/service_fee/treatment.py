"""The shape both treatments of note (ix) have: the same questions, answered once by US GAAP and once by IFRS."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gaapbridge.differences.service_fee.elections import Elections

Whole = NDArray[np.int64]


class Treatment(Protocol):
    """Columns in, columns out; N fees each, whole days and whole minor units."""

    def days_of_service(self, elections: Elections, days_since_start: Whole) -> Whole: ...

    def receivable(self, earned: Whole, collected: Whole) -> Whole: ...
