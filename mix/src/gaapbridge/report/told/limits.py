"""What each note leaves out or approximates, in the words of who signs: *Not formalised* of its ``NOTE.md`` in short."""

from __future__ import annotations

from collections.abc import Collection

LIMITED = "Not measured, or approximate"
"""The heading of these sentences below a note."""

ALWAYS = ""
"""In place of a kind of contract: of the note whatever it measures."""

LIMITS: dict[str, dict[str, str]] = {
    "ecl": {
        "loans": (
            "Purchased credit-impaired loans, debt at fair value through other comprehensive income, collateral and revolving "
            "facilities are not measured. What a borrower in default paid is told by a tape of payments; without one it is "
            "taken in equal steps, and revenue of stage 3 is approximate. Cash received on non-accrual is income when "
            "received; cost recovery is not offered."
        ),
        ALWAYS: "Management overlays are as the lender states them.",
    },
    "eir": {
        ALWAYS: (
            "Loans are amortised over their contracts under U.S. GAAP; pools on estimated prepayments are not measured. A "
            "modified loan is measured on its latest terms. Fees for paying ahead or late are income when paid, and not "
            "expected before; step rates are not measured. Which costs are "
            "direct is as the lender states it."
        ),
    },
    "sbc": {
        ALWAYS: (
            "Only awards settled in shares that vest by service are measured, at fair values that the lender states. "
            "Performance and market conditions, cost that is capitalised and tax within equity are not; modified and "
            "cancelled awards are measured as granted."
        ),
    },
    "fg": {
        ALWAYS: (
            "The stand-ready liability is released in a straight line only. Each guarantee is a unit by itself. After a payout "
            "what is owed of the fee is written off, so that revenue and provision under U.S. GAAP both hold fees for cover "
            "never given."
        ),
    },
}
"""Sentences by note, and kind of contract."""


def limits_of(note: str, kinds: Collection[str]) -> str:
    """What a note leaves out, of the kinds that a run measures; blank of a note that a lender gives."""
    return " ".join(text for kind, text in LIMITS.get(note, {}).items() if kind == ALWAYS or kind in kinds)
