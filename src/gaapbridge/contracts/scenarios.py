"""Scenarios by name: those that elections weigh are those that the hazard file has."""

from __future__ import annotations

from gaapbridge.assumptions.curves import Curves
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.plan import Plan
from gaapbridge.terms.errors import UnusableInput


def refuse_unknown_scenarios(plan: Plan, curves: Curves) -> None:
    """Raise where an election names a scenario that the hazard file does not have."""
    for scenario, key in Elections.of(plan.elections["expected_credit_loss"]).scenarios().items():
        if scenario not in curves.scenarios:
            raise UnusableInput(
                file=str(plan.path), key=f"elections.expected_credit_loss.{key}", value=scenario,
                rule="every scenario of an election is in the hazard file",
                remedy=f"known scenarios: {', '.join(curves.scenarios)}",
            )  # fmt: skip
