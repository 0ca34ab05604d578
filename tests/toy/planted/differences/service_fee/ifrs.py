"""Note (ix) under IFRS, for this example's sake: revenue as cash comes in."""

from __future__ import annotations

import numpy as np
from gaapbridge.differences.service_fee.treatment import Whole


def receivable(earned: Whole, collected: Whole) -> Whole:
    """Fee receivable: none, a fee is recognised when it is collected (IFRS 15.9)."""
    return np.zeros_like(earned)
