"""What a plan's answers ask of its curves: the scenarios that they weigh, and hazards of the day they call default."""

from __future__ import annotations

from gaapbridge.assumptions.curves import Curves, in_force
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.plan import Plan
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding


def curve_findings(curves: Curves, kind: str) -> list[Finding]:
    """A finding where everybody on book is said to be current and pay: then nobody is ever late, and everybody may prepay."""
    if (curves.performing < 1.0).any():
        return []
    return [
        Finding(
            name="everybody pays at all times",
            where=f"curves.{kind}.hazard/performing",
            amount_minor=None,
            why="performing is 1 in every month and bucket, of contracts that are late too",
            remedy="estimate the share of those on book who are current and pay, by bucket and month ahead",
        )
    ]


NOTE = "expected_credit_loss"


def refuse_other_curves(plan: Plan, curves: Curves, *, guaranteed: bool = False) -> None:
    """Raise where the hazard file lacks a scenario that an election names in any of its versions, or where the hazards in
    force at an instant were made for another day of default than is elected then."""
    for day in (*plan.version_days(NOTE), plan.period.closing):
        _refuse_unknown_scenarios(plan, curves, Elections.of(plan.answers_at(NOTE, day)))
    for day in plan.instants.values():
        elections = Elections.of(plan.answers_at(NOTE, day))
        _refuse_other_days(plan, curves, in_force(curves.versions, day), elections, guaranteed)


def _refuse_unknown_scenarios(plan: Plan, curves: Curves, elections: Elections) -> None:
    for scenario, key in elections.scenarios().items():
        if scenario not in curves.scenarios:
            raise UnusableInput(
                file=str(plan.path), key=f"elections.{NOTE}.{key}", value=scenario,
                rule="every scenario of an election is in the hazard file",
                remedy=f"known scenarios: {', '.join(curves.scenarios)}",
            )  # fmt: skip


def _refuse_other_days(plan: Plan, curves: Curves, version: int, elections: Elections, guaranteed: bool) -> None:
    for segment, days in zip(curves.segments, curves.default_days[version].tolist(), strict=True):
        asked = elections.default_days(segment, guaranteed=guaranteed)
        if asked != days:
            first_day = curves.versions[version]
            raise UnusableInput(
                file=str(plan.path), key=f"elections.{NOTE}.{elections.answers_default(guaranteed=guaranteed)}",
                value=str(asked),
                rule=f"hazards are made for the day of default: those of {segment} from {first_day} are for {days} days",
                remedy=f"estimate the hazards of {segment} for {asked} days past due, or state {days}",
            )  # fmt: skip
