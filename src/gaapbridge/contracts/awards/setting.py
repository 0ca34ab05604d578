"""What is constant over one close of the award tapes: instants, the treatment of note (iii), and forfeiture rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from gaapbridge.assumptions.rates import Forfeitures
from gaapbridge.differences.share_based_compensation.elections import Elections
from gaapbridge.differences.share_based_compensation.treatment import Treatment
from gaapbridge.notes import Treatments
from gaapbridge.plan import Plan


@dataclass(frozen=True)
class AwardSetting:
    """Everything awards need besides their own rows."""

    opening: date
    closing: date
    treatments: tuple[Treatment, Treatment]
    elections: Elections
    forfeitures: Forfeitures
    minor_digits: int

    @property
    def functions(self) -> tuple[str, ...]:
        """The segments of awards: functions that have forfeiture rates, as every good award's has."""
        return self.forfeitures.functions


def award_setting(plan: Plan, forfeitures: Forfeitures, treatments: Treatments) -> AwardSetting:
    """The setting of a plan's close."""
    us, ifrs = treatments["share_based_compensation"]
    return AwardSetting(
        opening=plan.period.opening,
        closing=plan.period.closing,
        treatments=(cast(Treatment, us), cast(Treatment, ifrs)),
        elections=Elections.of(plan.closing_answers["share_based_compensation"]),
        forfeitures=forfeitures,
        minor_digits=plan.entity.minor_digits,
    )
