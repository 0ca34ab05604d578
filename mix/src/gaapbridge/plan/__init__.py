"""The plan: one TOML file that states entity, periods, elections, tax, accounts and sources of a close.

``read_plan`` turns the file into a typed ``Plan`` or raises ``UnusableInput`` that names file, key, value and remedy.
"""

from gaapbridge.plan.declared import Declaration, Declared
from gaapbridge.plan.election import Election
from gaapbridge.plan.model import Plan
from gaapbridge.plan.read import read_plan
from gaapbridge.plan.versions import TechniquesBefore

__all__ = ["Declaration", "Declared", "Election", "Plan", "TechniquesBefore", "read_plan"]
