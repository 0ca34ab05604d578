"""The movement tables of loss allowances as a run keeps them, and the words in which their lines and stages are printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaapbridge.difference import BASIS_DIFFERENCE

LINES = {
    BASIS_DIFFERENCE: "Opening basis difference",
    "origination": "First allowance of contracts new in the period",
    "transfers": "Changes of stage",
    "remeasurement": "Remeasurement",
    "assumptions": "Revised estimates and techniques",
    "derecognition": "Released of contracts settled",
    "unwind": "Interest on the allowance",
    "write_off": "Written off or paid out, principal",
    "expected_recoveries": "Recoveries expected",
    "recovery": "Recoveries received",
    "adjustment": "Adjustments, of no stage",
}
"""The lines between opening and closing; over all stages together the changes of stage are nil."""

STAGES = {
    "stage_1": "Stage 1: 12-month ECL",
    "stage_2": "Stage 2: lifetime ECL, not credit-impaired",
    "stage_3": "Stage 3: lifetime ECL, credit-impaired",
    "within_period": "Outside the stages",
    "not_allocated": "Not allocated",
}
"""The columns, as IFRS 7.35H(a) and (b) tell them apart."""


def stage_in_short(stage: str) -> str:
    """A stage where there is room for a word or two.

    >>> stage_in_short("stage_2"), stage_in_short("within_period")
    ('stage 2', 'outside the stages')
    """
    return STAGES[stage].partition(":")[0].lower()


@dataclass(frozen=True, slots=True)
class Movements:
    """The movement table of one framework's loss allowance for one kind of contract, by line and stage, in minor units."""

    kind: str
    framework: str
    lines: Mapping[str, Mapping[str, int]]
    closing: Mapping[str, int]

    @classmethod
    def of(cls, kind: str, table: Mapping[str, Any]) -> Movements:
        """The table of a kind of contract, from its framework, lines and closing."""
        return cls(kind, table["framework"], table["lines"], table["closing"])
