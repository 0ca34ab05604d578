"""The synthetic lender: tapes, curves, ledger and plans from a seed, for demonstrations."""

from gaapbridge.example.ledger import Ledger, trial_balance
from gaapbridge.example.lender import ExampleFiles, complete_ledger, write_example

__all__ = [
    "ExampleFiles",
    "Ledger",
    "complete_ledger",
    "trial_balance",
    "write_example",
]
