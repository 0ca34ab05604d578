"""What a plan's answers ask of its curves: the scenarios that they weigh, and hazards of the day they call default."""

from __future__ import annotations

from gaapbridge.assumptions.curves import Curves
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.plan import Plan
from gaapbridge.terms.errors import UnusableInput


def refuse_other_curves(plan: Plan, curves: Curves, *, guaranteed: bool = False) -> None:
    """Raise where the hazard file lacks a scenario that an election names, or was made for another day of default."""
    elections = Elections.of(plan.elections["expected_credit_loss"])
    for scenario, key in elections.scenarios().items():
        if scenario not in curves.scenarios:
            raise UnusableInput(
                file=str(plan.path), key=f"elections.expected_credit_loss.{key}", value=scenario,
                rule="every scenario of an election is in the hazard file",
                remedy=f"known scenarios: {', '.join(curves.scenarios)}",
            )  # fmt: skip
    key = elections.answers_default(guaranteed=guaranteed)
    for version, by_segment in zip(curves.versions, curves.default_days, strict=True):
        for segment, days in zip(curves.segments, by_segment.tolist(), strict=True):
            asked = elections.default_days(segment, guaranteed=guaranteed)
            if asked != days:
                raise UnusableInput(
                    file=str(plan.path), key=f"elections.expected_credit_loss.{key}", value=str(asked),
                    rule=f"hazards are made for the day of default: those of {segment} from {version} are for {days} days",
                    remedy=f"estimate the hazards of {segment} for {asked} days past due, or state {days}",
                )  # fmt: skip
