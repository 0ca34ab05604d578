"""The independent calculator: recomputes measured contracts one at a time in exact decimals.

It shares no arithmetic with the measurement it checks; both follow the same written conventions.
"""

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.calculate import State, calculate_state
from gaapbridge.reperform.contract import Contract, Event
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import Step
from gaapbridge.reperform.row import Calculation, calculate_contract

__all__ = [
    "Assumptions",
    "Calculation",
    "Contract",
    "Elections",
    "Event",
    "State",
    "Step",
    "calculate_contract",
    "calculate_state",
]
