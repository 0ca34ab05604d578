"""How far a forecast has returned to history by month ahead."""

from __future__ import annotations

import numpy as np

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation.fitted import Numbers
from gaapbridge.plan.scenarios import Scenarios


def reverted(scenarios: Scenarios) -> Numbers:
    """The share of history in month ahead 1..480: nil while the forecast is supportable, one once it has returned.

    326-20-30-9; IFRS 9 B5.5.50. With 2 supportable months and a straight line over 4, reached in the month after: 0, 0, 0.2,
    0.4, 0.6, 0.8, 1, 1; reached in the last of them: 0, 0, 0.25, 0.5, 0.75, 1, 1, 1.
    """
    if scenarios.reversion == "none":
        return np.zeros(MONTHS)
    beyond = np.maximum(np.arange(1, MONTHS + 1) - scenarios.supportable_months, 0)
    steps = scenarios.reversion_months if scenarios.reversion == "straight_line" else 0
    parts = steps + 1 if scenarios.reversion_reached == "month_after" else max(steps, 1)
    return np.minimum(beyond / parts, 1.0)
