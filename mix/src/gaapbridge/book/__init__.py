"""The books: journals that balance or do not exist, trial balances, and roll-forwards.

Debit is positive throughout. Standard library only.
"""

from gaapbridge.book.journal import Entry, EntryKind, Journal, Line
from gaapbridge.book.roll_forward import RollForward
from gaapbridge.book.trial_balance import TrialBalance

__all__ = ["Entry", "EntryKind", "Journal", "Line", "RollForward", "TrialBalance"]
