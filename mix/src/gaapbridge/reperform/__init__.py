"""The independent calculator: recomputes measured contracts one at a time in exact decimals.

It shares no arithmetic with the measurement it checks; both follow the same written conventions.
"""

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.calculation import Calculation, State
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import Step
from gaapbridge.reperform.loan import Event, Loan
from gaapbridge.reperform.loans.row import calculate_contract
from gaapbridge.reperform.loans.state import calculate_state

__all__ = [
    "Assumptions",
    "Calculation",
    "Loan",
    "Elections",
    "Event",
    "State",
    "Step",
    "calculate_contract",
    "calculate_state",
]
