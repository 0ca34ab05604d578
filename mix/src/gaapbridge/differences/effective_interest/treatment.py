"""The shape both treatments of note (ii) have: the same questions, answered once by US GAAP and once by IFRS."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gaapbridge.differences.effective_interest.elections import Elections

Rows = NDArray[np.int64]
Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

NO_PREPAYMENT = 0
"""The row of the mortality table in which nobody prepays: contractual life."""

FOREVER = 1_000_000
"""Days of accrual left of what never stops: longer than any contract."""


class Treatment(Protocol):
    """Columns in, columns out; N contracts each."""

    def rate_curve(self, at_origination: Rows) -> Rows: ...

    def carrying_curve(self, at_instant: Rows) -> Rows: ...

    def accrues(self, days_past_due: Rows, nonaccrual_date: Dates, elections: Elections) -> Flags: ...

    def accrual_left(self, days_past_due: Rows, elections: Elections) -> Rows: ...

    def accrual_date(
        self, instant: Dates, days_past_due: Rows, nonaccrual_date: Dates, origination: Dates, elections: Elections
    ) -> Dates: ...
