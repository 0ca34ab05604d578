"""Note (iii): cumulative cost of awards between additional paid-in capital, retained earnings and the expense of functions.

A higher IFRS cost credits additional paid-in capital and is charged to the function that received the service; what was
charged in earlier periods stands in retained earnings (section "Accordingly" of NOTE.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.difference import ASSUMPTIONS, REMAINED, BySegment, FlowEntry, Posted, Sums, Term, entry, minus, moved
from gaapbridge.differences.share_based_compensation import EXPENSE_ROLES
from gaapbridge.differences.share_based_compensation.elections import Elections

COMPONENT = "cumulative_cost"

FLOWS: tuple[tuple[str, str, tuple[Term, ...]], ...] = (
    (
        "service_cost",
        "cost of the period's service, IFRS less US GAAP",
        (("opening", REMAINED, -1), ("late", REMAINED, 1)),
    ),
    (
        ASSUMPTIONS,
        "revised forfeiture rates (718-10-35-3; IFRS 2.20)",
        (("late", REMAINED, -1), ("closing", REMAINED, 1)),
    ),
)
"""Each flow of the cost: its text, and the states it moves between."""


def post(sums: Mapping[str, Sums], elections: Elections) -> Posted:
    """The journal of note (iii) from the sums of the awards."""
    awards = sums["awards"]
    brought = awards.difference("opening", COMPONENT, REMAINED)
    return Posted(
        (_entry("brought_forward", "difference brought forward", {"retained_earnings": brought}, brought),),
        tuple(_charged(flow, text, moved(awards, COMPONENT, terms)) for flow, text, terms in FLOWS),
    )


def _charged(flow: str, text: str, cost: BySegment) -> FlowEntry:
    """A cost of the period, charged to the functions that received the service."""
    return _entry(flow, text, {EXPENSE_ROLES[function]: {function: amount} for function, amount in cost.items()}, cost)


def _entry(flow: str, text: str, charged: Mapping[str, BySegment], cost: BySegment) -> FlowEntry:
    """A cost charged to some roles against additional paid-in capital."""
    return entry(flow, COMPONENT, text, {**charged, "additional_paid_in_capital": minus(cost)})
