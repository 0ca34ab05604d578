"""Segments by name: those that an election answers for are those that the hazard file has."""

from __future__ import annotations

from gaapbridge.assumptions.curves import Curves
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.plan import Plan
from gaapbridge.plan.written import written
from gaapbridge.terms.errors import UnusableInput, nearest


def refuse_other_segments(plan: Plan, curves: Curves) -> None:
    """Raise where an election answered by segment leaves one of the hazard file out, or names one that it does not have."""
    for name, stated in Elections.of(plan.closing_answers["expected_credit_loss"]).by_segment().items():
        key = f"elections.expected_credit_loss.{name}"
        for segment in sorted(set(stated) - set(curves.segments)):
            near = " or ".join(nearest(segment, curves.segments))
            raise UnusableInput(
                file=str(plan.path), key=f"{key}.{segment}", value=written(stated[segment]),
                rule="every segment of an election is in the hazard file",
                remedy=f"did you mean {near}?" if near else f"known segments: {', '.join(curves.segments)}",
            )  # fmt: skip
        for segment in (one for one in curves.segments if one not in stated):
            raise UnusableInput(
                file=str(plan.path), key=key, value=written(stated),
                rule="a table answers for every segment of the hazard file",
                remedy=f"add {segment} = a number",
            )  # fmt: skip
