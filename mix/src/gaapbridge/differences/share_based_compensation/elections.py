"""The elections of note (iii): what ASC 718 leaves to the lender on awards that vest by service; IFRS 2 leaves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaapbridge.plan.election import Election, choice

ELECTIONS: tuple[Election, ...] = (
    choice(
        "us_attribution",
        "Over which period does US GAAP spread the cost of an award that vests in tranches?",
        "718-10-35-8",
        {
            "straight_line": "the whole award in equal parts, never below what has vested",
            "graded": "each tranche over its own vesting period",
        },
        "straight_line",
        nature="policy",
    ),
    choice(
        "us_forfeitures",
        "Does US GAAP take forfeitures as they occur, or estimate them?",
        "718-10-35-3",
        {
            "as_they_occur": "units count until they are forfeited",
            "estimated": "the units expected to vest count, as under IFRS",
        },
        "as_they_occur",
        nature="policy",
    ),
)


@dataclass(frozen=True)
class Elections:
    """The lender's answers; names as in ``ELECTIONS``."""

    us_attribution: str
    us_forfeitures: str

    @classmethod
    def of(cls, answers: Mapping[str, Any]) -> Elections:
        """The answers of a plan, already checked against ``ELECTIONS``."""
        return cls(**answers)
