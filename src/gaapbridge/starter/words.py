"""Words that lenders write where a loan tape has words of its own, and which of ours each would be."""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.starter.names import plain

KNOWN_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "repayment_type": {
        "level": (
            "annuity", "level payment", "level instalment", "equal instalment", "equal payment", "equal monthly instalment",
            "emi", "amortising", "fully amortising", "constant payment", "等额本息",
        ),
        "equal_principal": (
            "linear", "straight line", "equal principal payment", "constant principal", "equal capital", "declining",
            "等额本金",
        ),
        "bullet": ("bullet loan", "bullet payment", "interest only", "single payment", "一次性还本"),
        "interest_free_instalments": ("interest free", "zero interest", "no interest", "免息分期"),
    },
    "status": {
        "on_book": (
            "open", "opened", "active", "live", "current", "performing", "running", "outstanding", "in force", "regular",
            "normal", "late", "overdue", "delinquent", "past due", "in arrears", "arrears", "default", "defaulted", "impaired",
            "non performing", "正常", "逾期",
        ),
        "prepaid": (
            "closed", "paid", "paid off", "fully paid", "repaid", "settled", "redeemed", "结清", "repaid early",
            "paid off early", "settled early", "closed early", "early repayment", "early settlement", "refinanced",
        ),
        "matured": (
            "closed", "paid", "paid off", "fully paid", "repaid", "settled", "redeemed", "结清", "completed", "expired",
            "at maturity", "paid at maturity",
        ),
        "written_off": ("written off", "write off", "charged off", "charge off", "chargeoff", "wo", "核销"),
    },
}  # fmt: skip
"""For each column that holds words: ours, and those of the trade; a word under two of ours leaves open which it is."""


def meanings(column: str, theirs: str) -> tuple[str, ...]:
    """Which of our words a word of a file would be; none where it is not known.

    >>> meanings("repayment_type", "Annuity"), meanings("status", "CLOSED"), meanings("status", "Alaska")
    (('level',), ('prepaid', 'matured'), ())
    """
    written = plain(theirs)
    return tuple(ours for ours, known in KNOWN_WORDS[column].items() if written in map(plain, (ours, *known)))


def foreign(column: str, words: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The words of a file that a tape may not hold, and which of ours each would be."""
    return {word: meanings(column, word) for word in words if word not in KNOWN_WORDS[column]}
