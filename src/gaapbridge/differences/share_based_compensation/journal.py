"""Note (iii): cumulative cost of awards between additional paid-in capital, retained earnings and the expense of functions.

A higher IFRS cost credits additional paid-in capital and is charged to the function that received the service; what was
charged in earlier periods stands in retained earnings (section "Accordingly" of NOTE.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.difference import REMAINED, BySegment, FlowEntry, Posted, Sums, entry, minus, moved
from gaapbridge.differences.share_based_compensation import EXPENSE_ROLES
from gaapbridge.differences.share_based_compensation.elections import Elections

COMPONENT = "cumulative_cost"


def post(sums: Mapping[str, Sums], elections: Elections) -> Posted:
    """The journal of note (iii) from the sums of the awards."""
    awards = sums["awards"]
    brought = awards.difference("opening", COMPONENT, REMAINED)
    charged = moved(awards, COMPONENT, (("opening", REMAINED, -1), ("closing", REMAINED, 1)))
    by_function = {EXPENSE_ROLES[function]: {function: amount} for function, amount in charged.items()}
    return Posted(
        (_entry("brought_forward", "difference brought forward", {"retained_earnings": brought}, brought),),
        (_entry("service_cost", "cost of the period's service, IFRS less US GAAP", by_function, charged),),
    )


def _entry(flow: str, text: str, charged: Mapping[str, BySegment], cost: BySegment) -> FlowEntry:
    """A cost charged to some roles against additional paid-in capital."""
    return entry(flow, COMPONENT, text, {**charged, "additional_paid_in_capital": minus(cost)})
