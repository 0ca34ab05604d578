"""The shape both treatments of note (iii) have: the same questions, answered once by US GAAP and once by IFRS."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gaapbridge.differences.share_based_compensation.elections import Elections
from gaapbridge.measure.vesting import Tranches

Numbers = NDArray[np.float64]


class Treatment(Protocol):
    """Columns of T tranches in; units by tranche (T), or cost and days by award (N), out."""

    def expected_units(self, tranches: Tranches, elections: Elections) -> Numbers: ...

    def cumulative_cost(self, tranches: Tranches, elections: Elections) -> Numbers: ...

    def days_left(self, tranches: Tranches, elections: Elections) -> Numbers: ...
