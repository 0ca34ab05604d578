"""The synthetic lender: tapes, curves, ledger and plans from a seed, for demonstrations and benchmarks."""

from gaapbridge.example.bench import BenchFiles, write_bench_tapes
from gaapbridge.example.ledger import Ledger, trial_balance, write_trial_balance
from gaapbridge.example.lender import ExampleFiles, complete_ledger, write_example

__all__ = [
    "BenchFiles",
    "ExampleFiles",
    "Ledger",
    "complete_ledger",
    "trial_balance",
    "write_bench_tapes",
    "write_example",
    "write_trial_balance",
]
