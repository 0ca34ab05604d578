"""The shape both treatments of note (ix) have."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


class Treatment(Protocol):
    """Columns in, columns out; N fees each, whole minor units."""

    def receivable(self, earned: Whole, collected: Whole) -> Whole: ...
