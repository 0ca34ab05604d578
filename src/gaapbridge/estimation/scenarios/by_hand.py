"""Multipliers of the odds of worsening that a plan states."""

from __future__ import annotations

import numpy as np

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.scenarios.reversion import reverted
from gaapbridge.plan.scenarios import Scenarios


def multipliers_by_hand(scenarios: Scenarios) -> dict[str, Numbers]:
    """By scenario, the multiplier of each month ahead 1..480: as stated, the last number holding, and then reverting to 1.

    A reversion in equal steps is one of logarithms. ``odds = 4``, one supportable month, straight line over one month, reached
    in the month after: 4, 2, 1, 1.
    """
    remains = 1.0 - reverted(scenarios)
    made = {}
    for name, stated in scenarios.odds.items():
        months = np.array([float(one) for one in stated[:MONTHS]])
        held = np.concatenate([months, np.full(MONTHS - months.size, months[-1])])
        made[name] = held**remains
    return made
