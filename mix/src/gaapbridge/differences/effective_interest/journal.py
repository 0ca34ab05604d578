"""Note (ii): each named flow of deferred fees and deferred costs as a balanced entry.

The asset leg goes to loans receivable, the value-added-tax leg to other tax payable, the rest to financing income; at a
write-off the rest goes to the provision (section "Accordingly" of NOTE.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.difference import (
    ASSUMPTIONS,
    OPENED,
    REMAINED,
    SETTLED,
    WRITTEN_OFF,
    BySegment,
    FlowEntry,
    Posted,
    Sums,
    Term,
    entry,
    minus,
    moved,
    plus,
    tax_moved,
)
from gaapbridge.differences.effective_interest.elections import Elections

COMPONENTS = ("deferred_fees", "deferred_costs")

FLOWS: tuple[tuple[str, str, str, tuple[Term, ...]], ...] = (
    (
        "accretion",
        "financing_income",
        "interest at the effective rate, IFRS less US GAAP",
        (("opening", ("stayed", "settled", "written_off"), -1), ("late", REMAINED + SETTLED + WRITTEN_OFF, 1)),
    ),
    (
        ASSUMPTIONS,
        "financing_income",
        "catch-up on revised expected flows at the original rate (IFRS 9 B5.4.6)",
        (("late", REMAINED, -1), ("closing", REMAINED, 1)),
    ),
    (
        "derecognition",
        "financing_income",
        "unamortised balance of settled contracts to income (310-20-35-26)",
        (("late", SETTLED, -1), ("opening", ("lost",), -1)),
    ),
    (
        "write_off",
        "provision_for_loans",
        "unamortised balance of contracts written off (326-20-35-8; IFRS 9 5.4.4)",
        (("late", WRITTEN_OFF, -1),),
    ),
)
"""Each flow of a deferral's difference: its contra role, its text and the states it moves between."""


def post(tapes: Mapping[str, Sums], elections: Elections) -> Posted:
    """The journal of note (ii) from the sums of the loan tape."""
    sums = tapes["loans"]
    opening: tuple[Term, ...] = (("opening", OPENED, 1),)
    brought = [
        _carrying(sums, "brought_forward", component, "retained_earnings", "difference brought forward", opening)
        for component in COMPONENTS
    ]
    movements = [
        _carrying(sums, flow, component, contra, text, terms) for flow, contra, text, terms in FLOWS for component in COMPONENTS
    ]
    return Posted(tuple(brought), tuple(movements))


def _carrying(sums: Sums, flow: str, component: str, contra: str, text: str, terms: tuple[Term, ...]) -> FlowEntry:
    """One movement of a deferral's difference: assets by maturity, value-added tax, and the contra role for the rest."""
    whole = moved(sums, component, terms)
    beyond = moved(sums, f"{component}_non_current", terms)
    tax: BySegment = tax_moved(sums, component, terms) if component == "deferred_fees" else {}
    amounts: dict[str, BySegment] = {
        "deferred_current": plus(whole, minus(beyond)),
        "deferred_non_current": beyond,
        "other_tax_payable": minus(tax),
        contra: minus(plus(whole, minus(tax))),
    }
    return entry(flow, component, text, amounts)
