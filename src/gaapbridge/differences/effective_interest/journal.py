"""Note (ii): each named flow of deferred fees, deferred costs and accrued interest as a balanced entry.

The asset leg goes to loans receivable, the value-added-tax leg to other tax payable, the rest to financing income; at a
write-off the rest leaves for note (i) (section "Accordingly" of NOTE.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.difference import (
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
)
from gaapbridge.differences.effective_interest.elections import Elections

COMPONENTS = ("deferred_fees", "deferred_costs", "accrued_interest")

FLOWS: tuple[tuple[str, str, str, tuple[Term, ...]], ...] = (
    (
        "accretion",
        "financing_income",
        "interest at the effective rate, IFRS less US GAAP",
        (("opening", ("stayed", "settled", "written_off"), -1), ("late", REMAINED + SETTLED + WRITTEN_OFF, 1)),
    ),
    (
        "remeasurement",
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
        "transfers_between_notes",
        "carrying difference of contracts written off, passed to note (i)",
        (("late", WRITTEN_OFF, -1),),
    ),
)
"""Each flow of a carrying difference: its contra role, its text and the states it moves between."""


def post(tapes: Mapping[str, Sums], passed: Mapping[str, BySegment], elections: Elections) -> Posted:
    """The journal of note (ii) from the sums of the loan tape.

    Passes on ``written_off_carrying_difference``: what went to ``transfers_between_notes``, by segment, debit positive.
    """
    sums = tapes["loans"]
    opening: tuple[Term, ...] = (("opening", OPENED, 1),)
    brought = [
        _carrying(sums, "brought_forward", component, "retained_earnings", "difference brought forward", opening)
        for component in COMPONENTS
    ]
    movements = [
        _carrying(sums, flow, component, contra, text, terms) for flow, contra, text, terms in FLOWS for component in COMPONENTS
    ]
    transferred = [
        {posting.segment: posting.amount_minor}
        for movement in movements
        for posting in movement.postings
        if posting.role == "transfers_between_notes"
    ]
    return Posted(tuple(brought), tuple(movements), {"written_off_carrying_difference": plus(*transferred)})


def _carrying(sums: Sums, flow: str, component: str, contra: str, text: str, terms: tuple[Term, ...]) -> FlowEntry:
    """One movement of the carrying difference: assets by maturity, value-added tax, and the contra role for the rest."""
    whole = moved(sums, component, terms)
    beyond = {} if component == "accrued_interest" else moved(sums, f"{component}_non_current", terms)
    tax = {} if component == "deferred_costs" else _value_added_tax(sums, component, terms)
    amounts: dict[str, BySegment] = {
        "accrued_interest" if component == "accrued_interest" else "deferred_current": plus(whole, minus(beyond)),
        "deferred_non_current": beyond,
        "other_tax_payable": minus(tax),
        contra: minus(plus(whole, minus(tax))),
    }
    return entry(flow, component, text, amounts)


def _value_added_tax(sums: Sums, component: str, terms: tuple[Term, ...]) -> BySegment:
    """The tax leg of a movement; each contract's leg was rounded once, at each state."""
    legs = [(sums.of(f"{state}_vat_{component}", paths), sign) for state, paths, sign in terms]
    return plus(*(leg if sign > 0 else minus(leg) for leg, sign in legs))
