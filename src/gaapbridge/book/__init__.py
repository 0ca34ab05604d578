"""The books: journals that balance or do not exist, trial balances, and roll-forwards.

Debit is positive throughout. Standard library only.
"""

from gaapbridge.book.journal import ENTRY_KINDS, Entry, Journal, Line
from gaapbridge.book.roll_forward import RollForward
from gaapbridge.book.trial_balance import TrialBalance

__all__ = ["ENTRY_KINDS", "Entry", "Journal", "Line", "RollForward", "TrialBalance"]
