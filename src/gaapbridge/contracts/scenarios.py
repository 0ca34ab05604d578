"""Scenarios by name: those that elections weigh are those that the hazard file has."""

from __future__ import annotations

from gaapbridge.assumptions.curves import Curves
from gaapbridge.plan import Plan
from gaapbridge.terms.errors import UnusableInput


def refuse_unknown_scenarios(plan: Plan, curves: Curves) -> None:
    """Raise where an election names a scenario that the hazard file does not have."""
    answers = plan.elections["expected_credit_loss"]
    named = {name: key for key in ("us_scenarios", "ifrs_scenarios") for name in answers[key]}
    named[answers["us_historical_scenario"]] = "us_historical_scenario"
    for scenario, key in named.items():
        if scenario not in curves.scenarios:
            raise UnusableInput(
                file=str(plan.path), key=f"elections.expected_credit_loss.{key}", value=scenario,
                rule="every scenario of an election is in the hazard file",
                remedy=f"known scenarios: {', '.join(curves.scenarios)}",
            )  # fmt: skip
