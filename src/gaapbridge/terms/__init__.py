"""The words every other part speaks: money, GAAP, period, account, finding, unusable input.

This package imports nothing but the standard library, so that any part may import it.
"""

from gaapbridge.terms.account import Account
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.gaap import Gaap
from gaapbridge.terms.money import Money, round_half_away, share_of
from gaapbridge.terms.period import Instant, Period

__all__ = [
    "Account",
    "Finding",
    "Gaap",
    "Instant",
    "Money",
    "Period",
    "UnusableInput",
    "nearest",
    "round_half_away",
    "share_of",
]
