"""What is constant over one close of the award tapes: instants, the treatment of note (iii), and forfeiture rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.rates import Forfeitures
from gaapbridge.differences.share_based_compensation.elections import Elections
from gaapbridge.differences.share_based_compensation.treatment import Treatment
from gaapbridge.notes import Treatments
from gaapbridge.plan import Plan


@dataclass(frozen=True)
class AwardSetting:
    """Everything awards need besides their own rows; ``rates`` are the forfeiture rates in force, by instant and function."""

    opening: date
    closing: date
    treatments: tuple[Treatment, Treatment]
    elections: Elections
    functions: tuple[str, ...]
    rates: Mapping[str, NDArray[np.float64]]
    minor_digits: int

    @property
    def revised(self) -> bool:
        """Whether the rates in force at the closing instant differ from those at the opening one."""
        return not np.array_equal(self.rates["opening"], self.rates["closing"])


def award_setting(plan: Plan, forfeitures: Forfeitures, treatments: Treatments) -> AwardSetting:
    """The setting of a plan's close."""
    us, ifrs = treatments["share_based_compensation"]
    return AwardSetting(
        opening=plan.period.opening,
        closing=plan.period.closing,
        treatments=(cast(Treatment, us), cast(Treatment, ifrs)),
        elections=Elections.of(plan.closing_answers["share_based_compensation"]),
        functions=forfeitures.functions,
        rates={state: forfeitures.at(day) for state, day in plan.instants.items()},
        minor_digits=plan.entity.minor_digits,
    )
